"""What acts before the inner work do to a case: handing in, one-time notice, acceptance, refusal, answer."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from approval import papers
from approval.actions.doing import Doing, note_visit
from approval.item import Mode, Trust
from approval.lifecycle import Act, Role
from approval.limits import ANSWER_DAYS
from approval.queries import cases
from approval.records.cases import CaseMaterialRecord, CommitmentRecord, TaskRecord
from kernel.errors import BadInput, Refused
from kernel.ids import new_id


def apply(doing: Doing) -> None:
    """Hand the application in: from now on somebody has to answer."""
    case = doing.case
    case.received_at, case.received_on = doing.now, doing.today
    if doing.role is Role.WINDOW and case.channel != "site":
        note_visit(doing)
    _wait_for_answer(doing)
    doing.kept |= {"item": doing.version.code, "version": doing.version.number, "channel": case.channel}
    doing.kept["papers"] = _papers(doing)


def _papers(doing: Doing) -> dict[str, str]:
    """The papers that lie there, by code and digest."""
    rows = cases.materials(doing.session, doing.case.id)
    return {row.code: row.digest.hex() if row.digest else row.status for row in rows}


def _wait_for_answer(doing: Doing) -> None:
    due = doing.calendar.due(doing.today, ANSWER_DAYS)
    doing.case.answer_due = due.day
    doing.case.is_provisional = due.provisional


def pre_check(doing: Doing) -> None:
    """Look at a draft before it is handed in; this never starts a clock."""
    doing.kept["note"] = doing.text("note", needed=True)
    doing.kept["passed"] = bool(doing.data.get("passed"))
    doing.case.facts = {**doing.case.facts, "pre_checked": doing.kept["passed"]}


def add_material(doing: Doing) -> None:
    """Note one paper: its bytes lie in the object store already, or it was shown at the window."""
    code = doing.text("code", 40, needed=True)
    papers.listed(doing.version, code)
    row = next((m for m in cases.materials(doing.session, doing.case.id) if m.code == code), None)
    row = row or CaseMaterialRecord(id=new_id(), case_id=doing.case.id, code=code, status="")
    digest = doing.text("digest", 64)
    checked = doing.role is Role.WINDOW
    if not digest and not checked:
        raise BadInput(where="digest", why="upload the paper; only a window can note one that was shown")
    row.status = doing.text("status", 20) or ("provided" if digest else "shown")
    if row.status not in ("provided", "shown", "shared", "wrong") or (
        row.status != "provided" and not checked
    ):
        raise BadInput(where="status", why="it must be provided; at a window also shown, shared or wrong")
    row.remark = doing.text("remark", 400)
    if digest:
        row.digest = bytes.fromhex(digest)
        row.name, row.media_type = doing.text("name", 200), doing.text("media_type", 100)
        row.size = doing.whole("size")
    row.trust = Trust.B if checked and row.status == "shown" else Trust.C
    row.provided_at = doing.now
    doing.session.add(row)
    doing.kept |= {"code": code, "status": row.status, "digest": digest}
    _settle_commitments(doing, code)


def _settle_commitments(doing: Doing, code: str) -> None:
    """A paper that was committed has come."""
    doing.session.flush()
    here = {m.code for m in cases.materials(doing.session, doing.case.id) if m.status in papers.HERE}
    for row in cases.commitments(doing.session, doing.case.id):
        if row.kind == "material" and code in row.codes and row.met_on is None and set(row.codes) <= here:
            row.met_on = doing.today


def missing(doing: Doing) -> papers.Gaps:
    """The papers that the case lacks now."""
    statuses = {row.code: row.status for row in cases.materials(doing.session, doing.case.id)}
    return papers.gaps(doing.version, statuses, cases.committed_codes(doing.session, doing.case.id))


def tell_missing(doing: Doing) -> None:
    """Tell the applicant, once, everything that is missing."""
    told = cases.told_codes(doing.session, doing.case.id)
    reason = doing.text("reason")
    notice = papers.one_time_notice(doing.version, doing.codes("codes"), missing(doing), told, reason)
    doing.kept |= {"codes": list(notice.codes), "old": list(notice.old), "reason": reason}
    remarks = doing.data.get("remarks")
    if isinstance(remarks, Mapping):
        doing.kept["remarks"] = {str(k): str(v)[:400] for k, v in remarks.items() if k in notice.codes}
    doing.case.answer_due = None


def supplement(doing: Doing) -> None:
    """The applicant has brought what was missing; the time for an answer runs anew."""
    papers.check_complete(papers.Gaps(missing(doing).main, ()))
    if doing.role is Role.WINDOW and doing.case.channel != "site":
        note_visit(doing)
    doing.kept["papers"] = _papers(doing)
    doing.case.received_on = doing.today
    _wait_for_answer(doing)


def accept(doing: Doing) -> None:
    """Accept: complete, or with a commitment for secondary papers, or on a pledge."""
    if doing.version.mode is Mode.PROHIBITED:
        raise Refused(rule="handling mode", why="this item may only be answered")
    bad_credit = cases.has_bad_credit(doing.session, doing.case.applicant_key)
    committed = doing.codes("committed")
    if committed:
        _commit(doing, committed, bad_credit)
    if doing.data.get("pledge"):
        papers.check_pledge(doing.version, bad_credit)
        _keep_commitment(doing, "pledge", (), _day(doing, "check_by"))
        doing.session.add(task_of(doing, "pledge_check", _day(doing, "check_by")))
        doing.kept["pledge"] = True
    doing.session.flush()
    found = missing(doing)
    papers.check_complete(papers.Gaps((), ()) if doing.data.get("pledge") else found)
    _begin(doing, doing.today)


def _commit(doing: Doing, codes: tuple[str, ...], bad_credit: bool) -> None:
    papers.check_commitment(doing.version, codes, bad_credit)
    before_event, due_on = doing.text("before_event", 100), _day(doing, "due_on")
    if due_on is None and not before_event:
        raise BadInput(where="due_on", why="say by when the papers come, or before which event")
    if due_on and due_on > doing.calendar.due(doing.today, doing.version.promised_days).day:  # type: ignore[operator]
        raise Refused(rule="commitment", why="the papers must come within the promised time")
    _keep_commitment(doing, "material", codes, due_on, before_event)
    doing.kept |= {"committed": list(codes), "due_on": due_on.isoformat() if due_on else before_event}


def _keep_commitment(
    doing: Doing, kind: str, codes: tuple[str, ...], due_on: date | None, before_event: str = ""
) -> None:
    doing.session.add(
        CommitmentRecord(
            id=new_id(),
            case_id=doing.case.id,
            kind=kind,
            codes=list(codes),
            due_on=due_on,
            before_event=before_event,
            signed_at=doing.now,
        )
    )


def task_of(doing: Doing, kind: str, due_on: date | None) -> TaskRecord:
    """A task about the case for its department."""
    return TaskRecord(
        id=new_id(),
        case_id=doing.case.id,
        kind=kind,
        department_id=doing.case.department_id,
        made_at=doing.now,
        due_on=due_on,
    )


def _day(doing: Doing, name: str) -> date | None:
    given = doing.text(name, 10)
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput(where=name, why="give a date such as 2026-12-01") from None


def _begin(doing: Doing, accepted_on: date) -> None:
    """Start the clock and the first step."""
    case = doing.case
    case.accepted_on, case.answer_due = accepted_on, None
    case.step, case.step_since = 0, doing.today
    doing.kept["accepted_on"] = accepted_on.isoformat()


def deem_accepted(doing: Doing) -> None:
    """视为受理: nobody answered in time, so the case counts as accepted from the day it was received."""
    assert doing.case.received_on is not None
    doing.case.is_deemed = True
    _begin(doing, doing.case.received_on)
    doing.case.step_since = doing.case.received_on


def not_accept(doing: Doing) -> None:
    """Refuse to accept, with reasons."""
    doing.kept |= {"reason": doing.text("reason", needed=True), "conditions": named_conditions(doing)}
    doing.case.outcome = "not_accepted"


def named_conditions(doing: Doing) -> list[str]:
    """The conditions that the act names; only those of the item (no free discretion)."""
    known = {condition.code for condition in doing.version.conditions}
    codes = doing.codes("conditions")
    for code in codes:
        if code not in known:
            raise Refused(rule="listed conditions only", why=f"the item has no condition {code}")
    return list(codes)


def answer(doing: Doing) -> None:
    """禁办答复: a written answer with the legal reason."""
    if doing.version.mode is not Mode.PROHIBITED:
        raise Refused(rule="handling mode", why="only a prohibited item is closed by an answer")
    doing.kept |= {"reason": doing.text("reason", needed=True), "law": doing.text("law", 400, needed=True)}
    doing.case.outcome = "answered"


def finish_instant(doing: Doing) -> None:
    """即办: accepted, decided and handed over in one act."""
    case = doing.case
    if doing.version.mode is not Mode.INSTANT:
        raise Refused(rule="handling mode", why="only an instant item is finished at once")
    papers.check_complete(missing(doing))
    case.accepted_on = case.decided_on = doing.today
    case.decided_at, case.outcome, case.answer_due = doing.now, "granted", None
    case.was_decided_at_window, case.used_days = True, 0
    doing.kept |= {"conditions": named_conditions(doing), "delivery": "window"}


def withdraw(doing: Doing) -> None:
    """The applicant takes the application back."""
    doing.kept["reason"] = doing.text("reason")
    doing.case.outcome = "withdrawn"


def hand_over(doing: Doing) -> None:
    """Another window or another person goes on with the case."""
    to_window = doing.text("window_id", 36)
    to_person = doing.text("person_id", 36)
    if not (to_window or to_person):
        raise BadInput(where="window_id", why="say to which window or person")
    doing.case.window_id = to_window or doing.case.window_id
    doing.case.handler_id = to_person or None
    doing.kept |= {"window": to_window, "person": to_person}


EFFECTS: Mapping[Act, Callable[[Doing], Any]] = {
    Act.APPLY: apply,
    Act.PRE_CHECK: pre_check,
    Act.ADD_MATERIAL: add_material,
    Act.TELL_MISSING: tell_missing,
    Act.SUPPLEMENT: supplement,
    Act.ACCEPT: accept,
    Act.DEEM_ACCEPTED: deem_accepted,
    Act.NOT_ACCEPT: not_accept,
    Act.ANSWER: answer,
    Act.FINISH_INSTANT: finish_instant,
    Act.WITHDRAW: withdraw,
    Act.HAND_OVER: hand_over,
}

"""What acts of the inner work do to a case: steps, decision, certificate, delivery."""

from collections.abc import Callable, Mapping
from typing import Any

from approval.actions.doing import Doing, note_visit
from approval.actions.effects_intake import missing, named_conditions, task_of
from approval.item import StepKind
from approval.lifecycle import STATE_OF_STEP, Act, Role, State
from approval.queries import cases
from approval.records.cases import CreditRecord
from kernel.errors import BadInput, IncompletePapers, Refused
from kernel.ids import new_id


def pass_step(doing: Doing) -> None:
    """The step is done; the next one of the item begins."""
    step = doing.step
    assert step is not None
    if doing.case.is_stopped:
        raise Refused(rule="stopped clock", why="the clock of this case is stopped; resume it first")
    if step.kind is StepKind.PUBLICITY:
        _check_published_long_enough(doing)
    if step.kind is StepKind.EXPERT_REVIEW:
        _check_experts_were_heard(doing)
    doing.kept |= {"step": step.code, "opinion": doing.text("opinion")}
    _go_to(doing, doing.case.step + 1)


def _go_to(doing: Doing, index: int) -> None:
    doing.case.step, doing.case.step_since = index, doing.today
    doing.to = STATE_OF_STEP[doing.version.steps[index].kind]
    doing.kept["next"] = doing.version.steps[index].code


def _check_published_long_enough(doing: Doing) -> None:
    assert doing.case.step_since is not None
    assert doing.step is not None
    until = doing.calendar.due(doing.case.step_since, doing.step.limit_days).day
    if until is None or doing.today <= until:
        raise Refused(rule="publicity", why=f"objections may come until the end of {until}")


def _check_experts_were_heard(doing: Doing) -> None:
    since = doing.case.step_since
    heard = [s for s in cases.stops(doing.session, doing.case.id) if s.kind == "expert_review" and s.ended_on]
    if not any(since and s.ended_on and s.ended_on >= since for s in heard):
        raise Refused(rule="expert review", why="stop the clock for the experts and enter their result first")


def send_back(doing: Doing) -> None:
    """The step before has to be done again."""
    if doing.case.step == 0:
        raise Refused(rule="steps in order", why="this is the first step; nothing stands before it")
    assert doing.step is not None
    doing.kept |= {"step": doing.step.code, "reason": doing.text("reason", needed=True)}
    _go_to(doing, doing.case.step - 1)


def forward_reply(doing: Doing) -> None:
    """报批代理: the higher authority has answered."""
    assert doing.step is not None
    doing.kept |= {"step": doing.step.code, "reply": doing.text("reply", needed=True)}
    _go_to(doing, doing.case.step + 1)


def grant(doing: Doing) -> None:
    """Decide for the applicant; alone by a chief representative only where the item is general."""
    if doing.role is Role.CHIEF and not doing.version.is_general:
        _recommend(doing, "grant")
        return
    owed = cases.committed_codes(doing.session, doing.case.id)
    if owed:
        raise IncompletePapers(missing=", ".join(sorted(owed)))
    if missing(doing).main and not _has_pledge(doing):
        raise IncompletePapers(missing=", ".join(missing(doing).main))
    _decide(doing, "granted")
    doing.kept["conditions"] = named_conditions(doing) or [c.code for c in doing.version.conditions]
    if doing.step and doing.case.step + 1 < len(doing.version.steps):
        doing.case.step += 1
        doing.case.step_since = doing.today


def refuse(doing: Doing) -> None:
    """Decide against the applicant, naming the conditions that are not met."""
    if doing.role is Role.CHIEF and not doing.version.is_general:
        _recommend(doing, "refuse")
        return
    conditions = named_conditions(doing)
    if not conditions:
        raise BadInput(where="conditions", why="name at least one condition that is not met")
    _decide(doing, "refused")
    doing.kept["conditions"] = conditions


def _recommend(doing: Doing, what: str) -> None:
    """The same act on an item that is not general goes to the department's leader."""
    doing.kept |= {"recommended": what, "note": doing.text("note")}
    doing.session.add(task_of(doing, "decide", doing.case.step_due))
    doing.to = STATE_OF_STEP[StepKind.DECIDE]


def _decide(doing: Doing, outcome: str) -> None:
    case = doing.case
    if case.is_stopped:
        raise Refused(rule="stopped clock", why="the clock of this case is stopped; resume it first")
    assert case.accepted_on is not None
    if doing.today < case.accepted_on:
        raise Refused(rule="decision after acceptance", why=f"the case was accepted on {case.accepted_on}")
    stops = cases.as_stops(cases.stops(doing.session, case.id))
    case.decided_at, case.decided_on, case.outcome = doing.now, doing.today, outcome
    case.used_days = doing.calendar.elapsed(case.accepted_on, doing.today, stops)
    case.was_decided_at_window = doing.role is Role.CHIEF
    doing.kept |= {"note": doing.text("note"), "used_days": case.used_days}
    for task in cases.tasks(doing.session, case.id):
        if task.kind in ("decide", "default_paper") and task.done_at is None:
            task.done_at, task.result = doing.now, outcome


def _has_pledge(doing: Doing) -> bool:
    return any(c.kind == "pledge" for c in cases.commitments(doing.session, doing.case.id))


def certify(doing: Doing) -> None:
    """制证: the result is written; a paper that has to come before some event holds it back."""
    owed = [
        c for c in cases.commitments(doing.session, doing.case.id) if c.kind == "material" and not c.met_on
    ]
    if owed:
        raise IncompletePapers(missing=", ".join(sorted({code for c in owed for code in c.codes})))
    if cases.seal_in_force(doing.session, doing.case.department_id, doing.today) is None:
        raise Refused(rule="approval seal", why="the department has no seal in force")
    doing.kept["result"] = doing.version.result.get("zh", "")


def deliver(doing: Doing) -> None:
    """送达: the paper reaches the applicant in one of the item's ways, after the certificate where there is one."""
    writes_certificate = any(step.kind is StepKind.CERTIFY for step in doing.version.steps)
    if State(doing.case.state) is State.GRANTED and writes_certificate:
        raise Refused(rule="steps in order", why="the certificate is written first")
    way = doing.text("way", 20) or "window"
    if way not in doing.version.deliveries:
        raise BadInput(where="way", why=f"this item is delivered by {', '.join(doing.version.deliveries)}")
    if way == "courier" and not doing.text("courier_number", 60):
        raise BadInput(where="courier_number", why="write down the courier's number")
    if way == "window" and doing.case.channel != "site":
        note_visit(doing)
    doing.kept |= {"way": way, "courier_number": doing.text("courier_number", 60)}


def end(doing: Doing) -> None:
    """终止: a commitment was not kept, or the applicant never came back."""
    from_commitment = doing.data.get("reason") == "commitment"
    if from_commitment:
        for row in cases.commitments(doing.session, doing.case.id):
            if row.kind == "material" and row.met_on is None:
                row.failed_on = doing.today
        _flag_credit(doing)
    doing.case.outcome = "ended"
    doing.kept |= {"reason": doing.text("reason", needed=True), "codes": list(doing.codes("codes"))}


def _flag_credit(doing: Doing) -> None:
    if doing.case.applicant_key is not None:
        doing.session.add(
            CreditRecord(
                id=new_id(),
                applicant_key=doing.case.applicant_key,
                case_id=doing.case.id,
                flagged_at=doing.now,
            )
        )


def correct(doing: Doing) -> None:
    """A delivered decision had an error: what it was and what replaces it; counted as an error of the approval."""
    doing.kept |= {
        "error": doing.text("error", needed=True),
        "correction": doing.text("correction", needed=True),
    }


EFFECTS: Mapping[Act, Callable[[Doing], Any]] = {
    Act.PASS_STEP: pass_step,
    Act.SEND_BACK: send_back,
    Act.FORWARD_REPLY: forward_reply,
    Act.GRANT: grant,
    Act.REFUSE: refuse,
    Act.CERTIFY: certify,
    Act.DELIVER: deliver,
    Act.END: end,
    Act.CORRECT: correct,
}

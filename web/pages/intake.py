"""The intake form as the window fills it in: what was sent, the files that came with it, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.duties import Actor
from approval.actions.act import act
from approval.actions.open_case import NewCase, open_case
from approval.actions.reception import name_case
from approval.applicant import read_applicant
from approval.item import ItemVersion, Mode
from approval.lifecycle import Act
from approval.papers import HERE, gaps
from approval.queries import cases, registers
from approval.queries.calendar import calendar
from kernel.errors import BadInput, IncompletePapers
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.pages.act_forms import read_data
from web.pages.forms import text

DECISIONS: Mapping[str, Act | None] = {
    "accept": Act.ACCEPT,
    "commit": Act.ACCEPT,
    "notice": Act.TELL_MISSING,
    "instant": Act.FINISH_INSTANT,
    "answer": Act.ANSWER,
    "receive": None,
}
"""What the window decides at once; `receive` only hands in."""


@dataclass
class Intake:
    """One filled-in form, with the files that are stored already, by paper."""

    fields: dict[str, Any]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def shown(self) -> list[str]:
        """Papers ticked as shown at the window."""
        return self.ticked("shown")

    @property
    def committed(self) -> list[str]:
        """Papers that the applicant signs to bring later."""
        return self.ticked("committed")

    def ticked(self, what: str) -> list[str]:
        """The papers whose box of one kind is ticked."""
        start = f"{what}-"
        return [name.removeprefix(start) for name in self.fields if name.startswith(start)]

    @property
    def decision(self) -> str:
        """The button that was pressed."""
        given = text(self.fields, "decision") or "receive"
        if given not in DECISIONS:
            raise BadInput(where="decision", why="choose one of the buttons")
        return given

    def fingerprint(self) -> bytes:
        """What makes two sent forms the same, for those who press twice."""
        parts = sorted((str(k), str(v)) for k, v in self.fields.items())
        return repr((parts, sorted((code, kept["digest"]) for code, kept in self.files.items()))).encode()


def check_papers(intake: Intake, version: ItemVersion) -> None:
    """Say before anything is written which papers keep the chosen decision from being made."""
    here = dict.fromkeys([*intake.shown, *intake.files], "shown")
    found = gaps(version, here, intake.committed if intake.decision == "commit" else ())
    if intake.decision in ("accept", "commit", "instant") and found.all:
        raise IncompletePapers(missing=", ".join(found.all))
    if intake.decision == "commit" and not intake.committed:
        raise BadInput(where="committed", why="tick the papers that may follow")
    if intake.decision == "notice" and not found.all:
        raise BadInput(where="decision", why="no paper is missing: accept the application")


def open_received(
    session: Session, adapters: Adapters, actor: Actor, intake: Intake, window_id: str | None
) -> dict[str, str]:
    """Open the case, note its papers and hand it in, in one transaction; returns what the slip says."""
    fields, now = intake.fields, adapters.clock.now()
    days = calendar(session)
    command = NewCase(
        text(fields, "item"),
        read_applicant(text(fields, "name"), text(fields, "identity"), text(fields, "telephone")),
        service_mode=text(fields, "service_mode") or "ordinary",
        window_id=window_id,
        is_green=text(fields, "green") == "yes" or is_listed(session, text(fields, "identity"), adapters),
        facts={"alone": True} if text(fields, "alone") == "yes" else {},
    )
    opened = open_case(session, actor=actor, command=command, keys=adapters.keys, calendar=days, now=now)
    noted = [{"code": code, "status": "shown"} for code in intake.shown if code not in intake.files]
    noted += [{"code": code, **kept} for code, kept in intake.files.items()]
    for data in noted:
        act(
            session,
            actor=actor,
            case_id=opened.case.id,
            act=Act.ADD_MATERIAL,
            data=data,
            calendar=days,
            now=now,
        )
    act(session, actor=actor, case_id=opened.case.id, act=Act.APPLY, data={}, calendar=days, now=now)
    name_case(
        session,
        actor=actor,
        contact_id=text(fields, "contact"),
        case=opened.case,
        subject=opened.case.item_code,
        now=now,
    )
    return {"id": opened.case.id, "number": opened.case.number, "code": opened.code}


def is_listed(session: Session, identity: str, adapters: Adapters) -> bool:
    """Whether the applicant stands on the list of enterprises of the green channel (直通车) today."""
    row = registers.row(session, "green_enterprises", identity.strip().upper())
    today = business_day(adapters.clock.now()).isoformat()
    return row is not None and str(row.body.get("until") or today) >= today


def decision_data(intake: Intake, session: Session, case_id: str) -> tuple[Act, dict[str, Any]] | None:
    """The act that the pressed button means, with its data; None where the case only waits."""
    what = DECISIONS[intake.decision]
    if what is None:
        return None
    if what is Act.TELL_MISSING:
        return what, {"codes": list(lacking_codes(session, case_id))}
    fields = {} if intake.decision == "accept" else {**intake.fields, "committed": intake.committed}
    return what, read_data(what, fields)


def lacking_codes(session: Session, case_id: str) -> tuple[str, ...]:
    """Every paper that a case lacks."""
    case = cases.case(session, case_id)
    statuses = {m.code: m.status for m in cases.materials(session, case_id) if m.status in HERE}
    return gaps(cases.version(session, case.version_id), statuses).all


def offered(version: ItemVersion) -> tuple[str, ...]:
    """The buttons that an item's form has."""
    if version.mode is Mode.PROHIBITED:
        return ("answer",)
    first = ("instant",) if version.mode is Mode.INSTANT else ()
    follow = ("commit",) if version.allows_commitment else ()
    return (*first, "accept", "notice", *follow, "receive")

"""What short messages say and that they were sent; neither names nor numbers stand here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from approval.actions.projects import find_project
from approval.lifecycle import Act
from approval.queries import cases
from approval.records.cases import MessageRecord
from kernel.ids import new_id

TEXTS: Mapping[str, str] = {
    Act.TELL_MISSING: "您的办件{number}需补正材料，请查看一次性告知书。",
    Act.ACCEPT: "您的办件{number}已受理，承诺办结日{promise}。",
    Act.DEEM_ACCEPTED: "您的办件{number}视为已受理，承诺办结日{promise}。",
    Act.NOT_ACCEPT: "您的办件{number}不予受理，理由见决定书。",
    Act.ANSWER: "您的办件{number}已书面答复。",
    Act.EXTEND: "您的办件{number}已依法延长办理期限，新的法定办结日{statutory}。",
    Act.GRANT: "您的办件{number}已准予，请等候领取结果。",
    Act.REFUSE: "您的办件{number}未获批准，理由见决定书。",
    Act.FINISH_INSTANT: "您的办件{number}已办结。",
    Act.DELIVER: "您的办件{number}已办结并送达，欢迎评价。",
    Act.END: "您的办件{number}已终止办理，理由见通知书。",
}


@dataclass(frozen=True)
class MessageFacts:
    """One message before it is sent."""

    owner_id: str
    sequence: int
    text: str
    sealed: bytes = field(repr=False)


def message_facts(session: Session, payload: Mapping[str, Any]) -> MessageFacts | None:
    """The message of one event of a case, or of the join of a project."""
    if "project_id" in payload:
        project = find_project(session, str(payload["project_id"]))
        text = f"您的项目{project.number}各部门均已办结，请统一领取。"
        return MessageFacts(project.id, 0, text, project.applicant)
    case = cases.case(session, str(payload["case_id"]))
    sequence = int(payload["sequence"])
    event = next(row for row in cases.events(session, case.id) if row.sequence == sequence)
    if event.action not in TEXTS:
        return None
    text = TEXTS[event.action].format(
        number=case.number, promise=case.promise_due or "待定", statutory=case.statutory_due or "待定"
    )
    return MessageFacts(case.id, sequence, text, case.applicant)


def keep_message(session: Session, *, owner_id: str, sequence: int, receipt: str, now: datetime) -> None:
    """Record that a message went out."""
    session.add(
        MessageRecord(id=new_id(), owner_id=owner_id, sequence=sequence, sent_at=now, receipt=receipt)
    )

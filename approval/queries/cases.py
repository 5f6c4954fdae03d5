"""Selects over cases."""

import json
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import literal, tuple_
from sqlmodel import Session, col, func, select

from approval.catalogue import read_item
from approval.item import ItemVersion
from approval.lifecycle import Act
from approval.records.cases import (
    CaseEventRecord,
    CaseMaterialRecord,
    CaseRecord,
    CommitmentRecord,
    CreditRecord,
    LetterRecord,
    StopRecord,
    TaskRecord,
)
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.records.organisation import SealRecord
from kernel.errors import NotFound, Refused
from kernel.working_days import Stop
from storage.columns import UtcTime


@lru_cache(maxsize=1024)
def _parsed(version_id: str, body: str) -> ItemVersion:
    return read_item(json.loads(body))


def version(session: Session, version_id: str) -> ItemVersion:
    """A version of an item, as values."""
    record = session.get(ItemVersionRecord, version_id)
    if record is None:
        raise NotFound(what="item version", id=version_id)
    return _parsed(record.id, json.dumps(record.body, sort_keys=True))


def item_by_code(session: Session, code: str) -> ItemRecord:
    """The item with this code; raises NotFound."""
    found = session.exec(select(ItemRecord).where(ItemRecord.code == code)).one_or_none()
    if found is None:
        raise NotFound(what="item", id=code)
    return found


def running_version(session: Session, item: ItemRecord, day: date) -> ItemVersionRecord:
    """The version that new cases of the item get on a day.

    Raises:
        Refused: the item takes no cases, or not yet.
    """
    if item.status != "published":
        raise Refused(rule="listed items only", why=f"the item {item.code} takes no cases now")
    rows = select(ItemVersionRecord).where(
        ItemVersionRecord.item_id == item.id,
        col(ItemVersionRecord.status).in_(("published", "retired")),
        col(ItemVersionRecord.effective_from) <= day,
    )
    newest = session.exec(rows.order_by(col(ItemVersionRecord.number).desc()).limit(1)).first()
    if newest is None:
        raise Refused(rule="listed items only", why=f"no version of {item.code} is in force yet")
    return newest


def case(session: Session, case_id: str) -> CaseRecord:
    """One case; raises NotFound."""
    found = session.get(CaseRecord, case_id)
    if found is None:
        raise NotFound(what="case", id=case_id)
    return found


def lock_case(session: Session, case_id: str) -> CaseRecord:
    """One case, locked until the transaction ends; raises NotFound."""
    wanted = select(CaseRecord).where(CaseRecord.id == case_id).with_for_update()
    found = session.exec(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(what="case", id=case_id)
    return found


def case_by_number(session: Session, number: str) -> CaseRecord | None:
    """The case with this number."""
    return session.exec(select(CaseRecord).where(CaseRecord.number == number)).one_or_none()


def events(session: Session, case_id: str) -> list[CaseEventRecord]:
    """All events of a case, in order."""
    rows = select(CaseEventRecord).where(CaseEventRecord.case_id == case_id)
    return list(session.exec(rows.order_by(col(CaseEventRecord.sequence))))


def stops(session: Session, case_id: str) -> list[StopRecord]:
    """All stops of a case, in order."""
    rows = select(StopRecord).where(StopRecord.case_id == case_id).order_by(col(StopRecord.started_on))
    return list(session.exec(rows))


def as_stops(rows: Collection[StopRecord]) -> list[Stop]:
    """Stops as the calendar counts them."""
    return [Stop(row.started_on, row.ended_on) for row in rows]


def materials(session: Session, case_id: str) -> list[CaseMaterialRecord]:
    """The papers of a case."""
    rows = select(CaseMaterialRecord).where(CaseMaterialRecord.case_id == case_id)
    return list(session.exec(rows.order_by(CaseMaterialRecord.code)))


def commitments(session: Session, case_id: str) -> list[CommitmentRecord]:
    """What the applicant of a case committed to."""
    return list(session.exec(select(CommitmentRecord).where(CommitmentRecord.case_id == case_id)))


def committed_codes(session: Session, case_id: str) -> set[str]:
    """Papers that may still follow."""
    return {
        code
        for row in commitments(session, case_id)
        if row.kind == "material" and row.met_on is None and row.failed_on is None
        for code in row.codes
    }


def told_codes(session: Session, case_id: str) -> set[str]:
    """Papers that earlier one-time notices of the case named."""
    rows = select(CaseEventRecord.data).where(
        CaseEventRecord.case_id == case_id, CaseEventRecord.action == Act.TELL_MISSING
    )
    return {code for data in session.exec(rows) for code in data["codes"]}


def tasks(session: Session, case_id: str) -> list[TaskRecord]:
    """What is to be done about a case beside its steps."""
    return list(session.exec(select(TaskRecord).where(TaskRecord.case_id == case_id)))


def letters(session: Session, case_id: str) -> list[LetterRecord]:
    """The letters of a case, in order."""
    rows = select(LetterRecord).where(LetterRecord.case_id == case_id)
    return list(session.exec(rows.order_by(col(LetterRecord.sequence), LetterRecord.kind)))


def has_bad_credit(session: Session, applicant_key: bytes | None) -> bool:
    """Whether the applicant left a commitment unmet that was not repaired."""
    if applicant_key is None:
        return False
    rows = select(func.count()).where(
        CreditRecord.applicant_key == applicant_key, col(CreditRecord.repaired_at).is_(None)
    )
    return session.exec(rows).one() > 0


def page(
    session: Session, *, limit: int, after: tuple[Any, str] | None = None, **equal: object
) -> list[CaseRecord]:
    """A page of received cases, newest first, where the given columns hold the given values.

    `after` is (received_at, id) of the last row seen; a list among the values means any of them.
    """
    rows = select(CaseRecord).where(col(CaseRecord.received_at).is_not(None))
    for name, value in equal.items():
        column = getattr(CaseRecord, name)
        rows = rows.where(col(column).in_(value) if isinstance(value, list) else column == value)
    if after:
        # One comparison of pairs: both databases walk the index from there, which they do not for an OR.
        here = tuple_(col(CaseRecord.received_at), col(CaseRecord.id))
        rows = rows.where(here < tuple_(literal(after[0], UtcTime), literal(after[1])))
    ordered = rows.order_by(col(CaseRecord.received_at).desc(), col(CaseRecord.id).desc())
    return list(session.exec(ordered.limit(limit)))


def seal_in_force(session: Session, department_id: str, day: date) -> SealRecord | None:
    """The approval seal that a department uses on a day."""
    rows = select(SealRecord).where(
        SealRecord.department_id == department_id,
        col(SealRecord.ended_on).is_(None) | (col(SealRecord.ended_on) > day),
    )
    return session.exec(rows.order_by(col(SealRecord.made_at).desc()).limit(1)).first()

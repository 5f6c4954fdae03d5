"""Selects over the pool."""

from sqlmodel import Session, col, func, select

from expert_pool.experts import Expert
from expert_pool.records.pool import ExpertRecord


def expert_value(record: ExpertRecord) -> Expert:
    """An entry as the rules see it."""
    return Expert(
        number=record.number,
        name=record.name,
        employer=record.employer,
        region=record.region,
        specialties=frozenset(record.specialties),
        standing=record.standing,
        valid_until=record.valid_until,
    )


def experts(session: Session) -> list[ExpertRecord]:
    """The whole pool, by number."""
    return list(session.exec(select(ExpertRecord).order_by(col(ExpertRecord.number))))


def expert_by_number(session: Session, number: str) -> ExpertRecord | None:
    """The entry with this number."""
    return session.exec(select(ExpertRecord).where(ExpertRecord.number == number)).one_or_none()


def pool_page(session: Session, after: str, limit: int) -> list[ExpertRecord]:
    """A page of the pool, by number."""
    found = select(ExpertRecord).where(ExpertRecord.number > after)
    return list(session.exec(found.order_by(col(ExpertRecord.number)).limit(limit)))


def pool_size(session: Session) -> int:
    """How many experts the pool has."""
    return session.exec(select(func.count()).select_from(ExpertRecord)).one()

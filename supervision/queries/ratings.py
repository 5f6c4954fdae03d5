"""Selects over ratings."""

from datetime import date

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from supervision.ratings import BASICALLY_SATISFIED, Standing
from supervision.records import RatingRecord, RatingTokenRecord

SUBJECTS = ("department_id", "window_id", "handler_id")


def token(session: Session, token_hash: bytes, *, lock: bool = False) -> RatingTokenRecord | None:
    """The token with this hash."""
    wanted = select(RatingTokenRecord).where(RatingTokenRecord.token_hash == token_hash)
    return session.exec(wanted.with_for_update() if lock else wanted).one_or_none()


def token_of_case(session: Session, case_id: str) -> RatingTokenRecord | None:
    """The token of a case."""
    return session.exec(select(RatingTokenRecord).where(RatingTokenRecord.case_id == case_id)).one_or_none()


def rating_of_case(session: Session, case_id: str) -> RatingRecord | None:
    """The rating of a case."""
    return session.exec(select(RatingRecord).where(RatingRecord.case_id == case_id)).one_or_none()


def standings(session: Session, subject: str, first: date, last: date) -> list[Standing]:
    """Ratings by department, window or handler in a period."""
    assert subject in SUBJECTS
    column = col(getattr(RatingRecord, subject))
    satisfied = func.sum(case((col(RatingRecord.level) >= BASICALLY_SATISFIED, 1), else_=0))
    rows = (
        select(column, func.count(), satisfied, func.sum(RatingRecord.level))
        .where(col(RatingRecord.rated_on).between(first, last), column.is_not(None))
        .group_by(column)
        .order_by(column)
    )
    return [Standing(str(s), int(n), int(good), int(total)) for s, n, good, total in session.exec(rows)]

"""Which heads of the log the public sees, so that its growth tells nothing of who bids (docs/decisions/0039).

With a pace, the log that the public sees moves by published heads only, each a fixed number of entries (or, after
a crowd, a multiple of it) beyond the last: what is missing is made up with fillers in the transaction that publishes.
A head is published at the pace and by what has to be public at once, never by a bid. Without a pace every entry
is public as soon as it is there.
"""

from datetime import datetime, timedelta
from secrets import randbelow

from sqlmodel import Field, Session, SQLModel, col, select

from storage import audit_log
from storage.columns import UtcTime
from storage.database import LOG_PACE

STEP = 32
"""Entries by which a published head grows: twice what a busy centre does in a minute, so that bids do not show."""
MOST_BESIDE = 3
"""Fillers before a bid's entry at most, so that one's own receipts count nobody else's entries."""
SOON = timedelta(seconds=1)


class PublishedHeadRecord(SQLModel, table=True):
    """One head that the public may see."""

    __tablename__ = "published_heads"
    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)


def pace_of(session: Session) -> timedelta:
    """How often a head is published; zero where everything is public at once."""
    return timedelta(seconds=session.info.get(LOG_PACE, 0))


def newest(session: Session) -> PublishedHeadRecord | None:
    """The head published last."""
    return session.exec(
        select(PublishedHeadRecord).order_by(col(PublishedHeadRecord.size).desc()).limit(1)
    ).first()


def public_size(session: Session) -> int:
    """How many entries the public may see; before the first published head, all of them."""
    head = newest(session) if pace_of(session) else None
    return head.size if head else audit_log.frontier(session).size


def is_public(session: Session, size: int) -> bool:
    """Whether the public has seen the head of this size."""
    if not pace_of(session):
        return size <= audit_log.frontier(session).size
    return session.get(PublishedHeadRecord, size) is not None


def publish(session: Session, now: datetime) -> None:
    """Publish the head as it stands now, filled up."""
    fill(session, now)
    mark(session, now)


def publish_due(session: Session, now: datetime) -> bool:
    """Publish at the pace: nothing while the last head is fresh, whichever host published it.

    A clock that went back does not hold it up.
    """
    head, pace = newest(session), pace_of(session)
    is_due = bool(pace) and (head is None or not timedelta(0) <= now - head.at < pace / 2)
    if is_due:
        publish(session, now)
    return is_due


def publish_soon(session: Session, now: datetime) -> None:
    """Publish unless a head was published within the last second: for what comes in crowds after a closing."""
    head = newest(session)
    if head is None or not timedelta(0) <= now - head.at < SOON:
        publish(session, now)


def fill(session: Session, now: datetime, *, ahead: int = 0) -> None:
    """Add the fillers after which the head that `ahead` more entries make can be published."""
    if not pace_of(session):
        return
    size = audit_log.frontier(session, lock=True).size
    head = newest(session)
    grown = size + ahead - (head.size if head else 0)
    audit_log.append_fillers(session, -grown % STEP if grown else STEP, now)


def mark(session: Session, now: datetime) -> None:
    """Let the public see the head as it stands; `fill` came before."""
    if pace_of(session):
        session.add(PublishedHeadRecord(size=audit_log.frontier(session).size, at=now))
        session.flush()


def blur(session: Session, now: datetime) -> None:
    """Add none to three fillers before an entry whose place somebody is told at once."""
    if pace_of(session):
        audit_log.append_fillers(session, randbelow(MOST_BESIDE + 1), now)

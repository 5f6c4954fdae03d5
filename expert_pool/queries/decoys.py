"""Which entries are decoys, and who touched one: opened only where a draw, an alarm or the supervisor needs it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from crypto.canonical import canonical, read_canonical
from expert_pool.records.pool import DecoyTouchRecord, ExpertRecord
from storage.database import seal, unseal

NOBODY = "0" * 36  # as long as an id, so that all marks are of one length


@dataclass(frozen=True)
class Touch:
    """Somebody touched a decoy; `watcher` is the organisation of the supervisor who planted it."""

    id: str
    expert_id: str = field(repr=False)
    person_id: str
    how: str
    watcher: str
    at: datetime


def seal_mark(session: Session, expert_id: str, watcher: str = NOBODY) -> bytes:
    """The mark of an entry; a decoy's names the organisation that watches it."""
    return seal(session, _mark_context(expert_id), watcher.encode())


def watcher_of(session: Session, record: ExpertRecord) -> str | None:
    """Who watches a decoy; nobody where the entry is a real one."""
    if record.mark is None:
        return None
    found = unseal(session, _mark_context(record.id), record.mark).decode()
    return None if found == NOBODY else found


def real_ones(session: Session, records: Iterable[ExpertRecord]) -> list[ExpertRecord]:
    """The entries without the decoys among them."""
    return [record for record in records if watcher_of(session, record) is None]


def decoys(session: Session) -> list[ExpertRecord]:
    """Every decoy, by number."""
    found = session.exec(select(ExpertRecord).order_by(col(ExpertRecord.number)))
    return [record for record in found if watcher_of(session, record) is not None]


def seal_touch(session: Session, touch: Touch) -> bytes:
    """What is kept of a touch."""
    body = {
        "expert_id": touch.expert_id,
        "person_id": touch.person_id,
        "how": touch.how,
        "watcher": touch.watcher,
    }
    return seal(session, _touch_context(touch.id), canonical(body))


def touches(session: Session) -> list[Touch]:
    """Every touch, newest first, opened."""
    found = []
    for row in session.exec(select(DecoyTouchRecord).order_by(col(DecoyTouchRecord.touched_at).desc())):
        body = read_canonical(unseal(session, _touch_context(row.id), row.sealed))
        found.append(
            Touch(
                row.id,
                str(body["expert_id"]),
                str(body["person_id"]),
                str(body["how"]),
                str(body["watcher"]),
                row.touched_at,
            )
        )
    return found


def _mark_context(expert_id: str) -> str:
    return f"expert mark {expert_id}"


def _touch_context(touch_id: str) -> str:
    return f"decoy touch {touch_id}"

"""Disclosure: who sits on a panel is written in the open, once secrecy towards the platform's own tiers has served.

That is when all members have checked in, or when people call the panel by hand. With the ranking the draw's table
and replaced members follow, so that what everybody recomputes needs no key.
"""

from datetime import datetime

from sqlmodel import Session

from crypto.canonical import JsonValue
from expert_pool.queries import ceremony, panels
from expert_pool.queries.sealed import expert_id_of, rows_of
from storage import audit_log
from storage.audit_log import Fact


def disclose(session: Session, tender_id: str, now: datetime) -> int:
    """Write down who sits on the panel; repeatable. Returns how many seats were sealed until now."""
    hidden = [seat for seat, expert in panels.panel(session, tender_id) if expert is None]
    for seat in hidden:
        seat.expert_id = expert_id_of(session, seat)
        session.add(seat)
    session.flush()
    if hidden:
        data: dict[str, JsonValue] = {"seats": len(hidden)}
        audit_log.append(session, Fact("panel.disclosed", tender_id, tender_id, data), now)
    return len(hidden)


def open_published(session: Session, tender_id: str) -> None:
    """Write open what the record of a ranked tender shows: the table's lines, and replaced members for statistics.

    The key of the leaves stays sealed: which leaf was whose concerns that expert and the supervisor only.
    """
    for draw in ceremony.rounds(session, tender_id):
        draw.rows = rows_of(session, draw)
        session.add(draw)
    for seat, _ in panels.all_seats(session, tender_id):
        seat.expert_id = expert_id_of(session, seat)
        session.add(seat)
    session.flush()

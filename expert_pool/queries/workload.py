"""How often experts have served, counted from the panels on which they sat."""

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col, select

from expert_pool.queries.sealed import expert_id_of
from expert_pool.records.draws import DrawRecord, PanelSeatRecord
from kernel.working_days import business_day


def services(session: Session, *, undisclosed: bool = False) -> dict[str, list[date]]:
    """The day of each panel on which an expert sat to the end, by expert, in order; a replaced member did not.

    Pages count disclosed seats only: a service more would name a member. A draw counts `undisclosed` ones too, so that
    nobody is drawn twice within the cool-down; that needs the caller's key.
    """
    found = (
        select(PanelSeatRecord, DrawRecord.drawn_at)
        .join(DrawRecord, col(DrawRecord.tender_id) == PanelSeatRecord.tender_id)
        .where(col(PanelSeatRecord.replaced_by).is_(None), col(DrawRecord.drawn_at).is_not(None))
    )
    if not undisclosed:
        found = found.where(col(PanelSeatRecord.expert_id).is_not(None))
    last: dict[tuple[str, str], date] = {}
    for seat, drawn_at in session.exec(found):
        assert drawn_at is not None
        served, day = (expert_id_of(session, seat), seat.tender_id), business_day(drawn_at)
        last[served] = max(day, last.get(served, day))
    days = defaultdict(list)
    for (expert_id, _), day in last.items():
        days[expert_id].append(day)
    return {expert_id: sorted(served) for expert_id, served in days.items()}

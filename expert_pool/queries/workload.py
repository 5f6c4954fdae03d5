"""How often experts have served, counted from the panels on which they sat."""

from collections import defaultdict
from datetime import date

from sqlmodel import Session, col, select

from expert_pool.records.draws import DrawRecord, PanelSeatRecord
from kernel.working_days import business_day


def services(session: Session) -> dict[str, list[date]]:
    """The day of each panel on which an expert sat to the end, by expert, in order; a replaced member did not."""
    found = (
        select(PanelSeatRecord.expert_id, PanelSeatRecord.tender_id, DrawRecord.drawn_at)
        .join(DrawRecord, col(DrawRecord.tender_id) == PanelSeatRecord.tender_id)
        .where(col(PanelSeatRecord.replaced_by).is_(None), col(DrawRecord.drawn_at).is_not(None))
    )
    last: dict[tuple[str, str], date] = {}
    for expert_id, tender_id, drawn_at in session.exec(found):
        assert drawn_at is not None
        last[expert_id, tender_id] = max(
            business_day(drawn_at), last.get((expert_id, tender_id), business_day(drawn_at))
        )
    days = defaultdict(list)
    for (expert_id, _), day in last.items():
        days[expert_id].append(day)
    return {expert_id: sorted(served) for expert_id, served in days.items()}

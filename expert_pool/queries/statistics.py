"""The figures of the pool, by number and never by name; panels count once their evaluation is over."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from accounts import queries as accounts
from expert_pool.experts import ACTIVE
from expert_pool.queries import candidates, ceremony, panels, pool
from expert_pool.queries.calls import calls as calls_of
from expert_pool.queries.sealed import expert_id_of
from expert_pool.queries.workload import services
from expert_pool.records.draws import DrawRecord
from expert_pool.specialties import classification
from expert_pool.statistics import (
    Depth,
    Meeting,
    SeatChance,
    depths,
    meetings,
    per_month,
    predictable,
)
from kernel.working_days import business_day
from tender import queries as tenders
from tender.lifecycle import Stage

MOST_MEETINGS = 100


@dataclass(frozen=True)
class ExpertFigures:
    """One expert's calls by number."""

    number: str
    calls: int
    kept: int
    this_month: int


@dataclass(frozen=True)
class PoolFigures:
    """All figures of the pool."""

    standings: Mapping[str, int]
    calls: int
    kept: int
    """seats that their first holder kept to the end"""
    answers: Mapping[str, int]
    """machine calls by what became of them"""
    months: Mapping[str, int]
    experts: tuple[ExpertFigures, ...]
    meetings: tuple[Meeting, ...]
    depths: tuple[Depth, ...]
    predictable: tuple[SeatChance, ...]
    exclusions: Mapping[str, int]


def pool_figures(session: Session, now: datetime) -> PoolFigures:
    """Count everything."""
    records = pool.experts(session)
    numbers = {record.id: record.number for record in records}
    drawn = [one for one in session.exec(select(DrawRecord)) if one.result is not None]
    over = [one for one in drawn if one.round == 1 and _is_over(session, one.tender_id)]
    calls, kept = Counter[str](), Counter[str]()
    judged = []
    for one in over:
        seats = [
            (seat, numbers[expert_id_of(session, seat)])
            for seat, _ in panels.all_seats(session, one.tender_id)
        ]
        calls.update(number for _, number in seats)
        members = [number for seat, number in seats if seat.replaced_by is None]
        kept.update(members)
        judged.append((members, _bidders(session, one.tender_id)))
    served = services(session)
    month = business_day(now).isoformat()[:7]
    lately = Counter(numbers[id] for id, days in served.items() for day in days if f"{day:%Y-%m}" == month)
    return PoolFigures(
        standings=Counter(record.standing for record in records),
        calls=calls.total(),
        kept=kept.total(),
        answers=Counter(call.state for one in over for call in calls_of(session, one.tender_id)),
        months=per_month(day.isoformat() for days in served.values() for day in days),
        experts=tuple(
            ExpertFigures(number, count, kept[number], lately[number])
            for number, count in calls.most_common()
        ),
        meetings=meetings(judged)[:MOST_MEETINGS],
        depths=depths((r.specialties for r in records if r.standing == ACTIVE), classification()),
        predictable=predictable(chance for one in drawn for chance in _chances(session, one)),
        exclusions=_exclusions(session, drawn),
    )


def exclusions_of(session: Session, record: DrawRecord) -> dict[str, int]:
    """How many experts each code excluded from one draw."""
    rows = ceremony.request_value(session, record).rows
    return dict(sorted(Counter(row.excluded for row in rows if row.excluded).items()))


def _is_over(session: Session, tender_id: str) -> bool:
    return tenders.tender(session, tender_id).stage == Stage.EVALUATED


def _bidders(session: Session, tender_id: str) -> list[str]:
    ids = {bid.bidder_id for _, bid in tenders.opened_bids(session, tender_id)}
    return list(accounts.organisation_names(session, ids).values())


def _chances(session: Session, record: DrawRecord) -> list[SeatChance]:
    rows = ceremony.request_value(session, record).rows
    reference = tenders.tender(session, record.tender_id).reference
    return [
        SeatChance(
            reference,
            group.id,
            group.quota,
            sum(row.excluded is None and bool(row.mask >> at & 1) for row in rows),
        )
        for at, group in enumerate(candidates.frozen_groups(record))
    ]


def _exclusions(session: Session, drawn: list[DrawRecord]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for record in drawn:
        total.update(exclusions_of(session, record))
    return dict(sorted(total.items()))

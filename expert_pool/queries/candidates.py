"""The pool judged for one tender: who can be drawn, who cannot and by which coarse code, and whom all must avoid."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session, col, select

from accounts import queries as accounts
from accounts.duties import Duty
from crypto.canonical import read_canonical, unb64
from expert_pool.conflicts import AGENCY, BIDDER, SUPERVISOR, TENDERER, Party, read_parties
from expert_pool.eligibility import SeatGroup, judge, rules_for
from expert_pool.eligibility_rules import DEFAULT, EligibilityRules, read_rules
from expert_pool.entry_form import expert_record
from expert_pool.kin import families
from expert_pool.queries import pool
from expert_pool.queries.decoys import real_ones
from expert_pool.records.agencies import AgencyDrawRecord
from expert_pool.records.draws import DrawRecord
from expert_pool.records.eligibility import AvoidanceRecord, DrawEligibilityRecord, PoolRulesRecord
from kernel.errors import NotFound
from kernel.working_days import business_day
from storage.database import unseal
from tender import queries as tenders


@dataclass(frozen=True)
class Candidate:
    """One expert judged: the canonical entry that the leaf commits to, and the line of the table."""

    expert_id: str
    number: str
    employer: str = field(repr=False)
    entry: bytes = field(repr=False)
    mask: int
    excluded: str | None
    family: str = field(default="", repr=False)
    """what relatives in the pool share (expert_pool.kin)"""


@dataclass(frozen=True)
class JudgedPool:
    """The whole pool, by number, with what it was judged by; `keep_judgement` seals that beside the draw."""

    candidates: tuple[Candidate, ...]
    rules: EligibilityRules
    parties: tuple[Party, ...] = field(repr=False)
    day: date


def judge_pool(
    session: Session,
    *,
    tender_id: str,
    groups: Sequence[SeatGroup],
    rules: EligibilityRules | None = None,
    now: datetime,
) -> JudgedPool:
    """Judge every expert of the pool for a draw of this tender, by the limits in force unless others are given."""
    parties = avoided_parties(session, tender_id)
    return judge_against(session, parties=parties, groups=groups, rules=rules, now=now)


def judge_against(
    session: Session,
    *,
    parties: tuple[Party, ...],
    groups: Sequence[SeatGroup],
    rules: EligibilityRules | None = None,
    now: datetime,
) -> JudgedPool:
    """Judge every expert of the pool for a draw in which these parties are avoided."""
    rules, day = rules or rules_in_force(session), business_day(now)
    checks = rules_for(rules, groups, parties, day)
    records = real_ones(session, pool.experts(session))  # a decoy is never drawn and never counted
    found = []
    values = pool.expert_values(session, records, undisclosed=True)
    kin = families(values)
    for record, expert in zip(records, values, strict=True):
        line = judge(expert, groups, checks)
        entry, family = expert_record(expert), kin.get(expert.number, "")
        found.append(
            Candidate(record.id, expert.number, expert.employer, entry, line.mask, line.excluded, family)
        )
    return JudgedPool(tuple(found), rules, parties, day)


def rules_in_force(session: Session) -> EligibilityRules:
    """The limits that the pool manager set last; those of the law where nobody has."""
    newest = rules_history(session, 1)
    return read_rules(newest[0].rules) if newest else DEFAULT


def rules_history(session: Session, limit: int = 20) -> list[PoolRulesRecord]:
    """The limits that were set, newest first."""
    found = select(PoolRulesRecord).order_by(col(PoolRulesRecord.number).desc()).limit(limit)
    return list(session.exec(found))


def avoided_parties(session: Session, tender_id: str) -> tuple[Party, ...]:
    """The tenderer, its drawn agency, the supervising bodies and all bidders, sealed or open, with their people."""
    tenderer = tenders.tender(session, tender_id).tenderer_id
    bidders = {bid.bidder_id for bid in tenders.sealed_bids(session, tender_id)}
    bidders |= {bid.bidder_id for _, bid in tenders.opened_bids(session, tender_id)}
    supervisors = {one.organisation_id for one in accounts.people_with_duty(session, Duty.SUPERVISOR)}
    roles = dict.fromkeys(supervisors, SUPERVISOR) | dict.fromkeys(bidders, BIDDER) | {tenderer: TENDERER}
    names = accounts.organisation_names(session, set(roles))
    people = accounts.member_names(session, set(roles))
    parties = [Party(names[id], role, frozenset(people[id])) for id, role in sorted(roles.items())]
    return (*parties, *(Party(name, AGENCY) for name in _agencies(session, tender_id)))


def frozen_judgement(session: Session, draw_id: str) -> tuple[EligibilityRules, tuple[Party, ...], date]:
    """The rules, the list to avoid and the day that a draw was judged by; raises NotFound."""
    record = session.get(DrawEligibilityRecord, draw_id)
    if record is None:
        raise NotFound(what="frozen eligibility of draw", id=draw_id)
    sealed = unseal(session, avoided_context(draw_id), record.avoided, key=record.sealed_with)
    parties = read_parties(read_canonical(sealed))
    return read_rules(record.rules), parties, record.day


def frozen_entry(session: Session, draw_id: str, kept: list[str]) -> bytes:
    """The entry that a leaf of this draw commits to, opened from what its table keeps under the leaf."""
    return unseal(session, entry_context(draw_id), unb64(kept[1]))


def frozen_groups(record: DrawRecord) -> tuple[SeatGroup, ...]:
    """The seat groups of a draw as they were frozen."""
    return tuple(
        SeatGroup(
            str(one["id"]),
            dict(one["name"]),
            int(one["quota"]),
            int(one["reserves"]),
            tuple(one["specialties"]),
            tuple(one["regions"]),
        )
        for one in record.groups
    )


def avoidances(session: Session, tender_id: str) -> list[AvoidanceRecord]:
    """The ties that the check after the opening found, in the order of their leaves."""
    found = select(AvoidanceRecord).where(AvoidanceRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(AvoidanceRecord.leaf)))


def entry_context(draw_id: str) -> str:
    """What the entries of a draw are sealed to."""
    return f"draw entry {draw_id}"


def avoided_context(draw_id: str) -> str:
    """What the list to avoid of a draw is sealed to."""
    return f"draw avoidance {draw_id}"


def _agencies(session: Session, tender_id: str) -> list[str]:
    found = select(AgencyDrawRecord).where(AgencyDrawRecord.subject == f"tender:{tender_id}")
    return [
        str(agency.get("name", ""))
        for draw in session.exec(found)
        for agency in draw.agencies
        if draw.chosen is not None and agency["code"] == draw.chosen and agency.get("name")
    ]

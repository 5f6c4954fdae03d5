"""Builders for what follows an opening: an opened tender with a real rulebook, a pool of experts, a drawn panel."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from accounts.duties import Actor, Duty
from evaluation.actions import scoring, votes
from evaluation.actions.chair import vote_for_chair
from evaluation.actions.report import sign_report
from evaluation.queries import judging as evaluation_queries
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from expert_pool import actions, queries
from expert_pool.eligibility import SeatGroup
from expert_pool.experts import Expert
from expert_pool.panel import PanelRule
from tender.actions import draft, publish
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    make_bid,
    make_draft,
    open_all,
    release,
    submit,
)
from tests.evaluation.cases import rulebook_data
from tests.flows.ceremonies import Ceremony, begin, countersign, hold

ROADS = SeatGroup("roads", {"zh": "公路", "en": "Roads"}, 3, 2, ("A08",))
COSTS = SeatGroup("costs", {"zh": "造价", "en": "Costs"}, 2, 2, ("B02",))


def opened_tender(
    platform: Platform,
    prices: Sequence[str],
    files: Callable[[int], dict[str, bytes]] = lambda number: {},
    **rulebook: Any,
) -> PublishedTender:
    """A tender whose bids of these prices lie open, each with its files by its number from 1."""
    tender = published_tender(platform, {}, **rulebook)
    for number, price in enumerate(prices, 1):
        bid = make_bid(platform, tender, f"bidder-{number}", price=price, files=files(number))
        submit(platform, bid, tender)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    return tender


def published_tender(platform: Platform, described: dict[str, Any], **rulebook: Any) -> PublishedTender:
    """A published tender with a real rulebook and two openers; `described` says more of its draft."""
    rules = read_rulebook(rulebook_data(**rulebook))
    tender = make_draft(platform, openers=2, **described)
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    with platform.database.transaction() as session:
        draft.set_rulebook(session, actor=tender.office, tender_id=tender.tender_id, rulebook=frozen)
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=10_000_000,
            now=platform.clock.now(),
        )
    return tender


def fill_pool(
    platform: Platform, employers: list[str], specialties: tuple[str, ...] = ("A0801", "B02")
) -> list[Actor]:
    """Experts with accounts, one for each employer named; each holds all the specialties."""
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    people = [platform.person(f"expert-{n}", Duty.EXPERT) for n in range(1, len(employers) + 1)]
    entries = [
        actions.PoolEntry(
            Expert(f"E{n:03}", f"Name {n}", employer, "440300", frozenset(specialties)), f"expert-{n}"
        )
        for n, employer in enumerate(employers, 1)
    ]
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())
    return people


def request(
    platform: Platform,
    tender: PublishedTender,
    groups: tuple[SeatGroup, ...] = (ROADS, COSTS),
    *,
    is_countersigned: bool = True,
    **values: Any,
) -> Ceremony:
    """The office asks for a panel, and the supervisor countersigns."""
    with platform.database.transaction() as session:
        draw_id = actions.request_draw(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            groups=groups,
            panel=PanelRule(),
            now=platform.clock.now(),
            **values,
        )
    ceremony = begin(platform, draw_id, tender.tender_id)
    if is_countersigned:
        countersign(platform, ceremony)
    return ceremony


def draw_panel(
    platform: Platform, tender: PublishedTender, experts: int = 5, *, chair: str = "seat-1"
) -> dict[str, Actor]:
    """A whole draw and, unless there shall be none, the election of the chair; the members by seat."""
    fill_pool(platform, [f"Institute {n}" for n in range(experts)])
    ceremony = request(platform, tender)
    hold(platform, ceremony)
    call_by_hand(platform, tender)
    panel = members(platform, tender)
    if chair:
        elect(platform, tender, dict.fromkeys(panel, chair))
    return panel


def call_by_hand(platform: Platform, tender: PublishedTender) -> None:
    """The pool manager looks up whom to call, which discloses the panel."""
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    with platform.database.transaction() as session:
        actions.call_out(session, actor=manager, tender_id=tender.tender_id, now=platform.clock.now())


def elect(platform: Platform, tender: PublishedTender, choices: dict[str, str], number: int = 1) -> None:
    """One round of electing the chair; the choice by seat."""
    panel = members(platform, tender)
    for seat, choice in choices.items():
        with platform.database.transaction() as session:
            vote_for_chair(
                session,
                actor=panel[seat],
                tender_id=tender.tender_id,
                number=number,
                choice=choice,
                now=platform.clock.now(),
            )


def members(platform: Platform, tender: PublishedTender) -> dict[str, Actor]:
    with platform.database.reading() as session:
        rows = [
            (seat, queries.expert_of(session, seat)) for seat, _ in queries.panel(session, tender.tender_id)
        ]
    by_id = {person.person_id: person for person in platform.people.values()}
    return {seat.seat: by_id[str(expert.person_id)] for seat, expert in rows}  # type: ignore[index]


def vote(
    platform: Platform, tender: PublishedTender, member: Actor, fails: dict[str, str] | None = None
) -> None:
    """All verdicts of one member; `fails` gives the reason by bid."""
    with platform.database.transaction() as session:
        rules = evaluation_queries.rulebook(session, tender.tender_id, tender.lot_id)
        bids = evaluation_queries.opened_bids(session, tender.tender_id, tender.lot_id)
        reasons = fails or {}
        cast = [
            votes.CastVote(bid.bid_id, check.id, bid.bid_id not in reasons, reasons.get(bid.bid_id, ""))
            for bid in bids
            for check in rules.checks
        ]
        votes.hand_in_votes(
            session,
            actor=member,
            tender_id=tender.tender_id,
            lot_id=tender.lot_id,
            votes=cast,
            now=platform.clock.now(),
        )


def score(platform: Platform, tender: PublishedTender, member: Actor, bid_id: str, points: str) -> None:
    """Save and sign one sheet."""
    with platform.database.transaction() as session:
        values = {
            "actor": member,
            "tender_id": tender.tender_id,
            "bid_id": bid_id,
            "now": platform.clock.now(),
        }
        record = scoring.save_sheet(session, points={"plan": points}, version=0, **values)
        scoring.sign_sheet(session, version=record.version, **values)


def bids_of(platform: Platform, tender: PublishedTender) -> list[str]:
    """The opened bids of the lot, by price."""
    with platform.database.reading() as session:
        bids = evaluation_queries.opened_bids(session, tender.tender_id, tender.lot_id)
    return [bid.bid_id for bid in sorted(bids, key=lambda bid: bid.price)]


def sign_reports(
    platform: Platform, tender: PublishedTender, decisions: dict[str, tuple[str, str]] | None = None
) -> None:
    """Every member's decision about the report: signed, unless the decision by seat says otherwise."""
    for seat, member in members(platform, tender).items():
        decision, text = (decisions or {}).get(seat, ("sign", ""))
        if decision:
            with platform.database.transaction() as session:
                sign_report(
                    session,
                    actor=member,
                    tender_id=tender.tender_id,
                    decision=decision,
                    text=text,
                    now=platform.clock.now(),
                )

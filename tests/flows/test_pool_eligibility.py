"""Who may be drawn: frozen limits, avoidance, the check after the opening, the supervisor's recomputation."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from accounts.duties import Actor, Duty
from expert_pool import actions, queries
from expert_pool.actions.eligibility import recheck_avoidance, recompute_eligibility, set_rules
from expert_pool.actions.standing import ban, change_standing, end_leave, file_leave, lift_ban, note_of
from expert_pool.eligibility_rules import EligibilityRules
from expert_pool.experts import Expert, Interest
from expert_pool.panel import PanelRule
from expert_pool.queries import candidates, pool
from expert_pool.queries.sealed import rows_of
from kernel.errors import NotAllowed
from storage import audit_log
from storage.outbox import JobRecord
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.panels import (
    COSTS,
    ROADS,
    draw_panel,
    fill_pool,
    opened_tender,
    request,
)
from tests.flows.pools import add, expert_id

PRICES = ["300.00", "100.00", "200.00"]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


@pytest.fixture
def manager(platform: Platform) -> Actor:
    return platform.person("pool-manager", Duty.POOL_MANAGER)


def excluded(platform: Platform, tender: PublishedTender, rules: EligibilityRules) -> dict[str, str | None]:
    with platform.database.reading() as session:
        judged = candidates.judge_pool(
            session,
            tender_id=tender.tender_id,
            groups=(ROADS, COSTS),
            rules=rules,
            now=platform.clock.now(),
        )
    return {one.number: one.excluded for one in judged.candidates}


def test_each_limit_excludes_by_its_code(platform: Platform, manager: Actor) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(8)])
    base = Expert("X1", "甲", "Other", "440300", frozenset({"A08"}))
    add(
        platform,
        manager,
        actions.PoolEntry(replace(base, number="X1", born_on=date(1950, 1, 1))),
        actions.PoolEntry(replace(base, number="X2", valid_until=date(2020, 1, 1))),
        actions.PoolEntry(replace(base, number="X3", interests=(Interest("bidder-1 Ltd", "shareholder"),))),
        actions.PoolEntry(replace(base, number="X4", region="110000", specialties=frozenset({"C06"}))),
        actions.PoolEntry(replace(base, number="X5", employer="supervisor Ltd")),
        actions.PoolEntry(replace(base, number="X6"), "expert-1"),
    )
    platform.person("supervisor", Duty.SUPERVISOR)
    now, today = platform.clock.now(), platform.clock.now().date()
    with platform.database.transaction() as session:
        ban(
            session,
            actor=manager,
            expert_id=expert_id(platform, "E001"),
            begins=today,
            ends=None,
            reason="bribery",
            note="a sealed word about 王五",
            now=now,
        )
        file_leave(session, actor=platform.people["expert-2"], begins=today, ends=today, now=now)
        change_standing(
            session,
            actor=manager,
            expert_id=expert_id(platform, "E003"),
            act="suspend",
            reason="complaint",
            now=now,
        )
    found = excluded(platform, tender, EligibilityRules())
    assert {number: code for number, code in found.items() if code} == {
        "E001": "ban",
        "E002": "leave",
        "E003": "standing",
        "X1": "standing",
        "X2": "validity",
        "X3": "avoidance",
        "X4": "specialty",
        "X5": "avoidance",
    }
    with platform.database.reading() as session:
        (span,) = pool.spans(session, expert_id(platform, "E001"))
        assert note_of(session, span) == "a sealed word about 王五"
        facts = b"".join(session.exec(select(audit_log.LogRecord.fact)))
    assert "王五".encode() not in facts
    with platform.database.transaction() as session:
        lift_ban(session, actor=manager, span_id=span.id, now=now)
        (leave,) = pool.spans(session, expert_id(platform, "E002"))
        end_leave(session, actor=platform.people["expert-2"], span_id=leave.id, now=now)
    later = excluded(platform, tender, EligibilityRules(oldest=0))
    assert [number for number, code in later.items() if code] == ["E003", "X2", "X3", "X4", "X5"]


def test_panels_count_for_cool_down_and_monthly_cap(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(9)])
    draw_panel(platform, tender)
    with platform.database.reading() as session:
        seated = {expert.number for _, expert in queries.disclosed(session, tender.tender_id)}
    assert not any(excluded(platform, tender, EligibilityRules()).values())
    cooled = excluded(platform, tender, EligibilityRules(cool_down_days=10))
    assert {number for number, code in cooled.items() if code == "cool-down"} == seated
    capped = excluded(platform, tender, EligibilityRules(most_per_month=1))
    assert {number for number, code in capped.items() if code == "monthly-cap"} == seated
    platform.clock.at += timedelta(days=10)
    assert not any(excluded(platform, tender, EligibilityRules(cool_down_days=10)).values())


def test_the_supervisor_recomputes_the_frozen_table_and_a_changed_one_shows(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [*(f"Institute {n}" for n in range(7)), "bidder-1 Ltd"])
    ceremony = request(platform, tender)
    supervisor = platform.people["supervisor"]
    with platform.database.transaction() as session:
        first = recompute_eligibility(
            session, actor=supervisor, draw_id=ceremony.draw_id, now=platform.clock.now()
        )
    assert (first.experts, first.frozen, first.again, first.differing) == (
        8,
        {"": 7, "avoidance": 1},
        {"": 7, "avoidance": 1},
        (),
    )
    with platform.database.transaction() as session:
        draw = queries.draw(session, ceremony.draw_id)
        frozen = rows_of(session, draw)
        (tied,) = [row for row in frozen if " avoidance" in row]
        draw.rows = [row.replace("0 avoidance", "3 -") if row == tied else row for row in frozen]
        session.add(draw)
    with platform.database.transaction() as session:
        second = recompute_eligibility(
            session, actor=supervisor, draw_id=ceremony.draw_id, now=platform.clock.now()
        )
    assert second.differing == (tied.split(" ")[0],)
    with pytest.raises(NotAllowed), platform.database.transaction() as session:
        recompute_eligibility(
            session, actor=tender.office, draw_id=ceremony.draw_id, now=platform.clock.now()
        )


def test_a_tie_that_shows_after_the_opening_is_found_for_seats_and_reserves(
    platform: Platform, manager: Actor
) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(9)])
    with platform.database.transaction() as session:
        assert recheck_avoidance(session, tender.tender_id, platform.clock.now()) == ()
        asked = [job for job in session.exec(select(JobRecord.name)) if job == "recheck_avoidance"]
    assert len(asked) == 1
    draw_panel(platform, tender)
    with platform.database.transaction() as session:
        assert recheck_avoidance(session, tender.tender_id, platform.clock.now()) == ()
        seat, row = queries.disclosed(session, tender.tender_id)[0]
        tied = replace(queries.entry(session, row)[0], interests=(Interest("bidder-2 Ltd", "adviser"),))
    add(platform, manager, actions.PoolEntry(tied))
    with platform.database.transaction() as session:
        (found,) = recheck_avoidance(session, tender.tender_id, platform.clock.now())
        assert recheck_avoidance(session, tender.tender_id, platform.clock.now()) == (found,)
        facts = [row.fact for row in audit_log.entries_of(session, tender.tender_id)]
    assert (found.seat, found.leaf, found.kinds) == (seat.seat, seat.leaf, ("adviser",))
    named = [fact for fact in facts if b"avoidance-found" in fact]
    assert len(named) == 1
    assert b"bidder-2" not in named[0]


def test_the_parameters_of_a_draw_are_its_own(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    rules = EligibilityRules(tie_years=5, oldest=65, cool_down_days=30, most_per_month=4)
    with platform.database.transaction() as session:
        draw_id = actions.request_draw(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            groups=(ROADS, COSTS),
            panel=PanelRule(),
            rules=rules,
            now=platform.clock.now(),
        )
        kept, parties, _ = candidates.frozen_judgement(session, draw_id)
    assert kept == rules
    assert {party.role for party in parties} == {"tenderer", "bidder"}


def test_the_limits_in_force_are_the_managers_and_earlier_draws_keep_theirs(
    platform: Platform, manager: Actor
) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    earlier = request(platform, tender)
    strict = EligibilityRules(cool_down_days=30, most_per_month=3, credentials=("licence",))
    with platform.database.transaction() as session:
        set_rules(session, actor=manager, rules=strict, now=platform.clock.now())
        with pytest.raises(NotAllowed):
            set_rules(session, actor=tender.office, rules=strict, now=platform.clock.now())
    with platform.database.reading() as session:
        assert candidates.rules_in_force(session) == strict
        assert candidates.frozen_judgement(session, earlier.draw_id)[0] == EligibilityRules()
        judged = candidates.judge_pool(
            session, tender_id=tender.tender_id, groups=(ROADS,), now=platform.clock.now()
        )
    assert (judged.rules, {one.excluded for one in judged.candidates}) == (strict, {"validity"})

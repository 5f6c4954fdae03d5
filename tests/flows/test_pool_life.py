"""The life of experts in the pool: imported, judged by frozen rules, checked again, appraised, banned, on leave."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlmodel import select

from accounts import queries as account_queries
from accounts.duties import Actor, Duty
from expert_pool import actions, queries
from expert_pool.actions.applications import apply, decide_application, decision_reason
from expert_pool.actions.appraisals import answer_objection, appraise, appraise_by_system, object_to
from expert_pool.actions.eligibility import recheck_avoidance, recompute_eligibility, set_rules
from expert_pool.actions.pool import import_file
from expert_pool.actions.standing import ban, change_standing, end_leave, file_leave, lift_ban, note_of
from expert_pool.eligibility_rules import EligibilityRules
from expert_pool.experts import Expert, Identity, Interest
from expert_pool.panel import PanelRule
from expert_pool.pool_file import read_pool_file
from expert_pool.pool_table import csv_lines
from expert_pool.queries import appraisals, candidates, pool
from expert_pool.queries.applications import application
from expert_pool.queries.statistics import pool_figures
from kernel.errors import BadInput, BadPoolFile, ConflictOfDuties, NotAllowed, NotFound, Refused
from storage import audit_log
from storage.outbox import JobRecord
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import Platform, PublishedTender, make_platform
from tests.expert_pool.entries import full_expert
from tests.flows.panels import (
    COSTS,
    ROADS,
    draw_panel,
    fill_pool,
    members,
    opened_tender,
    request,
)

PRICES = ["300.00", "100.00", "200.00"]
WHO = Identity("440300197003011234", "13800000000", "6222000000000000")


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


@pytest.fixture
def manager(platform: Platform) -> Actor:
    return platform.person("pool-manager", Duty.POOL_MANAGER)


def add(platform: Platform, manager: Actor, *entries: actions.PoolEntry) -> None:
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())


def expert_id(platform: Platform, number: str) -> str:
    with platform.database.reading() as session:
        found = queries.expert_by_number(session, number)
    assert found is not None
    return found.id


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


def test_what_is_kept_of_people_is_sealed_and_found_again(platform: Platform, manager: Actor) -> None:
    add(platform, manager, actions.PoolEntry(full_expert(), identity=WHO))
    with platform.database.reading() as session:
        (row,) = queries.experts(session)
        assert queries.entry(session, row) == (full_expert(), WHO)
        assert pool.pool_page(session, "", 9, pool.PoolLook(name="李 四"))
        assert not pool.pool_page(session, "", 9, pool.PoolLook(name="李"))
        assert pool.pool_page(session, "", 9, pool.PoolLook("A0801", "440300", "active"))
        assert not pool.pool_page(session, "", 9, pool.PoolLook("0801"))
    raw = b"".join(file.read_bytes() for file in platform.adapters.settings.var.glob("*.sqlite3*"))
    for secret in (
        "李四",
        "乙研究院",
        "王五",
        "Spouse Works",
        "440300197003011234",
        "13800000000",
        "6222000",
    ):
        assert secret.encode() not in raw
    with pytest.raises(BadInput, match="under another number"):
        add(platform, manager, actions.PoolEntry(replace(full_expert(), number="E9"), identity=WHO))


def test_a_file_is_imported_whole_or_by_its_good_lines(platform: Platform, manager: Actor) -> None:
    head = "number,name,employer,specialties,id_number,sign_in\n"
    lines = "E1,甲,院,A08,440300197003011234,\nE2,乙,院,A08,440300197003011299,nobody\nE3,,院,A08,,\n"
    file = read_pool_file(csv_lines((head + lines).encode()))
    with pytest.raises(BadPoolFile) as caught, platform.database.transaction() as session:
        import_file(session, actor=manager, file=file, keep_good=False, now=platform.clock.now())
    places = [(one.line, one.column) for one in caught.value.facts["faults"]]  # type: ignore[attr-defined]
    assert places == [(3, "sign_in"), (4, "name")]
    with platform.database.transaction() as session:
        assert queries.pool_size(session) == 0
        report = import_file(session, actor=manager, file=file, keep_good=True, now=platform.clock.now())
    assert (report.imported, len(report.faults)) == (1, 2)
    with pytest.raises(NotAllowed), platform.database.transaction() as session:
        import_file(session, actor=platform.operator, file=file, keep_good=True, now=platform.clock.now())


def test_a_list_that_lacks_columns_takes_nothing_away_and_lifts_no_suspension(
    platform: Platform, manager: Actor
) -> None:
    add(platform, manager, actions.PoolEntry(full_expert(), identity=WHO))
    with platform.database.transaction() as session:
        id = pool.experts(session)[0].id
        now = platform.clock.now()
        change_standing(session, actor=manager, expert_id=id, act="suspend", reason="complaint", now=now)
        lines = "number,name,employer,specialties,standing,interests\nE002,李四,丙院,A08,active,\n"
        file = read_pool_file(csv_lines(lines.encode()))
        import_file(session, actor=manager, file=file, keep_good=False, now=now)
    with platform.database.reading() as session:
        row = pool.expert(session, id)
        expert, identity = pool.entry(session, row)
    assert (row.standing, row.standing_reason, identity) == ("suspended", "complaint", WHO)
    assert (expert.employer, expert.relatives) == ("丙院", full_expert().relatives)
    assert expert.interests == ()


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
        seated = {expert.number for _, expert in queries.panel(session, tender.tender_id)}
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
        (tied,) = [row for row in draw.rows if " avoidance" in row]
        draw.rows = [row.replace("0 avoidance", "3 -") if row == tied else row for row in draw.rows]
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
        seat, row = queries.panel(session, tender.tender_id)[0]
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


def test_who_applies_is_looked_at_and_enters_or_is_told_why_not(platform: Platform, manager: Actor) -> None:
    applicant = platform.person("newcomer", Duty.APPLICANT)
    now = platform.clock.now()
    with platform.database.transaction() as session:
        first = apply(session, actor=applicant, expert=full_expert(), identity=WHO, now=now)
        with pytest.raises(Refused, match="waits for the pool manager"):
            apply(session, actor=applicant, expert=full_expert(), identity=WHO, now=now)
        with pytest.raises(BadInput, match="say why"):
            decide_application(session, actor=manager, application_id=first, approve=False, now=now)
        decide_application(
            session, actor=manager, application_id=first, approve=False, reason="title missing", now=now
        )
        second = apply(session, actor=applicant, expert=full_expert(), identity=WHO, now=now)
        with pytest.raises(BadInput, match="number"):
            decide_application(session, actor=manager, application_id=second, approve=True, now=now)
        id = decide_application(
            session, actor=manager, application_id=second, approve=True, number="E77", now=now
        )
    with platform.database.reading() as session:
        row = queries.expert_by_number(session, "E77")
        assert row is not None
        assert (row.id, row.person_id) == (id, applicant.person_id)
        assert account_queries.actor(session, applicant.person_id).duties == {Duty.EXPERT}
        (entered,) = pool.standings(session, row.id)
        assert decision_reason(session, application(session, first)) == "title missing"
    assert entered.act == "enter"
    bidder = platform.person("bidder-9", Duty.BIDDER)
    with pytest.raises(ConflictOfDuties), platform.database.transaction() as session:
        third = apply(session, actor=bidder, expert=full_expert(), identity=Identity("99999999"), now=now)
        decide_application(session, actor=manager, application_id=third, approve=True, number="E78", now=now)


def test_standing_changes_by_acts_with_reasons_only(platform: Platform, manager: Actor) -> None:
    add(platform, manager, actions.PoolEntry(full_expert()))
    id, now = expert_id(platform, "E002"), platform.clock.now()

    def act(word: str, reason: str) -> str:
        with platform.database.transaction() as session:
            return change_standing(session, actor=manager, expert_id=id, act=word, reason=reason, now=now)

    assert [act("suspend", "complaint"), act("restore", "settled"), act("remove", "age")] == [
        "suspended",
        "active",
        "removed",
    ]
    for word, reason, error in (
        ("suspend", "complaint", Refused),
        ("remove", "boredom", BadInput),
        ("promote", "other", BadInput),
    ):
        with pytest.raises(error):
            act(word, reason)
    assert act("readmit", "applied") == "active"


def over(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        record = tenders.tender(session, tender.tender_id)
        record.stage = Stage.EVALUATED
        session.add(record)


def test_a_panel_is_appraised_by_three_sides_and_the_expert_may_object(
    platform: Platform, manager: Actor
) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(9)])
    draw_panel(platform, tender)
    id, now, supervisor = tender.tender_id, platform.clock.now(), platform.people["supervisor"]
    member = members(platform, tender)["seat-1"]
    with (
        pytest.raises(Refused, match="when the evaluation is over"),
        platform.database.transaction() as session,
    ):
        appraise(session, actor=tender.office, tender_id=id, seat="seat-1", counts={}, now=now)
    over(platform, tender)
    with platform.database.transaction() as session:
        appraise(session, actor=tender.office, tender_id=id, seat="seat-1", counts={"late": 2}, now=now)
        given = appraise(
            session, actor=supervisor, tender_id=id, seat="seat-1", counts={"leading": 1}, now=now
        )
        seen = {"seat-1": {"deviation": 9, "unsigned": 1}, "seat-2": {}}
        assert appraise_by_system(session, tender_id=id, counts=seen, now=now) == 2
        assert appraise_by_system(session, tender_id=id, counts=seen, now=now) == 0
        rows = {row.side: row for row in appraisals.appraisals_of_tender(session, id) if row.seat == "seat-1"}
        assert {side: row.points for side, row in rows.items()} == {
            "office": 90,
            "supervisor": 80,
            "system": 75,
        }
        with pytest.raises(Refused, match="appraised already"):
            appraise(session, actor=supervisor, tender_id=id, seat="seat-1", counts={}, now=now)
        for counts in ({"late": 1}, {"leading": 3}, {"leading": -1}):
            with pytest.raises(BadInput):
                appraise(session, actor=supervisor, tender_id=id, seat="seat-2", counts=counts, now=now)
        with pytest.raises(NotFound):
            other = members(platform, tender)["seat-2"]
            object_to(session, actor=other, appraisal_id=given, text="not mine", now=now)
        object_to(session, actor=member, appraisal_id=given, text="I only asked", now=now)
        expert = rows["system"].expert_id
        before = appraisals.score_of(session, expert)
        answer_objection(session, actor=manager, appraisal_id=given, upheld=True, text="agreed", now=now)
        after = appraisals.score_of(session, expert)
    assert (before, after) == (Fraction(90 + 80 + 75, 3), Fraction(90 + 75, 2))


def test_the_figures_count_by_number_and_name_nobody(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(5)])
    draw_panel(platform, tender)
    with platform.database.reading() as session:
        running = pool_figures(session, platform.clock.now())
    assert (running.calls, running.meetings) == (0, ())
    over(platform, tender)
    with platform.database.reading() as session:
        found = pool_figures(session, platform.clock.now())
    assert (found.calls, found.kept, len(found.meetings)) == (5, 5, 15)
    assert {one.group for one in found.predictable} == {"roads"}
    assert found.standings == {"active": 5}
    assert "Name" not in repr(found)

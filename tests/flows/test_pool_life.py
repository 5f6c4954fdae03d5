"""The life of experts in the pool: imported, let in, suspended, appraised, counted."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from accounts import queries as account_queries
from accounts.duties import Actor, Duty
from evaluation.actions.appraisal import appraise_panel
from expert_pool import actions, queries
from expert_pool.actions.applications import apply, decide_application, decision_reason
from expert_pool.actions.appraisals import answer_objection, appraise, appraise_by_system, object_to
from expert_pool.actions.pool import import_file
from expert_pool.actions.standing import change_standing
from expert_pool.experts import Identity
from expert_pool.pool_file import read_pool_file
from expert_pool.pool_table import csv_lines
from expert_pool.queries import appraisals, pool
from expert_pool.queries.applications import application
from expert_pool.queries.statistics import pool_figures
from expert_pool.records.calls import CallRecord
from kernel.errors import BadInput, BadPoolFile, ConflictOfDuties, NotAllowed, NotFound, Refused
from tests.builders import Platform, make_platform
from tests.expert_pool.entries import full_expert
from tests.flows.panels import (
    draw_panel,
    fill_pool,
    members,
    opened_tender,
)
from tests.flows.pools import add, expert_id, over

PRICES = ["300.00", "100.00", "200.00"]
WHO = Identity("440300197003011234", "13800000000", "6222000000000000")


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


@pytest.fixture
def manager(platform: Platform) -> Actor:
    return platform.person("pool-manager", Duty.POOL_MANAGER)


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


def test_the_platform_counts_refusals_for_convenience_and_not_those_that_the_law_wants(
    platform: Platform,
) -> None:
    tender = opened_tender(platform, PRICES)
    draw_panel(platform, tender, 9)
    now = platform.clock.now()
    with platform.database.transaction() as session:
        for seat, reason in (("seat-1", "busy"), ("seat-2", "interest")):
            session.add(
                CallRecord(
                    id=seat,
                    tender_id=tender.tender_id,
                    seat=seat,
                    seat_group="roads",
                    token_digest=seat.encode(),
                    pin_digest=b"",
                    state="declined",
                    minutes=10,
                    asked_at=now,
                    reason=reason,
                )
            )
    over(platform, tender)
    with platform.database.transaction() as session:
        assert appraise_panel(session, tender_id=tender.tender_id, now=now) == 5
        found = {row.seat: row.items for row in appraisals.appraisals_of_tender(session, tender.tender_id)}
        assert pool_figures(session, now).answers == {"declined": 2}
    assert found == {**{f"seat-{n}": {} for n in range(2, 6)}, "seat-1": {"declined": 1}}


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

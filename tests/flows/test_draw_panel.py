"""From the request of a draw to its panel: frozen before any secret, recomputable after."""

import json
from collections import Counter
from dataclasses import replace

import pytest

from accounts.duties import Actor, Duty
from crypto.canonical import canonical
from expert_pool import actions, queries
from expert_pool.actions import PoolEntry
from expert_pool.experts import Expert
from expert_pool.queries.sealed import rows_of
from expert_pool.transcript import check_transcript
from kernel.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    Refused,
    TooFewEligibleExperts,
    WrongReveal,
    WrongStage,
)
from storage import audit_log
from tests.builders import Platform, make_tender
from tests.flows.ceremonies import PARTIES, commit, escrow, hold, reveal
from tests.flows.panels import call_by_hand, fill_pool, members, opened_tender, request

PRICES = ["300.00", "100.00", "200.00"]


def test_the_last_reveal_draws_a_panel_that_anyone_can_recompute(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(9)])
    ceremony = request(platform, tender)
    assert hold(platform, ceremony) == [False, False, True]
    with platform.database.reading() as session:
        record = queries.transcript(session, queries.draw(session, ceremony.draw_id))
        panel = queries.panel(session, tender.tender_id)
        facts = [json.loads(row.fact)["kind"] for row in audit_log.entries_of(session, tender.tender_id)]
    result = check_transcript(json.loads(json.dumps(record)))
    assert [seat.leaf for seat in result.seats] == [row.leaf for row, _ in panel]
    assert Counter(row.seat_group for row, _ in panel) == {"roads": 3, "costs": 2}
    assert len(members(platform, tender)) == 5
    assert facts[-5:] == ["draw.shares-received", *["draw.revealed"] * 3, "panel.drawn"]


def test_bidders_and_the_tenderer_cannot_be_evaluated_by_their_own_people(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    employers = [f"Institute {n}" for n in range(5)]
    fill_pool(platform, [*employers, "bidder-2 LTD", "office Ltd", "Ｂidder-1 Ltd"])
    ceremony = request(platform, tender, is_countersigned=False)
    with platform.database.reading() as session:
        draw = queries.draw(session, ceremony.draw_id)
        fact = json.loads(audit_log.entries_of(session, tender.tender_id)[-1].fact)
        rows = rows_of(session, draw)
    assert fact["data"]["excluded"] == {"avoidance": 3}
    assert sum(row.split()[2] == "avoidance" for row in rows) == 3
    assert draw.request["classes"][0]["chance"] == "1"


def test_a_pool_that_is_too_small_names_the_short_groups_and_leaves_no_draw(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(9)], specialties=("A08",))
    with pytest.raises(TooFewEligibleExperts, match="costs: 2"):
        request(platform, tender)
    with platform.database.reading() as session:
        assert queries.find_draw(session, tender.tender_id) is None


def test_nobody_reveals_before_all_have_committed_and_all_in_order(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    ceremony = request(platform, tender)
    commit(platform, ceremony, "office")
    commit(platform, ceremony, "supervisor")
    with pytest.raises(Refused, match="no commitment yet from witness"):
        reveal(platform, ceremony, "office")
    commit(platform, ceremony, "witness")
    with pytest.raises(Refused, match="no shares yet from office, witness, supervisor"):
        reveal(platform, ceremony, "office")
    escrow(platform, ceremony)
    with pytest.raises(Refused, match="turn of office"):
        reveal(platform, ceremony, "supervisor")
    with pytest.raises(WrongReveal):
        reveal(platform, ceremony, "office", secret=b"x" * 32)
    with pytest.raises(Refused, match="already committed"):
        commit(platform, ceremony, "office", commitment=b"x" * 32)
    reveal(platform, ceremony, "office")
    assert reveal(platform, ceremony, "office") is False


def test_each_party_acts_only_for_itself(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    ceremony = request(platform, tender)
    for party in PARTIES:
        for other in PARTIES:
            if other != party:
                with pytest.raises(NotAllowed):
                    commit(platform, ceremony, party, actor=ceremony.people[other])


def test_a_tender_has_one_draw_and_only_after_its_opening(platform: Platform) -> None:
    sealed = make_tender(platform)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    with pytest.raises(WrongStage):
        request(platform, sealed)
    tender = opened_tender(platform, PRICES)
    request(platform, tender)
    with pytest.raises(Refused, match="already requested"):
        request(platform, tender)


def test_no_fact_before_the_result_holds_a_name_an_employer_or_a_secret(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    fill_pool(platform, [f"Institute {n}" for n in range(6)])
    ceremony = request(platform, tender)
    hold(platform, ceremony)
    with platform.database.reading() as session:
        facts = b"".join(row.fact for row in audit_log.entries_of(session, tender.tender_id))
        draw = queries.draw(session, ceremony.draw_id)
        published = canonical(draw.request) + "".join(rows_of(session, draw)).encode()
    for text in (b"Name ", b"Institute", *(s.hex().encode() for s in ceremony.secrets.values())):
        assert text not in facts
        assert text not in published


def test_a_stranger_learns_nothing_about_seats(platform: Platform) -> None:
    tender = opened_tender(platform, PRICES)
    people = fill_pool(platform, [f"Institute {n}" for n in range(9)])
    ceremony = request(platform, tender)
    hold(platform, ceremony)
    seated = {person.person_id for person in members(platform, tender).values()}
    with platform.database.reading() as session:
        for person in people:
            with pytest.raises(NotFound):  # nobody yet: the panel is not disclosed
                queries.seat_of(session, tender.tender_id, person.person_id)
    call_by_hand(platform, tender)
    with platform.database.reading() as session:
        for person in people:
            if person.person_id in seated:
                assert queries.seat_of(session, tender.tender_id, person.person_id).startswith("seat-")
            else:
                with pytest.raises(NotFound):
                    queries.seat_of(session, tender.tender_id, person.person_id)


def test_an_import_replaces_by_number_and_refuses_what_is_incomplete(platform: Platform) -> None:
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    platform.person("expert-1", Duty.EXPERT)
    good = Expert("E1", "Name 1", "Institute", "440300", frozenset({"A08"}))

    def import_pool(*entries: PoolEntry, actor: Actor = manager) -> None:
        with platform.database.transaction() as session:
            actions.import_pool(session, actor=actor, entries=entries, now=platform.clock.now())

    import_pool(PoolEntry(good, "expert-1"))
    import_pool(PoolEntry(replace(good, employer="Other")))
    with platform.database.reading() as session:
        (row,) = queries.experts(session)
        entry, _ = queries.entry(session, row)
    assert (entry.employer, row.person_id) == ("Other", platform.people["expert-1"].person_id)
    for bad, where in (
        ([PoolEntry(good), PoolEntry(good)], r"experts\[1\].number"),
        ([PoolEntry(replace(good, number=" "))], r"experts\[0\].number"),
        ([PoolEntry(replace(good, standing="retired"))], r"experts\[0\].standing"),
        ([PoolEntry(replace(good, name=""))], r"experts\[0\]"),
        ([PoolEntry(replace(good, specialties=frozenset()))], r"experts\[0\]"),
        ([PoolEntry(good, "operator")], r"experts\[0\].sign_in"),
        ([PoolEntry(good, "nobody")], r"experts\[0\].sign_in"),
    ):
        with pytest.raises(BadInput, match=where):
            import_pool(*bad)
    with pytest.raises(NotAllowed):
        import_pool(PoolEntry(good), actor=platform.operator)

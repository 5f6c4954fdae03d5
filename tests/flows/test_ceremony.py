"""The ceremony of a draw with each party dishonest in turn: a clear refusal or the same panel, never another one."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.draw_keys import draw_key_of, offer_draw_key
from crypto.signatures import sign_statement
from expert_pool import actions, queries
from expert_pool.ceremony import Step, due
from expert_pool.drand import round_time
from expert_pool.draw import Reveal, seed_of
from expert_pool.drawing import draw_panel
from expert_pool.escrow import DEALT, make_chain
from expert_pool.transcript import check_transcript, read_result
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, Refused, WrongReveal
from storage import audit_log
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.ceremonies import (
    PARTIES,
    Ceremony,
    bring_share,
    commit,
    commit_all,
    countersign,
    deal,
    escrow,
    hold,
    opened_share,
    receive,
    reveal,
)
from tests.flows.copied import copy_of
from tests.flows.panels import fill_pool, opened_tender, request

WINDOW = timedelta(minutes=60)
ROUND_1000 = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender]:
    """An opened tender with a pool, made once; each test works on a copy of its folder."""
    made = make_platform(tmp_path_factory.mktemp("opened") / "var")
    tender = opened_tender(made, ["300.00", "100.00", "200.00"])
    fill_pool(made, [f"Institute {n}" for n in range(9)])
    for party, duty in PARTIES.items():
        made.person(party, duty)
    made.database.close()
    return made, tender


@pytest.fixture
def platform(opened: tuple[Platform, PublishedTender], tmp_path: Path) -> Platform:
    return copy_of(opened[0], tmp_path / "var")


@pytest.fixture
def tender(opened: tuple[Platform, PublishedTender]) -> PublishedTender:
    return opened[1]


def ready(platform: Platform, tender: PublishedTender) -> Ceremony:
    """A draw whose reveals are open."""
    ceremony = request(platform, tender)
    commit_all(platform, ceremony)
    escrow(platform, ceremony)
    return ceremony


def step(platform: Platform, ceremony: Ceremony) -> tuple[Step, tuple[str, ...]]:
    with platform.database.reading() as session:
        state = queries.ceremony_state(session, queries.draw(session, ceremony.draw_id))
    found = due(state, platform.clock.now())
    return found.step, found.parties


def seats(platform: Platform, ceremony: Ceremony) -> Any:
    with platform.database.reading() as session:
        result = queries.draw(session, ceremony.draw_id).result
    return read_result(result).seats if result else None


def facts(platform: Platform, ceremony: Ceremony) -> list[str]:
    with platform.database.reading() as session:
        rows = audit_log.entries_of(session, ceremony.tender_id)
        return [json.loads(row.fact)["kind"] for row in rows]


def expected_seats(platform: Platform, ceremony: Ceremony) -> Any:
    """What the committed secrets give, whatever the parties do."""
    with platform.database.reading() as session:
        draw = queries.draw(session, ceremony.draw_id)
        asked = queries.request_value(session, draw)
    given = [Reveal(party, ceremony.secrets[party]) for party in PARTIES]
    return draw_panel(asked, seed_of(draw.request_hash, given)).seats


def test_nobody_commits_before_the_supervisor_countersigned(
    platform: Platform, tender: PublishedTender
) -> None:
    ceremony = request(platform, tender, is_countersigned=False)
    with pytest.raises(Refused, match="has not countersigned"):
        commit(platform, ceremony, "office")
    with platform.database.transaction() as session, pytest.raises(BadInput, match="not the hash"):
        actions.countersign(
            session,
            actor=ceremony.people["supervisor"],
            draw_id=ceremony.draw_id,
            request_hash=bytes(32),
            now=platform.clock.now(),
        )
    with platform.database.transaction() as session, pytest.raises(NotAllowed):
        actions.countersign(
            session,
            actor=ceremony.people["office"],
            draw_id=ceremony.draw_id,
            request_hash=bytes(32),
            now=platform.clock.now(),
        )
    countersign(platform, ceremony)
    commit(platform, ceremony, "office")
    assert step(platform, ceremony) == (Step.COMMIT, ("witness", "supervisor"))


@pytest.mark.parametrize("silent", PARTIES)
def test_a_party_that_does_not_reveal_is_rebuilt_and_the_panel_is_the_same(
    platform: Platform, tender: PublishedTender, silent: str
) -> None:
    ceremony = ready(platform, tender)
    others = [party for party in PARTIES if party != silent]
    for party in list(PARTIES)[: list(PARTIES).index(silent)]:
        reveal(platform, ceremony, party)
    with pytest.raises(Refused, match="may still reveal"):
        bring_share(platform, ceremony, others[0], silent)
    platform.clock.at += WINDOW - timedelta(seconds=1)
    assert step(platform, ceremony) == (Step.REVEAL, (silent,))
    platform.clock.at += timedelta(seconds=1)
    assert step(platform, ceremony) == (Step.RESCUE, (silent,))
    with pytest.raises(Refused, match="window of this party is over"):
        reveal(platform, ceremony, silent)
    with pytest.raises(Refused, match="two other parties"):
        bring_share(platform, ceremony, silent, silent)
    assert bring_share(platform, ceremony, others[0], silent).outcome == "waiting"
    bad = bring_share(platform, ceremony, others[1], silent, bytes(64))
    assert (bad.outcome, bad.at_fault) == ("bad-share", others[1])
    assert bring_share(platform, ceremony, others[1], silent).outcome == "rebuilt"
    for party in list(PARTIES)[list(PARTIES).index(silent) + 1 :]:
        reveal(platform, ceremony, party)
    assert seats(platform, ceremony) == expected_seats(platform, ceremony)
    told = facts(platform, ceremony)
    assert told.count("draw.rescued") == 1
    assert told.count("draw.share-brought") == 3


@pytest.mark.parametrize("late", PARTIES)
def test_a_party_that_withholds_its_commitment_or_its_shares_stops_the_draw_visibly(
    platform: Platform, tender: PublishedTender, late: str
) -> None:
    ceremony = request(platform, tender)
    others = [party for party in PARTIES if party != late]
    for party in others:
        commit(platform, ceremony, party)
    with pytest.raises(Refused, match=f"no commitment yet from {late}"):
        deal(platform, ceremony, others[0], bytes(32))
    commit(platform, ceremony, late)
    for party in others:
        deal(platform, ceremony, party)
    with pytest.raises(Refused, match=f"no shares yet from {late}"):
        reveal(platform, ceremony, "office")
    deal(platform, ceremony, late)
    for party in others:
        receive(platform, ceremony, party)
    with pytest.raises(Refused, match=f"no receipt for the shares yet from {late}"):
        reveal(platform, ceremony, "office")
    assert seats(platform, ceremony) is None


@pytest.mark.parametrize("liar", PARTIES)
def test_shares_of_another_secret_are_found_out_and_name_their_dealer(
    platform: Platform, tender: PublishedTender, liar: str
) -> None:
    ceremony = request(platform, tender)
    commit_all(platform, ceremony)
    for party in PARTIES:
        deal(platform, ceremony, party, b"z" * 32 if party == liar else b"")
    for party in PARTIES:
        receive(platform, ceremony, party)
    for party in list(PARTIES)[: list(PARTIES).index(liar)]:
        reveal(platform, ceremony, party)
    platform.clock.at += WINDOW
    first, second = [party for party in PARTIES if party != liar]
    bring_share(platform, ceremony, first, liar)
    found = bring_share(platform, ceremony, second, liar)
    assert (found.outcome, found.at_fault) == ("false-dealing", liar)
    with pytest.raises(Refused, match="must be voided"):
        bring_share(platform, ceremony, second, liar)
    assert seats(platform, ceremony) is None


def test_a_wrong_or_replayed_secret_is_refused_and_the_right_one_still_counts(
    platform: Platform, tender: PublishedTender
) -> None:
    ceremony = ready(platform, tender)
    for wrong in (b"x" * 32, ceremony.secrets["witness"]):
        with pytest.raises(WrongReveal):
            reveal(platform, ceremony, "office", secret=wrong)
    with pytest.raises(NotAllowed):
        reveal(platform, ceremony, "office", actor=ceremony.people["witness"])
    with pytest.raises(Refused, match="turn of office"):
        reveal(platform, ceremony, "supervisor")
    assert [reveal(platform, ceremony, party) for party in PARTIES] == [False, False, True]
    assert seats(platform, ceremony) == expected_seats(platform, ceremony)
    with pytest.raises(Refused, match="drawn already"):
        reveal(platform, ceremony, "office", secret=b"y" * 32)


def test_values_of_another_draw_are_refused(platform: Platform, tender: PublishedTender) -> None:
    first = ready(platform, tender)
    with platform.database.reading() as session:
        dealing = queries.parties(session, first.draw_id)[0].dealing
        receipt = queries.parties(session, first.draw_id)[0].receipt
    void(platform, first)
    again = request(platform, tender)
    again.secrets, again.keys = first.secrets, first.keys
    with platform.database.transaction() as session:
        for party, key in first.keys.items():
            actions.register_draw_key(
                session,
                actor=again.people[party],
                statement=offer_draw_key(key),
                now=platform.clock.now() + timedelta(seconds=1),
            )
    commit_all(platform, again)
    values: dict[str, Any] = {
        "actor": again.people["office"],
        "draw_id": again.draw_id,
        "party": "office",
        "now": platform.clock.now(),
    }
    with platform.database.transaction() as session, pytest.raises(BadInput, match="another draw"):
        actions.deal(session, statement=dealing, **values)
    for party in PARTIES:
        deal(platform, again, party)
    with platform.database.transaction() as session, pytest.raises(BadInput, match="another draw"):
        actions.receive(session, statement=receipt, **values)
    forged = sign_statement(first.keys["witness"].signer, DEALT, dealing["body"])
    with platform.database.transaction() as session, pytest.raises((IntegrityBroken, Refused)):
        actions.deal(session, statement=forged, **values)


def test_a_disputed_share_is_dealt_again_and_the_log_names_both(
    platform: Platform, tender: PublishedTender
) -> None:
    ceremony = request(platform, tender)
    commit_all(platform, ceremony)
    for party in PARTIES:
        deal(platform, ceremony, party)
    receive(platform, ceremony, "office")
    with platform.database.transaction() as session:
        actions.dispute_shares(
            session,
            actor=ceremony.people["witness"],
            draw_id=ceremony.draw_id,
            party="witness",
            dealer="supervisor",
            now=platform.clock.now(),
        )
    assert step(platform, ceremony) == (Step.DEAL, ("supervisor",))
    deal(platform, ceremony, "supervisor")
    assert opened_share(platform, ceremony, "witness", "supervisor") is not None
    assert step(platform, ceremony) == (Step.RECEIVE, tuple(PARTIES))
    assert "draw.shares-disputed" in facts(platform, ceremony)


def test_a_voided_draw_stays_in_the_list_and_is_asked_for_again_once(
    platform: Platform, tender: PublishedTender
) -> None:
    first = ready(platform, tender)
    with platform.database.transaction() as session, pytest.raises(Refused, match="office has not asked"):
        actions.confirm_void(
            session, actor=first.people["supervisor"], draw_id=first.draw_id, now=platform.clock.now()
        )
    void(platform, first)
    second = request(platform, tender)
    with platform.database.reading() as session:
        (kept,) = queries.voided_draws(session, tender.tender_id)
        draw = queries.draw(session, second.draw_id)
    assert (kept.id, kept.number, draw.number, draw.restart_of) == (first.draw_id, 1, 2, first.draw_id)
    assert all(one["has_received"] for one in kept.body["parties"])
    hold(platform, second)
    with pytest.raises(Refused, match="drawn panel is not voided"):
        void(platform, second)


def test_a_draw_that_was_voided_twice_is_not_asked_for_a_third_time(
    platform: Platform, tender: PublishedTender
) -> None:
    for _ in range(2):
        void(platform, request(platform, tender))
    with pytest.raises(Refused, match="once only"):
        request(platform, tender)


def test_a_secret_of_a_chain_must_be_its_next_value(platform: Platform, tender: PublishedTender) -> None:
    values = make_chain(b"r" * 32, 3)
    supervisor = platform.person("supervisor", PARTIES["supervisor"])
    with platform.database.transaction() as session:
        actions.register_draw_chain(session, actor=supervisor, head=values[0], now=platform.clock.now())
    ceremony = request(platform, tender)
    ceremony.secrets["supervisor"] = values[2]
    commit_all(platform, ceremony)
    escrow(platform, ceremony)
    reveal(platform, ceremony, "office")
    reveal(platform, ceremony, "witness")
    with pytest.raises(WrongReveal):
        reveal(platform, ceremony, "supervisor")
    void(platform, ceremony)
    again = request(platform, tender)
    again.secrets["supervisor"] = values[1]
    assert hold(platform, again)[-1]
    with platform.database.reading() as session:
        chain = queries.draw_chain(session, supervisor.person_id)
    assert chain is not None
    assert chain.head == values[1]


def test_with_a_late_round_a_silent_party_is_absent_and_the_round_draws(
    platform: Platform, tender: PublishedTender
) -> None:
    # Round 1000 came on 23 August 2023 at 15:59:24: three windows of 15 minutes fit before it.
    platform.clock.at = round_time(1000) - 3 * timedelta(minutes=15) - timedelta(seconds=1)
    ceremony = request(platform, tender, late_round=1000, reveal_minutes=15)
    commit_all(platform, ceremony)
    with pytest.raises(Refused, match="turn of office"):
        deal(platform, ceremony, "office")
    assert not reveal(platform, ceremony, "office")
    assert not reveal(platform, ceremony, "witness")
    values: dict[str, Any] = {
        "actor": ceremony.people["office"],
        "draw_id": ceremony.draw_id,
        "party": "office",
    }
    with platform.database.transaction() as session, pytest.raises(Refused, match="turn of supervisor"):
        actions.bring_late_value(session, given=ROUND_1000, now=platform.clock.now(), **values)
    platform.clock.at += timedelta(minutes=15)
    with pytest.raises(Refused, match="late value is due"):
        reveal(platform, ceremony, "supervisor")
    with platform.database.transaction() as session, pytest.raises(IntegrityBroken, match="round 1000"):
        wrong = ROUND_1000[::-1]
        actions.bring_late_value(session, given=wrong, now=platform.clock.now(), **values)
    with platform.database.transaction() as session:
        actions.bring_late_value(session, given=ROUND_1000, now=platform.clock.now(), **values)
    with platform.database.reading() as session:
        kept = queries.transcript(session, queries.draw(session, ceremony.draw_id))
    record = json.loads(json.dumps(kept))
    assert [one["secret"] is None for one in record["reveals"]] == [False, False, True]
    assert check_transcript(record).seats == seats(platform, ceremony)


def test_who_commits_so_late_that_the_round_would_come_first_is_refused(
    platform: Platform, tender: PublishedTender
) -> None:
    platform.clock.at = round_time(1000) - 3 * timedelta(minutes=15)
    with pytest.raises(BadInput, match="the first round allowed is 1001"):
        request(platform, tender, late_round=1000, reveal_minutes=15)
    platform.clock.at -= timedelta(seconds=1)
    ceremony = request(platform, tender, late_round=1000, reveal_minutes=15)
    platform.clock.at += timedelta(seconds=1)
    with pytest.raises(Refused, match="before the last window ends"):
        commit_all(platform, ceremony)
    void(platform, ceremony)


def test_a_party_needs_a_draw_key_of_its_own(platform: Platform, tender: PublishedTender) -> None:
    ceremony = request(platform, tender)
    stranger = draw_key_of("somebody else", bytes(32), bytes(32))
    with platform.database.transaction() as session, pytest.raises(BadInput, match="whom it names"):
        actions.register_draw_key(
            session,
            actor=ceremony.people["office"],
            statement=offer_draw_key(stranger),
            now=platform.clock.now(),
        )


def void(platform: Platform, ceremony: Ceremony) -> None:
    values: dict[str, Any] = {"draw_id": ceremony.draw_id, "now": platform.clock.now()}
    with platform.database.transaction() as session:
        actions.ask_void(session, actor=ceremony.people["office"], reason="a party is ill", **values)
    with platform.database.transaction() as session:
        actions.confirm_void(session, actor=ceremony.people["supervisor"], **values)

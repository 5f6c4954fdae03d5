"""When who sits on a panel is written in the open, and what stays readable before, after and from older versions."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.canonical import canonical
from expert_pool import queries
from expert_pool.actions import calls as calling
from expert_pool.actions.disclosure import disclose, open_published
from expert_pool.actions.draws import call_out, seat_reserve
from expert_pool.actions.eligibility import recheck_avoidance, recompute_eligibility
from expert_pool.queries import calls as queries_of_calls
from expert_pool.queries.sealed import expert_id_of, open_table
from expert_pool.queries.workload import services
from kernel.errors import IntegrityBroken, NoCallersKey
from storage import audit_log
from storage.database import PEOPLE_KEY, Database
from tests.builders import Platform, PublishedTender
from tests.flows.called import drawn_panel, messages
from tests.flows.copied import copy_of
from tests.simulator import do_jobs


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender]:
    """A drawn panel of five with four reserves, made once."""
    return drawn_panel(tmp_path_factory.mktemp("drawn") / "var")


@pytest.fixture
def platform(drawn: tuple[Platform, PublishedTender], tmp_path: Path) -> Platform:
    return copy_of(drawn[0], tmp_path / "var")


@pytest.fixture
def tender(drawn: tuple[Platform, PublishedTender]) -> PublishedTender:
    return drawn[1]


@pytest.fixture
def keyless(platform: Platform) -> Iterator[Database]:
    """The same database in a process that has the key of people's data only."""
    database = Database(platform.database.url, platform.adapters.keys.people)
    yield database
    database.close()


def kinds(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.reading() as session:
        return [json.loads(row.fact)["kind"] for row in audit_log.entries_of(session, tender.tender_id)]


def test_a_look_by_hand_discloses_once_and_a_reserve_after_it_is_known_at_once(
    platform: Platform, tender: PublishedTender, keyless: Database
) -> None:
    manager, now = platform.people["pool-manager"], platform.clock.now()
    with keyless.reading() as session:
        assert [expert for _, expert in queries.panel(session, tender.tender_id)] == [None] * 5
        with pytest.raises(NoCallersKey):
            queries.expert_of(session, queries.panel(session, tender.tender_id)[0][0])
    with platform.database.transaction() as session:
        seen = call_out(session, actor=manager, tender_id=tender.tender_id, now=now)
        assert call_out(session, actor=manager, tender_id=tender.tender_id, now=now) == seen
        assert disclose(session, tender.tender_id, now) == 0
        made = seat_reserve(session, tender_id=tender.tender_id, seat="seat-1", now=now)
        assert made is not None
        assert made.expert_id is not None
    assert kinds(platform, tender).count("panel.disclosed") == 1
    with keyless.reading() as session:
        known = queries.disclosed(session, tender.tender_id)
    assert [seat.seat for seat, _ in known] == ["seat-2", "seat-3", "seat-4", "seat-5", "seat-6"]


def test_a_reserve_who_is_called_by_machine_stays_sealed_until_they_have_come(
    platform: Platform, tender: PublishedTender
) -> None:
    manager, now = platform.people["pool-manager"], platform.clock.now()
    with platform.database.transaction() as session:
        calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=now)
    come(platform, messages_after_jobs(platform, tender))
    with platform.database.transaction() as session:
        made = seat_reserve(session, tender_id=tender.tender_id, seat="seat-1", now=now)
        assert made is not None
        calling.call_replacement(session, tender_id=tender.tender_id, seat=made.seat, now=now)
    with platform.database.reading() as session:
        assert len(queries.disclosed(session, tender.tender_id)) == 4
    come(platform, {"seat-6": messages_after_jobs(platform, tender)["seat-6"]})
    with platform.database.reading() as session:
        assert len(queries.disclosed(session, tender.tender_id)) == 5
    assert kinds(platform, tender)[-2:] == ["panel.disclosed", "panel.complete"]


def messages_after_jobs(platform: Platform, tender: PublishedTender) -> dict[str, tuple[str, str]]:
    do_jobs(platform)
    return messages(platform, tender)


def come(platform: Platform, said: dict[str, tuple[str, str]]) -> None:
    """Everybody accepts, then everybody checks in."""
    now = platform.clock.now()
    with platform.database.transaction() as session:
        for token, pin in said.values():
            assert calling.answer_call(session, token=token, pin=pin, accepts=True, now=now)
        for token, pin in said.values():
            assert calling.check_in(session, token=token, pin=pin, now=now)


def test_links_and_pins_follow_from_the_callers_key_only(
    platform: Platform, tender: PublishedTender, keyless: Database
) -> None:
    with platform.database.transaction() as session:
        manager, now = platform.people["pool-manager"], platform.clock.now()
        calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=now)
    said = messages_after_jobs(platform, tender)
    with keyless.reading() as session:
        call = queries_of_calls.call_by_token(session, said["seat-1"][0])  # a link opens its page anywhere
        for use in (queries_of_calls.token_of, queries_of_calls.secret_pin):
            with pytest.raises(NoCallersKey):
                use(session, call.id)
    # A PIN that an older version has sent, stored by the key of people's data, still holds.
    with platform.database.transaction() as session:
        call = queries_of_calls.call(session, call.id)
        call.pin_digest = queries_of_calls.pin_digest(session, call.id, "123456", PEOPLE_KEY)
        session.add(call)
    with platform.database.transaction() as session:
        token = said["seat-1"][0]
        assert calling.answer_call(session, token=token, pin="123456", accepts=True, now=now)


def test_only_a_draw_counts_services_on_undisclosed_panels(
    platform: Platform, tender: PublishedTender, keyless: Database
) -> None:
    with platform.database.reading() as session:
        assert services(session) == {}
        seated = {expert_id_of(session, seat) for seat, _ in queries.panel(session, tender.tender_id)}
        assert set(services(session, undisclosed=True)) == seated
    with keyless.reading() as session, pytest.raises(NoCallersKey):
        services(session, undisclosed=True)
    with platform.database.transaction() as session:
        disclose(session, tender.tender_id, platform.clock.now())
    with keyless.reading() as session:
        assert set(services(session)) == seated


def test_the_published_record_is_the_same_and_needs_no_key(
    platform: Platform, tender: PublishedTender, keyless: Database
) -> None:
    with platform.database.transaction() as session:
        draw = queries.rounds(session, tender.tender_id)[0]
        before = canonical(queries.transcript(session, draw))
        seat_reserve(session, tender_id=tender.tender_id, seat="seat-1", now=platform.clock.now())
    with keyless.reading() as session, pytest.raises(NoCallersKey):
        queries.transcript(session, queries.rounds(session, tender.tender_id)[0])
    with platform.database.transaction() as session:
        open_published(session, tender.tender_id)
    with keyless.reading() as session:
        draw = queries.rounds(session, tender.tender_id)[0]
        assert canonical(queries.transcript(session, draw)) == before
        assert all(expert for _, expert in queries.all_seats(session, tender.tender_id))
        assert (draw.leaf_key, draw.experts) == (b"", {})
        with pytest.raises(NoCallersKey):
            open_table(session, draw)


def test_a_draw_of_an_older_version_lies_open_and_goes_on(
    platform: Platform, tender: PublishedTender
) -> None:
    now, supervisor = platform.clock.now(), platform.people["supervisor"]
    with platform.database.transaction() as session:
        draw = queries.rounds(session, tender.tender_id)[0]
        table = open_table(session, draw)
        before = canonical(queries.transcript(session, draw))
        draw.rows, draw.leaf_key, draw.experts, draw.sealed = table.rows, table.leaf_key, table.experts, None
        for seat, _ in queries.panel(session, tender.tender_id):
            seat.expert_id, seat.sealed = expert_id_of(session, seat), None
    with platform.database.transaction() as session:
        draw = queries.rounds(session, tender.tender_id)[0]
        assert canonical(queries.transcript(session, draw)) == before
        assert recheck_avoidance(session, tender.tender_id, now) == ()
        again = recompute_eligibility(session, actor=supervisor, draw_id=draw.id, now=now)
        assert again.differing == ()
        manager = platform.people["pool-manager"]
        calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=now)
        made = seat_reserve(session, tender_id=tender.tender_id, seat="seat-1", now=now)
        assert made is not None
        assert (made.expert_id, expert_id_of(session, made)) == (None, table.experts[made.leaf][0])


def test_a_sealed_seat_opens_on_no_other_seat(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.reading() as session:
        (first, _), (second, _), *_ = queries.panel(session, tender.tender_id)
        first.sealed = second.sealed
        with pytest.raises(IntegrityBroken):
            expert_id_of(session, first)

"""Calling a drawn panel by machine: answers with a PIN, silence, reserves, check-in; no name in any of it."""

import hmac
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.duties import Duty
from crypto.canonical import b64
from expert_pool import queries
from expert_pool.actions import calls as calling
from expert_pool.actions.disclosure import disclose
from expert_pool.queries import calls
from kernel.errors import NotFound, Refused
from storage import audit_log
from storage.adapters import make_adapters
from supervision.queries.snapshots import tender_snapshot
from tests.builders import Platform, PublishedTender
from tests.doors.door import Door
from tests.flows.called import drawn_panel, messages
from tests.flows.copied import copy_of
from tests.simulator import do_jobs
from web.app import create_app


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


def start(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        calling.start_calls(
            session,
            actor=platform.people["pool-manager"],
            tender_id=tender.tender_id,
            now=platform.clock.now(),
        )
    do_jobs(platform)


def answer(platform: Platform, said: tuple[str, str], *, accepts: bool = True, reason: str = "") -> bool:
    with platform.database.transaction() as session:
        return calling.answer_call(
            session, token=said[0], pin=said[1], accepts=accepts, reason=reason, now=platform.clock.now()
        )


def arrive(platform: Platform, said: tuple[str, str]) -> bool:
    with platform.database.transaction() as session:
        return calling.check_in(session, token=said[0], pin=said[1], now=platform.clock.now())


def states(platform: Platform, tender: PublishedTender) -> dict[str, str]:
    with platform.database.reading() as session:
        return {one.seat: one.state for one in calls.calls(session, tender.tender_id)}


def sweep(platform: Platform) -> int:
    with platform.database.transaction() as session:
        count = calling.close_calls(session, platform.clock.now())
    do_jobs(platform)
    return count


def kinds(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.reading() as session:
        rows = audit_log.entries_of(session, tender.tender_id)
        return [json.loads(row.fact)["kind"] for row in rows]


def test_a_panel_that_accepts_and_checks_in_is_complete(platform: Platform, tender: PublishedTender) -> None:
    start(platform, tender)
    said = messages(platform, tender)
    assert set(states(platform, tender).values()) == {"ringing"}
    with pytest.raises(Refused, match="only who accepted"):
        arrive(platform, said["seat-1"])
    assert all(answer(platform, one) for one in said.values())
    assert arrive(platform, said["seat-1"])
    assert not any(names(platform, tender).values())
    assert [arrive(platform, one) for one in said.values()] == [True] * 5
    with platform.database.reading() as session:
        assert calls.all_checked_in(session, tender.tender_id)
    told = kinds(platform, tender)
    assert (told.count("call.placed"), told.count("call.checked-in"), told[-1]) == (5, 5, "panel.complete")
    with pytest.raises(Refused, match="answered already"):
        answer(platform, said["seat-1"])
    assert names(platform, tender) == {"office": True, "supervisor": True, "pool-manager": False, "": False}
    with pytest.raises(Refused, match="being called already"):
        start(platform, tender)


def names(platform: Platform, tender: PublishedTender) -> dict[str, bool]:
    """Who reads names on the panel now."""
    door = Door(TestClient(create_app(platform.adapters)), platform)
    people = {"": None, "office": tender.office} | {
        name: platform.people[name] for name in ("supervisor", "pool-manager")
    }
    path = f"/api/tenders/{tender.tender_id}/panel"
    return {
        name: any(seat["name"] for seat in door.call(person, "GET", path).json()["seats"])
        for name, person in people.items()
    }


def test_who_declines_gives_the_seat_to_the_next_reserve_who_is_called_at_once(
    platform: Platform, tender: PublishedTender
) -> None:
    start(platform, tender)
    said = messages(platform, tender)
    assert answer(platform, said["seat-1"], accepts=False, reason="busy")
    do_jobs(platform)
    found = states(platform, tender)
    assert (found["seat-1"], found["seat-6"]) == ("declined", "ringing")
    assert answer(platform, messages(platform, tender)["seat-6"])
    with platform.database.reading() as session:
        seats = [seat.seat for seat, _ in queries.panel(session, tender.tender_id)]
    assert seats == ["seat-2", "seat-3", "seat-4", "seat-5", "seat-6"]


def test_silence_counts_at_the_limit_and_not_a_second_before(
    platform: Platform, tender: PublishedTender
) -> None:
    start(platform, tender)
    said = messages(platform, tender)
    platform.clock.at += timedelta(minutes=30) - timedelta(seconds=1)
    assert answer(platform, said["seat-1"])
    assert sweep(platform) == 0
    platform.clock.at += timedelta(seconds=1)
    # Nobody has swept yet: the limit counts all the same.
    with pytest.raises(Refused, match="time for an answer has passed"):
        answer(platform, said["seat-2"])
    assert sweep(platform) == 4
    found = states(platform, tender)
    assert [found[f"seat-{n}"] for n in range(1, 6)] == ["accepted", *["no_answer"] * 4]
    assert kinds(platform, tender).count("panel.reserves-used-up") == sum(
        1 for n in range(2, 6) if not is_replaced(platform, tender, f"seat-{n}")
    )


def test_who_declined_holds_no_seat_even_where_no_reserve_is_left(
    platform: Platform, tender: PublishedTender
) -> None:
    start(platform, tender)
    member = platform.person("expert-1", Duty.EXPERT)
    with platform.database.transaction() as session:
        disclose(session, tender.tender_id, platform.clock.now())
        for seat, expert in queries.disclosed(session, tender.tender_id):
            expert.person_id = member.person_id if seat.seat == "seat-1" else None
    with platform.database.reading() as session:
        assert queries.seat_of(session, tender.tender_id, member.person_id) == "seat-1"
        # The draw's reserves are passed over, as if each had been called before.
        result = queries.draws(session)[0].result
    with platform.database.transaction() as session:
        queries.draws(session)[0].result = {**(result or {}), "reserves": {"roads": [], "costs": []}}
    assert answer(platform, messages(platform, tender)["seat-1"], accepts=False, reason="ill")
    with platform.database.reading() as session:
        seats = [seat.seat for seat, _ in queries.panel(session, tender.tender_id)]
        assert len(seats) == 5
        assert tender_snapshot(session, tender.tender_id).vacant == ("seat-1",)
        with pytest.raises(NotFound):
            queries.seat_of(session, tender.tender_id, member.person_id)
    assert "panel.reserves-used-up" in kinds(platform, tender)


def is_replaced(platform: Platform, tender: PublishedTender, seat: str) -> bool:
    with platform.database.reading() as session:
        return any(
            row.seat == seat and row.replaced_by for row, _ in queries.all_seats(session, tender.tender_id)
        )


def test_a_call_locks_after_five_wrong_pins(platform: Platform, tender: PublishedTender) -> None:
    start(platform, tender)
    token, pin = messages(platform, tender)["seat-1"]
    wrong = "000000" if pin != "000000" else "000001"
    for _ in range(5):
        assert not answer(platform, (token, wrong))
    with pytest.raises(Refused, match="too many wrong PINs"):
        answer(platform, (token, pin))
    with pytest.raises(NotFound):
        answer(platform, ("x" * 43, pin))


def test_no_fact_message_or_board_holds_a_name(platform: Platform, tender: PublishedTender) -> None:
    start(platform, tender)
    door = Door(TestClient(create_app(platform.adapters)), platform)
    said = messages(platform, tender)
    answer(platform, said["seat-1"], accepts=False, reason="interest")
    do_jobs(platform)
    path = f"/api/tenders/{tender.tender_id}/calls"
    boards = [
        door.call(person, "GET", path).text
        for person in (platform.people["pool-manager"], platform.people["supervisor"], tender.office)
    ]
    assert '"reason":"interest"' in boards[0]
    with platform.database.reading() as session:
        facts = b"".join(row.fact for row in audit_log.entries_of(session, tender.tender_id)).decode()
    folder = platform.adapters.settings.var / "messages"
    texts = "".join(json.loads(file.read_text())["text"] for file in folder.iterdir())
    for text in (*boards, facts, texts):
        assert "Name " not in text
        assert "Institute" not in text
        assert "1380000" not in text
    assert all(pin not in facts for _, pin in said.values())
    again = door.call(platform.people["pool-manager"], "POST", f"/api/tenders/{tender.tender_id}/call-out")
    assert (again.status_code, again.json()["facts"]["rule"]) == (409, "machine-calls")


def test_the_expert_answers_over_json_and_on_the_page(platform: Platform, tender: PublishedTender) -> None:
    client: Any = TestClient(create_app(platform.adapters))
    door = Door(client, platform)
    begun = door.call(
        platform.people["pool-manager"], "POST", f"/api/tenders/{tender.tender_id}/calls", {"minutes": 45}
    )
    assert (begun.status_code, len(begun.json()["calls"])) == (200, 5)
    do_jobs(platform)
    (token, pin), (other, other_pin), *_ = messages(platform, tender).values()
    assert door.call(None, "GET", f"/api/calls/{token}").json()["state"] == "ringing"
    body = {"pin": "x", "accepts": True, "reason": ""}
    assert door.call(None, "PUT", f"/api/calls/{token}/answer", body).status_code == 422
    taken = door.call(None, "PUT", f"/api/calls/{token}/answer", {**body, "pin": pin})
    assert taken.json()["state"] == "accepted"
    arrived = door.call(None, "PUT", f"/api/calls/{token}/check-in", {"pin": pin})
    assert arrived.json()["has_checked_in"] is True
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    page = client.get(f"/call/{other}", headers=headers)
    assert page.status_code == 200
    form = {"answer": "ill", "pin": other_pin}
    sent = client.post(f"/call/{other}", data=form, headers=headers, follow_redirects=False)
    assert sent.status_code == 303
    assert door.call(None, "GET", f"/api/calls/{other}").json()["state"] == "declined"


def test_a_voice_gateway_reports_keypresses_under_its_key(
    platform: Platform, tender: PublishedTender, tmp_path: Path
) -> None:
    key = tmp_path / "voice.key"
    key.write_text("a key that both know\n")
    settings = replace(platform.adapters.settings, voice_gateway_key_file=str(key))
    spoken = replace(platform, adapters=make_adapters(settings, platform.clock))
    start(platform, tender)
    token, pin = messages(platform, tender)["seat-3"]
    body = json.dumps({"token": token, "pin": pin, "key": "1"}).encode()
    signature = hmac.new(b"a key that both know", body, sha256).hexdigest()
    door = Door(TestClient(create_app(spoken.adapters)), spoken)
    report = {"body": b64(body), "signature": signature}
    forged = {"body": b64(body), "signature": "0" * 64}
    deaf = Door(TestClient(create_app(platform.adapters)), platform)
    assert deaf.call(None, "POST", "/api/call-reports", report).status_code == 404
    assert door.call(None, "POST", "/api/call-reports", forged).status_code == 403
    assert door.call(None, "POST", "/api/call-reports", report).json() == {"taken": "1"}
    assert states(platform, tender)["seat-3"] == "accepted"

"""Seats for which no reserve is left are drawn for again: a further round, from its request to the full panel."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Duty
from expert_pool import actions, queries
from expert_pool.actions import calls as calling
from expert_pool.actions.eligibility import recompute_eligibility
from expert_pool.ceremony import LEAST_WINDOW, MOST_WINDOW
from expert_pool.queries import panels
from expert_pool.rounds import check_rounds, had_a_turn
from kernel.errors import BadInput, NotAllowed, Refused, TooFewEligibleExperts
from storage import audit_log
from supervision.queries.snapshots import tender_snapshot
from tests.builders import Platform, PublishedTender
from tests.doors.door import Door
from tests.flows.called import answer_all, arrive_all, drawn_panel, messages
from tests.flows.ceremonies import begin, countersign, hold
from tests.flows.copied import copy_of
from tests.simulator import do_jobs
from web.app import create_app
from web.guards import SESSION_COOKIE


def act(platform: Platform, do: Callable[..., Any], **values: Any) -> Any:
    with platform.database.transaction() as session:
        done = do(session, now=platform.clock.now(), **values)
    do_jobs(platform)
    return done


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender]:
    """A panel called by machine: everybody whom the draw gave the group of costs declined."""
    platform, tender = drawn_panel(tmp_path_factory.mktemp("further") / "var", experts=12)
    manager = platform.people["pool-manager"]
    act(platform, calling.start_calls, actor=manager, tender_id=tender.tender_id)
    answer_all(platform, tender, lambda group: group == "costs")
    platform.database.close()
    return platform, tender


@pytest.fixture
def platform(called: tuple[Platform, PublishedTender], tmp_path: Path) -> Platform:
    return copy_of(called[0], tmp_path / "var")


@pytest.fixture
def tender(called: tuple[Platform, PublishedTender]) -> PublishedTender:
    return called[1]


def ask(platform: Platform, tender: PublishedTender, **values: Any) -> str:
    asked = {"actor": tender.office, "tender_id": tender.tender_id, **values}
    return str(act(platform, actions.request_round, **asked))


def vacant(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.reading() as session:
        assert list(tender_snapshot(session, tender.tender_id).vacant) == panels.vacant_seats(
            session, tender.tender_id
        )
        return panels.vacant_seats(session, tender.tender_id)


def facts(platform: Platform, tender: PublishedTender, kind: str) -> list[dict[str, Any]]:
    with platform.database.reading() as session:
        rows = [json.loads(row.fact) for row in audit_log.entries_of(session, tender.tender_id)]
    return [row["data"] for row in rows if row["kind"] == kind]


def test_vacant_seats_are_drawn_for_again_called_and_filled(
    platform: Platform, tender: PublishedTender
) -> None:
    left = vacant(platform, tender)
    assert len(left) == 2
    draw_id = ask(platform, tender)
    with pytest.raises(Refused, match="still under way"):
        ask(platform, tender)
    ceremony = begin(platform, draw_id, tender.tender_id)
    countersign(platform, ceremony)
    assert hold(platform, ceremony) == [False, False, True]
    do_jobs(platform)
    assert vacant(platform, tender) == []
    with platform.database.reading() as session:
        first, second = queries.drawn_rounds(session, tender.tender_id)
        check_rounds([first, second])
        panel = queries.panel(session, tender.tender_id)
        assert queries.find_draw(session, tender.tender_id) == queries.draw(session, draw_id)
    assert [(group.id, group.quota) for group in second.request.groups] == [("costs", 2)]
    new = [seat.seat for seat, _ in panel if seat.leaf in {one.leaf for one in second.result.seats}]
    replaced = {one["seat"]: one["replacement"] for one in facts(platform, tender, "seat.replaced")[-2:]}
    assert replaced == dict(zip(left, new, strict=True))
    assert len(panel) == 5
    requested, drawn = facts(platform, tender, "draw.requested")[-1], facts(platform, tender, "panel.drawn")
    assert (requested["round"], [one["round"] for one in drawn]) == (2, [1, 2])
    answer_all(platform, tender, lambda group: False)
    arrive_all(platform, tender)
    assert facts(platform, tender, "panel.complete") == [{"seats": 5}]
    supervisor = platform.people["supervisor"]
    found = act(platform, recompute_eligibility, actor=supervisor, draw_id=draw_id)
    assert (found.differing, found.frozen["earlier-round"]) == ((), len(had_a_turn([first])))


def test_the_office_asks_on_its_page_and_over_json(platform: Platform, tender: PublishedTender) -> None:
    client: Any = TestClient(create_app(platform.adapters))
    with platform.database.transaction() as session:
        secret = begin_session(session, person_id=tender.office.person_id, hours=1, now=platform.clock.now())
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
    base = f"/office/tenders/{tender.tender_id}"
    assert f"{base}/draw-round" in client.get(base, headers=headers).text
    assert f"{base}/draw-round" in client.get(f"/calls/{tender.tender_id}", headers=headers).text
    shown = client.get(f"{base}/draw-round", headers=headers).text
    assert all(f"Seat {seat.removeprefix('seat-')}: Costs" in shown for seat in vacant(platform, tender))
    form = {"reveal_minutes": "1", "late_round": "0"}
    refused = client.post(f"{base}/draw-round", data=form, headers=headers)
    assert (refused.status_code, "reveal_minutes-error" in refused.text) == (422, True)
    form["reveal_minutes"] = "30"
    sent = client.post(f"{base}/draw-round", data=form, headers=headers, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"].startswith("/draws/")) == (303, True)
    assert "for the vacant seats" in client.get(sent.headers["location"], headers=headers).text
    assert "A round is under way" in client.get(f"{base}/draw-round", headers=headers).text
    path = f"/api/tenders/{tender.tender_id}/draw-rounds"
    again = Door(client, platform).call(tender.office, "POST", path, {})
    assert (again.status_code, again.json()["facts"]["rule"]) == (409, "one-round")
    void(platform, tender, sent.headers["location"].rpartition("/")[2])
    once: dict[str, Any] = {"Idempotency_Key": "ask-once"}
    made = Door(client, platform).call(tender.office, "POST", path, {"reveal_minutes": 45}, **once)
    again = Door(client, platform).call(tender.office, "POST", path, {"reveal_minutes": 45}, **once)
    assert again.json() == made.json()
    assert (made.status_code, made.json()["round"], made.json()["reveal_minutes"]) == (201, 2, 45)


def test_a_new_reserve_follows_and_a_third_round_when_they_are_used_up_too(
    platform: Platform, tender: PublishedTender
) -> None:
    ceremony = begin(platform, ask(platform, tender), tender.tender_id)
    countersign(platform, ceremony)
    hold(platform, ceremony)
    do_jobs(platform)
    before = len(messages(platform, tender))
    answer_all(platform, tender, lambda group: group == "costs")
    assert len(messages(platform, tender)) > before
    assert len(vacant(platform, tender)) == 2
    with pytest.raises(TooFewEligibleExperts):
        ask(platform, tender)


def test_a_round_is_refused_before_the_first_and_while_no_seat_is_vacant(
    tmp_path: Path, platform: Platform, tender: PublishedTender
) -> None:
    with pytest.raises(NotAllowed):
        ask(platform, tender, actor=platform.people["supervisor"])
    full, other = drawn_panel(tmp_path / "full")
    with pytest.raises(Refused, match="no seat of this panel is vacant"):
        ask(full, other)


@pytest.mark.parametrize(
    ("minutes", "is_taken"),
    [
        (LEAST_WINDOW - 1, False),
        (LEAST_WINDOW, True),
        (LEAST_WINDOW + 1, True),
        (MOST_WINDOW - 1, True),
        (MOST_WINDOW, True),
        (MOST_WINDOW + 1, False),
    ],
)
def test_the_window_of_a_round_has_the_limits_of_the_first(
    platform: Platform, tender: PublishedTender, minutes: int, is_taken: bool
) -> None:
    if is_taken:
        assert ask(platform, tender, reveal_minutes=minutes)
        return
    with pytest.raises(BadInput):
        ask(platform, tender, reveal_minutes=minutes)


def void(platform: Platform, tender: PublishedTender, draw_id: str) -> None:
    act(platform, actions.ask_void, actor=tender.office, draw_id=draw_id, reason="a key was lost")
    act(platform, actions.confirm_void, actor=platform.people["supervisor"], draw_id=draw_id)


def test_a_round_is_restarted_once(platform: Platform, tender: PublishedTender) -> None:
    platform.person("supervisor", Duty.SUPERVISOR)
    before = ask(platform, tender)
    void(platform, tender, before)
    again = ask(platform, tender)
    requested = facts(platform, tender, "draw.requested")[-1]
    assert (requested["round"], requested["restart_of"]) == (2, before)
    void(platform, tender, again)
    with pytest.raises(Refused, match="asked for again once only"):
        ask(platform, tender)
    assert len(vacant(platform, tender)) == 2

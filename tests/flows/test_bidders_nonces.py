"""Bidders' nonces: handed in and replaced until the request is frozen, unseen by others, bound by the seed."""

import json
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from client.claims import Evidence
from client.claims_rounds import check_nonces
from crypto.log_entry import LoggedFact
from expert_pool import actions, queries
from expert_pool.nonces import Nonces, nonce_digest, nonces_hash, read_nonce, read_nonces, write_nonces
from expert_pool.transcript import check_transcript
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, Refused
from storage import audit_log
from tests.builders import NOW, Platform, PublishedTender, make_platform
from tests.doors.door import Door
from tests.flows.ceremonies import hold
from tests.flows.panels import fill_pool, opened_tender, request
from web.app import create_app
from web.guards import SESSION_COOKIE

ONE, TWO, THREE = (bytes([n]) * 32 for n in (1, 2, 3))


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender]:
    """Three bidders' bids lie open; no panel is asked for yet."""
    platform = make_platform(tmp_path_factory.mktemp("nonces") / "var")
    return platform, opened_tender(platform, ["300.00", "100.00", "200.00"])


def give(platform: Platform, tender: PublishedTender, actor: Actor, nonce: bytes) -> None:
    with platform.database.transaction() as session:
        now = platform.clock.now()
        actions.give_nonce(session, actor=actor, tender_id=tender.tender_id, nonce=nonce, now=now)


def facts_of(platform: Platform, tender: PublishedTender) -> list[dict[str, Any]]:
    with platform.database.reading() as session:
        return [json.loads(row.fact) for row in audit_log.entries_of(session, tender.tender_id)]


def page(platform: Platform, who: Actor, path: str, data: Any = None) -> Any:
    with platform.database.transaction() as session:
        secret = begin_session(session, person_id=who.person_id, hours=1, now=platform.clock.now())
    client: Any = TestClient(create_app(platform.adapters))
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
    method = "GET" if data is None else "POST"
    return client.request(method, path, headers=headers, data=data, follow_redirects=False)


def test_nonces_are_frozen_with_the_request_and_stand_in_the_record(
    scene: tuple[Platform, PublishedTender],
) -> None:
    platform, tender = scene
    first, second = platform.people["bidder-1"], platform.people["bidder-2"]
    stranger = platform.person("bidder-9", Duty.BIDDER)
    with pytest.raises(Refused, match="whose bid stands"):
        give(platform, tender, stranger, ONE)
    with pytest.raises(NotAllowed):
        give(platform, tender, tender.office, ONE)
    give(platform, tender, first, ONE)
    give(platform, tender, first, ONE)
    door = Door(TestClient(create_app(platform.adapters)), platform)
    path = f"/api/tenders/{tender.tender_id}/draw-nonce"
    assert door.call(second, "PUT", path, {"nonce": "xy"}).status_code == 422
    assert door.call(second, "PUT", path, {"nonce": TWO.hex()}).json() == {"nonce": TWO.hex()}
    assert door.call(first, "GET", path).json() == {"nonce": ONE.hex()}
    base = f"/bidder/tenders/{tender.tender_id}"
    shown = page(platform, first, base).text
    assert (ONE.hex() in shown, TWO.hex() in shown) == (True, False)
    refused = page(platform, first, f"{base}/nonce", {"nonce": "12"})
    assert (refused.status_code, "nonce-error" in refused.text) == (422, True)
    assert page(platform, first, f"{base}/nonce", {"nonce": THREE.hex()}).status_code == 303
    fill_pool(platform, [f"Institute {n}" for n in range(5)])
    ceremony = request(platform, tender)
    with pytest.raises(Refused, match="is frozen"):
        give(platform, tender, second, ONE)
    hold(platform, ceremony)
    with platform.database.reading() as session:
        draw = queries.draw(session, ceremony.draw_id)
        record: Any = json.loads(json.dumps(queries.transcript(session, draw)))
        seen = door.call(None, "GET", f"/api/tenders/{tender.tender_id}/draw").text
    check_transcript(record)
    assert record["nonces"][1:] == [TWO.hex(), THREE.hex()]
    for hidden in (record["nonces"][0], TWO.hex(), THREE.hex(), nonce_digest(TWO)):
        assert hidden not in seen
    given = [fact["data"] for fact in facts_of(platform, tender) if fact["kind"] == "draw.nonce-given"]
    assert given == [
        {"nonce": nonce_digest(ONE), "replaces": None},
        {"nonce": nonce_digest(TWO), "replaces": None},
        {"nonce": nonce_digest(THREE), "replaces": nonce_digest(ONE)},
    ]
    for wrong in (record["nonces"][:-1], [*record["nonces"], "04" * 32], []):
        with pytest.raises((IntegrityBroken, BadInput)):
            check_transcript({**record, "nonces": wrong})


def test_a_request_over_no_nonce_looks_like_one_over_many(tmp_path: Path) -> None:
    none, many = Nonces(ONE), Nonces(ONE, (TWO, THREE))
    assert len(nonces_hash(none)) == len(nonces_hash(many)) == 64
    assert nonces_hash(none) != nonces_hash(Nonces(TWO))
    assert read_nonces(write_nonces(many)) == many


@pytest.mark.parametrize(
    ("typed", "is_taken"),
    [("a" * 63, False), ("a" * 64, True), ("a" * 65, False), (" " + "A" * 64, True), ("g" * 64, False)],
)
def test_a_nonce_is_64_hex_digits(typed: str, is_taken: bool) -> None:
    if is_taken:
        assert read_nonce(typed) == bytes.fromhex("a" * 64)
        return
    with pytest.raises(BadInput):
        read_nonce(typed)


@pytest.mark.parametrize("parts", [[], ["aa"], ["0" * 64, "2" * 64, "1" * 64], [1]])
def test_a_list_that_is_not_salt_and_sorted_nonces_is_refused(parts: list[object]) -> None:
    with pytest.raises(BadInput):
        read_nonces(parts)


class Told(Evidence):
    """Evidence of a few facts only."""

    def __init__(self, *facts: tuple[str, str, dict[str, Any]]) -> None:
        self.told = [
            (index, LoggedFact(kind, subject, "t", NOW, data))
            for index, (kind, subject, data) in enumerate(facts)
        ]

    def of_kind(self, *kinds: str) -> list[tuple[int, LoggedFact]]:
        return [one for one in self.told if one[1].kind in kinds]


def given(nonce: bytes, replaces: bytes = b"") -> tuple[str, str, dict[str, Any]]:
    before = nonce_digest(replaces) if replaces else None
    return ("draw.nonce-given", "t", {"nonce": nonce_digest(nonce), "replaces": before})


ASKED = ("draw.requested", "d", {})


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ([given(ONE), given(TWO), ASKED], True),
        ([given(THREE), given(TWO), given(ONE, THREE), ASKED], True),
        ([given(ONE), given(TWO), ASKED, given(THREE)], True),
        ([given(ONE), ASKED, given(TWO)], False),
        ([given(ONE), given(TWO), given(THREE), ASKED], False),
        ([given(ONE), given(ONE), given(TWO), ASKED], False),
        ([given(ONE), given(TWO), given(THREE, TWO), ASKED], False),
    ],
)
def test_the_record_holds_exactly_what_stood_in_the_log(facts: list[Any], holds: bool) -> None:
    nonces = write_nonces(Nonces(THREE, (ONE, TWO)))
    record = {"request": {"draw_id": "d"}, "nonces": nonces}
    if holds:
        check_nonces(Told(*facts), record)
        return
    with pytest.raises(IntegrityBroken):
        check_nonces(Told(*facts), record)

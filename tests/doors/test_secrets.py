"""Whatever happens, no token, password, share, seed, bid content or expert's name stands in a log or a refusal."""

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from crypto.canonical import b64, unb64
from crypto.envelope import open_share
from crypto.envelope_prefix import read_prefix
from crypto.opener_keys import offer_key
from crypto.parts_digest import parts_digest
from crypto.signatures import sign_statement
from kernel.clock import FixedClock
from tender.opening import RELEASE_TYPE, Closing, release_body
from tender.timetable import Periods, Timetable
from tests.builders import (
    PASSWORD,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_draft,
    make_platform,
    make_tender,
    pass_closing,
)
from tests.doors.door import Door
from tests.real_parts.platform import start_web

WAIT_SECONDS = 30.0
PRICE = "7654321.09"
EXPERT = "Wang Xiaoming"
WRONG_PASSWORD = "almost the right password"


@dataclass
class Scene:
    """A platform in a process of its own whose log is kept, and all that must never be said."""

    platform: Platform
    door: Door
    log: Path
    var: Path
    secrets: set[str] = field(default_factory=lambda: {PASSWORD, WRONG_PASSWORD, EXPERT, PRICE, "our offer"})
    refusals: list[httpx.Response] = field(default_factory=list)

    def call(
        self, who: Actor | None, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """One request; what is refused is kept for the examination."""
        answer: httpx.Response = self.door.call(who, method, path, body, **headers)
        if not answer.is_success:
            self.refusals.append(answer)
        self.secrets |= set(self.door.tokens.values())
        return answer

    def upload(self, tender: PublishedTender, bid: SealedBid, body: bytes | None = None) -> httpx.Response:
        path = f"/api/tenders/{tender.tender_id}/lots/{tender.lot_id}/bids"
        digest = parts_digest(bid.envelope).hex()
        return self.call(bid.bidder, "POST", path, body or bid.envelope, Idempotency_Key=digest)

    def break_tables(self) -> None:
        """Let the database refuse every insert, so that statements fail with their values in hand."""
        self.execute(
            f"CREATE TRIGGER broken_{name} BEFORE INSERT ON {name} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            for name in self.tables()
        )

    def mend_tables(self) -> None:
        self.execute(f"DROP TRIGGER broken_{name}" for name in self.tables())

    def tables(self) -> list[str]:
        with sqlite3.connect(self.var / "mingtang.sqlite3") as connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        connection.close()
        return [name for (name,) in rows if not name.startswith("sqlite_")]

    def execute(self, statements: Iterator[str]) -> None:
        connection = sqlite3.connect(self.var / "mingtang.sqlite3", timeout=30)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    platform = make_platform(tmp_path / "var", clock=FixedClock(datetime.now(UTC)))
    server, url = start_web(tmp_path / "server.log", {"MINGTANG_VAR": str(tmp_path / "var")})
    with httpx.Client(base_url=url, timeout=30) as client:
        yield Scene(platform, Door(client, platform), tmp_path / "server.log", tmp_path / "var")
    server.stop()


def forms(secret: bytes) -> tuple[str, str, str]:
    """How secret bytes could be printed."""
    return b64(secret), secret.hex(), repr(secret)[2:-1]


def play_sign_ins(scene: Scene) -> None:
    scene.platform.person("somebody", Duty.BIDDER)
    good = {"sign_in": "somebody", "password": PASSWORD, "scopes": ["bid"]}
    scene.secrets.add(scene.call(None, "POST", "/api/tokens", good).json()["token"])
    for wrong in (
        {**good, "password": WRONG_PASSWORD},
        {**good, "scopes": []},
        {**good, "days": PASSWORD},
        {**good, "scopes": PASSWORD},
        {"password": PASSWORD},
        [PASSWORD],
        PASSWORD,
    ):
        assert not scene.call(None, "POST", "/api/tokens", wrong).is_success
    torn = json.dumps(good).encode()[:-20]
    assert not scene.call(None, "POST", "/api/tokens", torn, Content_Type="application/json").is_success
    for secret in ("mt_nobody-has-this-token", PASSWORD):
        scene.secrets.add(secret)
        assert scene.call(None, "GET", "/api/me", Authorization=f"Bearer {secret}").status_code == 401
        assert scene.call(None, "GET", "/api/nothing", Cookie=f"session={secret}").status_code == 404
    person = {"organisation_id": "none", "name": "N", "sign_in": "new", "password": "short one", "duties": []}
    scene.secrets.add("short one")
    assert not scene.call(scene.platform.operator, "POST", "/api/people", person).is_success
    change = {"old": WRONG_PASSWORD, "new": "a new secret password"}
    scene.secrets.add("a new secret password")
    assert not scene.call(scene.platform.people["somebody"], "PUT", "/api/me/password", change).is_success


def play_pages(scene: Scene) -> None:
    for password in (WRONG_PASSWORD, PASSWORD):
        answer = scene.door.client.post("/sign-in", data={"sign_in": "somebody", "password": password})
        assert password not in answer.text
        cookie = answer.cookies.get("session")
        if cookie:
            scene.secrets.add(cookie)
            assert scene.door.client.get("/home", follow_redirects=True).status_code in (200, 303)
    scene.door.client.cookies.clear()


def play_bids(scene: Scene) -> tuple[PublishedTender, list[SealedBid]]:
    now = scene.platform.clock.at = datetime.now(UTC)
    closes = now + timedelta(days=1)
    tender = make_tender(
        scene.platform, timetable=Timetable(closes, closes, 0), periods=Periods(bidding_days=0)
    )
    bids = [make_bid(scene.platform, tender, f"bidder-{n}", price=PRICE) for n in (1, 2, 3)]
    scene.secrets |= {form for key in tender.keys for form in forms(key.hpke_private)}
    scene.secrets |= {form for bid in bids for form in forms(bid.signer.seed)}
    clear = b"%PDF our offer of " + PRICE.encode()
    assert scene.upload(tender, bids[0], clear).status_code == 422
    assert scene.upload(tender, bids[0], bids[0].envelope[:-1] + b"\0").status_code == 422
    stolen = replace(bids[0], bidder=bids[1].bidder)
    assert scene.upload(tender, stolen).status_code == 409
    scene.break_tables()
    assert scene.upload(tender, bids[0]).status_code == 500
    question = {"text": f"may {PRICE} be"}
    path = f"/api/tenders/{tender.tender_id}/questions"
    assert scene.call(bids[0].bidder, "POST", path, question).status_code == 500
    scene.mend_tables()
    for bid in bids:
        assert scene.upload(tender, bid).status_code == 201
    return tender, bids


def play_experts(scene: Scene) -> None:
    manager = scene.platform.person("manager", Duty.POOL_MANAGER)
    expert = {"number": "E1", "name": EXPERT, "employer": "I", "specialties": ["A08"], "standing": "active"}
    for wrong in (
        {"number": ""},
        {"standing": "asleep"},
        {"valid_until": "soon"},
        {"sign_in": "nobody-there"},
    ):
        answer = scene.call(manager, "PUT", "/api/experts", {"experts": [{**expert, **wrong}]})
        assert not answer.is_success, wrong
    scene.break_tables()
    assert scene.call(manager, "PUT", "/api/experts", {"experts": [expert]}).status_code == 500
    scene.mend_tables()
    assert scene.call(manager, "PUT", "/api/experts", {"experts": [expert]}).is_success


def play_opening(scene: Scene, tender: PublishedTender) -> None:
    pass_closing(scene.platform, tender)
    base = f"/api/tenders/{tender.tender_id}"
    for position in (1, 2):
        key, opener = tender.keys[position - 1], tender.openers[position - 1]
        found = scene.call(opener, "GET", f"{base}/closing").json()
        closing = Closing(tender.tender_id, found["bids"], found["log_size"], found["log_root"])
        shares: dict[str, bytes | None] = {
            item["bid"]: open_share(read_prefix(unb64(item["prefix"])), position, key.hpke_private)
            for item in found["sealed"]
        }
        texts = {bid: b64(share or b"") for bid, share in shares.items()}
        scene.secrets |= set(texts.values())
        statement = sign_statement(key.signer, RELEASE_TYPE, release_body(closing, position, shares))
        body = {"statement": statement, "shares": texts}
        first = min(texts)
        for wrong in (
            {"statement": statement, "shares": {**texts, first: texts[max(texts)]}},
            {"statement": statement, "shares": {**texts, first: texts[first][:-2]}},
            {"statement": statement, "shares": {**texts, first: 5}},
            {"statement": {**statement, "signature": "A" * 86}, "shares": texts},
            {"statement": statement, "shares": {}},
            {"shares": texts},
        ):
            assert scene.call(opener, "POST", f"{base}/releases", wrong).status_code in (409, 422)
        scene.break_tables()
        assert scene.call(opener, "POST", f"{base}/releases", body).status_code == 500
        scene.mend_tables()
        if position == 2:
            scene.execute(iter([BREAK_OPENING]))  # the worker's own failure, with an opened bid in its hands
        assert scene.call(opener, "POST", f"{base}/releases", body).status_code == 201
    until = time.monotonic() + WAIT_SECONDS
    while "failed" not in job_states(scene):
        assert time.monotonic() < until
        time.sleep(0.05)


BREAK_OPENING = (
    "CREATE TRIGGER broken_opening BEFORE INSERT ON opened_bids BEGIN SELECT RAISE(ABORT, 'broken'); END"
)


def job_states(scene: Scene) -> set[str]:
    connection = sqlite3.connect(scene.var / "mingtang.sqlite3")
    found = {state for (state,) in connection.execute("SELECT state FROM jobs WHERE name = 'open_bid'")}
    connection.close()
    return found


def play_rehearsals(scene: Scene) -> None:
    made = make_draft(scene.platform)
    key, opener = made.keys[0], made.openers[0]
    path = f"/api/tenders/{made.tender_id}"
    wrong = {**offer_key(key), "signature": "A" * 86}
    assert scene.call(opener, "POST", f"{path}/opener-key", {"statement": wrong}).status_code == 422
    assert not scene.call(opener, "POST", f"{path}/rehearsal", {"answer": b64(bytes(32))}).is_success
    scene.secrets |= {*forms(key.signer.seed), *forms(key.hpke_private)}


def test_no_secret_stands_in_a_log_or_a_refusal(scene: Scene) -> None:
    scene.door.token(scene.platform.operator, *Scope)
    play_sign_ins(scene)
    play_pages(scene)
    play_rehearsals(scene)
    tender, bids = play_bids(scene)
    play_experts(scene)
    play_opening(scene, tender)

    log = scene.log.read_text()
    refused = "".join(answer.text + str(answer.headers) for answer in scene.refusals)
    assert len(scene.refusals) > 30
    assert len(scene.secrets) > 20
    assert log.count("internal error") >= 5
    for secret in scene.secrets:
        assert secret not in log, secret
        assert secret not in refused, secret
    # What is left of a bug is its kind and place, and nothing that anybody sent.
    bugs = [
        json.loads(line) for line in log.splitlines() if line.startswith("{") and '"internal error"' in line
    ]
    assert bugs
    for bug in bugs:
        allowed = {"event", "level", "timestamp", "kind", "path", "error", "at", "reference"}
        assert bug.keys() <= allowed, bug.keys()
        assert bug["at"], "a bug needs its place"
    failed = [line for line in log.splitlines() if "open_bid" in line and "failed with" in line]
    assert failed, "the worker says that a job failed"
    assert all(json.loads(line)["at"] for line in failed), "and where"
    for bid in bids:
        assert b64(bid.signer.public) not in log

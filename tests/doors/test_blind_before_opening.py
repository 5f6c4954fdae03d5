"""Before the opening nobody learns whether anybody bids: with 0, 1 or 5 bidders all others get the same answers.

Each world is the same but for its bids: the same people, the same tender, the same clock, and a log with a pace. What
is random (ids, keys, digests, proofs) is replaced by its shape; status, headers and text must then be equal, and so
must the number of statements that the database was asked: an answer that takes more work would take more time.
"""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import event
from structlog.testing import capture_logs

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from crypto.parts_digest import parts_digest
from storage import audit_log, published_heads
from storage.audit_log import Fact
from storage.published_heads import STEP
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    make_bid,
    make_bidder,
    make_platform,
    make_tender,
    submit,
)
from tests.doors.door import Door
from tests.simulator import do_jobs
from web.app import create_app
from web.guards import SESSION_COOKIE
from web.openings import read_public
from worker.timestamps import keep_renewal, renew_archive

MOST = 5
LOOKERS = (
    Duty.TENDER_OFFICE,
    Duty.SUPERVISOR,
    Duty.EXPERT,
    Duty.OPERATOR,
)
RANDOM = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # ids
    r"|\b[0-9a-f]{12,}\b"  # digests and fingerprints, whole or shown in part
    r"|[A-Za-z0-9_+/-]{40,}={0,2}"  # keys, signatures, tokens
)
PACE = 60
OF_THE_TEST = ("httpx", "httpcore", "asyncio", "faker")
"""Loggers of the client that the test uses, and of the loop below it."""
TILES = ("0/000", "entries/000", "1/000")


class World:
    """A platform with a tender that so many bidders have bid for."""

    def __init__(self, folder: Path, bids: int) -> None:
        self.platform: Platform = make_platform(folder, log_pace=PACE)
        self.tender: PublishedTender = make_tender(self.platform)
        self.people: dict[str, Actor | None] = {"nobody": None, "opener": self.tender.openers[0]}
        for duty in LOOKERS:
            self.people[duty] = (
                self.tender.office
                if duty is Duty.TENDER_OFFICE
                else self.platform.person(f"a-{duty.replace('_', '-')}", duty)
            )
        makers = [make_bidder(self.platform, f"bidder-{n}") for n in range(MOST + 1)]
        self.people["another bidder"] = makers[MOST][0]
        self.makers = makers
        self.platform.clock.at = CLOSES - timedelta(hours=1)
        self.client = TestClient(create_app(self.platform.adapters), raise_server_exceptions=False)
        self.door = Door(self.client, self.platform)
        for who in self.people.values():
            if who is not None:
                self.door.token(who)
        self.statements = 0
        event.listen(self.platform.database.engine, "before_cursor_execute", self._count)
        self.beat()
        for maker in makers[:bids]:
            submit(
                self.platform, make_bid(self.platform, self.tender, maker[0].name, maker=maker), self.tender
            )
        do_jobs(self.platform)
        self.between = self.log()
        with self.platform.database.transaction() as session:
            fact = Fact("question.answered", "a-question", self.tender.tender_id)
            audit_log.append(session, fact, self.platform.clock.now())
        self.beat()
        renewed = renew_archive(self.platform.adapters, {}, self.platform.clock.now())
        with self.platform.database.transaction() as session:
            keep_renewal(session, self.platform.adapters, {}, renewed, self.platform.clock.now())

    def _count(self, *_: object) -> None:
        self.statements += 1

    def beat(self) -> None:
        """A minute passes, and the ticker's job publishes a head."""
        self.platform.clock.at += timedelta(seconds=PACE)
        with self.platform.database.transaction() as session:
            assert published_heads.publish_due(session, self.platform.clock.now())

    def log(self) -> list[tuple[str, object]]:
        """The public log from every side: head, tiles around its end, events of the tender, programs."""
        seen: list[tuple[str, object]] = []
        for path in ("checkpoint", "cosigned", "archive", "archive?since=5"):
            answer = self.client.get(f"/log/{path}")
            seen.append((path, (answer.status_code, RANDOM.sub("*", answer.text))))
        for tile in TILES:
            for width in self.widths():
                answer = self.client.get(f"/log/tile/{tile}.p/{width}")
                seen.append((f"{tile} {width}", (answer.status_code, len(answer.content))))
        facts = read_public(self.platform.adapters, self.tender.tender_id)
        told = [(one.number, one.row.kind, RANDOM.sub("*", one.row.fact.decode())) for one in facts]
        return [*seen, ("events", told), ("programs", self.client.get("/api/programs").json()["programs"])]

    def widths(self) -> list[int]:
        """Widths of the tiles around the end of the published log, and some that it does not reach."""
        with self.platform.database.reading() as session:
            size = published_heads.public_size(session)
        return [1, size - 1, size, size + 1, size + 4, size + STEP]

    def messages(self) -> list[str]:
        """What left the platform, to whom but the bidders themselves."""
        texts = [
            path.read_text() for path in sorted((self.platform.adapters.settings.var / "messages").glob("*"))
        ]
        return sorted(RANDOM.sub("*", text) for text in texts)

    def paths(self) -> Iterator[str]:
        """Every address that can be looked at, of the platform and of this tender."""
        known = {"tender_id": self.tender.tender_id, "lot_id": self.tender.lot_id}
        for route in self.client.app.routes:
            if "GET" not in getattr(route, "methods", ()):
                continue
            path = re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), route.path_format)
            if "{" not in path and not path.startswith(("/api/schema", "/static")) and "events" not in path:
                yield path

    def shape(self, who: Actor | None, path: str) -> tuple[int, str, str, int]:
        """What somebody sees at an address, without what is random."""
        headers = {"Accept": "application/json" if path.startswith("/api") else "text/html"}
        if who is not None and path.startswith("/api"):
            headers["Authorization"] = f"Bearer {self.door.token(who)}"
        elif who is not None:
            with self.platform.database.transaction() as session:
                secret = begin_session(
                    session, person_id=who.person_id, hours=1, now=self.platform.clock.now()
                )
            headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
        before = self.statements
        answer = self.client.get(path, headers=headers, follow_redirects=False)
        asked = self.statements - before
        shown = {name: value for name, value in answer.headers.items() if name != "content-length"}
        told = sorted(f"{name}: {RANDOM.sub('*', value)}" for name, value in shown.items())
        is_text = "text" in shown.get("content-type", "") or path.startswith("/api")
        text = RANDOM.sub("*", answer.text) if is_text else ""
        return answer.status_code, "\n".join(told), text, asked


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    # Not entered, so that no worker runs beside the test.
    return [World(tmp_path_factory.mktemp(f"bids-{bids}"), bids) for bids in (0, 1, MOST)]


@pytest.mark.parametrize("who", ["nobody", "opener", "another bidder", *LOOKERS])
def test_nobody_else_sees_whether_anybody_bids(worlds: list[World], who: str) -> None:
    empty, *others = worlds
    seen = 0
    for pair in zip(*(world.paths() for world in worlds), strict=True):
        wanted = empty.shape(empty.people[who], pair[0])
        seen += wanted[0] == 200
        # What does not name the tender is looked at with none and with five bids only.
        looked = list(zip(others, pair[1:], strict=True))[0 if empty.tender.tender_id in pair[0] else 1 :]
        for world, path in looked:
            assert world.shape(world.people[who], path) == wanted, RANDOM.sub("*", path)
    assert seen > 20, "something is to be seen at all"


def test_the_public_log_tells_nothing(worlds: list[World]) -> None:
    empty, *others = worlds
    after = empty.log()
    for world in others:
        assert world.between == empty.between
        assert world.log() == after
    assert dict(after)["checkpoint"] != dict(empty.between)["checkpoint"], "a head was published meanwhile"


def test_nothing_leaves_the_platform_because_of_a_bid(worlds: list[World]) -> None:
    assert [world.messages() for world in worlds] == [worlds[0].messages()] * len(worlds)


def test_who_bid_does_see_it(worlds: list[World]) -> None:
    """The comparison would notice."""
    path = "/api/tenders/{}/bids"
    shown = []
    for world in worlds[:2]:
        bidder = world.platform.people["bidder-0"]
        shown.append(world.shape(bidder, path.format(world.tender.tender_id)))
    assert shown[0] != shown[1]


def test_what_the_store_lists_tells_nothing_to_who_only_knows_names(worlds: list[World]) -> None:
    """Objects are named by their digests, and sizes fall into few classes."""
    sizes = set()
    for world in worlds:
        for path in (world.platform.adapters.settings.var / "objects").rglob("*"):
            if path.is_file():
                assert re.fullmatch(r"[0-9a-f]+", path.name)
                sizes.add(path.stat().st_size)
    assert len(sizes) <= 2 + 1, "one document, and bids of one size class"


def test_no_line_of_the_log_of_the_application_names_a_bid(
    worlds: list[World], caplog: pytest.LogCaptureFixture
) -> None:
    """A bid that is taken, one that is refused and a look at the page leave no line that the page does not leave."""
    world, lines = worlds[-1], dict[str, list[str]]()
    tender, lot = world.tender.tender_id, world.tender.lot_id
    actor, signer = make_bidder(world.platform, "of-the-lines")
    bid = make_bid(world.platform, world.tender, actor.name, maker=(actor, signer))
    path = f"/api/tenders/{tender}/lots/{lot}/bids"
    for what, sent in (("refused", b"nonsense"), ("taken", bid.envelope), ("nothing", b"")):
        caplog.clear()
        with caplog.at_level(logging.DEBUG), capture_logs() as structured:
            if what == "nothing":
                answer = world.door.call(None, "GET", f"/api/tenders/{tender}")
            else:
                digest = parts_digest(sent).hex()
                answer = world.door.call(actor, "POST", path, sent, Idempotency_Key=digest)
        assert answer.status_code == {"refused": 422, "taken": 201, "nothing": 200}[what]
        own = [record for record in caplog.records if not record.name.startswith(OF_THE_TEST)]
        lines[what] = [record.getMessage() for record in own] + [str(line) for line in structured]
    secrets = (tender, lot, actor.organisation_id, actor.person_id, actor.name, bid.header.submission_id)
    for what, said in lines.items():
        assert not [line for line in said if any(secret in line for secret in secrets)], what
    assert lines["taken"] == lines["refused"] == lines["nothing"]

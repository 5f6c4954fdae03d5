"""Before the opening nobody learns whether anybody bids: with 0, 1 or 5 bidders all others get the same answers.

Each world is the same but for its bids: the same people, the same tender, the same clock. What is random (ids, keys,
digests, proofs) is replaced by its shape; status, headers and text must then be equal.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
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
from web.app import create_app
from web.guards import SESSION_COOKIE

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
THE_LOG = "/log/"
"""Its size grows with every fact of the whole platform; docs/architecture.md says what that tells."""


class World:
    """A platform with a tender that so many bidders have bid for."""

    def __init__(self, folder: Path, bids: int) -> None:
        self.platform: Platform = make_platform(folder)
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
        self.platform.clock.at = CLOSES - timedelta(hours=1)
        for maker in makers[:bids]:
            submit(
                self.platform, make_bid(self.platform, self.tender, maker[0].name, maker=maker), self.tender
            )
        self.client = TestClient(create_app(self.platform.adapters), raise_server_exceptions=False)
        self.door = Door(self.client, self.platform)

    def paths(self) -> Iterator[str]:
        """Every address that can be looked at, of the platform and of this tender."""
        known = {"tender_id": self.tender.tender_id, "lot_id": self.tender.lot_id}
        for route in self.client.app.routes:
            if "GET" not in getattr(route, "methods", ()):
                continue
            path = re.sub(r"\{(\w+)\}", lambda match: known.get(match[1], match[0]), route.path_format)
            if (
                "{" not in path
                and not path.startswith(("/api/schema", "/static", THE_LOG))
                and "events" not in path
            ):
                yield path

    def shape(self, who: Actor | None, path: str) -> tuple[int, str, str]:
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
        answer = self.client.get(path, headers=headers, follow_redirects=False)
        shown = {name: value for name, value in answer.headers.items() if name != "content-length"}
        told = sorted(f"{name}: {RANDOM.sub('*', value)}" for name, value in shown.items())
        is_text = "text" in shown.get("content-type", "") or path.startswith("/api")
        text = RANDOM.sub("*", answer.text) if is_text else ""
        return answer.status_code, "\n".join(told), text


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

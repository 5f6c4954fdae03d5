"""Who was drawn, before the disclosure: a web tier with its keys and the whole database name nobody."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import copytree

import httpx
import pytest
from sqlmodel import delete

import web.app
from accounts.duties import Actor, Duty
from expert_pool import actions, queries
from expert_pool.entry_form import expert_record
from expert_pool.experts import Expert, Identity, Interest, expert_leaf, leaf_salt
from expert_pool.queries import pool
from expert_pool.queries.sealed import open_table
from kernel.errors import NoCallersKey
from storage.database import Database
from storage.keys import CALLER_KEY_FILE, PEOPLE_KEY_FILE
from storage.outbox import JobRecord
from tests.builders import Platform, PublishedTender, make_platform
from tests.doors.door import Door
from tests.flows.attacker import Suspect, dump_of
from tests.flows.called import messages
from tests.flows.ceremonies import PARTIES, hold
from tests.flows.panels import opened_tender, request
from tests.real_parts.platform import begin_web
from tools.health import is_healthy

EXPERTS = 12
OFFICIALS = ("office", "supervisor", "pool-manager")
OF_THE_POOL = (
    "/figures",
    "/pool-figures",
    "/draws",
    "/panels",
    "/appraisals",
    "/cards",
    "/supervision",
    "/api/cards",
)
"""Pages without a tender in their address on which panels have a part."""
PARAMETER = re.compile(r"\{(\w+):\w+\}")
OF_OTHERS = ("/bidder", "/expert", "/opener")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender, str]:
    """A drawn panel of five with reserves from twelve experts who differ in their names only; one has a new tie."""
    folder = tmp_path_factory.mktemp("sealed") / "room"
    platform = make_platform(folder)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    for number in range(EXPERTS):
        platform.person(f"pseudonym-{number:02}", Duty.EXPERT)
    put(platform, manager, *(entry(number) for number in range(EXPERTS)))
    for party, duty in PARTIES.items():
        platform.person(party, duty)
    ceremony = request(platform, tender)
    hold(platform, ceremony)
    with platform.database.reading() as session:
        tied = queries.expert_of(session, queries.panel(session, tender.tender_id)[1][0]).number
    # A tie that nobody knew at the draw: the seat goes to a reserve before anybody is called.
    put(platform, manager, *(entry(n, is_tied=number_of(n) == tied) for n in range(EXPERTS)))
    with platform.database.transaction() as session:
        session.exec(delete(JobRecord))
    platform.clock.at = datetime.now(UTC)
    return platform, tender, ceremony.draw_id


def number_of(number: int) -> str:
    return f"ZX-{number:02}-Q"


def entry(number: int, *, is_tied: bool = False) -> actions.PoolEntry:
    """One of the twelve; everybody has an interest, so that the one that counts does not stand out by its place."""
    expert = Expert(
        number_of(number),
        f"Quokka Person {number:02}.",
        f"Wombat Institute {number:02}.",
        "440300",
        frozenset({"A0801", "B02"}),
        interests=(Interest("bidder-2 Ltd" if is_tied else "Unknown Ltd", "adviser"),),
    )
    return actions.PoolEntry(expert, f"pseudonym-{number:02}", Identity(telephone=f"139555500{number:02}"))


def put(platform: Platform, manager: Actor, *entries: actions.PoolEntry) -> None:
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())


@contextmanager
def site(platform: Platform, folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """The draw room with the key and its worker, and a web tier without; gives the web tier's address and both logs."""
    settings, keys = platform.adapters.settings, folder / "web" / "keys"
    copytree(settings.var / "keys", keys)
    (keys / CALLER_KEY_FILE).unlink()
    logs = [folder / "room.log", folder / "web.log"]
    common = {"MINGTANG_DATABASE_URL": settings.database}
    inner, inner_url = begin_web(logs[0], {**common, "MINGTANG_VAR": str(settings.var)})
    tier = {**common, "MINGTANG_VAR": str(folder / "web"), "MINGTANG_DRAW_ROOM_URL": inner_url}
    outer, url = begin_web(logs[1], tier)
    try:
        for server, address in ((inner, inner_url), (outer, url)):
            server.wait_until(partial(is_healthy, address))
        yield url, logs
    finally:
        outer.stop()
        inner.stop()
    assert not (keys / CALLER_KEY_FILE).exists()


def test_web_tier_and_database_together_name_nobody_before_the_disclosure(
    drawn: tuple[Platform, PublishedTender, str], tmp_path: Path
) -> None:
    platform, tender, draw_id = drawn
    with site(platform, tmp_path) as (url, logs), httpx.Client(base_url=url, timeout=60) as client:
        door = Door(client, platform)
        path = f"/api/tenders/{tender.tender_id}"
        begun = door.call(platform.people["pool-manager"], "POST", f"{path}/calls", {"minutes": 600})
        assert (begun.status_code, len(begun.json()["calls"])) == (200, 6), begun.text
        said = sent(platform, tender, 5)
        first = next(iter(said))
        declined = {"pin": said[first][1], "accepts": False, "reason": "busy"}
        assert door.call(None, "PUT", f"/api/calls/{said[first][0]}/answer", declined).status_code == 200
        said = sent(platform, tender, 6)
        del said[first]
        again = door.call(platform.people["supervisor"], "POST", f"/api/draws/{draw_id}/eligibility-check")
        assert (again.json()["experts"], again.json()["differing"]) == (EXPERTS, [])
        # (1) to (3): the database with the web tier's keys.
        check_dump(platform, tender, draw_id, tmp_path / "web" / "keys")
        # (4) the pages.
        suspects = suspects_of(platform)
        read = addresses(tender, draw_id)
        for name in OFFICIALS:
            for address in read:
                shown = client.get(address, headers=spoken(door, platform.people[name])).text
                named = [one.number for one in suspects if any(mark in shown for mark in one.words)]
                assert named == [], (name, address)
        pages = {entry_page(door, platform, one) for one in suspects}
        assert len(pages) == 1
        assert door.call(platform.people["pseudonym-00"], "GET", "/api/my-seats").json() == []
        # Everybody comes: now names are read, by those who may.
        for token, pin in said.values():
            accepted = {"pin": pin, "accepts": True, "reason": ""}
            assert door.call(None, "PUT", f"/api/calls/{token}/answer", accepted).status_code == 200
        assert read_names(door, platform, tender) == dict.fromkeys(OFFICIALS, 0)
        for token, pin in said.values():
            assert door.call(None, "PUT", f"/api/calls/{token}/check-in", {"pin": pin}).status_code == 200
        assert read_names(door, platform, tender) == {"office": 5, "supervisor": 5, "pool-manager": 0}
        seats = [door.call(one, "GET", "/api/my-seats").json() for one in members_of(platform)]
        assert sum(map(len, seats)) == 5
        written = "".join(log.read_text() for log in logs)
    assert [word for one in suspects for word in one.words if word in written] == []


def sent(platform: Platform, tender: PublishedTender, count: int) -> dict[str, tuple[str, str]]:
    """Token and PIN by seat, once the worker in the draw room has sent so many messages."""
    folder, until = platform.adapters.settings.var / "messages", time.monotonic() + 60
    while not folder.exists() or len(list(folder.glob("*.json"))) < count:
        assert time.monotonic() < until
        time.sleep(0.02)
    return messages(platform, tender)


def spoken(door: Door, person: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {door.token(person)}", "Accept": "text/html, application/json"}


def suspects_of(platform: Platform) -> list[Suspect]:
    """The twelve as the attacker would look for them."""
    found = []
    with platform.database.reading() as session:
        for record in pool.experts(session):
            expert, identity = pool.entry(session, record)
            words = (expert.name, expert.employer, identity.telephone)
            sign_in = f"pseudonym-{int(expert.number.split('-')[1]):02}"
            ids = (record.id, expert.number, str(record.person_id), sign_in, record.name_digest.hex())
            found.append(Suspect(record.id, expert.number, words, (*words, *ids)))
    return found


def check_dump(platform: Platform, tender: PublishedTender, draw_id: str, keys: Path) -> None:
    """Nothing in the database leads from a seat, a reserve or a leaf to one of the twelve."""
    held = [key for file in keys.iterdir() if len(key := file.read_bytes()) == 32]
    people_key = (keys / PEOPLE_KEY_FILE).read_bytes()  # of the keys of a web tier the one that opens fields
    found, suspects = dump_of(platform.database, people_key), suspects_of(platform)
    assert found.opened["experts"] >= EXPERTS  # the attacker does read the pool
    sealed = ("draws", "draw_eligibility", "panel_seats", "expert_avoidance")
    assert {table: found.opened[table] for table in sealed} == dict.fromkeys(sealed, 0)
    assert {table for table, _ in found.rows} > set(sealed)
    places = [found.places(one) for one in suspects]
    assert ("experts", "sealed") in places[0]
    assert all(one == places[0] for one in places)
    with platform.database.reading() as session:
        table = open_table(session, queries.draw(session, draw_id))
    for leaf in table.experts:
        for row in found.rows_with(leaf):
            assert not any(mark in row for one in suspects for mark in one.marks)
    stolen = Database(platform.database.url, people_key)
    with stolen.reading() as session:
        entries = pool.expert_values(session, pool.experts(session))
    with stolen.reading() as session, pytest.raises(NoCallersKey):
        queries.expert_of(session, queries.panel(session, tender.tender_id)[0][0])
    stolen.close()

    def leaves(key: bytes) -> int:
        made = (expert_leaf(leaf_salt(key, draw_id, one.number), expert_record(one)) for one in entries)
        return sum(leaf in table.experts for leaf in made)

    # All but the one whose entry has changed since: the attacker lacks nothing but the key of the leaves.
    assert leaves(table.leaf_key) == EXPERTS - 1
    assert not any(leaves(key) for key in (b"", *held, *found.short))


def addresses(tender: PublishedTender, draw_id: str) -> list[str]:
    """Everything that can be read of this tender, its draw and of panels in general."""
    known = {"tender_id": tender.tender_id, "lot_id": tender.lot_id, "draw_id": draw_id, "seat": "seat-2"}
    found = []
    handlers = [one for module in vars(web.app).values() for one in getattr(module, "ROUTES", ())]
    for path in {path for one in handlers if "GET" in one.http_methods for path in one.paths}:
        names = PARAMETER.findall(path)
        if path.endswith("/events") or path.startswith(OF_OTHERS) or not set(names) <= set(known):
            continue  # the first is a stream without an end, of the log's own facts
        if names or path.removeprefix("/api") in OF_THE_POOL:
            found.append(PARAMETER.sub(lambda name: known[name[1]], path))
    assert len(found) > 50
    return found


def entry_page(door: Door, platform: Platform, one: Suspect) -> str:
    """The pool manager's page of an expert without what is the expert's own."""
    headers = spoken(door, platform.people["pool-manager"])
    answer = door.client.get(f"/pool/experts/{one.expert_id}", headers=headers)
    assert answer.status_code == 200
    shown = answer.text.replace("bidder-2 Ltd", "Unknown Ltd")
    for mark in one.marks:
        shown = shown.replace(mark, "")
    return shown


def read_names(door: Door, platform: Platform, tender: PublishedTender) -> dict[str, int]:
    """How many names of the panel each official reads."""
    path = f"/api/tenders/{tender.tender_id}/panel"
    found = {}
    for name in OFFICIALS:
        seats = door.call(platform.people[name], "GET", path).json()["seats"]
        found[name] = sum(seat["name"] is not None for seat in seats)
    return found


def members_of(platform: Platform) -> list[Actor]:
    return [platform.people[f"pseudonym-{number:02}"] for number in range(EXPERTS)]

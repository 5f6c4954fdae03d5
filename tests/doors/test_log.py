"""The log as C2SP tlog-tiles over HTTP: who fetches the tiles computes the signed root, with hashlib alone."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest
from litestar.testing import TestClient

from crypto.checkpoint import Checkpoint, read_checkpoint
from crypto.national_head import read_national, sm3_leaf, sm3_node
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import platform_keys
from tests.builders import NOW, Platform, make_platform, make_tender
from tests.doors.door import Door
from web.app import create_app

WIDTH = 256
ENTRIES = 2 * WIDTH + 88


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A platform whose log holds two full tiles and some more."""
    platform = make_platform(tmp_path_factory.mktemp("log"))
    make_tender(platform)
    grow(platform, ENTRIES)
    with TestClient(create_app(platform.adapters)) as client:
        yield Door(client, platform)


def grow(platform: Platform, size: int) -> None:
    with platform.database.transaction() as session:
        for number in range(audit_log.frontier(session).size, size):
            audit_log.append(session, Fact("test.fact", str(number)), platform.clock.now())


def head(door: Door) -> Checkpoint:
    """The log's signed head, checked against the key that the platform publishes."""
    vkey = door.call(None, "GET", "/api/platform").json()["log_vkey"]
    answer = door.call(None, "GET", "/log/checkpoint")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-cache"
    return read_checkpoint(answer.text, vkey)


def tile(door: Door, path: str) -> bytes:
    answer = door.call(None, "GET", f"/log/tile/{path}")
    assert answer.status_code == 200, path
    assert "immutable" in answer.headers["cache-control"]
    content: bytes = answer.content
    return content


def names(level: str, count: int) -> Iterator[str]:
    """The paths of the tiles that hold `count` hashes of a level."""
    for index in range(-(-count // WIDTH)):
        width = min(WIDTH, count - index * WIDTH)
        yield f"{level}/{index:03}" + (f".p/{width}" if width < WIDTH else "")


def hashes(data: bytes) -> list[bytes]:
    assert len(data) % 32 == 0
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def leaves(data: bytes) -> list[bytes]:
    found = []
    while data:
        (length,) = struct.unpack(">H", data[:2])
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


def root(hashed: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if len(hashed) == 1:
        return hashed[0]
    split = 1
    while 2 * split < len(hashed):
        split *= 2
    return sha256(b"\x01" + root(hashed[:split]) + root(hashed[split:])).digest()


def test_leaf_tiles_give_the_signed_root(door: Door) -> None:
    signed = head(door)
    assert signed.size >= ENTRIES
    found = [h for name in names("0", signed.size) for h in hashes(tile(door, name))]
    assert len(found) == signed.size
    assert root(found) == signed.root


def test_entries_are_what_the_leaf_tiles_hash(door: Door) -> None:
    size = head(door).size
    found = [leaf for name in names("entries", size) for leaf in leaves(tile(door, name))]
    hashed = [h for name in names("0", size) for h in hashes(tile(door, name))]
    assert [sha256(b"\x00" + leaf).digest() for leaf in found] == hashed
    # A leaf is a salted commitment of 32 bytes: it tells nothing.
    assert {len(leaf) for leaf in found} == {32}


def test_upper_tile_holds_the_roots_of_the_full_tiles_below(door: Door) -> None:
    size = head(door).size
    full = size // WIDTH
    upper = hashes(tile(door, f"1/000.p/{full}"))
    assert upper == [root(hashes(tile(door, f"0/{index:03}"))) for index in range(full)]


@pytest.mark.parametrize("width", [1, 2, 37, 87])
def test_narrower_partial_tile_is_the_start_of_the_wider(door: Door, width: int) -> None:
    assert head(door).size - 2 * WIDTH >= width
    assert tile(door, f"0/002.p/{width}") == tile(door, "0/002.p/88")[: 32 * width]


def test_tiles_stay_as_they_are_when_the_log_grows(door: Door) -> None:
    before = head(door)
    kept = {name: tile(door, name) for name in [*names("0", before.size), *names("entries", before.size)]}
    grow(door.platform, before.size + 3)
    after = head(door)
    assert after.size == before.size + 3
    assert {name: tile(door, name) for name in kept} == kept
    found = [h for name in names("0", after.size) for h in hashes(tile(door, name))]
    assert root(found[: before.size]) == before.root
    assert root(found) == after.root


def test_tile_that_the_log_does_not_fill_yet_is_not_there(door: Door) -> None:
    size = head(door).size
    last = size // WIDTH
    assert tile(door, f"0/{last:03}.p/{size % WIDTH}")
    for path in (
        f"0/{last:03}.p/{size % WIDTH + 1}",
        f"0/{last:03}",
        f"0/{last + 1:03}.p/1",
        "1/000",
        "2/000.p/1",
    ):
        answer = door.call(None, "GET", f"/log/tile/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), path


@pytest.mark.parametrize(
    "path",
    [
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/000.p",
        "0/000.p/",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/01",
        "0/000.p/256",
        "0/000.p/-1",
        "0/000.p/1/2",
        "0/000.P/1",
        "00/000",
        "-1/000",
        "64/000",
        "a/000",
        "entries",
        "entries/1",
        "Entries/000",
        "0/x000",
        "0/000/001",
        "0/x000/001",
        "0/xx00/001",
        "0/%C2%B2%C2%B2%C2%B2",
        "0/%D9%A0%D9%A0%D9%A0",
        "%C2%B2/000",
        "0/000.p/%C2%B2",
        "0/000.p/%D9%A1",
        "0/+01",
        "0/1_0",
        "0/%20%201",
        "0/000%0A",
        "0/000%00",
        "9" * 5000 + "/000",
        "0/" + "x999/" * 500 + "999",
    ],
)
def test_bad_path_is_refused(door: Door, path: str) -> None:
    answer = door.call(None, "GET", f"/log/tile/{path}")
    assert answer.status_code in (404, 422)
    if answer.status_code == 422:
        assert answer.json()["code"] == "bad-input"


def test_empty_log_has_a_head_and_no_tiles(tmp_path_factory: pytest.TempPathFactory) -> None:
    platform = make_platform(tmp_path_factory.mktemp("empty"))
    with TestClient(create_app(platform.adapters)) as client:
        # The first start has put its operator and its programs into the log.
        with platform.database.transaction() as session:
            for table in ("log_entries", "log_nodes", "log_head"):
                session.connection().exec_driver_sql(f"DELETE FROM {table}")
        door = Door(client, platform)
        assert head(door).size == 0
        assert head(door).root == sha256().digest()
        assert door.call(None, "GET", "/log/tile/0/000").status_code == 404
        assert door.call(None, "GET", "/log/tile/0/000.p/1").status_code == 404


def test_the_national_head_over_http_is_that_of_the_published_leaves(door: Door) -> None:
    assert door.call(None, "GET", "/log/national").status_code == 404, "no site has one unless it asks for it"
    adapters = door.platform.adapters
    keys = platform_keys(
        adapters.settings.var / "keys", adapters.settings.log_origin, NOW, has_national_head=True
    )
    with TestClient(create_app(replace(adapters, keys=keys))) as client:
        vkey = client.get("/api/platform").json()["national_vkey"]
        newest = read_national(client.get("/log/national").text, vkey)
        earlier = read_national(client.get("/log/national?size=3").text, vkey)
        assert client.get(f"/log/national?size={newest.size + 1}").status_code == 404
        assert client.get("/log/national?size=-1").status_code == 404
    bundle = tile(door, "entries/000")
    leaves = [bundle[at + 2 : at + 34] for at in range(0, 3 * 34, 34)]
    first, second, third = map(sm3_leaf, leaves)
    assert earlier.root == sm3_node(sm3_node(first, second), third)
    assert newest.sha256_root == head(door).root

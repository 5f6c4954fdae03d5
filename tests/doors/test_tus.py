"""Uploads by tus over real sockets: they go on where they stopped, and whatever is wrong is refused by name."""

import hashlib
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from accounts.duties import Duty
from crypto.parts_digest import parts_digest
from tender.actions import publish, uploads
from tender.timetable import Timetable
from tests.builders import CLOSES, NOW, make_bid, make_draft, make_platform, make_tender
from tests.doors.door import Door, kept, serving
from tests.doors.tus import PART, TUS, Tus, metadata, tus_of
from tests.doors.wrong_uploads import LIMIT, Site, flip, large_bid, payload_start
from web.app import create_app

ZEROS = "0" * 64


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    platform = make_platform(tmp_path_factory.mktemp("tus"))
    tender = make_draft(platform, timetable=Timetable(CLOSES, CLOSES + timedelta(days=30)))
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=LIMIT,
            now=platform.clock.now(),
        )
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Site(platform, tender, Door(client, platform), url)


@pytest.fixture(autouse=True)
def now(site: Site) -> Iterator[None]:
    yield
    site.platform.clock.at = NOW


def files(site: Site) -> list[str]:
    folder = site.platform.adapters.settings.var / "uploads"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_upload_in_parts_becomes_a_bid_by_its_receipt_only(site: Site) -> None:
    bid = large_bid(site, "in-parts")
    client, body = tus_of(site, bid), bid.envelope
    path = client.begin(body)
    for start in (0, 500, 700_000):
        end = {0: 500, 500: 700_000, 700_000: len(body)}[start]
        assert client.submit(path).status_code == 409
        answer = client.patch(path, start, body[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end)), answer.text
        assert client.offset(path) == end
    state = client.ask("GET", path, {}).json()
    assert (state["state"], state["submitted"]) == ("complete", False)
    assert kept(site.platform)[1] == 0
    receipt = client.submit(path)
    assert receipt.status_code == 201, receipt.text
    assert receipt.json()["statement"]["body"]["digest"] == parts_digest(body).hex()
    assert client.submit(path).content == receipt.content
    with site.platform.adapters.objects.open(parts_digest(body)) as stored:
        assert stored.read() == body
    assert path.rpartition("/")[2] not in files(site)


def test_creation_with_upload_takes_the_first_part_at_once(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "with-creation")
    client = tus_of(site, bid)
    made = client.create(bid.envelope, bid.envelope[:1000])
    assert (made.status_code, made.headers["upload-offset"]) == (201, "1000")
    whole = client.create(bid.envelope, bid.envelope)
    assert whole.headers["upload-offset"] == str(len(bid.envelope))
    assert client.submit(whole.headers["location"]).status_code == 201


def test_whole_parts_are_told_so_that_a_resuming_client_can_compare(site: Site) -> None:
    bid = large_bid(site, "compared")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    client.patch(path, 0, bid.envelope[: (2 << 20) + 5])
    state = client.ask("GET", path, {}).json()
    assert state["whole_parts"] == 2
    assert state["whole_parts_digest"] == parts_digest(bid.envelope[: 2 << 20]).hex()


def test_options_tell_what_is_spoken_to_anybody(site: Site) -> None:
    answer = site.door.client.request("OPTIONS", "/api/uploads/anything")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"].split(",") == [
        "creation",
        "creation-with-upload",
        "checksum",
        "expiration",
        "termination",
    ]
    assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256"
    assert int(answer.headers["tus-max-size"]) > 0


CREATIONS: list[tuple[str, dict[str, Any], int]] = [
    ("another version", {"Tus-Resumable": "0.2.2"}, 412),
    ("no version", {"Tus-Resumable": None}, 412),
    ("no length", {"Upload-Length": None}, 400),
    ("deferred length", {"Upload-Length": None, "Upload-Defer-Length": "1"}, 400),
    ("both lengths", {"Upload-Defer-Length": "1"}, 400),
    ("negative", {"Upload-Length": "-1"}, 400),
    ("signed", {"Upload-Length": "+5"}, 400),
    ("hexadecimal", {"Upload-Length": "0x10"}, 400),
    ("leading zero", {"Upload-Length": "010"}, 400),
    ("not a number", {"Upload-Length": "many"}, 400),
    ("endless", {"Upload-Length": "9" * 40}, 400),
    ("too large", {"Upload-Length": str(LIMIT + 1)}, 413),
    ("zero bytes", {"Upload-Length": "0"}, 422),
    ("no metadata", {"Upload-Metadata": None}, 400),
    ("no digest", {"Upload-Metadata": metadata(filename="a")}, 400),
    ("short digest", {"Upload-Metadata": metadata(digest="ab")}, 400),
    ("upper case digest", {"Upload-Metadata": metadata(digest="A" * 64)}, 400),
    ("digest twice", {"Upload-Metadata": f"{metadata(digest=ZEROS)},{metadata(digest=ZEROS)}"}, 400),
    ("not Base64", {"Upload-Metadata": "digest ***"}, 400),
    ("not UTF-8", {"Upload-Metadata": metadata(digest=ZEROS, filename=b"\xff\xfe")}, 400),
    ("huge metadata", {"Upload-Metadata": metadata(digest=ZEROS, filename="a" * 4000)}, 400),
    ("odd bid id", {"Upload-Metadata": metadata(digest=ZEROS, replaces="../x")}, 400),
]


@pytest.mark.parametrize(("headers", "status"), [row[1:] for row in CREATIONS], ids=[r[0] for r in CREATIONS])
def test_wrong_creation_is_refused_and_leaves_nothing(
    site: Site, headers: dict[str, Any], status: int
) -> None:
    client = Tus(site, site.platform.person("creator", Duty.BIDDER))
    answer = client.create(b"x" * 1000, **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers.get("tus-version") == ("1.0.0" if status == 412 else None)
    assert answer.headers.get("tus-max-size") == (str(LIMIT) if status == 413 else None)
    assert "location" not in answer.headers


def test_body_of_another_kind_is_refused_at_the_creation(site: Site) -> None:
    client = Tus(site, site.platform.person("creator", Duty.BIDDER))
    answer = client.create(b"x" * 1000, b"x", **{"Content-Type": "application/octet-stream"})
    assert answer.status_code == 415


PARTS: list[tuple[str, dict[str, Any], int]] = [
    ("no version", {"Tus-Resumable": None}, 412),
    ("another version", {"Tus-Resumable": "1.0.1"}, 412),
    ("no type", {"Content-Type": None}, 415),
    ("another type", {"Content-Type": "application/octet-stream"}, 415),
    ("no offset", {"Upload-Offset": None}, 400),
    ("negative offset", {"Upload-Offset": "-1"}, 400),
    ("offset with a space", {"Upload-Offset": "1 0"}, 400),
    ("offset ahead", {"Upload-Offset": "1001"}, 409),
    ("offset behind", {"Upload-Offset": "999"}, 409),
    ("replay from the start", {"Upload-Offset": "0"}, 409),
    ("unknown algorithm", {"Upload-Checksum": "crc32 AAAAAA=="}, 400),
    ("checksum of another length", {"Upload-Checksum": "sha256 AAAA"}, 400),
    ("checksum that is no Base64", {"Upload-Checksum": "sha1 !!!"}, 400),
    ("checksum without value", {"Upload-Checksum": "sha1"}, 400),
    ("wrong sha1", {"Upload-Checksum": f"sha1 {b64encode(bytes(20)).decode()}"}, 460),
    ("wrong sha256", {"Upload-Checksum": f"sha256 {b64encode(bytes(32)).decode()}"}, 460),
]


@pytest.fixture(scope="module")
def begun(site: Site) -> tuple[Tus, str, bytes]:
    bid = large_bid(site, "begun")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    assert client.patch(path, 0, bid.envelope[:1000]).status_code == 204
    return client, path, bid.envelope


@pytest.mark.parametrize(("headers", "status"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_wrong_part_is_refused_and_what_was_there_stays(
    begun: tuple[Tus, str, bytes], headers: dict[str, Any], status: int
) -> None:
    client, path, body = begun
    answer = client.patch(path, 1000, body[1000:5000], **headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert client.offset(path) == 1000


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_its_right_checksum_is_taken(site: Site, algorithm: str) -> None:
    bid = make_bid(site.platform, site.tender, f"checked-{algorithm}")
    client = tus_of(site, bid)
    path, part = client.begin(bid.envelope), bid.envelope[:900]
    checksum = b64encode(hashlib.new(algorithm, part).digest()).decode()
    answer = client.patch(path, 0, part, **{"Upload-Checksum": f"{algorithm} {checksum}"})
    assert (answer.status_code, client.offset(path)) == (204, 900)


def test_more_than_was_announced_is_refused_and_given_up(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "goes-on")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    answer = client.patch(path, 0, bid.envelope + b"\0")
    assert (answer.status_code, answer.headers["tus-max-size"]) == (413, str(len(bid.envelope)))
    assert client.head(path).status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "GET"])
def test_unknown_upload_is_not_found(site: Site, method: str) -> None:
    client = Tus(site, site.platform.person("creator", Duty.BIDDER))
    headers = {**TUS, **PART, "Upload-Offset": "0"}
    assert client.ask(method, f"/api/uploads/{'0' * 36}", headers).status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "GET"])
def test_another_persons_upload_does_not_exist(
    site: Site, begun: tuple[Tus, str, bytes], method: str
) -> None:
    client, path, body = begun
    rival = Tus(site, site.platform.person("rival", Duty.BIDDER))
    headers = {**TUS, **PART, "Upload-Offset": "1000"}
    sent = body[1000:1100] if method == "PATCH" else b""
    assert rival.ask(method, path, headers, sent).status_code == 404
    assert rival.submit(path).status_code == 404
    assert client.offset(path) == 1000


def test_discarded_upload_is_gone_with_its_bytes(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "discarded")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    client.patch(path, 0, bid.envelope[:900])
    assert path.rpartition("/")[2] in files(site)
    assert client.ask("DELETE", path, TUS).status_code == 204
    assert path.rpartition("/")[2] not in files(site)
    assert client.head(path).status_code == 404


def test_post_stands_for_another_method_where_nothing_else_gets_through(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "overriding")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    headers = {**TUS, **PART, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.ask("POST", path, headers, bid.envelope[:900]).status_code == 204
    head = client.ask("POST", path, {**TUS, "X-HTTP-Method-Override": "HEAD"})
    assert head.headers["upload-offset"] == "900"
    for method in ("PUT", "", None):
        assert client.ask("POST", path, {**TUS, "X-HTTP-Method-Override": method}).status_code == 400
    assert client.ask("POST", path, {**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert client.head(path).status_code == 404


@pytest.mark.parametrize(("late", "status"), [(-1, 200), (0, 410), (1, 410)])
def test_upload_without_progress_expires_after_seven_days(site: Site, late: int, status: int) -> None:
    bid = make_bid(site.platform, site.tender, f"expires-{late}")
    client = tus_of(site, bid)
    made = client.create(bid.envelope)
    path = made.headers["location"]
    assert made.headers["upload-expires"] == "Mon, 09 Nov 2026 01:00:00 GMT"
    site.platform.clock.at = NOW + timedelta(days=7, microseconds=late)
    assert client.head(path).status_code == status
    assert (client.patch(path, 0, bid.envelope[:9]).status_code == 410) == (status == 410)


def test_nobody_begins_an_upload_after_the_closing(site: Site) -> None:
    late = replace(site, tender=make_tender(site.platform))
    bid = make_bid(late.platform, late.tender, "after-closing")
    late.platform.clock.at = CLOSES + timedelta(microseconds=1)
    answer = tus_of(late, bid).create(bid.envelope)
    assert answer.json()["code"] == "submission-closed"


def test_eleventh_upload_at_a_time_is_refused(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "many")
    client = tus_of(site, bid)
    for _ in range(10):
        client.begin(bid.envelope)
    assert client.create(bid.envelope).status_code == 409


WRONG = {
    "wrong tender": lambda site: make_bid(site.platform, make_tender(site.platform), "t-wrong-tender"),
    "wrong lot": lambda site: make_bid(site.platform, site.tender, "t-wrong-lot", lot_id="another-lot"),
    "wrong keys": lambda site: make_bid(
        site.platform, replace(site.tender, keys=make_tender(site.platform).keys), "t-wrong-keys"
    ),
    "other suite": lambda site: make_bid(
        site.platform, replace(site.tender, keys=make_tender(site.platform, suite="hybrid").keys), "t-suite"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_envelope_is_refused_when_its_prefix_has_arrived(site: Site, name: str) -> None:
    bid = WRONG[name](site)
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    begun = time.monotonic()
    start = payload_start(bid)
    assert client.patch(path, 0, bid.envelope[: start - 1]).status_code == 204
    answer = client.patch(path, start - 1, bid.envelope[start - 1 : start])
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] in ("wrong-tender", "wrong-opening-key", "wrong-suite")
    assert time.monotonic() - begun < 1
    assert client.head(path).status_code == 404
    assert path.rpartition("/")[2] not in files(site)


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.7 our offer", b"mingtang-envelope/v1\n" + b"\xff" * 99],
    ids=["not sealed", "huge prefix"],
)
def test_what_is_no_envelope_is_refused_at_its_first_bytes(site: Site, body: bytes) -> None:
    client = Tus(site, site.platform.person("creator", Duty.BIDDER))
    path = client.begin(body + bytes(5000))
    answer = client.patch(path, 0, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-envelope")
    assert client.head(path).status_code == 404


def test_length_that_differs_from_the_envelopes_own_is_refused_early(site: Site) -> None:
    bid = large_bid(site, "cut-off-file")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope[:-100])
    answer = client.patch(path, 0, bid.envelope[:100_000])
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-envelope")


@pytest.mark.parametrize("place", [-5, "declared"], ids=["payload changed", "another digest declared"])
def test_whole_file_that_is_not_the_sealed_or_declared_one_is_given_up(site: Site, place: Any) -> None:
    bid = large_bid(site, f"changed-{place}")
    client = tus_of(site, bid)
    body = bid.envelope if place == "declared" else flip(bid.envelope, len(bid.envelope) + place)
    made = client.create(body, **{"Upload-Metadata": metadata(digest=ZEROS)} if place == "declared" else {})
    path, before = made.headers["location"], kept(site.platform)
    assert client.patch(path, 0, body).status_code == 422
    assert client.head(path).status_code == 404
    assert kept(site.platform) == before


def raw_patch(site: Site, client: Tus, path: str, offset: int, body: bytes, length: int) -> socket.socket:
    """Send a part by hand, perhaps less of it than announced; the connection is left to the caller."""
    host, _, port = site.url.removeprefix("http://").partition(":")
    head = [
        f"PATCH {path} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {site.door.token(client.who)}",
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        f"Upload-Offset: {offset}",
        f"Content-Length: {length}",
    ]
    connection = socket.create_connection((host, int(port)), timeout=5)
    connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    return connection


def test_what_arrived_before_a_cut_is_kept(site: Site) -> None:
    bid = large_bid(site, "cut")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    raw_patch(site, client, path, 0, bid.envelope[:1_300_000], len(bid.envelope)).close()
    until = time.monotonic() + 5
    while client.offset(path) < 1_300_000:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert client.patch(path, 1_300_000, bid.envelope[1_300_000:]).status_code == 204
    assert client.submit(path).status_code == 201


def test_of_two_connections_that_write_at_once_one_wins(site: Site) -> None:
    bid = large_bid(site, "two-at-once")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    first = raw_patch(site, client, path, 0, bid.envelope[:1_200_000], len(bid.envelope))
    until = time.monotonic() + 5
    while (answer := client.patch(path, 0, b"")).status_code != 423:
        assert time.monotonic() < until, answer.text
        time.sleep(0.01)
    assert answer.json()["code"] == "upload-busy"
    first.sendall(bid.envelope[1_200_000:])
    assert b" 204 " in first.recv(4000)
    first.close()
    assert client.submit(path).status_code == 201


def test_crowd_of_writers_corrupts_nothing(site: Site) -> None:
    bid = large_bid(site, "crowd")
    client, size = tus_of(site, bid), len(bid.envelope)
    path = client.begin(bid.envelope)
    seen: list[int] = []

    def push() -> None:
        with httpx.Client(base_url=site.url, timeout=30) as own:
            mine = Tus(replace(site, door=Door(own, site.platform)), bid.bidder)
            mine.site.door.tokens.update(site.door.tokens)
            while (at := mine.offset(path)) < size:
                seen.append(mine.patch(path, at, bid.envelope[at : at + 300_000]).status_code)

    threads = [threading.Thread(target=push) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) <= {204, 409, 423}
    assert client.submit(path).status_code == 201


def test_list_of_drafts_holds_ones_own_only_until_submitted(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "lister")
    client = tus_of(site, bid)
    path = client.create(bid.envelope, bid.envelope).headers["location"]
    colleague = Tus(site, site.platform.person("colleague", Duty.BIDDER, organisation="lister Ltd"))
    stranger = Tus(site, site.platform.person("rival", Duty.BIDDER))
    for who, count in ((client, 1), (colleague, 1), (stranger, 0)):
        assert len(who.ask("GET", "/api/uploads", {}).json()["items"]) == count
    assert client.submit(path).status_code == 201
    assert client.ask("GET", "/api/uploads", {}).json()["items"] == []


def test_forgotten_rows_and_bytes_are_told_apart(site: Site) -> None:
    with site.platform.database.reading() as session:
        known = uploads.known_uploads(session)
    assert set(files(site)) <= known

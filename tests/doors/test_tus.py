"""Uploads by tus over real sockets: they go on where they stopped, and whatever is wrong is refused by name."""

import hashlib
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from accounts.duties import Duty
from crypto.parts_digest import parts_digest
from tender.actions import uploads
from tests.builders import NOW, make_bid
from tests.doors.door import Door, kept
from tests.doors.tus import PART, TUS, Tus, files, tus_of
from tests.doors.wrong_uploads import Site, large_bid

ZEROS = "0" * 64


@pytest.fixture(scope="module")
def site(tus_site: Site) -> Site:
    return tus_site


@pytest.fixture(autouse=True)
def now(site: Site) -> Iterator[None]:
    yield
    site.platform.clock.at = NOW


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
    for late in (b"", b"more"):
        answer = client.patch(path, len(body), late)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(len(body)))
    assert client.patch(path, 0, body).status_code == 409
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


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_part_with_its_right_checksum_is_taken(site: Site, algorithm: str) -> None:
    bid = make_bid(site.platform, site.tender, f"checked-{algorithm}")
    client = tus_of(site, bid)
    path, part = client.begin(bid.envelope), bid.envelope[:900]
    checksum = b64encode(hashlib.new(algorithm, part).digest()).decode()
    answer = client.patch(path, 0, part, **{"Upload-Checksum": f"{algorithm} {checksum}"})
    assert (answer.status_code, client.offset(path)) == (204, 900)


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
    while path.rpartition("/")[2] not in files(site):
        assert time.monotonic() < until
        time.sleep(0.01)
    answer = client.patch(path, 0, b"")
    assert (answer.status_code, answer.json()["code"]) == (423, "upload-busy")
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

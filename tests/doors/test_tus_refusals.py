"""Whatever is wrong with an upload by tus is refused by name, and what was there before stays."""

import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.duties import Duty
from tests.builders import CLOSES, NOW, make_bid, make_tender
from tests.doors.door import kept
from tests.doors.tus import PART, TUS, Tus, files, metadata, tus_of
from tests.doors.wrong_uploads import LIMIT, Site, flip, large_bid, payload_start

ZEROS = "0" * 64


@pytest.fixture(scope="module")
def site(tus_site: Site) -> Site:
    return tus_site


@pytest.fixture(autouse=True)
def now(site: Site) -> Iterator[None]:
    yield
    site.platform.clock.at = NOW


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


def test_more_than_was_announced_is_refused_and_given_up(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "goes-on")
    client = tus_of(site, bid)
    path = client.begin(bid.envelope)
    answer = client.patch(path, 0, bid.envelope + b"\0")
    assert (answer.status_code, answer.headers["tus-max-size"]) == (413, str(len(bid.envelope)))
    assert client.head(path).status_code == 404


@pytest.mark.parametrize(("duty", "status"), [(Duty.OPENER, 403), (None, 401)])
def test_look_at_an_upload_is_for_bidders(
    site: Site, begun: tuple[Tus, str, bytes], duty: Duty | None, status: int
) -> None:
    who = site.platform.person("no-bidder", duty) if duty else begun[0].who
    headers = TUS if duty else {**TUS, "Authorization": None}
    assert Tus(site, who).ask("HEAD", begun[1], headers).status_code == status


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

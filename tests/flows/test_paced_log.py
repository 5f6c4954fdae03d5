"""With a pace the public log moves by published heads: bids do not move it, receipts hold at once, closings show."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from client.head_state import HeadStore
from client.log_reader import LogReader
from client.monitor import PATIENCE, Look, look, own_entries
from client.witness import WitnessBook, follow_once
from crypto.checkpoint import Checkpoint, cosign, read_checkpoint, read_proof, sign_checkpoint, write_proof
from crypto.signatures import Signer
from kernel.clock import read_time
from storage import published_heads
from storage.published_heads import STEP
from tender import queries
from tender.actions import close
from tests.builders import CLOSES, Platform, PublishedTender, make_bid, make_platform, make_tender, submit
from tests.doors.door import Door
from web.app import create_app

PACE = 60


class Site:
    """A platform with a pace, a published tender, and somebody who watches its log."""

    def __init__(self, folder: Path, platform: Platform, tender: PublishedTender, client: Any) -> None:
        self.folder, self.platform, self.tender = folder, platform, tender
        self.door = Door(client, platform)
        self.reader = LogReader("http://testserver", platform.adapters.keys.log_vkey)
        self.reader._http = client
        self.store = HeadStore(folder / "seen")

    def head(self) -> Checkpoint:
        return self.reader.head().head

    def beat(self) -> None:
        """A minute passes, and the ticker's job runs."""
        self.platform.clock.at += timedelta(seconds=PACE)
        with self.platform.database.transaction() as session:
            assert published_heads.publish_due(session, self.platform.clock.now())

    def bid(self) -> dict[str, Any]:
        """One more bidder bids."""
        name = f"bidder-{len(self.platform.people)}"
        text = submit(self.platform, make_bid(self.platform, self.tender, name), self.tender)
        (self.folder / "receipts").mkdir(exist_ok=True)
        (self.folder / "receipts" / f"{name}.json").write_text(text)
        receipt: dict[str, Any] = json.loads(text)
        return receipt

    def look(self, now: datetime) -> Look:
        return look(self.reader, self.store, own_entries(self.folder / "receipts"), [], 1, now)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("paced")
    platform = make_platform(folder / "platform", log_pace=PACE)
    tender = make_tender(platform)
    platform.clock.at = CLOSES - timedelta(hours=1)
    with TestClient(create_app(platform.adapters)) as client:
        yield Site(folder, platform, tender, client)


@pytest.fixture
def site(served: Site, tmp_path: Path) -> Site:
    """The same site with no receipts and nothing seen yet, just after a beat."""
    served.folder, served.store = tmp_path, HeadStore(tmp_path / "seen")
    served.beat()
    return served


def received(receipt: dict[str, Any]) -> datetime:
    at = read_time(receipt["statement"]["body"]["received_at"])
    assert isinstance(at, datetime)
    return at


def test_a_bid_moves_no_public_head_and_its_receipt_fits_the_next(site: Site) -> None:
    before = site.head()
    receipt = site.bid()
    own = read_checkpoint(read_proof(receipt["proof"]).checkpoint, site.reader.vkey)
    assert 0 < own.size - before.size < STEP
    assert site.head() == before
    seen = site.look(received(receipt))
    assert (seen.alarms, seen.waiting) == ([], 1)
    site.beat()
    assert site.head().size == before.size + STEP
    seen = site.look(received(receipt))
    assert (seen.alarms, seen.waiting, seen.grew_by) == ([], 0, STEP)


@pytest.mark.parametrize(("late", "alarms"), [(timedelta(0), 0), (timedelta(seconds=1), 1)])
def test_a_monitor_waits_ten_minutes_for_an_entry_and_then_cries(
    site: Site, late: timedelta, alarms: int
) -> None:
    receipt = site.bid()
    seen = site.look(received(receipt) + PATIENCE + late)
    assert len(seen.alarms) == alarms
    assert seen.waiting == 1 - alarms


def test_a_receipt_whose_own_head_is_of_another_history_is_an_alarm(site: Site) -> None:
    receipt = site.bid()
    [path] = (site.folder / "receipts").iterdir()
    keys = site.platform.adapters.keys
    proof = read_proof(receipt["proof"])
    index, real = proof.index, read_checkpoint(proof.checkpoint, keys.log_vkey)
    other = sign_checkpoint(Checkpoint(real.origin, real.size, bytes(32)), keys.log)
    path.write_text(json.dumps(receipt | {"proof": write_proof(index, proof.hashes, other)}))
    site.beat()
    [alarm] = site.look(received(receipt)).alarms
    assert "is not in the signed head" in alarm


def test_witnesses_and_the_public_get_published_heads_only(site: Site) -> None:
    receipt = site.bid()
    keys = site.platform.adapters.keys
    own = read_proof(receipt["proof"]).checkpoint
    size, last = own.split("\n")[1], site.head().size
    tile = f"{last // 256:03}.p/{last % 256 + 1}"
    assert site.door.call(None, "GET", f"/log/tile/0/{tile}").status_code == 404
    assert site.door.call(None, "GET", f"/log/tile/entries/{tile}").status_code == 404
    assert site.door.call(None, "GET", f"/log/cosigned?since={size}").status_code == 404
    book = WitnessBook(Signer("w.example", b"\x05" * 32), [keys.log_vkey], HeadStore(site.folder / "w"))
    line = cosign(own, Signer("w.example", b"\x05" * 32), 1)
    answer = site.door.client.post("/log/cosignatures", content=(own + line).encode())
    assert answer.status_code == 422
    with pytest.raises(
        Exception, match="422"
    ):  # this site knows no witness; what it would sign is what counts
        follow_once(site.reader, book, 1)
    signed = book.last(keys.log.name)
    assert signed is not None
    assert signed.size == last


def test_the_closing_publishes_its_own_head(site: Site) -> None:
    site.bid()
    site.bid()
    site.bid()
    before = site.head().size
    site.platform.clock.at = CLOSES + timedelta(minutes=2)
    with site.platform.database.transaction() as session:
        now = site.platform.clock.now()
        close.close(session, keys=site.platform.adapters.keys, tender_id=site.tender.tender_id, now=now)
    with site.platform.database.reading() as session:
        closing = queries.closing(session, site.tender.tender_id)
        assert closing is not None
        assert published_heads.is_public(session, closing.log_size)
    assert site.head().size == closing.log_size == before + STEP
    assert site.head().root == closing.log_root

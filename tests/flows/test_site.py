"""A whole tender on a site: PostgreSQL, S3, a broker, the web door and workers as processes, one of them killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts.duties import Duty
from crypto.canonical import b64, unb64
from crypto.envelope import open_share
from crypto.envelope_prefix import read_prefix
from crypto.parts_digest import parts_digest
from crypto.signatures import sign_statement
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage import outbox
from storage.adapters import make_adapters
from tender import queries
from tender.actions import draft, publish
from tender.opening import RELEASE_TYPE, Closing, release_body
from tender.timetable import Periods, Timetable
from tests.builders import (
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_draft,
    make_platform,
    pass_closing,
)
from tests.doors.door import Door
from tests.evaluation.cases import rulebook_data
from tests.flows.panels import bids_of, draw_panel, score, vote
from tests.real_parts.platform import ROOT, start_web, surroundings
from tests.real_parts.process import Server, start
from tests.real_parts.seaweed import S3

BIDS = 8
LEASE_SECONDS = 2
WAIT_SECONDS = 60.0
SHORT_LEASE = (
    "from datetime import timedelta; from worker.__main__ import main;"
    f" main(['--concurrency=1', '--loglevel=INFO'], lease=timedelta(seconds={LEASE_SECONDS}))"
)
"""The worker that is killed: a job of a dead worker is handed out again after seconds instead of minutes."""


@dataclass
class Site:
    """The running site, and the platform over the same database for what is not under test here."""

    platform: Platform
    door: Door
    settings: dict[str, str]
    folder: Path

    def now(self) -> datetime:
        self.platform.clock.at = datetime.now(UTC)
        return self.platform.clock.at

    def worker(self, *command: str) -> Server:
        log = self.folder / f"worker-{time.monotonic_ns()}.log"
        return start([sys.executable, *command], log=log, env=surroundings(self.settings))


@pytest.fixture
def site(tmp_path: Path, postgres_url: str, s3: S3, redis_url: str) -> Iterator[Site]:
    (tmp_path / "access").write_text(s3.access_key)
    (tmp_path / "secret").write_text(s3.secret_key)
    values: dict[str, Any] = {
        "var": tmp_path / "var",
        "database_url": postgres_url,
        "s3_endpoint": s3.endpoint,
        "s3_bucket": s3.bucket,
        "s3_secure": False,
        "s3_access_key_file": str(tmp_path / "access"),
        "s3_secret_key_file": str(tmp_path / "secret"),
        "archive_days": 1,
        "broker_url": redis_url,
    }
    settings = {
        f"MINGTANG_{name.upper()}": str(int(value) if isinstance(value, bool) else value)
        for name, value in values.items()
    }
    made = make_platform(values["var"], postgres_url, FixedClock(datetime.now(UTC)))
    made.adapters.database.close()
    platform = replace(made, adapters=make_adapters(Settings(**values), made.clock))
    server, url = start_web(tmp_path / "web.log", settings)
    with httpx.Client(base_url=url, timeout=60) as client:
        yield Site(platform, Door(client, platform), settings, tmp_path)
    server.stop()
    platform.database.close()


def publish_tender(site: Site) -> PublishedTender:
    """A tender with a real rulebook that takes bids until the closing is let pass."""
    now = site.now()
    closes = now + timedelta(days=1)
    rules = read_rulebook(rulebook_data())
    made = make_draft(
        site.platform,
        timetable=Timetable(closes, closes, 0),
        periods=Periods(bidding_days=0),
    )
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    with site.platform.database.transaction() as session:
        draft.set_rulebook(session, actor=made.office, tender_id=made.tender_id, rulebook=frozen)
        publish.publish(
            session, actor=made.office, tender_id=made.tender_id, bid_limit_bytes=10_000_000, now=now
        )
    return made


def upload(site: Site, tender: PublishedTender, bid: SealedBid) -> dict[str, Any]:
    path = f"/api/tenders/{tender.tender_id}/lots/{tender.lot_id}/bids"
    digest = parts_digest(bid.envelope).hex()
    answer = site.door.call(bid.bidder, "POST", path, bid.envelope, Idempotency_Key=digest)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def release(site: Site, tender: PublishedTender, position: int) -> int:
    """One opener's shares, as the command sends them."""
    key, opener = tender.keys[position - 1], tender.openers[position - 1]
    base = f"/api/tenders/{tender.tender_id}"
    found = site.door.call(opener, "GET", f"{base}/closing").json()
    closing = Closing(tender.tender_id, found["bids"], found["log_size"], found["log_root"])
    shares: dict[str, bytes | None] = {
        item["bid"]: open_share(read_prefix(unb64(item["prefix"])), position, key.hpke_private)
        for item in found["sealed"]
    }
    body = {
        "statement": sign_statement(key.signer, RELEASE_TYPE, release_body(closing, position, shares)),
        "shares": {bid: b64(share or b"") for bid, share in shares.items()},
    }
    answer = site.door.call(opener, "POST", f"{base}/releases", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["released"])


def wait(condition: Callable[[], Any], what: str) -> Any:
    until = time.monotonic() + WAIT_SECONDS
    while not (found := condition()):
        assert time.monotonic() < until, f"{what} did not happen"
        time.sleep(0.01)
    return found


def kill(worker: Server) -> None:
    """End a worker and its pool at once, as a power cut does."""
    children = children_of(worker.process.pid)
    worker.process.kill()
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    worker.process.wait()


def children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            pid, _, rest = stat.read_text().partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found


def opened(site: Site, tender: PublishedTender) -> int:
    with site.platform.database.reading() as session:
        return len(queries.opened_bids(session, tender.tender_id))


def is_closed(site: Site, tender: PublishedTender) -> bool:
    with site.platform.database.reading() as session:
        return queries.closing(session, tender.tender_id) is not None


def check_robust(site: Site, tender: PublishedTender) -> None:
    """What PostgreSQL cannot take is refused like anything else."""
    bidder = site.platform.people["bidder-1"]
    base = f"/api/tenders/{tender.tender_id}"
    for path in ("/api/tenders/%00", f"{base}%00", "/api/tenders?cursor=AAAA", "/api/tenders/" + "9" * 100):
        assert site.door.call(None, "GET", path).status_code in (404, 422), path
    nul = site.door.call(bidder, "POST", f"{base}/questions", {"text": "a\0b"})
    assert nul.status_code in (201, 422), nul.text
    key = {"Idempotency_Key": "one key for all"}
    with ThreadPoolExecutor(6) as pool:
        asked = list(
            pool.map(
                lambda _: site.door.call(bidder, "POST", f"{base}/questions", {"text": "When?"}, **key),
                range(6),
            )
        )
    assert {answer.status_code for answer in asked} == {201}
    assert len({answer.content for answer in asked}) == 1


def test_whole_tender_on_a_site_survives_a_killed_worker(site: Site) -> None:
    short = site.worker("-c", SHORT_LEASE)
    names = [f"bidder-{number}" for number in range(1, BIDS + 1)]
    for name in names:
        site.platform.person(name, Duty.BIDDER)
    tender = publish_tender(site)
    bids = [make_bid(site.platform, tender, name, price=f"{100 * n}.00") for n, name in enumerate(names, 1)]
    for bid in bids:
        site.door.token(bid.bidder)
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda bid: upload(site, tender, bid), bids))
    assert len({receipt["statement"]["body"]["bid"] for receipt in receipts}) == BIDS
    check_robust(site, tender)

    pass_closing(site.platform, tender)
    wait(lambda: is_closed(site, tender), "the closing")
    site.now()
    assert release(site, tender, 1) == 1
    assert opened(site, tender) == 0
    assert release(site, tender, 2) == 2
    wait(lambda: opened(site, tender) >= 2, "the first opening")
    kill(short)
    done = opened(site, tender)
    assert 2 <= done < BIDS
    time.sleep(0.2)
    assert opened(site, tender) == done

    worker = site.worker("-m", "worker", "--concurrency=2", "--loglevel=INFO")
    try:
        base = f"/api/tenders/{tender.tender_id}"
        record = wait(
            lambda: site.door.call(None, "GET", f"{base}/opening").json().get("record"), "the record"
        )
        assert [line["outcome"] for line in record["bids"]] == ["opened"] * BIDS
        assert len({line["bid"] for line in record["bids"]}) == BIDS
        panel = list(draw_panel(site.platform, tender).values())
        for member in panel:
            vote(site.platform, tender, member)
        for number, bid_id in enumerate(bids_of(site.platform, tender)):
            for member in panel:
                score(site.platform, tender, member, bid_id, str(60 + number))
        report = wait(
            lambda: (found := site.door.call(None, "GET", f"{base}/report/json")).is_success and found,
            "the report",
        )
        assert [part["number"] for part in report.json()["parts"]] == list(range(1, 11))
    finally:
        worker.stop()
    with site.platform.database.reading() as session:
        assert outbox.failed_jobs(session) == []
    verify(site, base)


def verify(site: Site, base: str) -> None:
    """`mingtang verify` on the published capsule, without the site; and on one that was changed."""
    capsule = site.door.call(None, "GET", f"{base}/capsule.zip").content
    assert site.door.call(None, "GET", f"{base}/capsule.zip").content == capsule
    (site.folder / "keys.json").write_text(site.door.call(None, "GET", "/api/platform").text)
    changed = bytearray(capsule)
    changed[len(capsule) // 2] ^= 1
    for data, code in ((capsule, 0), (bytes(changed), 1)):
        (site.folder / "capsule.zip").write_bytes(data)
        command = [ROOT / "mingtang", "verify", "capsule.zip", "--keys", "keys.json", "--json"]
        done = subprocess.run(
            command, cwd=site.folder, env={**os.environ, **surroundings({})}, capture_output=True, check=False
        )
        assert done.returncode == code, done.stdout
        assert ("holds" in (said := json.loads(done.stdout)) and said["holds"]) is (code == 0)

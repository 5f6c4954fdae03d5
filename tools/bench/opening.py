"""Opening many large bids, one of them torn, by the embedded worker as it runs everywhere, with the floor beside it.

    python -m tools.bench.opening [--bids 500] [--mb 20]

Timed from the k-th release of shares to the published record: join shares, decrypt, check every digest and file, keep
the contents durably, record each bid. The floor decrypts the same number of bytes with bare AES-256-GCM, hashes them
twice with SHA-256 and writes them durably, on all cores. Needs four times the bids' bytes of disk (TMPDIR).
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts import actions as accounts
from accounts.duties import Duty
from crypto.archive import bytes_file, open_archive
from crypto.canonical import canonical
from crypto.envelope import open_share, seal_bytes
from crypto.envelope_prefix import EnvelopeHeader, read_prefix
from crypto.signatures import Signer, sign_statement
from kernel.clock import FixedClock, SystemClock
from kernel.ids import new_id
from tender import queries
from tender.actions import close, submit_bid
from tender.actions.open_bids import release_shares
from tender.opening import RELEASE_TYPE, Release, release_body
from tender.queries import stages
from tools.bench.report import beside, row
from tools.bench.submission import Site
from web.bids import stamp
from worker.embedded import EmbeddedWorker

MB = 10**6
LIMIT_SECONDS = 300.0
CORES = len(os.sched_getaffinity(0))
CHUNK = 1 << 20


def fill(site: Site, bids: int, size: int) -> None:
    """Seal and submit that many bids; the first one holds no archive."""
    offer = os.urandom(size)
    announced = canonical({"price": {"amount": "100.00", "currency": "CNY"}})
    for number in range(bids):
        actor = site.person(f"bidder-{number}", Duty.BIDDER)
        signer = Signer(actor.organisation_id, os.urandom(32))
        with site.adapters.database.transaction() as session:
            accounts.register_signing_key(session, actor=actor, public=signer.public, now=site.now)
        own = os.urandom(32) + offer[32:]  # so that no two contents are one object
        with open_archive([bytes_file("bid.json", announced), bytes_file("offer.bin", own)]) as archive:
            plain = archive.read() if number else own
        header = EnvelopeHeader(
            suite="hybrid",
            tender_id=site.tender_id,
            lot_id=site.lot_id,
            kind="bid",
            bidder_id=actor.organisation_id,
            bidder_key=signer.public,
            submission_id=new_id(),
            k=2,
            n=3,
            opener_keys=site.opener_keys,
        )
        body = seal_bytes(
            plain,
            header=header,
            opener_publics=site.publics,
            signer=signer,
            seed=os.urandom(32),
            announcement=announced,
            threads=CORES,
        )
        stored = site.adapters.objects.put_once(iter([body]), expected=None, limit_bytes=len(body))
        token, at = stamp(site.adapters, stored.digest)
        command = submit_bid.SubmitBid(site.tender_id, site.lot_id, (read_prefix(body),), stored, token, at)
        with site.adapters.database.transaction() as session:
            submit_bid.submit_bid(
                session, keys=site.adapters.keys, actor=actor, command=command, now=site.now
            )


def release(site: Site, position: int) -> None:
    """One opener decrypts and releases the shares of every bid."""
    adapters, key = site.adapters, site.keys[position - 1]
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        closing = close.close(session, keys=adapters.keys, tender_id=site.tender_id, now=now)
        prefixes = stages.prefixes(session, site.tender_id)
        value = queries.closing_value(closing)
    shares: dict[str, bytes | None] = {
        bid: open_share(prefix, position, key.hpke_private) for bid, prefix in prefixes.items()
    }
    statement = sign_statement(key.signer, RELEASE_TYPE, release_body(value, position, shares))
    with adapters.database.transaction() as session:
        release_shares(
            session,
            keys=adapters.keys,
            actor=site.openers[position - 1],
            tender_id=site.tender_id,
            release=Release(position, shares, statement),
            now=now,
        )


def timed_opening(site: Site) -> tuple[float, list[str]]:
    """Seconds from the second release to the record, and the outcomes."""
    clock = site.adapters.clock
    assert isinstance(clock, FixedClock)
    clock.advance(days=1, seconds=10)
    release(site, 1)
    worker = EmbeddedWorker(replace(site.adapters, clock=SystemClock()))
    worker.start()
    try:
        start = time.perf_counter()
        release(site, 2)
        while True:
            with site.adapters.database.reading() as session:
                record = queries.opening_record(session, site.tender_id)
                if record is not None:
                    took = time.perf_counter() - start
                    return took, [line["outcome"] for line in record.body["bids"]]
            time.sleep(0.2)
    finally:
        worker.stop()


def floor(folder: Path, bids: int, size: int) -> float:
    """Seconds for the bare work on the same number of bytes, on all cores."""
    cipher = AESGCM(bytes(32))
    chunks = [cipher.encrypt(bytes(12), bytes(CHUNK), None)] * (size // CHUNK + 1)

    def one(number: int) -> None:
        sealed, plain = sha256(), sha256()
        with (folder / str(number)).open("wb") as file:
            for chunk in chunks:
                sealed.update(chunk)
                opened = cipher.decrypt(bytes(12), chunk, None)
                plain.update(opened)
                file.write(opened)
            file.flush()
            os.fsync(file.fileno())

    start = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, range(bids)))
    return time.perf_counter() - start


def main() -> int:
    """Run both and print the comparison; exit code 1 if the limit is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bids", type=int, default=500)
    parser.add_argument("--mb", type=int, default=20)
    asked = parser.parse_args()
    size = asked.mb * MB
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "floor").mkdir()
        bare = floor(root / "floor", asked.bids, size)
        site = Site(root / "var", 2 * size + MB, FixedClock(SystemClock().now() - timedelta(days=2)))
        fill(site, asked.bids, size)
        ours, outcomes = timed_opening(site)
    opened = outcomes.count("opened")
    print(f"{opened} opened, {outcomes.count('malformed')} malformed, load {os.getloadavg()[0]:.1f}")
    assert (opened, outcomes.count("malformed")) == (asked.bids - 1, 1)
    name = f"open {asked.bids} bids of {asked.mb} MB"
    beside(f"{name}, bare AES-GCM, SHA-256, fsync", ours, bare)
    share = asked.bids * asked.mb / 10_000
    return 0 if row(f"{name}, limit 5 minutes for 10 GB", ours, LIMIT_SECONDS * share, 1.0) else 1


if __name__ == "__main__":
    sys.exit(main())

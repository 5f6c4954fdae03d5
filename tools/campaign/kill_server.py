"""kill -9 of the server while bids come in: whoever got a receipt has a bid, and nobody has two.

`python -m tools.campaign.kill_server [--cycles 100] [--seed 1]`. Clients submit sealed bids over HTTP, small and large;
the server's process group is killed at seeded moments and started again on the same folder and port; the clients send
again under the same Idempotency-Key until they hold a receipt. Then everything is read from disk and checked.
"""

import argparse
import json
import queue
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlmodel import Session, select

from crypto.checkpoint import read_checkpoint, read_proof
from crypto.merkle import Frontier, consistency_proof, leaf_hash, root_of, verify_consistency
from crypto.parts_digest import file_parts_digest
from crypto.receipts import check_receipt
from kernel.settings import Settings
from storage import audit_log
from storage.adapters import Adapters, make_adapters
from storage.audit_log import LogRecord
from tender.records import BidRecord
from tools.bench.submission import Sealed, Site
from tools.campaign.server import Server

CLIENTS = 6
BIDS_A_CYCLE = 8
SIZES = (2_000, 2_000, 2_000, 300_000, 3_000_000)  # the largest comes in pieces
CHUNK = 64 * 1024
REPEAT = 0.25  # of those who hold a receipt ask for it once more
PATIENCE = 120.0  # seconds until a client gives up


@dataclass
class Diary:
    """What the clients got: every answer to every bid, by digest."""

    receipts: dict[str, list[str]] = field(default_factory=dict)
    broken: int = 0  # requests that ended without an answer
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, digest: str, receipt: str) -> None:
        """Keep a receipt."""
        with self.lock:
            self.receipts.setdefault(digest, []).append(receipt)

    def held(self) -> int:
        """How many bids have a receipt."""
        with self.lock:
            return len(self.receipts)


class Client(threading.Thread):
    """A bidder's program: it takes bids from the pile and sends each until it holds the receipt."""

    def __init__(self, url: str, pile: "queue.SimpleQueue[Sealed]", diary: Diary, seed: str) -> None:
        super().__init__(daemon=True)
        self._url, self._pile, self._diary = url, pile, diary
        self._random = random.Random(seed)  # noqa: S311 - a schedule, not a secret

    def run(self) -> None:
        """Work until the pile is empty."""
        with httpx.Client(timeout=30) as http:
            while True:
                try:
                    bid = self._pile.get_nowait()
                except queue.Empty:
                    return
                self._deliver(http, bid)
                if self._random.random() < REPEAT:
                    self._deliver(http, bid)

    def _deliver(self, http: httpx.Client, bid: Sealed) -> None:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                answer = self._send(http, bid)
            except httpx.TransportError:
                with self._diary.lock:
                    self._diary.broken += 1
                time.sleep(0.02)
                continue
            if answer.status_code == 201:
                self._diary.note(bid.digest, answer.text)
                return
            with self._diary.lock:
                self._diary.refused.append(f"{answer.status_code} {answer.text[:300]}")
            return
        with self._diary.lock:
            self._diary.refused.append(f"no answer within {PATIENCE} s")

    def _send(self, http: httpx.Client, bid: Sealed) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {bid.token}",
            "Idempotency-Key": bid.digest,
            "Content-Length": str(len(bid.body)),
        }
        return http.post(self._url, content=pieces(bid.body), headers=headers)


def pieces(body: bytes) -> Iterator[bytes]:
    """A body as a network brings it."""
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


@contextmanager
def clients(url: str, bids: list[Sealed], diary: Diary, seed: int) -> Iterator[list[Client]]:
    """Clients at work on the bids; ends when all are done."""
    pile: queue.SimpleQueue[Sealed] = queue.SimpleQueue()
    for bid in bids:
        pile.put(bid)
    crowd = [Client(url, pile, diary, f"{seed}/{number}") for number in range(CLIENTS)]
    for client in crowd:
        client.start()
    yield crowd
    for client in crowd:
        client.join()


def run(folder: Path, cycles: int, seed: int) -> Diary:
    """Submit while the server is killed `cycles` times; returns what the clients got. The server is dead at the end."""
    moments = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    site = Site(folder)
    count = cycles * BIDS_A_CYCLE
    bids = [site.seal(number, moments.choice(SIZES)) for number in range(count)]
    site.adapters.database.close()
    diary, server = Diary(), Server(folder)
    server.start()
    try:
        with clients(
            f"{server.url}/api/tenders/{site.tender_id}/lots/{site.lot_id}/bids", bids, diary, seed
        ) as crowd:
            # Each kill waits for a number of receipts, so that it falls into the work, then for some milliseconds.
            for threshold in sorted(moments.sample(range(count - CLIENTS), cycles)):
                delay = moments.uniform(0, 0.05)
                while diary.held() < threshold and any(client.is_alive() for client in crowd):
                    time.sleep(0.001)
                time.sleep(delay)
                server.kill()
                server.start()
    finally:
        server.kill()
    return diary


def check(folder: Path, diary: Diary, expected: int) -> None:
    """Compare what the clients hold with what is on disk; raises at the first thing that does not fit."""
    assert diary.refused == [], diary.refused[:3]
    assert len(diary.receipts) == expected, f"{len(diary.receipts)} of {expected} bids have a receipt"
    adapters = make_adapters(Settings(var=folder))
    with closing(adapters.database), adapters.database.reading() as session:
        check_database(session)
        head = check_log(session)
        bids = {bid.digest.hex(): bid for bid in session.exec(select(BidRecord))}
        check_no_doubles(session, list(bids.values()), expected)
        for digest, texts in diary.receipts.items():
            assert set(texts) == {bids[digest].receipt}, f"other receipts than the database's for {digest}"
            check_one(session, adapters, bids[digest], head)
    check_objects(folder / "objects")


def check_log(session: Session) -> Frontier:
    """The log's head is the root over its leaves, one by one; returns it."""
    head = audit_log.frontier(session)
    leaves = audit_log.leaves(session, 0, head.size)
    assert len(leaves) == head.size
    assert root_of(leaf_hash(leaf) for leaf in leaves) == head.root()
    return head


def check_no_doubles(session: Session, bids: list[BidRecord], expected: int) -> None:
    """As many rows as bids, numbered without a gap, each logged once."""
    rows = session.exec(select(BidRecord.sequence)).all()
    assert sorted(rows) == list(range(1, expected + 1))
    facts = session.exec(select(LogRecord.fact).where(LogRecord.kind == "bid.sealed")).all()
    logged = Counter(json.loads(fact)["subject"] for fact in facts)
    assert logged == Counter(bid.id for bid in bids)


def check_one(session: Session, adapters: Adapters, bid: BidRecord, head: Frontier) -> None:
    """One receipt against the platform's keys, its object and the final log."""
    keys, receipt = adapters.keys, json.loads(bid.receipt)
    facts = check_receipt(
        receipt,
        log_vkey=keys.log_vkey,
        platform_public=keys.receipts.public,
        tsa_certificate=keys.authority.certificate,
        envelope_digest=bid.digest,
    )
    assert (facts.bid_id, facts.log_index, facts.received_at) == (bid.id, bid.log_index, bid.received_at)
    with adapters.objects.open(bid.digest) as file:
        assert file_parts_digest(file) == bid.digest, "an object is not what its name says"
    then = read_checkpoint(read_proof(receipt["proof"]).checkpoint, keys.log_vkey)
    proof = consistency_proof(then.size, head.size, audit_log.node_reader(session))
    verify_consistency(then.size, head.size, proof, then.root, head.root())


def check_database(session: Session) -> None:
    """SQLite finds nothing wrong with its file."""
    assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []


def check_objects(folder: Path) -> None:
    """No final name stands for anything but the bytes that it is the digest of."""
    for file in folder.glob("[0-9a-f][0-9a-f]/*"):
        assert file_parts_digest(file).hex() == file.name, f"half an object under {file.name}"


def main() -> int:
    """Run the campaign and say what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=100, help="how often the server is killed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        diary = run(folder, options.cycles, options.seed)
        check(folder, diary, options.cycles * BIDS_A_CYCLE)
        left = len(list((folder / "objects" / "incoming").iterdir()))
    print(
        f"{options.cycles} kills, {len(diary.receipts)} bids, {sum(map(len, diary.receipts.values()))} answers, "
        f"{diary.broken} broken requests, {left} unfinished uploads left to sweep: every receipt holds"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Submitting bids of 2 kB over HTTP, against a bare handler that hashes and inserts the same bytes durably.

`python -m tools.bench.submission [--bids 200] [--rounds 3] [--clients 16]`. Both servers run under uvicorn with one
process, both take the same envelopes from the same client, in turn. Ours checks the envelope and its signature, stores
the object, stamps it, inserts bid and log entry, and signs a receipt with its inclusion proof.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from argon2 import PasswordHasher

from accounts import actions as accounts
from accounts import queries as account_queries
from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopeHeader
from crypto.opener_keys import OpenerKey, make_opener_key, offer_key, open_opener_key
from crypto.parts_digest import parts_digest
from crypto.passphrase import PassphraseCost
from crypto.signatures import Signer
from crypto.suites import suite
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.settings import Settings
from storage.adapters import Adapters, make_adapters
from storage.migrate import upgrade
from tender import queries
from tender.actions import draft, publish, rehearse
from tender.rehearsal import rehearsal_info
from tender.timetable import Periods, Timetable
from tools.bench.report import row

BID_BYTES = 2048
TARGET = 0.5


@dataclass
class Sealed:
    """One envelope with the token of its bidder."""

    body: bytes
    digest: str
    token: str


class Site:
    """A platform in a folder with a published tender, ready for bids."""

    def __init__(self, folder: Path, limit_bytes: int = 10**7, clock: Clock | None = None) -> None:
        self.limit_bytes = limit_bytes
        self.keys: list[OpenerKey] = []
        self.openers: list[Actor] = []
        accounts.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # nobody signs in here
        # A clock of its own agrees with no other one.
        settings = Settings(var=folder, pulse_seconds=0) if clock else Settings(var=folder)
        upgrade(settings.database)
        self.adapters: Adapters = make_adapters(settings, clock)
        self.now = clock.now() if clock else datetime.now(UTC)
        with self.adapters.database.transaction() as session:
            accounts.bootstrap(session, sign_in="operator", password=new_id(), now=self.now)
            operator = account_queries.person_by_sign_in(session, "operator")
            assert operator is not None
            self.operator = account_queries.actor(session, operator.id)
        self.publish()

    def person(self, name: str, duty: Duty) -> Actor:
        """A person of an organisation of their own."""
        with self.adapters.database.transaction() as session:
            firm = accounts.add_organisation(session, actor=self.operator, name=name, now=self.now)
            command = accounts.AddPerson(firm, name, name, new_id(), frozenset({duty}))
            person_id = accounts.add_person(session, actor=self.operator, command=command, now=self.now)
            return account_queries.actor(session, person_id)

    def publish(self) -> None:
        """Publish a tender with three openers."""
        office = self.person("office", Duty.TENDER_OFFICE)
        openers = [self.person(f"opener-{n}", Duty.OPENER) for n in (1, 2, 3)]
        self.openers = openers
        command = draft.EditDraft(
            reference="bench",
            title={"zh": "测", "en": "Bench"},
            summary={"en": "Bench"},
            lots=({"en": "Lot"},),
            timetable=Timetable(self.now + timedelta(days=1), self.now + timedelta(days=1)),
            periods=Periods(bidding_days=0),
            suite="hybrid",
            opener_ids=tuple(person.person_id for person in openers),
        )
        stored = self.adapters.objects.put_once(iter([b"terms"]), expected=None, limit_bytes=10)
        with self.adapters.database.transaction() as session:
            self.tender_id = draft.begin_draft(session, actor=office, command=command, now=self.now)
            self.lot_id = queries.lots(session, self.tender_id)[0].id
            rulebook = draft.FrozenRulebook({}, "0" * 64, "CNY", 2)
            draft.set_rulebook(session, actor=office, tender_id=self.tender_id, rulebook=rulebook)
            draft.add_document(
                session,
                actor=office,
                tender_id=self.tender_id,
                name="terms",
                media_type="text/plain",
                stored=stored,
                now=self.now,
            )
            self.publics = [self.register(session, person) for person in openers]
            publish.publish(
                session,
                actor=office,
                tender_id=self.tender_id,
                bid_limit_bytes=self.limit_bytes,
                now=self.now,
            )
            window = queries.submission_window(session, self.tender_id)
            self.opener_keys = window.opener_keys

    def register(self, session: object, person: Actor) -> bytes:
        """Register and rehearse an opener's key; its public part."""
        file = make_opener_key(
            "hybrid", self.tender_id, person.person_id, "x" * 12, cost=PassphraseCost(64, 1, 1)
        )
        key = open_opener_key(file, "x" * 12)
        common = {"actor": person, "tender_id": self.tender_id, "now": self.now}
        rehearse.register_key(session, statement=offer_key(key), **common)  # type: ignore[arg-type]
        sealed = queries.opener_of(session, self.tender_id, person.person_id).rehearsal  # type: ignore[arg-type]
        answer = suite("hybrid").open_with(key.hpke_private, rehearsal_info(self.tender_id), sealed or b"")
        rehearse.rehearse(session, answer=answer, **common)  # type: ignore[arg-type]
        self.keys.append(key)
        return key.public.hpke_public

    def seal(self, number: int, size: int = BID_BYTES) -> Sealed:
        """A bid of a fresh bidder."""
        actor = self.person(f"bidder-{number}", Duty.BIDDER)
        signer = Signer(actor.organisation_id, os.urandom(32))
        with self.adapters.database.transaction() as session:
            accounts.register_signing_key(session, actor=actor, public=signer.public, now=self.now)
            token = accounts.issue_token(
                session, person_id=actor.person_id, label="bench", scopes=[Scope.BID], days=1, now=self.now
            )
        header = EnvelopeHeader(
            "hybrid",
            self.tender_id,
            self.lot_id,
            "bid",
            actor.organisation_id,
            signer.public,
            new_id(),
            2,
            3,
            self.opener_keys,
        )
        body = seal_bytes(
            os.urandom(size),
            header=header,
            opener_publics=self.publics,
            signer=signer,
            seed=os.urandom(32),
            announcement=b"{}",
        )
        return Sealed(body, parts_digest(body).hex(), token)


@contextmanager
def serving(app: str, factory: bool, port: int, **environment: str) -> Iterator[str]:
    """A uvicorn process; yields its address."""
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "error"]
    command += ["--factory"] if factory else []
    with subprocess.Popen(command, env={**os.environ, **environment}) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(200):
                try:
                    httpx.get(url + "/health")
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()


async def drive(url: str, bids: list[Sealed], clients: int) -> float:
    """Seconds to send all bids with so many clients at once; every answer must be 201."""
    queue = list(bids)
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:

        async def client() -> None:
            while queue:
                bid = queue.pop()
                headers = {"Authorization": f"Bearer {bid.token}", "Idempotency-Key": bid.digest}
                answer = await http.post("", content=bid.body, headers=headers)
                assert answer.status_code == 201, answer.text

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return time.perf_counter() - start


def main() -> bool:
    """Run both and print the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bids", type=int, default=200, help="per round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=16, help="at once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        bids = [site.seal(number) for number in range(options.bids * (options.rounds + 1))]
        site.adapters.database.close()
        ours, bare = [], []
        with (
            serving("web.app:create_app", True, 8741, MINGTANG_VAR=folder) as platform,
            serving("tools.bench.bare_app:app", False, 8742, BARE_DATABASE=f"{folder}/bare.sqlite3") as floor,
        ):
            path = f"/api/tenders/{site.tender_id}/lots/{site.lot_id}/bids"
            for turn in range(options.rounds + 1):
                part = bids[turn * options.bids : (turn + 1) * options.bids]
                ours.append(asyncio.run(drive(platform + path, part, options.clients)))
                bare.append(asyncio.run(drive(floor + "/bodies", part, options.clients)))
        # The first round warms both up and is not counted.
        a, b = statistics.median(ours[1:]) / options.bids, statistics.median(bare[1:]) / options.bids
        return row(
            f"bids of {BID_BYTES // 1024} kB over HTTP, {options.clients} clients",
            a,
            b,
            TARGET,
            better="higher",
        )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

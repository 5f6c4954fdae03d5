"""Plain functions with valid defaults: a platform on a folder, people, a published tender, sealed bids."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

from sqlalchemy import inspect
from sqlmodel import SQLModel, select

from accounts import actions as accounts
from accounts import queries as account_queries
from accounts.duties import Actor, Duty
from crypto.archive import archive_size, bytes_file, open_archive
from crypto.canonical import canonical
from crypto.envelope import open_share, seal_bytes
from crypto.envelope_prefix import EnvelopeHeader, EnvelopePrefix, read_prefix
from crypto.opener_keys import OpenerKey, make_opener_key, offer_key, open_opener_key
from crypto.own_secrets import own_seed
from crypto.passphrase import PassphraseCost
from crypto.signatures import Signer, sign_statement
from crypto.suites import suite
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import Adapters, make_adapters
from storage.database import Database
from storage.objects import StoredObject
from storage.outbox import JobRecord
from tender import queries
from tender.actions import close, draft, open_bids, open_prices, publish, rehearse, submit_bid, unseal
from tender.envelopes import Moment
from tender.opening import RELEASE_TYPE, Closing, Release, release_body
from tender.queries import stages
from tender.rehearsal import rehearsal_info
from tender.timetable import Periods, Timetable

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CLOSES = NOW + timedelta(days=30)
CHEAP = PassphraseCost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "a long enough passphrase"
PASSWORD = "a long enough password"


@dataclass
class Platform:
    """A platform with a clock that stands still until it is moved."""

    adapters: Adapters
    clock: FixedClock
    operator: Actor
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.adapters.database

    def person(self, name: str, *duties: Duty, organisation: str = "") -> Actor:
        """A person, made once; by default each belongs to an organisation of their own."""
        if name not in self.people:
            self.people[name] = add_person(self, name, *duties, organisation=organisation or f"{name} Ltd")
        return self.people[name]


FOLDERS: list[Path] = []
"""Where what is made once and copied lies: the run's own temporary folder, which pytest clears away."""


def kept_folder(prefix: str) -> Path:
    """A folder for what is made once in a run."""
    return Path(mkdtemp(prefix=prefix, dir=FOLDERS[0] if FOLDERS else None))


NEVER = 10**6  # seconds: no sweep comes between the acts of a test unless it asks for one


@cache
def empty_tables() -> Path:
    """An SQLite file with every table and no row: to copy it takes a tenth of the time that it takes to make it."""
    settings = Settings(var=kept_folder("tables-"))
    database = Database(settings.database)
    SQLModel.metadata.create_all(database.engine)
    database.close()  # the last one to leave empties the journal into the file
    return Path(settings.database.removeprefix("sqlite:///"))


def make_platform(
    folder: Path, database_url: str = "", clock: FixedClock | None = None, *, log_pace: int = 0
) -> Platform:
    """A fresh embedded platform in a folder, with its operator; every entry of its log is public at once."""
    clock = clock or FixedClock(NOW)
    settings = Settings(
        var=folder,
        database_url=database_url,
        sweep_seconds=NEVER,
        pulse_seconds=0,
        log_pace_seconds=log_pace,
    )
    if not database_url:
        folder.mkdir(parents=True, exist_ok=True)
        copyfile(empty_tables(), folder / empty_tables().name)
    adapters = make_adapters(settings, clock)
    if database_url and not inspect(adapters.database.engine).has_table("log_entries"):
        SQLModel.metadata.create_all(adapters.database.engine)
    with adapters.database.transaction() as session:
        person_id = accounts.bootstrap(session, sign_in="operator", password=PASSWORD, now=clock.now())
        assert person_id is not None
    with adapters.database.reading() as session:
        operator = account_queries.actor(session, person_id)
    return Platform(adapters, clock, operator)


def add_person(platform: Platform, name: str, *duties: Duty, organisation: str) -> Actor:
    """Register a person, and their organisation where it is new."""
    now = platform.clock.now()
    with platform.database.transaction() as session:
        known = account_queries.organisation_by_name(session, organisation)
        organisation_id = (
            known.id
            if known
            else accounts.add_organisation(session, actor=platform.operator, name=organisation, now=now)
        )
        command = accounts.AddPerson(organisation_id, name, name, PASSWORD, frozenset(duties))
        person_id = accounts.add_person(session, actor=platform.operator, command=command, now=now)
    with platform.database.reading() as session:
        return account_queries.actor(session, person_id)


@dataclass
class PublishedTender:
    """A published tender with the keys of its openers."""

    tender_id: str
    lot_id: str
    office: Actor
    openers: list[Actor]
    keys: list[OpenerKey]


def make_rulebook(**changes: Any) -> draft.FrozenRulebook:
    """A rulebook as the tender module sees it: its body is not read there."""
    values: dict[str, Any] = {
        "body": {"name": "test"},
        "digest": "0" * 64,
        "currency": "CNY",
        "price_places": 2,
    }
    return draft.FrozenRulebook(**{**values, **changes})


def make_draft(platform: Platform, openers: int = 3, threshold: int = 2, **changes: Any) -> PublishedTender:
    """A draft that only lacks its publication: openers have rehearsed."""
    office = platform.person("office", Duty.TENDER_OFFICE)
    people = [platform.person(f"opener-{i}", Duty.OPENER) for i in range(1, openers + 1)]
    values: dict[str, Any] = {
        "reference": "T-1",
        "title": {"zh": "道路", "en": "Road"},
        "summary": {"zh": "修一条路", "en": "Build a road"},
        "lots": ({"zh": "一标段", "en": "Lot 1"},),
        "timetable": Timetable(CLOSES - timedelta(days=10), CLOSES, 1),
        "periods": Periods(),
        "suite": "classic",
        "threshold": threshold,
        "opener_ids": tuple(person.person_id for person in people),
    }
    now = platform.clock.now()
    command = draft.EditDraft(**{**values, **changes})
    stored = platform.adapters.objects.put_once(iter([b"terms"]), expected=None, limit_bytes=100)
    with platform.database.transaction() as session:
        tender_id = draft.begin_draft(session, actor=office, command=command, now=now)
        draft.set_rulebook(session, actor=office, tender_id=tender_id, rulebook=make_rulebook())
        draft.add_document(
            session,
            actor=office,
            tender_id=tender_id,
            name="terms.pdf",
            media_type="application/pdf",
            stored=stored,
            now=now,
        )
        lot_id = queries.lots(session, tender_id)[0].id
    suite_name = command.suite or "classic"
    keys = [register_opener(platform, tender_id, person, suite_name) for person in people]
    return PublishedTender(tender_id, lot_id, office, people, keys)


def register_opener(platform: Platform, tender_id: str, person: Actor, suite_name: str) -> OpenerKey:
    """Make an opener's key, register it and pass the rehearsal."""
    file = make_opener_key(suite_name, tender_id, person.person_id, PASSPHRASE, cost=CHEAP)
    key = open_opener_key(file, PASSPHRASE)
    now = platform.clock.now()
    with platform.database.transaction() as session:
        rehearse.register_key(session, actor=person, tender_id=tender_id, statement=offer_key(key), now=now)
        sealed = queries.opener_of(session, tender_id, person.person_id).rehearsal
        assert sealed is not None
        answer = suite(suite_name).open_with(key.hpke_private, rehearsal_info(tender_id), sealed)
        rehearse.rehearse(session, actor=person, tender_id=tender_id, answer=answer, now=now)
    return key


def make_tender(platform: Platform, **changes: Any) -> PublishedTender:
    """A published tender."""
    made = make_draft(platform, **changes)
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=made.office,
            tender_id=made.tender_id,
            bid_limit_bytes=10_000_000,
            now=platform.clock.now(),
        )
    return made


@dataclass
class SealedBid:
    """A sealed bid on the bidder's machine."""

    envelope: bytes
    bidder: Actor
    signer: Signer
    header: EnvelopeHeader


def make_bidder(platform: Platform, name: str) -> tuple[Actor, Signer]:
    """A bidder with a registered signing key."""
    actor = platform.person(name, Duty.BIDDER)
    signer = Signer(actor.organisation_id, os.urandom(32))
    with platform.database.transaction() as session:
        accounts.register_signing_key(session, actor=actor, public=signer.public, now=platform.clock.now())
    return actor, signer


def make_bid(
    platform: Platform, tender: PublishedTender, name: str, price: str = "1000000.00", **changes: Any
) -> SealedBid:
    """A sealed bid of a bidder; `changes` replace header fields, `bid_json` the announced part; `files` are added.

    `maker` is the bidder with the key, where both exist already; `certificate` signs too.
    """
    actor, signer = changes.pop("maker", None) or make_bidder(platform, name)
    publics = [key.public.hpke_public for key in tender.keys]
    files: dict[str, bytes] = changes.pop("files", {})
    certificate = changes.pop("certificate", None)
    announced = changes.pop("bid_json", canonical({"price": {"amount": price, "currency": "CNY"}}))
    values: dict[str, Any] = {
        "suite": tender.keys[0].public.suite,
        "tender_id": tender.tender_id,
        "lot_id": tender.lot_id,
        "kind": "bid",
        "bidder_id": actor.organisation_id,
        "bidder_key": signer.public,
        "submission_id": str(uuid4()),
        "k": 2,
        "n": len(publics),
        "opener_keys": tuple(key.public.fingerprint for key in tender.keys),
    }
    header = EnvelopeHeader(**{**values, **changes})
    members = [bytes_file("bid.json", announced), bytes_file("offer.txt", b"our offer")]
    members += [bytes_file(file, body) for file, body in files.items()]
    with open_archive(members) as archive:
        plain = archive.read()
    assert len(plain) == archive_size(members)
    envelope = seal_bytes(
        plain,
        header=header,
        opener_publics=publics,
        signer=signer,
        seed=own_seed(signer, header.ctx()),
        announcement=announced,
        certificate=certificate,
    )
    return SealedBid(envelope, actor, signer, header)


def prefixes_in(file: bytes) -> tuple[EnvelopePrefix, ...]:
    """The prefixes of the envelopes in the file of a bid, whose payloads may be anything."""
    found: list[EnvelopePrefix] = []
    while file:
        found.append(read_prefix(file))
        file = file[found[-1].total_size :]
    return tuple(found)


def store(platform: Platform, envelope: bytes) -> StoredObject:
    """Put an envelope where the platform keeps objects."""
    return platform.adapters.objects.put_once(iter([envelope]), expected=None, limit_bytes=10_000_000)


def submit(platform: Platform, bid: SealedBid, tender: PublishedTender, replaces: str | None = None) -> str:
    """Submit a sealed bid at the platform's present moment; returns the receipt."""
    from web.bids import stamp

    stored = store(platform, bid.envelope)
    token, stamped_at = stamp(platform.adapters, stored.digest)
    command = submit_bid.SubmitBid(
        tender.tender_id,
        tender.lot_id,
        prefixes_in(bid.envelope),
        stored,
        token,
        stamped_at,
        replaces,
    )
    with platform.database.transaction() as session:
        return submit_bid.submit_bid(
            session,
            keys=platform.adapters.keys,
            actor=bid.bidder,
            command=command,
            now=platform.clock.now(),
        )


def release(platform: Platform, tender: PublishedTender, position: int, **tampered: bytes | None) -> int:
    """One opener (by position from 1) releases shares; `tampered` replaces the share of a bid."""
    key = tender.keys[position - 1]
    with platform.database.transaction() as session:
        record = close.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
        prefixes = stages.prefixes(session, tender.tender_id)
        closing: Closing = queries.closing_value(record)
    shares: dict[str, bytes | None] = {
        bid_id: open_share(prefix, position, key.hpke_private) for bid_id, prefix in prefixes.items()
    }
    shares.update(tampered)
    statement = sign_statement(key.signer, RELEASE_TYPE, release_body(closing, position, shares))
    with platform.database.transaction() as session:
        return open_bids.release_shares(
            session,
            keys=platform.adapters.keys,
            actor=tender.openers[position - 1],
            tender_id=tender.tender_id,
            release=Release(position, shares, statement),
            now=platform.clock.now(),
        )


def release_prices(platform: Platform, tender: PublishedTender, position: int) -> int:
    """One opener releases the shares of the prices, once the scores are locked."""
    key = tender.keys[position - 1]
    with platform.database.reading() as session:
        prefixes = stages.prefixes(session, tender.tender_id, Moment.SCORES_LOCKED)
        closing = open_prices.closing_with_lock(session, tender.tender_id)
    assert closing is not None
    shares = {name: open_share(prefix, position, key.hpke_private) for name, prefix in prefixes.items()}
    statement = sign_statement(key.signer, RELEASE_TYPE, release_body(closing, position, shares))
    with platform.database.transaction() as session:
        return open_prices.release_prices(
            session,
            actor=tender.openers[position - 1],
            tender_id=tender.tender_id,
            release=Release(position, shares, statement),
            now=platform.clock.now(),
        )


def pass_closing(platform: Platform, tender: PublishedTender) -> None:
    """Let a tender close now, for tests with processes that read the machine's clock."""
    now = platform.clock.at = datetime.now(UTC)
    with platform.database.transaction() as session:
        queries.tender(session, tender.tender_id).closes_at = now
        for job in session.exec(select(JobRecord).where(JobRecord.name == "close_tender")):
            if job.payload == {"tender_id": tender.tender_id}:
                job.due_at = now


def open_all(platform: Platform, tender: PublishedTender) -> None:
    """Do what the jobs of an opening do, one envelope after the other."""
    with platform.database.reading() as session:
        bid_ids = [bid.id for bid in queries.sealed_bids(session, tender.tender_id)]
    for bid_id in bid_ids:
        with platform.database.reading() as session:
            task = unseal.opening_task(session, bid_id, platform.clock.now())
        unsealed = unseal.unseal(platform.adapters.objects, platform.adapters.settings.var / "spool", task)
        if unsealed is not None:
            with platform.database.transaction() as session:
                record = open_prices.record_price if unsealed.is_later else open_bids.record_opened
                record(session, bid_id=bid_id, unsealed=unsealed, now=platform.clock.now())

"""Sealed bids with files and traces, handed in as through the door."""

import os
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from crypto.archive import bytes_file, open_archive
from crypto.canonical import canonical
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopeHeader
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from tender.actions import draft, publish, submit_bid
from tender.traces import SubmissionTrace, seal_trace
from tests.builders import Platform, PublishedTender, make_bidder, make_draft, prefixes_in, store
from tests.evaluation.cases import rulebook_data
from web.bids import stamp


def scored_tender(platform: Platform, document: bytes = b"terms of old") -> PublishedTender:
    """A published tender with a rulebook that a panel can work with, and a text among its documents."""
    rules = read_rulebook(rulebook_data())
    tender = make_draft(platform, openers=2)
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    now = platform.clock.now()
    with platform.database.transaction() as session:
        draft.set_rulebook(session, actor=tender.office, tender_id=tender.tender_id, rulebook=frozen)
        draft.add_document(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            name="terms.txt",
            media_type="text/plain",
            stored=store(platform, document),
            now=now,
        )
        publish.publish(
            session, actor=tender.office, tender_id=tender.tender_id, bid_limit_bytes=10_000_000, now=now
        )
    return tender


def hand_in(
    platform: Platform,
    tender: PublishedTender,
    name: str,
    price: str,
    files: Mapping[str, bytes],
    *,
    trace: SubmissionTrace | None = None,
    announced: Mapping[str, Any] | None = None,
) -> None:
    """Seal the files of a bidder and submit them from an address; `announced` adds to bid.json."""
    actor, signer = make_bidder(platform, name)
    publics = [key.public.hpke_public for key in tender.keys]
    bid_json = canonical({"price": {"amount": price, "currency": "CNY"}, **(announced or {})})
    header = EnvelopeHeader(
        suite=tender.keys[0].public.suite,
        tender_id=tender.tender_id,
        lot_id=tender.lot_id,
        kind="bid",
        bidder_id=actor.organisation_id,
        bidder_key=signer.public,
        submission_id=str(uuid4()),
        k=2,
        n=len(publics),
        opener_keys=tuple(key.public.fingerprint for key in tender.keys),
    )
    members = [bytes_file("bid.json", bid_json), *(bytes_file(name, data) for name, data in files.items())]
    with open_archive(members) as archive:
        plain = archive.read()
    envelope = seal_bytes(
        plain,
        header=header,
        opener_publics=publics,
        signer=signer,
        seed=os.urandom(32),
        announcement=bid_json,
    )
    stored = store(platform, envelope)
    token, stamped_at = stamp(platform.adapters, stored.digest)
    sealed = seal_trace(platform.adapters.keys.people, header.submission_id, trace) if trace else b""
    command = submit_bid.SubmitBid(
        tender.tender_id,
        tender.lot_id,
        prefixes_in(envelope),
        stored,
        token,
        stamped_at,
        None,
        sealed,
    )
    with platform.database.transaction() as session:
        submit_bid.submit_bid(
            session, keys=platform.adapters.keys, actor=actor, command=command, now=platform.clock.now()
        )

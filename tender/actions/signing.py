"""Check and keep what proves a signature by certificate."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from accounts import queries as accounts
from crypto.envelope_prefix import EnvelopePrefix
from storage import revocation_lists
from tender.records import BidSigningRecord
from tender.signing import Holder, SigningProof, check_signed
from tender.submission import SubmissionWindow


def check_certificates(
    session: Session,
    window: SubmissionWindow,
    bidder_id: str,
    prefixes: Sequence[EnvelopePrefix],
    at: datetime,
) -> SigningProof | None:
    """Check a bid's signatures by certificate at a moment, with the lists at hand; None where none is asked for."""
    authorities = window.signing.authorities
    holder = holder_of(session, bidder_id) if authorities else Holder("")
    lists = {one.name: revocation_lists.current(session, one.name) for one in authorities}
    return check_signed(window.signing, holder, prefixes, lists, at)


def holder_of(session: Session, organisation_id: str) -> Holder:
    """Whom a certificate of an organisation must name."""
    record = accounts.organisation(session, organisation_id)
    return Holder(record.name, record.number or "")


def keep_proof(session: Session, bid_id: str, proof: SigningProof) -> None:
    """Keep a proof with its bid, and the lists that it rests on for good."""
    revocation_lists.mark_used(session, [bytes.fromhex(digest) for digest in proof.lists])
    session.add(BidSigningRecord(bid_id=bid_id, proof=proof.to_json()))

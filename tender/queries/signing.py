"""Selects over what proves signatures by certificate."""

from sqlmodel import Session

from storage import revocation_lists
from tender.records import BidSigningRecord
from tender.signing import SigningProof, read_proof


def proof_of(session: Session, bid_id: str) -> SigningProof | None:
    """Why the certificate that signed a bid was accepted; None where none had to sign."""
    record = session.get(BidSigningRecord, bid_id)
    return None if record is None else read_proof(record.proof)


def list_content(session: Session, digest: str) -> bytes:
    """A revocation list by its digest in hex."""
    return revocation_lists.content(session, bytes.fromhex(digest))

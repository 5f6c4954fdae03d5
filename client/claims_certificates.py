"""The claim on signatures, as far as certificates made them: signature, chain and status at the stamped moment."""

from hashlib import sha256

from client.claims import Evidence, NotProven
from crypto.canonical import unb64
from crypto.certificate_keys import sm2_point
from crypto.certificates import read_certificate
from crypto.sm2 import is_installed
from crypto.timestamps import check_token
from kernel.errors import IntegrityBroken, TenderingError
from tender.signing import Holder, check_signed, read_proof, read_terms


def check_certificates(evidence: Evidence) -> int:
    """Judge each bid again as at its admission, by what was kept; returns how many certificates signed.

    Raises:
        IntegrityBroken: names the bid and what does not hold.
    """
    terms = read_terms(evidence.notice["sealing"].get("signing"))
    needs_sm2 = any(sm2_point(read_certificate(der)) for one in terms.authorities for der in one.certificates)
    if needs_sm2 and not is_installed():
        raise NotProven("certificates of SM2 need the Python package gmssl-pyx, which is not installed")
    stamps = unb64(evidence.keys["timestamp_certificate"])
    for bid, (_, fact) in evidence.sealed.items():
        prefixes = [place.prefix for place in evidence.places[bid]]
        if not terms.authorities:
            check_signed(terms, Holder(""), prefixes, {}, evidence.closes_at)
            continue
        said = read_proof(evidence.bid(bid)["signing"])
        if said.digest() != fact.data.get("signing"):
            raise IntegrityBroken(what=f"the log does not say why the certificate of bid {bid} was accepted")
        at = check_token(unb64(evidence.bid(bid)["token"]), bytes.fromhex(str(fact.data["digest"])), stamps)
        lists = [_list(evidence, digest) for digest in said.lists]
        try:
            found = check_signed(terms, said.holder, prefixes, {said.authority: lists}, at)
        except TenderingError as error:
            raise IntegrityBroken(what=f"bid {bid}: {error}") from None
        if found != said:
            raise IntegrityBroken(what=f"the account of the certificate of bid {bid} does not fit it")
    return len(evidence.sealed) if terms.authorities else 0


def _list(evidence: Evidence, digest: str) -> bytes:
    found = evidence.capsule.parts.get(f"signing/{digest}.crl")
    if found is None or sha256(found).hexdigest() != digest:
        raise IntegrityBroken(what="a revocation list that a bid rests on is missing or another one")
    return found

"""Who may sign the bids of a tender: the account's key alone, or besides it a certificate of a named authority.

The account's key always signs, and everything in the envelope is bound to it. Where the notice names authorities, each
envelope also carries a signature by a certificate of the bidder that was valid, and not revoked, at the moment the bid
was stamped (电子签名法 art. 13, 16; 电子招标投标办法 art. 40: 电子签名).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

from crypto.canonical import JsonValue, b64, canonical, unb64
from crypto.certificate_keys import RULE
from crypto.certificates import anchors_of, check_chain, has_name, has_number, read_certificate
from crypto.envelope_prefix import EnvelopePrefix
from crypto.revocation import check_status
from crypto.signing_certificate import check_signature
from kernel.errors import BadInput, IntegrityBroken, Refused

MOST_AUTHORITIES = 8
MOST_CERTIFICATES = 16
MOST_HOURS = 24 * 31


@dataclass(frozen=True)
class SigningAuthority:
    """An authority with its pinned certificates in DER, and how old its revocation lists may be, in hours."""

    name: str
    certificates: tuple[bytes, ...]
    list_hours: int

    @property
    def list_age(self) -> timedelta:
        """How old a revocation list may be."""
        return timedelta(hours=self.list_hours)

    def may_have_issued(self, certificate: bytes) -> bool:
        """Whether the certificate names one of the trusted ones as its issuer."""
        issuer = read_certificate(certificate).issuer
        return any(one.subject == issuer for one in anchors_of(self.certificates))


@dataclass(frozen=True)
class SigningTerms:
    """The authorities whose certificates a tender accepts; none: the account's key alone signs."""

    authorities: tuple[SigningAuthority, ...] = ()


ACCOUNT_KEY = SigningTerms()


@dataclass(frozen=True)
class Holder:
    """Whom a certificate must name: the organisation's registered number, or its name where it has none."""

    name: str
    number: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        """As the proof has it."""
        return {"number": self.number} if self.number else {"name": self.name}


@dataclass(frozen=True)
class SigningProof:
    """Why a certificate was accepted: authority, holder, and the digests of the revocation lists along the path."""

    authority: str
    holder: Holder
    lists: tuple[str, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """As the capsule has it; the log has its digest."""
        return {"authority": self.authority, "holder": self.holder.to_json(), "lists": list(self.lists)}

    def digest(self) -> str:
        """SHA-256 of the canonical form, in hex."""
        return sha256(canonical(self.to_json())).hexdigest()


def read_proof(body: Any) -> SigningProof:
    """Read a proof as a capsule has it; raises IntegrityBroken."""
    try:
        holder = body["holder"]
        found = SigningProof(
            body["authority"], Holder(holder.get("name", ""), holder.get("number", "")), tuple(body["lists"])
        )
        if found.to_json() == body:
            return found
    except (KeyError, TypeError, AttributeError):
        pass
    raise IntegrityBroken(what="the account of why a certificate was accepted is malformed")


def read_terms(body: Mapping[str, Any] | None) -> SigningTerms:
    """Read the terms as the notice has them; raises BadInput."""
    if body is None:
        return ACCOUNT_KEY
    if set(body) != {"by", "authorities"} or body["by"] != "certificate":
        raise BadInput(where="signing", why="give by = certificate, and the authorities")
    return SigningTerms(tuple(_read_authority(one) for one in body["authorities"]))


def _read_authority(body: Mapping[str, Any]) -> SigningAuthority:
    if set(body) != {"name", "certificates", "list_hours"}:
        raise BadInput(where="signing.authorities", why="give name, certificates and list_hours")
    certificates = tuple(unb64(one) for one in body["certificates"])
    return make_authority(body["name"], certificates, body["list_hours"])


def make_authority(name: str, certificates: Sequence[bytes], list_hours: int) -> SigningAuthority:
    """An authority whose figures are within limits; raises BadInput."""
    where = "signing.authorities"
    if not isinstance(name, str) or not 1 <= len(name) <= 80:
        raise BadInput(where=where, why="a name has 1 to 80 characters")
    if type(list_hours) is not int or not 1 <= list_hours <= MOST_HOURS:
        raise BadInput(where=where, why=f"a revocation list may be 1 to {MOST_HOURS} hours old")
    if not 1 <= len(certificates) <= MOST_CERTIFICATES:
        raise BadInput(where=where, why=f"pin 1 to {MOST_CERTIFICATES} certificates")
    for one in certificates:
        read_certificate(one)
    return SigningAuthority(name, tuple(certificates), list_hours)


def write_terms(terms: SigningTerms) -> dict[str, JsonValue] | None:
    """The terms as the notice has them; None where the account's key alone signs."""
    if not terms.authorities:
        return None
    authorities: list[JsonValue] = [
        {
            "name": one.name,
            "certificates": [b64(der) for der in one.certificates],
            "list_hours": one.list_hours,
        }
        for one in terms.authorities
    ]
    return {"by": "certificate", "authorities": authorities}


def choose_terms(names: Sequence[str], known: Mapping[str, SigningAuthority]) -> SigningTerms:
    """The terms of a draft from names that the site knows.

    Raises:
        BadInput: an unknown name, one twice, or too many.
    """
    if len(names) > MOST_AUTHORITIES or len(set(names)) != len(names):
        raise BadInput(where="signing", why=f"name up to {MOST_AUTHORITIES} different ones")
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise BadInput(where="signing", why=f"{name} is not known here; known are {listed}")
    return SigningTerms(tuple(known[name] for name in names))


def check_signed(
    terms: SigningTerms,
    holder: Holder,
    prefixes: Sequence[EnvelopePrefix],
    lists: Mapping[str, Sequence[bytes]],
    at: datetime,
) -> SigningProof | None:
    """Check a bid's signatures by certificate at a moment; None where the tender asks for none.

    `lists` are the revocation lists at hand, by authority.

    Raises:
        BadInput: a certificate is malformed.
        Refused: names what does not hold.
        Unavailable: nothing at hand shows whether a certificate was revoked.
    """
    if not terms.authorities:
        if any(prefix.certificate is not None for prefix in prefixes):
            raise Refused(rule=RULE, why="this tender takes bids that the account's key alone signs")
        return None
    chain = _chain_of(prefixes)
    for prefix in prefixes:
        assert prefix.certificate is not None
        check_signature(prefix.certificate, prefix.bare())
    authority = next((one for one in terms.authorities if one.may_have_issued(chain[-1])), None)
    # Without one, the first says what is wrong with the chain.
    path = check_chain(chain, (authority or terms.authorities[0]).certificates, at)
    assert authority is not None, "a path ends at an authority that issued its last certificate"
    _check_holder(path[0], holder)
    held = lists.get(authority.name, ())
    used = [check_status(one, issuer, held, at, authority.list_age) for one, issuer in pairwise(path)]
    digests = dict.fromkeys(sha256(der).hexdigest() for der in used)
    told = Holder("", holder.number) if holder.number else holder
    return SigningProof(authority.name, told, tuple(digests))


def _chain_of(prefixes: Sequence[EnvelopePrefix]) -> tuple[bytes, ...]:
    found = [prefix.certificate for prefix in prefixes]
    if any(one is None for one in found):
        why = "this tender asks for one; seal the bid again with: mingtang seal --sign-with"
        raise Refused(rule=RULE, why=why)
    chains = {one.chain for one in found if one is not None}
    if len(chains) != 1:
        raise Refused(rule=RULE, why="its envelopes were signed by different certificates")
    return chains.pop()


def _check_holder(certificate: Any, holder: Holder) -> None:
    names_it = has_number(certificate, holder.number) if holder.number else has_name(certificate, holder.name)
    if not names_it:
        raise Refused(rule=RULE, why="it names another organisation than the one that submits the bid")

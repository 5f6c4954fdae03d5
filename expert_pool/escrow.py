"""The escrow of a draw: each party deals shares of its secret to all parties, any two of whom can restore it.

1. A dealing names, for each party, the commitment to its share and the share encrypted to that party's key.
2. Who opens a share compares it with its commitment and signs for it; one that does not fit is the dealer's doing.
3. A share that is brought back must fit its commitment; one that does not is the doing of who signed for it.
4. Two good shares give the secret. It must fit what the dealer committed to, and dealing it again must give the same
   commitments; if not, the dealer dealt another secret.

Shares and sealing are those of the envelopes. Format: docs/formats/draw-escrow.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from crypto.canonical import b64, canonical, lp, tagged_hash, unb64
from crypto.draw_keys import DrawKey, DrawPublic
from crypto.key_shares import (
    SHARE_BYTES,
    combine,
    commitment,
    deal,
    is_faithful_dealing,
    is_good_share,
    read_share,
)
from crypto.signatures import check_statement, sign_statement
from crypto.suites import suite
from expert_pool.draw import Reveal, check_reveal
from kernel.errors import BadInput, TenderingError
from kernel.fields import Fields

NEEDED: Final = 2
DEALT: Final = "draw.shares-dealt"
RECEIVED: Final = "draw.shares-received"
COMMITMENT_HEX: Final = 64


@dataclass(frozen=True)
class DealtShare:
    """One party's share of a dealing: sealed, and committed to; `index` is the party's place, from 1."""

    party: str
    index: int
    commitment: bytes
    sealed: bytes = field(repr=False)


def share_context(request_hash: bytes, dealer: str) -> bytes:
    """What the shares of one party's secret in one draw are bound to."""
    return tagged_hash("draw-escrow", request_hash, dealer.encode())


def deal_secret(
    request_hash: bytes, dealer: str, secret: bytes, publics: Mapping[str, DrawPublic]
) -> tuple[DealtShare, ...]:
    """Deal a secret to the parties, in the order in which the request names them."""
    ctx = share_context(request_hash, dealer)
    dealt = []
    for (party, public), share in zip(publics.items(), deal(secret, ctx, NEEDED, len(publics)), strict=True):
        sealed = suite(public.suite).seal_to(public.hpke_public, _info(ctx, party), share.to_bytes())
        dealt.append(DealtShare(party, share.index, commitment(ctx, share), sealed))
    return tuple(dealt)


def sign_dealing(key: DrawKey, request_hash: bytes, dealer: str, dealt: Sequence[DealtShare]) -> Any:
    """The statement by which a party hands its shares over."""
    shares = {one.party: {"commitment": one.commitment.hex(), "sealed": b64(one.sealed)} for one in dealt}
    body = {"request_hash": request_hash.hex(), "party": dealer, "shares": shares}
    return sign_statement(key.signer, DEALT, body)


def read_dealing(
    statement: Any, request_hash: bytes, dealer: str, publics: Mapping[str, DrawPublic]
) -> tuple[DealtShare, ...]:
    """Check a dealing as far as anyone can without a private key.

    Raises:
        BadInput: another draw, another party, a share too many or too few.
        IntegrityBroken: the signature is not the dealer's.
    """
    fields = Fields(check_statement(statement, DEALT, publics[dealer].signing_public), path="statement.body")
    _check_bound(fields, request_hash, dealer)
    shares = fields.inner("shares")
    if set(shares.data) != set(publics):
        raise BadInput(where="shares", why=f"exactly one share is needed for {', '.join(publics)}")
    found = []
    for index, (party, public) in enumerate(publics.items(), 1):
        one = shares.inner(party)
        sealed = unb64(one.text("sealed", 4000), length=suite(public.suite).sealed_bytes(SHARE_BYTES))
        found.append(DealtShare(party, index, _digest(one), sealed))
        one.done()
    fields.done()
    return tuple(found)


def dealing_digest(statement: Any) -> str:
    """What names a dealing in a receipt and in the log."""
    return sha256(canonical(statement)).hexdigest()


def open_dealt(key: DrawKey, request_hash: bytes, dealer: str, dealt: DealtShare) -> bytes | None:
    """A party's own share of a dealing, or None where the dealer dealt it badly."""
    ctx = share_context(request_hash, dealer)
    try:
        share = suite(key.public.suite).open_with(key.hpke_private, _info(ctx, dealt.party), dealt.sealed)
    except TenderingError:
        return None
    return share if is_good(request_hash, dealer, dealt, share) else None


def is_good(request_hash: bytes, dealer: str, dealt: DealtShare, share: bytes) -> bool:
    """Whether a share is the one that its dealer committed to."""
    if len(share) != SHARE_BYTES:
        return False
    ctx = share_context(request_hash, dealer)
    return is_good_share(ctx, read_share(dealt.index, share), dealt.commitment)


def sign_receipt(key: DrawKey, request_hash: bytes, party: str, dealings: Mapping[str, str]) -> Any:
    """The statement by which a party says that its share of every dealing is good; digests by dealer."""
    body = {"request_hash": request_hash.hex(), "party": party, "dealings": dict(dealings)}
    return sign_statement(key.signer, RECEIVED, body)


def check_receipt(
    statement: Any, request_hash: bytes, party: str, public: DrawPublic, dealings: Mapping[str, str]
) -> None:
    """Accept a receipt for exactly these dealings.

    Raises:
        BadInput: it names others.
        IntegrityBroken: the signature is not the party's.
    """
    fields = Fields(check_statement(statement, RECEIVED, public.signing_public), path="statement.body")
    _check_bound(fields, request_hash, party)
    named = fields.inner("dealings")
    if named.data != dict(dealings):
        raise BadInput(where="dealings", why="the receipt is for other dealings than the ones in force")
    fields.take("dealings")
    fields.done()


def restore(
    request_hash: bytes,
    dealer: str,
    committed: bytes,
    dealt: Sequence[DealtShare],
    shares: Mapping[int, bytes],
) -> bytes | None:
    """The secret from two good shares by index, or None where the dealer had dealt another than committed to."""
    ctx = share_context(request_hash, dealer)
    secret = combine([read_share(index, share) for index, share in sorted(shares.items())])
    try:
        check_reveal(request_hash, committed, Reveal(dealer, secret))
    except TenderingError:
        return None
    is_faithful = is_faithful_dealing(secret, ctx, NEEDED, [one.commitment for one in dealt])
    return secret if is_faithful else None


def chain_value(later: bytes) -> bytes:
    """The value before one of a hash chain: who knows a value knows all before it and none after it."""
    return tagged_hash("draw-chain", later)


def make_chain(root: bytes, length: int) -> tuple[bytes, ...]:
    """A chain from its last value; the first one given is the head that is registered."""
    values = [root]
    for _ in range(length):
        values.append(chain_value(values[-1]))
    return tuple(reversed(values))


def _info(ctx: bytes, party: str) -> bytes:
    return lp(b"mingtang/v1/draw-share", ctx, party.encode())


def _check_bound(fields: Fields, request_hash: bytes, party: str) -> None:
    if fields.text("request_hash", COMMITMENT_HEX) != request_hash.hex() or fields.text("party") != party:
        raise BadInput(where="statement", why="it is for another draw or another party")


def _digest(fields: Fields) -> bytes:
    try:
        found = bytes.fromhex(fields.text("commitment", COMMITMENT_HEX))
    except ValueError:
        found = b""
    if len(found) != COMMITMENT_HEX // 2:
        fields.fail("commitment", "64 hex digits are needed")
    return found

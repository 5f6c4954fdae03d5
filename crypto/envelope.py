"""The sealed bid envelope: seal it, open shares, join them, open the payload.

1. Nobody reads the payload with fewer than k of the n openers' shares; the operator holds none.
2. Everything is bound to the header (`ctx`): a copy under another name, tender or lot cannot be opened.
3. Every k valid shares give the same outcome; a share that does not fit its commitment is named.
4. The bidder signs the prefix, and the prefix names the digest of the payload.
Format: docs/formats/sealed-envelope.md.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import BinaryIO

from crypto import key_shares, payload
from crypto.canonical import expand, lp, tagged_hash
from crypto.envelope_prefix import (
    DIGEST_BYTES,
    MAGIC,
    MAX_PREFIX_BYTES,
    EnvelopeHeader,
    EnvelopePrefix,
    check_header,
    check_signature,
    prefix_length_needed,
    read_prefix,
)
from crypto.key_shares import SHARE_BYTES
from crypto.own_secrets import file_key, own_part, part_commitment
from crypto.signatures import SIGNATURE_BYTES, Signer, fingerprint
from crypto.signing_certificate import CertificateSigner
from crypto.suites import suite
from kernel.errors import (
    BadInput,
    IntegrityBroken,
    MalformedEnvelope,
    WrongBidder,
    WrongOpeningKey,
    WrongShare,
)

__all__ = [
    "MAGIC", "MAX_PREFIX_BYTES", "EnvelopeHeader", "EnvelopePrefix", "Joined", "Outcome", "bid_blind",
    "bid_commitment", "check_announcement", "check_share", "check_signature", "is_dealt", "is_own_part", "is_seed",
    "join_shares", "open_bytes", "open_payload", "open_share", "prefix_length_needed", "read_prefix", "seal",
    "seal_bytes",
]  # fmt: skip


class Outcome(Enum):
    """All that joining shares can lead to."""

    OPENED = "opened"
    NEED_MORE_SHARES = "need_more_shares"
    MALFORMED_BID = "malformed_bid"


@dataclass(frozen=True)
class Joined:
    """The outcome of joining; the seed when OPENED, and the openers whose shares fit no commitment."""

    outcome: Outcome
    bad_shares: tuple[int, ...]
    seed: bytes | None = field(default=None, repr=False)


def seal(
    source: BinaryIO,
    size: int,
    target: BinaryIO,
    *,
    header: EnvelopeHeader,
    opener_publics: Sequence[bytes],
    signer: Signer,
    seed: bytes,
    announcement: bytes,
    threads: int = 1,
    certificate: CertificateSigner | None = None,
) -> EnvelopePrefix:
    """Seal `size` bytes of a stream into a seekable target, at its position, in one pass.

    Until this returns the target does not start as an envelope. `announcement` are the bytes of bid.json.

    Raises:
        BadInput: a header or key that cannot be used, or a source of another size.
        WrongBidder, WrongOpeningKey: the signer or the public keys are not those of the header.
    """
    draft = _draft(size, header, opener_publics, signer, seed, announcement, certificate)
    start = target.tell()
    target.write(bytes(draft.length))
    cipher = suite(header.suite).encryptor(_file_key(draft, seed, signer), draft.ctx)
    digest = payload.encrypt_stream(source, size, target, cipher=cipher, threads=threads)
    prefix = _sign(draft, digest, signer, certificate)
    target.seek(start)
    target.write(prefix.to_bytes())
    target.seek(start + prefix.total_size)
    return prefix


def seal_bytes(
    plaintext: bytes,
    *,
    header: EnvelopeHeader,
    opener_publics: Sequence[bytes],
    signer: Signer,
    seed: bytes,
    announcement: bytes,
    threads: int = 1,
    certificate: CertificateSigner | None = None,
) -> bytes:
    """Seal bytes in memory; otherwise as `seal`."""
    draft = _draft(len(plaintext), header, opener_publics, signer, seed, announcement, certificate)
    sealed = io.BytesIO()
    sealed.seek(draft.total_size - 1)
    sealed.write(b"\0")
    with sealed.getbuffer() as view:
        cipher = suite(header.suite).encryptor(_file_key(draft, seed, signer), draft.ctx)
        digest = payload.encrypt_memory(plaintext, view[draft.length :], cipher=cipher, threads=threads)
        view[: draft.length] = _sign(draft, digest, signer, certificate).to_bytes()
    return sealed.getvalue()


def _draft(
    size: int,
    header: EnvelopeHeader,
    opener_publics: Sequence[bytes],
    signer: Signer,
    seed: bytes,
    announcement: bytes,
    certificate: CertificateSigner | None,
) -> EnvelopePrefix:
    """The prefix with everything but payload digest and signature; its length is final already."""
    check_header(header)
    if signer.public != header.bidder_key:
        raise WrongBidder
    if tuple(fingerprint(public) for public in opener_publics) != header.opener_keys:
        raise WrongOpeningKey
    ctx = header.ctx()
    shares = key_shares.deal(seed, ctx, header.k, header.n)
    ciphertexts = tuple(
        suite(header.suite).seal_to(public, _share_info(ctx, share.index, public), share.to_bytes())
        for share, public in zip(shares, opener_publics, strict=True)
    )
    draft = EnvelopePrefix(
        header=header,
        ctx=ctx,
        key_commitment=tagged_hash("seed", ctx, seed),
        bid_commitment=bid_commitment(ctx, bid_blind(seed, ctx), announcement),
        share_commitments=key_shares.commitments(ctx, shares),
        share_ciphertexts=ciphertexts,
        payload_size=payload.payload_bytes(size),
        payload_digest=bytes(DIGEST_BYTES),
        signature=bytes(SIGNATURE_BYTES),
        length=0,
        part_commitment=part_commitment(ctx, own_part(signer, ctx)) if header.bidder_also else None,
        certificate=None if certificate is None else certificate.empty(),
    )
    length = len(draft.to_bytes())
    if length > MAX_PREFIX_BYTES:
        raise BadInput(
            where="certificate", why=f"with its chain the prefix has more than {MAX_PREFIX_BYTES} bytes"
        )
    return replace(draft, length=length)


def _sign(
    draft: EnvelopePrefix, digest: bytes, signer: Signer, certificate: CertificateSigner | None
) -> EnvelopePrefix:
    unsigned = replace(draft, payload_digest=digest)
    if certificate is not None:
        unsigned = replace(unsigned, certificate=certificate.signed(unsigned.bare()))
        if len(unsigned.to_bytes()) != draft.length:
            raise BadInput(where="certificate", why="its key gave a signature of another length")
    return replace(unsigned, signature=signer.sign(unsigned.signed()))


def open_share(prefix: EnvelopePrefix, index: int, private: bytes) -> bytes:
    """Decrypt the share of opener `index` (from 1) into its 64 bytes.

    Raises:
        WrongOpeningKey: the key is not that opener's, or what the bidder sealed to it cannot be decrypted.
    """
    if not 1 <= index <= prefix.header.n:
        raise WrongOpeningKey(opener=index)
    public = suite(prefix.header.suite).public_of(private)
    if fingerprint(public) != prefix.header.opener_keys[index - 1]:
        raise WrongOpeningKey(opener=index)
    info = _share_info(prefix.ctx, index, public)
    return suite(prefix.header.suite).open_with(private, info, prefix.share_ciphertexts[index - 1])


def check_share(prefix: EnvelopePrefix, index: int, share: bytes) -> None:
    """Check an opened share against its commitment.

    Raises:
        WrongShare: it is not the share that was committed to for this opener.
    """
    if not _is_good_share(prefix, index, share):
        raise WrongShare(opener=index, bid_id=prefix.header.submission_id)


def _is_good_share(prefix: EnvelopePrefix, index: int, share: bytes) -> bool:
    if not 1 <= index <= prefix.header.n or len(share) != SHARE_BYTES:
        return False
    committed = prefix.share_commitments[index - 1]
    return key_shares.is_good_share(prefix.ctx, key_shares.read_share(index, share), committed)


def join_shares(prefix: EnvelopePrefix, shares: Mapping[int, bytes]) -> Joined:
    """Join opened shares, keyed by opener index; any k good shares give the same outcome.

    The seed counts only if dealing it again gives every published commitment: then all shares lie on one
    polynomial, so no other k shares could restore anything else.
    """
    bad = tuple(sorted(index for index, share in shares.items() if not _is_good_share(prefix, index, share)))
    good = [key_shares.read_share(index, shares[index]) for index in sorted(set(shares) - set(bad))]
    k = prefix.header.k
    if len(good) < k:
        return Joined(Outcome.NEED_MORE_SHARES, bad)
    seed = key_shares.combine(good[:k])
    if not is_dealt(prefix, seed):
        return Joined(Outcome.MALFORMED_BID, bad)
    return Joined(Outcome.OPENED, bad, seed)


def is_seed(prefix: EnvelopePrefix, seed: bytes) -> bool:
    """Whether this is the seed that the envelope commits to."""
    return tagged_hash("seed", prefix.ctx, seed) == prefix.key_commitment


def is_dealt(prefix: EnvelopePrefix, seed: bytes) -> bool:
    """Whether this is the envelope's seed, and dealing it again gives every share that was committed to."""
    k, committed = prefix.header.k, prefix.share_commitments
    return is_seed(prefix, seed) and key_shares.is_faithful_dealing(seed, prefix.ctx, k, committed)


def is_own_part(prefix: EnvelopePrefix, part: bytes) -> bool:
    """Whether this is the bidder's own part that the envelope commits to."""
    return part_commitment(prefix.ctx, part) == prefix.part_commitment


def open_payload(
    prefix: EnvelopePrefix,
    seed: bytes,
    source: BinaryIO,
    target: BinaryIO,
    threads: int = 1,
    *,
    part: bytes = b"",
) -> None:
    """Decrypt the payload from a stream that stands behind the prefix; drop the target when this raises.

    Raises:
        IntegrityBroken: the seed, or the bidder's own part where one is needed, is not the envelope's.
        MalformedEnvelope: the payload is cut off, goes on, was changed, or was not sealed with this seed.
    """
    cipher = suite(prefix.header.suite).decryptor(_checked_key(prefix, seed, part), prefix.ctx)
    digest = payload.decrypt_stream(source, prefix.payload_size, target, cipher=cipher, threads=threads)
    _check_payload_digest(prefix, digest)


def open_bytes(envelope: bytes, seed: bytes, threads: int = 1, *, part: bytes = b"") -> bytearray:
    """Decrypt the payload of a whole envelope in memory; otherwise as `open_payload`."""
    prefix = read_prefix(envelope)
    if len(envelope) != prefix.total_size:
        raise MalformedEnvelope(why="it is cut off or goes on after its end")
    sealed = memoryview(envelope)[prefix.length :]
    cipher = suite(prefix.header.suite).decryptor(_checked_key(prefix, seed, part), prefix.ctx)
    plaintext, digest = payload.decrypt_memory(sealed, cipher=cipher, threads=threads)
    _check_payload_digest(prefix, digest)
    return plaintext


def bid_blind(seed: bytes, ctx: bytes) -> bytes:
    """The blinding of the bid commitment; it is published with the announced part at the opening."""
    return expand(seed, "bid-blind", ctx)


def bid_commitment(ctx: bytes, blind: bytes, announcement: bytes) -> bytes:
    """The hiding commitment to the announced part of a bid."""
    return tagged_hash("bid", ctx, blind, announcement)


def check_announcement(prefix: EnvelopePrefix, blind: bytes, announcement: bytes) -> None:
    """Check the announced part of a bid against its commitment.

    Raises:
        MalformedEnvelope: the bidder committed to other bytes.
    """
    if bid_commitment(prefix.ctx, blind, announcement) != prefix.bid_commitment:
        raise MalformedEnvelope(why="the announced part of the bid is not the one committed to")


def _share_info(ctx: bytes, index: int, public: bytes) -> bytes:
    return lp(ctx, bytes([index]), public)


def _file_key(prefix: EnvelopePrefix, seed: bytes, signer: Signer) -> bytes:
    part = own_part(signer, prefix.ctx) if prefix.header.bidder_also else b""
    return file_key(seed, prefix.ctx, part)


def _checked_key(prefix: EnvelopePrefix, seed: bytes, part: bytes) -> bytes:
    if not is_seed(prefix, seed):
        raise IntegrityBroken(what="the seed is not the one that the envelope commits to")
    if not prefix.header.bidder_also:
        return file_key(seed, prefix.ctx)
    if not is_own_part(prefix, part):
        raise IntegrityBroken(what="the bidder's own part is not the one that the envelope commits to")
    return file_key(seed, prefix.ctx, part)


def _check_payload_digest(prefix: EnvelopePrefix, digest: bytes) -> None:
    if digest != prefix.payload_digest:
        raise MalformedEnvelope(why="its payload does not have the digest that the bidder signed")

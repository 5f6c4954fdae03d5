"""Sealed envelopes: what goes in comes out, and every single change is refused."""

import io
from dataclasses import replace
from itertools import chain, combinations
from typing import Any

import pytest

from crypto import envelope as env
from crypto import key_shares, payload
from crypto.envelope import EnvelopePrefix, Outcome
from crypto.envelope_prefix import FIXED_BYTES, MAGIC, MAX_PREFIX_BYTES
from crypto.payload import payload_bytes, plaintext_bytes
from crypto.signatures import Signer
from kernel.errors import (
    BadInput,
    IntegrityBroken,
    MalformedEnvelope,
    TenderingError,
    UnsignedEnvelope,
    WrongBidder,
    WrongOpeningKey,
    WrongShare,
)
from tests.crypto.parties import SEED, Parties

MIB = 1 << 20
CHUNK = 16 * 1024
CLASSIC = Parties()
CONTENT = bytes(range(256)) * 200
ENVELOPE = CLASSIC.envelope(CONTENT)
PREFIX = env.read_prefix(ENVELOPE)
SHARES = {index: env.open_share(PREFIX, index, CLASSIC.privates()[index - 1]) for index in range(1, 6)}


class Trickle(io.BytesIO):
    """A plain stream without readinto that gives less than was asked for."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 0, 70_001))


class Pipe:
    """The least that a source must have."""

    def __init__(self, data: bytes) -> None:
        self._source = Trickle(data)

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size)


def opened(data: bytes, seed: bytes = SEED, threads: int = 1) -> bytes:
    """Open from a stream, as a server does."""
    source, target = io.BytesIO(data), io.BytesIO()
    env.open_payload(env.read_prefix(source), seed, source, target, threads)
    return target.getvalue()


WHOLE_PART = 1_047_496  # its payload is one whole part


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, WHOLE_PART, MIB, MIB + 1, 9 * MIB + 3])
@pytest.mark.parametrize("threads", [1, 2])
def test_content_comes_out_of_memory_and_streams_as_it_went_in(size: int, threads: int) -> None:
    content = (CONTENT * (size // len(CONTENT) + 1))[:size]
    sealed = env.seal_bytes(content, threads=threads, **CLASSIC.arguments())
    target = io.BytesIO(b"before")
    target.seek(6)
    prefix = env.seal(io.BytesIO(content), size, target, threads=threads, **CLASSIC.arguments())
    streamed = target.getvalue()[6:]
    assert len(sealed) == len(streamed) == prefix.total_size == target.tell() - 6
    for data in (sealed, streamed):
        env.check_signature(env.read_prefix(data))
        assert env.open_bytes(data, SEED, threads) == content
        assert opened(data, threads=threads) == content


def test_a_slow_source_without_readinto_is_sealed_alike() -> None:
    target = io.BytesIO()
    env.seal(Pipe(CONTENT), len(CONTENT), target, **CLASSIC.arguments())  # type: ignore[arg-type]
    assert opened(target.getvalue()) == CONTENT


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_source_of_another_size_is_refused_and_leaves_no_envelope(difference: int) -> None:
    target = io.BytesIO()
    with pytest.raises(BadInput):
        env.seal(io.BytesIO(CONTENT), len(CONTENT) + difference, target, **CLASSIC.arguments())
    with pytest.raises(MalformedEnvelope):
        env.read_prefix(target.getvalue())


def test_hybrid_envelopes_open_too_and_fit_the_limit() -> None:
    parties = Parties("hybrid", k=16, n=32)
    data = parties.envelope()
    prefix = env.read_prefix(data)
    assert prefix.length <= MAX_PREFIX_BYTES
    shares = {index: env.open_share(prefix, index, parties.privates()[index - 1]) for index in range(5, 21)}
    assert env.join_shares(prefix, shares).seed == SEED


def test_a_whole_part_is_a_whole_part() -> None:
    assert payload_bytes(WHOLE_PART) == MIB


def test_payload_sizes_can_be_told_both_ways() -> None:
    for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7):
        assert plaintext_bytes(payload_bytes(size)) == size
    for impossible in (0, 71, payload_bytes(CHUNK - 1) + 1, payload_bytes(CHUNK) - 1):
        with pytest.raises(MalformedEnvelope):
            plaintext_bytes(impossible)


def test_every_set_of_shares_has_the_outcome_that_its_size_gives() -> None:
    subsets = chain.from_iterable(combinations(SHARES, size) for size in range(6))
    for subset in subsets:
        joined = env.join_shares(PREFIX, {index: SHARES[index] for index in subset})
        enough = len(subset) >= 3
        assert joined.outcome is (Outcome.OPENED if enough else Outcome.NEED_MORE_SHARES)
        assert joined.seed == (SEED if enough else None)
        assert joined.bad_shares == ()


@pytest.mark.parametrize("lie", [bytes(64), b"", SHARES[1][:-1], SHARES[1] + b"x", SHARES[2]])
def test_a_lying_opener_is_named_and_harms_nobody(lie: bytes) -> None:
    joined = env.join_shares(PREFIX, SHARES | {1: lie})
    assert (joined.outcome, joined.seed, joined.bad_shares) == (Outcome.OPENED, SEED, (1,))
    few = env.join_shares(PREFIX, {1: lie, 2: SHARES[2], 3: SHARES[3]})
    assert (few.outcome, few.seed, few.bad_shares) == (Outcome.NEED_MORE_SHARES, None, (1,))
    with pytest.raises(WrongShare):
        env.check_share(PREFIX, 1, lie)


@pytest.mark.parametrize("index", [0, 6])
def test_an_opener_who_is_not_there_has_no_share(index: int) -> None:
    assert env.join_shares(PREFIX, {index: SHARES[1]}).bad_shares == (index,)
    with pytest.raises(WrongOpeningKey):
        env.open_share(PREFIX, index, CLASSIC.privates()[0])


def dishonest(changed: dict[int, bytes]) -> EnvelopePrefix:
    """A prefix whose dealer committed to shares that are not of one polynomial."""
    shares = [key_shares.read_share(index, changed.get(index, SHARES[index])) for index in SHARES]
    return replace(PREFIX, share_commitments=key_shares.commitments(PREFIX.ctx, shares))


@pytest.mark.parametrize(
    "changed", [{1: bytes(64)}, {4: bytes(64), 5: bytes(64)}, {i: bytes([i]) * 64 for i in SHARES}]
)
def test_a_dishonest_dealing_is_refused_by_every_k_shares_alike(changed: dict[int, bytes]) -> None:
    prefix = dishonest(changed)
    for size in (3, 4, 5):
        for subset in combinations(SHARES, size):
            joined = env.join_shares(prefix, {index: changed.get(index, SHARES[index]) for index in subset})
            assert (joined.outcome, joined.seed, joined.bad_shares) == (Outcome.MALFORMED_BID, None, ())


def test_a_commitment_to_another_seed_is_refused() -> None:
    prefix = replace(PREFIX, key_commitment=bytes(32))
    assert env.join_shares(prefix, SHARES).outcome is Outcome.MALFORMED_BID


def test_only_the_named_key_opens_a_share() -> None:
    with pytest.raises(WrongOpeningKey):
        env.open_share(PREFIX, 1, CLASSIC.privates()[1])
    moved = replace(PREFIX, share_ciphertexts=PREFIX.share_ciphertexts[::-1])
    with pytest.raises(WrongOpeningKey):
        env.open_share(moved, 1, CLASSIC.privates()[0])
    for index, share in SHARES.items():
        env.check_share(PREFIX, index, share)


@pytest.mark.parametrize(
    "change",
    [
        {"lot_id": "lot-2"},
        {"tender_id": "tender-2"},
        {"bidder_id": "bidder-2"},
        {"submission_id": "submission-2"},
        {"kind": "rehearsal"},
        {"k": 2},
        {"bidder_key": Signer("thief", bytes(32)).public},
    ],
)
def test_a_copy_under_another_header_cannot_be_opened(change: dict[str, Any]) -> None:
    header = replace(PREFIX.header, **change)
    copy = env.read_prefix(replace(PREFIX, header=header, ctx=header.ctx()).to_bytes())
    with pytest.raises(UnsignedEnvelope):
        env.check_signature(copy)
    with pytest.raises(WrongOpeningKey):
        env.open_share(copy, 1, CLASSIC.privates()[0])
    assert env.join_shares(copy, SHARES).bad_shares == (1, 2, 3, 4, 5)
    with pytest.raises(IntegrityBroken):
        env.open_payload(copy, SEED, io.BytesIO(), io.BytesIO())


def test_a_copy_made_by_someone_who_knows_the_seed_still_needs_its_own_payload() -> None:
    other = Parties(lot_id="lot-2").envelope(CONTENT)
    grafted = other[: env.read_prefix(other).length] + ENVELOPE[PREFIX.length :]
    with pytest.raises(MalformedEnvelope):
        opened(grafted)


def refused(data: bytes) -> None:
    """A changed envelope must not get through reading, signature and opening."""
    with pytest.raises(TenderingError):
        env.check_signature(env.read_prefix(data))
        opened(data)


@pytest.mark.parametrize("at", [*range(0, PREFIX.length, 37), *range(PREFIX.length, len(ENVELOPE), 4999)])
def test_any_flipped_bit_is_found(at: int) -> None:
    refused(ENVELOPE[:at] + bytes([ENVELOPE[at] ^ 1 << at % 8]) + ENVELOPE[at + 1 :])


BOUNDARIES = [
    0,
    1,
    len(MAGIC),
    FIXED_BYTES - 1,
    FIXED_BYTES,
    PREFIX.length - 1,
    PREFIX.length,
    PREFIX.length + 56,
    PREFIX.length + 56 + CHUNK + 16,
    len(ENVELOPE) - 16,
    len(ENVELOPE) - 1,
]


@pytest.mark.parametrize("size", BOUNDARIES)
def test_an_envelope_cut_off_anywhere_is_refused(size: int) -> None:
    refused(ENVELOPE[:size])
    with pytest.raises(MalformedEnvelope):
        env.open_bytes(ENVELOPE[:size], SEED)


def test_bytes_after_the_end_are_refused() -> None:
    refused(ENVELOPE + b"\0")
    with pytest.raises(MalformedEnvelope):
        env.open_bytes(ENVELOPE + b"\0", SEED)


def test_a_payload_of_another_key_is_refused_in_memory_and_in_streams() -> None:
    cut = payload.payload_bytes(0)
    for start in (0, 30, 60):  # head, commitment, last tag
        changed = bytearray(CLASSIC.envelope(b""))
        changed[len(changed) - cut + start] ^= 1
        with pytest.raises(MalformedEnvelope):
            env.open_bytes(bytes(changed), SEED)
        with pytest.raises(MalformedEnvelope):
            opened(bytes(changed))


def test_a_signed_digest_of_another_payload_is_refused() -> None:
    prefix = replace(PREFIX, payload_digest=bytes(32))
    data = prefix.to_bytes() + ENVELOPE[PREFIX.length :]
    for attempt in (opened, lambda data: env.open_bytes(data, SEED)):
        with pytest.raises(MalformedEnvelope, match="digest"):
            attempt(data)


def test_a_wrong_seed_is_refused() -> None:
    with pytest.raises(IntegrityBroken):
        env.open_bytes(ENVELOPE, bytes(32))


def test_the_announced_part_is_bound_and_hidden() -> None:
    blind = env.bid_blind(SEED, PREFIX.ctx)
    env.check_announcement(PREFIX, blind, b'{"price":"1.00"}')
    for other in (b'{"price":"1.01"}', b""):
        with pytest.raises(MalformedEnvelope):
            env.check_announcement(PREFIX, blind, other)
    assert env.bid_commitment(PREFIX.ctx, bytes(32), b'{"price":"1.00"}') != PREFIX.bid_commitment


def test_the_signer_and_the_keys_must_be_those_of_the_header() -> None:
    arguments = CLASSIC.arguments()
    with pytest.raises(WrongBidder):
        env.seal_bytes(b"", **arguments | {"signer": Signer("other", bytes(32))})
    with pytest.raises(WrongOpeningKey):
        env.seal_bytes(b"", **arguments | {"opener_publics": arguments["opener_publics"][::-1]})


def test_the_seed_never_shows() -> None:
    shown = repr(env.join_shares(PREFIX, SHARES))
    assert "seed" not in shown
    assert repr(SEED)[2:-1] not in shown

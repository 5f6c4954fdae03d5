"""The bidder's own part: without it k openers open nothing; with their key alone bidders open their own envelopes."""

import io
from dataclasses import replace

import pytest

from crypto import envelope as env
from crypto.own_secrets import own_part, own_seed
from crypto.signatures import Signer
from kernel.errors import IntegrityBroken
from tests.crypto.parties import BIDDER, Parties

CONTENT = b"price and plan" * 3000
PARTIES = Parties()
HEADER = replace(PARTIES.header(), bidder_also=True)


def sealed(header: env.EnvelopeHeader) -> bytes:
    seed = own_seed(BIDDER, header.ctx())
    return env.seal_bytes(CONTENT, **PARTIES.arguments() | {"header": header, "seed": seed})


ALSO = sealed(HEADER)
PREFIX = env.read_prefix(ALSO)
SHARES = {n: env.open_share(PREFIX, n, PARTIES.privates()[n - 1]) for n in (1, 2, 3)}


def test_openers_and_bidder_open_together() -> None:
    env.check_signature(PREFIX)
    seed = env.join_shares(PREFIX, SHARES).seed
    assert seed is not None
    part = own_part(BIDDER, PREFIX.ctx)
    assert env.open_bytes(ALSO, seed, part=part) == CONTENT
    source, target = io.BytesIO(ALSO), io.BytesIO()
    env.open_payload(env.read_prefix(source), seed, source, target, part=part)
    assert target.getvalue() == CONTENT


@pytest.mark.parametrize("part", [b"", bytes(32), own_part(Signer("bidder-1", b"\x0c" * 32), PREFIX.ctx)])
def test_all_openers_together_are_not_enough_without_the_bidder(part: bytes) -> None:
    seed = env.join_shares(PREFIX, SHARES).seed
    assert seed is not None
    with pytest.raises(IntegrityBroken, match="own part"):
        env.open_bytes(ALSO, seed, part=part)


def test_the_part_is_another_for_each_envelope() -> None:
    other = replace(HEADER, submission_id="another")
    assert own_part(BIDDER, other.ctx()) != own_part(BIDDER, PREFIX.ctx)
    assert own_seed(BIDDER, other.ctx()) != own_seed(BIDDER, PREFIX.ctx)
    assert own_seed(BIDDER, PREFIX.ctx) != own_part(BIDDER, PREFIX.ctx)


@pytest.mark.parametrize("header", [HEADER, PARTIES.header()])
def test_bidders_open_their_own_envelope_with_their_key_alone(header: env.EnvelopeHeader) -> None:
    data, ctx = sealed(header), header.ctx()
    prefix = env.read_prefix(data)
    assert env.is_dealt(prefix, own_seed(BIDDER, ctx))
    assert env.open_bytes(data, own_seed(BIDDER, ctx), part=own_part(BIDDER, ctx)) == CONTENT


def test_an_envelope_without_the_policy_has_the_bytes_it_always_had() -> None:
    plain = env.read_prefix(sealed(PARTIES.header()))
    assert "bidder_also" not in plain.unsigned()["header"]
    assert "part_commitment" not in plain.unsigned()
    assert not env.is_own_part(plain, own_part(BIDDER, plain.ctx))


def test_a_commitment_of_another_seed_is_not_the_dealt_one() -> None:
    assert not env.is_dealt(PREFIX, own_seed(Signer("bidder-1", b"\x0c" * 32), PREFIX.ctx))

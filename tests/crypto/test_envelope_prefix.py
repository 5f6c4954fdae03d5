"""The readable part of an envelope: one form in bytes, and every other form refused."""

import io
from dataclasses import replace
from typing import Any

import pytest

from crypto import envelope as env
from crypto.canonical import b64, canonical, read_canonical
from crypto.envelope_prefix import FIXED_BYTES, MAGIC, MAX_PREFIX_BYTES
from crypto.payload import payload_bytes
from kernel.errors import BadInput, MalformedEnvelope, WrongSuite
from tests.crypto.parties import Parties

CHUNK = 16 * 1024
CLASSIC = Parties()
ENVELOPE = CLASSIC.envelope(bytes(range(256)) * 200)
PREFIX = env.read_prefix(ENVELOPE)


def body_of(data: bytes) -> Any:
    return read_canonical(data[FIXED_BYTES : env.prefix_length_needed(data[:FIXED_BYTES])])


def with_body(body: Any) -> bytes:
    raw = canonical(body)
    return MAGIC + len(raw).to_bytes(4, "big") + raw


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"suite": "sm2"}, WrongSuite),
        ({"tender_id": ""}, BadInput),
        ({"tender_id": "a" * 65}, BadInput),
        ({"lot_id": "a b"}, BadInput),
        ({"kind": "投标"}, BadInput),
        ({"k": 0}, BadInput),
        ({"k": 6}, BadInput),
        ({"n": 4}, BadInput),
        ({"n": 33, "opener_keys": tuple(f"{i:064x}" for i in range(33))}, BadInput),
        ({"bidder_key": bytes(31)}, BadInput),
        ({"opener_keys": PREFIX.header.opener_keys[:1] * 5}, BadInput),
        ({"opener_keys": (*PREFIX.header.opener_keys[:4], "0" * 63)}, BadInput),
    ],
)
def test_a_header_outside_its_limits_is_never_sealed(change: dict[str, Any], error: type[Exception]) -> None:
    arguments = CLASSIC.arguments()
    header = replace(arguments["header"], **change)
    with pytest.raises(error):
        env.seal_bytes(b"", **arguments | {"header": header})


def test_a_prefix_reads_as_it_was_written() -> None:
    assert PREFIX.to_bytes() == ENVELOPE[: PREFIX.length]
    source = io.BytesIO(ENVELOPE)
    assert env.read_prefix(source) == PREFIX
    assert source.tell() == PREFIX.length


@pytest.mark.parametrize(
    ("first", "needed"),
    [(b"", FIXED_BYTES), (MAGIC[:5], FIXED_BYTES), (MAGIC, FIXED_BYTES), (ENVELOPE[:25], PREFIX.length)],
)
def test_a_server_learns_how_much_to_read(first: bytes, needed: int) -> None:
    assert env.prefix_length_needed(first) == needed


@pytest.mark.parametrize(("length", "is_fine"), [(MAX_PREFIX_BYTES, True), (MAX_PREFIX_BYTES + 1, False)])
def test_a_prefix_has_a_limit(length: int, is_fine: bool) -> None:
    first = MAGIC + (length - FIXED_BYTES).to_bytes(4, "big")
    if is_fine:
        assert env.prefix_length_needed(first) == length
    else:
        with pytest.raises(MalformedEnvelope, match="longer"):
            env.prefix_length_needed(first)


@pytest.mark.parametrize("first", [b"PK\x03\x04", b"%PDF", b"x" * 25, MAGIC.replace(b"v1", b"v2")])
def test_other_files_are_refused_by_their_first_bytes(first: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        env.prefix_length_needed(first)


def changed_body(path: str, value: Any) -> bytes:
    body = body_of(ENVELOPE)
    *folders, name = path.split(".")
    place = body
    for folder in folders:
        place = place[folder]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return with_body(body)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("header", None),
        ("header", []),
        ("header.v", 2),
        ("header.v", True),
        ("header.extra", 1),
        ("header.k", "3"),
        ("header.k", True),
        ("header.n", 4),
        ("header.suite", 5),
        ("header.tender", 5),
        ("header.opener_keys", "ab"),
        ("header.opener_keys", [1, 2, 3, 4, 5]),
        ("header.bidder_key", "AA"),
        ("signature", None),
        ("signature", b64(bytes(63))),
        ("shares", []),
        ("shares", [b64(bytes(111))] * 5),
        ("share_commitments", [b64(bytes(32))] * 4),
        ("key_commitment", b64(bytes(31))),
        ("bid_commitment", "!" * 43),
        ("payload.size", "7"),
        ("payload.size", True),
        ("payload.size", -1),
        ("payload.size", payload_bytes(CHUNK) - 1),
        ("payload.digest", 5),
        ("payload", []),
        ("extra", 1),
    ],
)
def test_a_prefix_in_any_other_shape_is_refused(path: str, value: Any) -> None:
    with pytest.raises((MalformedEnvelope, WrongSuite)):
        env.read_prefix(changed_body(path, value))


def test_a_prefix_that_is_not_canonical_is_refused() -> None:
    raw = canonical(body_of(ENVELOPE)).replace(b'{"bid', b'{ "bid', 1)
    for body in (raw, b"[]", b"5", b""):
        with pytest.raises(MalformedEnvelope):
            env.read_prefix(MAGIC + len(body).to_bytes(4, "big") + body)

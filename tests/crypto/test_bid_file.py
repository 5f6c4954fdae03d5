"""The file of a bid: whole envelopes of one submission, one after the other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.bid_file import BidFileReader, check_one_submission, places, read_prefixes
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopeHeader
from crypto.signatures import Signer, fingerprint
from crypto.suites import suite
from kernel.errors import MalformedEnvelope

SIGNER = Signer("bidder", b"\x01" * 32)
PUBLICS = tuple(suite("classic").public_of(bytes([i]) * 32) for i in (1, 2, 3))
HEADER = EnvelopeHeader(
    "classic", "tender", "lot", "technical", "org", SIGNER.public, "submission", 2, 3,
    tuple(fingerprint(public) for public in PUBLICS),
)  # fmt: skip


def sealed(kind: str, size: int = 40, **changes: str) -> bytes:
    header = replace(HEADER, kind=kind, **changes)  # type: ignore[arg-type]
    return seal_bytes(
        bytes(size),
        header=header,
        opener_publics=PUBLICS,
        signer=SIGNER,
        seed=b"\x07" * 32,
        announcement=b"{}",
    )


TECHNICAL, PRICE = sealed("technical", 40_000), sealed("price")
FILE = TECHNICAL + PRICE


def read(data: bytes, step: int) -> list[str]:
    reader = BidFileReader()
    for start in range(0, len(data), step):
        reader.update(data[start : start + step])
    return [prefix.header.kind for prefix in reader.finish()]


@given(st.integers(1, 5000))
def test_envelopes_are_found_however_the_bytes_arrive(step: int) -> None:
    assert read(FILE, step + 20) == ["technical", "price"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut off"),
        (FILE[:10], "cut off"),
        (FILE[:-1], "its header says"),
        (FILE[: len(TECHNICAL) + 10], "cut off"),
        (FILE + b"x", "does not start as one"),
        (TECHNICAL[:-1] + bytes([TECHNICAL[-1] ^ 1]) + PRICE, "changed after sealing"),
        (FILE[:-1] + bytes([FILE[-1] ^ 1]), "changed after sealing"),
        (TECHNICAL + TECHNICAL, "each of another kind"),
        (TECHNICAL + sealed("price", submission_id="another"), "different submissions"),
        (TECHNICAL + sealed("price", bidder_id="another"), "different submissions"),
        (TECHNICAL + sealed("price", lot_id="another"), "different submissions"),
        (b"".join(sealed(f"part-{n}") for n in range(9)), "1 to 8 envelopes"),
    ],
)
def test_what_is_no_bid_is_refused_with_its_reason(data: bytes, why: str) -> None:
    for step in (len(data) or 1, 997):
        with pytest.raises(MalformedEnvelope, match=why):
            read(data, step)


def test_prefixes_alone_say_where_the_envelopes_lie() -> None:
    reader = BidFileReader()
    reader.update(FILE)
    prefixes = read_prefixes(b"".join(prefix.to_bytes() for prefix in reader.finish()))
    first, second = places(prefixes)
    assert (first.start, second.start) == (0, len(TECHNICAL))
    assert FILE[second.payload_start :] == PRICE[second.prefix.length :]


def test_a_header_can_be_refused_before_its_payload_came() -> None:
    def check(prefixes: object) -> None:
        check_one_submission(prefixes)  # type: ignore[arg-type]
        if len(prefixes) > 1:  # type: ignore[arg-type]
            raise MalformedEnvelope(why="one is enough")

    reader = BidFileReader(check)
    reader.update(TECHNICAL)
    with pytest.raises(MalformedEnvelope, match="one is enough"):
        reader.update(PRICE[: reader.prefixes[0].length + 400])

"""What an envelope holds: its files in order, and the very bid.json that it commits to."""

import io
from dataclasses import replace

import pytest

from crypto.archive import bytes_file, file_starts, write_archive
from crypto.bid_contents import HeldFile, open_contents
from crypto.envelope import bid_blind, read_prefix, seal_bytes
from crypto.own_secrets import own_part
from kernel.errors import DoubleSealed, IntegrityBroken, MalformedEnvelope
from tests.crypto.parties import BIDDER, SEED, Parties

PARTIES = Parties()
SAID = b'{"price":"1.00"}'
BID = bytes_file("bid.json", SAID)


def archive(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    write_archive([bytes_file(name, data) for name, data in files], target)
    return target.getvalue()


WHOLE = archive(("plan.pdf", bytes(300_000)), ("bid.json", SAID), ("a", b""))


def sealed(plain: bytes, announcement: bytes = SAID, *, also: bool = False) -> bytes:
    changes = {"header": replace(PARTIES.header(), bidder_also=also)}
    return seal_bytes(plain, **PARTIES.arguments(announcement) | changes)


def opened(envelope: bytes, seed: bytes = SEED, part: bytes = b"") -> dict[str, bytes]:
    """The contents of an envelope as they were kept, file by file."""
    source, plain, kept = io.BytesIO(envelope), io.BytesIO(), dict[str, bytes]()
    prefix = read_prefix(source)
    held = open_contents(
        prefix,
        seed,
        source,
        plain,
        part=part,
        keep=lambda name, chunks: kept.update({name: b"".join(chunks)}),
    )
    assert held == open_contents(prefix, seed, io.BytesIO(envelope[prefix.length :]), io.BytesIO(), part=part)
    assert (held.announced, held.blind) == (kept["bid.json"], bid_blind(seed, prefix.ctx))
    assert [one.name for one in held.files] == list(kept)
    for one, start in zip(held.files, file_starts(held.files), strict=True):
        assert plain.getvalue()[start : start + one.size] == kept[one.name]
    return kept


def test_the_files_come_in_the_order_of_the_archive_whether_they_are_kept_or_not() -> None:
    assert list(opened(sealed(WHOLE)).items()) == [
        ("bid.json", SAID),
        ("a", b""),
        ("plan.pdf", bytes(300_000)),
    ]
    prefix = read_prefix(source := io.BytesIO(sealed(WHOLE)))
    first = open_contents(prefix, SEED, source, io.BytesIO()).files[0]
    assert first == HeldFile("bid.json", BID.size, BID.sha256)


def test_an_envelope_that_needs_its_bidder_opens_with_the_own_part() -> None:
    envelope = sealed(WHOLE, also=True)
    part = own_part(BIDDER, read_prefix(envelope).ctx)
    assert opened(envelope, part=part)["bid.json"] == SAID
    with pytest.raises(IntegrityBroken):
        opened(envelope)


def test_another_seed_is_no_fault_of_the_bid() -> None:
    with pytest.raises(IntegrityBroken):
        opened(sealed(WHOLE), seed=bytes(32))


@pytest.mark.parametrize(
    ("envelope", "error"),
    [
        (sealed(b"torn"), MalformedEnvelope),
        (sealed(WHOLE[:-1]), MalformedEnvelope),
        (sealed(WHOLE, b"{}"), MalformedEnvelope),
        (sealed(WHOLE)[:-1], MalformedEnvelope),
        (sealed(WHOLE) + b"x", MalformedEnvelope),
        (sealed(sealed(WHOLE)), DoubleSealed),
    ],
    ids=["no archive", "cut archive", "another bid.json", "cut payload", "goes on", "sealed twice"],
)
def test_what_is_not_whole_is_refused(envelope: bytes, error: type[MalformedEnvelope]) -> None:
    with pytest.raises(error):
        opened(envelope)


def test_nothing_of_the_contents_is_printed() -> None:
    source = io.BytesIO(sealed(WHOLE))
    held = open_contents(read_prefix(source), SEED, source, io.BytesIO())
    assert repr(held) == "BidContents()"

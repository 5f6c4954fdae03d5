"""What an envelope holds once its seed is known: the files of its archive, first the bid.json it commits to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from crypto.archive import BID_NAME, read_archive
from crypto.envelope import bid_blind, check_announcement, open_payload
from crypto.envelope_prefix import EnvelopePrefix

Keep = Callable[[str, Iterable[bytes]], None]


class HeldFile(NamedTuple):
    """A line of an archive's manifest."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class BidContents:
    """An envelope that was read through and is whole."""

    announced: bytes = field(repr=False)
    """The bytes of bid.json."""
    blind: bytes = field(repr=False)
    files: tuple[HeldFile, ...] = field(repr=False)
    """All of them, in the order of the archive."""


def open_contents(
    prefix: EnvelopePrefix,
    seed: bytes,
    payload: BinaryIO,
    plain: BinaryIO,
    *,
    part: bytes = b"",
    keep: Keep | None = None,
) -> BidContents:
    """Decrypt a payload into `plain`, a seekable file, and read it through; drop all of it when this raises.

    `keep` is given the name of each file and its bytes in pieces, to be read to the end.

    Raises:
        IntegrityBroken: the seed, or the bidder's own part where one is needed, is not the envelope's.
        MalformedEnvelope: what was sealed is no whole archive with the bid.json that the envelope commits to.
    """
    open_payload(prefix, seed, payload, plain, part=part)
    plain.seek(0)
    announced, files = b"", []
    for entry in read_archive(plain):
        chunks: Iterable[bytes] = entry.chunks()
        if entry.name == BID_NAME:
            chunks = [announced := entry.read()]
        if keep is not None:
            keep(entry.name, chunks)
        files.append(HeldFile(entry.name, entry.size, entry.sha256))
    blind = bid_blind(seed, prefix.ctx)
    check_announcement(prefix, blind, announced)
    return BidContents(announced, blind, tuple(files))

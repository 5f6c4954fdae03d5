"""What a bidder's key alone can make again of an envelope: its seed, and the bidder's own part of its file key.

Both are bound to the envelope's header, so no two envelopes share one. Format: docs/formats/sealed-envelope.md.
"""

from crypto.canonical import expand, tagged_hash
from crypto.signatures import Signer

PART_BYTES = 32


def own_seed(signer: Signer, ctx: bytes) -> bytes:
    """The seed of an envelope, from which its bidder can open it again on another machine."""
    return expand(signer.seed, "own-seed", ctx)


def own_part(signer: Signer, ctx: bytes) -> bytes:
    """The 32 bytes without which the openers cannot open an envelope that needs its bidder too."""
    return expand(signer.seed, "own-part", ctx)


def part_commitment(ctx: bytes, part: bytes) -> bytes:
    """What the envelope says of the bidder's own part."""
    return tagged_hash("part", ctx, part)


def file_key(seed: bytes, ctx: bytes, part: bytes = b"") -> bytes:
    """The key of the payload: of the seed, and of the bidder's own part where the envelope needs it."""
    return expand(seed, "file", ctx, part) if part else expand(seed, "file", ctx)

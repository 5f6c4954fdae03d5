"""Deal a 32-byte seed to n openers so that any k restore it, and name a share that lies.

Shamir's scheme byte by byte over GF(2^8) with the polynomial 0x11b. Coefficients and blindings are derived from the
seed itself: whoever restores it deals again and compares with the published commitments, so a dishonest dealing is
refused by every k shares alike. Format: docs/formats/sealed-envelope.md, section "Shares".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from crypto.canonical import expand, tagged_hash
from kernel.errors import BadInput

SEED_BYTES = 32
SHARE_BYTES = 64
MAX_OPENERS = 32
POLYNOMIAL = 0x11B
ORDER = 255


@dataclass(frozen=True)
class Share:
    """What one opener holds: the value y of the sharing polynomial at x = index, and the commitment's blinding r."""

    index: int
    y: bytes = field(repr=False)
    r: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """The 64 bytes that travel: y, then r."""
        return self.y + self.r


def read_share(index: int, data: bytes) -> Share:
    """Read the 64 bytes of a share.

    Raises:
        BadInput: another length.
    """
    if len(data) != SHARE_BYTES:
        raise BadInput(where="share", why=f"a share has {SHARE_BYTES} bytes, {len(data)} were given")
    return Share(index, data[:SEED_BYTES], data[SEED_BYTES:])


def deal(seed: bytes, ctx: bytes, k: int, n: int) -> tuple[Share, ...]:
    """Deal the seed to n openers, k of whom are needed; the same arguments give the same shares."""
    if len(seed) != SEED_BYTES or not 1 <= k <= n <= MAX_OPENERS:
        raise BadInput(
            where="key shares", why=f"a {SEED_BYTES}-byte seed and 1 <= k <= n <= {MAX_OPENERS} are needed"
        )
    coefficients = [seed, *(expand(seed, "coef", ctx, bytes([j])) for j in range(1, k))]
    return tuple(
        Share(x, _evaluate(coefficients, x), expand(seed, "blind", ctx, bytes([x]))) for x in range(1, n + 1)
    )


def commitment(ctx: bytes, share: Share) -> bytes:
    """The public commitment to one share."""
    return tagged_hash("share", ctx, bytes([share.index]), share.y, share.r)


def commitments(ctx: bytes, shares: Iterable[Share]) -> tuple[bytes, ...]:
    """The public commitments to shares, in their order."""
    return tuple(commitment(ctx, share) for share in shares)


def is_good_share(ctx: bytes, share: Share, committed: bytes) -> bool:
    """Whether a share is the one that was committed to."""
    return commitment(ctx, share) == committed


def combine(shares: Sequence[Share]) -> bytes:
    """Restore the seed from exactly k shares: the polynomial's value at 0.

    Nothing here tells whether the shares were honest; `is_faithful_dealing` does.

    Raises:
        BadInput: no shares, or two with one index, or an index outside 1 to 255.
    """
    xs = [share.index for share in shares]
    if not xs or len(set(xs)) != len(xs) or not all(1 <= x <= ORDER for x in xs):
        raise BadInput(where="key shares", why="shares with different indexes from 1 to 255 are needed")
    seed = 0
    for share in shares:
        weight = 1
        for x in xs:
            if x != share.index:
                weight = _multiply(weight, _divide(x, x ^ share.index))
        seed ^= int.from_bytes(_scale(share.y, weight), "big")
    return seed.to_bytes(SEED_BYTES, "big")


def is_faithful_dealing(seed: bytes, ctx: bytes, k: int, committed: Sequence[bytes]) -> bool:
    """Deal again and compare: whether every published commitment is of this very dealing."""
    return commitments(ctx, deal(seed, ctx, k, len(committed))) == tuple(committed)


def _evaluate(coefficients: Sequence[bytes], x: int) -> bytes:
    """Horner's rule on 32 polynomials at once, one for each byte of the seed."""
    value = 0
    for coefficient in reversed(coefficients):
        scaled = _scale(value.to_bytes(SEED_BYTES, "big"), x)
        value = int.from_bytes(scaled, "big") ^ int.from_bytes(coefficient, "big")
    return value.to_bytes(SEED_BYTES, "big")


def _scale(data: bytes, factor: int) -> bytes:
    return data.translate(_times(factor))


@cache
def _times(factor: int) -> bytes:
    """The multiplication table of one factor, as `bytes.translate` wants it."""
    return bytes(_multiply(factor, value) for value in range(256))


def _multiply(left: int, right: int) -> int:
    return EXP[LOG[left] + LOG[right]] if left and right else 0


def _divide(left: int, right: int) -> int:
    """left / right; neither is 0 where we divide."""
    return EXP[LOG[left] - LOG[right] + ORDER]


def _tables() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Powers of the generator 3, twice over, and their logarithms."""
    powers, logs, value = [], [0] * 256, 1
    for exponent in range(ORDER):
        powers.append(value)
        logs[value] = exponent
        value ^= value << 1
        value ^= POLYNOMIAL if value > ORDER else 0
    return tuple(powers * 2), tuple(logs)


EXP, LOG = _tables()

"""Labels of blind technical parts: 技术标 1 to n by a secret seed, whose commitment is logged before anybody scores.

1. The order is the shuffle of the lot's bid ids, sorted, by SeededRandom(seed); label n is the n-th of the order.
2. commitment = SHA-256 of the canonical JSON of lot, seed and order.
3. At the reveal the seed is published; everybody makes the order again and compares. docs/formats/blind-part.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from crypto.canonical import canonical
from crypto.seeded_random import SeededRandom
from kernel.errors import BadInput


def label_order(seed: bytes, bids: Iterable[str]) -> tuple[str, ...]:
    """The bids by label: the first is label 1."""
    return tuple(SeededRandom(seed).shuffle(sorted(bids)))


def commitment(lot_id: str, seed: bytes, order: Sequence[str]) -> str:
    """What is published before anybody scores; the seed keeps it from being guessed."""
    return _digest({"v": 1, "lot": lot_id, "seed": seed.hex(), "labels": list(order)})


def mapping_digest(lot_id: str, order: Sequence[str]) -> str:
    """The digest of who had which label, as the reveal logs it."""
    return _digest({"v": 1, "lot": lot_id, "labels": list(order)})


def check_reveal(
    lot_id: str, bids: Iterable[str], *, committed: str, seed: str, mapping: str
) -> tuple[str, ...]:
    """The bids by label, where the revealed seed gives what was committed to.

    Raises:
        BadInput: the seed is none, or leads to another mapping or another commitment.
    """
    try:
        secret = bytes.fromhex(seed)
    except ValueError:
        raise BadInput(where="seed", why="it is written as 64 hexadecimal digits") from None
    order = label_order(secret, bids)
    if mapping_digest(lot_id, order) != mapping:
        raise BadInput(where="mapping", why="the seed and these bids give another order of labels")
    if commitment(lot_id, secret, order) != committed:
        raise BadInput(where="commitment", why="the seed and the labels are not what was committed to")
    return order


def blind_sheet_digest(lot_id: str, label: int, seat: str, points: Mapping[str, str]) -> str:
    """The digest of a member's points for one label, as the signature logs it."""
    return _digest({"lot": lot_id, "label": label, "member": seat, "points": dict(points)})


def _digest(body: Mapping[str, object]) -> str:
    return sha256(canonical(dict(body))).hexdigest()

"""Arithmetic of the append-only log: RFC 6962 hashes and proofs, C2SP tiles.

A tree is known by its size and root. Complete subtrees are addressed as (level, index): level 0 are leaf hashes,
node (l, i) covers leaves i * 2**l up to (i + 1) * 2**l. Nothing here stores a tree: `node` is asked for hashes.
Format: docs/formats/audit-log.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NoReturn

from kernel.errors import IntegrityBroken

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, index)."""
NodeHash = Callable[[bytes, bytes], bytes]
"""The hash of an inner node over its two children; SHA-256 unless the national head is meant."""

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


def leaf_hash(data: bytes) -> bytes:
    """The hash of one log entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """All that is needed to append: the tree's size and the roots of its complete subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> "Frontier":
        """The frontier after one more leaf hash."""
        kept, top, size = len(self.peaks), leaf, self.size
        while size & 1:
            kept -= 1
            top = node_hash(self.peaks[kept], top)
            size >>= 1
        return Frontier(self.size + 1, (*self.peaks[:kept], top))

    def root(self) -> bytes:
        """The root of the tree."""
        return fold_peaks(self.peaks)


def fold_peaks(peaks: Sequence[bytes], join: NodeHash = node_hash) -> bytes:
    """The root over complete subtrees given largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = join(peak, root)
    return root


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order."""
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier = frontier.append(leaf)
    return frontier.root()


def inclusion_of_next(frontier: Frontier) -> tuple[bytes, ...]:
    """The audit path that the next appended leaf will have in the tree of size + 1."""
    return frontier.peaks[::-1]  # the newest leaf only ever has left siblings, and these are the peaks


def range_hash(start: int, end: int, node: NodeReader, join: NodeHash = node_hash) -> bytes:
    """The root over leaves start to end; `start` must be a multiple of the power of two not below end - start."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    return fold_peaks(peaks, join)


def inclusion_proof(index: int, size: int, node: NodeReader, join: NodeHash = node_hash) -> tuple[bytes, ...]:
    """The audit path of a leaf, from its sibling up to the root's child (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"internal: no leaf {index} in a tree of {size}")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, node, join))
            end = middle
        else:
            path.append(range_hash(start, middle, node, join))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, node: NodeReader) -> tuple[bytes, ...]:
    """The proof that the tree of size `old` is the beginning of the tree of size `new` (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"internal: no proof between trees of {old} and {new}")
    proof, start, end = [], 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_hash(middle, end, node))
            end = middle
        else:
            proof.append(range_hash(start, middle, node))
            start = middle
    if start:
        proof.append(range_hash(start, end, node))
    return tuple(reversed(proof))


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, join: NodeHash = node_hash
) -> None:
    """Check an audit path (RFC 9162, 2.1.3.2).

    Raises:
        IntegrityBroken: the leaf hash is not at `index` in the tree of this size and root.
    """
    if not 0 <= index < size:
        _broken(f"there is no leaf {index} in a tree of {size}")
    _check_hashes(leaf, *proof, root)
    at, last, top = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            _broken("the inclusion proof is too long")
        if at & 1 or at == last:
            top = join(sibling, top)
            shift = (at & -at).bit_length() - 1
            at, last = at >> shift, last >> shift
        else:
            top = join(top, sibling)
        at, last = at >> 1, last >> 1
    if last != 0:
        _broken("the inclusion proof is too short")
    if top != root:
        _broken("the inclusion proof does not lead to the root of the log")


def verify_subtree_inclusion(
    leaf: bytes, index: int, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check an audit path inside the subtree of leaves start to end."""
    _check_subtree(start, end, end)
    verify_inclusion(leaf, index - start, end - start, proof, root)


def verify_consistency(
    old_size: int,
    new_size: int,
    proof: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
) -> None:
    """Check that a later tree only appended to an earlier one (RFC 9162, 2.1.4.2).

    Raises:
        IntegrityBroken: it did not, or the earlier tree is empty: that proves nothing and is refused.
    """
    if old_size == 0:
        _broken("a proof from the empty log proves nothing")
    verify_subtree_consistency(0, old_size, new_size, proof, old_root, new_root)


def verify_subtree_consistency(
    start: int,
    end: int,
    size: int,
    proof: Sequence[bytes],
    subtree_root: bytes,
    root: bytes,
) -> None:
    """Check that leaves start to end of the tree have this subtree root (IETF PLANTS, subtree consistency)."""
    if start == end <= size and subtree_root == EMPTY_ROOT and not proof:
        return  # no leaves have the empty root in every tree
    _check_subtree(start, end, size)
    _check_hashes(*proof)
    first, last, top = start, end - 1, size - 1
    rest = list(proof)
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    if first != last and not rest:
        _broken("the consistency proof is too short")
    old = new = subtree_root if first == last else rest.pop(0)
    for sibling in rest:
        if top == 0:
            _broken("the consistency proof is too long")
        if last & 1 or last == top:
            old = node_hash(sibling, old) if first < last else old
            new = node_hash(sibling, new)
            shift = (last & -last).bit_length() - 1
            first, last, top = first >> shift, last >> shift, top >> shift
        else:
            new = node_hash(new, sibling)
        first, last, top = first >> 1, last >> 1, top >> 1
    if top != 0:
        _broken("the consistency proof is too short")
    if old != subtree_root or new != root:
        _broken("the log is not an extension of its earlier state")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(hash) != HASH_BYTES for hash in hashes):
        _broken(f"a hash of the log must have {HASH_BYTES} bytes")


def _check_subtree(start: int, end: int, size: int) -> None:
    if not 0 <= start < end <= size:
        _broken(f"there are no leaves {start} to {end} in a tree of {size}")
    if start & ((1 << (end - start - 1).bit_length()) - 1):
        _broken(f"leaves {start} to {end} do not form a subtree")


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=what)


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """The C2SP tlog-tiles path of a tile; `level` is a number or `entries`; a narrower tile gets `.p/width`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes the tile holds in a tree of this size, 0 to 256."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH))


def hash_tile(level: int, index: int, size: int, node: NodeReader) -> bytes:
    """The contents of a hash tile: its hashes one after the other."""
    first = index * TILE_WIDTH
    return b"".join(
        node(TILE_HEIGHT * level, first + offset) for offset in range(tile_width(level, index, size))
    )

"""A seed from the log: what was frozen stands in one entry, and the root right after the next entry makes the seed.

That root did not exist when the request was frozen, and it stays the same however long anybody waits. A record shows
the entry with its salt, and the path that proves it to be in the tree of that root.
"""

from dataclasses import dataclass
from typing import Final

from crypto.canonical import JsonValue, b64, unb64
from crypto.log_entry import leaf_data
from crypto.merkle import leaf_hash, verify_inclusion
from kernel.errors import BadInput, IntegrityBroken
from kernel.fields import Fields

HASH_HEX: Final = 64


@dataclass(frozen=True)
class Freeze:
    """The entry of the log that fixed a request: where it stands, its disclosed fact and salt."""

    index: int
    fact: bytes
    salt: bytes

    @property
    def seed_size(self) -> int:
        """The size of the tree whose root makes the seed: one entry more than with the freeze."""
        return self.index + 2


@dataclass(frozen=True)
class SeedRoot:
    """The root of that tree, and the path that proves the freeze to be in it."""

    root: bytes
    proof: tuple[bytes, ...]


def write_freeze(freeze: Freeze) -> dict[str, JsonValue]:
    """The key `freeze` of a record."""
    return {"index": freeze.index, "fact": b64(freeze.fact), "salt": b64(freeze.salt)}


def write_tree(freeze: Freeze, seed: SeedRoot) -> dict[str, JsonValue]:
    """The key `tree` of a record."""
    return {
        "size": freeze.seed_size,
        "root": seed.root.hex(),
        "proof": [hash.hex() for hash in seed.proof],
    }


def read_freeze(fields: Fields) -> Freeze:
    """The entry of the log that fixed a request, as a record gives it."""
    freeze = Freeze(
        fields.whole("index", 0, 2**53 - 3),
        unb64(fields.text("fact", 4000)),
        unb64(fields.text("salt"), length=32),
    )
    fields.done()
    return freeze


def check_tree(fields: Fields, freeze: Freeze) -> SeedRoot:
    """Accept the root of a record in whose tree the freeze stands, one entry before its end.

    Raises:
        IntegrityBroken: the tree has another size, or the path does not lead to the root.
        BadInput: something is no hash.
    """
    if fields.whole("size", 2, 2**53 - 1) != freeze.seed_size:
        raise IntegrityBroken(what="the tree does not end with the entry after the freeze")
    root = _hash(fields, fields.text("root", HASH_HEX))
    proof = tuple(_hash(fields, text) for text in fields.list("proof"))
    fields.done()
    leaf = leaf_hash(leaf_data(freeze.salt, freeze.fact))
    verify_inclusion(leaf, freeze.index, freeze.seed_size, proof, root)
    return SeedRoot(root, proof)


def _hash(fields: Fields, text: object) -> bytes:
    try:
        hash = bytes.fromhex(str(text))
    except ValueError:
        hash = b""
    if len(hash) != HASH_HEX // 2:
        raise BadInput(where=fields.where("proof"), why="hashes are 64 hex digits")
    return hash

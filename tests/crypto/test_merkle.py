"""The log's arithmetic against public vectors and against a tree written out in full."""

import base64
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from crypto.merkle import Frontier
from kernel.errors import IntegrityBroken

FILE = Path(__file__).parents[1] / "vectors" / "merkle" / "transparency-dev.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text())["vectors"]


def vectors(folder: str) -> list[Any]:
    return [
        pytest.param(vector, id=name) for name, vector in VECTORS.items() if name.startswith(f"{folder}/")
    ]


def test_all_518_public_vectors_are_there() -> None:
    assert len(VECTORS) == 518


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def proof_of(vector: dict[str, Any]) -> list[bytes]:
    return [raw(item) for item in vector["proof"] or []]


def judge(vector: dict[str, Any], verify: Any, *arguments: Any) -> None:
    if vector["wantErr"]:
        with pytest.raises(IntegrityBroken):
            verify(*arguments)
    else:
        verify(*arguments)


@pytest.mark.parametrize("vector", vectors("inclusion"))
def test_inclusion_vectors(vector: dict[str, Any]) -> None:
    v = vector
    args = (
        raw(v["leafHash"]),
        v["leafIdx"],
        v["treeSize"],
        proof_of(v),
        raw(v["root"]),
    )
    judge(v, merkle.verify_inclusion, *args)


@pytest.mark.parametrize("vector", vectors("consistency"))
def test_consistency_vectors(vector: dict[str, Any]) -> None:
    v = vector
    args = (v["size1"], v["size2"], proof_of(v), raw(v["root1"]), raw(v["root2"]))
    judge(v, merkle.verify_consistency, *args)


@pytest.mark.parametrize("vector", vectors("subtreeinclusion"))
def test_subtree_inclusion_vectors(vector: dict[str, Any]) -> None:
    v = vector
    args = (
        raw(v["leafHash"]),
        v["leafIdx"],
        v["start"],
        v["end"],
        proof_of(v),
        raw(v["root"]),
    )
    judge(v, merkle.verify_subtree_inclusion, *args)


@pytest.mark.parametrize("vector", vectors("subtreeconsistency"))
def test_subtree_consistency_vectors(vector: dict[str, Any]) -> None:
    v = vector
    args = (
        v["start"],
        v["end"],
        v["size"],
        proof_of(v),
        raw(v["root1"]),
        raw(v["root2"]),
    )
    judge(v, merkle.verify_subtree_consistency, *args)


def full_tree(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + full_tree(leaves[:split]) + full_tree(leaves[split:])).digest()


LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


def node(level: int, index: int) -> bytes:
    assert (index + 1) << level <= len(LEAVES)
    return full_tree(LEAVES[index << level : (index + 1) << level])


def test_the_root_of_no_leaves_is_the_hash_of_nothing() -> None:
    assert merkle.root_of([]) == merkle.EMPTY_ROOT == Frontier().root() == full_tree([])


@pytest.mark.parametrize("size", range(1, 71))
def test_the_frontier_gives_the_root_and_the_path_of_the_next_leaf(size: int) -> None:
    before = Frontier()
    for leaf in LEAVES[: size - 1]:
        before = before.append(leaf)
    after = before.append(LEAVES[size - 1])
    assert after.root() == full_tree(LEAVES[:size]) == merkle.root_of(LEAVES[:size])
    path = merkle.inclusion_of_next(before)
    assert path == merkle.inclusion_proof(size - 1, size, node)
    merkle.verify_inclusion(LEAVES[size - 1], size - 1, size, path, after.root())


@given(st.integers(1, 70), st.data())
def test_every_leaf_has_a_proof_and_no_other_place(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = full_tree(LEAVES[:size])
    proof = merkle.inclusion_proof(index, size, node)
    merkle.verify_inclusion(LEAVES[index], index, size, proof, root)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda place: place != index) if size > 1 else st.just(1)
    )
    with pytest.raises(IntegrityBroken):
        merkle.verify_inclusion(LEAVES[index], other, size, proof, root)
    with pytest.raises(IntegrityBroken):
        merkle.verify_inclusion(LEAVES[index], index, size, (*proof, root), root)


@given(st.integers(1, 70), st.integers(1, 70))
def test_any_two_sizes_have_a_consistency_proof(one: int, two: int) -> None:
    old, new = sorted((one, two))
    proof = merkle.consistency_proof(old, new, node)
    old_root, new_root = full_tree(LEAVES[:old]), full_tree(LEAVES[:new])
    merkle.verify_consistency(old, new, proof, old_root, new_root)
    for wrong in (old_root[::-1], merkle.EMPTY_ROOT):
        with pytest.raises(IntegrityBroken):
            merkle.verify_consistency(old, new, proof, wrong, new_root)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(index, size, node)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (3, 2)])
def test_an_empty_or_larger_old_tree_has_no_consistency_proof(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency_proof(old, new, node)


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (1, 999, 255, "tile/1/999.p/255"),
        (0, 1000, 256, "tile/0/x001/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        ("entries", 5, 1, "tile/entries/005.p/1"),
    ],
)
def test_tiles_have_their_c2sp_paths(level: int | str, index: int, width: int, path: str) -> None:
    assert merkle.tile_path(level, index, width) == path


@pytest.mark.parametrize(
    ("level", "index", "size", "width"),
    [
        (0, 0, 255, 255),
        (0, 0, 256, 256),
        (0, 0, 257, 256),
        (0, 1, 257, 1),
        (0, 2, 257, 0),
        (1, 0, 767, 2),
    ],
)
def test_a_tile_is_as_wide_as_the_tree_fills_it(level: int, index: int, size: int, width: int) -> None:
    assert merkle.tile_width(level, index, size) == width


def test_a_hash_tile_is_its_hashes_in_order() -> None:
    assert merkle.hash_tile(0, 0, 70, node) == b"".join(LEAVES)
    assert merkle.hash_tile(1, 0, 70, node) == b""

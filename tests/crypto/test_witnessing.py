"""What a witness signs and what it refuses (C2SP tlog-witness), and proofs made out of tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.checkpoint import COSIGNATURE, Checkpoint, cosign, sign_checkpoint, vkey
from crypto.merkle import (
    Frontier,
    NodeReader,
    consistency_proof,
    hash_tile,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from crypto.signatures import Signer
from crypto.tiles import tile_nodes
from crypto.witnessing import (
    SeenHead,
    Witness,
    check_quorum,
    judge,
    read_request,
    read_witnesses,
    way_between,
    write_request,
)
from kernel.errors import BadInput, IntegrityBroken

LOG = Signer("log.example/one", b"\x01" * 32)
WITNESSES = [Signer(f"witness-{n}.example", bytes([n]) * 32) for n in (2, 3)]
KNOWN = [Witness(one.name, vkey(one.name, one.public, COSIGNATURE)) for one in WITNESSES]
LEAVES = [leaf_hash(bytes([n % 256, n // 256])) for n in range(600)]


def nodes(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def head(size: int) -> Checkpoint:
    return Checkpoint(LOG.name, size, root_of(LEAVES[:size]))


def request(old: int, new: int) -> str:
    return write_request(old, way_between(old, new, nodes), sign_checkpoint(head(new), LOG))


@given(st.integers(0, 599), st.integers(1, 600))
def test_a_head_that_contains_the_last_one_may_be_signed(old: int, new: int) -> None:
    old = min(old, new)
    seen = SeenHead(old, root_of(LEAVES[:old])) if old else None
    assert judge(seen, read_request(request(old, new)), head(new)) is None


@pytest.mark.parametrize(("signed", "old"), [(5, 4), (5, 6), (0, 3), (3, 0)])
def test_who_starts_from_another_size_is_told_the_right_one(signed: int, old: int) -> None:
    seen = SeenHead(signed, root_of(LEAVES[:signed])) if signed else None
    assert judge(seen, read_request(request(old, 9)), head(9)) == signed


def test_what_would_make_two_histories_is_refused() -> None:
    forked = [*LEAVES[:4], leaf_hash(b"forged"), *LEAVES[5:9]]
    fork = Checkpoint(LOG.name, 9, root_of(forked))
    seen = SeenHead(5, root_of(LEAVES[:5]))
    with pytest.raises(IntegrityBroken):
        judge(seen, read_request(request(5, 9)), fork)
    with pytest.raises(IntegrityBroken, match="two heads of one size"):
        judge(SeenHead(9, root_of(LEAVES[:9])), read_request(request(9, 9)), fork)
    with pytest.raises(BadInput, match="smaller"):
        judge(SeenHead(9, b"\0" * 32), read_request(request(9, 9)), head(8))
    with pytest.raises(IntegrityBroken, match="nothing to prove"):
        judge(None, read_request(write_request(0, [b"\0" * 32], "x")), head(9))


@pytest.mark.parametrize(
    "text",
    ["", "old 1", "old -1\n\nnote", "old 01\n\nnote", "new 1\n\nnote", "old 1\nnot base64!\n\nnote",
     "old 1\n" + "AAAA\n" * 64 + "\nnote", "old 1\n\n" + "x" * 200_000],
)  # fmt: skip
def test_a_malformed_request_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_request(text)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    for candidate in (text, f"old 3\n{text}\n\n{text}"):
        try:
            read_request(candidate)
        except BadInput:
            continue


def test_a_quorum_counts_different_witnesses_whose_lines_hold() -> None:
    note = sign_checkpoint(head(9), LOG)
    both = note + "".join(cosign(note, one, 1_763_688_600) for one in WITNESSES)
    assert set(check_quorum(both, KNOWN, 2)) == {one.name for one in KNOWN}
    one = note + cosign(note, WITNESSES[0], 1_763_688_600) * 2
    with pytest.raises(IntegrityBroken, match="1 known witnesses cosigned this head, 2 are demanded"):
        check_quorum(one, KNOWN, 2)
    other = sign_checkpoint(head(8), LOG)
    with pytest.raises(IntegrityBroken):
        check_quorum(note + cosign(other, WITNESSES[0], 1), KNOWN, 1)


def test_a_file_of_witnesses_is_read_line_by_line() -> None:
    text = f"# ours\n{KNOWN[0].vkey} https://w.example/\n\n{KNOWN[1].vkey}  # comes by itself\n"
    assert read_witnesses(text) == (Witness(KNOWN[0].name, KNOWN[0].vkey, "https://w.example"), KNOWN[1])
    for wrong in ("nonsense", f"{KNOWN[0].vkey} ftp://w", f"{KNOWN[0].vkey}\n{KNOWN[0].vkey}"):
        with pytest.raises(ValueError):
            read_witnesses(wrong)


def by_tiles(size: int) -> NodeReader:
    def fetch(path: str) -> bytes:
        level, _, rest = path.removeprefix("tile/").partition("/")
        index = int(rest.split(".")[0].replace("x", "").replace("/", ""))
        return hash_tile(int(level), index, size, nodes)

    return tile_nodes(fetch, size)


@given(st.integers(1, 600), st.data())
def test_proofs_made_of_tiles_are_those_of_the_tree(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert inclusion_proof(index, size, by_tiles(size)) == inclusion_proof(index, size, nodes)
    assert consistency_proof(old, size, by_tiles(size)) == consistency_proof(old, size, nodes)


def test_a_tile_of_another_size_is_noticed() -> None:
    reader = tile_nodes(lambda path: b"\0" * 31, 9)
    with pytest.raises(IntegrityBroken, match="another size"):
        reader(0, 3)
    assert Frontier().root() == root_of([])

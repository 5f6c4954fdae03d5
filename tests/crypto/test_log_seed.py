from typing import Any

import pytest

from crypto.canonical import b64
from crypto.log_entry import leaf_data
from crypto.log_seed import Freeze, SeedRoot, check_tree, read_freeze, write_freeze, write_tree
from crypto.merkle import leaf_hash, node_hash
from kernel.errors import BadInput, IntegrityBroken
from kernel.fields import Fields

FREEZE = Freeze(1, b'{"kind":"frozen"}', bytes(32))
LEAF = leaf_hash(leaf_data(FREEZE.salt, FREEZE.fact))
BEFORE, AFTER = leaf_hash(b"before"), leaf_hash(b"after")
SEED = SeedRoot(node_hash(node_hash(BEFORE, LEAF), AFTER), (BEFORE, AFTER))


def test_a_freeze_and_its_root_read_back() -> None:
    assert read_freeze(Fields(write_freeze(FREEZE))) == FREEZE
    assert check_tree(Fields(write_tree(FREEZE, SEED)), FREEZE) == SEED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"size": 4}, IntegrityBroken),
        ({"size": 2}, IntegrityBroken),
        ({"root": "00" * 32}, IntegrityBroken),
        ({"proof": [AFTER.hex(), BEFORE.hex()]}, IntegrityBroken),
        ({"proof": [BEFORE.hex()]}, IntegrityBroken),
        ({"root": "zz" * 32}, BadInput),
        ({"proof": [BEFORE.hex(), "00"]}, BadInput),
        ({"more": 1}, BadInput),
    ],
)
def test_a_tree_without_the_freeze_before_its_end_is_refused(
    changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_tree(Fields({**write_tree(FREEZE, SEED), **changes}), FREEZE)


def test_another_entry_is_not_in_the_tree() -> None:
    other = read_freeze(Fields({**write_freeze(FREEZE), "fact": b64(b"{}")}))
    with pytest.raises(IntegrityBroken):
        check_tree(Fields(write_tree(FREEZE, SEED)), other)

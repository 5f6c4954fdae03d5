"""Labels of blind parts: the same for everybody who knows the seed, and bound before it is known."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.blind_labels import (
    blind_sheet_digest,
    check_reveal,
    commitment,
    label_order,
    mapping_digest,
)
from kernel.errors import BadInput

VECTOR = json.loads(
    (Path(__file__).parents[1] / "vectors" / "blind-part" / "labels.json").read_text(encoding="utf-8")
)
SEED = bytes(range(32))


def test_the_vector_holds() -> None:
    order = check_reveal(
        VECTOR["lot"],
        VECTOR["bids"],
        committed=VECTOR["commitment"],
        seed=VECTOR["seed"],
        mapping=VECTOR["mapping"],
    )
    assert list(order) == VECTOR["labels"]
    sheet = VECTOR["sheet"]
    digest = blind_sheet_digest(VECTOR["lot"], sheet["label"], sheet["member"], sheet["points"])
    assert digest == sheet["digest"]


@given(st.sets(st.text("abc123-", min_size=1), max_size=8), st.binary(min_size=32, max_size=32))
def test_every_bid_has_one_label_however_the_bids_are_listed(bids: set[str], seed: bytes) -> None:
    order = label_order(seed, bids)
    assert sorted(order) == sorted(bids)
    assert label_order(seed, sorted(bids, reverse=True)) == order


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"seed": "zz"}, "seed"),
        ({"seed": "00" * 31}, "draw seed"),
        ({"seed": "00" * 33}, "draw seed"),
        ({"seed": "11" * 32}, "mapping"),
        ({"mapping": "0" * 64}, "mapping"),
        ({"committed": "0" * 64}, "commitment"),
    ],
)
def test_a_reveal_that_does_not_fit_is_refused(change: dict[str, str], where: str) -> None:
    bids = [f"bid-{n}" for n in range(6)]
    order = label_order(SEED, bids)
    told = {
        "committed": commitment("lot", SEED, order),
        "seed": SEED.hex(),
        "mapping": mapping_digest("lot", order),
    }
    assert check_reveal("lot", bids, **told) == order
    with pytest.raises(BadInput) as refused:
        check_reveal("lot", bids, **{**told, **change})
    assert refused.value.facts["where"] == where
    with pytest.raises(BadInput):
        check_reveal("another-lot", bids, **told)
    with pytest.raises(BadInput):
        check_reveal("lot", bids[:-1], **told)

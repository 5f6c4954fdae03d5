"""The digests of a member's work are those of docs/formats/panel-facts.md."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluation.compliance import Vote
from evaluation.signed_work import sheet_digest, votes_digest, words_digest
from kernel.ids import BidId

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors/panel-facts/digests.json").read_text()
)
CAST = [Vote("seat-1", BidId(row[0]), *row[1:]) for row in VECTORS["verdicts"]["rows"]]


def test_digests_are_those_of_the_vectors() -> None:
    sheet, words = VECTORS["sheet"], VECTORS["words"]
    assert votes_digest(CAST) == VECTORS["verdicts"]["digest"]
    assert sheet_digest(sheet["bid_id"], sheet["member"], sheet["points"]) == sheet["digest"]
    assert words_digest(words["text"]) == words["digest"]


@given(st.permutations(CAST))
def test_the_order_in_which_verdicts_were_written_does_not_matter(cast: list[Vote]) -> None:
    assert votes_digest(cast) == VECTORS["verdicts"]["digest"]

from typing import Any

import pytest

from approval.publication import (
    BLOCKS,
    EIGHT_BLOCKS,
    FIVE_BLOCKS,
    check_publishable,
    lacking,
    missing_blocks,
)
from kernel.errors import IncompleteItem
from tests.approval.items import item, step

EMPTY: dict[str, dict[str, Any]] = {
    "basis": {"basis": []},
    "conditions": {"conditions": []},
    "procedure": {"procedure": None},
    "materials": {"materials": []},
    "limits": {"promised_days": 0},
    "fees": {"fees": []},
    "result": {"result": None},
    "complaint": {"complaint_channel": ""},
}


def test_a_complete_item_may_be_published() -> None:
    assert missing_blocks(item(), tuple(BLOCKS)) == ()
    assert lacking(item()) == ()
    check_publishable(item())


@pytest.mark.parametrize("block", sorted(EMPTY))
def test_an_empty_block_is_missing_and_keeps_the_item_from_publication(block: str) -> None:
    version = item(**EMPTY[block])
    assert missing_blocks(version, tuple(BLOCKS)) == (block,)
    with pytest.raises(IncompleteItem) as error:
        check_publishable(version, tuple(BLOCKS))
    assert f"block.{block}" in str(error.value.facts["missing"]).split(", ")


def test_eight_blocks_are_the_five_and_three_more() -> None:
    assert set(FIVE_BLOCKS) < set(EIGHT_BLOCKS)
    assert (len(FIVE_BLOCKS), len(EIGHT_BLOCKS)) == (5, 8)


FEE: dict[str, Any] = {"code": "f", "title": {"zh": "费"}, "basis": "文号", "unit": "件", "unit_fen": 100}
LACKING: list[tuple[dict[str, Any], str]] = [
    ({"basis": [{"law": "行政许可法", "article": ""}]}, "basis.article"),
    ({"fees": [FEE | {"basis": ""}]}, "fees.basis"),
    ({"fees": [FEE | {"unit": ""}]}, "fees.unit"),
    ({"fees": [FEE | {"unit_fen": 0}]}, "fees.unit_fen"),
    ({"is_free": True}, "fees.free"),
    ({"is_sensitive": True, "allows_pledge": True}, "allows_pledge.sensitive"),
    ({"on_timeout": "deemed_by_law"}, "deemed_law"),
    ({"steps": [step("a", "review", 1)]}, "steps.decision"),
    ({"steps": [step("a", "decide", 1), step("b", "certify", 1), step("c", "certify", 1)]}, "steps.decision"),
    ({"steps": [step("a", "decide", 1), step("b", "decide", 1)]}, "steps.decision"),
    ({"steps": [step("a", "decide", 1, post="")]}, "steps.post"),
    ({"mode": "forwarded"}, "steps.forward"),
    ({"mode": "instant"}, "instant.days"),
    ({"materials": [{"code": "m", "title": {"zh": "图"}, "is_main": False, "trust": "C"}]}, "materials.main"),
    ({"mode": "prohibited", "fees": [], "is_free": True}, "prohibited.steps"),
    ({"mode": "prohibited", "steps": []}, "prohibited.fees"),
]


@pytest.mark.parametrize(("changes", "code"), LACKING)
def test_each_rule_of_publication_is_told_by_its_code(changes: dict[str, Any], code: str) -> None:
    assert lacking(item(**changes)) == (code,)


@pytest.mark.parametrize(("days", "is_missing"), [(6, False), (7, False), (8, True)])
def test_steps_may_fill_the_promise_and_no_day_more(days: int, is_missing: bool) -> None:
    version = item(steps=[step("a", "decide", days)])
    assert ("steps.limit_days" in lacking(version)) is is_missing


def test_all_that_is_missing_is_told_at_once() -> None:
    version = item(basis=[], conditions=[], fees=[], complaint_channel="", steps=[])
    assert lacking(version) == (
        "block.basis",
        "block.conditions",
        "block.procedure",
        "block.fees",
        "complaint_channel",
        "basis.law",
        "steps.decision",
    )


def test_an_item_that_is_only_answered_needs_its_law_and_nothing_to_be_done() -> None:
    version = item(mode="prohibited", steps=[], fees=[], is_free=True, materials=[], conditions=[])
    assert lacking(version) == ()
    assert lacking(item(mode="prohibited", steps=[], fees=[], is_free=True, basis=[])) == (
        "block.basis",
        "basis.law",
    )


def test_a_forwarded_item_goes_up_and_is_decided_there() -> None:
    steps = [step("accept", "review", 2), step("up", "forward", 3), step("decide", "decide", 1)]
    assert lacking(item(mode="forwarded", steps=steps)) == ()

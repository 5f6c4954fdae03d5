"""Unit prices of one source: 1 for one factor, next to 0 for independent bills."""

import numpy as np
import pytest

from evaluation.collusion.unit_prices import LEAST_ITEMS, proportion, proportions

PAIR = ("a", "b")


def bill(seed: int, items: int = 200) -> dict[str, int]:
    chance = np.random.Generator(np.random.PCG64(seed))
    return {f"item-{n}": int(price) for n, price in enumerate(chance.integers(5_000, 5_000_000, items))}


def test_one_source_gives_one_and_independence_next_to_none() -> None:
    first = bill(1)
    scaled = {item: round(price * 1.037) for item, price in first.items()}
    found = proportion(PAIR, first, scaled)
    assert found is not None
    assert (found.share, found.items) == (1.0, 200)
    assert found.ratio == pytest.approx(1.037, abs=1e-5)
    apart = proportion(PAIR, first, bill(2))
    assert apart is not None
    assert apart.share < 0.05


@pytest.mark.parametrize(("moved", "near"), [(1_000_499, 12), (1_000_500, 12), (1_000_501, 11)])
def test_the_tolerance_is_five_in_ten_thousand(moved: int, near: int) -> None:
    first = {f"item-{n}": 1_000_000 for n in range(12)}
    found = proportion(PAIR, first, {**first, "item-0": moved})
    assert found is not None
    assert found.near == near


@pytest.mark.parametrize(
    ("items", "said"), [(LEAST_ITEMS - 1, False), (LEAST_ITEMS, True), (LEAST_ITEMS + 1, True)]
)
def test_too_few_items_say_nothing(items: int, said: bool) -> None:
    assert (proportion(PAIR, bill(1, items), bill(1, items)) is not None) is said


@pytest.mark.parametrize(("price", "counted"), [(999, False), (1000, True), (1001, True)])
def test_items_too_cheap_to_compare_are_left_out(price: int, counted: bool) -> None:
    first = {**bill(1, LEAST_ITEMS), "cheap": price}
    found = proportion(PAIR, first, first)
    assert found is not None
    assert found.items == LEAST_ITEMS + counted


def test_sums_that_the_tender_gave_do_not_count() -> None:
    given = {f"provisional-{n}": 1_000_000 + n for n in range(50)}
    found = proportions({bid: {**bill(seed, 30), **given} for seed, bid in enumerate("abc")})
    assert [one.items for one in found] == [30, 30, 30]
    assert max(one.share for one in found) < 0.2


def test_a_bill_with_other_items_is_unknown_not_innocent() -> None:
    assert proportions({"a": bill(1), "b": {"other": 5000}}) == ()
    assert proportions({}) == ()

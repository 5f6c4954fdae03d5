import json
import random
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.case import case_digest, read_case, write_case
from evaluation.evaluate import evaluate
from evaluation.result import Ranking, ranking_digest, write_ranking
from kernel.errors import BadInput, BadSheet
from tests.evaluation import oracle
from tests.evaluation.cases import case_of, rulebook_data
from tests.evaluation.generated import made_case, with_samples
from tests.evaluation.oracle_price import shown

REAL_TENDER = Path(__file__).parents[2] / "tools" / "demo" / "op00028341.json"
FIGURES = ("place", "bid_id", "price_points", "technical_points", "total", "award", "evaluated_price")


def made(seed: object) -> dict[str, Any]:
    chance = random.Random(str(seed))
    return with_samples(chance, made_case(chance))


def compare(data: dict[str, Any]) -> Ranking:
    """Our engine and the fraction engine must agree bit for bit."""
    ranking = evaluate(read_case(data))
    published = write_ranking(ranking)
    lines = published["lines"]
    assert isinstance(lines, list)
    ours = [
        (*(line[key] for key in FIGURES), [(part["points"], part["weighted"]) for part in line["parts"]])
        for line in lines
    ]
    assert ours == [(*(line[key] for key in FIGURES), line["parts"]) for line in oracle.rank(data)]
    for line in lines:
        for step in line["derivation"]:
            places = len(step["value"].partition(".")[2])
            value = Fraction(int(step["numerator"]), int(step["denominator"])) / 10**places
            assert shown(value, places) == step["value"]
    return ranking


@pytest.mark.parametrize("block", range(4))
def test_three_hundred_generated_cases_agree_with_the_fraction_engine_bit_for_bit(block: int) -> None:
    for seed in range(75):
        compare(made(f"{block}-{seed}"))


def two_bids(technical: dict[str, str], prices: dict[str, str], **changes: Any) -> Ranking:
    sheets = {"m1": {bid: {"plan": points} for bid, points in technical.items()}}
    return evaluate(case_of(rulebook_data(**changes), prices, sheets))


def test_exact_rounding_gives_the_award_to_a_where_binary_rounding_makes_a_tie() -> None:
    # Price points 88.55 and 88.60 come from real divisions: 100 * 8855 / 10000 and 100 * 8860 / 10000.
    prices = {"a": "1000000.00", "b": "999435.67", "low": "885500.00"}
    ranking = two_bids({"a": "80.00", "b": "79.97", "low": "0"}, prices)
    figures = {line.bid.bid_id: (line.price_points, line.total, line.place) for line in ranking.lines}
    assert figures["a"] == (8855, 8257, 1)
    assert figures["b"] == (8860, 8256, 2)
    import numpy as np

    assert np.round(np.array([80.00 * 0.7 + 88.55 * 0.3, 79.97 * 0.7 + 88.60 * 0.3]), 2).tolist() == [
        82.56,
        82.56,
    ]


def test_a_tie_that_no_key_decides_is_returned_as_a_shared_place() -> None:
    ranking = two_bids({"a": "80", "b": "80", "c": "70"}, {"a": "100.00", "b": "100.00", "c": "100.00"})
    assert [(line.bid.bid_id, line.place) for line in ranking.lines] == [("a", 1), ("b", 1), ("c", 3)]
    assert ranking.ties == (("a", "b"),)


@pytest.mark.parametrize(("bids", "competitive"), [(2, False), (3, True), (4, True)])
def test_fewer_valid_bids_than_the_minimum_are_said_not_hidden(bids: int, competitive: bool) -> None:
    ids = [f"b{i}" for i in range(bids)]
    ranking = two_bids(dict.fromkeys(ids, "80"), dict.fromkeys(ids, "100"))
    assert ranking.is_competitive == competitive
    assert len(ranking.lines) == bids


def test_when_every_bid_is_rejected_the_ranking_has_no_line() -> None:
    ranking = two_bids({"a": "80"}, {"a": "100.01"}, price__ceiling="100")
    assert ranking.lines == ()
    assert [rejection.bid_id for rejection in ranking.rejected] == ["a"]


def test_real_vietnamese_prices_of_thirteen_digits_are_ranked_exactly() -> None:
    tender = json.loads(REAL_TENDER.read_text())
    prices = {f"b{i:02}": bid["price"] for i, bid in enumerate(tender["bids"])}
    for places in (2, 6):
        book = rulebook_data(currency="VND", places__price=places, places__total=places)
        case = case_of(book, prices, {"m1": {bid: {"plan": "80"} for bid in prices}})
        ranking = compare(write_case(case))
        cheapest_first = [line.bid.price for line in ranking.lines]
        assert cheapest_first == sorted(cheapest_first)
        assert ranking.lines[0].bid.price == 131456655994900


@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_of_arrival_never_matters(seed: int, shuffler: random.Random) -> None:
    data = made(seed)
    shuffled = deepcopy(data)
    for key in ("bids", "votes", "sheets"):
        shuffler.shuffle(shuffled[key])
    one, other = read_case(data), read_case(shuffled)
    assert case_digest(one) == case_digest(other)
    assert ranking_digest(evaluate(one)) == ranking_digest(evaluate(other))


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_more_points_for_a_bid_never_lower_its_place(seed: int) -> None:
    data = without_cliffs(made(seed))
    before = {line.bid.bid_id: line.place for line in evaluate(read_case(data)).lines}
    favoured = random.Random(seed).choice(sorted(before) or ["nobody"])
    maxima = {
        c["id"]: c["maximum"]
        for group in data["rulebook"]["groups"]
        for c in group["criteria"]
        if c["scored_by"] == "experts"
    }
    for sheet in data["sheets"]:
        if sheet["bid_id"] == favoured:
            sheet["points"] = dict(maxima)
    after = {line.bid.bid_id: line.place for line in evaluate(read_case(data)).lines}
    assert after.get(favoured, 0) <= before.get(favoured, 0)


def without_cliffs(data: dict[str, Any]) -> dict[str, Any]:
    """Without minimums, which let others in or out, and without leaving out figures that are unusually high."""
    book = data["rulebook"]
    book |= {"technical_minimum": None}
    book["combination"]["exclude"] = None
    for group in book["groups"]:
        for part in (group, *group["criteria"]):
            part["minimum"] = None
    return redrawn(data)


def redrawn(data: dict[str, Any]) -> dict[str, Any]:
    """The sample drawn again, after the set of bids that it is drawn from has changed."""
    data["drawn"]["samples"] = {}
    return with_samples(random.Random(0), data)


def scaled(price: str, factor: int) -> str:
    return shown(Fraction(price) * factor, 2)


@given(st.integers(0, 10**6), st.integers(2, 1000))
@settings(max_examples=25, deadline=None)
def test_multiplying_every_price_changes_no_place(seed: int, factor: int) -> None:
    data = made(seed)
    book, price = data["rulebook"], data["rulebook"]["price"]
    book["places"]["benchmark"], book["award"]["by"], price["adjustments"] = None, "total", []
    book["tie_break"] = [key for key in book["tie_break"] if key != "answer:green"]
    for bid in data["bids"]:
        bid["answers"] = {id: value for id, value in bid["answers"].items() if id.startswith("a")}
    before = evaluate(read_case(redrawn(data)))
    for knot in price["formula"].get("knots", ()):
        knot |= {"price": scaled(knot["price"], factor)} if "price" in knot else {}
    for holder in (price, *data["bids"]):
        for key in {"ceiling", "estimate", "price", "corrected_price"} & set(holder):
            holder[key] = holder[key] and scaled(holder[key], factor)
    after = evaluate(read_case(data))
    assert [(x.place, x.bid.bid_id, x.total) for x in before.lines] == [
        (x.place, x.bid.bid_id, x.total) for x in after.lines
    ]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
@settings(max_examples=25, deadline=None)
def test_a_bid_that_loses_everywhere_changes_nothing_where_the_lowest_price_is_the_benchmark(
    seed: int, dearer: int
) -> None:
    chance = random.Random(seed)
    bids = {f"b{i}": chance.randint(10_000, 20_000) for i in range(chance.randint(1, 6))}
    plans = {f"m{i}": {bid: {"plan": str(chance.randint(1, 100))} for bid in bids} for i in range(3)}
    prices = {bid: shown(Fraction(price, 100), 2) for bid, price in bids.items()}
    before = evaluate(case_of(rulebook_data(), prices, plans))
    prices["z"] = shown(Fraction(max(bids.values()) + dearer, 100), 2)
    after = evaluate(
        case_of(rulebook_data(), prices, {m: {**plan, "z": {"plan": "0"}} for m, plan in plans.items()})
    )
    assert after.lines[:-1] == before.lines
    assert after.lines[-1].bid.bid_id == "z"


def test_a_rejected_bid_changes_no_figure_of_the_others() -> None:
    book = rulebook_data(price__ceiling="500")
    prices = {"a": "100", "b": "200"}
    sheet = {"a": {"plan": "80"}, "b": {"plan": "90"}}
    alone = evaluate(case_of(book, prices, {"m1": sheet}))
    joined = evaluate(case_of(book, prices | {"z": "500.01"}, {"m1": sheet | {"z": {"plan": "100"}}}))
    assert alone.lines == joined.lines


@pytest.mark.parametrize(
    ("spoil", "error", "why"),
    [
        (lambda d: d["sheets"].pop(), BadSheet, "is missing"),
        (lambda d: d["sheets"].append(d["sheets"][0]), BadSheet, "two sheets"),
        (lambda d: d["sheets"][0].update(bid_id="nobody"), BadSheet, "no bid"),
        (lambda d: d["sheets"][0]["points"].update(plan="100.01"), BadSheet, "from 0 to"),
        (lambda d: d["bids"].append(d["bids"][0]), BadInput, "twice"),
        (lambda d: d["bids"][0].update(price="0"), BadInput, "above zero"),
        (lambda d: d["bids"][0].update(price=12.5), BadInput, "a text is needed"),
        (lambda d: d["bids"][0].update(price="1.234"), BadInput, "at most 2 decimals"),
        (lambda d: d.update(note="x"), BadInput, "not known"),
        (lambda d: d["bids"][0].update(note="x"), BadInput, "not known"),
    ],
)
def test_a_case_that_is_incomplete_or_odd_is_refused(spoil: Any, error: type[BadInput], why: str) -> None:
    good = case_of(rulebook_data(), {"a": "1", "b": "2"}, {"m1": {"a": {"plan": "1"}, "b": {"plan": "2"}}})
    data: Any = json.loads(json.dumps(write_case(good)))
    spoil(data)
    with pytest.raises(error, match=why):
        evaluate(read_case(data))


def test_a_written_case_reads_back_to_the_same_digest() -> None:
    for seed in range(30):
        case = read_case(made(seed))
        again = read_case(json.loads(json.dumps(write_case(case))))
        assert case_digest(again) == case_digest(case)
        assert evaluate(again) == evaluate(case) or write_ranking(evaluate(again)) == write_ranking(
            evaluate(case)
        )

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

REAL_TENDER = Path(__file__).parents[2] / "tools" / "demo" / "op00028341.json"
PRICES = ["1250000.00", "1250000.01", "980000.00", "1314566559949.00", "1383562794240.00", "3", "0.01"]


def made_case(chance: random.Random) -> dict[str, Any]:
    """A random valid case as published JSON: any shape of rulebook, few distinct figures, so ties happen."""
    places = {"sheet": chance.randint(0, 2), "combined": 2, "price": 2, "weighted": 2, "total": 2}
    places |= {stage: chance.randint(0, 4) for stage in ("price", "weighted", "total")}
    places["combined"] = chance.randint(places["sheet"], 4)
    groups, criterion_ids = [], []
    cuts = sorted(chance.sample(range(1, 10_000), chance.randint(1, 3)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    for g, weight in enumerate(weights[1:]):
        maxima = [chance.choice([5, 7, 10, 33]) for _ in range(chance.randint(1, 3))]
        ids = [f"c{g}-{i}" for i in range(len(maxima))]
        criterion_ids += list(zip(ids, maxima, strict=True))
        criteria = [
            {
                "id": id,
                "name": {"zh": "项", "en": id},
                "maximum": str(maximum),
                "step": "1",
                "scored_by": "experts",
            }
            for id, maximum in zip(ids, maxima, strict=True)
        ]
        if places["sheet"]:
            for criterion in criteria:
                criterion["step"] = "0.1" if places["sheet"] == 1 else "0.25"
        name = {"zh": "组", "en": f"g{g}"}
        groups.append(
            {"id": f"g{g}", "name": name, "weight": weight, "maximum": str(sum(maxima)), "criteria": criteria}
        )
    high, low = chance.choice([(0, 0), (1, 1), (1, 0), (0, 1), (2, 1)])
    rule = "trimmed_mean" if high + low else chance.choice(["mean", "median"])
    checks = [{"id": "signed", "text": {"zh": "签", "en": "signed"}, "clause": "51"}] * chance.randint(0, 1)
    book = rulebook_data(
        places=places,
        price__weight=weights[0],
        price__maximum=chance.choice(["100", "30", "1"]),
        price__ceiling=chance.choice([None, "1300000000000"]),
        groups=groups,
        combination={
            "rule": rule,
            "drop_high": high,
            "drop_low": low,
            "level": chance.choice(["criterion", "group"]),
        },
        total_of=chance.choice(["exact_parts", "rounded_parts"]),
        tie_break=chance.sample(["lower_price", "higher_technical"], chance.randint(0, 2)),
        checks=checks,
    )
    bids = [f"b{i}" for i in range(chance.randint(1, 5))]
    members = [f"m{i}" for i in range(chance.randint(high + low + 1, 7))]
    step = {0: Fraction(1), 1: Fraction(1, 10), 2: Fraction(1, 4)}[places["sheet"]]

    def score(maximum: int) -> str:
        steps = chance.choice([0, int(maximum / step), chance.randint(0, int(maximum / step))])
        return oracle.shown(steps * step, places["sheet"])

    return {
        "v": 1,
        "tender_id": "t",
        "lot_id": "l",
        "rulebook": book,
        "bids": [{"bid_id": b, "bidder_name": b.upper(), "price": chance.choice(PRICES)} for b in bids],
        "votes": [
            {
                "member": m,
                "bid_id": b,
                "check": check["id"],
                "passed": passed,
                "reason": "" if passed else "no seal",
            }
            for check in checks
            for b in bids
            for m in members
            for passed in [chance.random() < 0.7]
        ],
        "sheets": [
            {"member": m, "bid_id": b, "points": {id: score(maximum) for id, maximum in criterion_ids}}
            for m in members
            for b in bids
        ],
    }


def compare(data: dict[str, Any]) -> Ranking:
    """Our engine and the fraction engine must agree bit for bit."""
    ranking = evaluate(read_case(data))
    published = write_ranking(ranking)
    lines = published["lines"]
    assert isinstance(lines, list)
    ours = [
        (
            line["place"],
            line["bid_id"],
            line["price_points"],
            line["technical_points"],
            line["total"],
            [(part["points"], part["weighted"]) for part in line["parts"]],
        )
        for line in lines
    ]
    theirs = [
        (x["place"], x["bid_id"], x["price_points"], x["technical_points"], x["total"], x["parts"])
        for x in oracle.rank(data)
    ]
    assert ours == theirs
    for line in lines:
        for step in line["derivation"]:
            places = len(step["value"].partition(".")[2])
            value = Fraction(int(step["numerator"]), int(step["denominator"])) / 10**places
            assert oracle.shown(value, places) == step["value"]
    return ranking


@pytest.mark.parametrize("block", range(10))
def test_three_thousand_generated_cases_agree_with_the_fraction_engine_bit_for_bit(block: int) -> None:
    for seed in range(300):
        compare(made_case(random.Random(f"{block}-{seed}")))


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
@settings(max_examples=60, deadline=None)
def test_order_of_arrival_never_matters(seed: int, shuffler: random.Random) -> None:
    data = made_case(random.Random(seed))
    shuffled = deepcopy(data)
    for key in ("bids", "votes", "sheets"):
        shuffler.shuffle(shuffled[key])
    one, other = read_case(data), read_case(shuffled)
    assert case_digest(one) == case_digest(other)
    assert ranking_digest(evaluate(one)) == ranking_digest(evaluate(other))


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_more_points_for_a_bid_never_lower_its_place(seed: int) -> None:
    chance = random.Random(seed)
    data = made_case(chance)
    favoured = chance.choice(data["bids"])["bid_id"]
    before = {line.bid.bid_id: line.place for line in evaluate(read_case(data)).lines}
    maxima = {c["id"]: c["maximum"] for group in data["rulebook"]["groups"] for c in group["criteria"]}
    for sheet in data["sheets"]:
        if sheet["bid_id"] == favoured:
            sheet["points"] = dict(maxima)
    after = {line.bid.bid_id: line.place for line in evaluate(read_case(data)).lines}
    assert after.get(favoured, 0) <= before.get(favoured, 0)


@given(st.integers(0, 10**6), st.integers(2, 1000))
@settings(max_examples=40, deadline=None)
def test_multiplying_every_price_changes_no_place(seed: int, factor: int) -> None:
    data = made_case(random.Random(seed))
    data["rulebook"]["price"]["ceiling"] = None
    before = evaluate(read_case(data))
    for bid in data["bids"]:
        bid["price"] = oracle.shown(Fraction(bid["price"]) * factor, 2)
    after = evaluate(read_case(data))
    assert [(x.place, x.bid.bid_id, x.total) for x in before.lines] == [
        (x.place, x.bid.bid_id, x.total) for x in after.lines
    ]


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
        case = read_case(made_case(random.Random(seed)))
        again = read_case(json.loads(json.dumps(write_case(case))))
        assert case_digest(again) == case_digest(case)
        assert evaluate(again) == evaluate(case) or write_ranking(evaluate(again)) == write_ranking(
            evaluate(case)
        )

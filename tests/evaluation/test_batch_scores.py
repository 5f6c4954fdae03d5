"""The winners of many lots at once are those of `evaluate`, one lot at a time."""

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

from evaluation.batch_scores import Lots, bare, benchmarks, winners
from evaluation.case import DrawnFacts, EvaluationCase
from evaluation.compliance import OpenedBid
from evaluation.evaluate import evaluate
from evaluation.fixed_point import units
from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.sheets import Sheet
from kernel.ids import BidId, LotId, TenderId
from kernel.money import read_units
from tests.evaluation.generated import PRICES, made_rulebook
from tests.evaluation.ready_made import NAMES, load

LOTS = 4


def comparable(data: dict[str, Any]) -> Rulebook:
    """A rulebook that both sides can work: groups of one criterion in hundredths, no limits, a plain award."""
    for number, group in enumerate(data["groups"]):
        criterion = {"id": f"x{number}", "name": "x", "maximum": "100", "scored_by": "experts"}
        group |= {"criteria": [criterion], "maximum": "100", "minimum": None}
    data["combination"] = {"rule": "mean"}
    data["price"]["limits"] = []
    data["award"]["by"] = (
        "total" if data["award"]["by"] not in ("evaluated_price", "technical") else data["award"]["by"]
    )
    data["tie_break"] = [
        key for key in data["tie_break"] if key.partition(":")[0] not in ("criterion", "answer")
    ]
    return bare(read_rulebook(data))


def made_lots(book: Rulebook, chance: Random, prices: list[int]) -> Lots:
    bids = chance.randint(1, 7)
    offers = [[chance.choice(prices) for _ in range(bids)] for _ in range(LOTS)]
    shares = [[chance.choice([70, 80, 81]) for _ in range(bids)] for _ in range(LOTS)]
    drawn = {one.name: [chance.choice(one.values) for _ in range(LOTS)] for one in book.drawn}
    samples = {
        one.name: np.array([chance.sample(range(bids), min(one.size, bids)) for _ in range(LOTS)])
        for one in book.price.samples
    }
    return Lots(units(offers), units(shares), drawn, samples)


def one_by_one(book: Rulebook, lots: Lots, lot: int) -> tuple[set[int], Fraction | None]:
    """What `evaluate` says of one lot: who stands first, and the benchmark."""
    offers = lots.offers[lot]
    bids = [OpenedBid(BidId(f"{n:03}"), str(n), int(offer)) for n, offer in enumerate(offers)]
    sheets = [
        Sheet("m", bid.bid_id, {c.id: c.maximum * int(share) // 100 for c in book.criteria})
        for bid, share in zip(bids, lots.shares[lot], strict=True)
    ]
    drawn = DrawnFacts(
        {name: column[lot] for name, column in lots.drawn.items()},
        {name: tuple(bids[n].bid_id for n in rows[lot]) for name, rows in lots.samples.items()},
    )
    case = EvaluationCase(
        TenderId("t"), LotId("l"), book, tuple(bids), (), tuple(sheets if book.criteria else ()), drawn
    )
    ranking = evaluate(case)
    first = {int(line.bid.bid_id) for line in ranking.lines if line.place == 1}
    return first, ranking.benchmark.value if ranking.benchmark else None


def compare(book: Rulebook, lots: Lots) -> None:
    first = winners(book, lots)
    found = benchmarks(book, lots) if book.price.formula.kind != "none" else None
    for lot in range(LOTS):
        expected, mark = one_by_one(book, lots, lot)
        assert set(np.nonzero(first[lot])[0].tolist()) == expected
        if found is not None:
            numerator = found.numerators[lot % len(found.numerators)]
            assert Fraction(int(numerator), found.denominator) == mark


@pytest.mark.parametrize("block", range(4))
def test_generated_rulebooks_have_the_same_winners_and_benchmarks(block: int) -> None:
    prices = [read_units(price, 2) for price in PRICES]
    for seed in range(block * 20, block * 20 + 20):
        chance = Random(seed)
        book = comparable(made_rulebook(chance))
        if book.scale.places == 2:
            compare(book, made_lots(book, chance, prices))


@pytest.mark.parametrize("name", NAMES)
def test_ready_made_rulebooks_have_the_same_winners(name: str) -> None:
    chance, data = Random(name), load(name)
    if data["award"]["by"] in ("quality_per_price", "price_less_quality", "utility_index"):
        data["award"]["by"] = "total"
    book = comparable(data)
    near = [chance.randint(80_000_000, 100_000_000) for _ in range(20)]
    compare(book, made_lots(book, chance, near))


def test_prices_beyond_64_bits_are_compared_exactly() -> None:
    book = comparable(load("cn-trimmed-mean-float"))
    huge = [10**17 + n for n in (0, 1, 10**12, 2 * 10**15)]
    compare(book, made_lots(book, Random(1), huge))


def test_what_is_bare_has_nothing_that_needs_answers() -> None:
    book = bare(replace(read_rulebook(load("cn-reviewed-lowest-works")), technical_minimum=1))
    assert (book.price.adjustments, book.checks, book.technical_minimum) == ((), (), None)

"""Trying a rulebook on prices before anybody bids: the exact evaluation, with everything else held equal.

Every bid passes the compliance review and has the same share of the experts' points (all of them, unless said
otherwise); coefficients that a draw would decide are given, or the middle one of their values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

from crypto.canonical import JsonValue
from crypto.seeded_random import SeededRandom
from evaluation.case import DrawnFacts, EvaluationCase
from evaluation.compliance import OpenedBid, screen
from evaluation.evaluate import evaluate
from evaluation.price_curve import PriceCurve, price_curve
from evaluation.result import Ranking, write_ranking
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import write_decimal
from evaluation.sheets import Sheet
from kernel.errors import BadInput, BadPrice
from kernel.ids import BidId, LotId, TenderId
from kernel.money import PriceScale, read_units, write_units

MOST_PRICES = 200
LONGEST = 20_000  # characters of a pasted list
BETWEEN = re.compile(r"[\s,，;；、]+")
FULL = 100  # percent of the experts' points
MOMENT = "2026-01-01T{:02}:{:02}:00.000Z"  # bids come in minute by minute, in the order given


@dataclass(frozen=True)
class Trial:
    """A ranking of made-up bids, named by their number from 1, and the curve that their prices lie on."""

    ranking: Ranking
    drawn: DrawnFacts
    curve: PriceCurve | None


@dataclass(frozen=True)
class Setting:
    """What a trial holds fixed beside the prices; answers and shares are in the order of the prices."""

    answers: tuple[Mapping[str, object], ...] = ()
    shares: tuple[int, ...] = ()
    coefficients: Mapping[str, Fraction] = field(default_factory=dict)
    seed: int = 0


def read_prices(text: str, scale: PriceScale) -> tuple[int, ...]:
    """Read a pasted list of prices, separated by commas, semicolons, blanks or new lines.

    Raises:
        BadPrice: `where` numbers the first price that is none.
        BadInput: there is no price, or there are too many.
    """
    texts = [piece for piece in BETWEEN.split(text) if piece]
    if not texts:
        raise BadInput(where="prices", why="give at least one price, such as 1250000.00")
    if len(texts) > MOST_PRICES or len(text) > LONGEST:
        raise BadInput(where="prices", why=f"at most {MOST_PRICES} prices are tried at once")
    return tuple(_price(piece, scale, number) for number, piece in enumerate(texts, 1))


def _price(text: str, scale: PriceScale, number: int) -> int:
    where = f"price {number}"
    if any(not (character.isdigit() or character in ".+-") for character in text):
        why = f"prices are in {scale.currency}: write digits and a point only, without thousands marks"
        raise BadPrice(where=where, price=text[:40], why=why)
    return read_units(text, scale.places, where)


def try_prices(rulebook: Rulebook, prices: Sequence[int], setting: Setting) -> Trial:
    """Evaluate these offers, which are in price units.

    Raises:
        BadInput: the setting does not fit the prices or the rulebook.
    """
    for name, given in (("answers", setting.answers), ("shares", setting.shares)):
        if given and len(given) != len(prices):
            raise BadInput(where=name, why=f"one for each of the {len(prices)} prices is needed")
    bare = replace(rulebook, checks=())
    bids = tuple(_bid(number, price, setting) for number, price in enumerate(prices, 1))
    drawn = _drawn(bare, bids, setting)
    case = EvaluationCase(
        TenderId("trial"), LotId("trial"), bare, bids, (), tuple(_sheets(bare, bids, setting)), drawn
    )
    ranking = evaluate(case)
    return Trial(ranking, drawn, _curve(bare, ranking, drawn))


def write_trial(trial: Trial) -> dict[str, JsonValue]:
    """The JSON form of a trial; figures are decimal texts as in docs/formats/ranking.md."""
    published: dict[str, Any] = write_ranking(trial.ranking)
    places = trial.ranking.rulebook.places
    curve: JsonValue = None
    if trial.curve:
        line = trial.curve.line
        curve = [[write_units(x, places.evaluated), write_units(y, places.price)] for x, y in line]
    return {
        "benchmark": published["benchmark"],
        "lines": [{k: v for k, v in line.items() if k != "bidder_name"} for line in published["lines"]],
        "rejected": published["rejected"],
        "ties": published["ties"],
        "drawn": {
            "coefficients": {name: write_decimal(value) for name, value in trial.drawn.coefficients.items()},
            "samples": {name: list(bids) for name, bids in trial.drawn.samples.items()},
        },
        "curve": curve,
    }


def middle(values: Sequence[Fraction]) -> Fraction:
    """The value that a trial takes where nobody names one."""
    return sorted(values)[len(values) // 2]


def _bid(number: int, price: int, setting: Setting) -> OpenedBid:
    answers = setting.answers[number - 1] if setting.answers else {}
    received = MOMENT.format(number // 60, number % 60)
    return OpenedBid(BidId(f"{number:03}"), f"{number}", price, received_at=received, answers=answers)


def _sheets(rulebook: Rulebook, bids: Sequence[OpenedBid], setting: Setting) -> list[Sheet]:
    if not rulebook.expert_criteria:
        return []
    shares = setting.shares or (FULL,) * len(bids)
    if not all(0 <= share <= FULL for share in shares):
        raise BadInput(where="shares", why="a share of the experts' points is from 0 to 100 percent")
    return [
        Sheet(
            f"expert-{member}",
            bid.bid_id,
            {
                criterion.id: criterion.maximum * share // FULL // criterion.step * criterion.step
                for criterion in rulebook.expert_criteria
            },
        )
        for member in range(rulebook.combination.fewest_experts)
        for bid, share in zip(bids, shares, strict=True)
    ]


def _drawn(rulebook: Rulebook, bids: Sequence[OpenedBid], setting: Setting) -> DrawnFacts:
    coefficients = {one.name: middle(one.values) for one in rulebook.drawn} | dict(setting.coefficients)
    looked_at = bids if rulebook.price.benchmark.among == "opened" else screen(rulebook, bids, ()).accepted
    chance = SeededRandom(sha256(f"trial {setting.seed}".encode()).digest())
    samples = {
        sample.name: tuple(sorted(chance.shuffle([bid.bid_id for bid in looked_at])[: sample.size]))
        for sample in rulebook.price.samples
    }
    return DrawnFacts(coefficients, samples)


def _curve(rulebook: Rulebook, ranking: Ranking, drawn: DrawnFacts) -> PriceCurve | None:
    if ranking.benchmark is None or not ranking.lines:
        return None
    shift = 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    by_offer = rulebook.price.formula.of == "offer"
    prices = [line.bid.offer * shift if by_offer else line.evaluated_price for line in ranking.lines]
    return price_curve(rulebook, prices, ranking.benchmark.value, drawn.coefficients)

"""The price part of a rulebook: limits, evaluation price, benchmark, formula, each a value of one schema."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, NamedTuple

from evaluation.rulebook.numbers import Factor

BETTER: Final = ("lower", "higher")
SIDES: Final = ("above", "below")
AT_LIMIT: Final = ("inside", "outside")
PRICES: Final = ("evaluated", "offer")
AMONG: Final = ("accepted", "opened")
SPREADS: Final = ("mean", "median", "lowest", "second_lowest", "highest")
FIXED: Final = ("ceiling", "estimate")
COUNTED: Final = ("interpolated", "started", "completed")
ROUNDED: Final = ("up", "down", "half_up")
ORDERS: Final = ("worst_first", "all_at_once")
FORMULAS: Final = ("none", "ratio", "deviation", "curve", "log")
ADJUSTMENTS: Final = ("flag", "units", "stated", "quality")
KNOTS: Final = ("benchmark", "ceiling", "estimate", "lowest", "highest", "price")


class Scales(NamedTuple):
    """The decimals that the price part needs."""

    offer: int
    points: int


@dataclass(frozen=True)
class Limit:
    """An offer on this side of `of` times the factors is rejected; one exactly there is inside or outside."""

    side: str
    of: str
    factors: tuple[Factor, ...]
    at_limit: str


@dataclass(frozen=True)
class Feature:
    """A quality that the bidder states by choosing; values are shares of one."""

    answer: str
    choices: tuple[tuple[str, Fraction], ...]

    @property
    def maximum(self) -> Fraction:
        """The best value that can be chosen."""
        return max(value for _, value in self.choices)


@dataclass(frozen=True)
class Adjustment:
    """One step from the offer to the evaluation price; amounts in price units, percent of the offer."""

    id: str
    kind: str
    answer: str = ""
    required: bool = False
    amount: int | None = None
    percent: Fraction | None = None
    side: str = "above"
    beyond: Fraction = Fraction(0)
    unit: Fraction = Fraction(1)
    counted: str = "interpolated"
    sign: int = 1
    features: tuple[Feature, ...] = ()
    operation: str = "divide"


@dataclass(frozen=True)
class Trim:
    """From this number of prices on, so many of the highest and lowest are dropped: by count or by percent of all."""

    from_bids: int
    high: int
    low: int
    high_percent: Fraction
    low_percent: Fraction
    rounded: str

    def counts(self, bids: int) -> tuple[int, int]:
        """How many of the highest and of the lowest are dropped among so many prices."""
        return self.high + self._share(self.high_percent, bids), self.low + self._share(
            self.low_percent, bids
        )

    def _share(self, percent: Fraction, bids: int) -> int:
        exact = percent * bids / 100
        if self.rounded == "up":
            return -(-exact.numerator // exact.denominator)
        return int(exact) if self.rounded == "down" else int(exact + Fraction(1, 2))


@dataclass(frozen=True)
class Exclusion:
    """Prices further than this from the mean or median leave the set, and the rest is looked at again."""

    percent: Fraction
    of: str
    side: str
    order: str
    repeat: bool
    least: int
    at_limit: str


@dataclass(frozen=True)
class Term:
    """One summand of the benchmark: a figure of the prices, or the ceiling or estimate, times factors."""

    base: str
    factors: tuple[Factor, ...] = ()
    trim: tuple[Trim, ...] = ()
    exclude: Exclusion | None = None
    sample: str = ""


@dataclass(frozen=True)
class Benchmark:
    """What the prices are measured against."""

    of: str
    among: str
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Band:
    """From this deviation on, in percent, each unit of deviation costs so many points."""

    from_percent: Fraction
    points: Fraction


@dataclass(frozen=True)
class Knot:
    """A point of a curve: at this price so many points (units of 10**-places.price)."""

    of: str
    factors: tuple[Factor, ...]
    price: int | None
    points: int


@dataclass(frozen=True)
class Formula:
    """How a price becomes points against the benchmark; start, floor and cap in units of 10**-places.price."""

    kind: str
    of: str
    floor: int
    cap: int
    start: int = 0
    counted: str = "interpolated"
    unit: Fraction = Fraction(1)
    above: tuple[Band, ...] = ()
    below: tuple[Band, ...] = ()
    knots: tuple[Knot, ...] = ()
    outside: str = "hold"
    base: Fraction = Fraction(10)


@dataclass(frozen=True)
class Sample:
    """How many offers a public draw chooses for a term."""

    name: str
    size: int


@dataclass(frozen=True)
class PriceRule:
    """The whole price part; maximum in units of 10**-places, ceiling and estimate in price units."""

    weight: int
    maximum: int
    places: int
    better: str
    formula: Formula
    benchmark: Benchmark
    ceiling: int | None = None
    estimate: int | None = None
    limits: tuple[Limit, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    outliers: str = "scored"
    samples: tuple[Sample, ...] = field(default=())

"""What a ring can gain under a rulebook: shadow bids that move the benchmark, and how often the ring then wins.

The model (docs/formats/rulebook-stress.md): honest bidders price around the expected price; a ring brings one firm
that wants to win at no less than a target price, and up to five shadow bids. It knows the rulebook and how honest
prices scatter, not the prices themselves. Its prices are searched on a grid: every combination while there are few,
then one more shadow at a time. What it gains is counted on other made-up lots than it was searched on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from evaluation.batch_scores import Lots, bare, benchmarks, deviation_bound, winners
from evaluation.blunting import Blunted, blunted
from evaluation.fixed_point import LIMIT, Units, units
from evaluation.lint_price import uses_benchmark
from evaluation.rulebook import Rulebook
from evaluation.rulebook.numbers import factor_product
from kernel.errors import BadInput

SPREADS = ("lognormal", "uniform", "given")
MOST_SHADOWS = 5
MOST_HONEST = 30
FEW = 2  # so many shadow bids are searched in every combination
SHARE, SHARE_SPREAD = (
    80,
    4,
)  # technical points of honest bidders and the ring's firm, in percent, and their deviation
SHADOW_SHARE = 60  # a shadow bid is there for its price alone
USUAL_PRICE = 1_000_000  # where the rulebook announces neither an estimate nor a ceiling
PERMILLE = 1000


Plan = tuple[int, tuple[int, ...]]  # the price of the ring's firm, and of its shadow bids, in percent


@dataclass(frozen=True)
class Pace:
    """How much is searched: lots the ring searches on, lots its gain is counted on, and the grids of its prices."""

    searched: int
    counted: int
    leader: tuple[int, ...]
    """in percent of the target price"""
    shadow: tuple[int, ...]
    """in percent of the expected price"""


QUICK = Pace(30, 300, (100, 101, 102, 104, 106, 110), (75, 85, 92, 97, 103, 110, 115, 120, 130))
SLOW = Pace(12, 100, (100, 103, 106), (75, 90, 110, 130))  # where lots are worked one by one

SLOWEST = Pace(6, 50, (100, 106), (75, 110, 130))  # logarithms to sixty digits


@dataclass(frozen=True)
class Model:
    """How honest prices scatter, and what the ring wants; percents are of the expected price."""

    honest: int = 5
    expected: int = 0
    """in price units; 0 takes the estimate, nine tenths of the ceiling, or a usual price"""
    spread: str = "lognormal"
    spread_percent: int = 5
    given: tuple[int, ...] = ()
    target_percent: int = 100
    seed: int = 1


@dataclass(frozen=True)
class Gain:
    """What up to so many shadow bids do: prices in percent, chance to win, how far the benchmark moves."""

    shadows: int
    leader_percent: int
    shadow_percents: tuple[int, ...]
    chance: int
    """in how many of 1000 lots the ring's firm stands first"""
    benchmark_shift: int
    """mean change of the benchmark against the ring's firm bidding alone, in thousandths"""


@dataclass(frozen=True)
class StressLine:
    """One setting of the rulebook, with 0 to 5 shadow bids."""

    setting: str
    gains: tuple[Gain, ...]

    @property
    def gain(self) -> int:
        """How much the shadows raise the chance at most, in thousandths."""
        return max(gain.chance for gain in self.gains) - self.gains[0].chance


@dataclass(frozen=True)
class Stress:
    """The rulebook as it is, then with each setting that could blunt a ring; the model with its figures filled in."""

    model: Model
    lines: tuple[StressLine, ...]


def stress(rulebook: Rulebook, model: Model, pace: Pace | None = None) -> Stress:
    """Search and count what a ring gains; without a pace the rulebook decides how much is searched.

    Raises:
        BadInput: the model is out of range, or price decides nothing under this rulebook.
    """
    check_applies(rulebook)
    filled = _filled(rulebook, model)
    lines = [
        StressLine(one.setting, _gains(one, filled, pace or _pace(one.rulebook, filled)))
        for one in _settings(rulebook)
    ]
    return Stress(filled, tuple(lines))


def check_applies(rulebook: Rulebook) -> None:
    """Raise BadInput where there is nothing to stress."""
    if rulebook.award.by not in ("total", "evaluated_price") or (
        rulebook.award.by == "total" and not (rulebook.price.weight and rulebook.price.formula.kind != "none")
    ):
        why = "a ring is looked for where the total or the evaluation price decides, and price counts"
        raise BadInput(where="award.by", why=why)
    if rulebook.price.better != "lower":
        raise BadInput(where="price.better", why="a ring is looked for where lower prices are better")


def _settings(rulebook: Rulebook) -> Iterator[Blunted]:
    plain = bare(rulebook)
    yield Blunted("as_it_is", plain)
    if plain.price.formula.kind != "none" and plain.award.by == "total":
        yield from blunted(plain)


def _filled(rulebook: Rulebook, model: Model) -> Model:
    """The model with its expected price, checked."""
    limits = (
        ("honest", model.honest, 2, MOST_HONEST),
        ("spread_percent", model.spread_percent, 1, 40),
        ("target_percent", model.target_percent, 80, 130),
        ("seed", model.seed, 0, 10**9),
    )
    for where, value, least, most in limits:
        if not least <= value <= most:
            raise BadInput(where=where, why=f"it must be from {least} to {most}")
    if model.spread not in SPREADS or (model.spread == "given") != bool(model.given):
        raise BadInput(where="spread", why="lognormal, uniform, or given together with prices")
    price, rule = model.expected, rulebook.price
    if model.given:
        price = sum(model.given) // len(model.given)
    elif not price:
        ceiling = 0 if rule.ceiling is None else rule.ceiling * 9 // 10
        price = rule.estimate or ceiling or USUAL_PRICE * 10**rulebook.scale.places
    if price < 100:
        raise BadInput(
            where="expected", why="the expected price must be at least 100 units of the price scale"
        )
    return replace(model, expected=price)


def _pace(rulebook: Rulebook, model: Model) -> Pace:
    if rulebook.price.formula.kind == "log":
        return SLOWEST
    return SLOW if is_slow(rulebook, model) else QUICK


def _gains(one: Blunted, model: Model, pace: Pace) -> tuple[Gain, ...]:
    rulebook = one.rulebook
    search, count = _World(rulebook, model, pace.searched, 0), _World(rulebook, model, pace.counted, 1)
    gains: list[Gain] = []
    best: Plan = (pace.leader[0], ())
    best_chance, alone = -1, 0.0
    for shadows in range(MOST_SHADOWS + 1):
        tried = list(dict.fromkeys(_plans(pace, shadows, best[1])))
        chances = search.chances(tried)
        top = int(np.argmax(chances))
        if chances[top] > best_chance:
            best, best_chance = tried[top], int(chances[top])
        mark = count.mean_benchmark(best)
        alone = alone or mark
        shift = round((mark - alone) * PERMILLE / alone) if alone else 0
        gains.append(Gain(shadows, best[0], best[1], int(count.chances([best])[0]), shift))
    return tuple(gains)


def is_slow(rulebook: Rulebook, model: Model) -> bool:
    """Whether lots have to be worked one by one, or in integers beyond 64 bits."""
    rule = rulebook.price
    if rule.formula.kind in ("curve", "log") or any(term.exclude for term in rule.benchmark.terms):
        return rulebook.award.by == "total"
    if rule.formula.kind != "deviation":
        return False
    few = _World(rulebook, model, 2, 0)
    lots = few.repeated(few.ring([(100, ())]))
    twice = model.expected * 2 * 10 ** (rulebook.places.evaluated - rulebook.scale.places)
    return deviation_bound(rulebook, rule.formula, units([twice]), benchmarks(rulebook, lots)) >= LIMIT


def _plans(pace: Pace, shadows: int, before: tuple[int, ...]) -> Iterator[Plan]:
    """The ring's choices: all combinations while there are few, then one more shadow, or all alike."""
    for leader in pace.leader:
        if shadows <= FEW:
            for chosen in combinations_with_replacement(pace.shadow, shadows):
                yield leader, chosen
            continue
        for percent in pace.shadow:
            yield leader, (*before, percent)
            yield leader, (percent,) * shadows


class _World:
    """Made-up lots of honest bids, the same for every plan of the ring, and what the ring wins in them."""

    def __init__(self, rulebook: Rulebook, model: Model, lots: int, stream: int) -> None:
        chance = np.random.Generator(np.random.PCG64([model.seed, stream]))
        self.rulebook, self.model, self.lots = rulebook, model, lots
        self.low, self.high = _limits(rulebook)
        self.honest = self._held(_honest(model, chance, lots))
        most = model.honest + 1 + MOST_SHADOWS
        spread = chance.normal(SHARE, SHARE_SPREAD, (lots, most))
        self.shares = np.clip(np.rint(spread), 0, 100).astype(np.int64)
        self.shares[:, model.honest + 1 :] = SHADOW_SHARE
        self.drawn = {
            one.name: [one.values[int(n)] for n in chance.integers(0, len(one.values), lots)]
            for one in rulebook.drawn
        }
        self.order = chance.random((lots, most))

    def chances(self, plans: Sequence[Plan]) -> Units:
        """For each plan, in how many of 1000 lots the ring's firm stands first; a tie counts as its share."""
        found = np.zeros(len(plans), dtype=np.int64)
        sizes = sorted({len(shadows) for _, shadows in plans})
        for size in sizes:
            rows = [n for n, (_, shadows) in enumerate(plans) if len(shadows) == size]
            ring = self.ring([plans[n] for n in rows])
            first = winners(self.rulebook, self.repeated(ring))
            won = first[:, self.model.honest] / first.sum(axis=1)
            found[rows] = np.rint(won.reshape(len(rows), self.lots).mean(axis=1) * PERMILLE)
        return found

    def mean_benchmark(self, plan: Plan) -> float:
        """The mean benchmark of all lots under one plan; 0 where the rulebook uses none."""
        formula = self.rulebook.price.formula
        if formula.kind == "none" or not uses_benchmark(formula):
            return 0.0
        found = benchmarks(self.rulebook, self.repeated(self.ring([plan])))
        return float(np.mean(found.numerators.astype(float))) / found.denominator

    def ring(self, plans: Sequence[Plan]) -> Units:
        """The ring's prices, [plan, firm], its own firm first, inside the rulebook's limits."""
        expected, target = self.model.expected, self.model.target_percent
        rows = [
            [-(-expected * target * leader // 10_000), *(expected * percent // 100 for percent in shadows)]
            for leader, shadows in plans
        ]
        return self._held(units(rows))

    def _held(self, prices: Units) -> Units:
        return np.clip(prices, self.low, self.high)

    def repeated(self, ring: Units) -> Lots:
        """Every plan in every lot, plan by plan."""
        plans, bids = len(ring), self.model.honest + ring.shape[1]
        offers = np.column_stack([np.tile(self.honest, (plans, 1)), np.repeat(ring, self.lots, axis=0)])
        drawn = {name: list(column) * plans for name, column in self.drawn.items()}
        places = np.argsort(self.order[:, :bids], axis=1)
        samples = {
            one.name: np.tile(places[:, : min(one.size, bids)], (plans, 1))
            for one in self.rulebook.price.samples
        }
        return Lots(offers, np.tile(self.shares[:, :bids], (plans, 1)), drawn, samples)


def _limits(rulebook: Rulebook) -> tuple[int, int]:
    """The lowest and highest offer that is not rejected; nobody bids outside them."""
    rule, low, high = rulebook.price, Fraction(1), Fraction(10**18)
    if rule.ceiling is not None:
        high = Fraction(rule.ceiling)
    for limit in rule.limits:
        at, out = getattr(rule, limit.of) * factor_product(limit.factors, {}), limit.at_limit == "outside"
        if limit.side == "above":
            whole = at.numerator // at.denominator
            high = min(high, Fraction(whole - 1 if out and whole == at else whole))
        else:
            whole = -(-at.numerator // at.denominator)
            low = max(low, Fraction(whole + 1 if out and whole == at else whole))
    return int(low), int(high)


def _honest(model: Model, chance: np.random.Generator, lots: int) -> Units:
    """Honest prices [lot, bidder], rounded to the price scale."""
    shape = (lots, model.honest)
    if model.spread == "given":
        return np.array(model.given, dtype=np.int64)[chance.integers(0, len(model.given), shape)]
    width = model.spread_percent / 100
    if model.spread == "uniform":
        factors = chance.uniform(1 - width, 1 + width, shape)
    else:
        factors = np.exp(chance.normal(0, width, shape))
    return np.maximum(np.rint(factors * model.expected), 1).astype(np.int64)

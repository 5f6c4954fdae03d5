"""Where a price begins to be abnormally low, in exact fractions and step by step.

Prices come in ascending order and in whole units; shares are fractions of one (50 % is 1/2). The last step of
every calculation is the limit: a price, or for Italy a rebate in percent of the base.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

HUNDRED = 10_000  # hundredths of one percent in the whole

NO_CEILING = "no ceiling and no budget is announced"
TOO_FEW = "there are too few valid bids"


@dataclass(frozen=True)
class LowLimit:
    """The way to a limit; `base` and `places` are there when the limit is a rebate."""

    steps: tuple[tuple[str, Fraction], ...] = ()
    skipped: str = ""
    base: Fraction | None = None
    places: int = 0

    def is_low(self, price: int, *, strict: bool) -> bool:
        """Whether a price lies beyond the limit; a strict limit is not yet low itself."""
        limit = self.steps[-1][1]
        if self.base is not None:
            # Italy speaks of rebates: the larger the rebate, the lower the price.
            rebate = rebate_percent(price, self.base, self.places)
            return rebate > limit if strict else rebate >= limit
        return price < limit if strict else price <= limit


def below_mean(prices: Sequence[int], share: Fraction) -> LowLimit:
    """A share of the mean of all valid prices."""
    if not prices:
        return LowLimit(skipped=TOO_FEW)
    mean = Fraction(sum(prices), len(prices))
    return LowLimit((("mean", mean), ("limit", mean * share)))


def below_second_lowest(prices: Sequence[int], share: Fraction) -> LowLimit:
    """A share of the second lowest price; only the lowest can lie below it."""
    if len(prices) < 2:
        return LowLimit(skipped=TOO_FEW)
    second = Fraction(prices[1])
    return LowLimit((("second_lowest", second), ("limit", second * share)))


def below_ceiling(share: Fraction, ceiling: Fraction | None) -> LowLimit:
    """A share of the announced ceiling, or of the budget where no ceiling was announced."""
    if ceiling is None:
        return LowLimit(skipped=NO_CEILING)
    return LowLimit((("ceiling", ceiling), ("limit", ceiling * share)))


def spain(
    prices: Sequence[int],
    budget: Fraction | None,
    *,
    single: Fraction,
    pair: Fraction,
    below: Fraction,
    excess: Fraction,
) -> LowLimit:
    """RGLCAP 85: one bid against the budget, two against each other, more against a mean without the dear ones."""
    if not prices:
        return LowLimit(skipped=TOO_FEW)
    if len(prices) == 1:
        if budget is None:
            return LowLimit(skipped=NO_CEILING)
        return LowLimit((("budget", budget), ("limit", budget * (1 - single))))
    if len(prices) == 2:
        other = Fraction(prices[1])
        return LowLimit((("other", other), ("limit", other * (1 - pair))))
    mean = Fraction(sum(prices), len(prices))
    kept = _without_dear(prices, mean * (1 + excess))
    mean_kept = Fraction(sum(kept), len(kept))
    steps = [("mean", mean), ("kept", Fraction(len(kept))), ("mean_kept", mean_kept)]
    limit = mean_kept * (1 - below)
    if len(prices) == 3 and budget is not None:
        # 85.3, last sentence: more than `single` below the budget is too low in any case.
        steps.append(("budget", budget))
        limit = max(limit, budget * (1 - single))
    return LowLimit((*steps, ("limit", limit)))


def _without_dear(prices: Sequence[int], highest: Fraction) -> Sequence[int]:
    """Of three only the dearest may leave; of more all the dear ones, but the three lowest always stay."""
    kept = [price for price in prices if price <= highest]
    if len(prices) == 3:
        return prices if prices[2] <= highest else prices[:2]
    return kept if len(kept) >= 3 else prices[:3]


def italy(prices: Sequence[int], base: Fraction | None, wing: Fraction, places: int, fewest: int) -> LowLimit:
    """Article 97(2): M + S, lowered by S times the product of the first two decimals of the sum of rebates.

    The bids of both wings, and those equal to one of them, stay out of sum, mean and deviation.
    """
    if base is None:
        return LowLimit(skipped=NO_CEILING)
    rebates = sorted(rebate_percent(price, base, places) for price in prices)
    aside = ceil(len(rebates) * wing)
    if len(rebates) < max(fewest, 2 * aside + 1):
        return LowLimit(skipped=TOO_FEW)
    low, high = rebates[aside - 1], rebates[-aside]
    inner = [rebate for rebate in rebates if low < rebate < high]
    if not inner:
        return LowLimit(skipped=TOO_FEW)
    total = sum(inner, Fraction())
    mean = total / len(inner)
    above = [rebate - mean for rebate in inner if rebate > mean]
    deviation = sum(above, Fraction()) / max(len(above), 1)
    decimals = int(abs(total) * 100) % 100
    product = Fraction(decimals // 10 * (decimals % 10))
    limit = mean + deviation * (1 - product / 100)
    steps = (("base", base), ("aside", Fraction(aside)), ("sum", total), ("mean", mean))
    return LowLimit(
        (*steps, ("deviation", deviation), ("product", product), ("limit", limit)), "", base, places
    )


def rebate_percent(price: int, base: Fraction, places: int) -> Fraction:
    """How many percent a price lies below the base, rounded half up to `places` decimals."""
    scaled = (base - price) / base * 100 * 10**places
    half = abs(scaled) + Fraction(1, 2)
    rounded = half.numerator // half.denominator
    return Fraction(rounded if scaled >= 0 else -rounded, 10**places)

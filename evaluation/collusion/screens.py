"""Statistical screens of a lot's prices: indicators with their base rates, never a verdict.

Each screen is computed over the prices sorted upwards; None where it has no meaning for so few or such equal prices.
The definitions are those that reproduce the published columns of the 100 Brazilian tenders; on 1,225 tenders of
Tsuchiura no screen separates rings from competition (docs/formats/collusion-signals.md).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PORTFOLIO = 500  # prices; below that a comparison with Benford's law tells nothing
IMHOF_CV, IMHOF_RD = 0.06, 1.0
Floats = NDArray[np.float64]
BENFORD = tuple(math.log10(1 + 1 / digit) for digit in range(1, 10))


@dataclass(frozen=True)
class BaseRate:
    """How well a screen told rings from competition where the truth is known (area under the curve; 0.5 is chance)."""

    brazil: float
    tsuchiura: tuple[float, float] = (0.51, 0.55)


BASE_RATES: Mapping[str, BaseRate] = {
    "cv": BaseRate(0.900),
    "spd": BaseRate(0.899),
    "rd": BaseRate(0.763),
    "skew": BaseRate(0.718),
    "diffp": BaseRate(0.617),
    "kstest": BaseRate(0.579),
    "kurt": BaseRate(0.49),
}
"""32 tenders with rings and 68 without (Brazil), 728 and 497 (Tsuchiura)."""


@dataclass(frozen=True)
class ImhofRecord:
    """How Imhof's rule did on the Brazilian tenders."""

    rings_found: int = 14
    rings: int = 32
    false_alarms: int = 3
    others: int = 68


IMHOF_RECORD = ImhofRecord()


@dataclass(frozen=True)
class Screens:
    """The screens of one lot; ratios without a unit."""

    bids: int
    cv: float | None = None
    """standard deviation (ddof 1) over the mean"""
    spd: float | None = None
    """(highest - lowest) / lowest"""
    diffp: float | None = None
    """(second lowest - lowest) / lowest"""
    rd: float | None = None
    """(second lowest - lowest) / standard deviation of all but the lowest"""
    skew: float | None = None
    """G1, corrected for bias; from three prices on"""
    kurt: float | None = None
    """G2, corrected for bias; from four prices on"""
    kstest: float | None = None
    """distance to the uniform distribution between lowest and highest"""

    @property
    def is_imhof(self) -> bool:
        """Imhof's rule: prices close together and the winner well apart, CV <= 6 % and RD >= 1."""
        return self.cv is not None and self.rd is not None and self.cv <= IMHOF_CV and self.rd >= IMHOF_RD


def screen_prices(prices: Sequence[int]) -> Screens:
    """The screens of the prices of one lot, in units of one scale; all above zero."""
    found = np.sort(np.array([float(price) for price in prices], np.float64))
    count = len(found)
    if count < 2 or found[0] <= 0:
        return Screens(count)
    lowest, second, highest = float(found[0]), float(found[1]), float(found[-1])
    losers = float(found[1:].std(ddof=1)) if count > 2 else 0.0
    return Screens(
        count,
        cv=float(found.std(ddof=1)) / float(found.mean()),
        spd=(highest - lowest) / lowest,
        diffp=(second - lowest) / lowest,
        rd=(second - lowest) / losers if losers > 0 else None,
        skew=_skewness(found),
        kurt=_kurtosis(found),
        kstest=_distance_to_uniform(found),
    )


def _moments(found: Floats) -> tuple[float, float, float] | None:
    apart = found - found.mean()
    second = float((apart**2).mean())
    if second <= 0:
        return None
    return second, float((apart**3).mean()), float((apart**4).mean())


def _skewness(found: Floats) -> float | None:
    count, moments = len(found), _moments(found)
    if count < 3 or moments is None:
        return None
    return math.sqrt(count * (count - 1)) / (count - 2) * moments[1] / math.pow(moments[0], 1.5)


def _kurtosis(found: Floats) -> float | None:
    count, moments = len(found), _moments(found)
    if count < 4 or moments is None:
        return None
    excess = moments[2] / moments[0] ** 2 - 3
    return (count - 1) / ((count - 2) * (count - 3)) * ((count + 1) * excess + 6)


def _distance_to_uniform(found: Floats) -> float | None:
    count, spread = len(found), float(found[-1] - found[0])
    if spread <= 0:
        return None
    place = (found - found[0]) / spread
    steps = np.arange(1, count + 1)
    return float(max((steps / count - place).max(), (place - (steps - 1) / count).max()))


@dataclass(frozen=True)
class Benford:
    """First digits of a portfolio of prices beside Benford's law."""

    prices: int
    counts: tuple[int, ...]
    """how often each digit from 1 to 9 comes first"""
    chi_square: float
    """eight degrees of freedom"""
    mean_deviation: float
    """mean absolute deviation of the nine shares"""


def benford(prices: Sequence[int]) -> Benford | None:
    """Compare the first digits of a portfolio with Benford's law; None below 500 prices, so never for one tender."""
    digits = [int(str(price)[0]) for price in prices if price > 0]
    if len(digits) < PORTFOLIO:
        return None
    counts = tuple(digits.count(digit) for digit in range(1, 10))
    shares = [count / len(digits) for count in counts]
    chi = sum(
        (count - len(digits) * law) ** 2 / (len(digits) * law)
        for count, law in zip(counts, BENFORD, strict=True)
    )
    deviation = sum(abs(share - law) for share, law in zip(shares, BENFORD, strict=True)) / 9
    return Benford(len(digits), counts, chi, deviation)

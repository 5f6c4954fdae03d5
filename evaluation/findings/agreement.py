"""How far the experts agree: Kendall's W on their rankings, Krippendorff's alpha and the ICC on their figures.

A low figure is a reason to read the sheets again, not a fault of anybody. All of them are 1 for full agreement
and about 0 for chance. They are statistics, so they are floats; no score depends on them.

Source: Kendall & Babington Smith 1939; Krippendorff 2011, "Computing Krippendorff's alpha-reliability";
Shrout & Fleiss 1979. Definitions: docs/formats/findings.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """The figures of one column of scores; None where they are not defined, as when all scores are equal."""

    kendall_w: float | None
    alpha_interval: float | None
    alpha_ordinal: float | None
    icc_single: float | None
    icc_panel: float | None


def measure_agreement(figures: Floats) -> Agreement:
    """Every figure for complete scores [expert, bid]."""
    single, panel = intraclass(figures)
    return Agreement(kendall_w(figures), alpha_interval(figures), alpha_ordinal(figures), single, panel)


def kendall_w(figures: Floats) -> float | None:
    """Concordance of the experts' rankings of the bids, corrected for ties; [expert, bid], complete.

    None with fewer than two experts or bids, or when every expert ties everything.
    """
    experts, bids = figures.shape
    if experts < 2 or bids < 2:
        return None
    ranks = np.array([midranks(row) for row in figures])
    sums = ranks.sum(axis=0)
    deviation = float(((sums - sums.mean()) ** 2).sum())
    ties = sum(_tie_term(row) for row in figures)
    most = experts**2 * (bids**3 - bids) - experts * ties
    return 12 * deviation / most if most else None


def alpha_interval(figures: Floats) -> float | None:
    """Krippendorff's alpha with squared differences, in closed form; [expert, unit], NaN where one is missing.

    1 - (mean within-unit variance) / (total variance), both unbiased, units weighted by their number of values.
    None when no unit has two values or all values are equal.
    """
    counts = (~np.isnan(figures)).sum(axis=0)
    pairable = figures[:, counts >= 2]
    values = pairable[~np.isnan(pairable)]
    if not len(values):
        return None
    spread = float(values.var(ddof=1))
    if spread == 0:
        return None
    within = np.nanvar(pairable, axis=0, ddof=1)
    return 1 - float((counts[counts >= 2] * within).sum()) / len(values) / spread


def alpha_ordinal(figures: Floats) -> float | None:
    """Krippendorff's alpha for ranked categories: the interval alpha of the pooled mid-ranks.

    His ordinal difference of two categories, everything between them and half of each, is the difference of
    their mid-ranks among the values of all units with at least two values.
    """
    counts = (~np.isnan(figures)).sum(axis=0)
    pairable = figures[:, counts >= 2]
    present = ~np.isnan(pairable)
    ranked = np.full(pairable.shape, np.nan)
    ranked[present] = midranks(pairable[present])
    return alpha_interval(ranked) if present.any() else None


def intraclass(figures: Floats) -> tuple[float | None, float | None]:
    """ICC(2,1) and ICC(2,k): absolute agreement of one expert, and of the panel's mean; [expert, bid], complete."""
    experts, bids = figures.shape
    if experts < 2 or bids < 2:
        return None, None
    mean = figures.mean()
    between_bids = experts * float(((figures.mean(axis=0) - mean) ** 2).sum()) / (bids - 1)
    between_experts = bids * float(((figures.mean(axis=1) - mean) ** 2).sum()) / (experts - 1)
    rest = figures - figures.mean(axis=0) - figures.mean(axis=1)[:, None] + mean
    error = float((rest**2).sum()) / ((bids - 1) * (experts - 1))
    single = between_bids + (experts - 1) * error + experts * (between_experts - error) / bids
    panel = between_bids + (between_experts - error) / bids
    gained = between_bids - error
    return (gained / single if single > 0 else None), (gained / panel if panel > 0 else None)


def midranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(middle[where.reshape(values.shape)], dtype=np.float64)


def _tie_term(row: Floats) -> int:
    counts = np.unique(row, return_counts=True)[1].astype(object)
    return int((counts**3 - counts).sum())

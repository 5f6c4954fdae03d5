"""How firmly the first place stands: what happens to the ranking when the weights are a little different.

The announced weights decide; nobody may change them after the opening. These figures only say how much the
result owes to them: a first place that falls with the smallest change deserves a second look at the sheets.

1. Weights are drawn from a Dirichlet distribution whose mean is the announced weights, by PCG64 from a recorded
   seed, so that anyone gets the same draws.
2. The smallest flip is exact in closed form: when weight k changes by delta and the others keep their
   proportions, the first bid's lead changes by delta * (d_k - d.w) / (1 - w_k).

Definitions: docs/formats/findings.md.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS: Final = 10_000
CONCENTRATION: Final = 100.0  # a weight of 30 % varies by about 4.6 points (standard deviation)
TIED = 1e-12  # totals are shares of one; what is closer than this is a tie in floating point
BLOCK = 1_000  # draws at a time; 1,000 bids then take 8 MB
MOST_TAUS = 500  # draws that Kendall's tau is taken of
MOST_PAIRS = 2_000_000  # comparisons spent on them; 1,000 bids have 499,500 pairs


@dataclass(frozen=True)
class WeightDraws:
    """What the draws gave; bids in the order of the scores' rows."""

    seed: int
    draws: int
    concentration: float
    win_share: tuple[float, ...]
    """share of the draws in which each bid is first; a shared first place counts in parts"""
    change_probability: float
    """share of the draws in which the bid that is first now is not first alone"""
    kendall_tau: float | None
    """mean tau-b between the ranking as it is and the drawn one; None when one of them ties everything"""
    tau_draws: int


@dataclass(frozen=True)
class Flip:
    """The change of one weight that brings another bid level with the first; shares of one."""

    part: int
    rival: int
    weight: float
    change: float


def draw_weights(
    scores: Floats, weights: Floats, *, seed: int, draws: int = DRAWS, concentration: float = CONCENTRATION
) -> WeightDraws:
    """Rank the bids again under drawn weights; `scores` is [bid, part] as shares of each part's maximum.

    `weights` are shares of one. A part without weight keeps none.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    announced = scores @ weights
    leaders = announced >= announced.max() - TIED
    wins, changed = np.zeros(len(scores)), 0
    weighted = weights > 0
    pairs = max(len(scores) * (len(scores) - 1) // 2, 1)
    wanted = min(draws, MOST_TAUS, max(MOST_PAIRS // pairs, 1))
    taus: list[float] = []
    for begun in range(0, draws, BLOCK):
        drawn = chance.dirichlet(concentration * weights[weighted], size=min(BLOCK, draws - begun))
        totals = drawn @ scores[:, weighted].T
        first = totals >= totals.max(axis=1, keepdims=True) - TIED
        wins += (first / first.sum(axis=1, keepdims=True)).sum(axis=0)
        changed += int((first != leaders).any(axis=1).sum())
        if begun < wanted:
            taus += kendall_taus(announced, totals[: wanted - begun])
    return WeightDraws(
        seed=seed,
        draws=draws,
        concentration=concentration,
        win_share=tuple(float(share) for share in wins / draws),
        change_probability=changed / draws,
        kendall_tau=float(np.mean(taus)) if taus else None,
        tau_draws=wanted,
    )


def kendall_taus(announced: Floats, others: Floats) -> list[float]:
    """Tau-b of each row of totals with the announced ones; rows that tie everything are left out.

    Concordant minus discordant pairs, over the root of the product of both numbers of untied pairs.
    """
    left, right = np.triu_indices(len(announced), 1)
    first = _sign(announced[left] - announced[right])
    second = _sign(others[:, left] - others[:, right])
    untied = np.sqrt(np.abs(first).sum() * np.abs(second).sum(axis=1))
    agreed = second @ first
    return [float(tau) for tau in agreed[untied > 0] / untied[untied > 0]]


def flips(scores: Floats, weights: Floats, first: int) -> tuple[Flip, ...]:
    """For each part, the smallest change of its weight that makes some rival level with the first bid.

    Parts whose weight cannot do it between 0 and 1 are left out; the smallest change stands first.
    """
    rivals = np.delete(np.arange(len(scores)), first)
    if not len(rivals):
        return ()
    changes = critical_changes(scores[first] - scores[rivals], weights)
    found = []
    for part, weight in enumerate(weights):
        column = np.abs(changes[:, part])
        if not np.isnan(column).all():
            best = int(np.nanargmin(column))
            found.append(Flip(part, int(rivals[best]), float(weight), float(changes[best, part])))
    return tuple(sorted(found, key=lambda flip: abs(flip.change)))


def critical_changes(lead: Floats, weights: Floats) -> Floats:
    """By how much each weight must change to bring each gap to zero; NaN where no weight from 0 to 1 does.

    `lead` is [rival, part]: what the first bid has more of each part.
    """
    gap = (lead @ weights)[:, None]
    slope = lead - gap
    may = (np.abs(slope) >= TIED) & (weights < 1)
    change = -gap * (1 - weights) / np.where(may, slope, 1.0)
    may &= (change >= -weights - TIED) & (change <= 1 - weights + TIED)
    return np.where(may, change, np.nan)


def _sign(values: Floats) -> Floats:
    return np.where(np.abs(values) <= TIED, 0.0, np.sign(values))

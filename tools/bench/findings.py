"""Findings at the size of the design: 9 experts, 1,000 bids, 60 criteria; each beside a plain way in the same run."""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import rankdata

from evaluation.evaluate import evaluate
from evaluation.findings.agreement import alpha_interval, kendall_w
from evaluation.findings.influence import find_influence
from evaluation.findings.outliers import OutlierRule, flags
from evaluation.findings.robustness import draw_weights, flips
from tools.bench.evaluation_case import EXPERTS, make_case
from tools.bench.report import beside, row

BIDS, TARGETS, DRAWS = 1_000, 60, 10_000
FEW_DRAWS = 20  # of the plain loop; its time is scaled up


def timed(act: Callable[[], Any], runs: int = 5) -> float:
    """The median time of an act."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def loop_outliers(points: Any, percent: int) -> int:
    """The leave-one-out test as one would write it cell by cell."""
    found = 0
    sums = points.sum(axis=0)
    for expert in points:
        for own, total in zip(expert.flat, sums.flat, strict=True):
            others = total - own
            found += 100 * abs((len(points) - 1) * own - others) > percent * others
    return found


def scipy_w(figures: Any) -> float:
    """W from scipy's ranks, ties corrected."""
    m, n = figures.shape
    ranks = np.apply_along_axis(rankdata, 1, figures)
    ties = sum((c**3 - c).sum() for c in (np.unique(one, return_counts=True)[1] for one in figures))
    sums = ranks.sum(axis=0)
    return float(12 * ((sums - sums.mean()) ** 2).sum() / (m**2 * (n**3 - n) - m * ties))


def pairs_alpha(figures: Any) -> float:
    """Alpha from all pairs of values, a row of differences at a time."""
    m = len(figures)
    within = sum(((unit[:, None] - unit[None, :]) ** 2).sum() for unit in figures.T) / (m - 1)
    values = figures.ravel()
    every = sum(((values - one) ** 2).sum() for one in values)
    return float(1 - within * (len(values) - 1) / every)


def loop_draws(scores: Any, weights: Any, draws: int) -> Any:
    """Win counts draw by draw."""
    chance = np.random.Generator(np.random.PCG64(1))
    wins = np.zeros(len(scores))
    for _ in range(draws):
        drawn = chance.dirichlet(100 * weights)
        totals = [sum(a * b for a, b in zip(line, drawn, strict=True)) for line in scores]
        wins[int(np.argmax(totals))] += 1
    return wins


def main() -> int:
    """Run everything and print the ratios."""
    chance = np.random.Generator(np.random.PCG64(20261122))
    points = chance.integers(60, 101, (EXPERTS, BIDS, TARGETS))
    totals = points.sum(axis=2).astype(float)
    scores, weights = chance.random((BIDS, TARGETS)), chance.dirichlet(np.ones(TARGETS))
    first = int(np.argmax(scores @ weights))
    rule = OutlierRule("leave_one_out", 3_000)
    same = int(flags(points, rule).sum()) == loop_outliers(points, 30)
    same &= abs((kendall_w(totals) or 0) - scipy_w(totals)) < 1e-9
    same &= abs((alpha_interval(totals) or 0) - pairs_alpha(totals)) < 1e-9
    print(f"same figures as the plain ways: {'yes' if same else 'NO'}")
    met = [
        same,
        row(
            "540,000 figures against the others' mean",
            timed(lambda: flags(points, rule)),
            timed(lambda: loop_outliers(points, 30), 1),
            20,
            better="higher",
        ),
        row(
            "alpha of 9 x 1,000, against all pairs",
            timed(lambda: alpha_interval(totals)),
            timed(lambda: pairs_alpha(totals), 1),
            20,
            better="higher",
        ),
    ]
    beside(
        "Kendall's W of 9 x 1,000, beside scipy's ranks",
        timed(lambda: kendall_w(totals)),
        timed(lambda: scipy_w(totals)),
    )
    ours = timed(lambda: draw_weights(scores, weights, seed=1, draws=DRAWS), 3)
    plain = timed(lambda: loop_draws(scores, weights, FEW_DRAWS), 1) * DRAWS / FEW_DRAWS
    met.append(row("10,000 weight draws x 1,000 x 60, against a loop", ours, plain, 50, better="higher"))
    smallest = timed(lambda: flips(scores, weights, first))
    print(f"{'smallest flip over all rivals and parts':<48} ours {smallest * 1e3:9.3f} ms")
    case = make_case(bids=100)
    ranking = evaluate(case)
    again = timed(lambda: evaluate(case), 3) * (EXPERTS + TARGETS)
    met.append(
        row(
            "influence of 9 experts and 60 criteria, 100 bids",
            timed(lambda: find_influence(case, ranking), 3),
            again,
            5,
            better="higher",
        )
    )
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())

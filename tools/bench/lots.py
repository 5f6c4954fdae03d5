"""Awards under a cap: our exact assignment beside scipy's mixed-integer program on the same lots, in the same run."""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from evaluation.lots.assignment import cheapest
from evaluation.lots.award import Lot, Offer, sequential
from evaluation.lots.bundles import bundled
from tools.bench.report import beside, row

SIZES = (
    (20, 30, 3, 1),
    (100, 200, 2, 10),
    (300, 500, 2, 0),
)  # lots, bidders, cap, least ratio; 0: no program
CENTS = 100_000_000_00  # a hundred million yuan


def timed(act: Callable[[], Any], runs: int = 3) -> float:
    """The median time of an act."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def compare(lots: int, bidders: int, cap: int, least: int) -> bool:
    """One size; whether its target was met."""
    chance = np.random.Generator(np.random.PCG64(20261122))
    table = chance.integers(CENTS // 2, CENTS, (lots, bidders)).tolist()
    names = [f"bidder-{number:03}" for number in range(bidders)]
    ranked = [
        Lot(str(number), tuple(Offer(name, cost) for cost, name in sorted(zip(line, names, strict=True))))
        for number, line in enumerate(table)
    ]
    caps = [cap] * bidders
    found = cheapest(table, caps)
    total = sum(table[lot][bidder] for lot, bidder in enumerate(found) if bidder is not None)
    print(f"{lots} x {bidders}, cap {cap}: optimum {total}, in order {sequential(ranked, cap).total}")
    ours = timed(lambda: cheapest(table, caps))
    if not least:
        beside(
            f"assignment {lots} x {bidders}, beside 'in order'", ours, timed(lambda: sequential(ranked, cap))
        )
        return True
    begun = time.perf_counter()
    same = bundled(ranked, cap).total == total
    program = time.perf_counter() - begun
    print(f"same total as the program: {'yes' if same else 'NO'}")
    return row(f"assignment {lots} x {bidders}, against milp", ours, program, least, better="higher") and same


def main() -> int:
    """Run every size and print the ratios."""
    met = [compare(*size) for size in SIZES]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())

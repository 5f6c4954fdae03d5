"""9 experts x 60 criteria, 1,000 and 100,000 bids: our engine, bare float numpy, a Decimal loop and peers in one run.

The first three do the same: trimmed mean of the experts, group sums, price points, weighted total, places. The peers
(pymcdm, scikit-criteria; an environment of their own) do less: a weighted sum of the combined figures, not rounded.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.score_matrix import score_matrix
from evaluation.technical_matrix import points_type
from tools.bench.report import beside, row

EXPERTS, BIDS, CRITERIA, GROUPS = 9, 1000, 60, 3
MANY_BIDS = 100_000
PEERS = Path("var/bench-peers")
HUNDREDTH = Decimal("0.01")


def rulebook() -> Rulebook:
    """Three groups of twenty criteria with ten points each; price weighs 30 of 100."""
    weights = (3000, 2500, 1500)
    per_group = CRITERIA // GROUPS
    groups = [
        {
            "id": f"group-{g}",
            "name": {"zh": f"第{g}组", "en": f"Group {g}"},
            "weight": weight,
            "maximum": str(10 * per_group),
            "criteria": [
                {
                    "id": f"criterion-{g}-{i}",
                    "name": {"zh": f"第{i}项", "en": f"Criterion {i}"},
                    "maximum": "10",
                    "step": "0.1",
                    "scored_by": "experts",
                }
                for i in range(per_group)
            ],
        }
        for g, weight in enumerate(weights)
    ]
    return read_rulebook(
        {
            "v": 2,
            "name": {"zh": "综合评分法", "en": "Combined scoring"},
            "currency": "CNY",
            "price_places": 2,
            "places": {"sheet": 1, "combined": 2, "price": 2, "weighted": 2, "total": 2},
            "price": {
                "weight": 3000,
                "maximum": "100",
                "benchmark": {"terms": [{"base": "lowest"}]},
                "formula": {"kind": "ratio"},
            },
            "groups": groups,
            "checks": [],
            "combination": {"rule": "trimmed_mean", "drop_high": 1, "drop_low": 1, "level": "criterion"},
            "total_of": "exact_parts",
            "tie_break": ["lower_price", "higher_technical"],
            "minimum_bids": 3,
        }
    )


def float_numpy(book: Rulebook, points: Any, prices: Any) -> Any:
    """What one would write without caring for the last digit: no rounding at all."""
    kept = (points.sum(axis=0) - points.max(axis=0) - points.min(axis=0)) / (EXPERTS - 2)
    groups = np.add.reduceat(kept, range(0, CRITERIA, CRITERIA // GROUPS), axis=1)
    price = 100 * prices.min() / prices
    factors = np.array([group.weight / 100 * 10 / group.maximum for group in book.groups])
    total = price * book.price.weight / 10_000 + groups @ factors
    return np.lexsort((prices, -total))


def decimal_loop(book: Rulebook, points: list[list[list[Decimal]]], prices: list[Decimal]) -> list[int]:
    """The same with Python's decimals, bid by bid."""
    lowest, starts = min(prices), range(0, CRITERIA, CRITERIA // GROUPS)
    totals = []
    for j, price in enumerate(prices):
        combined = []
        for i in range(CRITERIA):
            figures = sorted(points[e][j][i] for e in range(EXPERTS))[1:-1]
            combined.append((sum(figures, Decimal(0)) / len(figures)).quantize(HUNDREDTH, ROUND_HALF_UP))
        score = (100 * lowest / price).quantize(HUNDREDTH, ROUND_HALF_UP)
        total = score * book.price.weight / 10_000
        for group, start in zip(book.groups, starts, strict=True):
            part = sum(combined[start : start + CRITERIA // GROUPS], Decimal(0))
            total += part / (Decimal(group.maximum) / 10) * group.weight / 100
        totals.append(total.quantize(HUNDREDTH, ROUND_HALF_UP))
    return sorted(range(len(prices)), key=lambda j: (-totals[j], prices[j]))


def seconds(act: Callable[[], Any], repeats: int) -> float:
    """The median time of one call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peers(matrix: Any, weights: Any) -> dict[str, float]:
    """Seconds of each peer's weighted sum, measured in an environment of its own; empty where it cannot be made."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "matrix.npy", matrix)
        np.save(folder / "weights.npy", weights)
        python = PEERS / "bin" / "python"
        try:
            if not python.exists():
                subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
                wanted = [str(python), "-m", "pip", "install", "-q", "pymcdm", "scikit-criteria"]
                subprocess.run(wanted, check=True, capture_output=True, timeout=300)
            script = Path(__file__).with_name("weighted_sum_peers.py")
            done = subprocess.run([python, script, folder], check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as error:
            print(f"peers were not measured: {type(error).__name__}")
            return {}
    return {str(peer): float(took) for peer, took in json.loads(done.stdout).items()}


def made(chance: np.random.Generator, book: Rulebook, bids: int) -> tuple[Any, Any]:
    """Random points and prices; narrow integers, as evaluate() makes them from the sheets."""
    points = chance.integers(0, 101, (EXPERTS, bids, CRITERIA), dtype=np.int32)
    return points.astype(points_type(book, EXPERTS)), chance.integers(8_000_000_00, 12_000_000_00, bids)


def main() -> None:
    """Run all on the same data and print the ratios."""
    chance = np.random.Generator(np.random.PCG64(20261121))
    book = rulebook()
    points, prices = made(chance, book, BIDS)
    floats, float_prices = points / 10.0, prices / 100
    decimals = [[[Decimal(int(x)) / 10 for x in bid] for bid in expert] for expert in points]
    decimal_prices = [Decimal(int(price)) / 100 for price in prices]

    exact = score_matrix(book, points, prices)
    same = exact.standing.order.tolist() == decimal_loop(book, decimals, decimal_prices)
    print(f"same order as the Decimal loop: {'yes' if same else 'NO'}")
    ours = seconds(lambda: score_matrix(book, points, prices), 60)
    bare = seconds(lambda: float_numpy(book, floats, float_prices), 60)
    loop = seconds(lambda: decimal_loop(book, decimals, decimal_prices), 3)
    met = [
        same,
        row("1,000 bids, against float numpy", ours, bare, 2.5),
        row("1,000 bids, against a Decimal loop", ours, loop, 100, better="higher"),
    ]
    combined = exact.technical_part.combined
    assert combined is not None
    for peer, took in peers(combined.values / 100.0, np.full(CRITERIA, 1 / CRITERIA)).items():
        beside(f"1,000 bids, all of it beside {peer}'s sum", ours, took)
    points, prices = made(chance, book, MANY_BIDS)
    floats, float_prices = points / 10.0, prices / 100
    ours = seconds(lambda: score_matrix(book, points, prices), 5)
    bare = seconds(lambda: float_numpy(book, floats, float_prices), 5)
    met.append(row("100,000 bids, against float numpy", ours, bare, 2.5))
    if not all(met):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

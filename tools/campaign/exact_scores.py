"""100,000 generated cases: our engine and the fraction engine of the tests must agree bit for bit.

Usage: python -m tools.campaign.exact_scores [NUMBER]
"""

import random
import sys
import time
from typing import Any

from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.result import write_ranking
from kernel.errors import BadInput
from tests.evaluation import oracle
from tests.evaluation.generated import made_case, with_samples

CASES = 100_000
SAID = 10_000  # cases between two lines of progress
FIGURES = ("place", "bid_id", "price_points", "technical_points", "total", "award", "evaluated_price")


def differs(seed: int) -> bool:
    """Whether the two engines disagree on one generated case."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible case, not a secret
    data = with_samples(chance, made_case(chance))
    try:
        theirs = [(*(line[key] for key in FIGURES), line["parts"]) for line in oracle.rank(data)]
    except ZeroDivisionError:
        theirs = None  # a benchmark that is rounded to nothing
    try:
        lines: Any = write_ranking(evaluate(read_case(data)))["lines"]
    except BadInput as refusal:
        return refusal.facts["where"] != "benchmark" or theirs is not None
    ours = [
        (*(line[key] for key in FIGURES), [(part["points"], part["weighted"]) for part in line["parts"]])
        for line in lines
    ]
    return ours != theirs


def main() -> int:
    """Compare so many cases; exit code 1 names the first seeds that differ."""
    number, start, found = int(sys.argv[1]) if len(sys.argv) > 1 else CASES, time.monotonic(), []
    for seed in range(number):
        if differs(seed):
            found.append(seed)
        if (seed + 1) % SAID == 0:
            print(f"{seed + 1:,} cases, {len(found)} differ, {time.monotonic() - start:.0f} s", flush=True)
    print(f"{number:,} cases compared; {len(found)} differ {found[:10]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

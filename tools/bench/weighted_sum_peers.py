"""The peers' weighted sums over one matrix, timed; run in an environment that has pymcdm and scikit-criteria."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pymcdm.methods import WSM
from skcriteria import mkdm
from skcriteria.agg.simple import WeightedSumModel

REPEATS = 20


def seconds(act: Callable[[], Any]) -> float:
    """The median time of one call."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Time each peer on the matrix and weights of a folder and print the seconds as JSON."""
    folder = Path(sys.argv[1])
    matrix, weights = np.load(folder / "matrix.npy"), np.load(folder / "weights.npy")
    types = np.ones(matrix.shape[1])
    wsm, model = WSM(), WeightedSumModel()
    decision = mkdm(matrix, [max] * matrix.shape[1], weights=weights)
    took = {
        "pymcdm": seconds(lambda: wsm(matrix, weights, types)),
        "scikit-criteria": seconds(lambda: model.evaluate(decision).rank_),
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main()

"""Copied text among 50 bids of 500 paragraphs, against rapidfuzz over all pairs; and the recall on planted copies.

The baseline compares a sample of the same paragraphs with each other (rapidfuzz cdist, its C code, one worker) and
is scaled to all pairs. A hundred of the paragraphs of each bid are a template that the bidder filled in.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from evaluation.collusion.text_overlap import ALIKE, find_overlaps, fold
from tools.bench.report import beside, row

BIDS, PARAGRAPHS, TEMPLATE, SAMPLE = 50, 500, 100, 1500
SETUP, LIGHT, HEAVY = 3000, 40, 30  # paragraphs, copies with 5 % edits, copies with 20 %
CHARACTERS = np.array([chr(0x4E00 + place) for place in range(3000)])
FREQUENCY = (1 / np.arange(1, 3001)) / (1 / np.arange(1, 3001)).sum()
Chance = np.random.Generator


def paragraph(chance: Chance) -> str:
    """60 to 160 Chinese characters, frequent ones more often."""
    return "".join(chance.choice(CHARACTERS, size=int(chance.integers(60, 160)), p=FREQUENCY))


def edited(chance: Chance, text: str, share: float) -> str:
    """A copy with this share of its characters replaced."""
    letters = np.array(list(text))
    moved = chance.random(len(letters)) < share
    letters[moved] = chance.choice(CHARACTERS, size=int(moved.sum()), p=FREQUENCY)
    return "".join(letters)


def bids(chance: Chance) -> dict[str, list[str]]:
    """50 bids; the second copied five paragraphs from the first."""
    template = [paragraph(chance) for _ in range(TEMPLATE)]
    made = {
        f"bid-{n:02}": [edited(chance, text, 0.03) for text in template]
        + [paragraph(chance) for _ in range(PARAGRAPHS - TEMPLATE)]
        for n in range(BIDS)
    }
    made["bid-01"][-5:] = [edited(chance, text, 0.05) for text in made["bid-00"][-5:]]
    return made


def planted(chance: Chance) -> tuple[list[str], dict[tuple[int, int], bool]]:
    """The design's 3,000 paragraphs with their planted copies."""
    texts = [paragraph(chance) for _ in range(SETUP)]
    pairs = {(n, SETUP // 2 + n): n < LIGHT for n in range(LIGHT + HEAVY)}
    for (source, target), is_light in pairs.items():
        texts[target] = edited(chance, texts[source], 0.05 if is_light else 0.20)
    return texts, pairs


def seconds(act: Callable[[], Any], repeats: int = 3) -> float:
    """The median time of one call."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def all_pairs(texts: list[str]) -> set[tuple[int, int]]:
    """The baseline: every pair by rapidfuzz."""
    found = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=1)
    return {(int(i), int(j)) for i, j in zip(*np.nonzero(np.triu(found, 1)), strict=True)}


def main() -> None:
    """Measure both and print the ratios."""
    chance = np.random.Generator(np.random.PCG64(20261122))
    texts, pairs = planted(chance)
    single = {f"{place:04}": [text] for place, text in enumerate(texts)}
    found = {(int(one.bids[0]), int(one.bids[1])) for one in find_overlaps(single)}
    light = sum(is_light for pair, is_light in pairs.items() if pair in found)
    heavy = sum(not is_light for pair, is_light in pairs.items() if pair in found)
    print(
        f"{SETUP} paragraphs: {light} of {LIGHT} copies with 5 % edits, {heavy} of {HEAVY} with 20 %, "
        f"{len(found - set(pairs))} others"
    )
    start = time.perf_counter()
    same = found == all_pairs(texts)
    every_pair = time.perf_counter() - start
    print(f"same pairs as rapidfuzz over all: {'yes' if same else 'NO'}")
    beside(f"{SETUP} paragraphs, against all pairs", seconds(lambda: find_overlaps(single)), every_pair)

    made = bids(chance)
    (ring,) = [one for one in find_overlaps(made) if len(one.copies) > 1]
    print(
        f"planted between two bids: 5 paragraphs; found between {' and '.join(ring.bids)}: {len(ring.copies)}"
    )
    every = [fold(text) for texts in made.values() for text in texts]
    sample = every[:: len(every) // SAMPLE][:SAMPLE]
    scale = (len(every) / len(sample)) ** 2
    ours = seconds(lambda: find_overlaps(made))
    baseline = seconds(lambda: all_pairs(sample), 1) * scale
    met = row(
        f"{BIDS} bids x {PARAGRAPHS} paragraphs, against all pairs", ours, baseline, 20, better="higher"
    )
    if not (met and same and len(ring.copies) == 5):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

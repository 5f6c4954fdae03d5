"""Geometry of the report's charts, in whole thousandths of the chart's width; the doors draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.result import RankedBid, Ranking
from kernel.money import half_up

WIDTH = 1000  # thousandths
BENCHMARK = ""  # in place of a bid: the benchmark itself


@dataclass(frozen=True)
class Segment:
    """One part of a bar."""

    part_id: str
    start: int
    width: int


@dataclass(frozen=True)
class ScoreBar:
    """One bid's contributions side by side; the full width is a perfect bid."""

    bid_id: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class PriceMark:
    """One price, or the benchmark, on a line from the lowest to the dearest of them."""

    bid_id: str
    position: int
    is_benchmark: bool


def score_bars(ranking: Ranking) -> tuple[ScoreBar, ...]:
    """A bar for each line of the ranking, in its order."""
    full = int(ranking.rulebook.total_maximum * 10**ranking.rulebook.places.weighted)
    return tuple(ScoreBar(line.bid.bid_id, _segments(line, full)) for line in ranking.lines)


def price_strip(ranking: Ranking) -> tuple[PriceMark, ...]:
    """The evaluation prices of the ranked bids, and the benchmark where it is a price of its own."""
    if not ranking.lines:
        return ()
    prices: list[tuple[int, str]] = [(line.evaluated_price, line.bid.bid_id) for line in ranking.lines]
    benchmark = None
    if ranking.benchmark is not None:
        value = ranking.benchmark.value
        benchmark = half_up(value.numerator, value.denominator)
        if all(price != benchmark for price, _ in prices):
            prices.append((benchmark, BENCHMARK))
    lowest, dearest = min(prices)[0], max(prices)[0]
    span = max(dearest - lowest, 1)
    return tuple(
        PriceMark(bid, (price - lowest) * WIDTH // span, price == benchmark) for price, bid in sorted(prices)
    )


def shade(points: int, maximum: int, shades: int) -> int:
    """The shade of a heat map's cell, from 0 for no points to `shades` for the maximum."""
    return points * shades // maximum


def heat_paths(rows: Sequence[Sequence[int]], shades: int, size: int) -> list[str]:
    """One SVG path for each shade: a square of `size` for every cell of that shade, rows below each other."""
    paths: list[list[str]] = [[] for _ in range(shades + 1)]
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            paths[cell].append(f"M{x * size} {y * size}h{size - 1}v{size - 1}h{1 - size}z")
    return ["".join(path) for path in paths]


def _segments(line: RankedBid, full: int) -> tuple[Segment, ...]:
    segments, start = [], 0
    for part in line.parts:
        width = part.weighted * WIDTH // full
        segments.append(Segment(part.part_id, start, width))
        start += width
    return tuple(segments)

"""Geometry of the report's charts, in whole thousandths of the chart's width; the doors draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.result import RankedBid, Ranking

WIDTH = 1000  # thousandths


@dataclass(frozen=True)
class Segment:
    """One part of a bar."""

    part_id: str
    start: int
    width: int


@dataclass(frozen=True)
class ScoreBar:
    """One bid's contributions side by side; the full width is 100 points."""

    bid_id: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class PriceMark:
    """One price on a line from the lowest to the dearest price."""

    bid_id: str
    position: int
    is_benchmark: bool


def score_bars(ranking: Ranking) -> tuple[ScoreBar, ...]:
    """A bar for each line of the ranking, in its order."""
    full = 100 * 10**ranking.rulebook.places.weighted
    return tuple(ScoreBar(line.bid.bid_id, _segments(line, full)) for line in ranking.lines)


def price_strip(ranking: Ranking) -> tuple[PriceMark, ...]:
    """The prices from the lowest, which is the benchmark, to the dearest."""
    prices: Sequence[int] = [line.bid.price for line in ranking.lines]
    if not prices:
        return ()
    lowest, span = min(prices), max(max(prices) - min(prices), 1)
    marks = [
        PriceMark(line.bid.bid_id, (line.bid.price - lowest) * WIDTH // span, line.bid.price == lowest)
        for line in ranking.lines
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.position, mark.bid_id)))


def shade(points: int, maximum: int, shades: int) -> int:
    """The shade of a heat map's cell, from 0 for no points to `shades` for the maximum."""
    return points * shades // maximum


def _segments(line: RankedBid, full: int) -> tuple[Segment, ...]:
    segments, start = [], 0
    for part in line.parts:
        width = part.weighted * WIDTH // full
        segments.append(Segment(part.part_id, start, width))
        start += width
    return tuple(segments)

"""The ranking as a value, and its published form (docs/formats/ranking.md)."""

from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical
from evaluation.compliance import OpenedBid, Rejection
from evaluation.derivation import Step
from evaluation.rulebook import Rulebook
from kernel.ids import BidId, LotId, TenderId
from kernel.money import write_units

VERSION: Final = 2


@dataclass(frozen=True)
class PartScore:
    """One part of the total: its points by its own rule, and what it contributes."""

    part_id: str
    points: int
    weighted: int


@dataclass(frozen=True)
class RankedBid:
    """One line of the ranking; every figure is an integer in its declared scale."""

    place: int
    bid: OpenedBid
    evaluated_price: int
    """in places.evaluated"""
    price_points: int
    """points of the price rule, in places.price"""
    technical_points: int
    """contribution of all groups together, in places.weighted"""
    total: int
    """out of the full total, in places.total"""
    award: int
    """the figure that decides the place, in award_places"""
    award_places: int
    parts: tuple[PartScore, ...]
    """price (points in places.price), then the groups in the rulebook's order (points in places.combined)"""
    derivation: tuple[Step, ...]


@dataclass(frozen=True)
class TermLine:
    """One summand of the benchmark, in units of evaluation prices before its factor, and the bids it left out."""

    base: str
    figure: Fraction
    factor: Fraction
    dropped: tuple[BidId, ...]


@dataclass(frozen=True)
class BenchmarkLine:
    """What the prices were measured against, in units of evaluation prices: as rounded and as computed."""

    value: Fraction
    exact: Fraction
    terms: tuple[TermLine, ...]


@dataclass(frozen=True)
class Ranking:
    """The result: lines in order of place (equal places in order of bid id), and the rejected bids."""

    tender_id: TenderId
    lot_id: LotId
    rulebook: Rulebook
    rulebook_digest: str
    case_digest: str
    lines: tuple[RankedBid, ...]
    rejected: tuple[Rejection, ...]
    benchmark: BenchmarkLine | None = None

    @property
    def is_competitive(self) -> bool:
        """Whether as many bids were accepted as the rulebook asks for; if not, the office decides by law."""
        return len(self.lines) >= self.rulebook.minimum_bids

    @property
    def ties(self) -> tuple[tuple[BidId, ...], ...]:
        """The bids that share a place, place by place: a public draw has to decide between them."""
        places: dict[int, list[BidId]] = {}
        for line in self.lines:
            places.setdefault(line.place, []).append(line.bid.bid_id)
        return tuple(tuple(bids) for bids in places.values() if len(bids) > 1)


def write_ranking(ranking: Ranking) -> dict[str, JsonValue]:
    """The published form of a ranking: every figure as decimal text in its declared scale."""
    return {
        "v": VERSION,
        "tender_id": ranking.tender_id,
        "lot_id": ranking.lot_id,
        "rulebook_digest": ranking.rulebook_digest,
        "case_digest": ranking.case_digest,
        "is_competitive": ranking.is_competitive,
        "ties": [list(bids) for bids in ranking.ties],
        "benchmark": _write_benchmark(ranking.benchmark, ranking.rulebook) if ranking.benchmark else None,
        "lines": [_write_line(line, ranking.rulebook) for line in ranking.lines],
        "rejected": [write_rejection(rejection) for rejection in ranking.rejected],
    }


def ranking_digest(ranking: Ranking) -> str:
    """SHA-256 of the ranking's canonical bytes, in lower-case hex."""
    return sha256(canonical(write_ranking(ranking))).hexdigest()


def _write_line(line: RankedBid, rulebook: Rulebook) -> dict[str, JsonValue]:
    places = rulebook.places
    return {
        "place": line.place,
        "bid_id": line.bid.bid_id,
        "bidder_name": line.bid.bidder_name,
        "price": write_units(line.bid.price, rulebook.scale.places),
        "offer": write_units(line.bid.offer, rulebook.scale.places),
        "evaluated_price": write_units(line.evaluated_price, places.evaluated),
        "price_points": write_units(line.price_points, places.price),
        "technical_points": write_units(line.technical_points, places.weighted),
        "total": write_units(line.total, places.total),
        "award": write_units(line.award, line.award_places),
        "parts": [
            {
                "part": part.part_id,
                "points": write_units(part.points, places.combined if column else places.price),
                "weighted": write_units(part.weighted, places.weighted),
            }
            for column, part in enumerate(line.parts)
        ],
        "derivation": [
            {
                "figure": step.figure,
                "rule": step.rule,
                "numerator": str(step.numerator),
                "denominator": str(step.denominator),
                "value": write_units(step.value, step.places),
            }
            for step in line.derivation
        ],
    }


def _write_benchmark(benchmark: BenchmarkLine, rulebook: Rulebook) -> dict[str, JsonValue]:
    """Fractions of money, as numerator and denominator of the currency."""
    unit = 10**rulebook.places.evaluated
    return {
        "value": _write_fraction(benchmark.value / unit),
        "exact": _write_fraction(benchmark.exact / unit),
        "terms": [
            {
                "base": term.base,
                "figure": _write_fraction(term.figure / unit),
                "factor": _write_fraction(term.factor),
                "dropped": list(term.dropped),
            }
            for term in benchmark.terms
        ],
    }


def _write_fraction(number: Fraction) -> JsonValue:
    return {"numerator": str(number.numerator), "denominator": str(number.denominator)}


def write_rejection(rejection: Rejection) -> dict[str, JsonValue]:
    """One rejected bid with every ground."""
    return {
        "bid_id": rejection.bid_id,
        "reasons": [
            {
                "check": ground.check_id,
                "clause": ground.clause,
                "failed": ground.failed,
                "votes": ground.votes,
                "remarks": list(ground.remarks),
            }
            for ground in rejection.reasons
        ],
    }

"""The contents of the evaluation report, in its ten parts, as one JSON value.

1 basic facts, 2 members and signatures, 3 opening record, 4 valid bids, 5 rejections with reasons, 6 method and
weights, 7 scores by expert and criterion, 8 price comparison, 9 ranking and candidates, 10 clarifications and
matters before contract; then the derivation of every total and the digests by which the report is checked.
Source: 评标委员会和评标方法暂行规定 (12号令) article 42, 招标投标法实施条例 article 53.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from crypto.canonical import JsonValue
from evaluation.case import EvaluationCase
from evaluation.charts import price_strip, score_bars, shade
from evaluation.compliance import screen
from evaluation.price_score import describe_price_rule
from evaluation.result import RankedBid, Ranking, ranking_digest, write_ranking, write_rejection
from evaluation.rulebook import Criterion, Rulebook, write_rulebook
from kernel.clock import write_time
from kernel.money import write_units

VERSION: Final = 1
MOST_CANDIDATES = 3  # 招标投标法实施条例 article 53: at most three, in order
SHADES = 5

PARTS: Final = (
    ("facts", "基本情况", "Basic facts"),
    ("members", "评标委员会成员与签名", "Members and signatures"),
    ("opening", "开标记录", "Opening record"),
    ("valid_bids", "符合要求的投标一览", "Valid bids"),
    ("rejections", "否决投标的情况说明", "Rejected bids, with reasons"),
    ("method", "评标标准、方法与权重", "Method and weights"),
    ("scores", "各专家各评审因素评分", "Scores by expert and criterion"),
    ("prices", "评审价格比较", "Price comparison"),
    ("ranking", "排序与推荐的中标候选人", "Ranking and candidates"),
    ("matters", "澄清、说明与签约前事宜", "Clarifications and matters before contract"),
)


@dataclass(frozen=True)
class Member:
    """A seat of the panel, with the moment of its last signature."""

    seat: str
    group: str
    name: str = field(repr=False)
    employer: str = field(repr=False)
    signed_at: datetime | None


@dataclass(frozen=True)
class ReportFacts:
    """What the report says of the tender apart from its lots."""

    tender_id: str
    reference: str
    title: Mapping[str, str]
    tenderer: str
    notice_digest: str
    draw_request_hash: str
    opening_digest: str
    opened: tuple[Mapping[str, str], ...]
    members: tuple[Member, ...]
    ranked_at: datetime


@dataclass(frozen=True)
class LotResult:
    """One lot with everything that was computed for it."""

    lot_id: str
    number: int
    title: Mapping[str, str]
    case: EvaluationCase
    ranking: Ranking


def make_report(facts: ReportFacts, lots: Sequence[LotResult]) -> dict[str, JsonValue]:
    """The whole report; parts 4 to 9 have one section for each lot."""
    contents: dict[str, JsonValue] = {
        "facts": _facts(facts, lots),
        "members": [_member(member) for member in facts.members],
        "opening": {"digest": facts.opening_digest, "bids": [dict(line) for line in facts.opened]},
        "valid_bids": [{**_lot(lot), "bids": _valid_bids(lot)} for lot in lots],
        "rejections": [{**_lot(lot), "rejected": _rejected(lot)} for lot in lots],
        "method": [{**_lot(lot), "rulebook": write_rulebook(lot.case.rulebook)} for lot in lots],
        "scores": [{**_lot(lot), "bids": _scores(lot)} for lot in lots],
        "prices": [{**_lot(lot), **_prices(lot)} for lot in lots],
        "ranking": [{**_lot(lot), **_ranking(lot.ranking)} for lot in lots],
        "matters": [matter for lot in lots for matter in _matters(lot)],
    }
    parts: list[JsonValue] = [
        {"number": number, "id": id, "title": {"zh": zh, "en": en}, "content": contents[id]}
        for number, (id, zh, en) in enumerate(PARTS, 1)
    ]
    derivations: list[JsonValue] = [
        {**_lot(lot), "lines": write_ranking(lot.ranking)["lines"]} for lot in lots
    ]
    return {"v": VERSION, "tender": facts.tender_id, "parts": parts, "derivations": derivations}


def _facts(facts: ReportFacts, lots: Sequence[LotResult]) -> dict[str, JsonValue]:
    return {
        "reference": facts.reference,
        "title": dict(facts.title),
        "tenderer": facts.tenderer,
        "ranked_at": write_time(facts.ranked_at),
        "notice_digest": facts.notice_digest,
        "draw_request_hash": facts.draw_request_hash,
        "lots": [
            {
                **_lot(lot),
                "rulebook_digest": lot.ranking.rulebook_digest,
                "case_digest": lot.ranking.case_digest,
                "ranking_digest": ranking_digest(lot.ranking),
            }
            for lot in lots
        ],
    }


def _lot(lot: LotResult) -> dict[str, JsonValue]:
    return {"lot": lot.lot_id, "number": lot.number, "lot_title": dict(lot.title)}


def _member(member: Member) -> dict[str, JsonValue]:
    return {
        "seat": member.seat,
        "group": member.group,
        "name": member.name,
        "employer": member.employer,
        "signed_at": write_time(member.signed_at) if member.signed_at else None,
    }


def _valid_bids(lot: LotResult) -> list[JsonValue]:
    accepted = screen(lot.case.rulebook, lot.case.bids, lot.case.votes).accepted
    places = lot.case.rulebook.scale.places
    return [
        {"bid_id": bid.bid_id, "bidder_name": bid.bidder_name, "price": write_units(bid.price, places)}
        for bid in accepted
    ]


def _rejected(lot: LotResult) -> list[JsonValue]:
    names = {bid.bid_id: bid.bidder_name for bid in lot.case.bids}
    return [
        {**write_rejection(rejection), "bidder_name": names[rejection.bid_id]}
        for rejection in lot.ranking.rejected
    ]


def _scores(lot: LotResult) -> list[JsonValue]:
    """For each ranked bid a row for each criterion: every seat's points, and the panel's figure."""
    sheets = {(sheet.bid_id, sheet.member): sheet.points for sheet in lot.case.sheets}
    rows: list[JsonValue] = []
    for line in lot.ranking.lines:
        by_seat = {seat: sheets[line.bid.bid_id, seat] for seat in lot.case.members}
        criteria: list[JsonValue] = [
            _score_row(lot.case.rulebook, criterion, line, by_seat)
            for criterion in lot.case.rulebook.criteria
        ]
        rows.append({"bid_id": line.bid.bid_id, "bidder_name": line.bid.bidder_name, "criteria": criteria})
    return rows


def _score_row(
    rulebook: Rulebook, criterion: Criterion, line: RankedBid, by_seat: Mapping[str, Mapping[str, int]]
) -> dict[str, JsonValue]:
    places = rulebook.places.sheet
    figures = {step.figure: write_units(step.value, step.places) for step in line.derivation}
    return {
        "criterion": criterion.id,
        "name": {"zh": criterion.name.zh, "en": criterion.name.en},
        "maximum": write_units(criterion.maximum, places),
        "points": {seat: write_units(points[criterion.id], places) for seat, points in by_seat.items()},
        "shades": {
            seat: shade(points[criterion.id], criterion.maximum, SHADES) for seat, points in by_seat.items()
        },
        "combined": figures.get(f"combined/{criterion.id}"),
    }


def _prices(lot: LotResult) -> dict[str, JsonValue]:
    rulebook = lot.case.rulebook
    lines = sorted(lot.ranking.lines, key=lambda line: (line.bid.price, line.bid.bid_id))
    positions = {mark.bid_id: mark for mark in price_strip(lot.ranking)}
    return {
        "currency": rulebook.scale.currency,
        "rule": describe_price_rule(rulebook.price),
        "bids": [
            {
                "bid_id": line.bid.bid_id,
                "bidder_name": line.bid.bidder_name,
                "price": write_units(line.bid.price, rulebook.scale.places),
                "price_points": write_units(line.price_points, rulebook.places.price),
                "position": positions[line.bid.bid_id].position,
                "is_benchmark": positions[line.bid.bid_id].is_benchmark,
            }
            for line in lines
        ],
    }


def _ranking(ranking: Ranking) -> dict[str, JsonValue]:
    places = ranking.rulebook.places
    bars = {bar.bid_id: bar for bar in score_bars(ranking)}
    return {
        "lines": [
            {
                "place": line.place,
                "bid_id": line.bid.bid_id,
                "bidder_name": line.bid.bidder_name,
                "price": write_units(line.bid.price, ranking.rulebook.scale.places),
                "technical_points": write_units(line.technical_points, places.weighted),
                "price_points": write_units(line.price_points, places.price),
                "total": write_units(line.total, places.total),
                "bar": [[s.part_id, s.start, s.width] for s in bars[line.bid.bid_id].segments],
            }
            for line in ranking.lines
        ],
        "candidates": [line.bid.bid_id for line in ranking.lines if line.place <= MOST_CANDIDATES],
        "ties": [list(tie) for tie in ranking.ties],
    }


def _matters(lot: LotResult) -> list[JsonValue]:
    """What somebody has to decide before a contract."""
    matters: list[JsonValue] = []
    if not lot.ranking.is_competitive:
        valid, minimum = len(lot.ranking.lines), lot.case.rulebook.minimum_bids
        matters.append({**_lot(lot), "kind": "too_few_valid_bids", "valid": valid, "minimum": minimum})
    matters += [{**_lot(lot), "kind": "tie", "bids": list(tie)} for tie in lot.ranking.ties]
    return matters

"""The contents of the evaluation report: ten parts, then the annexes as numbered forms, as one JSON value.

1 basic facts, 2 members and signatures, 3 opening record, 4 valid bids, 5 rejections with reasons, 6 method and
weights, 7 scores by expert and criterion, 8 price comparison, 9 ranking and candidates, 10 clarifications and
matters before contract; then the forms (annexes.py) and the derivation of every total.
Source: 评标委员会和评标方法暂行规定 (12号令) article 42, 招标投标法实施条例 article 53.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from crypto.canonical import JsonValue
from evaluation.charts import score_bars, shade
from evaluation.compliance import screen
from evaluation.report.annexes import make_annexes
from evaluation.report.prices import price_comparison
from evaluation.report.values import LotResult, Member, ReportFacts
from evaluation.result import RankedBid, Ranking, ranking_digest, write_ranking, write_rejection
from evaluation.rulebook import Criterion, Rulebook, write_rulebook
from kernel.clock import write_time
from kernel.money import write_units

VERSION: Final = 2
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


def make_report(facts: ReportFacts, lots: Sequence[LotResult]) -> dict[str, JsonValue]:
    """The whole report; parts 4 to 9 and most forms have one section for each lot."""
    parts = make_parts(facts, lots)
    derivations: list[JsonValue] = [
        {**_lot(lot), "lines": write_ranking(lot.ranking)["lines"]} for lot in lots
    ]
    return {
        "v": VERSION,
        "tender": facts.tender_id,
        "parts": [
            {"number": number, "id": id, "title": {"zh": zh, "en": en}, "content": parts[id]}
            for number, (id, zh, en) in enumerate(PARTS, 1)
        ],
        "annexes": make_annexes(facts, lots),
        "derivations": derivations,
    }


def make_parts(facts: ReportFacts, lots: Sequence[LotResult]) -> dict[str, JsonValue]:
    """The contents of the ten parts by their ids."""
    return {
        "facts": _facts(facts, lots),
        "members": [_member(member, facts.work.chair) for member in facts.members],
        "opening": {"digest": facts.opening_digest, "bids": [dict(line) for line in facts.opened]},
        "valid_bids": [{**_lot(lot), "bids": _valid_bids(lot)} for lot in lots],
        "rejections": [{**_lot(lot), "rejected": _rejected(lot)} for lot in lots],
        "method": [{**_lot(lot), "rulebook": write_rulebook(lot.case.rulebook)} for lot in lots],
        "scores": [{**_lot(lot), "bids": _scores(lot)} for lot in lots],
        "prices": [{**_lot(lot), **price_comparison(lot)} for lot in lots],
        "ranking": [{**_lot(lot), **_ranking(lot)} for lot in lots],
        "matters": {
            "clarifications": [dict(one) for one in facts.work.clarifications],
            "matters": [matter for lot in lots for matter in _matters(lot)],
        },
    }


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


def _member(member: Member, chair: str | None) -> dict[str, JsonValue]:
    return {
        "seat": member.seat,
        "group": member.group,
        "name": member.name,
        "employer": member.employer,
        "is_chair": member.seat == chair,
        "signed_at": write_time(member.signed_at) if member.signed_at else None,
    }


def _valid_bids(lot: LotResult) -> list[JsonValue]:
    accepted = screen(lot.case.rulebook, lot.case.bids, lot.case.votes).accepted
    places = lot.case.rulebook.scale.places
    return [
        {
            "bid_id": bid.bid_id,
            "bidder_name": bid.bidder_name,
            "price": write_units(bid.price, places),
            "corrected_price": None
            if bid.corrected_price is None
            else write_units(bid.corrected_price, places),
        }
        for bid in accepted
    ]


def _rejected(lot: LotResult) -> list[JsonValue]:
    names = {bid.bid_id: bid.bidder_name for bid in lot.case.bids}
    return [
        {**write_rejection(rejection), "bidder_name": names[rejection.bid_id]}
        for rejection in lot.ranking.rejected
    ]


def _scores(lot: LotResult) -> list[JsonValue]:
    """For each ranked bid a row for each criterion: every seat's points, or those for the answer."""
    sheets = {(sheet.bid_id, sheet.member): sheet.points for sheet in lot.case.sheets}
    rows: list[JsonValue] = []
    for line in lot.ranking.lines:
        by_seat = {seat: sheets.get((line.bid.bid_id, seat), {}) for seat in lot.case.members}
        figures = {step.figure: write_units(step.value, step.places) for step in line.derivation}
        criteria: list[JsonValue] = [
            _score_row(lot.case.rulebook, criterion, line, by_seat, figures)
            for criterion in lot.case.rulebook.criteria
        ]
        rows.append({"bid_id": line.bid.bid_id, "bidder_name": line.bid.bidder_name, "criteria": criteria})
    return rows


def _score_row(
    rulebook: Rulebook,
    criterion: Criterion,
    line: RankedBid,
    by_seat: Mapping[str, Mapping[str, int]],
    figures: Mapping[str, str],
) -> dict[str, JsonValue]:
    places = rulebook.places.sheet
    points = {seat: given[criterion.id] for seat, given in by_seat.items() if criterion.id in given}
    answer = line.bid.answers.get(criterion.value.answer) if criterion.value else None
    return {
        "criterion": criterion.id,
        "name": {"zh": criterion.name.zh, "en": criterion.name.en},
        "scored_by": criterion.scored_by,
        "maximum": write_units(criterion.maximum, places),
        "answer": None if answer is None else str(answer),
        "points": {seat: write_units(given, places) for seat, given in points.items()},
        "shades": {seat: shade(given, criterion.maximum, SHADES) for seat, given in points.items()},
        "combined": figures.get(f"combined/{criterion.id}", figures.get(f"answer/{criterion.id}")),
    }


def _ranking(lot: LotResult) -> dict[str, JsonValue]:
    ranking = lot.ranking
    places = ranking.rulebook.places
    bars = {bar.bid_id: bar for bar in score_bars(ranking)}
    return {
        "award_by": ranking.rulebook.award.by,
        "lines": [
            {
                "place": line.place,
                "bid_id": line.bid.bid_id,
                "bidder_name": line.bid.bidder_name,
                "price": write_units(line.bid.offer, ranking.rulebook.scale.places),
                "evaluated_price": write_units(line.evaluated_price, places.evaluated),
                "technical_points": write_units(line.technical_points, places.weighted),
                "price_points": write_units(line.price_points, places.price),
                "total": write_units(line.total, places.total),
                "award": write_units(line.award, line.award_places),
                "bar": [[s.part_id, s.start, s.width] for s in bars[line.bid.bid_id].segments],
            }
            for line in ranking.lines
        ],
        "candidates": candidates(ranking),
        "ties": [list(tie) for tie in ranking.ties],
        "draws": list(lot.draws),
    }


def candidates(ranking: Ranking) -> list[JsonValue]:
    """The bids at the places of candidates, as many as the rulebook names (条例 53: at most three, in order)."""
    most = ranking.rulebook.candidates
    return [line.bid.bid_id for line in ranking.lines if line.place <= most]


def _matters(lot: LotResult) -> list[JsonValue]:
    """What somebody has to decide before a contract."""
    matters: list[JsonValue] = []
    if not lot.ranking.is_competitive:
        valid, minimum = len(lot.ranking.lines), lot.case.rulebook.minimum_bids
        matters.append({**_lot(lot), "kind": "too_few_valid_bids", "valid": valid, "minimum": minimum})
    matters += [{**_lot(lot), "kind": "tie", "bids": list(tie)} for tie in lot.ranking.ties]
    return matters

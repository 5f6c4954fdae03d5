"""The annexes of a report as numbered forms; a form that repeats a part names it instead of its content.

sign-in sheet, opening record, preliminary review, candidates, price scores, vote statistics, individual opinions,
summary opinion, rejected bids, integrity pledge with avoidance list, record of conduct; then what goes beyond the law:
findings, signs of collusion, award of the lots, draws.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from crypto.canonical import JsonValue
from evaluation.report.values import LotResult, Member, ReportFacts
from kernel.clock import write_time
from kernel.money import write_units

FORMS: Final = (
    ("sign_in", "签到表", "Sign-in sheet"),
    ("opening", "开标记录表", "Opening record"),
    ("preliminary", "初步评审表", "Preliminary review"),
    ("candidates", "中标候选人推荐表", "Candidates"),
    ("price_scores", "价格评审表", "Price scores"),
    ("votes", "表决统计表", "Vote statistics"),
    ("individual", "评委个人意见表", "Individual opinions"),
    ("summary", "评标委员会汇总意见", "Summary opinion"),
    ("rejected", "否决投标表", "Rejected bids"),
    ("integrity", "廉洁承诺书与回避名单", "Integrity pledge and avoidance list"),
    ("conduct", "评标过程记录", "Record of conduct"),
    ("findings", "评审分析", "Findings"),
    ("collusion", "围标串标线索", "Signs of collusion"),
    ("award", "标段授标建议", "Award of the lots"),
    ("draws", "抽签记录", "Draws"),
)
REPEATS: Final = {
    "opening": "opening",
    "candidates": "ranking",
    "price_scores": "prices",
    "rejected": "rejections",
}


def make_annexes(facts: ReportFacts, lots: Sequence[LotResult]) -> list[JsonValue]:
    """Every form with its number, title and content."""
    contents: dict[str, JsonValue] = {
        "sign_in": [_came(member) for member in facts.members],
        "preliminary": [{**_lot(lot), "bids": _review(lot)} for lot in lots],
        "votes": {
            "chair": [dict(one) for one in facts.work.rounds],
            "checks": [{**_lot(lot), "checks": _check_counts(lot)} for lot in lots],
        },
        "individual": _individual(facts, lots),
        "summary": [{**_lot(lot), "bids": _summary(lot)} for lot in lots],
        "integrity": _integrity(facts),
        "conduct": {
            "facts": [dict(one) for one in facts.work.conduct],
            "reopenings": [dict(one) for one in facts.work.reopenings],
            "earlier": [dict(one) for one in facts.work.earlier],
            "replaced": [dict(one) for one in facts.work.replaced],
        },
        "findings": [{**_lot(lot), "findings": dict(lot.findings) if lot.findings else None} for lot in lots],
        "collusion": [
            {**_lot(lot), "search": dict(lot.collusion) if lot.collusion else None} for lot in lots
        ],
        "award": dict(facts.award) if facts.award else None,
        "draws": [{**_lot(lot), "draws": list(lot.draws)} for lot in lots],
    }
    return [
        {
            "number": number,
            "id": id,
            "title": {"zh": zh, "en": en},
            "part": REPEATS.get(id),
            "content": contents.get(id),
        }
        for number, (id, zh, en) in enumerate(FORMS, 1)
    ]


def _lot(lot: LotResult) -> dict[str, JsonValue]:
    return {"lot": lot.lot_id, "number": lot.number, "lot_title": dict(lot.title)}


def _came(member: Member) -> dict[str, JsonValue]:
    return {
        "seat": member.seat,
        "group": member.group,
        "name": member.name,
        "employer": member.employer,
        "came_at": write_time(member.came_at) if member.came_at else None,
    }


def _review(lot: LotResult) -> list[JsonValue]:
    """For each bid and check how many members passed and failed it."""
    cast = Counter((vote.bid_id, vote.check_id, vote.passed) for vote in lot.case.votes)
    rejected = {rejection.bid_id for rejection in lot.ranking.rejected}
    return [
        {
            "bid_id": bid.bid_id,
            "bidder_name": bid.bidder_name,
            "is_accepted": bid.bid_id not in rejected,
            "checks": [
                {
                    "check": check.id,
                    "passed": cast[bid.bid_id, check.id, True],
                    "failed": cast[bid.bid_id, check.id, False],
                }
                for check in lot.case.rulebook.checks
            ],
        }
        for bid in sorted(lot.case.bids, key=lambda bid: bid.bid_id)
    ]


def _check_counts(lot: LotResult) -> list[JsonValue]:
    """For each check how many verdicts passed and failed a bid."""
    cast = Counter((vote.check_id, vote.passed) for vote in lot.case.votes)
    return [
        {
            "check": check.id,
            "text": {"zh": check.text.zh, "en": check.text.en},
            "clause": check.clause,
            "passed": cast[check.id, True],
            "failed": cast[check.id, False],
        }
        for check in lot.case.rulebook.checks
    ]


def _individual(facts: ReportFacts, lots: Sequence[LotResult]) -> list[JsonValue]:
    """Each member's own words: failing verdicts, reasons for figures that stand apart, dissent."""
    names = {bid.bid_id: bid.bidder_name for lot in lots for bid in lot.case.bids}
    opinions: list[JsonValue] = []
    for member in facts.members:
        failing: list[JsonValue] = [
            {"bidder_name": names[vote.bid_id], "check": vote.check_id, "reason": vote.reason}
            for lot in lots
            for vote in sorted(lot.case.votes, key=lambda vote: (vote.bid_id, vote.check_id))
            if vote.member == member.seat and not vote.passed
        ]
        opinions.append(
            {
                "seat": member.seat,
                "name": member.name,
                "failing": failing,
                "sums": [{**_lot(lot), "bids": _sums(lot, member.seat)} for lot in lots],
                "dissent": [dict(one) for one in facts.work.dissents if one["seat"] == member.seat],
            }
        )
    return opinions


def _sums(lot: LotResult, seat: str) -> list[JsonValue]:
    """What one member's points for each ranked bid add up to."""
    places = lot.case.rulebook.places.sheet
    sheets = {sheet.bid_id: sum(sheet.points.values()) for sheet in lot.case.sheets if sheet.member == seat}
    return [
        {"bidder_name": line.bid.bidder_name, "points": write_units(sheets[line.bid.bid_id], places)}
        for line in lot.ranking.lines
        if line.bid.bid_id in sheets
    ]


def _summary(lot: LotResult) -> list[JsonValue]:
    """The panel's figure for each part of each ranked bid."""
    places = lot.case.rulebook.places
    return [
        {
            "place": line.place,
            "bidder_name": line.bid.bidder_name,
            "parts": [
                {
                    "part": part.part_id,
                    "points": write_units(part.points, places.price if not number else places.combined),
                    "weighted": write_units(part.weighted, places.weighted),
                }
                for number, part in enumerate(line.parts)
            ],
            "total": write_units(line.total, places.total),
        }
        for line in lot.ranking.lines
    ]


def _integrity(facts: ReportFacts) -> dict[str, JsonValue]:
    """Whom the members have to stay clear of, and who left because of a tie or for another cause."""
    return {
        "avoid": [facts.tenderer, *sorted({str(line["bidder"]) for line in facts.opened})],
        "members": [
            {"seat": member.seat, "name": member.name, "employer": member.employer}
            for member in facts.members
        ],
        "replaced": [dict(one) for one in facts.work.replaced],
    }

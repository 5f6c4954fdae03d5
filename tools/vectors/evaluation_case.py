"""Write the vectors of the evaluation case and the ranking: python -m tools.vectors.evaluation_case."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from evaluation.case import case_digest, read_case, write_case
from evaluation.evaluate import evaluate
from evaluation.result import ranking_digest, write_ranking
from evaluation.rulebook import rulebook_digest

FOLDER = Path("tests/vectors/evaluation-case")


def criterion(id: str, zh: str, en: str, maximum: str, step: str) -> dict[str, Any]:
    """A criterion that the experts score."""
    return {"id": id, "name": {"zh": zh, "en": en}, "maximum": maximum, "step": step, "scored_by": "experts"}


SMALL: dict[str, Any] = {
    "v": 2,
    "tender_id": "7b0c8a52-2a40-4f0e-9a55-5d8c3f0f7d11",
    "lot_id": "0f6a6f0e-52c1-4b7e-8f43-4a1c2f1e9b22",
    "rulebook": {
        "v": 2,
        "name": {"zh": "综合评分法", "en": "Combined scoring, low price first"},
        "currency": "CNY",
        "price_places": 2,
        "places": {"sheet": 1, "combined": 2, "price": 2, "weighted": 2, "total": 2},
        "price": {
            "weight": 3000,
            "maximum": "30",
            "ceiling": "1300000",
            "benchmark": {"of": "evaluated", "terms": [{"base": "lowest"}]},
            "formula": {"kind": "ratio"},
        },
        "groups": [
            {
                "id": "technical",
                "name": {"zh": "技术", "en": "Technical"},
                "weight": 5000,
                "maximum": "50",
                "criteria": [
                    criterion("plan", "施工方案", "Work plan", "30", "0.5"),
                    criterion("team", "项目团队", "Team", "20", "0.5"),
                ],
            },
            {
                "id": "business",
                "name": {"zh": "商务", "en": "Business"},
                "weight": 2000,
                "maximum": "20",
                "criteria": [criterion("record", "业绩", "Track record", "20", "1")],
            },
        ],
        "checks": [
            {
                "id": "signed",
                "text": {"zh": "投标文件已签字盖章", "en": "The bid is signed and sealed"},
                "clause": "招标投标法实施条例 51(1)",
            }
        ],
        "combination": {"rule": "trimmed_mean", "drop_high": 1, "drop_low": 1, "level": "criterion"},
        "total_of": "exact_parts",
        "tie_break": ["lower_price", "higher_technical"],
        "minimum_bids": 3,
    },
    "bids": [
        {"bid_id": "a", "bidder_name": "甲公司", "price": "1250000.00"},
        {"bid_id": "b", "bidder_name": "乙公司", "price": "1199999.99"},
        {"bid_id": "c", "bidder_name": "丙公司", "price": "1187654.32"},
        {"bid_id": "d", "bidder_name": "丁公司", "price": "1300000.01"},
        {"bid_id": "e", "bidder_name": "戊公司", "price": "1187654.32"},
    ],
    "votes": [
        {
            "bid_id": bid,
            "check": "signed",
            "member": f"seat-{seat}",
            "passed": not (bid == "e" and seat <= 3),
            "reason": "第 12 页无签字" if bid == "e" and seat <= 3 else "",
        }
        for bid in "abcde"
        for seat in range(1, 6)
    ],
    "sheets": [
        {
            "bid_id": bid,
            "member": f"seat-{seat}",
            "points": {
                "plan": f"{20 + (3 * seat + 5 * i) % 10}.5",
                "team": f"{12 + (seat * i) % 7}.0",
                "record": str(15 + (seat + i) % 5),
            },
        }
        for i, bid in enumerate("abc", 1)
        for seat in range(1, 6)
    ],
}


def tie() -> dict[str, Any]:
    """Two equal bids and no tie key: both stand on place 1."""
    data = deepcopy(SMALL)
    data["rulebook"] |= {"checks": [], "tie_break": []}
    data["bids"] = [{"bid_id": bid, "bidder_name": bid.upper(), "price": "100"} for bid in "xyz"]
    data["votes"] = []
    data["sheets"] = [
        {"bid_id": bid, "member": f"seat-{seat}", "points": {"plan": "30", "team": "20", "record": record}}
        for bid, record in (("x", "20"), ("y", "20"), ("z", "0"))
        for seat in range(1, 4)
    ]
    return data


def thirteen_digits() -> dict[str, Any]:
    """Prices whose products pass 2**63: six decimals on 131456655994900 units."""
    data = tie()
    data["rulebook"] |= {"currency": "VND", "tie_break": ["lower_price"]}
    data["rulebook"]["price"] |= {"ceiling": None}
    data["rulebook"]["places"] |= {"price": 6, "weighted": 6, "total": 6}
    for bid, price in zip(
        data["bids"], ("1314566559949.00", "1383562794240.00", "1414490888763.00"), strict=True
    ):
        bid["price"] = price
    return data


REFUSED: list[tuple[str, list[str | int], Any, str]] = [
    ("weights add up to 9999", ["rulebook", "price", "weight"], 2999, "rulebook.groups"),
    ("a float", ["rulebook", "price", "weight"], 3000.5, "rulebook.price.weight"),
    ("an unknown key", ["rulebook", "surprise"], 1, "rulebook.surprise"),
    (
        "a maximum that does not match",
        ["rulebook", "groups", 0, "maximum"],
        "49",
        "rulebook.groups[0].maximum",
    ),
    ("points above the maximum", ["sheets", 0, "points", "plan"], "30.5", "plan"),
    ("points off the step", ["sheets", 0, "points", "plan"], "20.1", "plan"),
    ("a third decimal of a price", ["bids", 0, "price"], "1.001", "bids[0].price"),
]


def accepted(data: dict[str, Any]) -> dict[str, Any]:
    """A case with everything that follows from it."""
    case = read_case(data)
    ranking = evaluate(case)
    return {
        "case": write_case(case),
        "rulebook_digest": rulebook_digest(case.rulebook),
        "case_digest": case_digest(case),
        "ranking": write_ranking(ranking),
        "ranking_digest": ranking_digest(ranking),
    }


def main() -> None:
    """Write every vector file."""
    cases = {"small": SMALL, "tie": tie(), "thirteen-digits": thirteen_digits()}
    files: dict[str, Any] = {name: accepted(data) for name, data in cases.items()}
    files["refused"] = [
        {"why": why, "change": path, "to": value, "refused_at": where} for why, path, value, where in REFUSED
    ]
    for name, content in files.items():
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Builders for evaluation tests: a rulebook as JSON with valid defaults, and cases made of plain texts."""

from copy import deepcopy
from typing import Any

from evaluation.case import EvaluationCase, read_case

RULEBOOK: dict[str, Any] = {
    "v": 2,
    "name": {"zh": "综合评分法", "en": "Combined scoring"},
    "currency": "CNY",
    "price_places": 2,
    "places": {"sheet": 2, "combined": 2, "price": 2, "weighted": 2, "total": 2},
    "price": {
        "formula": {"kind": "ratio"},
        "weight": 3000,
        "maximum": "100",
        "ceiling": None,
    },
    "groups": [
        {
            "id": "technical",
            "name": {"zh": "技术", "en": "Technical"},
            "weight": 7000,
            "maximum": "100",
            "criteria": [
                {
                    "id": "plan",
                    "name": {"zh": "方案", "en": "Plan"},
                    "maximum": "100",
                    "step": "0.01",
                    "scored_by": "experts",
                }
            ],
        }
    ],
    "checks": [],
    "combination": {"rule": "mean", "drop_high": 0, "drop_low": 0, "level": "criterion"},
    "total_of": "exact_parts",
    "tie_break": ["lower_price", "higher_technical"],
    "minimum_bids": 3,
}


def rulebook_data(**changes: Any) -> dict[str, Any]:
    """The default rulebook; `price__weight=1` changes the field weight of price."""
    data = deepcopy(RULEBOOK)
    for path, value in changes.items():
        *folders, key = path.split("__")
        place = data
        for folder in folders:
            place = place[folder]
        place[key] = value
    return data


def case_of(
    rulebook: dict[str, Any],
    prices: dict[str, str],
    sheets: dict[str, dict[str, dict[str, str]]],
    votes: list[dict[str, Any]] | None = None,
    *,
    answers: dict[str, dict[str, Any]] | None = None,
    received: dict[str, str] | None = None,
    drawn: dict[str, Any] | None = None,
) -> EvaluationCase:
    """A case from prices by bid, and sheets by member and bid."""
    return read_case(
        {
            "v": 2,
            "tender_id": "tender-1",
            "lot_id": "lot-1",
            "rulebook": rulebook,
            "bids": [
                {
                    "bid_id": bid,
                    "bidder_name": f"Bidder {bid}",
                    "price": price,
                    "answers": (answers or {}).get(bid, {}),
                    "received_at": (received or {}).get(bid),
                }
                for bid, price in prices.items()
            ],
            "drawn": drawn or {},
            "votes": votes or [],
            "sheets": [
                {"member": member, "bid_id": bid, "points": points}
                for member, bids in sheets.items()
                for bid, points in bids.items()
            ],
        }
    )

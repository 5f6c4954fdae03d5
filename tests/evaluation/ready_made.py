"""Cases built from the rulebooks in web/rulebooks: prices, answers, and one share of all points for each bid."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from evaluation.rulebook import read_rulebook, write_rulebook
from tests.evaluation.oracle_price import shown

FOLDER = Path(__file__).parents[2] / "web" / "rulebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
MEMBERS = ["m1", "m2", "m3", "m4", "m5"]


def load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return data


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """A ready-made rulebook with other figures; `price__maximum="1"` changes the field maximum of price."""
    data = load(name)
    for path, value in changes.items():
        *folders, key = path.split("__")
        place = data
        for folder in folders:
            place = place[folder]
        place[key] = value
    return json.loads(json.dumps(write_rulebook(read_rulebook(data))))  # type: ignore[no-any-return]


def case(
    book: dict[str, Any],
    prices: list[str],
    shares: list[int] | None = None,
    answers: list[dict[str, Any]] | None = None,
    **drawn: str,
) -> dict[str, Any]:
    """A whole case; every expert gives a bid the same percentage of each maximum."""
    bids = [f"b{i:02}" for i in range(len(prices))]
    shares = shares or [80] * len(prices)
    experts = [c for g in book["groups"] for c in g["criteria"] if c["scored_by"] == "experts"]
    samples = {one["name"]: bids[: one["size"]] for one in book["price"]["samples"]}
    return {
        "v": 2,
        "tender_id": "t",
        "lot_id": "l",
        "rulebook": book,
        "bids": [
            {
                "bid_id": bid,
                "bidder_name": bid,
                "price": shown(Fraction(price), 2),
                "corrected_price": None,
                "received_at": f"2026-03-01T01:{number:02}:00.000Z",
                "answers": answers[number] if answers else {},
            }
            for number, (bid, price) in enumerate(zip(bids, prices, strict=True))
        ],
        "drawn": {"coefficients": drawn, "samples": samples, "ties": []},
        "votes": [
            {"member": m, "bid_id": bid, "check": check["id"], "passed": True, "reason": ""}
            for m in MEMBERS
            for bid in bids
            for check in book["checks"]
        ],
        "sheets": [
            {
                "member": m,
                "bid_id": bid,
                "points": {
                    c["id"]: shown(Fraction(c["maximum"]) * share / 100, book["places"]["sheet"])
                    for c in experts
                },
            }
            for m in MEMBERS
            for bid, share in zip(bids, shares, strict=True)
        ],
    }

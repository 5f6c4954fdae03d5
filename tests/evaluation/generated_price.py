"""Random price parts of rulebooks: every kind of limit, adjustment, benchmark term and formula."""

import random
from typing import Any

COUNTED = ["interpolated", "started", "completed"]


def some(chance: random.Random, value: Any, share: float = 0.5) -> Any:
    return value if chance.random() < share else None


def made_adjustments(chance: random.Random) -> list[dict[str, Any]]:
    flag = {
        "id": "small",
        "kind": "flag",
        "answer": "small",
        "required": False,
        "amount": None,
        "percent": "-10",
    }
    late: dict[str, Any] = {
        "id": "late",
        "kind": "units",
        "answer": "months",
        "required": chance.random() < 0.1,
        "side": chance.choice(["above", "below"]),
        "beyond": "5",
        "unit": chance.choice(["1", "2.5"]),
        "counted": chance.choice(COUNTED),
        **chance.choice([{"amount": "1500.50", "percent": None}, {"amount": None, "percent": "0.75"}]),
    }
    stated: dict[str, Any] = {
        "id": "costs",
        "kind": "stated",
        "answer": "costs",
        "required": False,
        "sign": chance.choice([1, -1]),
    }
    quality: dict[str, Any] = {
        "id": "quality",
        "kind": "quality",
        "features": [
            {"answer": "colour", "choices": {"red": "0.2", "blue": "0.05", "none": "0"}},
            {"answer": "shape", "choices": {"round": "0.1", "flat": "0"}},
        ],
        "operation": chance.choice(["divide", "multiply"]),
    }
    chosen = chance.sample([flag, late, stated], chance.choice([0, 0, 1, 2, 3]))
    if chance.random() < 0.2:
        chosen.insert(chance.randint(0, len(chosen)), quality)
    return chosen


def made_factors(chance: random.Random) -> list[str]:
    return chance.sample(["0.95", "K", "1-K", "1-0.05", "1+0.02"], chance.choice([0, 0, 1, 2]))


def made_term(chance: random.Random) -> dict[str, Any]:
    base = chance.choice(
        ["mean", "mean", "mean", "median", "lowest", "second_lowest", "highest", "ceiling", "estimate"]
    )
    term: dict[str, Any] = {
        "base": base,
        "factors": made_factors(chance),
        "trim": [],
        "exclude": None,
        "sample": None,
    }
    if base in ("ceiling", "estimate"):
        return term
    if chance.random() < 0.4:
        counts = {"high": 0, "low": 0, "high_percent": "0", "low_percent": "0", "rounded": "down"}
        term["trim"] = [
            {**counts, "from_bids": 3, "high": 1},
            chance.choice(
                [
                    {**counts, "from_bids": 5, "high": 1, "low": 1},
                    {**counts, "from_bids": 5, "high_percent": "20", "low_percent": "10", "rounded": "up"},
                    {
                        **counts,
                        "from_bids": 4,
                        "high_percent": "20",
                        "low_percent": "20",
                        "rounded": "half_up",
                    },
                ]
            ),
        ]
    if chance.random() < 0.4:
        term["exclude"] = {
            "percent": chance.choice(["5", "12.5", "30", "0"]),
            "of": chance.choice(["mean", "median"]),
            "side": chance.choice(["both", "above", "below"]),
            "order": chance.choice(["worst_first", "all_at_once"]),
            "repeat": chance.random() < 0.7,
            "least": chance.choice([1, 2]),
            "at_limit": chance.choice(["inside", "outside"]),
        }
    term["sample"] = some(chance, "S", 0.2)
    return term


def made_bands(chance: random.Random) -> list[dict[str, str]]:
    return chance.choice(
        [
            [],
            [{"from": "0", "points": "1.2"}],
            [{"from": "0", "points": "0"}, {"from": "2", "points": "0.2"}, {"from": "7.5", "points": "3"}],
            [{"from": "0", "points": "-1"}],
        ]
    )


def made_formula(chance: random.Random) -> dict[str, Any]:
    kind = chance.choice(["none", "ratio", "ratio", "deviation", "deviation", "curve", "log"])
    formula: dict[str, Any] = {"kind": kind, "of": chance.choice(["evaluated", "offer"]), "floor": "0"}
    formula |= chance.choice([{"cap": "30"}, {"cap": "20", "floor": "5"}])
    if kind == "deviation":
        formula |= {
            "start": chance.choice(["30", "15"]),
            "counted": chance.choice(COUNTED),
            "unit": chance.choice(["1", "0.5", "3"]),
            "above": made_bands(chance),
            "below": made_bands(chance),
        }
    if kind == "curve":
        knots = [
            {"of": "lowest", "factors": [], "points": "30"},
            {"of": "highest", "factors": [], "points": "0"},
            {"of": "benchmark", "factors": made_factors(chance), "points": "12"},
            {"of": "ceiling", "factors": ["0.5"], "points": "7"},
            {"of": "price", "factors": [], "price": "0.00", "points": "25"},
        ]
        formula |= {
            "knots": chance.sample(knots, chance.randint(1, 4)),
            "outside": chance.choice(["hold", "extend"]),
        }
    return formula | ({"base": chance.choice(["10", "2.5"])} if kind == "log" else {})


def made_price(chance: random.Random, weight: int) -> dict[str, Any]:
    limits = [
        {
            "side": "above",
            "of": "estimate",
            "factors": ["1.25"],
            "at_limit": chance.choice(["inside", "outside"]),
        },
        {"side": "below", "of": "ceiling", "factors": ["1-0.9999999"], "at_limit": "inside"},
    ]
    return {
        "weight": weight,
        "maximum": "30",
        "better": chance.choice(["lower", "lower", "higher"]),
        "ceiling": "1300000000000.00",
        "estimate": "1000000.00",
        "limits": chance.sample(limits, chance.choice([0, 0, 1])),
        "adjustments": made_adjustments(chance),
        "benchmark": {
            "of": chance.choice(["evaluated", "offer"]),
            "among": chance.choice(["accepted", "accepted", "opened"]),
            "terms": [made_term(chance) for _ in range(chance.choice([1, 1, 2]))],
        },
        "formula": made_formula(chance),
        "outliers": chance.choice(["scored", "floor"]),
        "samples": [],
    }

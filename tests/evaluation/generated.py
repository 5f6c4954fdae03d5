"""Random valid cases as published JSON: every kind of rule, few distinct figures, so that ties and limits are hit."""

import random
from fractions import Fraction
from typing import Any

from tests.evaluation import oracle
from tests.evaluation.cases import rulebook_data
from tests.evaluation.generated_price import COUNTED, made_price, some
from tests.evaluation.oracle_price import shown

PRICES = ["1250000.00", "1250000.01", "980000.00", "1000000.00", "1100000.00", "1050000.50", "1250000.00"]
HUGE = ["1314566559949.00", "1383562794240.00", "3", "0.01"]


def made_groups(
    chance: random.Random, weights: list[int], sheet: int, by_group: bool
) -> list[dict[str, Any]]:
    groups = []
    for g, weight in enumerate(weights):
        maxima = [chance.choice([5, 7, 10, 33]) for _ in range(chance.randint(1, 3))]
        criteria = []
        for i, maximum in enumerate(maxima):
            is_system = chance.random() < 0.25
            criteria.append(
                {
                    "id": f"c{g}-{i}",
                    "name": {"zh": "项", "en": f"c{g}-{i}"},
                    "maximum": str(maximum),
                    "step": {0: "1", 1: "0.1", 2: "0.25"}[sheet],
                    "scored_by": "system" if is_system else "experts",
                    "minimum": None
                    if by_group and not is_system
                    else some(chance, chance.choice(["0", "2"]), 0.15),
                    "value": made_value(chance, f"a{g}-{i}", maximum) if is_system else None,
                }
            )
        groups.append(
            {
                "id": f"g{g}",
                "name": {"zh": "组", "en": f"g{g}"},
                "weight": weight,
                "maximum": str(sum(maxima)),
                "minimum": some(chance, "3", 0.15),
                "blind": all(c["scored_by"] == "experts" for c in criteria) and chance.random() < 0.2,
                "criteria": criteria,
            }
        )
    return groups


def made_value(chance: random.Random, answer: str, maximum: int) -> dict[str, Any]:
    kind = chance.choice(["flag", "choice", "steps", "per_unit", "best_ratio", "between"])
    rule: dict[str, Any] = {"kind": kind, "answer": answer, "required": chance.random() < 0.15}
    if kind == "choice":
        rule["choices"] = {"甲": str(maximum), "乙": "2", "丙": "0"}
    if kind == "steps":
        rule["steps"] = [
            {"from": "1", "points": "1"},
            {"from": "3.5", "points": "3"},
            {"from": "10", "points": "5"},
        ]
    if kind == "per_unit":
        rule |= {
            "beyond": "1",
            "unit": chance.choice(["1", "0.5", "3"]),
            "counted": chance.choice(COUNTED),
            "points": "1",
        }
    if kind == "best_ratio":
        rule["better"] = chance.choice(["higher", "lower"])
    if kind == "between":
        rule |= chance.choice([{"full_at": "10", "zero_at": "1"}, {"full_at": "-2", "zero_at": "7"}])
    return rule


def made_award(chance: random.Random) -> dict[str, Any]:
    by = chance.choice(
        ["total"] * 5
        + ["evaluated_price", "technical", "quality_per_price", "price_less_quality", "utility_index"]
    )
    return {
        "by": by,
        "of": chance.choice(["evaluated", "offer"]),
        "base_points": chance.choice(["0", "100"]),
        "rate": chance.choice(["1500.5", "0.01"]),
        "multiplier": chance.choice(["1", "100000"]),
    }


def made_places(chance: random.Random) -> dict[str, Any]:
    places: dict[str, Any] = {
        stage: chance.randint(0, 4) for stage in ("price", "weighted", "total", "award")
    }
    places["sheet"] = chance.randint(0, 2)
    places["combined"] = chance.randint(places["sheet"], 4)
    places["evaluated"] = chance.randint(2, 4)
    return places | {
        "benchmark": some(chance, chance.randint(0, 5)),
        "deviation": some(chance, chance.randint(0, 3)),
    }


def made_combination(chance: random.Random) -> dict[str, Any]:
    high, low = chance.choice([(0, 0), (0, 0), (1, 1), (1, 0), (0, 1), (2, 1)])
    rule = "trimmed_mean" if high + low else chance.choice(["mean", "median"])
    exclude = {"percent": chance.choice(["20", "30"]), "against": chance.choice(["panel", "others"])}
    return {
        "rule": rule,
        "drop_high": high,
        "drop_low": low,
        "level": chance.choice(["criterion", "group"]),
        "trim_from": high + low + chance.randint(1, 4) if high + low and chance.random() < 0.5 else 0,
        "exclude": exclude if rule == "mean" and chance.random() < 0.4 else None,
    }


def made_ties(chance: random.Random, groups: list[dict[str, Any]], level: str) -> list[str]:
    keys = ["lower_price", "lower_evaluated_price", "higher_technical", "higher_price_points", "earlier_bid"]
    keys += [f"group:{group['id']}" for group in groups] + ["answer:green"]
    if level == "criterion":
        keys += [f"criterion:{c['id']}" for group in groups for c in group["criteria"]]
    return chance.sample(keys, chance.randint(0, 2))


def made_rulebook(chance: random.Random) -> dict[str, Any]:
    places, combination, award = made_places(chance), made_combination(chance), made_award(chance)
    cuts = sorted(chance.sample(range(1, 10_000), chance.randint(0 if award["by"] == "total" else 1, 3)))
    weights = [high - low for low, high in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    groups = made_groups(chance, weights[1:], places["sheet"], combination["level"] == "group")
    price = made_price(chance, weights[0])
    factors = {f for term in price["benchmark"]["terms"] for f in term["factors"]}
    factors |= {f for knot in price["formula"].get("knots", ()) for f in knot["factors"]}
    if any(term["sample"] for term in price["benchmark"]["terms"]):
        price["samples"] = [{"name": "S", "size": 3}]
    checks = [{"id": "signed", "text": {"zh": "签", "en": "signed"}, "clause": "51"}] * chance.randint(0, 1)
    return rulebook_data(
        places=places,
        price=price,
        groups=groups,
        technical_minimum=some(chance, "1", 0.15) if places["weighted"] or groups else None,
        combination=combination,
        total_of=chance.choice(["exact_parts", "rounded_parts"]),
        total_maximum=chance.choice(["100", "1000"]),
        award=award,
        tie_break=made_ties(chance, groups, combination["level"]),
        drawn=[{"name": "K", "values": ["0.05", "0.045", "0.955"]}] if factors & {"K", "1-K"} else [],
        checks=checks,
        candidates=3,
        outliers=some(chance, {"definition": "panel_mean", "percent": "25.00", "levels": ["criterion"]}, 0.2),
    )


def made_answers(chance: random.Random, book: dict[str, Any]) -> dict[str, Any]:
    """Answers to most of what the rulebook asks."""

    def number() -> str:
        return chance.choice(["0", "1", "3.5", "7", "12.25", "-3"])

    offered: dict[str, Any] = {}
    for group in book["groups"]:
        for criterion in group["criteria"]:
            if criterion["value"]:
                kind = criterion["value"]["kind"]
                made = {"flag": chance.random() < 0.5, "choice": chance.choice(["甲", "乙", "丙"])}
                offered[criterion["value"]["answer"]] = made.get(kind, number())
    for one in book["price"]["adjustments"]:
        if one["kind"] == "quality":
            offered |= {"colour": chance.choice(["red", "blue", "none"]), "shape": "round"}
        else:
            offered[one["answer"]] = chance.random() < 0.5 if one["kind"] == "flag" else number()
    if "answer:green" in book["tie_break"]:
        offered["green"] = chance.random() < 0.5
    return {id: value for id, value in offered.items() if chance.random() < 0.9}


def made_case(chance: random.Random) -> dict[str, Any]:
    """A random valid case in the published form."""
    book = made_rulebook(chance)
    bids = [f"b{i}" for i in range(chance.randint(1, 7))]
    least = book["combination"]["drop_high"] + book["combination"]["drop_low"] + 1
    members = [f"m{i}" for i in range(chance.randint(least, 7))]
    step = {0: Fraction(1), 1: Fraction(1, 10), 2: Fraction(1, 4)}[book["places"]["sheet"]]
    experts = [
        (c["id"], int(c["maximum"]))
        for g in book["groups"]
        for c in g["criteria"]
        if c["scored_by"] == "experts"
    ]

    def score(maximum: int) -> str:
        most = int(maximum / step)
        return shown(chance.choice([0, most, most, chance.randint(0, most)]) * step, book["places"]["sheet"])

    prices = PRICES if chance.random() < 0.8 else PRICES + HUGE
    if book["price"]["formula"]["kind"] != "ratio" or book["price"]["adjustments"]:
        prices = PRICES
    checks = [check["id"] for check in book["checks"]]
    return {
        "v": 2,
        "tender_id": "t",
        "lot_id": "l",
        "rulebook": book,
        "bids": [
            {
                "bid_id": bid,
                "bidder_name": bid.upper(),
                "price": chance.choice(prices),
                "corrected_price": some(chance, chance.choice(PRICES), 0.1),
                "received_at": f"2026-03-01T0{chance.randint(1, 3)}:00:00.000Z",
                "answers": made_answers(chance, book),
            }
            for bid in bids
        ],
        "drawn": {
            "coefficients": {one["name"]: chance.choice(one["values"]) for one in book["drawn"]},
            "samples": {},
            "ties": [chance.sample(bids, len(bids))] if chance.random() < 0.3 else [],
        },
        "votes": [
            {
                "member": m,
                "bid_id": b,
                "check": check,
                "passed": passed,
                "reason": "" if passed else "no seal",
            }
            for check in checks
            for b in bids
            for m in members
            for passed in [chance.random() < 0.7]
        ],
        "sheets": [
            {"member": m, "bid_id": b, "points": {id: score(maximum) for id, maximum in experts}}
            for m in members
            for b in bids
        ],
    }


def with_samples(chance: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """Draw the samples among the bids that the benchmark looks at; whoever is rejected by votes cannot be drawn."""
    if data["rulebook"]["price"]["samples"]:
        out = oracle.rejected_bids(data)
        accepted = [bid for bid in data["bids"] if bid["bid_id"] not in out]
        technical = oracle.group_points(data, accepted)
        kept = [
            bid["bid_id"]
            for bid in accepted
            if not oracle.misses_minimum(
                data,
                technical[bid["bid_id"]],
                oracle.sums(data, Fraction(0), technical[bid["bid_id"]]["groups"])[1],
            )
        ]
        if data["rulebook"]["price"]["benchmark"]["among"] == "opened":
            kept = [bid["bid_id"] for bid in data["bids"]]
        data["drawn"]["samples"]["S"] = chance.sample(kept, min(3, len(kept)))
    return data

"""A second engine, written apart from ours: exact fractions, plain dictionaries, no numpy, no shared helper.

It reads the published JSON of a case and answers with texts: nothing of the product is trusted here, neither parsing
nor scaling nor rounding.
"""

from fractions import Fraction
from typing import Any

from tests.evaluation.oracle_price import (
    benchmark,
    counted,
    cut,
    evaluated_price,
    offer_of,
    price_points,
    shown,
    times,
)


def panel_figure(figures: list[Fraction], rule: dict[str, Any]) -> Fraction:
    figures = sorted(figures)
    if rule["rule"] == "median":
        middle = len(figures) // 2
        pair = figures[middle : middle + 1] if len(figures) % 2 else figures[middle - 1 : middle + 1]
        return sum(pair, Fraction(0)) / len(pair)
    if rule["exclude"]:
        limit, left = Fraction(rule["exclude"]["percent"]) / 100, []
        for index, figure in enumerate(figures):
            others = figures[:index] + figures[index + 1 :]
            judged = figures if rule["exclude"]["against"] == "panel" else others
            mean = sum(judged, Fraction(0)) / len(judged) if judged else figure
            if abs(figure - mean) <= limit * mean:
                left.append(figure)
        figures = left or figures
    drops = rule["rule"] == "trimmed_mean" and len(figures) >= rule["trim_from"]
    high, low = (rule["drop_high"], rule["drop_low"]) if drops else (0, 0)
    kept = figures[low : len(figures) - high]
    return sum(kept, Fraction(0)) / len(kept)


def rejected_bids(case: dict[str, Any]) -> set[str]:
    ballots: dict[tuple[str, str], list[bool]] = {}
    for vote in case["votes"]:
        ballots.setdefault((vote["bid_id"], vote["check"]), []).append(vote["passed"])
    out = {bid for (bid, _), ballot in ballots.items() if ballot.count(False) > ballot.count(True)}
    price, required = case["rulebook"]["price"], required_answers(case["rulebook"])
    for bid in case["bids"]:
        offer = offer_of(bid)
        if price["ceiling"] is not None and offer > Fraction(price["ceiling"]):
            out.add(bid["bid_id"])
        for limit in price["limits"]:
            at = Fraction(price[limit["of"]]) * times(limit["factors"], {})
            beyond = offer > at if limit["side"] == "above" else offer < at
            if beyond or (offer == at and limit["at_limit"] == "outside"):
                out.add(bid["bid_id"])
        if any(answer not in bid["answers"] for answer in required):
            out.add(bid["bid_id"])
    return out


def required_answers(book: dict[str, Any]) -> set[str]:
    values = [c["value"] for group in book["groups"] for c in group["criteria"] if c["value"]]
    rules = [*values, *(one for one in book["price"]["adjustments"] if one["kind"] != "quality")]
    return {rule["answer"] for rule in rules if rule["required"]}


def answered_points(rule: dict[str, Any], answer: Any, best: list[Fraction], maximum: Fraction) -> Fraction:
    if answer is None:
        return Fraction(0)
    kind = rule["kind"]
    if kind == "flag":
        return maximum if answer else Fraction(0)
    if kind == "choice":
        return Fraction(rule["choices"][answer])
    value = Fraction(answer)
    if kind == "steps":
        return (
            Fraction([step["points"] for step in rule["steps"] if value >= Fraction(step["from"])][-1:][0])
            if any(value >= Fraction(step["from"]) for step in rule["steps"])
            else Fraction(0)
        )
    if kind == "per_unit":
        points = counted(value - Fraction(rule["beyond"]), rule["unit"], rule["counted"]) * Fraction(
            rule["points"]
        )
    elif kind == "between":
        full, zero = Fraction(rule["full_at"]), Fraction(rule["zero_at"])
        points = maximum * (value - zero) / (full - zero)
    elif value <= 0:
        return Fraction(0)
    else:
        points = maximum * (value / max(best) if rule["better"] == "higher" else min(best) / value)
    return min(max(points, Fraction(0)), maximum)


def group_points(case: dict[str, Any], accepted: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By bid: the points of each group, of each criterion, as fractions."""
    book = case["rulebook"]
    rule, places = book["combination"], book["places"]["combined"]
    found: dict[str, dict[str, Any]] = {}
    for bid in accepted:
        sheets = [
            {k: Fraction(v) for k, v in s["points"].items()}
            for s in case["sheets"]
            if s["bid_id"] == bid["bid_id"]
        ]
        groups, criteria = {}, {}
        for group in book["groups"]:
            points = Fraction(0)
            ids = [c["id"] for c in group["criteria"] if c["scored_by"] == "experts"]
            if rule["level"] == "criterion":
                for id in ids:
                    criteria[id] = cut(panel_figure([s[id] for s in sheets], rule), places)
                    points += criteria[id]
            elif ids:
                points += cut(
                    panel_figure([sum((s[id] for id in ids), Fraction(0)) for s in sheets], rule), places
                )
            for criterion in group["criteria"]:
                if criterion["scored_by"] == "system":
                    value = criterion["value"]
                    others = [b["answers"].get(value["answer"]) for b in accepted]
                    numbers = [
                        Fraction(x)
                        for x in others
                        if value["kind"] == "best_ratio" and x is not None and Fraction(x) > 0
                    ]
                    own = bid["answers"].get(value["answer"])
                    exact = answered_points(value, own, numbers, Fraction(criterion["maximum"]))
                    criteria[criterion["id"]] = cut(exact, places)
                    points += criteria[criterion["id"]]
            groups[group["id"]] = points
        found[bid["bid_id"]] = {"groups": groups, "criteria": criteria}
    return found


def sums(case: dict[str, Any], price: Fraction, groups: dict[str, Fraction]) -> tuple[list[str], str, str]:
    """Each part's contribution, the technical points, the total."""
    book, places = case["rulebook"], case["rulebook"]["places"]
    parts = [(price, book["price"]["maximum"], book["price"]["weight"])]
    parts += [(groups[g["id"]], g["maximum"], g["weight"]) for g in book["groups"]]
    exact = [x / Fraction(full) * w * Fraction(book["total_maximum"]) / 10_000 for x, full, w in parts]
    weighted = [shown(part, places["weighted"]) for part in exact]
    if book["total_of"] == "rounded_parts":
        exact = [Fraction(text) for text in weighted]
    technical = shown(sum(exact[1:], Fraction(0)), places["weighted"])
    return weighted, technical, shown(sum(exact, Fraction(0)), places["total"])


def misses_minimum(case: dict[str, Any], points: dict[str, Any], technical: str) -> bool:
    book = case["rulebook"]
    least = book["technical_minimum"]
    misses = least is not None and Fraction(technical) < Fraction(least)
    for group in book["groups"]:
        pairs = [(points["groups"][group["id"]], group["minimum"])]
        pairs += [(points["criteria"].get(c["id"]), c["minimum"]) for c in group["criteria"]]
        misses = misses or any(least is not None and figure < Fraction(least) for figure, least in pairs)
    return misses


def award_figure(
    book: dict[str, Any], line: dict[str, Any], lines: list[dict[str, Any]]
) -> tuple[str, Fraction]:
    """The deciding figure as text, and what sorts: less stands before more."""
    award, places = book["award"], book["places"]["award"]
    if award["by"] in ("total", "technical"):
        text = line["total"] if award["by"] == "total" else line["technical_points"]
        return text, -Fraction(text)
    if award["by"] == "evaluated_price":
        text = shown(line[award["of"]], book["places"]["evaluated"])
        return text, Fraction(text) * (-1 if book["price"]["better"] == "higher" else 1)
    price, quality = line[award["of"]], Fraction(line["technical_points"])
    rate = Fraction(award["rate"])
    if award["by"] == "quality_per_price":
        exact = (Fraction(award["base_points"]) + quality) * Fraction(award["multiplier"]) / price
    elif award["by"] == "price_less_quality":
        exact = price - rate * quality
    else:
        best = max(Fraction(other["technical_points"]) for other in lines)
        exact = (1 - (best - quality) * rate) * min(other[award["of"]] for other in lines) / price
    text = shown(exact, places)
    return text, Fraction(text) * (1 if award["by"] == "price_less_quality" else -1)


def tie_key(key: str, line: dict[str, Any]) -> Any:
    prefix, _, id = key.partition(":")
    if prefix == "answer":
        return 0 if line["answers"].get(id) is True else 1
    if prefix in ("group", "criterion"):
        return -line["groups" if prefix == "group" else "criteria"][id]
    return {
        "lower_price": line["offer"],
        "lower_evaluated_price": line["evaluated"],
        "higher_technical": -Fraction(line["technical_points"]),
        "higher_price_points": -Fraction(line["price_points"]),
        "earlier_bid": line["received_at"],
    }[key]


def rank(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines with place, bid_id, price_points, technical_points, total, award, parts; all figures as texts."""
    book = case["rulebook"]
    places, rule = book["places"], book["price"]
    out = rejected_bids(case)
    accepted = [bid for bid in case["bids"] if bid["bid_id"] not in out]
    technical = group_points(case, accepted)
    kept = [
        bid
        for bid in accepted
        if not misses_minimum(
            case, technical[bid["bid_id"]], sums(case, Fraction(0), technical[bid["bid_id"]]["groups"])[1]
        )
    ]
    if not kept:
        return []
    basis = case["bids"] if rule["benchmark"]["among"] == "opened" else kept
    both = {b["bid_id"]: {"offer": offer_of(b), "evaluated": evaluated_price(b, book)} for b in case["bids"]}
    mark, first = Fraction(1), None
    if rule["formula"]["kind"] != "none":
        mark, first = benchmark(
            case, {b["bid_id"]: both[b["bid_id"]][rule["benchmark"]["of"]] for b in basis}
        )
        if mark <= 0:
            raise ZeroDivisionError
    figures = [both[b["bid_id"]][rule["formula"]["of"]] for b in kept]
    anchors = {"benchmark": mark, "lowest": min(figures), "highest": max(figures)}
    anchors |= {name: Fraction(rule[name]) for name in ("ceiling", "estimate") if rule[name]}
    positions = {bid: n for tie in case["drawn"]["ties"] for n, bid in enumerate(tie)}
    lines = []
    for bid in kept:
        own = both[bid["bid_id"]]
        points = price_points(own[rule["formula"]["of"]], mark, anchors, case)
        if rule["outliers"] == "floor" and first is not None and len(first) < len(basis):
            term = rule["benchmark"]["terms"][0]
            dropped = len(case["drawn"]["samples"][term["sample"]]) if term["sample"] else len(basis)
            if len(first) < dropped and not min(first) <= own[rule["formula"]["of"]] <= max(first):
                points = Fraction(rule["formula"]["floor"])
        groups = technical[bid["bid_id"]]["groups"]
        weighted, technical_text, total = sums(case, points, groups)
        texts = [
            shown(points, places["price"]),
            *(shown(groups[g["id"]], places["combined"]) for g in book["groups"]),
        ]
        lines.append(
            {
                **technical[bid["bid_id"]],
                **own,
                "bid_id": bid["bid_id"],
                "answers": bid["answers"],
                "received_at": bid["received_at"],
                "price_points": texts[0],
                "technical_points": technical_text,
                "total": total,
                "parts": list(zip(texts, weighted, strict=True)),
                "evaluated_price": shown(own["evaluated"], places["evaluated"]),
            }
        )
    for line in lines:
        line["award"], first_key = award_figure(book, line, lines)
        ties = tuple(tie_key(key, line) for key in book["tie_break"])
        line["key"] = (first_key, *ties, positions.get(line["bid_id"], 0))
    lines.sort(key=lambda line: (line["key"], line["bid_id"]))
    for line in lines:
        line["place"] = 1 + sum(other["key"] < line["key"] for other in lines)
    return lines

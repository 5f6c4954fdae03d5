"""A second engine, written apart from ours: exact fractions, plain dictionaries, no numpy, no shared helper.

It reads the published JSON of a case and answers with texts: nothing of the product is trusted here,
neither parsing nor scaling nor rounding.
"""

from fractions import Fraction
from math import floor
from typing import Any


def shown(value: Fraction, places: int) -> str:
    """A non-negative fraction, half up, as decimal text."""
    whole = floor(value * 10**places + Fraction(1, 2))
    text = str(whole).zfill(places + 1)
    return text if places == 0 else f"{text[:-places]}.{text[-places:]}"


def panel_figure(figures: list[Fraction], rule: dict[str, Any]) -> Fraction:
    figures = sorted(figures)
    if rule["rule"] == "median":
        middle = len(figures) // 2
        pair = figures[middle : middle + 1] if len(figures) % 2 else figures[middle - 1 : middle + 1]
        return sum(pair, Fraction(0)) / len(pair)
    kept = figures[rule["drop_low"] : len(figures) - rule["drop_high"]]
    return sum(kept, Fraction(0)) / len(kept)


def rejected_bids(case: dict[str, Any]) -> set[str]:
    ballots: dict[tuple[str, str], list[bool]] = {}
    for vote in case["votes"]:
        ballots.setdefault((vote["bid_id"], vote["check"]), []).append(vote["passed"])
    out = {bid for (bid, _), ballot in ballots.items() if ballot.count(False) > ballot.count(True)}
    ceiling = case["rulebook"]["price"]["ceiling"]
    if ceiling is not None:
        out |= {b["bid_id"] for b in case["bids"] if Fraction(b["price"]) > Fraction(ceiling)}
    return out


def rank(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Lines with place, bid_id, price_points, technical_points, total, parts; all figures as texts."""
    book = case["rulebook"]
    places, combination = book["places"], book["combination"]
    out = rejected_bids(case)
    prices = {b["bid_id"]: Fraction(b["price"]) for b in case["bids"] if b["bid_id"] not in out}
    lines = []
    for bid, price in prices.items():
        sheets = [
            {k: Fraction(v) for k, v in s["points"].items()} for s in case["sheets"] if s["bid_id"] == bid
        ]
        fraction = Fraction(book["price"]["maximum"]) * min(prices.values()) / price
        price_text = shown(fraction, places["price"])
        exact = [Fraction(price_text) / Fraction(book["price"]["maximum"]) * book["price"]["weight"] / 100]
        parts = [price_text]
        for group in book["groups"]:
            ids = [criterion["id"] for criterion in group["criteria"]]
            if combination["level"] == "criterion":
                points = sum(
                    Fraction(shown(panel_figure([s[id] for s in sheets], combination), places["combined"]))
                    for id in ids
                )
            else:
                sums = [sum((s[id] for id in ids), Fraction(0)) for s in sheets]
                points = Fraction(shown(panel_figure(sums, combination), places["combined"]))
            parts.append(shown(Fraction(points), places["combined"]))
            exact.append(Fraction(points) / Fraction(group["maximum"]) * group["weight"] / 100)
        weighted = [shown(part, places["weighted"]) for part in exact]
        if book["total_of"] == "rounded_parts":
            exact = [Fraction(text) for text in weighted]
        technical = shown(sum(exact[1:], Fraction(0)), places["weighted"])
        total = shown(sum(exact, Fraction(0)), places["total"])
        keys = {"lower_price": price, "higher_technical": -Fraction(technical)}
        lines.append(
            {
                "bid_id": bid,
                "price_points": price_text,
                "technical_points": technical,
                "total": total,
                "parts": list(zip(parts, weighted, strict=True)),
                "key": (-Fraction(total), *(keys[key] for key in book["tie_break"])),
            }
        )
    lines.sort(key=lambda line: (line["key"], line["bid_id"]))
    for line in lines:
        line["place"] = 1 + sum(other["key"] < line["key"] for other in lines)
    return lines

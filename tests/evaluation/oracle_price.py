"""The price part of the second engine: evaluation prices, benchmark and points in exact fractions, nothing shared."""

from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

getcontext().prec = 80


def shown(value: Fraction, places: int) -> str:
    """A fraction, half up and away from zero, as decimal text."""
    whole = floor(abs(value) * 10**places + Fraction(1, 2))
    text = str(whole).zfill(places + 1)
    sign = "-" if value < 0 and whole else ""
    return sign + (text if places == 0 else f"{text[:-places]}.{text[-places:]}")


def cut(value: Fraction, places: int | None) -> Fraction:
    return value if places is None else Fraction(shown(value, places))


def factor(text: str, drawn: dict[str, str]) -> Fraction:
    head, body = (text[:2], text[2:]) if text[:2] in ("1-", "1+") else ("", text)
    number = Fraction(drawn[body]) if body in drawn else Fraction(body)
    return 1 - number if head == "1-" else 1 + number if head == "1+" else number


def times(factors: list[str], drawn: dict[str, str]) -> Fraction:
    product = Fraction(1)
    for text in factors:
        product *= factor(text, drawn)
    return product


def counted(amount: Fraction, unit: str, how: str) -> Fraction:
    exact = max(Fraction(0), amount) / Fraction(unit)
    return (
        Fraction(ceil(exact)) if how == "started" else Fraction(floor(exact)) if how == "completed" else exact
    )


def offer_of(bid: dict[str, Any]) -> Fraction:
    return Fraction(bid["corrected_price"] or bid["price"])


def evaluated_price(bid: dict[str, Any], book: dict[str, Any]) -> Fraction:
    offer = price = offer_of(bid)
    for one in book["price"]["adjustments"]:
        if one["kind"] == "quality":
            best = sum(max(map(Fraction, f["choices"].values())) for f in one["features"])
            got = sum(
                Fraction(f["choices"].get(bid["answers"].get(f["answer"]), "0")) for f in one["features"]
            )
            change = 1 + Fraction(got) / (1 - best)
            price = price * change if one["operation"] == "multiply" else price / change
            continue
        answer = bid["answers"].get(one["answer"])
        if answer is None:
            continue
        if one["kind"] == "stated":
            price += one["sign"] * Fraction(answer)
            continue
        worth = (
            offer * Fraction(one["percent"]) / 100 if one["percent"] is not None else Fraction(one["amount"])
        )
        if one["kind"] == "flag":
            price += worth if answer else 0
            continue
        gap = Fraction(answer) - Fraction(one["beyond"])
        price += counted(gap if one["side"] == "above" else -gap, one["unit"], one["counted"]) * worth
    return cut(price, book["places"]["evaluated"])


def spread(base: str, prices: list[Fraction]) -> Fraction:
    prices = sorted(prices)
    if base == "mean":
        return sum(prices, Fraction(0)) / len(prices)
    if base == "median":
        half = len(prices) // 2
        return prices[half] if len(prices) % 2 else (prices[half - 1] + prices[half]) / 2
    return {"lowest": prices[0], "second_lowest": prices[min(1, len(prices) - 1)], "highest": prices[-1]}[
        base
    ]


def after_exclusion(prices: list[Fraction], rule: dict[str, Any]) -> list[Fraction]:
    prices = sorted(prices)
    while True:
        centre, removed = spread(rule["of"], prices), False
        limit = Fraction(rule["percent"]) / 100 * centre
        while len(prices) > rule["least"]:
            out = [
                (abs(p - centre), p)
                for p in prices
                if (abs(p - centre) > limit or (abs(p - centre) == limit and rule["at_limit"] == "outside"))
                and not (p > centre and rule["side"] == "below")
                and not (p < centre and rule["side"] == "above")
            ]
            if not out:
                break
            prices.remove(max(out)[1])
            removed = True
            if rule["order"] == "worst_first":
                break
        if not removed or not rule["repeat"]:
            return prices


def term_set(term: dict[str, Any], prices: dict[str, Fraction], case: dict[str, Any]) -> list[Fraction]:
    chosen = case["drawn"]["samples"][term["sample"]] if term["sample"] else list(prices)
    kept = sorted(prices[bid] for bid in chosen)
    high = low = 0
    for trim in term["trim"]:
        if len(kept) >= trim["from_bids"]:
            shares = [Fraction(trim[key]) * len(kept) / 100 for key in ("high_percent", "low_percent")]
            by = {"up": ceil, "down": floor, "half_up": lambda x: floor(x + Fraction(1, 2))}[trim["rounded"]]
            high, low = trim["high"] + by(shares[0]), trim["low"] + by(shares[1])
    kept = kept[low : len(kept) - high]
    return after_exclusion(kept, term["exclude"]) if term["exclude"] else kept


def benchmark(case: dict[str, Any], prices: dict[str, Fraction]) -> tuple[Fraction, list[Fraction] | None]:
    """The benchmark, and the prices that its first term kept (None where that is a fixed figure)."""
    rule, total, first = case["rulebook"]["price"], Fraction(0), None
    for index, term in enumerate(rule["benchmark"]["terms"]):
        if term["base"] in ("ceiling", "estimate"):
            figure = Fraction(rule[term["base"]])
        else:
            kept = term_set(term, prices, case)
            figure = spread(term["base"], kept)
            first = kept if index == 0 else first
        total += figure * times(term["factors"], case["drawn"]["coefficients"])
    return cut(total, case["rulebook"]["places"]["benchmark"]), first


def price_points(
    price: Fraction, mark: Fraction, anchors: dict[str, Fraction], case: dict[str, Any]
) -> Fraction:
    rule, places = case["rulebook"]["price"], case["rulebook"]["places"]
    formula, full = rule["formula"], Fraction(rule["maximum"])
    if formula["kind"] == "none":
        return Fraction(0)
    if formula["kind"] == "ratio":
        points = full * (price / mark if rule["better"] == "higher" else mark / price)
    elif formula["kind"] == "deviation":
        deviation = cut(abs(price - mark) / mark * 100, places["deviation"])
        points = Fraction(formula["start"])
        bands = formula["above"] if price > mark else formula["below"]
        for index, band in enumerate(bands):
            end = Fraction(bands[index + 1]["from"]) if index + 1 < len(bands) else deviation
            inside = min(deviation, end) - Fraction(band["from"])
            points -= counted(inside, formula["unit"], formula["counted"]) * Fraction(band["points"])
    elif formula["kind"] == "curve":
        points = on_curve(price, formula, anchors, case["drawn"]["coefficients"])
    else:
        ratio, base = price / mark, Fraction(formula["base"])
        logs = [(Decimal(x.numerator) / Decimal(x.denominator)).ln() for x in (ratio, base)]
        points = Fraction((1 - logs[0] / logs[1]) * int(full * 10**6)) / 10**6
    points = cut(points, places["price"])
    return min(max(points, Fraction(formula["floor"])), Fraction(formula["cap"]))


def on_curve(
    price: Fraction, formula: dict[str, Any], anchors: dict[str, Fraction], drawn: dict[str, str]
) -> Fraction:
    knots: dict[Fraction, Fraction] = {}
    for knot in formula["knots"]:
        at = (Fraction(knot["price"]) if knot["of"] == "price" else anchors[knot["of"]]) * times(
            knot["factors"], drawn
        )
        knots[at] = max(Fraction(knot["points"]), knots.get(at, Fraction(0)))
    line = sorted(knots.items())
    if len(line) == 1:
        return line[0][1]
    if formula["outside"] == "hold":
        price = min(max(price, line[0][0]), line[-1][0])
    for (x0, y0), (x1, y1) in pairwise(line):
        if price < x1 or (x1, y1) == line[-1]:
            return y0 + (y1 - y0) * (price - x0) / (x1 - x0)
    raise AssertionError

"""Priced bills of the demonstration, split from the bidders' real prices; one has a slip that the checks find."""

from collections.abc import Iterator

ITEMS = (
    ("E100", "土方工程 Earthworks", "m3", 250_000, 18),
    ("P200", "路面工程 Pavement", "m2", 90_000, 31),
    ("B300", "桥梁工程 Bridges", "m", 1_200, 22),
    ("D400", "排水工程 Drainage", "m", 14_000, 9),
    ("S500", "交通安全设施 Road safety", "set", 640, 6),
)
"""Item, name, unit, quantity, share of the price in per cent."""
REST = ("G900", "措施项目 General items", "item", 1)
HEADING = "item,kind,name,unit,quantity,unit_price,total"
SLIP = 3  # this bidder's second line says another total than its quantity times its unit price


def template() -> bytes:
    """The tender office's bill: quantities without prices."""
    rows = [f"{item},line,{name},{unit},{quantity},," for item, name, unit, quantity, _ in ITEMS]
    item, name, unit, quantity = REST
    return "\n".join((HEADING, *rows, f"{item},line,{name},{unit},{quantity},,", ",sum,,,,,")).encode()


def bill_for(price: str, number: int) -> bytes:
    """The bill of the bidder of this number; it comes to the price, but for the slip."""
    whole, _, cents = price.partition(".")
    return "\n".join((HEADING, *_rows(int(whole), cents, number), f",sum,,,,,{price}")).encode()


def _rows(whole: int, cents: str, number: int) -> Iterator[str]:
    left = whole
    for place, (item, name, unit, quantity, share) in enumerate(ITEMS):
        # Bidders weigh the items differently, each in their own way.
        unit_price = whole * (100 * share + (number * 37 + place * 53) % 120 - 60) // (10_000 * quantity)
        total = unit_price * quantity
        left -= total
        shown = total + 1000 if (number, place) == (SLIP, 1) else total
        yield f"{item},line,{name},{unit},{quantity},{unit_price},{shown}"
    item, name, unit, quantity = REST
    rest = f"{left}.{cents}" if cents else str(left)
    yield f"{item},line,{name},{unit},{quantity},{rest},{rest}"

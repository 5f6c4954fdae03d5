"""Exact money: integers in a scale that the tender declares, and the one rounding rule."""

import re
from dataclasses import dataclass

from kernel.errors import BadPrice

MOST_UNITS = 10**18 - 1  # fits a database's 64-bit integer with room to add prices up
PLAIN_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,17})(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class PriceScale:
    """A currency (ISO 4217 code) and how many decimal places its prices carry in one tender."""

    currency: str
    places: int


@dataclass(frozen=True)
class Money:
    """An amount in units of 10**-places of the currency."""

    units: int
    scale: PriceScale

    def __str__(self) -> str:
        return f"{write_units(self.units, self.scale.places)} {self.scale.currency}"


def half_up(num: int, den: int) -> int:
    """num / den rounded half away from zero; `den` is positive."""
    quotient: int = (2 * abs(num) + den) // (2 * den)
    return quotient if num >= 0 else -quotient


def read_units(text: str, places: int, where: str = "price") -> int:
    """Read a plain decimal such as `1314566559949.00` into units of 10**-places.

    Raises:
        BadPrice: not a plain decimal, more than `places` decimals, or zero.
    """
    if not PLAIN_DECIMAL.fullmatch(text):
        raise BadPrice(where=where, price=text[:40], why="write digits and a point only, such as 1250000.00")
    whole, _, fraction = text.partition(".")
    if len(fraction) > places:
        raise BadPrice(where=where, price=text[:40], why=f"at most {places} decimals are allowed")
    units: int = int(whole + fraction.ljust(places, "0"))
    if units > MOST_UNITS:
        raise BadPrice(where=where, price=text[:40], why=f"it is above {write_units(MOST_UNITS, places)}")
    if units == 0:
        raise BadPrice(where=where, price=text[:40], why="a price must be above zero")
    return units


def read_money(amount: str, currency: str, scale: PriceScale, where: str = "price") -> Money:
    """Read a price that must be in the tender's currency and scale."""
    if currency != scale.currency:
        raise BadPrice(
            where=where,
            price=f"{amount[:40]} {currency[:8]}",
            why=f"this tender is priced in {scale.currency}",
        )
    return Money(read_units(amount, scale.places, where), scale)


def write_units(units: int, places: int) -> str:
    """The exact decimal text of an amount; the inverse of `read_units`."""
    sign = "-" if units < 0 else ""
    digits = str(abs(units)).rjust(places + 1, "0")
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

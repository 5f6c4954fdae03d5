"""The constants of a rulebook: exact decimals, texts in both languages, and factors made of drawn coefficients."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from crypto.canonical import JsonValue
from kernel.errors import BadPrice
from kernel.fields import Fields
from kernel.money import read_units, write_units

MOST_PLACES: Final = 6  # decimals of any declared scale
DECIMAL_PLACES: Final = 9  # decimals of a constant such as a percentage or a factor
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?", re.ASCII)
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
COEFFICIENT = re.compile(r"[A-Z][A-Za-z0-9]{0,9}", re.ASCII)
FACTOR = re.compile(r"(1[+-])?([A-Z][A-Za-z0-9]{0,9}|[0-9][0-9.]*)", re.ASCII)
MOST_POINTS: Final = 10_000
MOST_UNIT: Final = 10**9


@dataclass(frozen=True)
class Bilingual:
    """One text in both languages of the platform."""

    zh: str
    en: str


@dataclass(frozen=True)
class Factor:
    """A number or a drawn coefficient; with a sign it stands for one plus or one minus it."""

    sign: int
    number: Fraction
    drawn: str = ""

    def value(self, coefficients: Mapping[str, Fraction]) -> Fraction:
        """The factor, once the coefficients are drawn."""
        number = coefficients[self.drawn] if self.drawn else self.number
        return 1 + self.sign * number if self.sign else number


def read_decimal(text: object) -> Fraction:
    """Read a plain signed decimal such as `-0.5`.

    Raises:
        ValueError: not such a text.
    """
    if not isinstance(text, str) or not DECIMAL.fullmatch(text):
        raise ValueError(
            'a number is written as a plain decimal in quotes, such as "12.5", with at most 9 decimals'
        )
    return Fraction(text)


def write_decimal(number: Fraction) -> str:
    """The shortest decimal text of a number that has one; the inverse of `read_decimal`."""
    text = write_units(int(number * 10**DECIMAL_PLACES), DECIMAL_PLACES)
    text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def decimal(fields: Fields, key: str, lowest: int, highest: int, default: str | None = None) -> Fraction:
    """A decimal inside its limits."""
    value = default if default is not None and not fields.has(key) else fields.take(key)
    try:
        number = read_decimal(value)
    except ValueError as why:
        fields.fail(key, str(why))
    if not lowest <= number <= highest:
        fields.fail(key, f"it must be from {lowest} to {highest}")
    return number


def positive(fields: Fields, key: str) -> Fraction:
    """A decimal above zero, 1 where it is absent."""
    number = decimal(fields, key, 0, MOST_UNIT, "1")
    if not number:
        fields.fail(key, "it must be above 0")
    return number


def points(fields: Fields, key: str, places: int, lowest: int = 1, default: str | None = None) -> int:
    """Points in units of 10**-places; `lowest` 1 means above zero, 0 allows zero."""
    number = decimal(fields, key, 0, MOST_POINTS, default) * 10**places
    if number.denominator != 1:
        fields.fail(key, f"at most {places} decimals are allowed")
    if number < lowest:
        fields.fail(key, "it must be above 0")
    return int(number)


def some_points(fields: Fields, key: str, places: int) -> int | None:
    """Points that may be absent; zero is allowed."""
    return points(fields, key, places, 0) if fields.has(key) else None


def write_some(units: int | None, places: int) -> str | None:
    """Points that may be absent."""
    return None if units is None else write_units(units, places)


def price(fields: Fields, key: str, places: int) -> int | None:
    """A price that may be absent."""
    if not fields.has(key):
        return None
    try:
        return read_units(fields.text(key, 40), places)
    except BadPrice as refusal:
        fields.fail(key, str(refusal.facts["why"]))


def read_factors(fields: Fields, key: str = "factors") -> tuple[Factor, ...]:
    """Factors that are multiplied; none is 1."""
    if not fields.has(key):
        return ()
    factors = []
    for text in fields.list(key):
        match = FACTOR.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            fields.fail(key, 'a factor is "0.95", "K", "1-K" or "1+0.05"')
        sign, body = {None: 0, "1+": 1, "1-": -1}[match[1]], match[2]
        if COEFFICIENT.fullmatch(body):
            factors.append(Factor(sign, Fraction(0), body))
            continue
        try:
            factors.append(Factor(sign, read_decimal(body)))
        except ValueError as why:
            fields.fail(key, str(why))
        if factors[-1].value({}) < 0:
            fields.fail(key, "a factor may not be negative")
    return tuple(factors)


def write_factors(factors: Sequence[Factor]) -> list[JsonValue]:
    """The texts of factors."""
    signs = {0: "", 1: "1+", -1: "1-"}
    return [signs[factor.sign] + (factor.drawn or write_decimal(factor.number)) for factor in factors]


def factor_product(factors: Sequence[Factor], coefficients: Mapping[str, Fraction]) -> Fraction:
    """All factors multiplied."""
    whole = Fraction(1)
    for factor in factors:
        whole *= factor.value(coefficients)
    return whole


def read_id(fields: Fields, key: str = "id") -> str:
    """A short name for machines."""
    id = fields.text(key, 40)
    if not ID.fullmatch(id):
        fields.fail(key, "an id is made of lower-case letters, digits, - and _")
    return id


def bilingual(fields: Fields, key: str, default: str = "") -> Bilingual:
    """A text in both languages; one text alone stands for both."""
    if default and not fields.has(key):
        return Bilingual(default, default)
    value = fields.take(key)
    if isinstance(value, str):
        text = fields.text(key)
        return Bilingual(text, text)
    texts = fields.inner(key)
    both = Bilingual(texts.text("zh"), texts.text("en"))
    texts.done()
    return both


def write_bilingual(text: Bilingual) -> dict[str, JsonValue]:
    """The JSON form of a text in both languages."""
    return {"zh": text.zh, "en": text.en}

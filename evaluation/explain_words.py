"""Words of an explanation: texts in both languages, figures without needless zeros, names of the schema's words."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from evaluation.rulebook import Bilingual
from evaluation.rulebook.numbers import Factor, write_decimal, write_factors
from kernel.money import write_units

Says = Iterator[Bilingual]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "lower": ("低", "lower"),
    "higher": ("高", "higher"),
    "criterion": ("每一项", "for each criterion"),
    "group": ("每一组", "for each group"),
    "panel": ("全体", "the panel"),
    "others": ("其他专家", "the others"),
    "evaluated": ("评标价", "evaluation price"),
    "offer": ("报价", "offer"),
    "mean": ("平均价", "mean"),
    "median": ("中位价", "median"),
    "lowest": ("最低价", "lowest price"),
    "second_lowest": ("次低价", "second lowest price"),
    "highest": ("最高价", "highest price"),
    "ceiling": ("最高限价", "ceiling"),
    "estimate": ("标底", "estimate"),
    "benchmark": ("基准价", "benchmark"),
    "interpolated": ("按比例内插", "in proportion"),
    "started": ("不足一个单位按一个单位", "each started unit counting as whole"),
    "completed": ("只数整单位", "whole units only"),
}


def say(zh: str, en: str) -> Bilingual:
    """One sentence in both languages."""
    return Bilingual(zh, en)


def named(word: str) -> Bilingual:
    """A word of the schema as people say it."""
    return Bilingual(*WORDS[word])


TIE_WORDS: Final = {
    "lower_price": say("报价低者", "the lower offer"),
    "lower_evaluated_price": say("评标价低者", "the lower evaluation price"),
    "higher_technical": say("价格以外得分高者", "the higher points beside price"),
    "higher_price_points": say("价格分高者", "the higher price points"),
    "earlier_bid": say("递交较早者", "the earlier bid"),
}


def dec(number: Fraction) -> str:
    """A constant of a rulebook; what has no short decimal is a fraction."""
    text = write_decimal(number)
    return text if Fraction(text) == number else f"{number.numerator}/{number.denominator}"


def money(units: int | None, places: int, currency: str) -> str:
    """An amount with its currency."""
    return f"{write_units(units or 0, places)} {currency}"


def times(factors: tuple[Factor, ...]) -> str:
    """Factors as they are written behind a figure."""
    texts = [str(text) for text in write_factors(factors)]
    return "".join(f" × ({text})" if text[1:2] in ("+", "-") else f" × {text}" for text in texts)


def many(count: int, one: str) -> str:
    """A count of English things."""
    return f"{count} {one}" if count == 1 else f"{count} {one}s"

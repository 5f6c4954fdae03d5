"""Amounts in words: Chinese capital numerals (壹佰贰拾万元整) and English, read exactly and written again."""

import re
from typing import NoReturn

from kernel.errors import BadInput

MARKS = ("零〇", "壹一", "贰貳二两", "叁參三", "肆四", "伍五", "陆陸六", "柒七", "捌八", "玖九")
DIGITS = {mark: value for value, marks in enumerate(MARKS) for mark in marks}
UNITS = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
ZERO = "零"
CAPITALS = "零壹贰叁肆伍陆柒捌玖"
PARTS = {"角": 1, "分": 2, "厘": 3}
"""decimal place of each part of a yuan"""

TEENS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
SMALL = {word: value for value, word in enumerate(re.split(r"\s", TEENS))}
TENS = {
    word: 10 * value
    for value, word in enumerate(
        re.split(" ", "twenty thirty forty fifty sixty seventy eighty ninety"), start=2
    )
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NAMES = "rmb cny usd eur gbp yuan renminbi dollar dollars us euro euros pound pounds sterling"
CURRENCIES = frozenset(re.split(" ", NAMES))
CENTS = frozenset(["cent", "cents", "fen", "pence"])
WHERE = "words"


def read_words(text: str, places: int) -> int:
    """An amount in words as units of 10**-places.

    Raises:
        BadInput: it is not an amount in words, or finer than the tender's prices.
    """
    plain = re.sub(r"\s", "", text)
    value, decimals = (
        _english(text.casefold())
        if plain.isascii()
        else _chinese(re.sub("^(人民币|RMB|CNY|[¥￥:：])+", "", plain))
    )
    finer: int = 10 ** max(places - decimals, 0)
    coarser: int = 10 ** max(decimals - places, 0)
    whole, rest = divmod(value * finer, coarser)
    if rest:
        raise BadInput(where=WHERE, why=f"at most {places} decimals are allowed")
    return whole


def _fail() -> NoReturn:
    raise BadInput(where=WHERE, why="it is not an amount in words, such as 壹佰贰拾万元整")


def _chinese(text: str) -> tuple[int, int]:
    """The amount in units of 10**-3."""
    text = text.replace("圓", "元").replace("圆", "元").replace("億", "亿").replace("萬", "万")
    text = text.removesuffix("整").removesuffix("正")
    whole, has_yuan, rest = text.partition("元")
    if not has_yuan:
        whole, rest = ("", text) if text[-1:] in PARTS else (text, "")
    value = _number(whole) * 1000 if whole else 0
    last = 0
    for digit, part in re.findall("(.)(.)", (rest.removeprefix(ZERO))) or ():
        place = PARTS.get(part, 0)
        if place <= last or digit not in DIGITS or digit in "零〇":
            _fail()
        value, last = value + DIGITS[digit] * 10 ** (3 - place), place
    if len(rest.removeprefix(ZERO)) % 2 or not (whole or rest) or (rest == ZERO):
        _fail()
    return value, 3


def _number(text: str) -> int:
    """A whole number below 10**16."""
    if text in ("零", "〇"):
        return 0
    high, has_yi, low = text.rpartition("亿")
    if has_yi:
        value = _below_yi(high, 10**8)
        return value * 10**8 + (_below_yi(low, 10**8) if low else 0)
    return _below_yi(text, 10**8)


def _below_yi(text: str, limit: int) -> int:
    high, has_wan, low = text.partition("万")
    if not has_wan:
        return _section(text)
    value = _section(high) * 10**4 + (_section(low) if low else 0)
    return value if value < limit else _fail()


def _section(text: str) -> int:
    """A number from 1 to 9999; its units fall from left to right."""
    total, last, digit = 0, 10_000, None
    for at, mark in enumerate(text):
        if mark in "零〇":
            if digit is not None or at + 1 == len(text):
                _fail()
        elif mark in DIGITS:
            if digit is not None:
                _fail()
            digit = DIGITS[mark]
        elif mark in UNITS:
            if digit is None and (total or UNITS[mark] != 10):
                _fail()
            if UNITS[mark] >= last:
                _fail()
            last = UNITS[mark]
            total, digit = total + (1 if digit is None else digit) * last, None
        else:
            _fail()
    total += digit or 0
    return total if total else _fail()


def write_chinese(units: int, places: int) -> str:
    """An amount from zero below 10**16 yuan in Chinese capital numerals; the inverse of `read_words`."""
    thousandths = units * 10 ** (3 - places) if places <= 3 else units // 10 ** (places - 3)
    whole, rest = divmod(thousandths, 1000)
    parts = "".join(
        CAPITALS[digit] + part for digit, part in zip(map(int, f"{rest:03}"), PARTS, strict=True) if digit
    )
    if not parts:
        return _write_whole(whole) + "元整"
    if not whole:
        return parts
    return _write_whole(whole) + "元" + (ZERO if rest < 100 else "") + parts


def _write_whole(value: int) -> str:
    if value == 0:
        return ZERO
    text = ""
    for size, mark in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")):
        part = value // size % 10**4
        if not part:
            continue
        needs_zero = text and (part < 1000 or _has_gap(value, size))
        if mark == "亿" and text:
            text = text.removesuffix("亿")
        text += (ZERO if needs_zero else "") + _write_section(part) + mark
    return text


def _has_gap(value: int, size: int) -> bool:
    """Whether the four digits above are all zero."""
    return value // (size * 10**4) % 10**4 == 0


def _write_section(part: int) -> str:
    text, zero = "", False
    for size, mark in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = part // size % 10
        if digit:
            text += (ZERO if zero and text else "") + CAPITALS[digit] + mark
            zero = False
        else:
            zero = True
    return text


def _english(text: str) -> tuple[int, int]:
    """The amount in cents."""
    if re.fullmatch(r"[a-z ,.\-\n\t]+", text) is None:
        _fail()
    words = [word for word in re.split(r"[ ,.\-\n\t]+", text) if word and word != "only"]
    while words and words[0] in CURRENCIES:
        words.pop(0)
    at = next((place for place, word in enumerate(words) if word in CURRENCIES), len(words))
    major, minor = words[:at], [word for word in words[at:] if word not in CURRENCIES]
    if at == len(words) and words and words[-1] in CENTS:
        _fail()  # which words are the cents is unclear without the currency between them
    value = _english_number(major) * 100
    if minor:
        if minor[-1] not in CENTS:
            _fail()
        cents = _english_number(minor[1 if minor[0] == "and" else 0 : -1])
        value += cents if cents < 100 else _fail()
    return value, 2


def _english_number(words: list[str]) -> int:
    total, group, last = 0, 0, 10**15
    for place, word in enumerate(words):
        if word == "and":
            if place in (0, len(words) - 1):
                _fail()
        elif word in SMALL:
            fits = group % 100 == 0 or (group % 100 >= 20 and group % 10 == 0 and 0 < SMALL[word] < 10)
            if not fits or (word == "zero" and len(words) > 1):
                _fail()
            group += SMALL[word]
        elif word in TENS:
            group = group + TENS[word] if group % 100 == 0 else _fail()
        elif word == "hundred":
            group = group * 100 if 0 < group < 10 else _fail()
        elif word in SCALES:
            if not group or SCALES[word] >= last:
                _fail()
            last = SCALES[word]
            total, group = total + group * last, 0
        else:
            _fail()
    return total + group if words else _fail()


def write_english(units: int, places: int) -> str:
    """An amount below 10**15 in English words, with the currency left open; the inverse of `read_words`."""
    hundredths = units * 10 ** (2 - places) if places <= 2 else units // 10 ** (places - 2)
    whole, cents = divmod(hundredths, 100)
    text = f"{_english_whole(whole)} yuan"
    return f"{text} and {_english_whole(cents)} cents" if cents else f"{text} only"


def _english_whole(value: int) -> str:
    if value == 0:
        return "zero"
    words: list[str] = []
    for name, size in reversed([("", 1), *SCALES.items()]):
        group = value // size % 1000
        if group:
            words += [*_english_group(group), *([name] if name else [])]
    return " ".join(words)


def _english_group(group: int) -> list[str]:
    names = {value: word for word, value in {**SMALL, **TENS}.items()}
    words = [names[group // 100], "hundred"] if group >= 100 else []
    rest = group % 100
    if rest and (rest in names):
        return [*words, names[rest]]
    return [*words, names[rest - rest % 10], names[rest % 10]] if rest else words

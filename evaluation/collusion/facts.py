"""What one bid tells about where it came from: marks, passages of text, unit prices, files that could not be read.

A mark is one value of one kind with its place. What is missing is unknown; it never speaks against a bid.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crypto.canonical import JsonValue

VALUE_LIMIT = 300  # characters of one value
TEXT_LIMIT = 2000  # characters of one passage
PASSAGES = 20_000  # passages of one bid

# fmt: off
GENERIC = frozenset({
    "admin", "administrator", "user", "users", "owner", "default", "guest", "root", "unknown", "anonymous", "office",
    "microsoft", "windows", "wps", "lenovo", "hp", "dell", "asus", "acer", "thinkpad", "huawei", "pc", "thtfpc",
    "none", "null", "python-docx", "openpyxl", "microsoft office user", "windows user", "hewlett-packard",
    "管理员", "用户", "微软用户", "微软中国", "windows 用户", "联想", "2013-12-23t23:15:00z",
})
# fmt: on
"""Values that software puts in by itself: they name nobody."""
NOT_A_DIGIT = re.compile(r"\D+", re.ASCII)


@dataclass(frozen=True)
class Mark:
    """One value that says where a bid came from."""

    kind: str
    value: str
    where: str
    """the file, or bid.json, or submission"""


@dataclass(frozen=True)
class Unread:
    """A file that could not be read, and why, as a word of `forensics.REASONS`."""

    name: str
    why: str


@dataclass(frozen=True)
class BidFacts:
    """Everything the detectors know of one bid."""

    bid_id: str
    bidder_id: str
    marks: tuple[Mark, ...] = ()
    passages: tuple[str, ...] = field(default=(), repr=False)
    unit_prices: Mapping[str, int] = field(default_factory=dict, repr=False)
    unread: tuple[Unread, ...] = ()


def mark(kind: str, value: object, where: str) -> Mark | None:
    """A mark in its normal form; None for values that are empty or name nobody."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = normal_value(kind, str(value))
    return Mark(kind, text, where) if text and text.casefold() not in GENERIC else None


def normal_value(kind: str, value: str) -> str:
    """The form in which equal values are equal: width folded, spaces single; telephone numbers as digits."""
    text = "".join(c for c in unicodedata.normalize("NFKC", value) if c.isprintable())
    text = " ".join(text.split())[:VALUE_LIMIT]
    if kind == "phone":
        digits = NOT_A_DIGIT.sub("", text)
        return digits.removeprefix("86") if len(digits) == 13 else digits if len(digits) >= 7 else ""
    if kind in ("email", "machine", "pdf_id"):
        return text.casefold()
    return text.replace(" ", "").casefold() if kind in ("address", "account", "lock") else text


def marks_of(pairs: Iterable[tuple[str, object]], where: str) -> tuple[Mark, ...]:
    """The marks among kinds and values, without doubles."""
    found = (mark(kind, value, where) for kind, value in pairs)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def write_facts(facts: BidFacts) -> dict[str, JsonValue]:
    """Facts as JSON."""
    return {
        "v": 1,
        "bid": facts.bid_id,
        "bidder": facts.bidder_id,
        "marks": [[one.kind, one.value, one.where] for one in facts.marks],
        "passages": list(facts.passages),
        "unit_prices": {item: str(price) for item, price in sorted(facts.unit_prices.items())},
        "unread": [[one.name, one.why] for one in facts.unread],
    }


def read_facts(body: Mapping[str, Any]) -> BidFacts:
    """Facts from the JSON that `write_facts` made."""
    return BidFacts(
        str(body["bid"]),
        str(body["bidder"]),
        tuple(Mark(*one) for one in body["marks"]),
        tuple(body["passages"]),
        {item: int(price) for item, price in body["unit_prices"].items()},
        tuple(Unread(*one) for one in body["unread"]),
    )

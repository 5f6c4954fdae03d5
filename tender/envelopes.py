"""The envelopes of a tender that opens in stages: what each is called, when it may open, which one holds the price.

A tender that says nothing of envelopes asks for one, which opens after the closing.
Source: 公路工程标准施工招标文件 (two envelopes: the price opens after the technical review).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from crypto.bid_file import BID, MAX_ENVELOPES
from crypto.canonical import JsonValue
from kernel.errors import BadInput

KIND = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
TITLE_LIMIT = 60  # characters


class Moment(StrEnum):
    """When an envelope may open."""

    CLOSING = "closing"
    SCORES_LOCKED = "scores-locked"


@dataclass(frozen=True)
class EnvelopeTerm:
    """One envelope that a bid must have; exactly one of them holds the price."""

    kind: str
    title: Mapping[str, str]
    opens: Moment
    has_price: bool


ONE_ENVELOPE = (EnvelopeTerm(BID, {"zh": "投标文件", "en": "Bid"}, Moment.CLOSING, True),)


TECHNICAL = EnvelopeTerm("technical", {"zh": "技术标", "en": "Technical"}, Moment.CLOSING, False)
PRICE = EnvelopeTerm("price", {"zh": "报价标", "en": "Price"}, Moment.SCORES_LOCKED, True)
QUALIFICATION = EnvelopeTerm("qualification", {"zh": "资格标", "en": "Qualification"}, Moment.CLOSING, False)
READY_MADE = {"one": (), "two": (TECHNICAL, PRICE), "three": (QUALIFICATION, TECHNICAL, PRICE)}
"""What the office can choose by one word; other envelopes come by the API."""


def read_envelopes(body: object) -> tuple[EnvelopeTerm, ...]:
    """Read the envelopes of a draft; none means one that holds everything.

    Raises:
        BadInput: names the field that cannot be used.
    """
    if not isinstance(body, Sequence) or isinstance(body, str) or len(body) > MAX_ENVELOPES:
        raise BadInput(where="envelopes", why=f"give a list of up to {MAX_ENVELOPES} envelopes")
    terms = tuple(_read_term(one, f"envelopes[{place}]") for place, one in enumerate(body))
    if not terms:
        return ()
    if len({term.kind for term in terms}) != len(terms):
        raise BadInput(where="envelopes", why="each envelope needs a kind of its own")
    if [term.has_price for term in terms].count(True) != 1:
        raise BadInput(where="envelopes", why="exactly one envelope holds the price")
    if terms[0].opens is not Moment.CLOSING:
        raise BadInput(where="envelopes[0].opens", why="the first envelope opens after the closing")
    moments = [term.opens for term in terms]
    if moments != sorted(moments, key=list(Moment).index):
        raise BadInput(where="envelopes", why="list them in the order in which they open")
    if any(term.opens is not Moment.CLOSING and not term.has_price for term in terms):
        why = "the panel scores without it: only the envelope with the price may open after the scores"
        raise BadInput(where="envelopes", why=why)
    return terms


def write_envelopes(terms: Sequence[EnvelopeTerm]) -> list[dict[str, JsonValue]]:
    """The envelopes as the notice lists them."""
    return [
        {"kind": term.kind, "title": dict(term.title), "opens": term.opens.value, "price": term.has_price}
        for term in terms
    ]


def envelopes_of(notice: Mapping[str, JsonValue]) -> tuple[EnvelopeTerm, ...]:
    """The envelopes that a published notice asks for."""
    sealing = notice["sealing"]
    assert isinstance(sealing, Mapping)
    return read_envelopes(sealing["envelopes"]) if "envelopes" in sealing else ONE_ENVELOPE


def opens_in_stages(terms: Sequence[EnvelopeTerm]) -> bool:
    """Whether the price stays sealed until the scores are locked."""
    return any(term.opens is Moment.SCORES_LOCKED for term in terms)


def envelope_key(bid_id: str, kind: str) -> str:
    """How openers and jobs name one envelope; the only envelope of a bid is named as the bid."""
    return bid_id if kind == BID else f"{bid_id}/{kind}"


def _read_term(body: object, where: str) -> EnvelopeTerm:
    if not isinstance(body, Mapping) or set(body) != {"kind", "title", "opens", "price"}:
        raise BadInput(where=where, why="it needs exactly kind, title, opens and price")
    kind, title = body["kind"], body["title"]
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise BadInput(
            where=f"{where}.kind", why="use 1 to 32 lower-case letters, digits or dashes, first a letter"
        )
    if (
        not isinstance(title, Mapping)
        or set(title) != {"zh", "en"}
        or not all(map(_is_title, title.values()))
    ):
        raise BadInput(where=f"{where}.title", why=f"give zh and en, each of 1 to {TITLE_LIMIT} characters")
    if body["opens"] not in list(Moment):
        raise BadInput(where=f"{where}.opens", why=f"choose one of {', '.join(Moment)}")
    if not isinstance(body["price"], bool):
        raise BadInput(where=f"{where}.price", why="say true or false")
    return EnvelopeTerm(kind, dict(title), Moment(body["opens"]), body["price"])


def _is_title(text: object) -> bool:
    return isinstance(text, str) and 1 <= len(text.strip()) <= TITLE_LIMIT

"""Identifying marks in a blind technical part (暗标): names, telephones, addresses that would tell whose bid it is.

1. Names, and what is left of an organisation's name without its legal form, are found whatever their letter case, width
   or spaces; Latin names only as whole words.
2. Telephones, e-mail and web addresses and unified credit codes are found by their form, known or not.
3. Each mark is struck out by one fixed bar, so that its length tells nothing; marks that overlap are struck as one.

A mark is a possible violation (暗标违规); whether it is one, people decide.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kernel.errors import BadInput

BAR = "■■■■"
SHORTEST = 2  # characters of a name in Chinese; fewer are found everywhere
SHORTEST_LATIN = 3
MOST_NAMES = 1000
LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|公司|集团"
    r"|[\s,]+(co\.?,?\s*ltd|ltd|limited|inc|corp|corporation|company|gmbh|ag|s\.?a|llc|plc)\.?)$",
    re.IGNORECASE,
)
FORMS = {
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII),
    "web": re.compile(r"(?:https?://|www\.)[A-Za-z0-9./_%#?=&-]+", re.ASCII),
    "phone": re.compile(
        r"(?<![0-9.])(?:(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}|\(?0[1-9][0-9]{1,2}\)?[ -]?[2-9][0-9]{6,7})"
        r"(?![0-9.])",
        re.ASCII,
    ),
    "credit_code": re.compile(
        r"(?<![0-9A-Z])[159Y][1239][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])", re.ASCII
    ),
}


@dataclass(frozen=True)
class IdentifyingMark:
    """One possible identifying mark: what it is, what was found, and where in the text."""

    kind: str
    found: str
    start: int


def strike_marks(text: str, known: Iterable[str]) -> tuple[str, tuple[IdentifyingMark, ...]]:
    """The text with every mark struck out, and the marks in their order.

    Raises:
        BadInput: too many names, or one so short that it is found everywhere.
    """
    return strike_folded(text, names_of(known))


def strike_folded(text: str, names: Iterable[str]) -> tuple[str, tuple[IdentifyingMark, ...]]:
    """The same with names that `names_of` has folded, for many texts."""
    spans = [(start, end, "name") for start, end in _names_in(text, names)]
    spans += [
        (found.start(), found.end(), kind) for kind, form in FORMS.items() for found in form.finditer(text)
    ]
    marks, struck, done = [], [], 0
    for start, end, kind in _without_overlaps(spans):
        marks.append(IdentifyingMark(kind, text[start:end], start))
        struck += [text[done:start], BAR]
        done = end
    return "".join([*struck, text[done:]]), tuple(marks)


def names_of(known: Iterable[str]) -> tuple[str, ...]:
    """The names to look for, folded: each as given and without its legal form."""
    found: dict[str, None] = {}
    for name in known:
        whole = _fold(name)[0]
        if len(whole) < (SHORTEST_LATIN if whole.isascii() else SHORTEST):
            raise BadInput(
                where="name", why=f"a name has at least {SHORTEST} characters, {SHORTEST_LATIN} in Latin"
            )
        found[whole] = None
        short = _fold(LEGAL_FORMS.sub("", unicodedata.normalize("NFKC", name).strip()))[0]
        if len(short) >= (SHORTEST_LATIN if short.isascii() else SHORTEST):
            found[short] = None
    if len(found) > MOST_NAMES:
        raise BadInput(where="name", why=f"at most {MOST_NAMES} names are allowed")
    return tuple(found)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text without case, width, spaces and invisible characters, and where each character stood."""
    folded, places = [], []
    for place, letter in enumerate(text):
        for part in unicodedata.normalize("NFKC", letter).casefold():
            if not part.isspace() and unicodedata.category(part) not in ("Cf", "Cc", "Mn"):
                folded.append(part)
                places.append(place)
    return "".join(folded), places


def _names_in(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    folded, places = _fold(text)
    for name in names:
        at = folded.find(name)
        while at >= 0:
            start, end = places[at], places[at + len(name) - 1] + 1
            if _is_whole(text, name, start, end):
                yield start, end
            at = folded.find(name, at + 1)


def _is_whole(text: str, name: str, start: int, end: int) -> bool:
    """Whether a name that begins or ends in Latin letters is not part of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    joined_before = _is_latin(name[0]) and _is_latin(before)
    return not joined_before and not (_is_latin(name[-1]) and _is_latin(after))


def _is_latin(letter: str) -> bool:
    folded = unicodedata.normalize("NFKC", letter)
    return folded.isascii() and folded.isalnum()


def _without_overlaps(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    kept: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1], one[2])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
        elif span[1] > kept[-1][1]:
            kept[-1] = (kept[-1][0], span[1], kept[-1][2])  # two that overlap are struck as one
    return kept

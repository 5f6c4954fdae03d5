"""Finding tenders by what people type: compatibility forms, width and case do not matter, parts of words do."""

import unicodedata
from collections.abc import Iterable


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC (full-width letters, Kangxi radicals), without case and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def matches(asked: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts contains what was asked; everything matches nothing asked."""
    wanted = fold(asked)
    return any(wanted in fold(text) for text in texts)

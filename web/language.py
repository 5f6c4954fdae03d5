"""Which language a reader gets, and the texts: zh-CN by default, en on request, by gettext catalogues.

The .po files in web/locales are the source; they are compiled in memory at start, so nothing generated is kept.
"""

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from litestar import Request

LOCALES = Path(__file__).parent / "locales"
DEFAULT = "zh-CN"
LANGUAGES = {"zh-CN": "中文", "en": "English"}
COOKIE = "language"
REASON = "reason"  # the gettext context of the short texts that errors carry as facts


@cache
def messages(language: str) -> Catalog | None:
    """The source catalogue of one language; None for English, the language of the sources."""
    path = LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    if language == "en" or not path.exists():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"))


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of one language."""
    found = messages(language)
    if found is None:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, found)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def reasons(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What recognises each reason that rules give, with its translation; `{0}` stands for a figure or a name."""
    found = messages(language)
    made = []
    for entry in found or ():
        if entry.context == REASON and entry.string:
            pieces = re.split(r"\{\d\}", str(entry.id))
            made.append((re.compile("(.+?)".join(map(re.escape, pieces)), re.DOTALL), str(entry.string)))
    return tuple(sorted(made, key=lambda pair: -len(pair[0].pattern)))  # the most exact one first


def translate_reason(language: str, text: str) -> str:
    """A reason that a rule gave, in a language; itself where nobody has translated it."""
    for pattern, translated in reasons(language):
        if match := pattern.fullmatch(text):
            return translated.format(*(translate_reason(language, group) for group in match.groups()))
    return text


def translate(language: str, text: str) -> str:
    """The text in a language; itself where there is no translation."""
    return catalogue(language).gettext(text)


def language_of(request: Request[Any, Any, Any]) -> str:
    """The reader's choice: `?lang=`, then the cookie, then Accept-Language for programs, then zh-CN."""
    for choice in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return str(choice)
    if request.url.path.startswith("/api"):
        accepted = request.headers.get("accept-language", "en")
        return "zh-CN" if accepted.lower().startswith("zh") else "en"
    return DEFAULT

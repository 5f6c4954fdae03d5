"""Which language a reader gets, and the texts: zh-CN by default, en on request, by gettext catalogues.

The .po files in web/locales are the source; they are compiled in memory at start, so nothing generated is kept.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from litestar import Request

LOCALES = Path(__file__).parent / "locales"
DEFAULT = "zh-CN"
LANGUAGES = {"zh-CN": "中文", "en": "English"}
COOKIE = "language"


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of one language; English is the language of the sources."""
    path = LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "messages.po"
    if language == "en" or not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)


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

"""How values are written on pages: moments, prices, sizes, words of the code, texts in two languages."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from markupsafe import Markup

from kernel.clock import BEIJING, write_time
from web.labels import MISSING, MISSING_OF_OPENER, label_of
from web.language import translate, translate_reason

SHORT_DIGEST = 16  # hex digits that people compare by eye; the whole value stands in the title


def moment(at: datetime | str | None, *, language: str, seconds: bool = True) -> Markup:
    """A moment as people in China read it, with the zone said and UTC for programs."""
    if at is None or at == "":
        return Markup("")
    value = datetime.fromisoformat(at) if isinstance(at, str) else at
    form = "%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"
    return Markup('<time class="mt-moment" datetime="{}">{} <span class="mt-zone">{}</span></time>').format(
        write_time(value),
        value.astimezone(BEIJING).strftime(form),
        translate(language, "Beijing time"),
    )


def said(texts: Mapping[str, str] | None, *, language: str) -> str:
    """The text of a bilingual value in the reader's language, or in the one there is."""
    texts = texts or {}
    return texts.get("zh" if language == "zh-CN" else "en") or next((t for t in texts.values() if t), "")


def label(value: str, kind: str, *, language: str) -> str:
    """A word of the code as people say it."""
    return translate(language, label_of(kind, str(value)))


def reason(text: str, *, language: str) -> str:
    """A reason that a rule gave."""
    return translate_reason(language, text)


def missing(codes: Iterable[str], *, language: str) -> list[str]:
    """What a draft lacks, in words."""
    found = []
    for code in codes:
        parts = code.split(".")
        if parts[0] == "openers" and len(parts) == 3:
            found.append(translate(language, MISSING_OF_OPENER[parts[2]]) % {"position": parts[1]})
        else:
            found.append(translate(language, MISSING.get(code, code)))
    return found


def grouped(amount: str) -> str:
    """A decimal amount with its digits in groups of three."""
    whole, point, fraction = str(amount).partition(".")
    return (f"{int(whole):,}" + point + fraction) if whole.isdigit() else str(amount)


def size(count: int | str) -> str:
    """A number of bytes as people read it."""
    number = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024 or unit == "GiB":
            return f"{number:.0f} {unit}" if unit == "B" or number == int(number) else f"{number:.1f} {unit}"
        number /= 1024
    raise AssertionError("unreachable")


def percent(basis_points: int) -> str:
    """Basis points as per cent."""
    return f"{basis_points // 100}.{basis_points % 100:02}".removesuffix(".00") + " %"


def short(digest: str) -> Markup:
    """The first digits of a digest or fingerprint; the whole value is its title."""
    text = str(digest)
    return Markup('<code class="mt-digest" title="{}">{}…</code>').format(text, text[:SHORT_DIGEST])

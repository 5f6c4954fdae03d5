"""审批流程图: the chart of an item drawn from its own step list, as SVG.

Nobody draws a chart by hand, so a step that changes changes the chart, the card and the running limits together. The
picture has a title and a description for those who cannot see it, and needs no font of its own.
"""

from html import escape

from approval.item import ItemVersion, Step, StepKind, Texts

WIDTH = 360
BOX_WIDTH, BOX_HEIGHT, GAP = 300, 58, 26
LEFT = (WIDTH - BOX_WIDTH) // 2
LINE_UNITS = 34  # widths of a Latin letter that fit a line; a Chinese character takes two
WORDS = {
    "zh": {
        "begin": "申请与受理",
        "end": "送达办结",
        "days": "{0} 个工作日",
        "day_none": "当日",
        "title": "审批流程图",
    },
    "en": {
        "begin": "Application and acceptance",
        "end": "Delivered",
        "days": "{0} working days",
        "day_none": "same day",
        "title": "Flow chart",
    },
}
FILL = {StepKind.DECIDE: "#dbe7f5", StepKind.FORWARD: "#fdf3d9"}


def flow_chart(version: ItemVersion, language: str) -> str:
    """The chart in `zh` or `en`; the other language stands below each step in small letters."""
    words = WORDS[language]
    name = _said(version.title, language)
    title = f"{name}: {words['title']}"
    height = 2 * GAP + (len(version.steps) + 2) * (BOX_HEIGHT + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-labelledby="chart-title chart-description" font-family="sans-serif" lang="{language}">',
        f'<title id="chart-title">{escape(title)}</title>',
        f'<desc id="chart-description">{escape(describe(version, language))}</desc>',
    ]
    y = GAP
    parts += _rounded(y, words["begin"])
    for number, step in enumerate(version.steps, start=1):
        parts += _arrow(y + BOX_HEIGHT)
        y += BOX_HEIGHT + GAP
        parts += _box(y, number, step, language)
    parts += _arrow(y + BOX_HEIGHT)
    parts += _rounded(y + BOX_HEIGHT + GAP, words["end"])
    return "".join([*parts, "</svg>"])


def describe(version: ItemVersion, language: str) -> str:
    """The chart in words: every step with who acts and how long it may take."""
    words = WORDS[language]
    steps = [
        f"{number}. {_said(step.title, language)} ({step.post}, {limit(step, language)})"
        for number, step in enumerate(version.steps, start=1)
    ]
    return "; ".join([words["begin"], *steps, words["end"]])


def limit(step: Step, language: str) -> str:
    """The limit of a step in words."""
    words = WORDS[language]
    return words["days"].format(step.limit_days) if step.limit_days else words["day_none"]


def _said(texts: Texts, language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _box(y: int, number: int, step: Step, language: str) -> list[str]:
    other = step.title.get("en" if language == "zh" else "zh", "")
    below = " · ".join(part for part in (other, step.post, limit(step, language)) if part)
    fill = FILL.get(step.kind, "#ffffff")
    return [
        f'<rect x="{LEFT}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" fill="{fill}"'
        ' stroke="#14386b" stroke-width="1.5"/>',
        _text(y + 25, f"{number}. {_said(step.title, language)}", 15, LINE_UNITS),
        _text(y + 45, below, 11, LINE_UNITS + 12),
    ]


def _rounded(y: int, text: str) -> list[str]:
    return [
        f'<rect x="{LEFT}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="29" fill="#14386b"/>',
        _text(y + 34, text, 15, LINE_UNITS, "#ffffff"),
    ]


def _arrow(y: int) -> list[str]:
    middle, tip = WIDTH // 2, y + GAP
    return [
        f'<path d="M{middle} {y}V{tip - 6}" stroke="#14386b" stroke-width="1.5"/>',
        f'<path d="M{middle - 5} {tip - 8}L{middle} {tip}L{middle + 5} {tip - 8}Z" fill="#14386b"/>',
    ]


def _text(y: int, text: str, size: int, units: int, colour: str = "#0b0c0c") -> str:
    shown = escape(shorten(text, units))
    return f'<text x="{WIDTH // 2}" y="{y}" font-size="{size}" fill="{colour}" text-anchor="middle">{shown}</text>'


def shorten(text: str, units: int) -> str:
    """The text, cut where it would leave its box; the description has all of it."""
    used = 0
    for place, character in enumerate(text):
        used += 2 if ord(character) > 0x2E7F else 1
        if used > units:
            return text[: max(0, place - 1)] + "…"
    return text

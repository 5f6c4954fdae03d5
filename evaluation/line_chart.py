"""A line chart in whole numbers, and its SVG: drawn without scripts, styles or anything from elsewhere."""

from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400  # of the drawing
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 40, 60  # room for words around the plot
COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#594d00", "#4c2c92", "#0b0c0c")
DASHES = ("", "8 4", "2 3", "12 4 2 4", "5 5", "1 4")  # lines differ without colour as well


@dataclass(frozen=True)
class Line:
    """One line by its corners; a name stands in the legend."""

    name: str
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Mark:
    """One dot."""

    x: int
    y: int


@dataclass(frozen=True)
class LineChart:
    """What is drawn, in the figures' own units; ticks carry their texts."""

    title: str
    x_label: str
    y_label: str
    x_range: tuple[int, int]
    y_range: tuple[int, int]
    x_ticks: tuple[tuple[int, str], ...]
    y_ticks: tuple[tuple[int, str], ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    upright: int | None = None

    def across(self, x: int) -> int:
        """Where a figure lies from the left."""
        return LEFT + (x - self.x_range[0]) * (WIDTH - LEFT - RIGHT) // max(
            self.x_range[1] - self.x_range[0], 1
        )

    def down(self, y: int) -> int:
        """Where a figure lies from the top."""
        low, high = self.y_range
        held = min(max(y, low), high)
        return HEIGHT - BOTTOM - (held - low) * (HEIGHT - TOP - BOTTOM) // max(high - low, 1)


def svg(chart: LineChart) -> str:
    """The chart as one SVG element that a page may carry or a file may hold."""
    names = [line.name for line in chart.lines if line.name]
    total = HEIGHT + 22 * len(names)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {total}" role="img" '
        f'aria-label="{escape(chart.title)}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{total}" fill="#ffffff"/>',
        _text(LEFT, 22, chart.title, "start", weight=True),
        *_axes(chart),
    ]
    if chart.upright is not None:
        x = chart.across(chart.upright)
        parts.append(f'<path d="M{x} {TOP}V{HEIGHT - BOTTOM}" stroke="#505a5f" stroke-dasharray="4 3"/>')
    for number, line in enumerate(chart.lines):
        parts.append(_line(chart, line, number))
    parts += [
        f'<circle cx="{chart.across(m.x)}" cy="{chart.down(m.y)}" r="4" fill="#0b0c0c"/>' for m in chart.marks
    ]
    parts += [piece for number, name in enumerate(names) for piece in _legend(number, name)]
    return "".join([*parts, "</svg>"])


def _axes(chart: LineChart) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#0b0c0c"/>']
    for x, text in chart.x_ticks:
        parts.append(_text(chart.across(x), bottom + 18, text, "middle"))
    for y, text in chart.y_ticks:
        at = chart.down(y)
        parts.append(f'<path d="M{LEFT} {at}H{right}" stroke="#b1b4b6" stroke-width="0.5"/>')
        parts.append(_text(LEFT - 6, at + 4, text, "end"))
    parts.append(_text((LEFT + right) // 2, HEIGHT - 16, chart.x_label, "middle"))
    parts.append(_text(LEFT, TOP - 4, chart.y_label, "start"))
    return parts


def _line(chart: LineChart, line: Line, number: int) -> str:
    path = " ".join(f"{chart.across(x)},{chart.down(y)}" for x, y in line.points)
    return f'<polyline points="{path}" fill="none" {_stroke(number)}/>'


def _stroke(number: int) -> str:
    dash = DASHES[number % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2"{dashed}'


def _legend(number: int, name: str) -> list[str]:
    y = HEIGHT + 22 * number + 4
    return [f'<path d="M{LEFT} {y}H{LEFT + 40}" {_stroke(number)}/>', _text(LEFT + 50, y + 4, name, "start")]


def _text(x: int, y: int, text: str, anchor: str, *, weight: bool = False) -> str:
    bold = ' font-weight="bold"' if weight else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{bold} fill="#0b0c0c">{escape(text)}</text>'

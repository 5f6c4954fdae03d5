"""The evaluation report, and the form of its signatures, as tagged PDF/A-3a with the same content attached as JSON.

The same content gives the same bytes. Nothing is fetched while rendering: the template and the report are all that a
document is made of.
"""

import sys
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from weasyprint import HTML, Attachment  # type: ignore[import-untyped]

from crypto.canonical import JsonValue, canonical, read_canonical
from evaluation.charts import heat_paths
from evaluation.explain import explain
from evaluation.rulebook import read_rulebook
from kernel.clock import BEIJING, read_time
from worker import report_words
from worker.apart import LENGTH_BYTES

TEMPLATES = Path(__file__).with_name("templates")
CLOCK_FORM = "%Y-%m-%d %H:%M:%S"
VARIANT = "pdf/a-3a"  # tagged, with attachments (decision 0019)
MOST_CELLS = 1500  # scores of a lot up to which each stands in a cell of its own; cells are what takes time
SHADES = 5
COLUMN = 7  # half-width characters of a figure in lines of scores
CELL = 8  # of a heat map, in thousandths of the width of the page
NAME = {"zh": "评标报告", "en": "Evaluation report"}


def render_report(report: Mapping[str, JsonValue], language: str) -> bytes:
    """One report, or one form of signatures, in one language."""
    content = dict(report)
    data = canonical(content)
    is_form = "members" in content
    made_at = read_time(str(content["closed_at"]) if is_form else _parts(content)["facts"]["ranked_at"])
    html = form_html(content, language) if is_form else report_html(content, language)
    attachment = Attachment(
        file_obj=BytesIO(data),
        name="signatures.json" if is_form else "report.json",
        description="The content of this report as JSON",
        created=made_at,
        modified=made_at,
        relationship="Source",
        url_fetcher=refuse_to_fetch,
    )
    document = HTML(string=html, url_fetcher=refuse_to_fetch)
    pdf: bytes = document.write_pdf(
        pdf_variant=VARIANT,
        pdf_identifier=sha256(language.encode() + data).digest()[:16],
        attachments=[attachment],
    )
    return pdf


def report_html(report: Mapping[str, JsonValue], language: str) -> str:
    """The pages of a report."""
    parts = _parts(report)
    lots = parts["method"]
    names = {bid["bid"]: bid["bidder"] for bid in parts["opening"]["bids"]}
    template = _environment().get_template("report.html")
    return template.render(
        report=report,
        parts=parts,
        annexes={annex["id"]: annex for annex in _list(report["annexes"])},
        group_names={
            lot["lot"]: {group["id"]: group["name"][language] for group in lot["rulebook"]["groups"]}
            for lot in lots
        },
        criterion_names={
            lot["lot"]: {
                one["id"]: one["name"][language]
                for group in lot["rulebook"]["groups"]
                for one in group["criteria"]
            }
            for lot in lots
        },
        checks={lot["lot"]: lot["rulebook"]["checks"] for lot in lots},
        check_names={
            check["id"]: check["text"][language] for lot in lots for check in lot["rulebook"]["checks"]
        },
        is_large={lot["lot"]: _cells(lot) > MOST_CELLS for lot in parts["scores"]},
        names=names,
        titles={part["id"]: (part["number"], part["title"][language]) for part in _list(report["parts"])},
        **_words(language),
    )


def form_html(form: Mapping[str, JsonValue], language: str) -> str:
    """The page of a form of signatures."""
    return _environment().get_template("signatures.html").render(form=form, **_words(language))


@cache
def _environment() -> Environment:
    """Made once, so that the second language finds the templates compiled."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "beijing": beijing,
        "score_line": score_line,
        "score_head": score_head,
        "heat": heat,
        "word": pass_context(lambda context, code: report_words.word(code, context["language"])),
        "seat": pass_context(lambda context, name: report_words.seat(name, context["language"])),
        "explained": explained,
    }
    return environment


def _words(language: str) -> dict[str, Any]:
    return {"language": language, "t": lambda zh, en: zh if language == "zh" else en}


def _cells(lot: Mapping[str, Any]) -> int:
    return sum(len(row["points"]) for bid in lot["bids"] for row in bid["criteria"])


def score_head(rows: list[dict[str, Any]]) -> str:
    """The seats above the figures of `score_line`."""
    seats = next((list(row["points"]) for row in rows if row["points"]), [])
    return "".join(f"{seat.removeprefix('seat-'):>{COLUMN}}" for seat in seats)


def score_line(row: dict[str, Any], seats: int) -> str:
    """One criterion in columns of half-width characters: every seat, the panel's figure, the maximum."""
    points = "".join(f"{text:>{COLUMN}}" for text in row["points"].values()).rjust(COLUMN * seats)
    return f"{points} |{row['combined'] or '':>{COLUMN}} /{row['maximum']:>{COLUMN}}"


def heat(bids: list[dict[str, Any]]) -> dict[str, Any]:
    """A heat map for each seat: bids downwards, criteria across; one path for each shade."""
    found = {}
    seats = sorted({seat for bid in bids for row in bid["criteria"] for seat in row["shades"]})
    for seat in seats:
        rows = [[row["shades"][seat] for row in bid["criteria"] if seat in row["shades"]] for bid in bids]
        found[seat] = {
            "paths": heat_paths(rows, SHADES, CELL),
            "width": CELL * max(map(len, rows), default=0),
            "height": CELL * len(rows),
        }
    return found


def explained(rulebook: Mapping[str, JsonValue]) -> list[dict[str, Any]]:
    """A rulebook in plain words, chapter by chapter."""
    return [
        {"title": vars(chapter.title), "sentences": [vars(sentence) for sentence in chapter.sentences]}
        for chapter in explain(read_rulebook(rulebook))
    ]


def beijing(text: str | None) -> str:
    """A stored moment as people in China read it."""
    return read_time(text).astimezone(BEIJING).strftime(CLOCK_FORM) if text else "–"


def refuse_to_fetch(url: str, *_: object, **__: object) -> NoReturn:
    """No document may load anything, from the network or from the disk."""
    raise ValueError("a report loads nothing from outside")


def _parts(report: Mapping[str, JsonValue]) -> dict[str, Any]:
    return {part["id"]: part["content"] for part in _list(report["parts"])}


def _list(value: Any) -> list[Any]:
    return list(value)


def main() -> None:
    """Read a report from standard input; write its PDF in each language given, with its length before it."""
    report = read_canonical(sys.stdin.buffer.read())
    for language in sys.argv[1:]:
        pdf = render_report(report, language)
        sys.stdout.buffer.write(len(pdf).to_bytes(LENGTH_BYTES, "big") + pdf)


if __name__ == "__main__":
    main()

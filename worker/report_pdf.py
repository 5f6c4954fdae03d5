"""The evaluation report as PDF/A-3b with the same content attached as JSON; the same report gives the same bytes.

Nothing is fetched while rendering: the template and the report are all that a document is made of.
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML, Attachment  # type: ignore[import-untyped]

from crypto.canonical import JsonValue, canonical, read_canonical
from kernel.clock import BEIJING, read_time

TEMPLATES = Path(__file__).with_name("templates")
CLOCK_FORM = "%Y-%m-%d %H:%M:%S"


def render_report(report: Mapping[str, JsonValue], language: str) -> bytes:
    """One report in one language."""
    data = canonical(dict(report))
    made_at = read_time(_parts(report)["facts"]["ranked_at"])
    html = report_html(report, language)
    attachment = Attachment(
        file_obj=BytesIO(data),
        name="report.json",
        description="The content of this report as JSON",
        created=made_at,
        modified=made_at,
        relationship="Source",
        url_fetcher=refuse_to_fetch,
    )
    document = HTML(string=html, url_fetcher=refuse_to_fetch)
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/a-3b",
        pdf_identifier=sha256(language.encode() + data).digest()[:16],
        attachments=[attachment],
    )
    return pdf


def report_html(report: Mapping[str, JsonValue], language: str) -> str:
    """The page that is printed."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["beijing"] = beijing
    template = environment.get_template("report.html")
    parts = _parts(report)
    return template.render(
        report=report,
        parts=parts,
        group_names={
            lot["lot"]: {group["id"]: group["name"][language] for group in lot["rulebook"]["groups"]}
            for lot in parts["method"]
        },
        titles={part["id"]: (part["number"], part["title"][language]) for part in _list(report["parts"])},
        language=language,
        t=lambda zh, en: zh if language == "zh" else en,
    )


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
    """Read a report from standard input, write its PDF in the language given to standard output."""
    sys.stdout.buffer.write(render_report(read_canonical(sys.stdin.buffer.read()), sys.argv[1]))


if __name__ == "__main__":
    main()

"""Papers of the catalogue as PDF: guide cards, guides, handouts, manuals, the booklet of a year, mandate letters.

The same content gives the same bytes; nothing is fetched while rendering.
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import HTML  # type: ignore[import-untyped]

from crypto.canonical import canonical, read_canonical
from worker.report_pdf import refuse_to_fetch

TEMPLATES = Path(__file__).with_name("templates")
TEMPLATE_OF = {"booklet": "booklet.html", "mandate": "mandate.html", "commitment": "commitment.html"}


def render_guide(sheet: Mapping[str, Any]) -> bytes:
    """One paper; `sheet` names its kind and language."""
    document = HTML(string=guide_html(sheet), url_fetcher=refuse_to_fetch)
    pdf: bytes = document.write_pdf(pdf_identifier=sha256(canonical(dict(sheet))).digest()[:16])
    return pdf


def guide_html(sheet: Mapping[str, Any]) -> str:
    """The pages that are printed."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    language = sheet["language"]
    template = environment.get_template(TEMPLATE_OF.get(sheet["paper"], "guide.html"))
    return template.render(
        sheet=sheet,
        language=language,
        t=lambda zh, en: zh if language == "zh" else en,
        drawing=lambda svg: Markup(svg),  # noqa: S704 - drawn by approval.flow_chart, which escapes every text
        qr=lambda text: Markup(segno.make(text, error="m").svg_inline(scale=2, border=2)),  # noqa: S704 - paths only
    )


def main() -> None:
    """Read a paper's content from standard input, write its PDF to standard output."""
    sys.stdout.buffer.write(render_guide(read_canonical(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()

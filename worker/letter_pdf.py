"""A letter as PDF/A with its content attached as JSON; the same letter gives the same bytes."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import HTML, Attachment  # type: ignore[import-untyped]

from crypto.canonical import canonical, read_canonical
from worker.report_pdf import TEMPLATES, refuse_to_fetch


def render_letter(letter: Mapping[str, Any]) -> bytes:
    """One letter."""
    data = canonical(dict(letter))
    made_at = datetime.fromisoformat(letter["made_on"]).replace(tzinfo=UTC)
    attachment = Attachment(
        file_obj=BytesIO(data),
        name="letter.json",
        description="The content of this letter as JSON",
        created=made_at,
        modified=made_at,
        relationship="Source",
        url_fetcher=refuse_to_fetch,
    )
    pdf: bytes = HTML(string=letter_html(letter), url_fetcher=refuse_to_fetch).write_pdf(
        pdf_variant="pdf/a-3b", pdf_identifier=sha256(data).digest()[:16], attachments=[attachment]
    )
    return pdf


def letter_html(letter: Mapping[str, Any]) -> str:
    """The page that is printed."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    qr = Markup(segno.make(letter["url"], error="m").svg_inline(border=0, svgclass="qr", omitsize=True))  # noqa: S704
    return environment.get_template("letter.html").render(letter=letter, qr=qr)


def main() -> None:
    """Read a letter from standard input, write its PDF to standard output."""
    sys.stdout.buffer.write(render_letter(read_canonical(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()

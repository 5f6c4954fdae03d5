"""A blind technical part in its fixed layout: one font, one size, page numbers, no metadata of a bidder's.

The same blocks give the same bytes. `python -m worker.blind_pdf` reads them as canonical JSON from standard input.
"""

import sys
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML  # type: ignore[import-untyped]

from crypto.canonical import canonical, read_canonical
from worker.report_pdf import TEMPLATES, refuse_to_fetch


def render_blind(blocks: Sequence[Sequence[str]]) -> bytes:
    """The blocks as one plain PDF; rows of a table that follow each other are one table."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    runs = [(is_table, list(rows)) for is_table, rows in groupby(blocks, key=lambda block: len(block) > 1)]
    html = environment.get_template("blind-part.html").render(runs=runs)
    identifier = sha256(canonical([list(block) for block in blocks])).digest()[:16]
    pdf: bytes = HTML(string=html, url_fetcher=refuse_to_fetch).write_pdf(pdf_identifier=identifier)
    return pdf


def main() -> None:
    """Read the blocks, write the PDF."""
    sys.stdout.buffer.write(render_blind(read_canonical(sys.stdin.buffer.read())["blocks"]))


if __name__ == "__main__":
    main()

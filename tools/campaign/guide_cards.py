"""Prints the guide card of every item of the made-up catalogue in one batch, and looks into each file.

`python -m tools.campaign.guide_cards [count]`: all 255 unless a smaller number is given.
"""

import sys
import time

from approval.catalogue import read_item
from approval.guide import Paper, guide_sheet
from approval.publication import FIVE_BLOCKS
from approval.settings import CENTRE
from tools.demo.catalogue import YICHANG, make_items
from tools.demo.catalogue_words import DEPARTMENTS
from worker.guide_pdf import guide_html, render_guide

HEADINGS = ("办理依据", "办事条件", "办理程序", "申报材料", "承诺时限", "收费标准", "办理结果", "监督渠道")
SITE = "https://example.org/items/"


def main(count: int) -> int:
    """Print the cards; exit code 1 if one is not whole."""
    wrong, size, started = [], 0, time.monotonic()
    for department, body in make_items(YICHANG)[:count]:
        version = read_item(body)
        sheet = guide_sheet(
            version,
            paper=Paper.CARD,
            language="zh",
            department=f"市{DEPARTMENTS[department]}",
            windows=[f"{department + 1:02}"],
            centre=CENTRE.default,
            url=SITE + version.code,
            blocks=FIVE_BLOCKS,
        )
        page, card = guide_html(sheet), render_guide(sheet)
        size += len(card)
        is_whole = card.startswith(b"%PDF-") and card.rstrip().endswith(b"%%EOF") and page.count("<svg") == 2
        if not is_whole or any(heading not in page for heading in HEADINGS):
            wrong.append(version.code)
    seconds = time.monotonic() - started
    print(f"{count} cards, {size / 2**20:.1f} MiB, {seconds:.0f} s, {1000 * seconds / count:.0f} ms each")
    print(f"not whole: {', '.join(wrong) or 'none'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else YICHANG.items))

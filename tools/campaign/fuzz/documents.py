"""The readers of people's documents: rulebooks, cases, bills, lists of experts, notices of banks and authorities."""

import io
import zipfile
from collections.abc import Callable

from approval.bank_message import read_message, sign_message
from approval.calendar import read_rows
from approval.catalogue import read_item
from approval.fees import read_bank_file
from approval.sites import read_sites
from crypto.canonical import read_json
from evaluation.bill.read import read_bill
from evaluation.case import read_case
from evaluation.rulebook.book import read_rulebook
from expert_pool.drawing_input import read_pool
from expert_pool.eligibility_rules import read_rules
from expert_pool.pool_file import read_pool_file
from expert_pool.pool_table import csv_lines
from expert_pool.transcript import check_transcript
from kernel.errors import BadInput
from kernel.money import PriceScale
from kernel.strict_json import read_strict_json
from tender.envelopes import read_envelopes
from tender.opening import join_announced, read_announced
from tender.stamps import read_terms
from tools.campaign.fuzz.targets import text_of
from web.pages.pool import read_json as read_experts

SCALE = PriceScale("CNY", 2)
KEY = bytes(32)


def bid_json(data: bytes) -> None:
    """What a bid announces; nothing in it may stop an opening."""
    read_announced(data, SCALE)
    read_announced(join_announced([data, data]), SCALE)


def rulebook(data: bytes) -> None:
    """A rulebook as an office sends it."""
    read_rulebook(read_strict_json(data, "rulebook"))


def case(data: bytes) -> None:
    """An evaluation case."""
    read_case(read_strict_json(data, "case"))


def bill_csv(data: bytes) -> None:
    """A priced bill as CSV."""
    read_bill("bill.csv", data, SCALE)


def bill_workbook(data: bytes) -> None:
    """A priced bill as a workbook."""
    read_bill("bill.xlsx", data, SCALE)


def bill_sheet(data: bytes) -> None:
    """The sheet inside a workbook."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", data)
        archive.writestr("xl/sharedStrings.xml", data)
    read_bill("bill.xlsx", packed.getvalue(), SCALE)


def experts_csv(data: bytes) -> None:
    """A list of experts as CSV."""
    read_pool_file(csv_lines(data))


def experts_json(data: bytes) -> None:
    """A list of experts as JSON."""
    read_experts(data)


def eligibility(data: bytes) -> None:
    """Rules of who may be drawn."""
    read_rules(read_strict_json(data, "rules"))


def draw(data: bytes) -> None:
    """A draw's published record, and a file of a pool to draw from."""
    try:
        read_pool(data)
    except BadInput:
        check_transcript(read_strict_json(data, "record"))


def bank(data: bytes) -> None:
    """A bank's message, rightly signed, and its list of payments."""
    try:
        read_message(KEY, data, sign_message(KEY, data[: 1 << 16]))
    except BadInput:
        read_bank_file(text_of(data))


def lists(data: bytes) -> None:
    """Sites and days of a calendar."""
    try:
        read_sites(data)
    except BadInput:
        read_rows(text_of(data))


def item(data: bytes) -> None:
    """A version of an item."""
    read_item(read_json(data))


def terms(data: bytes) -> None:
    """The envelopes and authorities of a tender."""
    found = read_json(data)
    try:
        read_envelopes(found)
    except BadInput:
        if not isinstance(found, dict):
            raise
        read_terms(found)


DOCUMENTS: dict[str, Callable[[bytes], object]] = {
    one.__name__: one
    for one in (
        *(
            bid_json,
            rulebook,
            case,
            bill_csv,
            bill_workbook,
            bill_sheet,
            experts_csv,
            experts_json,
            eligibility,
            draw,
        ),
        *(bank, lists, item, terms),
    )
}

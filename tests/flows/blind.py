"""Opened tenders with a blind technical part, and the members' way through the blind step."""

import io
from datetime import datetime
from typing import Any

from docx import Document

from accounts.duties import Actor
from crypto.archive import read_archive
from crypto.canonical import canonical
from evaluation.actions.blind import MadePart, save_blind_sheet, sign_blind_sheets
from evaluation.blind_text import Block, is_technical, normalise
from evaluation.queries import blind
from storage.adapters import Adapters
from tests.builders import Platform, PublishedTender
from tests.evaluation.cases import RULEBOOK, rulebook_data
from tests.flows.panels import opened_tender
from worker.blind import ask_for_parts, keep_part, make_part
from worker.jobs import Payload

PRICES = ("1000000.00", "1100000.00", "1200000.00")


def word(*paragraphs: str, row: tuple[str, ...] = ()) -> bytes:
    """A Word file with an author, and a table of one row."""
    document = Document()
    document.core_properties.author = "Somebody"
    for text in paragraphs:
        document.add_paragraph(text)
    if row:
        cells = document.add_table(rows=1, cols=len(row)).rows[0].cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def blind_rulebook() -> dict[str, Any]:
    """The default rulebook with its technical group scored blind, and an open group."""
    blind_group, price = {**RULEBOOK["groups"][0], "blind": True, "weight": 5000}, RULEBOOK["price"]
    open_group = {
        **RULEBOOK["groups"][0],
        "id": "business",
        "weight": 2000,
        "criteria": [{**RULEBOOK["groups"][0]["criteria"][0], "id": "records"}],
    }
    checks = [{"id": "seal", "text": {"zh": "签章", "en": "Signed"}, "clause": "1.2"}]
    return rulebook_data(groups=[blind_group, open_group], price=price, checks=checks)


def technical_files(number: int) -> dict[str, bytes]:
    """A technical part that names its own bidder."""
    own = word(f"bidder-{number} Ltd offers method {number}.", row=("Crane", str(number)))
    return {"technical/method.docx": own, "technical/site.png": b"\x89PNG"}


def blind_tender(platform: Platform) -> PublishedTender:
    """A tender with three open bids; each technical part names its own bidder."""
    return opened_tender(platform, PRICES, technical_files, **blind_rulebook())


def prepare(platform: Platform, tender: PublishedTender, at_most: int = 9, *, layouts: int = 0) -> None:
    """Do the jobs that the opening asked for, of the bids only so many; so many by the real, slow way."""
    now = platform.clock.now()
    with platform.database.transaction() as session:
        ask_for_parts(session, platform.adapters, {"tender_id": tender.tender_id}, None, now)
        bids = [bid for one in blind.bids_by_lot(session, tender.tender_id).values() for bid in one]
    for number, bid_id in enumerate(bids[:at_most]):
        made = (make_part if number < layouts else read_only)(platform.adapters, {"bid_id": bid_id}, now)
        with platform.database.transaction() as session:
            keep_part(session, platform.adapters, {"bid_id": bid_id}, made, now)


def read_only(adapters: Adapters, payload: Payload, now: datetime) -> MadePart | None:
    """The part of a bid with its blocks as JSON in place of the PDF, read in this process."""
    with adapters.database.reading() as session:
        task = blind.part_task(session, str(payload["bid_id"]))
    if task is None:
        return None
    blocks: list[Block] = []
    with adapters.objects.open(task.contents) as stored:
        for entry in read_archive(stored):
            if is_technical(entry.name):
                blocks += normalise(entry.name, b"".join(entry.chunks()), task.names).blocks
    text = canonical([list(block) for block in blocks])
    kept = adapters.objects.put_once(iter([text]), expected=None, limit_bytes=1 << 20)
    return MadePart(task.bid_id, kept, {"v": 1, "files": [], "is_cut": False})


def score_blind(platform: Platform, tender: PublishedTender, member: Actor, points: dict[int, str]) -> None:
    """Draft and sign one member's points by label."""
    values = {
        "actor": member,
        "tender_id": tender.tender_id,
        "lot_id": tender.lot_id,
        "now": platform.clock.now(),
    }
    with platform.database.transaction() as session:
        for label, text in points.items():
            save_blind_sheet(session, label=label, points={"plan": text}, version=0, **values)
        key = platform.adapters.keys.people
        sign_blind_sheets(session, key=key, versions=dict.fromkeys(points, 1), **values)

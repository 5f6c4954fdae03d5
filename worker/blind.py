"""Making the plain parts of the blind step (暗标) from opened bids: slow, so outside any transaction."""

from collections import Counter
from datetime import datetime

from crypto.archive import read_archive
from crypto.canonical import JsonValue
from evaluation.actions import blind as actions
from evaluation.actions.blind import MadePart
from evaluation.blind_text import LETTERS, Block, is_technical, kind_of
from evaluation.collusion.forensics import FILE_LIMIT
from evaluation.queries import blind as queries
from evaluation.queries.blind import PartTask
from storage.adapters import Adapters
from storage.database import Session
from worker.apart import run_apart
from worker.jobs import Payload
from worker.read_apart import Reader

FILE_SECONDS = 60.0  # a technical part is often one long file
PDF_LIMIT = 256 << 20  # bytes of one plain part


def ask_for_parts(session: Session, adapters: Adapters, payload: Payload, _: None, now: datetime) -> None:
    """Ask for the plain part of every opened bid, where the tender has a blind step."""
    actions.ask_for_parts(session, tender_id=str(payload["tender_id"]), now=now)


def make_part(adapters: Adapters, payload: Payload, now: datetime) -> MadePart | None:
    """Lay out the technical text of one bid; None when that was done before."""
    with adapters.database.reading() as session:
        task = queries.part_task(session, str(payload["bid_id"]))
    if task is None:
        return None
    blocks, body = read_part(adapters, task)
    pdf = run_apart("worker.blind_pdf", {"blocks": [list(block) for block in blocks]})
    stored = adapters.objects.put_once(iter([pdf]), expected=None, limit_bytes=PDF_LIMIT)
    return MadePart(task.bid_id, stored, body)


def read_part(adapters: Adapters, task: PartTask) -> tuple[list[Block], dict[str, JsonValue]]:
    """The blocks of all technical files, and what is said beside them: never a file's name or a mark's words."""
    blocks: list[Block] = []
    files: list[JsonValue] = []
    room = LETTERS
    with adapters.objects.open(task.contents) as stored, Reader(file_seconds=FILE_SECONDS) as reader:
        for entry in read_archive(stored):
            if not is_technical(entry.name):
                continue
            data = b"".join(entry.chunks()) if entry.size <= FILE_LIMIT else b""
            found = reader.read_blind(entry.name, data, task.names) if data else None
            marks = Counter((mark.place, mark.kind) for mark in found.marks) if found else {}
            for block in found.blocks if found else ():
                if room > 0:
                    blocks.append(block)
                room -= weight(block)
            files.append(
                {
                    "kind": kind_of(entry.name, data[:8]),
                    "marks": [[place, kind, count] for (place, kind), count in sorted(marks.items())],
                    "pictures": found.pictures if found else 0,
                    "why": found.why_unread if found else ("large" if entry.size else ""),
                }
            )
    return blocks, {"v": 1, "files": files, "is_cut": room < 0}


def weight(block: Block) -> int:
    """What a block counts towards LETTERS: short lines and cells take their time in the layout, too."""
    return 20 + sum(20 + len(cell) for cell in block)


def keep_part(
    session: Session, adapters: Adapters, payload: Payload, made: MadePart | None, now: datetime
) -> None:
    """Record the plain part of a bid; the last one gives all of them their labels."""
    if made is not None:
        actions.keep_part(session, key=adapters.keys.people, part=made, now=now)

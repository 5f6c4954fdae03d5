"""Reading opened bids and looking for collusion among them: slow, so outside any transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from crypto.archive import BID_NAME, ArchiveEntry, read_archive
from crypto.canonical import JsonValue, canonical, read_canonical
from evaluation.actions import collusion as actions
from evaluation.collusion.facts import (
    PASSAGES,
    BidFacts,
    Mark,
    Unread,
    marks_of,
    read_facts,
    write_facts,
)
from evaluation.collusion.forensics import FILE_LIMIT, FileFacts, is_document
from evaluation.collusion.screens import screen_prices
from evaluation.collusion.signals import Lot, find_signals
from evaluation.collusion.text_overlap import within_limit
from evaluation.collusion.traces import (
    TRACE_LIMIT,
    TRACE_NAME,
    bid_json_marks,
    submission_marks,
    trace_file_marks,
)
from evaluation.queries import collusion as queries
from kernel.money import PriceScale
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from tender import queries as tenders
from worker.jobs import Payload
from worker.read_apart import Reader

FACTS_LIMIT = 1 << 30  # bytes of the facts of one bid
BILLS = ("bill.csv", "bill.xlsx")
LEAST_FILE = 1024  # bytes; shorter files are equal by chance or by form
SCREENS = ("cv", "spd", "diffp", "rd", "skew", "kurt", "kstest")


@dataclass(frozen=True)
class ReadBid:
    """A bid that was read, and the object that holds what it tells."""

    facts: BidFacts
    stored: StoredObject


def read_bid(adapters: Adapters, payload: Payload, now: datetime) -> ReadBid | None:
    """Read every document of one opened bid; None when that was done before."""
    with adapters.database.reading() as session:
        task = queries.reading_task(session, adapters.keys.people, str(payload["bid_id"]))
    if task.is_done:
        return None
    found = FileFacts(
        (*submission_marks(task.trace.address, task.trace.agent), *bid_json_marks(task.bid_json))
    )
    unread: list[Unread] = []
    unit_prices: dict[str, int] = {}
    if task.contents is not None:
        with adapters.objects.open(task.contents) as stored, Reader() as reader:
            for entry in read_archive(stored):
                if entry.name != BID_NAME:
                    one, prices = read_entry(reader, entry, task.scale)
                    unit_prices |= prices
                    found = FileFacts(found.marks + one.marks, found.passages + one.passages)
                    unread += [Unread(entry.name, one.why_unread)] if one.why_unread else []
    facts = BidFacts(
        task.bid_id,
        task.bidder_id,
        tuple(dict.fromkeys(found.marks)),
        found.passages[:PASSAGES],
        unit_prices,
        tuple(unread),
    )
    body = canonical(write_facts(facts))
    return ReadBid(facts, adapters.objects.put_once(iter([body]), expected=None, limit_bytes=FACTS_LIMIT))


def read_entry(reader: Reader, entry: ArchiveEntry, scale: PriceScale) -> tuple[FileFacts, dict[str, int]]:
    """What one file of a bid tells, a priced bill with its unit prices; a file above the limit is never held whole."""
    prices: dict[str, int] = {}
    if entry.size > FILE_LIMIT:
        start = b"".join(chunk[:8] for chunk in entry.chunks())[:8]
        found = FileFacts(why_unread="large" if is_document(entry.name, start) else "")
    else:
        data = entry.read()
        found = reader.read(entry.name, data)
        if entry.name == TRACE_NAME and entry.size <= TRACE_LIMIT:
            found = FileFacts(trace_file_marks(data))
        if entry.name in BILLS:
            prices = reader.read_unit_prices(entry.name, data, scale)
    marks = found.marks + file_mark(entry.name, entry.size, entry.sha256)
    return FileFacts(marks, found.passages, found.why_unread), prices


def file_mark(name: str, size: int, digest: str) -> tuple[Mark, ...]:
    """The file itself as a mark, unless it is so short that others have the same by form."""
    return marks_of([("file", digest)], name) if size >= LEAST_FILE else ()


def keep_bid(
    session: Session, adapters: Adapters, payload: Payload, read: ReadBid | None, now: datetime
) -> None:
    """Record that the bid was read."""
    if read is not None:
        actions.keep_facts(
            session,
            key=adapters.keys.people,
            bid_id=read.facts.bid_id,
            stored=read.stored,
            marks=read.facts.marks,
            unread=len(read.facts.unread),
            now=now,
        )


def search(adapters: Adapters, payload: Payload, now: datetime) -> list[actions.Findings]:
    """Let every detector look at every lot of a tender."""
    tender_id = str(payload["tender_id"])
    with adapters.database.reading() as session:
        tasks = queries.search_tasks(session, tender_id)
        documents = [(one.name, one.digest, one.size) for one in tenders.documents(session, tender_id)]
    own = tender_facts(adapters, documents) if tasks else FileFacts()
    return [look_at(adapters, task, own) for task in tasks]


def tender_facts(adapters: Adapters, documents: Sequence[tuple[str, bytes, int]]) -> FileFacts:
    """What the tender's own documents hold: template, not evidence."""
    found = FileFacts()
    with Reader() as reader:
        for name, digest, size in documents:
            if size <= FILE_LIMIT:
                with adapters.objects.open(digest) as stored:
                    data = stored.read()
                one = reader.read(name, data)
                marks = one.marks + file_mark(name, size, sha256(data).hexdigest())
                found = FileFacts(found.marks + marks, found.passages + one.passages)
    return found


def look_at(adapters: Adapters, task: queries.SearchTask, own: FileFacts) -> actions.Findings:
    """All signals of one lot and the screens beside them."""
    bids = tuple(load_facts(adapters, digest) for digest in task.facts.values())
    passages = {bid.bid_id: bid.passages for bid in bids}
    compared = within_limit(passages)
    marks = {one for bid in bids for one in bid.marks}
    with adapters.database.reading() as session:
        key = adapters.keys.people
        elsewhere = queries.bidders_elsewhere(session, key, task.tender_id, marks)
        seen = queries.bidders_seen(session, task.tender_id)
    lot = Lot(
        bids=tuple(replace(bid, passages=compared[bid.bid_id]) for bid in bids),
        names=task.names,
        prices=task.prices,
        tender_marks=frozenset((one.kind, one.value) for one in own.marks),
        tender_passages=own.passages,
        elsewhere=elsewhere,
        bidders_seen=seen,
    )
    screens = screen_prices(list(task.prices.values()))
    body: dict[str, JsonValue] = {
        "v": 1,
        "bids": len(bids),
        "bidders_seen": seen,
        "screens": {name: in_ppm(getattr(screens, name)) for name in SCREENS},
        "imhof": screens.is_imhof,
        "passages": {"all": sum(map(len, passages.values())), "compared": sum(map(len, compared.values()))},
        "unread": [[bid.bid_id, one.name, one.why] for bid in bids for one in bid.unread],
    }
    return actions.Findings(task.lot_id, find_signals(lot), body)


def load_facts(adapters: Adapters, digest: bytes) -> BidFacts:
    """The facts of one bid from their object."""
    with adapters.objects.open(digest) as stored:
        return read_facts(read_canonical(stored.read()))


def in_ppm(value: float | None) -> int | None:
    """A figure of statistics as whole millionths, as records hold it."""
    return None if value is None else round(value * 1_000_000)


def keep_search(
    session: Session, adapters: Adapters, payload: Payload, found: list[actions.Findings], now: datetime
) -> None:
    """Record what was found."""
    actions.keep_signals(session, tender_id=str(payload["tender_id"]), found=found, now=now)

"""The blind step (暗标): plain parts get labels, members score the labels, the last signature reveals whose they are.

1. The bids of every lot with a blind group are shuffled by a secret seed; its commitment is logged before the scoring.
2. A member drafts and signs points for each label. Nothing else of the evaluation begins before.
3. The last signature of all lots publishes the seeds, and copies the points to the members' sheets, where they stand.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue, canonical, read_canonical
from crypto.field_seal import open_field, seal_field
from crypto.seeded_random import SEED_BYTES
from evaluation.actions.seat import take_seat_to_score_blind
from evaluation.blind_labels import blind_sheet_digest, commitment, label_order, mapping_digest
from evaluation.queries import blind as queries
from evaluation.queries import judging
from evaluation.records.blind import BlindLotRecord, BlindPartRecord, BlindSheetRecord
from evaluation.records.judging import SheetRecord
from evaluation.sheets import check_sheet, read_sheet, write_sheet_points
from kernel.errors import BadInput, ChangedMeanwhile, NotFound, Refused
from kernel.ids import BidId, new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.intake import StoredObject
from tender import queries as tenders


@dataclass(frozen=True)
class MadePart:
    """The plain part of one bid, and what is said beside it."""

    bid_id: str
    stored: StoredObject
    body: Mapping[str, JsonValue]


def ask_for_parts(session: Session, *, tender_id: str, now: datetime) -> None:
    """Ask for the plain part of every opened bid of the lots that have a blind step."""
    for bids in queries.bids_by_lot(session, tender_id).values():
        for bid_id in bids:
            outbox.enqueue(session, "blind_part", {"bid_id": bid_id}, now=now)


def keep_part(session: Session, *, key: bytes, part: MadePart, now: datetime) -> None:
    """Keep the plain part of a bid, once; the last one of the tender gives all of them their labels."""
    bid = tenders.bid(session, part.bid_id)
    tenders.tender(session, bid.tender_id, lock=True)
    if queries.is_made(session, bid.lot_id, part.bid_id):
        return
    session.add(
        BlindPartRecord(
            id=new_id(),
            tender_id=bid.tender_id,
            lot_id=bid.lot_id,
            bid_id=part.bid_id,
            digest=part.stored.digest,
            size=part.stored.size,
            body=dict(part.body),
        )
    )
    session.flush()
    made = {row.bid_id: row for row in queries.parts(session, bid.tender_id)}
    wanted = queries.bids_by_lot(session, bid.tender_id)
    if all(bid_id in made for bids in wanted.values() for bid_id in bids):
        for lot_id, bids in wanted.items():
            _label(session, key, bid.tender_id, lot_id, [made[bid_id] for bid_id in bids], now)


def save_blind_sheet(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    label: int,
    points: Mapping[str, object],
    version: int,
    now: datetime,
) -> BlindSheetRecord:
    """Keep a draft of a member's points for a label; `version` is 0 for the first one.

    Raises:
        BadSheet: points above a maximum, off a step, or for a criterion that is not scored blind.
        ChangedMeanwhile: the draft was saved from elsewhere since it was read.
        Refused: it was signed.
    """
    seat = take_seat_to_score_blind(session, actor, tender_id)
    queries.part(session, tender_id, lot_id, label)
    rules = queries.blind_rules(judging.rulebook(session, tender_id, lot_id))
    read = write_sheet_points(rules, read_sheet(rules, seat, BidId(""), points))
    written = {id: str(text) for id, text in read.items()}
    record = queries.sheet(session, lot_id, label, seat, lock=True)
    if record is not None and record.signed_at is None and record.points == written:
        return record  # a draft that arrives twice changes nothing, whichever version it was written on
    if (record.version if record else 0) != version:
        raise ChangedMeanwhile()
    if record is None:
        record = BlindSheetRecord(lot_id=lot_id, label=label, seat=seat, points={}, version=0, saved_at=now)
    _check_unsigned(record)
    record.points, record.version, record.saved_at = written, version + 1, now
    session.add(record)
    session.flush()
    return record


def sign_blind_sheets(
    session: Session,
    *,
    key: bytes,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    versions: Mapping[int, int],
    now: datetime,
) -> list[BlindSheetRecord]:
    """Sign complete points for several labels, all or none; the last signature of all reveals the bids.

    Raises:
        BadInput: none was named.
        BadSheet: points are missing.
        ChangedMeanwhile: a draft is not the one that the member has read.
        Refused: one was signed before.
    """
    seat = take_seat_to_score_blind(session, actor, tender_id)
    queries.lot(session, tender_id, lot_id)
    if not versions:
        raise BadInput(where="versions", why="no complete sheet is waiting for your signature")
    rules = queries.blind_rules(judging.rulebook(session, tender_id, lot_id))
    signed, digests = [], dict[str, JsonValue]()
    for label, version in sorted(versions.items()):
        record = queries.sheet(session, lot_id, label, seat, lock=True)
        if record is None:
            raise NotFound(what="sheet for label", id=label)
        if record.version != version:
            raise ChangedMeanwhile()
        _check_unsigned(record)
        check_sheet(rules, read_sheet(rules, seat, BidId(""), record.points))
        record.signed_at = now
        session.add(record)
        signed.append(record)
        digests[str(label)] = blind_sheet_digest(lot_id, label, seat, record.points)
    session.flush()
    audit_log.append(session, Fact("blind.signed", lot_id, tender_id, {"seat": seat, "sheets": digests}), now)
    _reveal_when_complete(session, key, tender_id, now)
    return signed


def _check_unsigned(record: BlindSheetRecord) -> None:
    if record.signed_at is not None:
        raise Refused(rule="signed-is-final", why="this sheet was signed; nobody can change it")


def _label(
    session: Session, key: bytes, tender_id: str, lot_id: str, made: list[BlindPartRecord], now: datetime
) -> None:
    """Give the parts of a lot their labels; from here on only the sealed field says whose they are."""
    seed = os.urandom(SEED_BYTES)
    by_bid = {str(row.bid_id): row for row in made}
    order = label_order(seed, by_bid)
    plain = canonical({"seed": seed.hex(), "labels": list(order)})
    committed = commitment(lot_id, seed, order)
    session.add(
        BlindLotRecord(
            lot_id=lot_id,
            tender_id=tender_id,
            labels=len(order),
            commitment=committed,
            sealed=seal_field(key, _context(lot_id), plain),
            prepared_at=now,
        )
    )
    for label, bid_id in enumerate(order, 1):
        row = by_bid[bid_id]
        # A new row in the order of the labels: neither its id nor its place says which bid it came from.
        session.add(
            BlindPartRecord(
                id=new_id(),
                tender_id=tender_id,
                lot_id=lot_id,
                label=label,
                digest=row.digest,
                size=row.size,
                body=dict(row.body),
            )
        )
        session.delete(row)
        session.flush()
    data: dict[str, JsonValue] = {"labels": len(order), "commitment": committed}
    audit_log.append(session, Fact("blind.prepared", lot_id, tender_id, data), now)


def _reveal_when_complete(session: Session, key: bytes, tender_id: str, now: datetime) -> None:
    records = queries.lots(session, tender_id)
    if all(queries.sheets_missing(session, record) == 0 for record in records):
        for record in records:
            _reveal(session, key, record, now)


def _reveal(session: Session, key: bytes, record: BlindLotRecord, now: datetime) -> None:
    """Publish the seed of a lot, and copy the points under the labels to the members' sheets."""
    body = read_canonical(open_field(key, _context(record.lot_id), record.sealed))
    order = [str(bid) for bid in body["labels"]]
    record.seed, record.revealed_at = str(body["seed"]), now
    session.add(record)
    for label, bid_id in enumerate(order, 1):
        row = queries.part(session, record.tender_id, record.lot_id, label)
        row.bid_id = bid_id
        session.add(row)
    session.flush()
    for sheet in queries.sheets(session, record.lot_id):
        session.add(
            SheetRecord(
                bid_id=order[sheet.label - 1],
                seat=sheet.seat,
                lot_id=record.lot_id,
                version=1,
                points=dict(sheet.points),
                saved_at=now,
            )
        )
    session.flush()
    data: dict[str, JsonValue] = {"seed": record.seed, "mapping": mapping_digest(record.lot_id, order)}
    audit_log.append(session, Fact("blind.revealed", record.lot_id, record.tender_id, data), now)


def _context(lot_id: str) -> str:
    return f"blind-labels:{lot_id}"

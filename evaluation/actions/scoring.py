"""Scoring (详细评审): each member alone fills in a sheet for each accepted bid, draft by draft, and signs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue
from evaluation.actions.findings import compare_scores
from evaluation.actions.ranking import rank_when_complete
from evaluation.actions.seat import take_seat_under_chair
from evaluation.compliance import Screening
from evaluation.queries import blind, clarifications, findings
from evaluation.queries import judging as queries
from evaluation.records.judging import SheetRecord
from evaluation.rulebook import Rulebook
from evaluation.sheets import check_sheet, read_sheet, write_sheet_points
from evaluation.signed_work import sheet_digest
from kernel.errors import BadInput, BadSheet, ChangedMeanwhile, NotFound, Refused, TenderingError
from kernel.ids import BidId
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders


@dataclass(frozen=True)
class SheetDraft:
    """Points as a member wrote them, on the version that the member had read."""

    points: Mapping[str, object]
    version: int


@dataclass(frozen=True)
class SavedSheets:
    """What became of several drafts: each was saved, or refused with its reason and what stands on the server."""

    saved: Mapping[str, SheetRecord]
    refused: Mapping[str, tuple[TenderingError, SheetRecord | None]]


def save_sheet(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    bid_id: str,
    points: Mapping[str, object],
    version: int,
    now: datetime,
) -> SheetRecord:
    """Keep a draft of a member's sheet; `version` is 0 for the first one.

    Raises:
        BadSheet: points above a maximum, off a step, or for an unknown criterion; missing ones are allowed.
        ChangedMeanwhile: the draft was saved from elsewhere since it was read.
    """
    seat = take_seat_under_chair(session, actor, tender_id)
    lot_id = _lot_of_bid(session, tender_id, bid_id)
    check_accepted(queries.find_screening(session, tender_id, lot_id), bid_id)
    rules = queries.rulebook(session, tender_id, lot_id)
    record = _save(session, rules, lot_id, seat, bid_id, SheetDraft(points, version), now)
    compare_scores(session, tender_id=tender_id, lot_id=lot_id, now=now)
    return record


def save_sheets(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    drafts: Mapping[str, SheetDraft],
    now: datetime,
) -> SavedSheets:
    """Keep drafts of several sheets of one lot, each on its own: one that is refused does not hold up the others."""
    seat = take_seat_under_chair(session, actor, tender_id)
    rules, screening = (
        queries.rulebook(session, tender_id, lot_id),
        queries.find_screening(session, tender_id, lot_id),
    )
    saved: dict[str, SheetRecord] = {}
    refused: dict[str, tuple[TenderingError, SheetRecord | None]] = {}
    for bid_id, draft in sorted(drafts.items()):
        check_accepted(screening, bid_id)
        try:
            saved[bid_id] = _save(session, rules, lot_id, seat, bid_id, draft, now)
        except (BadSheet, ChangedMeanwhile, Refused) as error:
            refused[bid_id] = (error, queries.sheet(session, bid_id, seat))
    compare_scores(session, tender_id=tender_id, lot_id=lot_id, now=now)
    return SavedSheets(saved, refused)


def sign_sheet(
    session: Session, *, actor: Actor, tender_id: str, bid_id: str, version: int, now: datetime
) -> SheetRecord:
    """Sign a complete sheet; from now on nobody can change it. The last one of all asks for the ranking.

    Raises:
        BadSheet: points are missing.
        ChangedMeanwhile: the draft is not the one that the member has read.
        Refused: the bid is out, it was signed before, or something has to be settled first.
    """
    seat = take_seat_under_chair(session, actor, tender_id)
    lot_id = _lot_of_bid(session, tender_id, bid_id)
    check_accepted(queries.find_screening(session, tender_id, lot_id), bid_id)
    record = _sign(session, tender_id, seat, bid_id, version, now)
    rank_when_complete(session, tender_id, now)
    return record


def sign_sheets(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    versions: Mapping[str, int],
    now: datetime,
) -> list[SheetRecord]:
    """Sign several complete sheets of one lot in one act: all of them or none.

    Raises:
        BadInput: none was named.
        BadSheet, ChangedMeanwhile, Refused: as `sign_sheet`, for the first sheet that cannot be signed.
    """
    seat = take_seat_under_chair(session, actor, tender_id)
    if not versions:
        raise BadInput(where="versions", why="no complete sheet is waiting for your signature")
    screening, signed = queries.find_screening(session, tender_id, lot_id), []
    for bid_id, version in sorted(versions.items()):
        check_accepted(screening, bid_id)
        signed.append(_sign(session, tender_id, seat, bid_id, version, now))
    rank_when_complete(session, tender_id, now)
    return signed


def check_accepted(screening: Screening | None, bid_id: str) -> None:
    """Raise Refused unless the compliance review is over and the panel accepted the bid."""
    if screening is None:
        raise Refused(rule="compliance-first", why="not every member has voted on compliance yet")
    if bid_id in {rejection.bid_id for rejection in screening.rejected}:
        raise Refused(rule="accepted-only", why="the panel rejected this bid, so it is not scored")
    if bid_id not in {accepted.bid_id for accepted in screening.accepted}:
        raise NotFound(what="bid", id=bid_id)


def _check_may_sign(session: Session, tender_id: str, seat: str, record: SheetRecord) -> None:
    """Everything that holds up a signature, besides the sheet itself."""
    if record.signed_at is not None:
        raise Refused(rule="signed-is-final", why="this sheet was signed; nobody can change it")
    if any(one.bid_id == record.bid_id for one in clarifications.unsettled(session, record.lot_id)):
        raise Refused(rule="answers-first", why="the panel has not settled every question to the bidders yet")
    if findings.unexplained(session, tender_id, seat, record.lot_id):
        why = (
            "some of your figures stand apart from the panel's; change them or write down your reasons first"
        )
        raise Refused(rule="explain-first", why=why)


def _sign(
    session: Session, tender_id: str, seat: str, bid_id: str, version: int, now: datetime
) -> SheetRecord:
    record = queries.sheet(session, bid_id, seat, lock=True)
    if record is None:
        raise NotFound(what="sheet for bid", id=bid_id)
    if record.version != version:
        raise ChangedMeanwhile()
    _check_may_sign(session, tender_id, seat, record)
    rules = queries.rulebook(session, tender_id, record.lot_id)
    check_sheet(rules, queries.sheet_value(rules, record))
    record.signed_at = now
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"seat": seat, "sheet": sheet_digest(bid_id, seat, record.points)}
    audit_log.append(session, Fact("sheet.signed", bid_id, tender_id, data), now)
    return record


def _save(
    session: Session,
    rules: Rulebook,
    lot_id: str,
    seat: str,
    bid_id: str,
    draft: SheetDraft,
    now: datetime,
) -> SheetRecord:
    fixed = blind.fixed_points(session, rules, bid_id, seat)
    given = {**fixed, **draft.points}
    read = write_sheet_points(rules, read_sheet(rules, seat, BidId(bid_id), given))
    for id, points in fixed.items():
        if read[id] != points:
            raise BadSheet(where=id, why="it was scored under a label and stands")
    written = {id: str(text) for id, text in read.items()}
    record = queries.sheet(session, bid_id, seat, lock=True)
    if record is not None and record.signed_at is None and record.points == written:
        return record  # a draft that arrives twice changes nothing, whichever version it was written on
    if (record.version if record else 0) != draft.version:
        raise ChangedMeanwhile()
    if record is None:
        record = SheetRecord(bid_id=bid_id, seat=seat, lot_id=lot_id, version=0, points={}, saved_at=now)
    if record.signed_at is not None:
        raise Refused(rule="signed-is-final", why="this sheet was signed; nobody can change it")
    record.points, record.version, record.saved_at = written, draft.version + 1, now
    session.add(record)
    session.flush()
    return record


def _lot_of_bid(session: Session, tender_id: str, bid_id: str) -> str:
    bid = tenders.bid(session, bid_id)
    if bid.tender_id != tender_id:
        raise NotFound(what="bid", id=bid_id)
    return bid.lot_id

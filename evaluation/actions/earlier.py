"""Putting aside what counts no more, whole: verdicts and sheets of a re-opened step, the work of a member who left."""

from datetime import datetime

from sqlmodel import Session

from crypto.canonical import JsonValue
from evaluation.blind_labels import blind_sheet_digest
from evaluation.compliance import Vote
from evaluation.queries import judging as queries
from evaluation.records.blind import BlindSheetRecord
from evaluation.records.judging import BallotRecord, SheetRecord
from evaluation.records.panel import EarlierWorkRecord
from evaluation.signed_work import sheet_digest, votes_digest
from kernel.ids import BidId, new_id

REOPENED, REPLACED = "reopened", "replaced"


def keep_votes(
    session: Session, tender_id: str, ballot: BallotRecord, cause: str, cause_id: str, now: datetime
) -> str:
    """Put a member's verdicts on a lot aside, handed in or drafted; returns their digest."""
    rows: list[JsonValue] = [list(row) for row in ballot.verdicts]
    cast = [
        Vote(ballot.seat, BidId(b), check, bool(passed), why) for b, check, passed, why in ballot.verdicts
    ]
    digest = votes_digest(cast)
    session.add(
        EarlierWorkRecord(
            id=new_id(),
            tender_id=tender_id,
            lot_id=ballot.lot_id,
            seat=ballot.seat,
            kind="votes",
            body=rows,
            digest=digest,
            final_at=ballot.handed_in_at,
            cause=cause,
            cause_id=cause_id,
            ended_at=now,
        )
    )
    for vote in queries.votes_of_seat(session, ballot.lot_id, ballot.seat):
        session.delete(vote)
    session.flush()
    return digest


def keep_sheet(
    session: Session, tender_id: str, sheet: SheetRecord, cause: str, cause_id: str, now: datetime
) -> str:
    """Put a member's sheet aside, signed or drafted; returns its digest."""
    digest = sheet_digest(sheet.bid_id, sheet.seat, sheet.points)
    session.add(
        EarlierWorkRecord(
            id=new_id(),
            tender_id=tender_id,
            lot_id=sheet.lot_id,
            bid_id=sheet.bid_id,
            seat=sheet.seat,
            kind="sheet",
            body=dict(sheet.points),
            digest=digest,
            final_at=sheet.signed_at,
            cause=cause,
            cause_id=cause_id,
            ended_at=now,
        )
    )
    session.flush()
    return digest


def keep_blind_sheet(
    session: Session, tender_id: str, sheet: BlindSheetRecord, cause_id: str, now: datetime
) -> None:
    """Put the points aside that a replaced member gave under a label; a bid is not named, nobody knows it yet."""
    session.add(
        EarlierWorkRecord(
            id=new_id(),
            tender_id=tender_id,
            lot_id=sheet.lot_id,
            seat=sheet.seat,
            kind="blind_sheet",
            body={"label": sheet.label, "points": dict(sheet.points)},
            digest=blind_sheet_digest(sheet.lot_id, sheet.label, sheet.seat, sheet.points),
            final_at=sheet.signed_at,
            cause=REPLACED,
            cause_id=cause_id,
            ended_at=now,
        )
    )
    session.flush()

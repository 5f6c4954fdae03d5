"""Figures that stand apart are compared and explained; a ranked lot is looked at once more. No score changes.

When figures are compared, so that scoring stays blind:
1. Nothing is compared before every member's sheets of the lot are complete.
2. Then once, whether signed or not. A member learns only which own figures stand apart, and in which of three bands.
   Changing a draft brings no new comparison, so nobody can feel their way to the others' figures.
3. Once more when all sheets are signed, if figures were changed since. Then nobody can change anything.
4. No lot is ranked while a flagged figure lacks its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor
from crypto.canonical import JsonValue, canonical
from evaluation.actions.ranking import rank_if_complete, rank_when_complete
from evaluation.actions.reopen import written
from evaluation.actions.seat import take_seat
from evaluation.findings.sheet_figures import FlaggedFigure, find_flagged
from evaluation.queries import findings as queries
from evaluation.queries import judging
from evaluation.records.findings import ComparisonRecord, LotFindingsRecord, OutlierRecord
from evaluation.records.judging import SheetRecord
from evaluation.result import Ranking
from evaluation.sheets import read_sheet
from evaluation.signed_work import words_digest
from kernel.errors import NotFound, Refused
from kernel.ids import BidId, new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from tender import queries as tenders


def compare_scores(session: Session, *, tender_id: str, lot_id: str, now: datetime) -> list[OutlierRecord]:
    """Compare the members' figures if a comparison is due; returns the flagged figures without a reason."""
    last = queries.last_comparison(session, lot_id)
    # Every draft that is saved asks here, so what cannot be due is settled before any sheet is read.
    if last is None or not queries.has_unsigned_sheets(session, lot_id):
        sheets = _complete_sheets(session, tender_id, lot_id)
        if sheets and (last is None or last.figures_digest != _digest(sheets)):
            _compare(session, tender_id, lot_id, sheets, now)
    return queries.waiting(session, lot_id)


def explain_outlier(
    session: Session, *, actor: Actor, tender_id: str, outlier_id: str, reason: str, now: datetime
) -> OutlierRecord:
    """Write down why an own figure stands apart; the reason is final. The last one asks for the ranking.

    Raises:
        NotFound: it is no figure of the actor's.
        BadInput: the reason is empty or endless.
        Refused: it has its reason, or the figure was changed and stands apart no more.
    """
    seat, text = take_seat(session, actor, tender_id), written("reason", reason)
    record = queries.outlier(session, outlier_id, lock=True)
    if record.tender_id != tender_id or record.seat != seat:
        raise NotFound(what="flagged figure", id=outlier_id)
    if record.reason or not record.is_current:
        raise Refused(
            rule="explained-once", why="this figure has its reason already, or stands apart no more"
        )
    record.reason, record.explained_at = text, now
    session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {
        "seat": seat,
        "bid": record.bid_id,
        "level": record.level,
        "target": record.target,
        "reason": words_digest(text),
    }
    audit_log.append(session, Fact("outlier.explained", outlier_id, tender_id, data), now)
    rank_when_complete(session, tender_id, now)
    return record


def rank(session: Session, *, tender_id: str, now: datetime) -> list[Ranking]:
    """Rank a tender whose sheets are all signed and whose flagged figures all have their reasons; else nothing."""
    tenders.tender(session, tender_id, lock=True)
    if not judging.may_be_ranked(session, tender_id):
        return []
    unexplained: list[OutlierRecord] = []
    for lot in tenders.lots(session, tender_id):
        unexplained += compare_scores(session, tender_id=tender_id, lot_id=lot.id, now=now)
    if unexplained:
        return []
    made = rank_if_complete(session, tender_id=tender_id, now=now)
    if made:
        outbox.enqueue(session, "make_findings", {"tender_id": tender_id}, now=now)
    return made


@dataclass(frozen=True)
class MadeFindings:
    """The findings about one ranking of a lot."""

    ranking_digest: str
    body: Mapping[str, JsonValue]


def keep_findings(
    session: Session, *, tender_id: str, lots: Mapping[str, MadeFindings], now: datetime
) -> None:
    """Keep the findings about each lot; what belongs to a ranking that was put aside meanwhile is dropped."""
    tenders.tender(session, tender_id, lock=True)
    for record in judging.rankings(session, tender_id):
        made, known = lots.get(record.lot_id), session.get(LotFindingsRecord, record.lot_id)
        if made is None or made.ranking_digest != record.digest:
            continue
        if known is not None and known.ranking_digest == record.digest:
            continue
        row = known or LotFindingsRecord(
            lot_id=record.lot_id, tender_id=tender_id, ranking_digest="", body={}, digest="", made_at=now
        )
        row.ranking_digest, row.body, row.made_at = record.digest, dict(made.body), now
        row.digest = sha256(canonical(made.body)).hexdigest()
        session.add(row)
        data: dict[str, JsonValue] = {"ranking": record.digest, "findings": row.digest}
        audit_log.append(session, Fact("findings.made", record.lot_id, tender_id, data), now)


def _complete_sheets(session: Session, tender_id: str, lot_id: str) -> list[SheetRecord]:
    """The sheets of all members for all accepted bids, when every one of them is complete; else none."""
    screening = judging.find_screening(session, tender_id, lot_id)
    wanted = {criterion.id for criterion in judging.rulebook(session, tender_id, lot_id).expert_criteria}
    if screening is None or not wanted:
        return []
    seats, accepted = set(judging.seats(session, tender_id)), {bid.bid_id for bid in screening.accepted}
    rows = [
        row
        for row in judging.sheets(session, lot_id)
        if row.seat in seats and row.bid_id in accepted and set(row.points) == wanted
    ]
    return rows if len(rows) == len(seats) * len(accepted) else []


def _digest(sheets: list[SheetRecord]) -> str:
    return sha256(
        canonical(sorted(([row.seat, row.bid_id, row.points] for row in sheets), key=str))
    ).hexdigest()


def _compare(session: Session, tender_id: str, lot_id: str, sheets: list[SheetRecord], now: datetime) -> None:
    rules, last = judging.rulebook(session, tender_id, lot_id), queries.last_comparison(session, lot_id)
    values = {
        (row.seat, row.bid_id): read_sheet(rules, row.seat, BidId(row.bid_id), row.points) for row in sheets
    }
    seats, bids = sorted({row.seat for row in sheets}), sorted({BidId(row.bid_id) for row in sheets})
    found = find_flagged(rules, seats, bids, values)
    comparison = ComparisonRecord(
        lot_id=lot_id,
        number=last.number + 1 if last else 1,
        tender_id=tender_id,
        figures_digest=_digest(sheets),
        made_at=now,
    )
    session.add(comparison)
    _keep_flagged(session, tender_id, lot_id, found, now)
    data: dict[str, JsonValue] = {"figures": comparison.figures_digest, "flagged": len(found)}
    audit_log.append(session, Fact("scores.compared", lot_id, tender_id, data), now)


def _keep_flagged(
    session: Session, tender_id: str, lot_id: str, found: tuple[FlaggedFigure, ...], now: datetime
) -> None:
    """A figure that is flagged again and was not changed keeps its reason; what is flagged no more is kept as past."""
    known = {
        (row.seat, row.bid_id, row.level, row.target, row.figure): row
        for row in queries.all_outliers(session, lot_id)
    }
    now_flagged = {(one.seat, str(one.bid_id), one.level, one.target, str(one.figure)): one for one in found}
    for key, row in known.items():
        row.is_current = key in now_flagged
        session.add(row)
    for key, one in now_flagged.items():
        if key in known:
            continue
        row = OutlierRecord(
            id=new_id(),
            tender_id=tender_id,
            lot_id=lot_id,
            bid_id=one.bid_id,
            seat=one.seat,
            level=one.level,
            target=one.target,
            is_high=one.is_high,
            band=one.band,
            figure=str(one.figure),
            found_at=now,
        )
        session.add(row)
    session.flush()

"""Selects over findings: what a member has to explain, what holds up a ranking, what was found in a ranked lot."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from evaluation.findings.sheet_figures import sheet_figures
from evaluation.records.findings import ComparisonRecord, LotFindingsRecord, OutlierRecord
from evaluation.records.judging import RankingRecord, SheetRecord
from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.sheets import read_sheet
from kernel.errors import NotFound
from kernel.ids import BidId
from tender import queries as tenders


def unexplained(session: Session, tender_id: str, seat: str, lot_id: str) -> list[OutlierRecord]:
    """A member's flagged figures of a lot that have no reason yet and still stand as they were compared."""
    open_ones = [row for row in flagged(session, lot_id, seat) if not row.reason]
    if not open_ones:
        return []
    rules = read_rulebook(tenders.rulebook_of_lot(session, tender_id, lot_id))
    standing = _standing_figures(session, rules, seat, {row.bid_id for row in open_ones})
    return [row for row in open_ones if standing.get((row.bid_id, row.level, row.target)) == row.figure]


def flagged(session: Session, lot_id: str, seat: str | None = None) -> list[OutlierRecord]:
    """The figures that the last comparison flagged, of one member or of all."""
    found = select(OutlierRecord).where(OutlierRecord.lot_id == lot_id, col(OutlierRecord.is_current))
    if seat is not None:
        found = found.where(OutlierRecord.seat == seat)
    order = (
        col(OutlierRecord.seat),
        col(OutlierRecord.bid_id),
        col(OutlierRecord.level),
        col(OutlierRecord.target),
    )
    return list(session.exec(found.order_by(*order)))


def waiting(session: Session, lot_id: str) -> list[OutlierRecord]:
    """The flagged figures without a reason: as long as there is one, the lot is not ranked."""
    return [row for row in flagged(session, lot_id) if not row.reason]


def all_outliers(session: Session, lot_id: str) -> list[OutlierRecord]:
    """Every figure that was ever flagged in a lot."""
    return list(session.exec(select(OutlierRecord).where(OutlierRecord.lot_id == lot_id)))


def outlier(session: Session, outlier_id: str, *, lock: bool = False) -> OutlierRecord:
    """One flagged figure; raises NotFound."""
    found = select(OutlierRecord).where(OutlierRecord.id == outlier_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="flagged figure", id=outlier_id)
    return record


def last_comparison(session: Session, lot_id: str) -> ComparisonRecord | None:
    """The comparison of a lot that counts; None before the first."""
    found = select(ComparisonRecord).where(ComparisonRecord.lot_id == lot_id)
    return session.exec(found.order_by(col(ComparisonRecord.number).desc())).first()


def has_unsigned_sheets(session: Session, lot_id: str) -> bool:
    """Whether any sheet of a lot may still be changed."""
    found = select(SheetRecord.bid_id).where(
        SheetRecord.lot_id == lot_id, col(SheetRecord.signed_at).is_(None)
    )
    return session.exec(found.limit(1)).first() is not None


def find_lot_findings(session: Session, lot_id: str) -> LotFindingsRecord | None:
    """The findings about the ranking that stands; None until the job has made them."""
    ranking = session.get(RankingRecord, lot_id)
    record = session.get(LotFindingsRecord, lot_id)
    if ranking is None or record is None or record.ranking_digest != ranking.digest:
        return None
    return record


def tender_findings(session: Session, tender_id: str) -> Sequence[LotFindingsRecord]:
    """The findings about every ranked lot, in the order of the lots."""
    found = (find_lot_findings(session, lot.id) for lot in tenders.lots(session, tender_id))
    return [record for record in found if record is not None]


def _standing_figures(
    session: Session, rules: Rulebook, seat: str, bids: set[str]
) -> dict[tuple[str, str, str], str]:
    """The member's figures as they are now, of the sheets that are complete."""
    wanted = {criterion.id for criterion in rules.expert_criteria}
    rows = session.exec(
        select(SheetRecord).where(SheetRecord.seat == seat, col(SheetRecord.bid_id).in_(bids))
    )
    figures = {}
    for row in rows:
        if set(row.points) == wanted:
            sheet = read_sheet(rules, seat, BidId(row.bid_id), row.points)
            for (level, target), figure in sheet_figures(rules, sheet).items():
                figures[row.bid_id, level, target] = str(figure)
    return figures

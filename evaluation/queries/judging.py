"""Selects over the panel's work, and the evaluation case that they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select as select_values
from sqlmodel import Session, col, select

from accounts import queries as accounts
from evaluation.answers import answer_fields, stated_answers
from evaluation.case import EvaluationCase, read_case
from evaluation.compliance import SEALED, OpenedBid, Screening, Vote, screen
from evaluation.evaluate import evaluate
from evaluation.queries import clarifications, draws, panel
from evaluation.records.judging import BallotRecord, RankingRecord, ReportRecord, SheetRecord, VoteRecord
from evaluation.report.values import LotResult
from evaluation.result import Ranking
from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.sheets import Sheet, read_sheet
from expert_pool import queries as experts
from kernel.clock import write_time
from kernel.errors import NotFound
from kernel.ids import BidId, LotId, TenderId
from storage.columns import table_of
from tender import queries as tenders
from tender.opening import read_announced
from tender.queries import stages

VOTES = table_of(VoteRecord)


def rulebook(session: Session, tender_id: str, lot_id: str) -> Rulebook:
    """The rulebook of a lot, its own or the tender's, as it was frozen with the notice."""
    written = tenders.rulebook_of_lot(session, tender_id, lot_id)
    if written is None:
        raise NotFound(what="rulebook of tender", id=tender_id)
    return read_rulebook(written)


def opened_bids(session: Session, tender_id: str, lot_id: str) -> tuple[OpenedBid, ...]:
    """The bids of a lot whose price was read at the opening, by bid; while prices are sealed, all that are readable."""
    rows = [(row, bid) for row, bid in stages.bids_at_work(session, tender_id) if bid.lot_id == lot_id]
    names = accounts.organisation_names(session, {bid.bidder_id for _, bid in rows})
    asked = answer_fields(rulebook(session, tender_id, lot_id))
    scale = tenders.price_scale(tenders.tender(session, tender_id))
    corrected = clarifications.confirmed_corrections(session, lot_id)
    bids = [
        OpenedBid(
            bid_id=BidId(bid.id),
            bidder_name=names[bid.bidder_id],
            price=SEALED if row.price_units is None else row.price_units,
            corrected_price=corrected.get(bid.id),
            received_at=write_time(bid.received_at),
            answers=stated_answers(asked, read_announced(row.bid_json, scale).answers),
        )
        for row, bid in rows
    ]
    return tuple(sorted(bids, key=lambda bid: bid.bid_id))


def bid_contents(session: Session, tender_id: str, bid_id: str) -> tuple[bytes, list[dict[str, str]]]:
    """The archive of an opened bid, by digest, and the files in it; raises NotFound."""
    for row, bid in tenders.opened_bids(session, tender_id):
        if bid.id == bid_id and row.contents_digest is not None:
            return row.contents_digest, [{key: str(value) for key, value in one.items()} for one in row.files]
    raise NotFound(what="opened bid", id=bid_id)


def seats(session: Session, tender_id: str) -> tuple[str, ...]:
    """The seats of the panel; empty before the draw."""
    return tuple(seat.seat for seat, _ in experts.panel(session, tender_id))


def votes(session: Session, lot_id: str) -> tuple[Vote, ...]:
    """Every compliance vote of a lot."""
    # As values, not as records: every save of a sheet reads them all.
    columns = select_values(VOTES.c.seat, VOTES.c.bid_id, VOTES.c.check_id, VOTES.c.passed, VOTES.c.reason)
    rows = session.connection().execute(columns.where(VOTES.c.lot_id == lot_id))
    return tuple(Vote(seat, BidId(bid), check, passed, reason) for seat, bid, check, passed, reason in rows)


def ballot(session: Session, lot_id: str, seat: str, *, lock: bool = False) -> BallotRecord | None:
    """One member's verdicts on a lot, draft or handed in."""
    found = select(BallotRecord).where(BallotRecord.lot_id == lot_id, BallotRecord.seat == seat)
    return session.exec(found.with_for_update() if lock else found).one_or_none()


def votes_of_seat(session: Session, lot_id: str, seat: str) -> list[VoteRecord]:
    """What one member handed in on a lot."""
    found = select(VoteRecord).where(VoteRecord.lot_id == lot_id, VoteRecord.seat == seat)
    return list(session.exec(found.order_by(col(VoteRecord.bid_id), col(VoteRecord.check_id))))


def find_screening(session: Session, tender_id: str, lot_id: str) -> Screening | None:
    """The outcome of the compliance review of a lot; None until every member has voted on everything."""
    rules, bids = rulebook(session, tender_id, lot_id), opened_bids(session, tender_id, lot_id)
    cast = votes(session, lot_id)
    members = seats(session, tender_id)
    if not members or len(cast) < len(members) * len(bids) * len(rules.checks):
        return None
    sealed = stages.prices_are_sealed(session, tender_id)
    return screen(rules, bids, cast, prices_come_later=sealed)


def sheet(session: Session, bid_id: str, seat: str, *, lock: bool = False) -> SheetRecord | None:
    """One member's sheet for one bid, if it was begun."""
    found = select(SheetRecord).where(SheetRecord.bid_id == bid_id, SheetRecord.seat == seat)
    return session.exec(found.with_for_update() if lock else found).one_or_none()


def sheets(session: Session, lot_id: str, *, signed_only: bool = False) -> list[SheetRecord]:
    """The sheets of a lot, by bid and seat."""
    found = select(SheetRecord).where(SheetRecord.lot_id == lot_id)
    if signed_only:
        found = found.where(col(SheetRecord.signed_at).is_not(None))
    return list(session.exec(found.order_by(col(SheetRecord.bid_id), col(SheetRecord.seat))))


def sheet_value(rules: Rulebook, record: SheetRecord) -> Sheet:
    """A sheet as the rules see it."""
    return read_sheet(rules, record.seat, BidId(record.bid_id), record.points)


@dataclass(frozen=True)
class Progress:
    """How far the panel is with one lot; sheets are counted over the accepted bids."""

    seats: int
    votes_missing: int
    sheets_missing: int | None
    """None while the compliance review is not over"""
    questions_open: int = 0
    """clarifications that the panel has not settled"""

    @property
    def is_complete(self) -> bool:
        """Whether the lot can be ranked."""
        return self.sheets_missing == 0 and self.questions_open == 0


def progress(session: Session, tender_id: str, lot_id: str) -> Progress:
    """What is still missing before a lot can be ranked."""
    members = seats(session, tender_id)
    rules, bids = rulebook(session, tender_id, lot_id), opened_bids(session, tender_id, lot_id)
    questions = len(clarifications.unsettled(session, lot_id))
    missing_votes = len(members) * len(bids) * len(rules.checks) - len(votes(session, lot_id))
    outcome = find_screening(session, tender_id, lot_id)
    if outcome is None:
        return Progress(len(members), missing_votes, None, questions)
    wanted = len(members) * len(outcome.accepted) if rules.expert_criteria else 0
    signed = len(_counting_sheets(session, lot_id, outcome)) if wanted else 0
    return Progress(len(members), 0, wanted - signed, questions)


def scores_are_complete(session: Session, tender_id: str) -> bool:
    """Whether the panel has a chair, and no vote, sheet or settled question is missing in any lot."""
    if panel.find_chair(session, tender_id) is None:
        return False
    return all(progress(session, tender_id, lot.id).is_complete for lot in tenders.lots(session, tender_id))


def may_be_ranked(session: Session, tender_id: str) -> bool:
    """Whether nothing is missing, no draw either; prices that opened after the scores were looked through."""
    if stages.stays_sealed(session, tender_id) and not panel.prices_were_reviewed(session, tender_id):
        return False
    return scores_are_complete(session, tender_id) and not any(
        lacks_draw(session, tender_id, lot.id) for lot in tenders.lots(session, tender_id)
    )


def may_be_locked(session: Session, tender_id: str) -> bool:
    """Whether the scores are complete while the prices are sealed and wait for their lock."""
    return (
        stages.prices_are_sealed(session, tender_id)
        and stages.score_lock(session, tender_id) is None
        and scores_are_complete(session, tender_id)
    )


def lacks_draw(session: Session, tender_id: str, lot_id: str) -> bool:
    """Whether coefficients or samples of a lot have to be drawn before it can be ranked."""
    return draws.lacks_formula_draw(session, evaluation_case(session, tender_id, lot_id))


def _counting_sheets(session: Session, lot_id: str, outcome: Screening | None) -> list[SheetRecord]:
    """The signed sheets of accepted bids; a bid may have been rejected after it was scored, by a re-opened review."""
    accepted = {bid.bid_id for bid in outcome.accepted} if outcome else set()
    return [row for row in sheets(session, lot_id, signed_only=True) if row.bid_id in accepted]


def evaluation_case(session: Session, tender_id: str, lot_id: str) -> EvaluationCase:
    """Everything the ranking of a lot depends on; only signed sheets of accepted bids count."""
    rules = rulebook(session, tender_id, lot_id)
    signed = _counting_sheets(session, lot_id, find_screening(session, tender_id, lot_id))
    bids = opened_bids(session, tender_id, lot_id)
    return EvaluationCase(
        tender_id=TenderId(tender_id),
        lot_id=LotId(lot_id),
        rulebook=rules,
        bids=bids,
        votes=votes(session, lot_id),
        sheets=tuple(sheet_value(rules, row) for row in signed),
    )


def find_ranking(session: Session, lot_id: str) -> RankingRecord | None:
    """The ranking of a lot, once it exists."""
    return session.get(RankingRecord, lot_id)


def found_ranking(session: Session, lot_id: str) -> Ranking | None:
    """The ranking of a lot as a value, computed again from its case; None before it exists."""
    record = find_ranking(session, lot_id)
    return evaluate(read_case(record.case)) if record is not None else None


def rankings(session: Session, tender_id: str) -> Sequence[RankingRecord]:
    """The rankings of a tender in the order of its lots."""
    found = (find_ranking(session, lot.id) for lot in tenders.lots(session, tender_id))
    return [record for record in found if record is not None]


def report(session: Session, tender_id: str, form: str) -> ReportRecord:
    """One form of the report; raises NotFound until it was made."""
    record = session.get(ReportRecord, (tender_id, form))
    if record is None:
        raise NotFound(what=f"report {form} of tender", id=tender_id)
    return record


def reports(session: Session, tender_id: str) -> list[ReportRecord]:
    """The forms of the report that were made."""
    found = select(ReportRecord).where(ReportRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(ReportRecord.form))))


def lot_results(session: Session, tender_id: str) -> tuple[LotResult, ...]:
    """Every ranked lot, computed again from its published case."""
    titles = {lot.id: (lot.number, lot.title) for lot in tenders.lots(session, tender_id)}
    results = []
    for record in rankings(session, tender_id):
        case = read_case(record.case)
        results.append(LotResult(record.lot_id, *titles[record.lot_id], case, evaluate(case)))
    return tuple(results)

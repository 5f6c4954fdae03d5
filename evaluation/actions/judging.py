"""What the panel does: vote on compliance, score, sign; what follows: ranking and report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from evaluation.case import case_digest, write_case
from evaluation.compliance import OpenedBid, Vote, check_votes
from evaluation.evaluate import evaluate
from evaluation.queries import judging as queries
from evaluation.records.judging import RankingRecord, ReportRecord, SheetRecord, VoteRecord
from evaluation.result import Ranking, ranking_digest, write_ranking
from evaluation.sheets import check_sheet, read_sheet, write_sheet_points
from expert_pool import queries as experts
from kernel.errors import ChangedMeanwhile, NotFound, Refused, WrongStage
from kernel.ids import BidId
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject
from tender import queries as tenders
from tender.actions.evaluated import mark_evaluated
from tender.lifecycle import Move, Stage


@dataclass(frozen=True)
class CastVote:
    """A verdict as a member hands it in."""

    bid_id: str
    check_id: str
    passed: bool
    reason: str = ""


def hand_in_votes(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    lot_id: str,
    votes: Sequence[CastVote],
    now: datetime,
) -> None:
    """Take a member's verdicts on every check of every bid of a lot, all at once; they are final.

    Raises:
        BadInput: a verdict is missing, doubled, unknown, or fails without a reason.
        Refused: the member has voted before.
    """
    seat = _take_seat(session, actor, tender_id)
    rules, bids = queries.rulebook(session, tender_id), _bids_of_lot(session, tender_id, lot_id)
    if any(vote.member == seat for vote in queries.votes(session, lot_id)):
        raise Refused(rule="one-vote", why="your verdicts on this lot were already handed in")
    cast = [Vote(seat, BidId(v.bid_id), v.check_id, v.passed, v.reason) for v in votes]
    check_votes(rules, bids, cast, {seat})
    for vote in cast:
        row = VoteRecord(
            bid_id=vote.bid_id,
            check_id=vote.check_id,
            seat=seat,
            lot_id=lot_id,
            passed=vote.passed,
            reason=vote.reason.strip(),
            voted_at=now,
        )
        session.add(row)
    session.flush()
    body: list[JsonValue] = [[v.bid_id, v.check_id, v.passed, v.reason.strip()] for v in cast]
    data: dict[str, JsonValue] = {"seat": seat, "votes": sha256(canonical(sorted(body, key=str))).hexdigest()}
    audit_log.append(session, Fact("compliance.voted", lot_id, tender_id, data), now)
    _rank_when_complete(session, tender_id, now)


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
    seat = _take_seat(session, actor, tender_id)
    lot_id = _lot_of_accepted_bid(session, tender_id, bid_id)
    rules = queries.rulebook(session, tender_id)
    read = write_sheet_points(rules, read_sheet(rules, seat, BidId(bid_id), points))
    record = queries.sheet(session, bid_id, seat, lock=True)
    if (record.version if record else 0) != version:
        raise ChangedMeanwhile()
    if record is None:
        record = SheetRecord(bid_id=bid_id, seat=seat, lot_id=lot_id, version=0, points={}, saved_at=now)
    _check_unsigned(record)
    record.points = {id: str(text) for id, text in read.items()}
    record.version, record.saved_at = version + 1, now
    session.add(record)
    session.flush()
    return record


def sign_sheet(
    session: Session, *, actor: Actor, tender_id: str, bid_id: str, version: int, now: datetime
) -> SheetRecord:
    """Sign a complete sheet; from now on nobody can change it. The last one of all asks for the ranking.

    Raises:
        BadSheet: points are missing.
        ChangedMeanwhile: the draft is not the one that the member has read.
    """
    seat = _take_seat(session, actor, tender_id)
    record = queries.sheet(session, bid_id, seat, lock=True)
    if record is None:
        raise NotFound(what="sheet for bid", id=bid_id)
    if record.version != version:
        raise ChangedMeanwhile()
    _check_unsigned(record)
    rules = queries.rulebook(session, tender_id)
    check_sheet(rules, queries.sheet_value(rules, record))
    record.signed_at = now
    session.add(record)
    session.flush()
    digest = sha256(canonical({"bid_id": bid_id, "member": seat, "points": record.points})).hexdigest()
    data: dict[str, JsonValue] = {"seat": seat, "sheet": digest}
    audit_log.append(session, Fact("sheet.signed", bid_id, tender_id, data), now)
    _rank_when_complete(session, tender_id, now)
    return record


def score_and_rank(session: Session, *, tender_id: str, now: datetime) -> list[Ranking]:
    """Evaluate every lot of a tender and record the results; nothing happens when that was done before.

    Raises:
        Refused: votes or sheets are missing.
    """
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage == Stage.EVALUATED:
        return []
    lots = tenders.lots(session, tender_id)
    for lot in lots:
        if not queries.progress(session, tender_id, lot.id).is_complete:
            raise Refused(rule="all-signed", why=f"votes or signed sheets are missing in lot {lot.number}")
    made = [_rank_lot(session, tender_id, lot.id, now) for lot in lots]
    digests: dict[str, JsonValue] = {ranking.lot_id: ranking_digest(ranking) for ranking in made}
    digest = sha256(canonical(digests)).hexdigest()
    mark_evaluated(session, tender_id=tender_id, ranking_digest=digest, now=now)
    outbox.enqueue(session, "make_report", {"tender_id": tender_id}, now=now)
    return made


def keep_report(
    session: Session, *, tender_id: str, forms: Mapping[str, StoredObject], now: datetime
) -> None:
    """Record the report's forms, which lie in the object store; a repeated job changes nothing."""
    if session.get(ReportRecord, (tender_id, min(forms))) is not None:
        return
    for form, stored in forms.items():
        row = ReportRecord(
            tender_id=tender_id, form=form, digest=stored.digest, size=stored.size, made_at=now
        )
        session.add(row)
    data: dict[str, JsonValue] = {form: stored.digest.hex() for form, stored in sorted(forms.items())}
    audit_log.append(session, Fact("report.made", tender_id, tender_id, data), now)


def _rank_lot(session: Session, tender_id: str, lot_id: str, now: datetime) -> Ranking:
    case = queries.evaluation_case(session, tender_id, lot_id)
    ranking = evaluate(case)
    session.add(
        RankingRecord(
            lot_id=lot_id,
            tender_id=tender_id,
            case=write_case(case),
            case_digest=case_digest(case),
            body=write_ranking(ranking),
            digest=ranking_digest(ranking),
            ranked_at=now,
        )
    )
    data: dict[str, JsonValue] = {"case": ranking.case_digest, "ranking": ranking_digest(ranking)}
    audit_log.append(session, Fact("lot.ranked", lot_id, tender_id, data), now)
    return ranking


def _rank_when_complete(session: Session, tender_id: str, now: datetime) -> None:
    lots = tenders.lots(session, tender_id)
    if all(queries.progress(session, tender_id, lot.id).is_complete for lot in lots):
        outbox.enqueue(session, "score_and_rank", {"tender_id": tender_id}, now=now)


def _take_seat(session: Session, actor: Actor, tender_id: str) -> str:
    """The actor's seat, with the tender locked, so that the last of several signatures is the last."""
    actor.require(Duty.EXPERT)
    seat = experts.seat_of(session, tender_id, actor.person_id)
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage != Stage.OPENED:
        raise WrongStage(move=Move.RANK, stage=tender.stage)
    return seat


def _bids_of_lot(session: Session, tender_id: str, lot_id: str) -> tuple[OpenedBid, ...]:
    if lot_id not in {lot.id for lot in tenders.lots(session, tender_id)}:
        raise NotFound(what="lot", id=lot_id)
    return queries.opened_bids(session, tender_id, lot_id)


def _lot_of_accepted_bid(session: Session, tender_id: str, bid_id: str) -> str:
    """The lot of a bid that may be scored."""
    bid = tenders.bid(session, bid_id)
    if bid.tender_id != tender_id:
        raise NotFound(what="bid", id=bid_id)
    screening = queries.find_screening(session, tender_id, bid.lot_id)
    if screening is None:
        raise Refused(rule="compliance-first", why="not every member has voted on compliance yet")
    if bid_id not in {accepted.bid_id for accepted in screening.accepted}:
        raise Refused(rule="accepted-only", why="the panel rejected this bid, so it is not scored")
    return bid.lot_id


def _check_unsigned(record: SheetRecord) -> None:
    if record.signed_at is not None:
        raise Refused(rule="signed-is-final", why="this sheet was signed; nobody can change it")

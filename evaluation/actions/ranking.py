"""What follows the panel's work: the ranking with its case, put aside with its report by a re-opening."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from crypto.canonical import JsonValue, canonical
from evaluation.actions.earlier import REOPENED
from evaluation.case import case_digest, write_case
from evaluation.drawing import ties_that_matter
from evaluation.evaluate import evaluate
from evaluation.queries import draws
from evaluation.queries import judging as queries
from evaluation.records.judging import RankingRecord
from evaluation.records.panel import EarlierWorkRecord
from evaluation.result import Ranking, ranking_digest, write_ranking
from expert_pool.actions.disclosure import open_published
from kernel.errors import Refused
from kernel.ids import new_id
from storage import audit_log, outbox
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.evaluated import mark_evaluated, mark_ranked_again, mark_reopened
from tender.lifecycle import Stage


def rank_when_complete(session: Session, tender_id: str, now: datetime) -> None:
    """Ask for the ranking, or for the lock of the scores while prices are sealed, once nothing is missing."""
    if queries.may_be_ranked(session, tender_id) or queries.may_be_locked(session, tender_id):
        outbox.enqueue(session, "score_and_rank", {"tender_id": tender_id}, now=now)


def rank_if_complete(session: Session, *, tender_id: str, now: datetime) -> list[Ranking]:
    """Rank, unless a step was opened again since the ranking was asked for: then the next last act asks anew."""
    tenders.tender(session, tender_id, lock=True)
    if not queries.may_be_ranked(session, tender_id):
        return []
    return score_and_rank(session, tender_id=tender_id, now=now)


def score_and_rank(session: Session, *, tender_id: str, now: datetime) -> list[Ranking]:
    """Evaluate every lot of a tender and record the results; nothing happens when that was done before.

    A lot with equal bids at places of candidates waits for their draw: the report is asked for after it.

    Raises:
        Refused: votes, sheets or a draw are missing.
    """
    tender = tenders.tender(session, tender_id, lock=True)
    if tender.stage == Stage.EVALUATED:
        return []
    lots = tenders.lots(session, tender_id)
    for lot in lots:
        if not queries.progress(session, tender_id, lot.id).is_complete:
            raise Refused(rule="all-signed", why=f"votes or signed sheets are missing in lot {lot.number}")
        if queries.lacks_draw(session, tender_id, lot.id):
            why = f"coefficients or samples of lot {lot.number} are not drawn yet"
            raise Refused(rule="evaluation draw", why=why)
    made = [_rank_lot(session, tender_id, lot.id, now) for lot in lots]
    digest = rankings_digest({ranking.lot_id: ranking_digest(ranking) for ranking in made})
    mark_evaluated(session, tender_id=tender_id, ranking_digest=digest, now=now)
    open_published(session, tender_id)
    if not any(ties_that_matter(ranking) for ranking in made):
        outbox.enqueue(session, "make_report", {"tender_id": tender_id, "ranking": digest}, now=now)
    return made


def rank_again(session: Session, tender_id: str, lot_id: str, now: datetime) -> None:
    """Rank a lot with the order that a draw gave to equal bids; the last such lot lets the report be made."""
    session.delete(session.get_one(RankingRecord, lot_id))
    session.flush()
    _rank_lot(session, tender_id, lot_id, now)
    found = [queries.found_ranking(session, lot.id) for lot in tenders.lots(session, tender_id)]
    if any(ranking is None or ties_that_matter(ranking) for ranking in found):
        return
    digests = {record.lot_id: record.digest for record in queries.rankings(session, tender_id)}
    digest = rankings_digest(digests)
    mark_ranked_again(session, tender_id=tender_id, ranking_digest=digest, now=now)
    outbox.enqueue(session, "make_findings", {"tender_id": tender_id}, now=now)
    outbox.enqueue(session, "make_report", {"tender_id": tender_id, "ranking": digest}, now=now)


def rankings_digest(digests: Mapping[str, str]) -> str:
    """The digest over the rankings of all lots, by lot."""
    return sha256(canonical(dict(digests))).hexdigest()


def void_ranking(session: Session, tender_id: str, cause_id: str, now: datetime) -> None:
    """Put the rankings and the report of a tender aside, whole, and take it back into evaluation."""
    rankings, reports = queries.rankings(session, tender_id), queries.reports(session, tender_id)
    digests = {record.lot_id: record.digest for record in rankings}
    common: dict[str, Any] = {
        "tender_id": tender_id,
        "cause": REOPENED,
        "cause_id": cause_id,
        "ended_at": now,
    }
    for record in rankings:
        body = {"case": record.case, "ranking": record.body}
        session.add(
            EarlierWorkRecord(
                id=new_id(),
                lot_id=record.lot_id,
                kind="ranking",
                body=body,
                digest=record.digest,
                final_at=record.ranked_at,
                **common,
            )
        )
        session.delete(record)
    for report in reports:
        session.add(
            EarlierWorkRecord(
                id=new_id(),
                kind="report",
                body={"form": report.form, "size": report.size},
                digest=report.digest.hex(),
                final_at=report.made_at,
                **common,
            )
        )
        session.delete(report)
    session.flush()
    mark_reopened(session, tender_id=tender_id, ranking_digest=rankings_digest(digests), now=now)


def _rank_lot(session: Session, tender_id: str, lot_id: str, now: datetime) -> Ranking:
    case = draws.drawn_case(session, queries.evaluation_case(session, tender_id, lot_id))
    ranking = evaluate(case)
    if settled := draws.settled_case(session, case, ranking):
        case, ranking = settled, evaluate(settled)
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

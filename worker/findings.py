"""Looking at ranked lots once more: slow, so outside any transaction."""

from datetime import datetime

from evaluation.actions import findings as actions
from evaluation.findings.lot_findings import Reason, make_lot_findings
from evaluation.queries import findings as queries
from evaluation.queries import judging
from storage.adapters import Adapters
from storage.database import Session
from worker.jobs import Payload


def make_findings(adapters: Adapters, payload: Payload, now: datetime) -> dict[str, actions.MadeFindings]:
    """Agreement, influence, robustness, low prices and explained figures of every ranked lot."""
    tender_id = str(payload["tender_id"])
    with adapters.database.reading() as session:
        digests = {record.lot_id: record.digest for record in judging.rankings(session, tender_id)}
        results = judging.lot_results(session, tender_id)
        reasons = {
            lot.lot_id: [
                Reason(row.seat, row.bid_id, row.level, row.target, row.reason)
                for row in queries.flagged(session, lot.lot_id)
            ]
            for lot in results
        }
    return {
        lot.lot_id: actions.MadeFindings(
            digests[lot.lot_id], make_lot_findings(lot.case, lot.ranking, reasons[lot.lot_id])
        )
        for lot in results
    }


def keep_findings(
    session: Session,
    adapters: Adapters,
    payload: Payload,
    made: dict[str, actions.MadeFindings],
    now: datetime,
) -> None:
    """Keep them beside the rankings that they are about."""
    actions.keep_findings(session, tender_id=str(payload["tender_id"]), lots=made, now=now)

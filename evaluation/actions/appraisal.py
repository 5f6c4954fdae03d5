"""The system's side of 一标一评: what the platform itself saw of each member, counted when the signing is over."""

from collections import Counter, defaultdict
from datetime import datetime

from sqlmodel import Session

from evaluation.actions.absence import CONFIRMED
from evaluation.queries import findings
from evaluation.queries import panel as panels
from evaluation.queries import report as reports
from expert_pool import queries as experts
from expert_pool.actions.appraisals import appraise_by_system
from expert_pool.call_rules import DECLINED, is_late
from expert_pool.queries.calls import calls
from tender import queries as tenders

CONVENIENCE = ("busy", "other")


def appraise_panel(session: Session, *, tender_id: str, now: datetime) -> int:
    """Appraise every seat that the panel ever had; repeatable. Returns how many appraisals were added."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for seat, _ in experts.all_seats(session, tender_id):
        counts[seat.seat].update({})
    for call in calls(session, tender_id):
        # Who is ill or says that they have a tie does what they ought to: only a refusal for convenience counts.
        if call.state == DECLINED and call.reason in CONVENIENCE:
            counts[call.seat]["declined"] = 1
        if is_late(call.checked_in_at, call.arrive_by):
            counts[call.seat]["late_arrival"] = 1
    for absence in panels.absences(session, tender_id):
        if absence.state == CONFIRMED and absence.cause == "absent":
            counts[absence.seat]["absent"] = 1
    for lot in tenders.lots(session, tender_id):
        for outlier in findings.all_outliers(session, lot.id):
            if outlier.is_current:
                counts[outlier.seat]["deviation"] += 1
                counts[outlier.seat]["unexplained"] += not outlier.reason
    signing = reports.find_signing(session, tender_id)
    if signing is not None:
        decided = reports.signatures(session, tender_id, signing.report)
        for seat, _ in experts.panel(session, tender_id):
            counts[seat.seat]["unsigned"] = seat.seat not in decided
    return appraise_by_system(session, tender_id=tender_id, counts=counts, now=now)

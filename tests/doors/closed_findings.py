"""The routes of findings: what each takes and who may use it, and the area of their pages."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

READERS = (Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)

FINDINGS: list[Route] = [
    route("GET /api/tenders/{tender_id}/own-outliers", Scope.EVALUATE, Duty.EXPERT),
    route(
        "PUT /api/tenders/{tender_id}/outliers/{outlier_id}/reason",
        Scope.EVALUATE,
        Duty.EXPERT,
        body={"reason": "The plan lacks the bridge."},
    ),
    route("GET /api/tenders/{tender_id}/lots/{lot_id}/low-prices", Scope.EVALUATE, *READERS),
    route("GET /api/tenders/{tender_id}/findings", Scope.EVALUATE, *READERS),
]
FINDING_AREAS = {"findings": set(READERS)}
FINDING_IDS = {"outlier_id": "none"}

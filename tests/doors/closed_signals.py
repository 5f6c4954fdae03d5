"""The routes of signals of collusion: what each takes and who may use it, and the area of their pages."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

READERS = (Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
TEXT = "an explanation of ten characters"

SIGNALS: list[Route] = [
    route("GET /api/tenders/{tender_id}/lots/{lot_id}/signals", Scope.EVALUATE, *READERS),
    route("POST /api/signals/{signal_id}/comments", Scope.EVALUATE, Duty.EXPERT, body={"text": TEXT}),
    route(
        "POST /api/signals/{signal_id}/disposal",
        Scope.SUPERVISE,
        Duty.SUPERVISOR,
        body={"outcome": "dismissed", "reason": TEXT},
    ),
]
SIGNAL_AREAS = {"signals": set(READERS)}
SIGNAL_IDS = {"signal_id": "none"}

"""The routes of the blind step: what each takes and who may use it."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

BLIND_IDS = {"label": "1"}
LABEL = "/api/tenders/{tender_id}/lots/{lot_id}/blind-parts/{label}"
BLIND: list[Route] = [
    route(
        "GET /api/tenders/{tender_id}/blind-parts",
        Scope.EVALUATE,
        Duty.EXPERT,
        Duty.TENDER_OFFICE,
        Duty.SUPERVISOR,
    ),
    route(f"GET {LABEL}/text", Scope.EVALUATE, Duty.EXPERT),
    route(
        f"PUT {LABEL}/sheet",
        Scope.EVALUATE,
        Duty.EXPERT,
        body={"points": {}},
        headers={"If-Match": '"0"'},
    ),
    route(
        "POST /api/tenders/{tender_id}/lots/{lot_id}/blind-signatures",
        Scope.EVALUATE,
        Duty.EXPERT,
        body={"versions": {"1": 1}},
    ),
]

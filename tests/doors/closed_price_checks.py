"""The routes of the price checks: what each takes and who may use it, and the area of their page."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

READERS = (Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)

PRICE_CHECKS: list[Route] = [
    route("GET /api/tenders/{tender_id}/price-checks", Scope.EVALUATE, *READERS),
    route(
        "POST /api/tenders/{tender_id}/bids/{bid_id}/price-correction",
        Scope.EVALUATE,
        Duty.EXPERT,
        body={"text": "Do you confirm?"},
    ),
]
PRICE_CHECK_AREAS = {"price-checks": set(READERS)}

"""The routes of openings that fail or need the bidder too: what each takes and who may use it."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

FAILURE = {"failing": "openers", "reason": "two lost their keys"}

OPENINGS: list[Route] = [
    route("GET /api/tenders/{tender_id}/own-envelopes", Scope.BID, Duty.BIDDER),
    route("POST /api/tenders/{tender_id}/own-secrets", Scope.BID, Duty.BIDDER, body={}),
    route("GET /api/tenders/{tender_id}/opening-failures", Scope.READ, Duty.TENDER_OFFICE, Duty.SUPERVISOR),
    route("POST /api/tenders/{tender_id}/opening-failures", Scope.OFFICE, Duty.TENDER_OFFICE, body=FAILURE),
    route("POST /api/opening-failures/{failure_id}/confirmation", Scope.SUPERVISE, Duty.SUPERVISOR),
]
OPENING_AREAS = {"opening-failures": {Duty.TENDER_OFFICE, Duty.SUPERVISOR}}
OPENING_IDS = {"failure_id": "none"}
OPENINGS_WITHOUT_KEY = {
    "POST /api/opening-failures/{failure_id}/confirmation": "a failure is confirmed once",
}

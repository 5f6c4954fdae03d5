"""The closed routes of the API: what each takes and who may use it."""

from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import b64
from tests.doors.closed_blind import BLIND
from tests.doors.closed_cases import CASES
from tests.doors.closed_catalogue import CATALOGUE_CLOSED
from tests.doors.closed_ceremony import CEREMONY
from tests.doors.closed_findings import FINDINGS
from tests.doors.closed_openings import OPENINGS
from tests.doors.closed_panel import PANEL
from tests.doors.closed_passkeys import PASSKEYS
from tests.doors.closed_pool import POOL
from tests.doors.closed_price_checks import PRICE_CHECKS
from tests.doors.closed_rulebooks import RULEBOOKS
from tests.doors.closed_signals import SIGNALS
from tests.doors.closed_supervision import SUPERVISION
from tests.doors.closed_uploads import UPLOADS
from tests.doors.route import Route, route
from tests.evaluation.cases import rulebook_data

__all__ = ["CLOSED", "TEXT", "Route"]

IF_MATCH = {"If-Match": '"0"'}
DRAFT: dict[str, Any] = {"reference": "T-2"}
TEXT = {"text": "Is the price to include taxes?"}
TIMETABLE = {"questions_until": "2026-12-01T00:00:00Z", "closes_at": "2027-01-10T00:00:00Z"}
GROUPS = [{"id": "g", "name": {"en": "g"}, "quota": 5, "specialties": ["A08"]}]
PERSON = {"name": "P", "sign_in": "newcomer", "password": "long enough words", "duties": ["bidder"]}
NOTICE = {"notice_no": "Flood order 3", "days": [{"date": "2026-12-07", "working": False}]}
ANY = tuple(Duty)

CLOSED = [
    route("GET /api/me", None, *ANY),
    route("PUT /api/me/password", None, *ANY, body={"old": "not the password", "new": "another password"}),
    route("GET /api/organisations", Scope.ADMIN, Duty.OPERATOR, query="?name=Operator"),
    route("POST /api/organisations", Scope.ADMIN, Duty.OPERATOR, body={"name": "New Ltd"}),
    route("GET /api/people", Scope.ADMIN, Duty.OPERATOR),
    route("POST /api/people", Scope.ADMIN, Duty.OPERATOR, body={**PERSON, "organisation_id": "none"}),
    route("POST /api/signing-keys", Scope.BID, Duty.BIDDER, body={"public": b64(bytes(range(32)))}),
    route("POST /api/tenders", Scope.OFFICE, Duty.TENDER_OFFICE, body=DRAFT),
    route("PUT /api/tenders/{tender_id}", Scope.OFFICE, Duty.TENDER_OFFICE, body=DRAFT, headers=IF_MATCH),
    route("PUT /api/tenders/{tender_id}/rulebook", Scope.OFFICE, Duty.TENDER_OFFICE, body=rulebook_data()),
    route("GET /api/tenders/{tender_id}/missing", Scope.OFFICE, Duty.TENDER_OFFICE),
    route("POST /api/tenders/{tender_id}/publish", Scope.OFFICE, Duty.TENDER_OFFICE),
    route(
        "POST /api/tenders/{tender_id}/amendments",
        Scope.OFFICE,
        Duty.TENDER_OFFICE,
        body={"changes": "later", "timetable": TIMETABLE},
    ),
    route(
        "POST /api/tenders/{tender_id}/documents",
        Scope.OFFICE,
        Duty.TENDER_OFFICE,
        body=b"terms",
        query="?name=terms.txt",
    ),
    route("POST /api/tenders/{tender_id}/questions", Scope.BID, Duty.BIDDER, body=TEXT),
    route("POST /api/questions/{question_id}/answer", Scope.OFFICE, Duty.TENDER_OFFICE, body=TEXT),
    route("POST /api/tenders/{tender_id}/opener-key", Scope.OPEN, Duty.OPENER, body={"statement": {}}),
    route("POST /api/tenders/{tender_id}/rehearsal", Scope.OPEN, Duty.OPENER, body={"answer": "AAAA"}),
    route("POST /api/tenders/{tender_id}/lots/{lot_id}/bids", Scope.BID, Duty.BIDDER, body="bid"),
    route("GET /api/tenders/{tender_id}/bids", Scope.BID, Duty.BIDDER),
    route("GET /api/bids/{bid_id}/receipt", Scope.BID, Duty.BIDDER),
    route("GET /api/bids/{bid_id}/tokens", Scope.BID, Duty.BIDDER),
    route("POST /api/bids/{bid_id}/withdrawal", Scope.BID, Duty.BIDDER),
    route("GET /api/bids/{bid_id}/envelope", Scope.READ, Duty.BIDDER),
    route("GET /api/tenders/{tender_id}/closing", Scope.OPEN, Duty.OPENER),
    route(
        "POST /api/tenders/{tender_id}/releases",
        Scope.OPEN,
        Duty.OPENER,
        body={"statement": {}, "shares": {}},
    ),
    route("GET /api/experts", Scope.DRAW, Duty.POOL_MANAGER, Duty.SUPERVISOR),
    route("PUT /api/experts", Scope.DRAW, Duty.POOL_MANAGER, body={"experts": []}),
    route("POST /api/tenders/{tender_id}/draw", Scope.DRAW, Duty.TENDER_OFFICE, body={"groups": GROUPS}),
    route("POST /api/tenders/{tender_id}/draw-rounds", Scope.DRAW, Duty.TENDER_OFFICE, body={}),
    route("POST /api/tenders/{tender_id}/call-out", Scope.DRAW, Duty.POOL_MANAGER),
    route("GET /api/my-seats", Scope.EVALUATE, Duty.EXPERT),
    route(
        "GET /api/tenders/{tender_id}/evaluation",
        Scope.EVALUATE,
        Duty.EXPERT,
        Duty.TENDER_OFFICE,
        Duty.SUPERVISOR,
    ),
    route(
        "POST /api/tenders/{tender_id}/lots/{lot_id}/votes", Scope.EVALUATE, Duty.EXPERT, body={"votes": []}
    ),
    route(
        "GET /api/tenders/{tender_id}/bids/{bid_id}/files",
        Scope.EVALUATE,
        Duty.EXPERT,
        Duty.TENDER_OFFICE,
        Duty.SUPERVISOR,
    ),
    route(
        "GET /api/tenders/{tender_id}/bids/{bid_id}/files/{number}",
        Scope.EVALUATE,
        Duty.EXPERT,
        Duty.TENDER_OFFICE,
        Duty.SUPERVISOR,
    ),
    route("GET /api/tenders/{tender_id}/bids/{bid_id}/sheet", Scope.EVALUATE, Duty.EXPERT),
    route(
        "PUT /api/tenders/{tender_id}/bids/{bid_id}/sheet",
        Scope.EVALUATE,
        Duty.EXPERT,
        body={"points": {}},
        headers=IF_MATCH,
    ),
    route(
        "POST /api/tenders/{tender_id}/bids/{bid_id}/sheet/signature",
        Scope.EVALUATE,
        Duty.EXPERT,
        headers=IF_MATCH,
    ),
    route("POST /api/calendar", Scope.CENTRE, Duty.CENTRE_OFFICE, body=NOTICE),
    route("POST /api/claims", Scope.APPLY, Duty.APPLICANT, body={"number": "A", "code": "B"}),
    route("POST /api/cases/{case_id}/pre-check", Scope.APPLY, Duty.APPLICANT),
    route("POST /api/cases/{case_id}/confirmation", Scope.APPLY, Duty.APPLICANT),
    route("GET /api/tenders/{tender_id}/capsule-full.zip", Scope.READ, Duty.SUPERVISOR),
    *CATALOGUE_CLOSED,
    *CASES,
    *FINDINGS,
    *RULEBOOKS,
    *SIGNALS,
    *SUPERVISION,
    *PANEL,
    *OPENINGS,
    *PASSKEYS,
    *POOL,
    *CEREMONY,
    *PRICE_CHECKS,
    *BLIND,
    *UPLOADS,
]
"""Every closed route of the API, with a body that reaches its handler."""

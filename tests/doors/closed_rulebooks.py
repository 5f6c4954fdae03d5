"""The closed routes that look at a rulebook before it is published, and those that give a lot its own."""

from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import route
from tests.evaluation.cases import rulebook_data

BOOK: dict[str, Any] = {"ready_made": "eu-linear"}
OFFICE = (Scope.OFFICE, Duty.TENDER_OFFICE)

RULEBOOKS = [
    route("PUT /api/tenders/{tender_id}/lots/{number}/rulebook", *OFFICE, body=rulebook_data()),
    route("DELETE /api/tenders/{tender_id}/lots/{number}/rulebook", *OFFICE),
    route("GET /api/rulebooks", *OFFICE),
    route("POST /api/rulebooks/lint", *OFFICE, body=BOOK),
    route("POST /api/rulebooks/try", *OFFICE, body={**BOOK, "prices": "100, 95.5"}),
    route("POST /api/rulebooks/stress", *OFFICE, body={**BOOK, "honest": 2}),
]

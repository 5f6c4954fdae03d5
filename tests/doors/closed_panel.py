"""The closed routes of a panel at work: what each takes and who may use it."""

from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import route

READERS = (Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
CHAIR = {"round": 1, "choice": "seat-1"}
SHEET_AGAIN = {"step": "sheet", "bid": "none", "seat": "seat-1", "reason": "a slip of the pen"}
ABSENCE = {"seat": "seat-1", "cause": "ill", "reason": "in hospital since this morning"}
QUESTION = {"kind": "general", "text": "Which of the two dates holds?"}
RULING = {"ruling": "accepted", "reason": "it explains the plan"}
DRAFT: dict[str, Any] = {"votes": []}
OF_TENDER = "/api/tenders/{tender_id}"

PANEL = [
    route(f"GET {OF_TENDER}/panel-work", Scope.EVALUATE, *READERS),
    route(f"POST {OF_TENDER}/chair-votes", Scope.EVALUATE, Duty.EXPERT, body=CHAIR),
    route(f"POST {OF_TENDER}/reopenings", Scope.EVALUATE, Duty.EXPERT, Duty.SUPERVISOR, body=SHEET_AGAIN),
    route(f"GET {OF_TENDER}/earlier-work", Scope.EVALUATE, Duty.SUPERVISOR),
    route(f"POST {OF_TENDER}/absences", Scope.EVALUATE, Duty.TENDER_OFFICE, body=ABSENCE),
    route("POST /api/absences/{absence_id}/confirmation", Scope.EVALUATE, Duty.SUPERVISOR),
    route(
        "POST /api/absences/{absence_id}/refusal",
        Scope.EVALUATE,
        Duty.SUPERVISOR,
        body={"reason": "the member is here"},
    ),
    route(f"POST {OF_TENDER}/price-review", Scope.EVALUATE, Duty.EXPERT),
    route(f"POST {OF_TENDER}/dissent", Scope.EVALUATE, Duty.EXPERT, body={"text": "I do not agree."}),
    route(
        f"PUT {OF_TENDER}/lots/{{lot_id}}/votes",
        Scope.EVALUATE,
        Duty.EXPERT,
        body=DRAFT,
        headers={"If-Match": '"0"'},
    ),
    route(f"PUT {OF_TENDER}/lots/{{lot_id}}/sheets", Scope.EVALUATE, Duty.EXPERT, body={"sheets": {}}),
    route(f"POST {OF_TENDER}/lots/{{lot_id}}/signatures", Scope.EVALUATE, Duty.EXPERT, body={"versions": {}}),
    route(f"GET {OF_TENDER}/report-signatures", Scope.EVALUATE, *READERS),
    route(f"POST {OF_TENDER}/report-signatures", Scope.EVALUATE, Duty.EXPERT, body={"decision": "sign"}),
    route(f"POST {OF_TENDER}/lots/{{lot_id}}/evaluation-draws", Scope.EVALUATE, Duty.TENDER_OFFICE),
    route("POST /api/evaluation-draws/{draw_id}/draw", Scope.EVALUATE, Duty.TENDER_OFFICE),
    route(f"GET {OF_TENDER}/clarifications", Scope.EVALUATE, *READERS),
    route(f"GET {OF_TENDER}/my-clarifications", Scope.BID, Duty.BIDDER),
    route(f"POST {OF_TENDER}/bids/{{bid_id}}/clarifications", Scope.EVALUATE, Duty.EXPERT, body=QUESTION),
    route(
        "POST /api/clarifications/{clarification_id}/answer",
        Scope.BID,
        Duty.BIDDER,
        body={"text": "The first."},
    ),
    route("POST /api/clarifications/{clarification_id}/ruling", Scope.EVALUATE, Duty.EXPERT, body=RULING),
]
"""Every closed route of a panel at work, with a body that reaches its handler."""

PANEL_AREAS = {"panels": {Duty.TENDER_OFFICE, Duty.SUPERVISOR}}
"""Pages of a panel for those who do not sit on it."""
PANEL_IDS = {"absence_id": "none", "clarification_id": "none"}

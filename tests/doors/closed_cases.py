"""The closed routes of cases, projects, fees and the window: what each takes and who may use it."""

from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

APPLICANT: dict[str, Any] = {"name": "A", "identity": "CREDIT001"}
WATCHERS = (Duty.SUPERVISOR, Duty.AUDITOR, Duty.CENTRE_OFFICE)
PAPER = b"%PDF-1.7 a paper"
PROJECT = {**APPLICANT, "title": "P", "lead": "none", "site": "city", "items": ["X", "Y"]}
MEETING = {"kind": "joint_review", "cases": ["none"], "departments": ["none"], "held_on": "2027-01-10"}
HOP = {"what": "papers", "from_code": "county", "to_code": "city"}
PAYMENT = {"bill": "none", "reference": "R", "amount_fen": 1}
PEER = {"name": "outer", "sign_public": "", "seal_public": ""}
WINDOW = (Scope.WINDOW, Duty.WINDOW_STAFF)

CASES: list[Route] = [
    route(
        "POST /api/cases",
        Scope.APPLY,
        Duty.APPLICANT,
        body={**APPLICANT, "item": "none", "channel": "online"},
    ),
    route("GET /api/cases", Scope.READ, *Duty),
    route("GET /api/cases/{case_id}", Scope.READ, *WATCHERS),
    route("POST /api/cases/{case_id}/acts", *WINDOW, Duty.CENTRE_OFFICE, body={"act": "accept"}),
    route("POST /api/cases/{case_id}/materials", *WINDOW, body=PAPER, query="?code=form&name=a.pdf"),
    route("GET /api/cases/{case_id}/materials/{code}", Scope.READ, *WATCHERS),
    route("GET /api/cases/{case_id}/letters/{name}", Scope.READ, *WATCHERS),
    route("POST /api/cases/{case_id}/review-panel", Scope.WINDOW, Duty.CASE_OFFICER, body={"groups": []}),
    route("GET /api/cases/{case_id}/review-panel", Scope.READ, *WATCHERS),
    route(
        "POST /api/cases/{case_id}/review-panel/draw",
        Scope.WINDOW,
        Duty.CASE_OFFICER,
        body={"planned_days": 5},
    ),
    route("POST /api/cases/{case_id}/review-panel/members", Scope.WINDOW, Duty.CASE_OFFICER),
    route(
        "POST /api/cases/{case_id}/review-panel/replacements",
        Scope.WINDOW,
        Duty.CASE_OFFICER,
        body={"seat": "seat-1", "reason": "ill"},
    ),
    route("GET /api/cases/{case_id}/review-panel/record", Scope.READ, *WATCHERS),
    route("POST /api/cases/{case_id}/hops", *WINDOW, Duty.CENTRE_OFFICE, body=HOP),
    route("POST /api/hops/{hop_id}/receipt", *WINDOW),
    route("POST /api/projects", Scope.APPLY, Duty.APPLICANT, body=PROJECT),
    route("GET /api/projects/{project_id}", Scope.READ, *WATCHERS),
    route("POST /api/projects/{project_id}/materials", *WINDOW, body=PAPER, query="?code=form&name=a.pdf"),
    *(
        route(f"POST /api/projects/{{project_id}}/{what}", *WINDOW)
        for what in ("start", "one-time-notice", "deliver")
    ),
    route("POST /api/projects/{project_id}/stage", *WINDOW, body={"stage": "approval"}),
    route("POST /api/bills", *WINDOW, body={"charges": [{"case": "none", "fee": "f"}]}),
    route("POST /api/bills/{bill_id}/cancel", *WINDOW),
    route("GET /api/bills/{number}", Scope.READ, Duty.CASHIER),
    route(
        "GET /api/bills.csv",
        Scope.WINDOW,
        Duty.CASHIER,
        Duty.SUPERVISOR,
        Duty.CENTRE_OFFICE,
        query="?day=2026-11-02",
    ),
    route("POST /api/payments", Scope.WINDOW, Duty.CASHIER, body=PAYMENT),
    route(
        "POST /api/reconciliation",
        Scope.WINDOW,
        Duty.CASHIER,
        Duty.SUPERVISOR,
        body={"day": "2026-11-02", "text": ""},
    ),
    route("POST /api/contacts", *WINDOW, body={"subject": "a licence"}),
    route("POST /api/contacts/{contact_id}/ending", *WINDOW, body={"ending": "done"}),
    route("POST /api/contacts/{contact_id}/confirmation", *WINDOW),
    route("POST /api/windows/{window_id}/next", *WINDOW),
    route("POST /api/tickets/{ticket_id}/ending", *WINDOW, body={}),
    route("POST /api/tasks/{task_id}/taken", *WINDOW),
    route("POST /api/tasks/{task_id}/done", *WINDOW, body={"result": "done"}),
    route("POST /api/sign-offs", *WINDOW, body={}),
    route("POST /api/meetings", *WINDOW, Duty.CENTRE_OFFICE, Duty.LEADER, body=MEETING),
    route("POST /api/meetings/{meeting_id}/opinions", *WINDOW, body={"case": "none", "opinion": "yes"}),
    route("POST /api/meetings/{meeting_id}/minutes", *WINDOW, body={"minutes": "agreed"}),
    route("GET /api/meetings/{meeting_id}", *WINDOW),
    route("POST /api/exchange/peers", Scope.ADMIN, Duty.OPERATOR, body=PEER),
    route("POST /api/exchange/{peer}/bundles", Scope.CENTRE, Duty.OPERATOR, Duty.CENTRE_OFFICE),
]
"""Every closed route of these doors, with a body that reaches its handler."""

OF_ONE_THING = frozenset(
    {
        "GET /api/cases/{case_id}/review-panel",
        "GET /api/cases/{case_id}/review-panel/record",
        "GET /api/cases/{case_id}/materials/{code}",
        "GET /api/cases/{case_id}/letters/{name}",
        "GET /api/projects/{project_id}",
        "GET /api/bills/{number}",
        "GET /api/meetings/{meeting_id}",
    }
)
"""Readings of a thing that the scene does not have."""

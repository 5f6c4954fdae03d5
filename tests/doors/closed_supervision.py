"""The routes of supervision: closed ones with what they take and who may use them, public ones, pages by area."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

READERS = (Duty.SUPERVISOR, Duty.AUDITOR)
OWNERS = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.TENDER_OFFICE)
STAFF = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)
INSPECTOR = (Scope.SUPERVISE, Duty.SUPERVISOR)
MOVE = {"move": "cancel", "text": "x"}
CLIP = {
    "window": "none",
    "starts_at": "2026-11-02T01:00:00Z",
    "ends_at": "2026-11-02T02:00:00Z",
    "reference": "r",
}

SUPERVISION: list[Route] = [
    route("GET /api/cards", Scope.SUPERVISE, *READERS, *OWNERS),
    route("GET /api/cards/{card_id}", Scope.SUPERVISE, *READERS, *OWNERS),
    route("POST /api/cards/{card_id}/moves", Scope.SUPERVISE, Duty.SUPERVISOR, body=MOVE),
    route("POST /api/clips", *INSPECTOR, body=CLIP),
    route("GET /api/complaints", Scope.SUPERVISE, *READERS),
    route("POST /api/complaints/{complaint_id}/moves", *INSPECTOR, body={"move": "accept"}),
    route("GET /api/ratings", Scope.READ, *READERS, *STAFF, Duty.MONITOR, query="?period=2026-10"),
    route("GET /api/scores", Scope.READ, *READERS, *STAFF, query="?period=2026-10"),
    route("GET /api/breaches", Scope.SUPERVISE, *READERS, query="?period=2026-10"),
    route("POST /api/opinions", Scope.SUPERVISE, Duty.MONITOR, body={"text": "x"}),
    route("GET /api/bulletins", Scope.READ, *READERS, *STAFF, Duty.MONITOR),
    route(
        "PUT /api/supervision/settings/{key}",
        Scope.CENTRE,
        Duty.CENTRE_OFFICE,
        body={"value": {"instant": ["at_least", 70]}},
    ),
]
OF_ONE_CARD = {"GET /api/cards/{card_id}"}
"""Routes that answer 404 even to the right duty, since the scene has no card."""

SUPERVISION_PUBLIC = {
    "GET /api/figures",
    "GET /api/supervision/settings/{key}",
    "POST /api/complaints",
    "POST /api/complaints/follow",
    "POST /api/ratings",
    "POST /api/ratings/offers",
}
SUPERVISION_PAGES = {
    "GET /figures",
    "GET /complaints/new",
    "POST /complaints/new",
    "GET /complaints/follow",
    "POST /complaints/follow",
    "GET /rate",
    "POST /rate",
    "GET /rate/{token}",
    "POST /rate/{token}",
}
SUPERVISION_AREAS = {
    "supervision": set(READERS),
    "cards": set(OWNERS),
    "bulletins": {*READERS, *STAFF, Duty.MONITOR},
    "monitor": {Duty.MONITOR},
}
SUPERVISION_IDS = dict.fromkeys(("card_id", "complaint_id", "opinion_id", "bulletin_id"), "none") | {
    "key": "figure_targets",
    "token": "none",
}

"""The routes of the catalogue, the organisation and the registers: who may use them."""

from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import route

ITEM: dict[str, Any] = {"department": "D", "site": "C", "item": {}}
ATTENDANCE = {"since": "2026-11-02", "until": "2026-11-02", "people": [], "marks": []}

CATALOGUE_CLOSED = [
    route("POST /api/items", Scope.CENTRE, Duty.CENTRE_OFFICE, body=ITEM),
    route("POST /api/items/{code}/versions", Scope.CENTRE, Duty.CENTRE_OFFICE, body={"item": {}}),
    route("POST /api/items/{code}/moves", Scope.CENTRE, Duty.CENTRE_OFFICE, body={"move": "pause"}),
    route(
        "POST /api/item-versions/{version_id}/moves",
        Scope.CENTRE,
        Duty.CENTRE_OFFICE,
        body={"move": "submit"},
    ),
    route("PUT /api/registers/{name}", Scope.CENTRE, Duty.CENTRE_OFFICE, body={"rows": []}),
    route("PUT /api/sites", Scope.CENTRE, Duty.CENTRE_OFFICE, body={"rows": []}),
    route(
        "POST /api/agency-draws",
        Scope.CENTRE,
        Duty.CENTRE_OFFICE,
        body={"subject": "case:x", "service": "design"},
    ),
    route("POST /api/agency-draws/{draw_id}/draw", Scope.CENTRE, Duty.CENTRE_OFFICE),
    route("PUT /api/attendance", Scope.CENTRE, Duty.CENTRE_OFFICE, body=ATTENDANCE),
]

CATALOGUE_PUBLIC = {
    "GET /api/items",
    "GET /api/items/{code}",
    "GET /api/catalogues/{year}",
    "GET /api/registers",
    "GET /api/agency-draws/{draw_id}",
    "GET /api/registers/{name}",
    "GET /api/registers/{name}/figures",
}
CATALOGUE_PAGES = {
    "GET /items",
    "GET /items/{code}",
    "GET /items/{code}/guide.pdf",
    "GET /catalogues",
    "GET /catalogues/{year}/booklet.pdf",
    "GET /sites",
    "GET /sites/{code}",
    "GET /kiosk",
    "GET /kiosk/items",
    "GET /kiosk/items/{code}",
    "GET /intermediaries",
    "GET /site-ranking",
    "GET /agency-draws/{draw_id}",
}

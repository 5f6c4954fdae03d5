"""The routes of the expert pool: what each takes and who may use it, and the areas of its pages."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

FIGURES = (Duty.POOL_MANAGER, Duty.SUPERVISOR)
POOL: list[Route] = [
    route(
        "PUT /api/experts/file",
        Scope.DRAW,
        Duty.POOL_MANAGER,
        body=b"number,name,employer,specialties\nE1,A,B,A08\n",
        query="?name=experts.csv",
    ),
    route("GET /api/pool-figures", Scope.DRAW, *FIGURES),
    route("POST /api/draws/{draw_id}/eligibility-check", Scope.DRAW, Duty.SUPERVISOR),
    route("GET /api/my-entry", Scope.EVALUATE, Duty.EXPERT),
]
POOL_AREAS = {
    "pool-figures": set(FIGURES),
    "eligibility": {Duty.SUPERVISOR},
    "appraisals": {Duty.TENDER_OFFICE, Duty.SUPERVISOR},
    "become-expert": set(Duty),
}
POOL_IDS = {
    "expert_id": "none",
    "span_id": "none",
    "application_id": "none",
    "appraisal_id": "none",
    "form": "csv",
    "seat": "seat-1",
}
POOL_WITHOUT_KEY = {"POST /api/draws/{draw_id}/eligibility-check": "it looks again, and changes nothing"}

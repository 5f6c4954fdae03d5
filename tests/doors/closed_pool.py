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
    route(
        "PUT /api/experts/{number}/entry",
        Scope.DRAW,
        Duty.POOL_MANAGER,
        body={"columns": {"name": "A", "employer": "B", "specialties": "A08"}},
    ),
    route("POST /api/decoys", Scope.SUPERVISE, Duty.SUPERVISOR, body={"columns": {}}),
    route("GET /api/decoys", Scope.SUPERVISE, Duty.SUPERVISOR),
    route("GET /api/experts/{number}/certificates", Scope.DRAW, *FIGURES),
    route(
        "POST /api/experts/{number}/certificates",
        Scope.DRAW,
        Duty.POOL_MANAGER,
        body=b"%PDF-1.7",
        query="?name=a.pdf",
    ),
    route("POST /api/certificates/{certificate_id}/look", Scope.DRAW, *FIGURES),
    route("POST /api/expert-applications", Scope.APPLY, *Duty, body={"columns": {}}),
    route("GET /api/my-expert-applications", Scope.APPLY, *Duty),
    route(
        "POST /api/expert-applications/{application_id}/certificates",
        Scope.APPLY,
        *Duty,
        body=b"%PDF-1.7",
        query="?name=a.pdf",
    ),
    route("POST /api/expert-applications/{application_id}/withdrawal", Scope.APPLY, *Duty),
    route("GET /api/expert-applications", Scope.DRAW, Duty.POOL_MANAGER),
    route(
        "POST /api/expert-applications/{application_id}/decision",
        Scope.DRAW,
        Duty.POOL_MANAGER,
        body={"approve": False, "reason": "no"},
    ),
]
OF_ONE_ENTRY = {"GET /api/experts/{number}/certificates"}
POOL_AREAS = {
    "pool-figures": set(FIGURES),
    "eligibility": {Duty.SUPERVISOR},
    "decoys": {Duty.SUPERVISOR},
    "appraisals": {Duty.TENDER_OFFICE, Duty.SUPERVISOR},
    "become-expert": set(Duty),
}
POOL_IDS = {
    "certificate_id": "none",
    "expert_id": "none",
    "span_id": "none",
    "application_id": "none",
    "appraisal_id": "none",
    "form": "csv",
    "seat": "seat-1",
}
POOL_WITHOUT_KEY = {
    "POST /api/draws/{draw_id}/eligibility-check": "it looks again, and changes nothing",
    "POST /api/decoys": "a number stands in the pool once",
    "POST /api/experts/{number}/certificates": "the same file is not kept twice",
    "POST /api/certificates/{certificate_id}/look": "creates nothing: a look that is logged",
    "POST /api/expert-applications": "a second one is refused while the first waits",
    "POST /api/expert-applications/{application_id}/certificates": "the same file is not kept twice",
    "POST /api/expert-applications/{application_id}/withdrawal": "withdrawn once",
    "POST /api/expert-applications/{application_id}/decision": "decided once",
}

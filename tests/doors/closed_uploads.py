"""The routes of uploads that go on where they stopped: what each takes and who may use it."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

UPLOAD_IDS = {"upload_id": "none"}
ONE = "/api/uploads/{upload_id}"
CREATE = "/api/tenders/{tender_id}/lots/{lot_id}/uploads"
DIRECT = "/api/tenders/{tender_id}/lots/{lot_id}/direct-uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
NEW = TUS | {"Upload-Length": "1000", "Upload-Metadata": "digest " + "MDAw" * 21 + "MA=="}
UPLOADS: list[Route] = [
    route("GET /api/uploads", Scope.BID, Duty.BIDDER),
    route(f"POST {CREATE}", Scope.BID, Duty.BIDDER, headers=NEW),
    route(f"GET {ONE}", Scope.BID, Duty.BIDDER),
    route(f"PATCH {ONE}", Scope.BID, Duty.BIDDER, headers=PART, body=b"more"),
    route(f"DELETE {ONE}", Scope.BID, Duty.BIDDER, headers=TUS),
    route(f"POST {ONE}", Scope.BID, Duty.BIDDER, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}),
    route(f"POST {ONE}/bid", Scope.BID, Duty.BIDDER),
    route(f"POST {DIRECT}", Scope.BID, Duty.BIDDER, body={"size": 1, "digest": "0" * 64, "prefix": "AAAA"}),
    route(f"GET {ONE}/parts", Scope.BID, Duty.BIDDER),
    route(f"POST {ONE}/part-addresses", Scope.BID, Duty.BIDDER, body={"parts": []}),
    route(f"POST {ONE}/completion", Scope.BID, Duty.BIDDER, body={"sha256": []}),
]
OF_ONE_UPLOAD = {f"GET {ONE}", f"GET {ONE}/parts"}
UPLOADS_WITHOUT_KEY = {
    f"POST {CREATE}": "tus has no such key; a second upload harms nothing",
    f"POST {ONE}": "the upload's offset keeps a part from coming twice",
    f"POST {DIRECT}": "a second upload harms nothing",
    f"POST {ONE}/part-addresses": "creates nothing: it signs addresses",
    f"POST {ONE}/completion": "a second one changes nothing",
    f"POST {ONE}/bid": "the same upload gives the same receipt",
}
LOOKS = {f"HEAD {ONE}"}
"""Closed too, as test_tus.py shows; their answers have no body to look at here."""

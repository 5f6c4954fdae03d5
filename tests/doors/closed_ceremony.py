"""The routes of a draw's ceremony: what each takes and who may use it."""

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import b64
from tests.doors.route import Route, route

PARTIES = (Duty.TENDER_OFFICE, Duty.WITNESS, Duty.SUPERVISOR)
CALL_READERS = (Duty.POOL_MANAGER, Duty.SUPERVISOR, Duty.TENDER_OFFICE)
DRAW = "/api/draws/{draw_id}"
HASH = "00" * 32
CEREMONY: list[Route] = [
    route("PUT /api/draw-key", Scope.DRAW, *PARTIES, body={"statement": {}}),
    route("PUT /api/draw-chain", Scope.DRAW, *PARTIES, body={"head": HASH}),
    route("GET /api/draw-chain", Scope.DRAW, *PARTIES),
    route("PUT /api/tenders/{tender_id}/draw-nonce", Scope.BID, Duty.BIDDER, body={"nonce": HASH}),
    route("GET /api/tenders/{tender_id}/draw-nonce", Scope.BID, Duty.BIDDER),
    route(f"PUT {DRAW}/countersignature", Scope.DRAW, Duty.SUPERVISOR, body={"request_hash": HASH}),
    route(f"PUT {DRAW}/commitments/{{party}}", Scope.DRAW, *PARTIES, body={"commitment": HASH}),
    route(f"GET {DRAW}/dealings", Scope.DRAW, *PARTIES),
    route(f"PUT {DRAW}/dealings/{{party}}", Scope.DRAW, *PARTIES, body={"statement": {}}),
    route(f"PUT {DRAW}/receipts/{{party}}", Scope.DRAW, *PARTIES, body={"statement": {}}),
    route(f"PUT {DRAW}/disputes/{{party}}", Scope.DRAW, *PARTIES, body={"dealer": "office"}),
    route(f"PUT {DRAW}/reveals/{{party}}", Scope.DRAW, *PARTIES, body={"secret": b64(bytes(32))}),
    route(f"PUT {DRAW}/shares/{{dealer}}/{{party}}", Scope.DRAW, *PARTIES, body={"share": b64(bytes(64))}),
    route(f"PUT {DRAW}/late-value/{{party}}", Scope.DRAW, *PARTIES, body={"value": "00"}),
    route(f"PUT {DRAW}/void-request", Scope.DRAW, Duty.TENDER_OFFICE, body={"reason": "a party is ill"}),
    route(f"POST {DRAW}/voiding", Scope.DRAW, Duty.SUPERVISOR),
    route("POST /api/tenders/{tender_id}/calls", Scope.DRAW, Duty.POOL_MANAGER, body={"minutes": 30}),
    route("GET /api/tenders/{tender_id}/calls", Scope.DRAW, *CALL_READERS),
]
OF_ONE_DRAW = frozenset({"GET /api/draws/{draw_id}/dealings"})
"""Readings of a draw, which the scene does not have."""

"""What bidders hand in for the opening of their own envelopes, and openings that fail, over HTTP."""

from typing import Any

import msgspec
from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import b64, unb64
from kernel.clock import write_time
from kernel.errors import BadInput
from storage.database import Session
from tender import queries
from tender.actions import failures as acts
from tender.actions import own_secrets
from tender.actions.draft import own_tender
from tender.queries import failures
from tender.records.failures import OpeningFailureRecord
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once

MOST_ENVELOPES = 1000  # of one bidder in one request


class OwnSecrets(Shape):
    """Own parts and seeds, 32 bytes each in base64url, by envelope as the list names it."""

    parts: dict[str, str] = msgspec.field(default_factory=dict)
    seeds: dict[str, str] = msgspec.field(default_factory=dict)


class FailureRequest(Shape):
    """What fails: `openers`, or `stored-bid` with the id of the bid; and why that is so."""

    failing: str
    reason: str
    bid: str | None = None


@get("/api/tenders/{tender_id:str}/own-envelopes")
def list_own(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The caller's envelopes that open now, and what is wanted of each until when."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    with adapters.database.transaction() as session:
        found = own_secrets.own_envelopes(
            session, keys=adapters.keys, actor=actor, tender_id=tender_id, now=adapters.clock.now()
        )
        return {"tender": tender_id, "envelopes": [describe_own(one) for one in found]}


def describe_own(own: own_secrets.OwnEnvelope) -> dict[str, Any]:
    """One envelope as its bidder's program needs it."""
    return {
        "envelope": own.key,
        "prefix": b64(own.place.prefix.to_bytes()),
        "part_until": write_time(own.part_until) if own.part_until else None,
        "seed_until": write_time(own.seed_until) if own.seed_until else None,
        "given": sorted(own.given),
        "opened": own.is_opened,
    }


@post("/api/tenders/{tender_id:str}/own-secrets")
def give(request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[OwnSecrets]) -> Any:
    """Hand in own parts or seeds; what was handed in before is passed over."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    if len(data.parts) + len(data.seeds) > MOST_ENVELOPES:
        raise BadInput(where="parts", why=f"at most {MOST_ENVELOPES} at a time")
    parts = {key: unb64(text, length=32) for key, text in data.parts.items()}
    seeds = {key: unb64(text, length=32) for key, text in data.seeds.items()}

    def act(session: Session) -> dict[str, Any]:
        new = own_secrets.give_own(
            session,
            keys=adapters.keys,
            actor=actor,
            tender_id=tender_id,
            parts=parts,
            seeds=seeds,
            now=adapters.clock.now(),
        )
        return {"taken": new}

    return create_once(request, adapters, actor, data, act)


@get("/api/tenders/{tender_id:str}/opening-failures")
def list_failures(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The failures of a tender's openings, for its office and for supervisors."""
    actor = caller(request).may(Scope.READ)
    actor.require(Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        if actor.holds(Duty.TENDER_OFFICE):
            own_tender(session, actor, tender_id)
        queries.tender(session, tender_id)
        return {"failures": [describe(row) for row in failures.failures(session, tender_id)]}


def describe(row: OpeningFailureRecord) -> dict[str, Any]:
    """One failure."""
    return {
        "id": row.id,
        "failing": row.failing,
        "moment": row.moment,
        "bid": row.bid_id,
        "reason": row.reason,
        "noticed_by": "people" if row.declared_by else "platform",
        "declared_at": write_time(row.declared_at),
        "until": write_time(row.until) if row.until else None,
    }


@post("/api/tenders/{tender_id:str}/opening-failures")
def declare(request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[FailureRequest]) -> Any:
    """Declare a failure as the tender's office; it takes effect when a supervisor confirms it."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)

    def act(session: Session) -> dict[str, Any]:
        failure = acts.declare(
            session,
            actor=actor,
            tender_id=tender_id,
            failing=data.failing,
            bid_id=data.bid,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return {"failure": failure}

    return create_once(request, adapters, actor, data, act)


@post("/api/opening-failures/{failure_id:str}/confirmation")
def confirm(request: Request[Any, Any, Any], failure_id: FromPath[str]) -> dict[str, Any]:
    """Confirm a failure as a supervisor; from then on it can be mended until the time in the answer."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)
    with adapters.database.transaction() as session:
        until = acts.confirm(session, actor=actor, failure_id=failure_id, now=adapters.clock.now())
    return {"until": write_time(until)}


ROUTES = [list_own, give, list_failures, declare, confirm]

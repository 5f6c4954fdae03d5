"""Openers' keys over JSON: register the public parts, pass the rehearsal."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from crypto.canonical import b64, unb64
from tender import queries
from tender.actions import rehearse
from web.guards import adapters_of, caller
from web.routes import post
from web.shapes import Shape, create_once


class OpenerKeyRequest(Shape):
    """The statement that offers an opener's public keys, signed with the new key."""

    statement: dict[str, Any]


class RehearsalRequest(Shape):
    """What the opener read in the test envelope, base64url."""

    answer: str


@post("/api/tenders/{tender_id:str}/opener-key")
def register_opener_key(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[OpenerKeyRequest]
) -> Any:
    """Register the caller's opener keys; the answer is the test envelope to open."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OPEN)

    def act(session: Any) -> dict[str, Any]:
        rehearse.register_key(
            session,
            actor=actor,
            tender_id=tender_id,
            statement=data.statement,
            now=adapters.clock.now(),
        )
        test = queries.opener_of(session, tender_id, actor.person_id).rehearsal
        assert test is not None
        return {"rehearsal": b64(test)}

    return create_once(request, adapters, actor, data, act)


@post("/api/tenders/{tender_id:str}/rehearsal")
def pass_rehearsal(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[RehearsalRequest]
) -> Any:
    """Hand in what the test envelope held."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OPEN)

    def act(session: Any) -> dict[str, Any]:
        rehearse.rehearse(
            session, actor=actor, tender_id=tender_id, answer=unb64(data.answer), now=adapters.clock.now()
        )
        return {"rehearsed": True}

    return create_once(request, adapters, actor, data, act)


ROUTES = [register_opener_key, pass_rehearsal]

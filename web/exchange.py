"""The exchange with other networks over JSON; bundles are files as well, for networks without a wire between them."""

from typing import Any

from litestar import MediaType, Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from approval.actions import exchange
from approval.actions.exchange import NewPeer
from approval.exchange import Reader
from approval.queries.calendar import calendar
from crypto.canonical import b64, unb64
from crypto.suites import suite
from storage.adapters import Adapters
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class PeerRequest(Shape):
    """Another network and its public keys, base64url."""

    name: str
    sign_public: str
    seal_public: str
    department: str | None = None
    site: str = ""
    one_way: bool = False


class BundleRequest(Shape):
    """A bundle or a receipt, base64url."""

    body: str


def reader_of(adapters: Adapters) -> Reader:
    """Who this network is when it reads bundles."""
    return Reader(adapters.settings.log_origin, adapters.keys.exchange)


@get("/api/exchange/keys")
def keys(request: Request[Any, Any, Any]) -> dict[str, str]:
    """This network's name and public keys, for others to name it as their peer."""
    adapters = adapters_of(request)
    return {
        "name": adapters.settings.log_origin,
        "sign_public": b64(adapters.keys.receipts.public),
        "seal_public": b64(suite("hybrid").public_of(adapters.keys.exchange)),
    }


@post("/api/exchange/peers")
def add_peer(request: Request[Any, Any, Any], data: JSONBody[PeerRequest]) -> Any:
    """Name another network."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    command = NewPeer(
        data.name, unb64(data.sign_public), unb64(data.seal_public), data.department, data.site, data.one_way
    )

    def act(session: Any) -> dict[str, str]:
        exchange.add_peer(session, actor=actor, command=command, now=adapters.clock.now())
        return {"name": data.name}

    return create_once(request, adapters, actor, data, act)


@post("/api/exchange/{peer:str}/bundles", status_code=201)
def send(request: Request[Any, Any, Any], peer: FromPath[str], limit: int = 1000) -> Response[bytes]:
    """Export what has changed as the next bundle; the answer is its file."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    with adapters.database.transaction() as session:
        bundle = exchange.send_cases(
            session,
            actor=actor,
            peer=peer,
            keys=adapters.keys,
            origin=adapters.settings.log_origin,
            limit=min(max(limit, 1), 1000),
            now=adapters.clock.now(),
        )
    return Response(bundle.body, status_code=201, media_type=MediaType.JSON)


@post("/api/exchange/{peer:str}/inbox", status_code=200)
def take(
    request: Request[Any, Any, Any], peer: FromPath[str], data: JSONBody[BundleRequest]
) -> Response[bytes]:
    """Take a peer's next bundle; its signature says who sent it, the answer is the signed receipt."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        answer = exchange.take_bundle(
            session,
            body=unb64(data.body),
            peer=peer,
            reader=reader_of(adapters),
            keys=adapters.keys,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
    return Response(answer, media_type=MediaType.JSON)


@post("/api/exchange/{peer:str}/receipts/{number:int}", status_code=200)
def keep_receipt(
    request: Request[Any, Any, Any], peer: FromPath[str], number: FromPath[int], data: JSONBody[BundleRequest]
) -> dict[str, bool]:
    """Keep the signed receipt of a bundle that was sent."""
    adapters = adapters_of(request)
    with adapters.database.transaction() as session:
        exchange.keep_receipt(
            session, peer=peer, number=number, answer=unb64(data.body), now=adapters.clock.now()
        )
    return {"kept": True}


ROUTES = [keys, add_peer, send, take, keep_receipt]

"""The draw room: the process that has the caller's key, and how a web tier without it hands requests on to it.

A route whose act opens or seals who was drawn says so with `opt=DRAW_ROOM`. Where the settings name a draw room, its
requests go there whole and its answers come back whole: the same program answers there, and signs people in by the
same database. Anywhere else nothing happens here.
"""

from typing import Any, Final

import httpx
import structlog
from litestar import Request, Response
from litestar.response.base import ASGIResponse

from kernel.errors import Unavailable

DRAW_ROOM: Final = {"draw_room": True}
LOG = structlog.get_logger("web.draw_room")
SECONDS = 120  # the request of a draw from 100,000 experts takes a tenth of it
ANSWER_LIMIT = 32 << 20  # bytes; a page or a document, never a file
ONE_WAY = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that concern one connection only (RFC 9110, 7.6.1)."""
MADE_ANEW = frozenset({"content-length", "accept-encoding", "content-encoding", "date", "server"})


class Answer(Response[bytes]):
    """An answer of the draw room as it came, repeated headers too."""

    def __init__(self, content: bytes, status_code: int, given: list[tuple[str, str]]) -> None:
        super().__init__(content, status_code=status_code)
        self.given = given

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """The bytes and headers themselves."""
        return ASGIResponse(body=self.content, status_code=self.status_code, headers=self.given)


def make_client(url: str) -> httpx.AsyncClient:
    """What speaks to the draw room; proxies of the machine do not come between."""
    return httpx.AsyncClient(base_url=url, timeout=SECONDS, follow_redirects=False, trust_env=False)


async def hand_on(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Hand a request of a marked route on to the draw room; None for every other.

    Raises:
        Unavailable: the draw room does not answer. Whether it acted is seen there, so nothing is sent twice.
    """
    if not request.route_handler.opt.get("draw_room"):
        return None
    client: httpx.AsyncClient = request.app.state.draw_room
    # The path as it came: what was decoded and encoded again may be another one.
    target = client.base_url.copy_with(raw_path=request.scope["raw_path"] + _query(request))
    headers = passed_on(
        [(name.decode(), value.decode("latin-1")) for name, value in request.scope["headers"]]
    )
    asked = client.build_request(request.method, target, headers=headers, content=await request.body())
    try:
        answer = await client.send(asked, stream=True)
        try:
            body = await _whole(answer)
        finally:
            await answer.aclose()
    except httpx.HTTPError as error:
        # Neither the path nor the text of the error: both may hold the token of a call.
        LOG.warning("the draw room does not answer", kind=type(error).__name__)
        raise Unavailable(what="the draw room") from None
    return Answer(body, answer.status_code, passed_on(answer.headers.multi_items()))


def passed_on(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers that concern the two ends, not one connection."""
    connection = ",".join(value for name, value in headers if name.lower() == "connection")
    named = {word.strip().lower() for word in connection.split(",")}
    kept_back = ONE_WAY | MADE_ANEW | named
    return [(name, value) for name, value in headers if name.lower() not in kept_back]


def _query(request: Request[Any, Any, Any]) -> bytes:
    query = request.scope["query_string"]
    return b"?" + query if query else b""


async def _whole(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > ANSWER_LIMIT:
            raise httpx.ReadError("the answer is too long")
    return bytes(body)

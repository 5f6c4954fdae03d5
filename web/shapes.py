"""What all JSON routes share: strict shapes, pages with cursors, repeatable creation."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response

from accounts.actions import once
from accounts.duties import Actor
from kernel.clock import read_time
from kernel.errors import BadInput, ChangedMeanwhile
from storage.adapters import Adapters
from storage.database import Session

PAGE_LIMIT = 100  # rows of one page at most


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    """A strict JSON object: an unknown field is an error, not noise."""


def page_limit(limit: int) -> int:
    """The page size asked for, within bounds."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise BadInput(where="limit", why=f"ask for 1 to {PAGE_LIMIT} rows")
    return limit


def write_cursor(key: str) -> str:
    """An opaque cursor for the row after which the next page starts."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The key inside a cursor; raises BadInput when it is none of ours."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadInput(where="cursor", why="use the cursor that the last page returned") from None


def read_time_cursor(cursor: str) -> datetime:
    """The moment inside a cursor; raises BadInput when it is none of ours."""
    try:
        return read_time(read_cursor(cursor))
    except ValueError:
        raise BadInput(where="cursor", why="use the cursor that the last page returned") from None


def paged(request: Request[Any, Any, Any], rows: list[Any], limit: int, key: str) -> Response[Any]:
    """One page with its `next` cursor, also as a Link header; `key` is empty on the last page."""
    body: dict[str, Any] = {"items": rows, "next": write_cursor(key) if key else None}
    headers = {}
    if key:
        url = request.url.with_replacements(query=f"cursor={body['next']}&limit={limit}")
        headers["Link"] = f'<{url}>; rel="next"'
    return Response(body, headers=headers)


def create_once(
    request: Request[Any, Any, Any],
    adapters: Adapters,
    actor: Actor,
    data: object,
    act: Callable[[Session], Mapping[str, Any]],
) -> Response[bytes]:
    """Run a creating act in one transaction, once per Idempotency-Key, and answer 201."""
    now = adapters.clock.now()
    asked = f"{request.method} {request.url.path}\n".encode() + msgspec.json.encode(data)
    with adapters.database.transaction() as session:
        answer = once(
            session,
            person_id=actor.person_id,
            key=request.headers.get("idempotency-key", ""),
            request=asked,
            now=now,
            act=lambda: msgspec.json.encode(act(session)).decode(),
        )
    return Response(answer.encode(), status_code=201, media_type="application/json")


def expected_version(request: Request[Any, Any, Any]) -> int:
    """The version in If-Match; raises ChangedMeanwhile when it cannot be one of ours."""
    header = request.headers.get("if-match")
    if header is None:
        raise BadInput(where="If-Match", why="send the ETag you got when you read it")
    try:
        return int(header.strip().strip('"'))
    except ValueError:
        raise ChangedMeanwhile() from None

"""The catalogue over JSON: items for everybody, and what the centre office does with them."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from accounts import queries as accounts
from accounts.credentials import Scope
from approval.actions import catalogue as acts
from approval.catalogue import item_body, read_day, read_item
from approval.item import ItemVersion
from approval.item_life import ItemMove, ItemStatus
from approval.publication import missing_blocks, open_blocks
from approval.queries import catalogue, organisation, settings
from approval.queries.catalogue import Wanted
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.settings import OPEN_BLOCKS
from kernel.errors import BadInput, NotFound
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.documents import CHUNK_BYTES
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once, page_limit, paged, read_cursor

PUBLIC_STATUS = (ItemStatus.PUBLISHED, ItemStatus.PAUSED)
MOST_WORDS = 100  # characters of a search


class NewItemRequest(Shape):
    """A new item of a department at a site."""

    department: str
    site: str
    item: dict[str, Any]


class VersionRequest(Shape):
    """The next version of an item."""

    item: dict[str, Any]


class MoveRequest(Shape):
    """A move in the life of an item or of a version."""

    move: str
    reason: str = ""
    effective_from: date | None = None


@get("/api/items")
def list_items(
    request: Request[Any, Any, Any],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    item_class: FromQuery[str] = "",
    department: FromQuery[str] = "",
    level: FromQuery[str] = "",
    hall: FromQuery[str] = "",
    cursor: FromQuery[str] = "",
    limit: FromQuery[int] = 50,
) -> Response[Any]:
    """Published items by code; `department` is a department's code."""
    after = read_cursor(cursor) if cursor else ""
    with adapters_of(request).database.reading() as session:
        found = organisation.department_by_code(session, department) if department else None
        if department and found is None:
            raise NotFound(what="department", id=department)
        wanted = Wanted(q[:MOST_WORDS], kind, item_class, found.id if found else "", level, hall)
        rows = [row for row in catalogue.items(session, wanted) if row.code > after][: page_limit(limit) + 1]
        codes = {one.id: one.code for one in organisation.departments(session)}
    shown = rows[:limit]
    items = [
        {
            "code": row.code,
            "base_code": row.base_code,
            "title": row.title,
            "kind": row.kind,
            "class": row.item_class,
            "mode": row.mode,
            "department": codes[row.department_id],
            "site": row.site_code,
        }
        for row in shown
    ]
    return paged(request, items, limit, shown[-1].code if len(rows) > limit else "")


@get("/api/items/{code:str}")
def show_item(request: Request[Any, Any, Any], code: FromPath[str]) -> dict[str, Any]:
    """One item with everything that is public about it; docs/formats/item-version.md."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record, held, version = public_item(session, adapters, code)
        blocks = settings.value(session, OPEN_BLOCKS)
        department = organisation.department(session, record.department_id)
        return {
            "item": item_body(version),
            "digest": held.digest,
            "status": record.status,
            "effective_from": held.effective_from.isoformat() if held.effective_from else None,
            "department": {
                "code": department.code,
                "name": accounts.organisation(session, department.id).name,
            },
            "site": record.site_code,
            "windows": [organisation.window(session, one).number for one in record.window_ids],
            "blocks": {
                block: block not in missing_blocks(version, blocks) for block in open_blocks(version, blocks)
            },
            "same_business": [
                {"code": row.code, "site": site.code, "level": site.level}
                for row, site in catalogue.same_business(session, record.base_code)
            ],
        }


def public_item(
    session: Session, adapters: Adapters, code: str
) -> tuple[ItemRecord, ItemVersionRecord, ItemVersion]:
    """A published item with the version of today; raises NotFound for what the public may not see."""
    record = catalogue.item_by_code(session, code)
    today = business_day(adapters.clock.now())
    held = catalogue.version_in_force(session, code, today) if record.status in PUBLIC_STATUS else None
    if record.status == ItemStatus.PAUSED:
        held = catalogue.version(session, str(record.current_version_id))
    if held is None:
        raise NotFound(what="item", id=code)
    return record, held, read_item(held.body)


@get("/api/catalogues/{year:int}")
def show_catalogue(request: Request[Any, Any, Any], year: FromPath[int]) -> Response[bytes]:
    """The frozen catalogue of a year, the same bytes at every export; docs/formats/yearly-catalogue.md."""
    with adapters_of(request).database.reading() as session:
        record = catalogue.yearly(session, year)
    return Response(record.body, media_type="application/json", headers={"X-Content-SHA256": record.digest})


@post("/api/items")
def add_item(request: Request[Any, Any, Any], data: JSONBody[NewItemRequest]) -> Response[bytes]:
    """Begin a new item."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)

    def act(session: Session) -> dict[str, str]:
        department = organisation.department_by_code(session, data.department)
        item_id = acts.draft_item(
            session,
            actor=actor,
            department_id=department.id if department else "",
            site_code=data.site,
            body=data.item,
            now=adapters.clock.now(),
        )
        return {"item": item_id, "version": catalogue.versions(session, item_id)[0].id}

    return create_once(request, adapters, actor, data, act)


@post("/api/items/{code:str}/versions")
def add_version(
    request: Request[Any, Any, Any], code: FromPath[str], data: JSONBody[VersionRequest]
) -> Response[bytes]:
    """Begin the next version of a published item."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)

    def act(session: Session) -> dict[str, str]:
        item = catalogue.item_by_code(session, code)
        version_id = acts.draft_version(
            session, actor=actor, item_id=item.id, body=data.item, now=adapters.clock.now()
        )
        return {"version": version_id}

    return create_once(request, adapters, actor, data, act)


@post("/api/item-versions/{version_id:str}/moves")
def move_version(
    request: Request[Any, Any, Any], version_id: FromPath[str], data: JSONBody[MoveRequest]
) -> Response[bytes]:
    """Submit, send back or publish a version."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    move = read_move(data.move)

    def act(session: Session) -> dict[str, str]:
        now = adapters.clock.now()
        if move is ItemMove.SUBMIT:
            acts.submit_version(session, actor=actor, version_id=version_id, now=now)
        elif move is ItemMove.SEND_BACK:
            acts.send_back_version(session, actor=actor, version_id=version_id, reason=data.reason, now=now)
        elif move is ItemMove.PUBLISH:
            acts.publish_version(
                session, actor=actor, version_id=version_id, effective_from=data.effective_from, now=now
            )
        else:
            raise BadInput(where="move", why="choose submit, send_back or publish")
        return {"status": catalogue.version(session, version_id).status}

    return create_once(request, adapters, actor, data, act)


@post("/api/items/{code:str}/moves")
def move_item(
    request: Request[Any, Any, Any], code: FromPath[str], data: JSONBody[MoveRequest]
) -> Response[bytes]:
    """Pause, resume, cancel, delegate or merge an item."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.CENTRE)
    move = read_move(data.move)

    def act(session: Session) -> dict[str, str]:
        item = catalogue.item_by_code(session, code)
        status = acts.move_item(
            session, actor=actor, item_id=item.id, move=move, reason=data.reason, now=adapters.clock.now()
        )
        return {"status": status}

    return create_once(request, adapters, actor, data, act)


def read_move(word: str) -> ItemMove:
    """A move by its name; raises BadInput."""
    try:
        return ItemMove(word)
    except ValueError:
        raise BadInput(where="move", why=f"it must be one of {', '.join(ItemMove)}") from None


def stored_pdf(adapters: Adapters, digest: bytes, size: int | None, name: str) -> Stream:
    """A stored PDF for reading in the browser."""

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(digest) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return Stream(chunks(), media_type="application/pdf", headers=headers)


def read_optional_day(text: str, where: str) -> date | None:
    """A day, or None for an empty field."""
    return read_day(text, where) if text else None


ROUTES = [
    list_items,
    show_item,
    show_catalogue,
    add_item,
    add_version,
    move_version,
    move_item,
]

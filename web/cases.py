"""Cases over JSON: open, act, bring papers, read, track."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

import anyio.to_thread
import litestar
import msgspec
from litestar import Request, Response
from litestar.params import FromPath, JSONBody, Parameter
from litestar.response import Stream

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from approval.actions import fees as fee_actions
from approval.actions.act import act as do_act
from approval.actions.open_case import NewCase, open_case
from approval.applicant import masked, open_applicant, read_applicant
from approval.lifecycle import Act
from approval.queries import cases, views
from approval.queries.calendar import calendar
from approval.queries.people import is_of_centre
from approval.records.cases import CaseEventRecord
from kernel.clock import read_time, write_time
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, TenderingError
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from web.documents import CHUNK_BYTES, chunks_of
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once, page_limit, paged, read_cursor

MATERIAL_LIMIT = 200 << 20  # bytes of one paper
UPLOADED = {"digest", "size", "media_type"}
"""What only an upload may say of a paper."""
HANDLERS = (Duty.APPLICANT, Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)
"""Who acts on cases; those who only watch them do not."""
STARTS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"PK\x03\x04": "application/zip",
}
"""What a paper may be, told by its first bytes and never by its name: PDF, scans, and Office files."""


class CaseRequest(Shape):
    """What opens a case."""

    item: str
    name: str
    identity: str
    telephone: str = ""
    channel: str = "window"
    online_mode: str = ""
    service_mode: str = "ordinary"
    window: str | None = None
    site: str = ""
    green: bool = False
    alone: bool = False


class ActRequest(Shape):
    """One act with its data; `on` is the day of something done on paper before it was entered."""

    act: str
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    on: str | None = None


@post("/api/cases")
def begin(request: Request[Any, Any, Any], data: JSONBody[CaseRequest]) -> Any:
    """Open a case; the code to ask with is told once."""
    adapters, found = adapters_of(request), caller(request)
    actor = found.may(Scope.APPLY if found.actor.holds(Duty.APPLICANT) else Scope.WINDOW)
    applicant = read_applicant(data.name, data.identity, data.telephone)
    command = NewCase(
        data.item,
        applicant,
        channel=data.channel,
        online_mode=data.online_mode,
        service_mode=data.service_mode,
        window_id=data.window,
        site_code=data.site,
        is_green=data.green and not actor.holds(Duty.APPLICANT),
        facts={"alone": True} if data.alone else {},
    )

    def act(session: Session) -> dict[str, Any]:
        opened = open_case(
            session,
            actor=actor,
            command=command,
            keys=adapters.keys,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
        return {"id": opened.case.id, "number": opened.case.number, "code": opened.code}

    return create_once(request, adapters, actor, data, act)


@post("/api/cases/{case_id:str}/acts", status_code=200)
def act_on(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: JSONBody[ActRequest]
) -> dict[str, Any]:
    """Do one act on a case; a refusal is kept, since some raise a card."""
    found = caller(request)
    actor = found.may(Scope.APPLY if found.actor.holds(Duty.APPLICANT) else Scope.WINDOW)
    if UPLOADED & data.data.keys():
        # Who could name a digest could read whatever lies under it: papers come in as files only.
        raise BadInput(where="digest", why="send the paper as a file to /materials")
    event = carry_out(adapters_of(request), actor, case_id, read_act(data.act), data.data, read_day(data.on))
    return views.event_data(event)


def carry_out(
    adapters: Adapters, actor: Actor, case_id: str, act: Act, data: dict[str, Any], on: date | None = None
) -> CaseEventRecord:
    """One act in its own transaction; what a rule refuses is kept in a second one."""
    actor.require(*HANDLERS)
    now = adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            views.case_for(session, actor, case_id)
            return do_act(
                session,
                actor=actor,
                case_id=case_id,
                act=act,
                data=data,
                calendar=calendar(session),
                now=now,
                happened_on=on,
            )
    except (NotFound, NotAllowed, IntegrityBroken):
        raise
    except TenderingError as error:
        with adapters.database.transaction() as session:
            fee_actions.keep_attempt(session, actor=actor, case_id=case_id, act=act, error=error, now=now)
        raise


def read_act(text: str) -> Act:
    """An act by its name; raises BadInput."""
    try:
        return Act(text)
    except ValueError:
        raise BadInput(where="act", why=f"it must be one of {', '.join(sorted(Act))}") from None


def read_day(text: str | None) -> date | None:
    """A day, if one is given; raises BadInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(where="on", why="give a date such as 2026-12-01") from None


@get("/api/cases")
def list_cases(
    request: Request[Any, Any, Any],
    stage: Annotated[str, Parameter(query="state")] = "",
    item: str = "",
    department: str = "",
    limit: int = 50,
    cursor: str = "",
) -> Response[Any]:
    """Cases that the caller may see, newest first; a department sees its own, an applicant theirs."""
    limit = page_limit(limit)
    actor = caller(request).may(Scope.READ)
    asked = {"state": stage, "item_code": item, "department_id": department}
    equal: dict[str, object] = {name: value for name, value in asked.items() if value}
    with adapters_of(request).database.reading() as session:
        equal |= own_part(session, actor)
        rows = cases.page(session, limit=limit, after=read_place(cursor), **equal)
    last = rows[-1] if len(rows) == limit else None
    key = f"{write_time(last.received_at)} {last.id}" if last and last.received_at else ""
    return paged(request, [views.summary(row) for row in rows], limit, key)


def own_part(session: Session, actor: Actor) -> dict[str, object]:
    """Which part of all cases somebody may list, as column values."""
    if actor.holds(*views.WATCHERS) or is_of_centre(session, actor):
        return {}
    if actor.holds(Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CASHIER):
        return {"department_id": actor.organisation_id}
    return {"applicant_id": actor.person_id}


def read_place(cursor: str) -> tuple[Any, str] | None:
    """Where the last page ended."""
    if not cursor:
        return None
    moment, _, case_id = read_cursor(cursor).partition(" ")
    try:
        return read_time(moment), case_id
    except ValueError:
        raise BadInput(where="cursor", why="use the cursor that the last page returned") from None


@get("/api/cases/{case_id:str}")
def show(request: Request[Any, Any, Any], case_id: FromPath[str]) -> dict[str, Any]:
    """One case with its timeline; the applicant's name only for those who handle it."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    with adapters.database.reading() as session:
        case = views.case_for(session, actor, case_id)
        body = views.detail(session, case)
    if views.knows_applicant(actor, case):
        applicant = open_applicant(adapters.keys.people, case.id, case.applicant)
        body["applicant"] = {"name": applicant.name, "telephone": applicant.telephone}
    return body


@litestar.post("/api/cases/{case_id:str}/materials", request_max_body_size=None)
async def add_material(
    request: Request[Any, Any, Any], case_id: FromPath[str], code: str, name: str
) -> Response[Any]:
    """Bring one paper; the body is the file."""
    body = aiter(request.stream())

    def work() -> Response[Any]:
        adapters, found = adapters_of(request), caller(request)
        actor = found.may(Scope.APPLY if found.actor.holds(Duty.APPLICANT) else Scope.WINDOW)
        actor.require(Duty.APPLICANT, Duty.WINDOW_STAFF)
        with adapters.database.reading() as session:
            views.case_for(session, actor, case_id)
        kept = keep_material(adapters, chunks_of(body))
        data = {"code": code, "name": name[:200], **kept}
        event = carry_out(adapters, actor, case_id, Act.ADD_MATERIAL, data)
        return Response(views.event_data(event), status_code=201)

    return await anyio.to_thread.run_sync(work)


def keep_material(adapters: Adapters, source: Iterator[bytes]) -> dict[str, Any]:
    """Store one paper, whose kind its first bytes tell; raises BadInput for anything that could run."""
    first = next(source, b"")
    while len(first) < 8 and (more := next(source, b"")):
        first += more
    kind = next((kind for start, kind in STARTS.items() if first.startswith(start)), "")
    if not kind:
        raise BadInput(where="file", why="bring a PDF, a scan (PNG, JPEG, TIFF) or an Office file")

    def chunks() -> Iterator[bytes]:
        yield first
        yield from source

    stored: StoredObject = adapters.objects.put_once(chunks(), expected=None, limit_bytes=MATERIAL_LIMIT)
    return {"digest": stored.digest.hex(), "size": stored.size, "media_type": kind}


@get("/api/cases/{case_id:str}/materials/{code:str}")
def download(request: Request[Any, Any, Any], case_id: FromPath[str], code: FromPath[str]) -> Stream:
    """One paper, always as a download."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    with adapters.database.reading() as session:
        views.case_for(session, actor, case_id)
        row = next((m for m in cases.materials(session, case_id) if m.code == code and m.digest), None)
    if row is None or row.digest is None:
        raise NotFound(what="paper", id=code)
    return send_object(adapters, row.digest, row.size, row.name or code)


def send_object(adapters: Adapters, digest: bytes, size: int, name: str) -> Stream:
    """A stored object as a download: a hostile file never runs in our pages' name."""

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(digest) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Length": str(size),
    }
    return Stream(chunks(), media_type="application/octet-stream", headers=headers)


@get("/api/cases/{case_id:str}/letters/{name:str}")
def letter(request: Request[Any, Any, Any], case_id: FromPath[str], name: FromPath[str]) -> Stream:
    """A letter as PDF, by `kind-sequence`, such as `acceptance-4`."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    with adapters.database.reading() as session:
        views.case_for(session, actor, case_id)
        row = next((r for r in cases.letters(session, case_id) if f"{r.kind}-{r.sequence}" == name), None)
    if row is None:
        raise NotFound(what="letter", id=name)
    return send_object(adapters, row.digest, row.size, f"{name}.pdf")


@get("/api/decisions")
def list_decisions(request: Request[Any, Any, Any], limit: int = 50, cursor: str = "") -> Response[Any]:
    """行政许可公示: decisions for everybody, with masked names."""
    limit = page_limit(limit)
    items, key = public_decisions(adapters_of(request), limit, cursor)
    return paged(request, items, limit, key)


def public_decisions(adapters: Adapters, limit: int, cursor: str) -> tuple[list[dict[str, Any]], str]:
    """One page of decisions with masked names, and the key of the next page."""
    with adapters.database.reading() as session:
        equal: dict[str, object] = {"outcome": ["granted", "refused"], "is_public": True}
        rows = cases.page(session, limit=limit, after=read_place(cursor), **equal)
        titles = {row.version_id: cases.version(session, row.version_id).title for row in rows}
    items = [
        {
            "number": row.number,
            "item": row.item_code,
            "title": titles[row.version_id],
            "outcome": row.outcome,
            "decided_on": row.decided_on.isoformat() if row.decided_on else None,
            "applicant": masked(open_applicant(adapters.keys.people, row.id, row.applicant).name)
            if row.applicant
            else "",
        }
        for row in rows
    ]
    last = rows[-1] if len(rows) == limit else None
    return items, f"{write_time(last.received_at)} {last.id}" if last and last.received_at else ""


ROUTES = [
    begin,
    act_on,
    list_cases,
    show,
    add_material,
    download,
    letter,
    list_decisions,
]

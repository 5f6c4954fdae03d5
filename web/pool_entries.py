"""One entry over JSON: changed by its manager, with certificates; and applications to enter the pool."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from expert_pool.actions import applications as applying
from expert_pool.actions.certificates import add_to_application, add_to_entry, look_at
from expert_pool.actions.decoys import plant
from expert_pool.actions.edits import edit_entry
from expert_pool.actions.pool import PoolEntry
from expert_pool.certificates import LIMIT
from expert_pool.entry_form import write_expert
from expert_pool.pool_file import ReadEntry
from expert_pool.queries import applications, pool
from expert_pool.queries.certificates import Listed, certificates
from expert_pool.queries.decoys import decoys, touches
from expert_pool.records.pool import ApplicationRecord, ExpertRecord
from kernel.clock import write_time
from kernel.errors import BadInput, NotFound
from storage.database import Session
from web.guards import adapters_of, caller
from web.pages.pool import read_form
from web.routes import get, post, put
from web.shapes import Shape

UPLOAD = LIMIT + 1024
NO_STORE = {"Cache-Control": "no-store"}


class ColumnsShape(Shape):
    """An entry as the columns of an import's line; lists have their parts with `;` or line ends between them."""

    columns: dict[str, str]
    seen_at: datetime | None = None


class DecisionShape(Shape):
    """Approve under a number, or reject with a reason."""

    approve: bool
    number: str = ""
    reason: str = ""


def one_entry(columns: dict[str, str]) -> ReadEntry:
    """The entry of these columns; raises BadInput naming the first wrong one."""
    read = read_form({**columns})
    if read.faults:
        raise BadInput(where=read.faults[0].column, why=read.faults[0].why)
    return read.entries[0]


def entry_of(read: ReadEntry) -> PoolEntry:
    """A read line as the action takes it."""
    return PoolEntry(read.expert, read.sign_in, read.identity, read.absent)


def by_number(session: Session, number: str) -> ExpertRecord:
    """The entry with this number; raises NotFound."""
    record = pool.expert_by_number(session, number)
    if record is None:
        raise NotFound(what="expert", id=number)
    return record


@put("/api/experts/{number:str}/entry")
def edit(
    request: Request[Any, Any, Any], number: FromPath[str], data: JSONBody[ColumnsShape]
) -> dict[str, Any]:
    """Change one entry; columns that are absent stay as they are."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER)
    read = one_entry({"number": number, **data.columns})
    with adapters.database.transaction() as session:
        changed = edit_entry(
            session,
            actor=actor,
            expert_id=by_number(session, number).id,
            entry=entry_of(read),
            seen_at=data.seen_at,
            now=adapters.clock.now(),
        )
    return {"changed": list(changed)}


@post("/api/decoys")
def plant_decoy(request: Request[Any, Any, Any], data: JSONBody[ColumnsShape]) -> dict[str, str]:
    """Plant an invented entry; a number or a person that is in the pool is refused."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)
    actor.require(Duty.SUPERVISOR)
    read = one_entry(data.columns)
    with adapters.database.transaction() as session:
        id = plant(session, actor=actor, expert=read.expert, identity=read.identity, now=adapters.clock.now())
    return {"id": id}


@get("/api/decoys")
def list_decoys(request: Request[Any, Any, Any]) -> Response[Any]:
    """The planted entries by number, and who touched one, when and how; for the supervisor only."""
    actor = caller(request).may(Scope.SUPERVISE)
    actor.require(Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        planted = {row.id: row.number for row in decoys(session)}
        found = [
            {
                "number": planted.get(one.expert_id, ""),
                "by": one.person_id,
                "how": one.how,
                "at": write_time(one.at),
            }
            for one in touches(session)
        ]
    return Response({"decoys": sorted(planted.values()), "touches": found}, headers=NO_STORE)


@get("/api/experts/{number:str}/certificates")
def list_certificates(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[Any]:
    """The certificates of an entry, by id; each is opened by a look that is logged."""
    actor = caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        found = certificates(session, expert_id=by_number(session, number).id)
    return Response({"certificates": [_listed(one) for one in found]}, headers=NO_STORE)


@post("/api/experts/{number:str}/certificates", request_max_body_size=UPLOAD)
def add_certificate(
    request: Request[Any, Any, Any], number: FromPath[str], body: bytes, name: FromQuery[str]
) -> dict[str, str]:
    """Bring a certificate to an entry; the body is the file, and the same file again is not kept twice."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        expert_id, now = by_number(session, number).id, adapters.clock.now()
        id = add_to_entry(session, actor=actor, expert_id=expert_id, name=name, content=body, now=now)
    return {"id": id}


@post("/api/certificates/{certificate_id:str}/look", status_code=200)
def look(request: Request[Any, Any, Any], certificate_id: FromPath[str]) -> Response[bytes]:
    """A certificate's bytes, always as a download; the look is logged."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        now = adapters.clock.now()
        _, _, content = look_at(session, actor=actor, certificate_id=certificate_id, now=now)
    headers = {"Content-Disposition": 'attachment; filename="certificate"', **NO_STORE}
    return Response(content, media_type="application/octet-stream", headers=headers)


@post("/api/expert-applications")
def apply(request: Request[Any, Any, Any], data: JSONBody[ColumnsShape]) -> dict[str, str]:
    """Ask to enter the pool; while one application waits, a second one is refused."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.APPLY)
    read = one_entry({**data.columns, "number": "new"})
    with adapters.database.transaction() as session:
        id = applying.apply(
            session, actor=actor, expert=read.expert, identity=read.identity, now=adapters.clock.now()
        )
    return {"id": id}


@get("/api/my-expert-applications")
def list_own(request: Request[Any, Any, Any]) -> Response[Any]:
    """The caller's applications, newest first, with the reasons of decisions."""
    actor = caller(request).may(Scope.APPLY)
    with adapters_of(request).database.reading() as session:
        found = [
            {**_application(row), "reason": applying.decision_reason(session, row)}
            for row in applications.own_applications(session, actor.person_id)
        ]
    return Response({"applications": found}, headers=NO_STORE)


@post("/api/expert-applications/{application_id:str}/certificates", request_max_body_size=UPLOAD)
def add_own_certificate(
    request: Request[Any, Any, Any], application_id: FromPath[str], body: bytes, name: FromQuery[str]
) -> dict[str, str]:
    """Bring a certificate to an application of one's own that waits."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.APPLY)
    with adapters.database.transaction() as session:
        id = add_to_application(
            session,
            actor=actor,
            application_id=application_id,
            name=name,
            content=body,
            now=adapters.clock.now(),
        )
    return {"id": id}


@post("/api/expert-applications/{application_id:str}/withdrawal", status_code=200)
def withdraw(request: Request[Any, Any, Any], application_id: FromPath[str]) -> dict[str, bool]:
    """Take an application of one's own back."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.APPLY)
    with adapters.database.transaction() as session:
        applying.withdraw_application(
            session, actor=actor, application_id=application_id, now=adapters.clock.now()
        )
    return {"withdrawn": True}


@get("/api/expert-applications")
def list_open(request: Request[Any, Any, Any]) -> Response[Any]:
    """The applications that wait, oldest first, as they were filled in; for the pool manager."""
    actor = caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        found = [
            {
                **_application(row),
                "entry": write_expert(applying.applied_entry(session, row)[0]),
                "certificates": [_listed(one) for one in certificates(session, application_id=row.id)],
            }
            for row in applications.open_applications(session)
        ]
    return Response({"applications": found}, headers=NO_STORE)


@post("/api/expert-applications/{application_id:str}/decision", status_code=200)
def decide(
    request: Request[Any, Any, Any], application_id: FromPath[str], data: JSONBody[DecisionShape]
) -> dict[str, Any]:
    """Approve under a number, or reject with a reason."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        expert_id = applying.decide_application(
            session,
            actor=actor,
            application_id=application_id,
            approve=data.approve,
            reason=data.reason,
            number=data.number,
            now=adapters.clock.now(),
        )
    return {"approved": expert_id is not None}


def _application(row: ApplicationRecord) -> dict[str, Any]:
    return {"id": row.id, "state": row.state, "made_at": write_time(row.made_at)}


def _listed(one: Listed) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "size": one.size,
        "media_type": one.media_type,
        "added_at": write_time(one.added_at),
    }


ROUTES = [
    edit,
    plant_decoy,
    list_decoys,
    list_certificates,
    add_certificate,
    look,
    apply,
    list_own,
    add_own_certificate,
    withdraw,
    list_open,
    decide,
]

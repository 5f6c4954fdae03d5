"""Parallel approvals over JSON: open, gather papers once, start together, follow, deliver together."""

from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from approval.actions import projects
from approval.actions.projects import NewProject, open_project
from approval.actions.projects_join import children
from approval.applicant import read_applicant
from approval.parallel import MergedMaterial, critical_path, total_days
from approval.queries import views
from approval.queries.calendar import calendar
from kernel.clock import write_time
from storage.adapters import Adapters
from storage.database import Session
from web.cases import keep_material
from web.documents import chunks_of
from web.guards import Caller, adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class ProjectRequest(Shape):
    """What opens a parallel approval."""

    title: str
    lead: str
    site: str
    items: tuple[str, ...]
    name: str
    identity: str
    telephone: str = ""
    template: str = ""
    investment_fen: int = 0
    green: bool = False
    limit_days: int = projects.LIMIT_DAYS
    stage: str = "approval"


class StageRequest(Shape):
    """The joint stage that comes next."""

    stage: str


class HopRequest(Shape):
    """What is sent on, from where to where."""

    what: str
    from_code: str
    to_code: str


def scope_of(found: Caller) -> Actor:
    """The caller, with the scope that their side of the counter needs."""
    return found.may(Scope.APPLY if found.actor.holds(Duty.APPLICANT) else Scope.WINDOW)


@post("/api/projects")
def begin(request: Request[Any, Any, Any], data: JSONBody[ProjectRequest]) -> Any:
    """Open a project with a draft of every child case."""
    adapters, actor = adapters_of(request), scope_of(caller(request))
    command = NewProject(
        title=data.title,
        lead_department_id=data.lead,
        site_code=data.site,
        item_codes=data.items,
        applicant=read_applicant(data.name, data.identity, data.telephone),
        template=data.template,
        investment_fen=data.investment_fen,
        is_green=data.green and not actor.holds(Duty.APPLICANT),
        limit_days=data.limit_days,
        facts={"stage": data.stage},
    )

    def act(session: Session) -> dict[str, Any]:
        opened = open_project(
            session,
            actor=actor,
            command=command,
            keys=adapters.keys,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
        return {"id": opened.project.id, "number": opened.project.number, "code": opened.code}

    return create_once(request, adapters, actor, data, act)


@get("/api/projects/{project_id:str}")
def show(request: Request[Any, Any, Any], project_id: FromPath[str]) -> dict[str, Any]:
    """A project with its children, its merged papers and what decided its total time."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    with adapters.database.reading() as session:
        return project_view(session, actor, project_id)


def project_view(session: Session, actor: Actor, project_id: str) -> dict[str, Any]:
    """A project as its members see it."""
    project = projects.find_project(session, project_id)
    rows = projects.child_records(session, project_id)
    if not any(views.may_see(session, actor, row) for row in rows):
        projects.check_member(session, actor, project)
    found = children(session, project_id)
    return {
        "id": project.id,
        "number": project.number,
        "title": project.title,
        "template": project.template,
        "state": project.state,
        "stage": project.stage,
        "lead": project.lead_department_id,
        "green": project.is_green,
        "started_on": str(project.started_on) if project.started_on else None,
        "due": str(project.due) if project.due else None,
        "joined_at": write_time(project.joined_at) if project.joined_at else None,
        "children": [{**views.summary(row), "used_days": row.used_days} for row in rows],
        "papers": [paper_data(paper) for paper in projects.merged(session, project_id)],
        "missing": [paper.spec.code for paper in projects.missing_papers(session, project_id)],
        "critical_path": [{"item": c.item_code, "days": c.used_days} for c in critical_path(found)],
        "total_days": total_days(found),
    }


def paper_data(paper: MergedMaterial) -> dict[str, Any]:
    """One merged paper."""
    return {
        "code": paper.spec.code,
        "title": paper.spec.title,
        "main": paper.is_main,
        "needed_by": list(paper.needed_by),
    }


@litestar.post("/api/projects/{project_id:str}/materials", request_max_body_size=None)
async def add_paper(
    request: Request[Any, Any, Any], project_id: FromPath[str], code: str, name: str
) -> Response[Any]:
    """Bring one paper for every child that needs it; the body is the file, stored once."""
    body = aiter(request.stream())

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), scope_of(caller(request))
        with adapters.database.reading() as session:
            projects.check_member(session, actor, projects.find_project(session, project_id))
        stored = {"name": name, **keep_material(adapters, chunks_of(body))}
        given = give_paper(adapters, actor, project_id, code, stored)
        return Response({"children": given, "digest": stored["digest"]}, status_code=201)

    return await anyio.to_thread.run_sync(work)


def give_paper(adapters: Adapters, actor: Actor, project_id: str, code: str, stored: dict[str, Any]) -> int:
    """Note a stored paper in every child that lists it."""
    with adapters.database.transaction() as session:
        return projects.add_paper(
            session,
            actor=actor,
            project_id=project_id,
            code=code,
            stored=stored,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )


@post("/api/projects/{project_id:str}/start", status_code=200)
def start(request: Request[Any, Any, Any], project_id: FromPath[str]) -> dict[str, Any]:
    """Accept every child on the same day."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        project = projects.start(
            session,
            actor=actor,
            project_id=project_id,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
    return {"state": project.state, "started_on": str(project.started_on), "due": str(project.due)}


@post("/api/projects/{project_id:str}/one-time-notice", status_code=200)
def tell(request: Request[Any, Any, Any], project_id: FromPath[str]) -> dict[str, Any]:
    """One one-time notice over all departments."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        papers = projects.tell_missing(session, actor=actor, project_id=project_id, now=adapters.clock.now())
    return {"papers": [paper_data(paper) for paper in papers]}


@post("/api/projects/{project_id:str}/stage", status_code=200)
def next_stage(
    request: Request[Any, Any, Any], project_id: FromPath[str], data: JSONBody[StageRequest]
) -> dict[str, str]:
    """Go on to the next joint stage."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        projects.next_stage(
            session, actor=actor, project_id=project_id, stage=data.stage, now=adapters.clock.now()
        )
    return {"stage": data.stage}


@post("/api/projects/{project_id:str}/deliver", status_code=200)
def deliver(request: Request[Any, Any, Any], project_id: FromPath[str]) -> dict[str, str]:
    """Hand over everything at once."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        projects.deliver(
            session,
            actor=actor,
            project_id=project_id,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
    return {"state": "delivered"}


@post("/api/cases/{case_id:str}/hops")
def send_hop(request: Request[Any, Any, Any], case_id: FromPath[str], data: JSONBody[HopRequest]) -> Any:
    """Send papers or a certificate on to another site."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)

    def act(session: Session) -> dict[str, Any]:
        views.case_for(session, actor, case_id)
        hop = projects.send_hop(
            session,
            actor=actor,
            case_id=case_id,
            what=data.what,
            from_code=data.from_code,
            to_code=data.to_code,
            now=adapters.clock.now(),
        )
        return {"id": hop.id}

    return create_once(request, adapters, actor, data, act)


@post("/api/hops/{hop_id:str}/receipt", status_code=200)
def receive_hop(request: Request[Any, Any, Any], hop_id: FromPath[str]) -> dict[str, str]:
    """Confirm what arrived."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.WINDOW)
    with adapters.database.transaction() as session:
        hop = projects.receive_hop(session, actor=actor, hop_id=hop_id, now=adapters.clock.now())
    assert hop.received_at is not None
    return {"received_at": write_time(hop.received_at)}


ROUTES = [begin, show, add_paper, start, tell, next_stage, deliver, send_hop, receive_hop]

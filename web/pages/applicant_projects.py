"""Several items at once: handled together in parallel, or apart, as the applicant wishes; papers brought once."""

import secrets
from typing import Any

import anyio.to_thread
import litestar
import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts import queries as accounts
from accounts.actions import once
from accounts.duties import Actor, Duty
from approval.actions import projects
from approval.actions.open_case import NewCase, open_case
from approval.actions.projects import NewProject, open_project
from approval.applicant import read_applicant
from approval.papers import HERE
from approval.queries import cases, catalogue, tracking
from approval.queries.calendar import calendar
from approval.queries.catalogue import Wanted
from kernel.errors import BadInput, NotAllowed, NotFound, TenderingError
from storage.adapters import Adapters
from storage.database import Session
from web.cases import MATERIAL_LIMIT, keep_material
from web.documents import chunks_of
from web.guards import adapters_of
from web.pages.forms import FileForm, many, text
from web.pages.render import actor_of, refuse, render, see
from web.projects import give_paper
from web.routes import get, post

FOUND = 30  # items that a search shows at most
TYPED = ("name", "identity", "telephone", "title", "lead", "way", "key")


@get("/apply-together")
def show_choice(request: Request[Any, Any, Any], q: FromQuery[str] = "") -> Response[str]:
    """Choose items, then say who applies and whether they are handled together."""
    actor = actor_of(request, Duty.APPLICANT)
    form = {"name": actor.name, "key": secrets.token_urlsafe(16), "way": "together"}
    chosen = request.query_params.getall("items", [])
    return render(request, "applicant-together.html", form=form, **choice_values(request, chosen, q))


def choice_values(request: Request[Any, Any, Any], chosen: list[str], q: str) -> dict[str, Any]:
    """The items chosen so far and those that a search finds."""
    with adapters_of(request).database.reading() as session:
        found = catalogue.items(session, Wanted(q[:100]))[:FOUND]
        kept = [row for code in chosen[:60] if (row := catalogue.find_item(session, code))]
        rows = {row.code: row for row in [*kept, *found]}
        versions = {row.code: cases.version(session, str(row.current_version_id)) for row in rows.values()}
        names = accounts.organisation_names(session, {row.department_id for row in rows.values()})
    return {
        "q": q,
        "chosen": [row.code for row in kept],
        "rows": list(rows.values()),
        "titles": {code: version.title for code, version in versions.items()},
        "departments": names,
        "leads": {row.department_id: names[row.department_id] for row in kept},
    }


@post("/apply-together")
def start_together(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Open a project, or separate cases for who does not want one."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    form = {name: text(data, name) for name in TYPED}
    chosen = many(data, "items")
    try:
        opened = open_chosen(adapters, actor, form, chosen)
    except TenderingError as error:
        values = choice_values(request, chosen, "")
        return refuse(request, "applicant-together.html", error, form=form, **values)
    return render(request, "applicant-opened-together.html", opened=opened, status=201)


def open_chosen(
    adapters: Adapters, actor: Actor, form: dict[str, str], chosen: list[str]
) -> list[dict[str, str]]:
    """The project, or the cases, each with its number and code; once per key of the form."""
    if form["way"] not in ("together", "apart"):
        raise BadInput(where="way", why="say whether they are handled together or apart")
    with adapters.database.transaction() as session:

        def act() -> str:
            make = _together if form["way"] == "together" else _apart
            return msgspec.json.encode(make(session, adapters, actor, form, chosen)).decode()

        asked = b"POST /apply-together\n" + msgspec.json.encode([form, chosen])
        now = adapters.clock.now()
        answer = once(session, person_id=actor.person_id, key=form["key"], request=asked, now=now, act=act)
    return msgspec.json.decode(answer.encode(), type=list[dict[str, str]])


def _together(
    session: Session, adapters: Adapters, actor: Actor, form: dict[str, str], chosen: list[str]
) -> list[dict[str, str]]:
    applicant = read_applicant(form["name"], form["identity"], form["telephone"])
    items = [cases.item_by_code(session, code) for code in chosen]
    if form["lead"] not in {item.department_id for item in items}:
        raise BadInput(where="lead", why="choose one of the departments of your items")
    command = NewProject(form["title"], form["lead"], items[0].site_code, tuple(chosen), applicant)
    opened = open_project(
        session,
        actor=actor,
        command=command,
        keys=adapters.keys,
        calendar=calendar(session),
        now=adapters.clock.now(),
    )
    path = f"/applications/projects/{opened.project.id}"
    return [{"path": path, "title": form["title"], "number": opened.project.number, "code": opened.code}]


def _apart(
    session: Session, adapters: Adapters, actor: Actor, form: dict[str, str], chosen: list[str]
) -> list[dict[str, str]]:
    applicant = read_applicant(form["name"], form["identity"], form["telephone"])
    if not chosen:
        raise BadInput(where="items", why="choose at least one item")
    found = []
    for code in dict.fromkeys(chosen):
        opened = open_case(
            session,
            actor=actor,
            command=NewCase(code, applicant, channel="online", facts={"alone": True}),
            keys=adapters.keys,
            calendar=calendar(session),
            now=adapters.clock.now(),
        )
        found.append(
            {
                "path": f"/applications/{opened.case.id}",
                "title": code,
                "number": opened.case.number,
                "code": opened.code,
            }
        )
    return found


@get("/applications/projects/{project_id:str}")
def show_project(request: Request[Any, Any, Any], project_id: FromPath[str]) -> Response[str]:
    """One project: its cases, its papers, each brought once for all departments."""
    return render(request, "applicant-project.html", **project_values(request, project_id))


def project_values(request: Request[Any, Any, Any], project_id: str) -> dict[str, Any]:
    """What the page of a project shows."""
    actor = actor_of(request, Duty.APPLICANT)
    with adapters_of(request).database.reading() as session:
        project = projects.find_project(session, project_id)
        if project.applicant_id != actor.person_id:
            raise NotFound(what="project", id=project_id)
        missing = {paper.spec.code for paper in projects.missing_papers(session, project_id)}
        rows = tracking.own_children(session, project_id)
        here = {m.code: m.name for row in rows for m in cases.materials(session, row.id) if m.status in HERE}
        return {
            "project": project,
            "seen": tracking.project_seen(session, project),
            "children": [(row, cases.version(session, row.version_id).title) for row in rows],
            "papers": [
                {
                    "code": paper.spec.code,
                    "title": paper.spec.title,
                    "trust": paper.spec.trust,
                    "is_main": paper.is_main,
                    "needed_by": paper.needed_by,
                    "is_missing": paper.spec.code in missing,
                    "name": here.get(paper.spec.code, ""),
                }
                for paper in projects.merged(session, project_id)
            ],
            "may_upload": project.state == "gathering",
            "limit": MATERIAL_LIMIT,
        }


@litestar.post("/applications/projects/{project_id:str}/papers/{code:str}/upload", request_max_body_size=None)
async def upload_paper(
    request: Request[Any, Any, Any], project_id: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """Take one paper in for every case of the project that needs it."""
    form = FileForm(request)
    problem: TenderingError | None = None
    try:
        await form.begin()
    except TenderingError as error:
        problem = error

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
        values = project_values(request, project_id)
        try:
            if problem:
                raise problem
            if not values["may_upload"]:
                raise NotAllowed(duty="lead department of the project")
            stored = {"name": form.filename[-200:], **keep_material(adapters, chunks_of(form.chunks()))}
            give_paper(adapters, actor, project_id, code, stored)
        except (NotFound, NotAllowed):
            raise
        except TenderingError as error:
            return refuse(request, "applicant-project.html", error, field=f"file-{code}", **values)
        return see(f"/applications/projects/{project_id}#papers")

    answer = await anyio.to_thread.run_sync(work)
    await form.drain()
    return answer


ROUTES = [show_choice, start_together, show_project, upload_paper]

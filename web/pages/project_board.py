"""The board of one joint approval: its papers, its cases, what decided its time, and what the lead may do."""

from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Stream

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.actions import fees, projects
from approval.actions.doing import leads
from approval.actions.letters import paper
from approval.applicant import open_applicant
from approval.fees import Charge
from approval.lifecycle import BEFORE_DECISION, Act
from approval.parallel import STAGES
from approval.queries import bills, cases, work_lists
from approval.queries.calendar import calendar
from kernel.errors import BadInput, IncompletePapers, NotFound, TenderingError, UnlistedFee
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.cases import carry_out, keep_material, send_object
from web.documents import chunks_of
from web.fees import keep_refused
from web.guards import adapters_of
from web.language import language_of
from web.pages.act_forms import read_data
from web.pages.cases import read_units
from web.pages.forms import FileForm, text
from web.pages.lead import MEMBERS, templates
from web.pages.render import actor_of, refuse, render, see
from web.pages.words import said
from web.projects import give_paper, project_view
from web.routes import get, post

LETTERS = ("copies", "one_time_notice")


@get("/projects/{project_id:str}")
def show_project(
    request: Request[Any, Any, Any], project_id: FromPath[str], done: FromQuery[str] = ""
) -> Response[str]:
    """One joint approval."""
    values = board_values(request, project_id)
    done = done if done in ("started", "told", "staged", "delivered", "urged", "paper") else ""
    return render(request, "project-show.html", done=done, typed={}, **values)


def board_values(request: Request[Any, Any, Any], project_id: str) -> dict[str, Any]:
    """Everything on the board; raises NotAllowed for those who have no part in it."""
    adapters, actor = adapters_of(request), actor_of(request, *MEMBERS)
    with adapters.database.reading() as session:
        view = project_view(session, actor, project_id)
        project = projects.find_project(session, project_id)
        children = work_lists.children(session, project_id)
        versions = {row.id: cases.version(session, row.version_id) for row in children}
        held = {m.code: m for row in children for m in cases.materials(session, row.id) if m.digest}
        values: dict[str, Any] = {
            "view": view,
            "project": project,
            "children": children,
            "titles": {row.item_code: versions[row.id].title for row in children},
            "held": held,
            "names": accounts.organisation_names(
                session, {project.lead_department_id, *(row.department_id for row in children)}
            ),
            "agent": accounts.person_names(session, {project.agent_id}) if project.agent_id else {},
            "letters": [kind for kind in LETTERS if paper(session, project_id, kind)],
            "is_member": actor.holds(Duty.CENTRE_OFFICE) or leads(actor, project),
            "urgeable": [row.id for row in children if row.state in BEFORE_DECISION],
            "meetings": [m for m in work_lists.meetings(session, actor, True) if m.parent_id == project_id],
            "bill": project_bill(session, project_id),
        }
    if values["is_member"]:
        applicant = open_applicant(adapters.keys.people, project.id, project.applicant)
        values["applicant"] = applicant.name
    values["pattern"] = templates().get(project.template)
    values["next_stage"] = next(iter(STAGES[STAGES.index(project.stage) + 1 :]), "")
    values["today"] = business_day(adapters.clock.now())
    return values


def project_bill(session: Session, project_id: str) -> dict[str, Any] | None:
    """The bill of a project, once it is issued."""
    row = work_lists.bill_of_project(session, project_id)
    return bills.bill_data(session, row) if row else None


@post("/projects/{project_id:str}/acts")
def act_on_project(
    request: Request[Any, Any, Any], project_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Start together, tell once what is missing, go to the next stage, deliver together."""
    adapters, actor = adapters_of(request), actor_of(request, *MEMBERS)
    values, now, how = board_values(request, project_id), adapters.clock.now(), text(data, "how")
    try:
        with adapters.database.transaction() as session:
            days = calendar(session)
            if how == "started":
                projects.start(session, actor=actor, project_id=project_id, calendar=days, now=now)
            elif how == "told":
                projects.tell_missing(session, actor=actor, project_id=project_id, now=now)
            elif how == "staged":
                stage = text(data, "stage")
                projects.next_stage(session, actor=actor, project_id=project_id, stage=stage, now=now)
            elif how == "delivered":
                projects.deliver(session, actor=actor, project_id=project_id, calendar=days, now=now)
            else:
                raise NotFound(what="act", id=how[:40])
    except NotFound:
        raise
    except TenderingError as error:
        shown = with_paper_titles(request, values, error)
        return refuse(request, "project-show.html", shown, done="", typed={}, **values)
    return see(f"/projects/{project_id}?done={how}")


def with_paper_titles(
    request: Request[Any, Any, Any], values: dict[str, Any], error: TenderingError
) -> TenderingError:
    """The same refusal, with missing papers called by their titles."""
    if not isinstance(error, IncompletePapers):
        return error
    language = language_of(request)
    titles = {p["code"]: said(p["title"], language=language) for p in values["view"]["papers"]}
    named = [titles.get(code, code) for code in str(error.facts["missing"]).split(", ")]
    return IncompletePapers(missing=", ".join(named))


@post("/projects/{project_id:str}/urge/{case_id:str}")
def urge(
    request: Request[Any, Any, Any],
    project_id: FromPath[str],
    case_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """督办: ask a department for an answer within a limit."""
    actor = actor_of(request, *MEMBERS)
    values = board_values(request, project_id)
    if case_id not in [row.id for row in values["children"]]:
        raise NotFound(what="case", id=case_id)
    try:
        carry_out(adapters_of(request), actor, case_id, Act.URGE, read_data(Act.URGE, data))
    except NotFound:
        raise
    except TenderingError as error:
        field = f"urge-{error.facts.get('where', 'days')}-{case_id}"
        typed = {case_id: data}
        return refuse(request, "project-show.html", error, field=field, done="", typed=typed, **values)
    return see(f"/projects/{project_id}?done=urged")


@litestar.post("/projects/{project_id:str}/papers", request_max_body_size=None)
async def add_paper(request: Request[Any, Any, Any], project_id: FromPath[str]) -> Response[Any]:
    """One paper for every department that needs it; it is stored once."""
    values = await anyio.to_thread.run_sync(board_values, request, project_id)
    form = FileForm(request)

    def keep() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, *MEMBERS)
        try:
            if not form.filename:
                raise BadInput(where="file", why="choose a file")
            check_member(adapters, actor, project_id)
            kept = {"name": form.filename, **keep_material(adapters, chunks_of(form.chunks()))}
            give_paper(adapters, actor, project_id, form.fields.get("code", ""), kept)
        except TenderingError as error:
            typed = {"upload": form.fields}
            return refuse(request, "project-show.html", error, field="file", done="", typed=typed, **values)
        return see(f"/projects/{project_id}?done=paper#papers")

    try:
        await form.begin()
    except BadInput:
        form.filename = ""
    answer = await anyio.to_thread.run_sync(keep)
    await form.drain()
    return answer


def check_member(adapters: Adapters, actor: Actor, project_id: str) -> None:
    """Raise NotAllowed unless somebody leads the project or works for the centre; before anything is stored."""
    with adapters.database.reading() as session:
        projects.check_member(session, actor, projects.find_project(session, project_id))


@get("/projects/{project_id:str}/letters/{kind:str}")
def download_letter(
    request: Request[Any, Any, Any], project_id: FromPath[str], kind: FromPath[str]
) -> Stream:
    """A paper of the project as PDF: the copy to the departments, the merged one-time notice."""
    adapters, actor = adapters_of(request), actor_of(request, *MEMBERS)
    with adapters.database.reading() as session:
        project_view(session, actor, project_id)
        found = paper(session, project_id, kind)
    if found is None:
        raise NotFound(what="paper", id=kind[:40])
    return send_object(adapters, found.digest, found.size, f"{kind}.pdf")


@get("/projects/{project_id:str}/bill")
def show_project_bill(request: Request[Any, Any, Any], project_id: FromPath[str]) -> Response[str]:
    """One bill over all departments: their fee schedules, or the bill that was issued."""
    return render(request, "project-bill.html", form={}, **bill_values(request, project_id))


def bill_values(request: Request[Any, Any, Any], project_id: str) -> dict[str, Any]:
    """The fees of every case of a project."""
    actor = actor_of(request, Duty.WINDOW_STAFF)
    with adapters_of(request).database.reading() as session:
        project = projects.find_project(session, project_id)
        projects.check_member(session, actor, project)
        children = work_lists.children(session, project_id)
        versions = {row.id: cases.version(session, row.version_id) for row in children}
        return {
            "project": project,
            "children": [(row, versions[row.id]) for row in children],
            "bill": project_bill(session, project_id),
        }


@post("/projects/{project_id:str}/bill")
def issue_project_bill(
    request: Request[Any, Any, Any], project_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Issue one bill over all departments; it is paid once."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    values = bill_values(request, project_id)
    charges: list[tuple[str, Charge]] = []
    try:
        for row, version in values["children"]:
            charges += [(row.id, charge) for charge in read_units(data, f"{row.id}-", version.code)]
        with adapters.database.transaction() as session:
            fees.issue_bill(
                session, actor=actor, charges=charges, project_id=project_id, now=adapters.clock.now()
            )
    except TenderingError as error:
        if isinstance(error, UnlistedFee):
            keep_refused(adapters, actor, charges, error)
        return refuse(request, "project-bill.html", error, form=data, **values)
    return see(f"/projects/{project_id}/bill")


ROUTES = [
    show_project,
    act_on_project,
    urge,
    add_paper,
    download_letter,
    show_project_bill,
    issue_project_bill,
]

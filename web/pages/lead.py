"""Joint approvals: open one from a template, gather papers once, start together, follow, urge, deliver together."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response
from litestar.params import FromQuery, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.actions.open_case import NewCase, open_case
from approval.actions.projects import LIMIT_DAYS, NewProject, open_project
from approval.applicant import read_applicant
from approval.parallel import DEFAULT_INVESTMENT_FEN, STAGES, is_parallel_by_default
from approval.queries import cases, catalogue, organisation, registers, work_lists
from approval.queries.calendar import calendar
from approval.queries.catalogue import Wanted, versions_in_force
from kernel.errors import BadInput, NotAllowed, TenderingError
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.guards import adapters_of
from web.pages.cashier import read_yuan
from web.pages.forms import many, text, whole
from web.pages.render import actor_of, refuse, render
from web.routes import get, post

TEMPLATES = Path(__file__).parent.parent / "project_templates"
MEMBERS = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER, Duty.CENTRE_OFFICE)


@cache
def templates() -> dict[str, dict[str, Any]]:
    """The templates of joint approvals that are shipped, by code (web/project_templates/README.md)."""
    found = [json.loads(path.read_text()) for path in sorted(TEMPLATES.glob("*.json"))]
    return {template["code"]: template for template in found}


@get("/projects")
def list_projects(request: Request[Any, Any, Any]) -> Response[str]:
    """The joint approvals that one leads, accompanies or has a part in, the green ones first."""
    adapters, actor = adapters_of(request), actor_of(request, *MEMBERS)
    with adapters.database.reading() as session:
        rows = work_lists.projects(session, actor, actor.holds(Duty.CENTRE_OFFICE))
        accompanied = [row for row in rows if row.agent_id == actor.person_id]
        children = {row.id: work_lists.children(session, row.id) for row in accompanied}
        names = accounts.organisation_names(session, {row.lead_department_id for row in rows})
        titles = {
            case.version_id: cases.version(session, case.version_id).title
            for found in children.values()
            for case in found
        }
    values: dict[str, Any] = {
        "rows": rows,
        "accompanied": accompanied,
        "children": children,
        "names": names,
        "titles": titles,
        "today": business_day(adapters.clock.now()),
        "may_open": actor.holds(Duty.WINDOW_STAFF),
        "template_titles": {code: one["title"] for code, one in templates().items()},
    }
    return render(request, "project-list.html", **values)


@get("/projects/new")
def show_new(
    request: Request[Any, Any, Any], template: FromQuery[str] = "", stage: FromQuery[str] = ""
) -> Response[str]:
    """The form of a joint approval, with the items that its template proposes."""
    form = {"template": template, "stage": stage}
    return render(request, "project-new.html", form=form, **new_values(request, template, stage))


def new_values(request: Request[Any, Any, Any], template_code: str, stage_code: str) -> dict[str, Any]:
    """Templates, departments, people, and the published items with those proposed."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    template = templates().get(template_code)
    stages = template["stages"] if template else []
    stage = next((s for s in stages if s["code"] == stage_code), stages[0] if stages else None)
    with adapters.database.reading() as session:
        rows = catalogue.items(session, Wanted())
        versions = versions_in_force(session, [row.id for row in rows], business_day(adapters.clock.now()))
        names = accounts.organisation_names(session, {row.department_id for row in rows})
        departments = accounts.organisation_names(session, {d.id for d in organisation.departments(session)})
        agents = accounts.people_with_duty(session, Duty.WINDOW_STAFF)
        home = work_lists.site_of(session, actor)
        sites = [s for level in ("city", "county") for s in organisation.sites(session, level)]
    proposed = set(stage["base_codes"]) if stage else set()
    items = [(versions[row.id], names.get(row.department_id, "")) for row in rows if row.id in versions]
    return {
        "templates": list(templates().values()),
        "pattern": template,
        "stage": stage,
        "items": sorted(items, key=lambda pair: (pair[0].base_code not in proposed, pair[0].code)),
        "proposed": proposed,
        "departments": sorted(departments.items(), key=lambda pair: pair[1]),
        "own_department": actor.organisation_id,
        "agents": [(person.id, person.name) for person in agents],
        "sites": [(site.code, site.name) for site in sites],
        "home": home,
        "limit_days": stage["limit_days"] if stage else LIMIT_DAYS,
        "joint_stages": [(name, name) for name in STAGES],
        "threshold_fen": DEFAULT_INVESTMENT_FEN,
    }


@post("/projects/new")
def open_new(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Open the joint approval with a draft of every case; or, at the applicant's wish, each case alone."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    try:
        command = read_command(data)
        with adapters.database.transaction() as session:
            by_default = is_by_default(session, command)
            if text(data, "how") == "apart":
                opened = open_apart(session, adapters, actor, command)
                return render(request, "project-apart.html", opened=opened, by_default=by_default)
            command.facts["parallel_by_default"] = by_default
            made = open_project(
                session,
                actor=actor,
                command=command,
                keys=adapters.keys,
                calendar=calendar(session),
                now=adapters.clock.now(),
            )
            told = {"id": made.project.id, "number": made.project.number, "title": made.project.title}
    except TenderingError as error:
        values = new_values(request, text(data, "template"), text(data, "stage"))
        return refuse(request, "project-new.html", error, form=data, **values)
    return render(
        request, "project-slip.html", status=201, project=told, code=made.code, by_default=by_default
    )


def read_command(data: dict[str, Any]) -> NewProject:
    """What the form asks for; raises BadInput naming the field."""
    try:
        investment = read_yuan(text(data, "investment")) if text(data, "investment") else 0
    except BadInput as error:
        raise BadInput(where="investment", why=error.facts["why"]) from None
    if text(data, "joint_stage") not in STAGES:
        raise BadInput(where="joint_stage", why=f"it must be one of {', '.join(STAGES)}")
    return NewProject(
        title=text(data, "title")[:200],
        lead_department_id=text(data, "lead"),
        site_code=text(data, "site"),
        item_codes=tuple(code for code in many(data, "items") if code),
        applicant=read_applicant(text(data, "name"), text(data, "identity"), text(data, "telephone")),
        template=text(data, "template")[:40],
        investment_fen=investment,
        is_green=text(data, "green") == "yes",
        agent_id=text(data, "agent") or None,
        limit_days=whole(data, "limit_days"),
        facts={"stage": text(data, "joint_stage"), "template_stage": text(data, "stage")[:40]},
    )


def is_by_default(session: Session, command: NewProject) -> bool:
    """Whether the plan of industrial projects or the investment makes this one joint unless its owner declines."""
    bodies = registers.bodies(session, "project_plan")
    plan = {str(body["enterprise"]): int(body["investment_fen"]) for body in bodies if body.get("enterprise")}
    return is_parallel_by_default(plan, command.applicant.identity, command.investment_fen)


def open_apart(
    session: Session, adapters: Adapters, actor: Actor, command: NewProject
) -> list[tuple[str, str, str]]:
    """以自愿为原则: the applicant declines; each item is a case of its own, with its own slip."""
    if not command.item_codes:
        raise BadInput(where="items", why="name at least one item")
    found = []
    for item_code in command.item_codes:
        try:
            opened = open_case(
                session,
                actor=actor,
                command=NewCase(item_code, command.applicant, facts={"alone": True}),
                keys=adapters.keys,
                calendar=calendar(session),
                now=adapters.clock.now(),
            )
        except NotAllowed:  # without a joint approval only the department's own window receives
            found.append(("", item_code, ""))
            continue
        found.append((opened.case.id, opened.case.number, opened.code))
    return found


ROUTES = [list_projects, show_new, open_new]

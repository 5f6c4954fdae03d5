"""An applicant's own pages: what they have running, starting from an item, handing in, completing, withdrawing."""

import secrets
from typing import Any

import anyio.to_thread
import litestar
import msgspec
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Stream

from accounts.actions import once
from accounts.duties import Actor, Duty
from approval.actions import own_cases
from approval.actions.letters import paper
from approval.actions.open_case import NewCase, open_case
from approval.applicant import open_applicant, read_applicant
from approval.item import OnlineMode
from approval.lifecycle import TRANSITIONS, Act, State
from approval.queries import bills, cases, tracking, views
from approval.queries.calendar import calendar
from approval.records.cases import CaseRecord
from kernel.errors import NotAllowed, NotFound, TenderingError
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.cases import MATERIAL_LIMIT, carry_out, keep_material, send_object
from web.documents import chunks_of
from web.guards import adapters_of
from web.pages.applicant_next import next_step
from web.pages.forms import FileForm, text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post
from web.tracking import check_slip

TYPED = ("name", "identity", "telephone", "online_mode", "alone", "key")


@get("/applications")
def list_own(request: Request[Any, Any, Any]) -> Response[str]:
    """Cases and projects of the signed-in applicant, with what each asks of them."""
    return render(request, "applicant-list.html", form={}, **own_values(request))


def own_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the list shows."""
    actor = actor_of(request, Duty.APPLICANT)
    with adapters_of(request).database.reading() as session:
        rows = tracking.own_cases(session, actor.person_id)
        return {
            "cases": [
                (
                    row,
                    cases.version(session, row.version_id).title,
                    next_step(row, tracking.papers_seen(session, row)),
                )
                for row in rows
            ],
            "projects": [
                (project, tracking.project_seen(session, project))
                for project in tracking.own_projects(session, actor.person_id)
            ],
        }


@post("/applications/claim")
def claim(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Take a case that a window opened into one's own account."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    number, code = text(data, "number"), text(data, "code")
    try:
        check_slip(adapters, number, code)
        with adapters.database.transaction() as session:
            case = own_cases.claim_case(
                session, actor=actor, keys=adapters.keys, number=number, code=code, now=adapters.clock.now()
            )
    except TenderingError as error:
        return refuse(request, "applicant-list.html", error, field="number", form=data, **own_values(request))
    return see(f"/applications/{case.id}")


@get("/apply/{code:str}")
def show_start(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """What the item asks for, and the form that opens a draft."""
    actor = actor_of(request, Duty.APPLICANT)
    form = {"name": actor.name, "key": secrets.token_urlsafe(16)}
    return render(request, "applicant-start.html", form=form, **start_values(request, code))


def start_values(request: Request[Any, Any, Any], code: str) -> dict[str, Any]:
    """The item in force, as the start page shows it."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        item = cases.item_by_code(session, code)
        held = cases.running_version(session, item, business_day(adapters.clock.now()))
        return {"version": cases.version(session, held.id)}


@post("/apply/{code:str}")
def start(
    request: Request[Any, Any, Any], code: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Open a draft; its number and code are shown on the answer and nowhere later."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    form = {name: text(data, name) for name in TYPED}
    try:
        opened = open_draft(adapters, actor, code, form)
    except TenderingError as error:
        return refuse(request, "applicant-start.html", error, form=form, **start_values(request, code))
    return render(request, "applicant-opened.html", opened=opened, status=201)


def open_draft(adapters: Adapters, actor: Actor, code: str, form: dict[str, str]) -> dict[str, str]:
    """One draft per key of the form, however often it is sent."""
    applicant = read_applicant(form["name"], form["identity"], form["telephone"])
    command = NewCase(
        code,
        applicant,
        channel="online",
        online_mode=form["online_mode"],
        facts={"alone": True} if form["alone"] else {},
    )
    now = adapters.clock.now()
    with adapters.database.transaction() as session:

        def act() -> str:
            opened = open_case(
                session, actor=actor, command=command, keys=adapters.keys, calendar=calendar(session), now=now
            )
            body = {"id": opened.case.id, "number": opened.case.number, "code": opened.code}
            return msgspec.json.encode(body).decode()

        asked = f"POST /apply/{code}\n".encode() + msgspec.json.encode(form)
        answer = once(session, person_id=actor.person_id, key=form["key"], request=asked, now=now, act=act)
    return msgspec.json.decode(answer.encode(), type=dict[str, str])


def own_case(session: Session, actor: Actor, case_id: str) -> CaseRecord:
    """A case of the applicant; raises NotFound for anybody else's."""
    case = views.case_for(session, actor, case_id)
    if case.applicant_id != actor.person_id:
        raise NotFound(what="case", id=case_id)
    return case


@get("/applications/{case_id:str}")
def show(request: Request[Any, Any, Any], case_id: FromPath[str], said: FromQuery[str] = "") -> Response[str]:
    """One case: what comes next, papers, dates, letters, bill."""
    return render(request, "applicant-case.html", said=said, **case_values(request, case_id))


def case_values(request: Request[Any, Any, Any], case_id: str) -> dict[str, Any]:
    """What the page of a case shows."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
    with adapters.database.reading() as session:
        case = own_case(session, actor, case_id)
        papers = tracking.papers_seen(session, case)
        applicant = open_applicant(adapters.keys.people, case.id, case.applicant)
        checks = [row for row in cases.events(session, case.id) if row.action == Act.PRE_CHECK]
        allowed = {act for state, act in TRANSITIONS if state == case.state}
        is_own_draft = case.state == State.DRAFT and not case.project_id  # a project is started by its lead
        return {
            "case": case,
            "seen": tracking.case_seen(session, case),
            "version": cases.version(session, case.version_id),
            "papers": papers,
            "next_word": next_step(case, papers),
            "applicant": {"name": applicant.name, "telephone": applicant.telephone},
            "pre_check_note": checks[-1].data.get("note", "") if checks else "",
            "bill": bills.bill_data(session, bills.bill(session, case.bill_id)) if case.bill_id else None,
            "may_upload": Act.ADD_MATERIAL in allowed and not (case.project_id and case.state == State.DRAFT),
            "may_withdraw": Act.WITHDRAW in allowed,
            "may_hand_in": is_own_draft and case.online_mode != OnlineMode.PRE_CHECKED,
            "may_ask": is_own_draft and case.online_mode == OnlineMode.PRE_CHECKED,
            "limit": MATERIAL_LIMIT,
        }


@litestar.post("/applications/{case_id:str}/papers/{code:str}/upload", request_max_body_size=None)
async def upload(
    request: Request[Any, Any, Any], case_id: FromPath[str], code: FromPath[str]
) -> Response[Any]:
    """Take one paper in; an upload of the same paper replaces it."""
    form = FileForm(request)
    problem: TenderingError | None = None
    try:
        await form.begin()
    except TenderingError as error:
        problem = error

    def work() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.APPLICANT)
        try:
            with adapters.database.reading() as session:
                own_case(session, actor, case_id)
            if problem:
                raise problem
            kept = keep_material(adapters, chunks_of(form.chunks()))
            data = {"code": code, "name": form.filename[-200:], **kept}
            carry_out(adapters, actor, case_id, Act.ADD_MATERIAL, data)
        except (NotFound, NotAllowed):
            raise
        except TenderingError as error:
            values = case_values(request, case_id)
            return refuse(request, "applicant-case.html", error, field=f"file-{code}", said="", **values)
        return see(f"/applications/{case_id}#papers")

    answer = await anyio.to_thread.run_sync(work)
    await form.drain()
    return answer


@get("/applications/{case_id:str}/bill")
def show_bill(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """The pay slip: each fee with its basis, the total, and where to pay."""
    values = case_values(request, case_id)
    if values["bill"] is None:
        raise NotFound(what="bill", id="")
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        has_pdf = paper(session, values["bill"]["id"], "bill") is not None
    # A platform with a real bank has no page that plays one.
    return render(
        request, "applicant-bill.html", has_pdf=has_pdf, pays_here=adapters.settings.embedded, **values
    )


@get("/applications/{case_id:str}/bill.pdf")
def download_bill(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Stream:
    """The bill with its receipt as PDF, once it is paid."""
    bill = case_values(request, case_id)["bill"]
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        kept = paper(session, bill["id"], "bill") if bill else None
    if kept is None:
        raise NotFound(what="bill", id="")
    return send_object(adapters, kept.digest, kept.size, f"{bill['number']}.pdf")


ROUTES = [list_own, claim, show_start, start, show, upload, show_bill, download_bill]

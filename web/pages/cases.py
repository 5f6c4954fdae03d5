"""One case for those who handle it: its timeline, and a form for every act that they may do now."""

from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts.duties import Duty
from approval.actions import fees, projects
from approval.fees import Charge
from approval.lifecycle import Act
from approval.queries import bills, cases, organisation, views, work_lists
from approval.records.fees import BillRecord
from kernel.errors import BadInput, NotFound, TenderingError, UnlistedFee
from kernel.working_days import business_day
from web.cases import carry_out, keep_material, own_part, read_act
from web.documents import chunks_of
from web.fees import keep_refused
from web.guards import adapters_of
from web.pages.act_forms import FIELDS, read_data
from web.pages.case_view import STAFF, case_values, with_titles
from web.pages.forms import FileForm, text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

PER_PAGE = 50


@get("/cases")
def list_cases(request: Request[Any, Any, Any], number: FromQuery[str] = "") -> Response[Any]:
    """Cases that one may see, the newest first; a whole number leads to the case itself."""
    actor = actor_of(request, *STAFF)
    with adapters_of(request).database.reading() as session:
        found = cases.case_by_number(session, number.strip().upper()) if number.strip() else None
        if found is not None and views.may_see(session, actor, found):
            return see(f"/cases/{found.id}")
        equal = own_part(session, actor)
        rows = cases.page(session, limit=PER_PAGE, after=None, **equal)
        titles = {row.version_id: cases.version(session, row.version_id).title for row in rows}
    values: dict[str, Any] = {
        "rows": rows,
        "titles": titles,
        "number": number,
        "is_wrong": bool(number.strip()),
    }
    values["today"] = business_day(adapters_of(request).clock.now())
    return render(request, "case-list.html", **values)


@get("/cases/{case_id:str}")
def show_case(
    request: Request[Any, Any, Any], case_id: FromPath[str], done: FromQuery[str] = ""
) -> Response[str]:
    """One case."""
    values = case_values(request, actor_of(request, *STAFF), case_id)
    done = done if done in list(Act) else ""
    return render(request, "case-show.html", done=done, typed={}, open_act="", **values)


@post("/cases/{case_id:str}/acts/{name:str}")
def act_on(
    request: Request[Any, Any, Any],
    case_id: FromPath[str],
    name: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Do one act by its form; what was typed stays when it is refused."""
    actor = actor_of(request, *STAFF)
    act = read_form_act(name)
    try:
        carry_out(adapters_of(request), actor, case_id, act, read_data(act, data))
    except NotFound:
        raise
    except TenderingError as error:
        return refused(request, case_id, act, error, data)
    return see(f"/cases/{case_id}?done={act}")


def read_form_act(name: str) -> Act:
    """An act that has a form; raises NotFound for others."""
    act = read_act(name) if name in list(Act) else None
    if act is None or act not in FIELDS:
        raise NotFound(what="act", id=name[:40])
    return act


def refused(
    request: Request[Any, Any, Any], case_id: str, act: Act, error: TenderingError, data: Any
) -> Response[str]:
    """The page of the case again, with the act's form open and what was typed in it."""
    values = case_values(request, actor_of(request, *STAFF), case_id)
    where = str(error.facts.get("where", ""))
    field = f"{act}-{where}" if where.isidentifier() else f"{act}-form"
    shown = with_titles(request, values["version"], error)
    # Somebody who lost the capacity meanwhile has no such form any more; then the message stands alone.
    field = field if act in [offered for offered, *_ in values["acts"]] else ""
    return refuse(
        request, "case-show.html", shown, field=field, done="", typed={act: data}, open_act=act, **values
    )


@litestar.post("/cases/{case_id:str}/papers", request_max_body_size=None)
async def add_paper(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[Any]:
    """A scanned paper; it streams into the store while it arrives."""

    def check() -> None:
        actor = actor_of(request, *STAFF)
        with adapters_of(request).database.reading() as session:
            views.case_for(session, actor, case_id)

    await anyio.to_thread.run_sync(check)
    form = FileForm(request)

    def keep() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, *STAFF)
        try:
            if not form.filename:
                raise BadInput(where="file", why="choose a file")
            kept = keep_material(adapters, chunks_of(form.chunks()))
            data = {"code": form.fields.get("code", ""), "name": form.filename[:200], **kept}
            carry_out(adapters, actor, case_id, Act.ADD_MATERIAL, data)
        except NotFound:
            raise
        except TenderingError as error:
            values = case_values(request, actor, case_id)
            typed = {"upload": form.fields}
            return refuse(
                request, "case-show.html", error, field="file", done="", typed=typed, open_act="", **values
            )
        return see(f"/cases/{case_id}?done={Act.ADD_MATERIAL}")

    try:
        await form.begin()
    except BadInput:
        form.filename = ""
    answer = await anyio.to_thread.run_sync(keep)
    await form.drain()
    return answer


@get("/cases/{case_id:str}/bill")
def show_bill_form(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """What may be charged for a case: its fee schedule, or its bill."""
    return render(request, "case-bill.html", form={}, **bill_values(request, case_id))


def bill_values(request: Request[Any, Any, Any], case_id: str) -> dict[str, Any]:
    """The fee schedule of a case's item, its bill, and what was refused before."""
    actor = actor_of(request, Duty.WINDOW_STAFF)
    with adapters_of(request).database.reading() as session:
        case = views.case_for(session, actor, case_id)
        bill = session.get(BillRecord, case.bill_id) if case.bill_id else None
        return {
            "case": case,
            "version": cases.version(session, case.version_id),
            "bill": bills.bill_data(session, bill) if bill else None,
            "refused_fees": work_lists.refused_fees(session, case_id),
        }


@post("/cases/{case_id:str}/bill")
def issue_bill(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Issue the bill of a case; there is no field for an amount, and what the schedule lacks is kept as refused."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    values = bill_values(request, case_id)
    code = values["case"].item_code
    try:
        charges = [(case_id, charge) for charge in read_units(data, "", code)]
        with adapters.database.transaction() as session:
            fees.issue_bill(session, actor=actor, charges=charges, now=adapters.clock.now())
    except UnlistedFee as error:
        keep_refused(adapters, actor, charges, error)
        return refuse(request, "case-bill.html", error, form=data, **bill_values(request, case_id))
    except TenderingError as error:
        return refuse(request, "case-bill.html", error, form=data, **values)
    return see(f"/cases/{case_id}/bill")


def read_units(data: dict[str, Any], prefix: str, item_code: str) -> list[Charge]:
    """The charges of a form whose fields `units-<prefix><fee>` hold numbers of units."""
    start, found = f"units-{prefix}", []
    for name in data:
        if name.startswith(start) and text(data, name) not in ("", "0"):
            found.append(Charge(item_code, name.removeprefix(start), whole(data, name)))
    return found


@post("/cases/{case_id:str}/hops")
def send_hop(
    request: Request[Any, Any, Any], case_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Send papers or the certificate on to another site."""
    adapters, actor = adapters_of(request), actor_of(request, *STAFF)
    try:
        with adapters.database.transaction() as session:
            case = views.case_for(session, actor, case_id)
            here = work_lists.site_of(session, actor)
            organisation.site(session, text(data, "to_code"))
            projects.send_hop(
                session,
                actor=actor,
                case_id=case_id,
                what=text(data, "what"),
                from_code=here or case.site_code,
                to_code=text(data, "to_code"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        if isinstance(error, NotFound) and error.facts.get("what") != "site":
            raise
        values = case_values(request, actor, case_id)
        return refuse(
            request,
            "case-show.html",
            error,
            field="hop-to",
            done="",
            typed={"hop": data},
            open_act="",
            **values,
        )
    return see(f"/cases/{case_id}#hops")


@post("/cases/{case_id:str}/hops/{hop_id:str}")
def receive_hop(
    request: Request[Any, Any, Any], case_id: FromPath[str], hop_id: FromPath[str]
) -> Response[Any]:
    """Confirm what arrived."""
    adapters, actor = adapters_of(request), actor_of(request, *STAFF)
    try:
        with adapters.database.transaction() as session:
            projects.receive_hop(session, actor=actor, hop_id=hop_id, now=adapters.clock.now())
    except NotFound:
        raise
    except TenderingError as error:
        values = case_values(request, actor, case_id)
        return refuse(request, "case-show.html", error, done="", typed={}, open_act="", **values)
    return see(f"/cases/{case_id}#hops")


ROUTES = [
    list_cases,
    show_case,
    act_on,
    add_paper,
    show_bill_form,
    issue_bill,
    send_hop,
    receive_hop,
]

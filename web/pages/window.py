"""The window: its day at a glance, and the keyboard-first intake with its slip."""

import json
import os
from typing import Any

import anyio.to_thread
import litestar
import segno
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import FromQuery, URLEncodedBody
from markupsafe import Markup

from accounts.actions import once
from accounts.duties import Actor, Duty
from approval.actions.letters import paper
from approval.actions.open_case import EVERY_DAY, SERVICE_MODES
from approval.item import ItemVersion
from approval.queries import cases, catalogue, work_lists
from approval.queries.calendar import calendar
from approval.queries.catalogue import Wanted, versions_in_force
from approval.queries.people import is_of_centre
from approval.records.organisation import WindowRecord
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from web.cases import carry_out, keep_material
from web.documents import chunks_of
from web.guards import adapters_of
from web.pages.case_view import with_titles
from web.pages.forms import FileForm, text
from web.pages.intake import Intake, check_papers, decision_data, offered, open_received
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

PLACE = "place"  # cookie: the window at which somebody sits
MOST_FIELDS = 120  # of an intake form: two for each paper, and a score of others


@get("/window")
def show_window(request: Request[Any, Any, Any], done: FromQuery[str] = "") -> Response[str]:
    """What waits at one's window today."""
    return render(request, "window-home.html", done=done, typed={}, **window_values(request))


def window_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The day of a window: queue, cases, visitors, tasks, what is on the way."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        windows = work_lists.my_windows(session, actor)
        place = place_of(request, windows)
        departments = None if is_of_centre(session, actor) else [actor.organisation_id]
        called, waiting = work_lists.tickets_of(session, place, today) if place else ([], 0)
        due, mine = work_lists.due_soon(session, departments), work_lists.mine(session, actor.person_id)
        tasks = work_lists.tasks(session, actor.organisation_id)
        numbers = {t.case_id: cases.case(session, t.case_id).number for t in tasks if t.case_id}
        return {
            "windows": windows,
            "window_options": [(w.id, f"{w.number} {w.name}") for w in windows],
            "onward_options": [(w.id, f"{w.number} {w.name}") for w in work_lists.every_window(session)],
            "place": place,
            "called": called,
            "waiting": waiting,
            "due": due,
            "mine": mine,
            "titles": {row.version_id: cases.version(session, row.version_id).title for row in (*due, *mine)},
            "contacts": work_lists.contacts(session, actor.person_id),
            "explained": [
                (c, paper(session, c.id, "contact") is not None)
                for c in work_lists.explained_since(session, actor.person_id, adapters.clock.now())
            ],
            "arriving": work_lists.contacts_to_confirm(session, actor.person_id, [w.id for w in windows]),
            "tasks": tasks,
            "numbers": numbers,
            "hops": work_lists.hops_to(session, actor.person_id, work_lists.site_of(session, actor)),
            "signed_off": work_lists.sign_off_of(session, actor.person_id, today),
            "mode_options": [(mode, mode) for mode in SERVICE_MODES],
            "today": today,
            "now": adapters.clock.now(),
        }


def place_of(request: Request[Any, Any, Any], windows: list[WindowRecord]) -> WindowRecord | None:
    """The window at which somebody sits: the one they chose, or the first that is theirs."""
    chosen = request.cookies.get(PLACE, "")
    return next((w for w in windows if w.id == chosen), windows[0] if windows else None)


@post("/window/place")
def choose_place(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Sit down at a window."""
    actor_of(request, Duty.WINDOW_STAFF)
    answer = see("/window")
    answer.set_cookie(Cookie(PLACE, value=text(data, "window")[:40], httponly=True, samesite="lax"))
    return answer


@get("/window/new")
def show_intake(
    request: Request[Any, Any, Any], item: FromQuery[str] = "", contact: FromQuery[str] = ""
) -> Response[str]:
    """The intake form: first the item, then on the same page everything else."""
    form = {"item": item, "contact": contact}
    try:
        values = intake_values(request, item)
    except TenderingError as error:
        return refuse(
            request, "window-intake.html", error, field="item", form=form, **intake_values(request, "")
        )
    return render(request, "window-intake.html", form=form, **values)


def intake_values(request: Request[Any, Any, Any], item_code: str) -> dict[str, Any]:
    """The items that this window takes, and the chosen one with its papers."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.WINDOW_STAFF)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        place = place_of(request, work_lists.my_windows(session, actor))
        found = catalogue.items(session, Wanted())
        if not (is_of_centre(session, actor) or (place and place.kind in ("general", "lead"))):
            own = {actor.organisation_id, *(place.department_ids if place else ())}
            found = [row for row in found if row.department_id in own]
        versions = versions_in_force(session, [row.id for row in found], today)
        is_day_off = not calendar(session).is_working(today)
        version = chosen_version(session, item_code.strip(), versions, today) if item_code.strip() else None
    return {
        "place": place,
        "items": sorted(versions.values(), key=lambda v: v.code),
        "version": version,
        "buttons": offered(version) if version else (),
        "service_options": [(mode, mode) for mode in (sorted(EVERY_DAY) if is_day_off else SERVICE_MODES)],
        "is_day_off": is_day_off,
        "key_value": os.urandom(12).hex(),
        "today": today,
    }


def chosen_version(session: Session, given: str, versions: dict[str, ItemVersion], today: Any) -> ItemVersion:
    """The item that was typed: its code, its code before a space, or part of its name that only one has."""
    code = given.split(" ")[0].casefold()
    exact = [v for v in versions.values() if v.code.casefold() == code]
    named = [
        v for v in versions.values() if any(given.casefold() in said.casefold() for said in v.title.values())
    ]
    found = exact or named
    if len(found) != 1:
        why = "no item has this code or name" if not found else "several items have this name; choose one"
        raise BadInput(where="item", why=why)
    return found[0]


@litestar.post("/window/new", request_max_body_size=None)
async def take_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Take an application in: files stream into the store, then one transaction, then the decision."""
    actor: Actor = await anyio.to_thread.run_sync(actor_of, request, Duty.WINDOW_STAFF)
    form = FileForm(request, most_parts=MOST_FIELDS)
    files: dict[str, dict[str, Any]] = {}
    problem: TenderingError | None = None
    while await next_file(form):
        code = form.file_field.removeprefix("file-")
        try:
            if form.filename:
                kept = await anyio.to_thread.run_sync(
                    keep_material, adapters_of(request), chunks_of(form.chunks())
                )
                files[code] = {**kept, "name": form.filename[:200]}
            else:
                async for _ in form.chunks():
                    pass
        except BadInput as error:
            problem = BadInput(where=f"file-{code}", why=error.facts["why"])
            async for _ in form.chunks():
                pass
    intake = Intake(dict(form.fields), files)
    answer = await anyio.to_thread.run_sync(finish_intake, request, actor, intake, problem)
    await form.drain()
    return answer


async def next_file(form: FileForm) -> bool:
    """Read on to the next file; whether there is one."""
    try:
        await form.begin()
    except BadInput:
        return False
    return True


def finish_intake(
    request: Request[Any, Any, Any], actor: Actor, intake: Intake, problem: TenderingError | None
) -> Response[Any]:
    """Open, hand in, decide; before anything is written the form comes back with what was typed."""
    adapters = adapters_of(request)
    values: dict[str, Any] = {}
    try:
        values = intake_values(request, text(intake.fields, "item"))
        if problem:
            raise problem
        if values["version"] is None:
            raise BadInput(where="item", why="choose the item")
        intake.fields["item"] = values["version"].code
        check_papers(intake, values["version"])
        with adapters.database.transaction() as session:
            answer = once(
                session,
                person_id=actor.person_id,
                key=text(intake.fields, "key"),
                request=intake.fingerprint(),
                now=adapters.clock.now(),
                act=lambda: json.dumps(
                    open_received(
                        session, adapters, actor, intake, values["place"].id if values["place"] else None
                    )
                ),
            )
    except TenderingError as error:
        values = values or intake_values(request, "")
        shown = with_titles(request, values["version"], error) if values["version"] else error
        return refuse(request, "window-intake.html", shown, form=intake.fields, **values)
    opened = json.loads(answer)
    return slip(request, actor, opened, decide(request, actor, intake, opened["id"]))


def decide(
    request: Request[Any, Any, Any], actor: Actor, intake: Intake, case_id: str
) -> TenderingError | None:
    """Carry out what the pressed button means on the received case; a refusal is kept and told."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        if cases.case(session, case_id).state != "received":
            return None  # the same form again: it was decided before
        wanted = decision_data(intake, session, case_id)
    if wanted is None:
        return None
    try:
        carry_out(adapters, actor, case_id, *wanted)
    except NotFound:
        raise
    except TenderingError as error:
        return error
    return None


def slip(
    request: Request[Any, Any, Any], actor: Actor, opened: dict[str, str], error: TenderingError | None
) -> Response[str]:
    """The slip for the applicant: number, code and a QR code to ask with; the code is shown this once."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        case = cases.case(session, opened["id"])
        version = cases.version(session, case.version_id)
    link = f"{adapters.settings.public_url.rstrip('/')}/track?number={case.number}"
    code = Markup(segno.make(link, error="m").svg_inline(scale=4, border=2))  # noqa: S704 - our own drawing
    values: dict[str, Any] = {
        "case": case,
        "version": version,
        "code": opened["code"],
        "qr": code,
        "link": link,
    }
    if error:
        return refuse(request, "window-slip.html", with_titles(request, version, error), **values)
    return render(request, "window-slip.html", status=201, **values)


ROUTES = [show_window, choose_place, show_intake, take_in]

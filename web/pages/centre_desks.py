"""The centre office's organisation: departments, halls, windows, posts, who is away; mandates and seals."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Stream

from accounts import queries as accounts
from accounts.duties import Duty
from approval.actions import mandates
from approval.actions import organisation as acts
from approval.catalogue import read_day
from approval.desk import (
    OFFICE_KINDS,
    POWERS,
    RANKS,
    SECTION_RANKS,
    SYSTEM_KINDS,
    UNIT_KINDS,
    WINDOW_KINDS,
    Mandate,
)
from approval.queries import organisation
from approval.totals import percent
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from web.guards import adapters_of
from web.items import read_optional_day, stored_pdf
from web.pages.centre_items import office
from web.pages.forms import many, text
from web.pages.render import refuse, render, see
from web.routes import get, post

STAFF = (Duty.WINDOW_STAFF, Duty.CASE_OFFICER, Duty.LEADER)
AHEAD = timedelta(days=30)


@get("/centre/organisation")
def show_organisation(request: Request[Any, Any, Any]) -> Response[str]:
    """Departments, halls, windows, posts, and who is away."""
    return render(request, "centre-organisation.html", form={}, **organisation_values(request))


def organisation_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Everything that stands in the hall."""
    office(request)
    adapters = adapters_of(request)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        departments = organisation.departments(session)
        posts = organisation.posts(session)
        people = staff(session)
        names = {one.id: one.name for one in accounts.organisations(session)}
        windows = organisation.windows(session)
        kinds = [one.office_kind for one in departments if one.has_approval_power]
        inside = {one for window in windows for one in window.department_ids}
        return {
            "departments": departments,
            "names": names,
            "halls": organisation.halls(session),
            "windows": windows,
            "posts": posts,
            "people": people,
            "on_duty": {post.id: organisation.on_duty(session, post, today) for post in posts},
            "absences": organisation.absences(session, today, today + AHEAD),
            "with_office": sum(1 for kind in kinds if kind),
            "with_power": len(kinds),
            "office_share": percent(sum(1 for kind in kinds if kind), len(kinds), 1),
            "inside": len(inside),
            "office_kinds": OFFICE_KINDS,
            "system_kinds": SYSTEM_KINDS,
            "unit_kinds": UNIT_KINDS,
            "window_kinds": WINDOW_KINDS,
            "today": today,
        }


def staff(session: Session) -> dict[str, tuple[str, str]]:
    """Name and organisation of everybody who may hold a post, by id."""
    rows = [person for duty in STAFF for person in accounts.people_with_duty(session, duty)]
    return {person.id: (person.name, person.organisation_id) for person in rows}


@post("/centre/organisation")
def change_organisation(
    request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Put a department, a hall, a window, a post or an absence."""
    adapters, actor = adapters_of(request), office(request)
    act, now = text(data, "act"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if act == "department":
                acts.put_department(session, actor=actor, command=read_department(data), now=now)
            elif act == "hall":
                hall = acts.Hall(
                    text(data, "code"),
                    text(data, "site_code"),
                    text(data, "name"),
                    bool(text(data, "branch")),
                )
                acts.put_hall(session, actor=actor, command=hall, now=now)
            elif act == "window":
                acts.put_window(session, actor=actor, command=read_window(data), now=now)
            elif act == "post":
                acts.put_post(session, actor=actor, command=read_post(data), now=now)
            elif act == "commitment":
                mandates.ask_commitment(session, actor=actor, post_id=text(data, "post"), now=now)
            elif act == "absence":
                acts.record_absence(
                    session,
                    actor=actor,
                    person_id=text(data, "person"),
                    days=read_days(text(data, "since"), text(data, "until") or text(data, "since")),
                    reason=text(data, "reason"),
                    now=now,
                )
            elif act == "present":
                day = read_day(text(data, "day"), "day")
                acts.end_absence(session, actor=actor, person_id=text(data, "person"), day=day, now=now)
            else:
                raise BadInput(where="act", why="choose what to do")
    except TenderingError as error:
        field = f"{act}-{error.facts.get('where', 'code')}"
        return refuse(
            request,
            "centre-organisation.html",
            error,
            field=field,
            form=data,
            **organisation_values(request),
        )
    return see("/centre/organisation")


def read_department(data: dict[str, Any]) -> acts.Department:
    """A department from its form."""
    return acts.Department(
        organisation_id=text(data, "organisation"),
        code=text(data, "code"),
        site_code=text(data, "site_code"),
        has_approval_power=bool(text(data, "power")),
        office_kind=text(data, "office_kind"),
        system_kind=text(data, "system_kind"),
        unit_kind=text(data, "unit_kind"),
    )


def read_window(data: dict[str, Any]) -> acts.Window:
    """A window from its form."""
    floor = text(data, "floor") or "1"
    if not floor.lstrip("-").isdigit():
        raise BadInput(where="floor", why="give a whole number")
    return acts.Window(
        hall_code=text(data, "hall"),
        number=text(data, "number"),
        name=text(data, "name"),
        floor=int(floor),
        zone=text(data, "zone")[:100],
        kind=text(data, "kind"),
        department_ids=tuple(one for one in many(data, "department") if one),
        archive_box=text(data, "archive_box")[:100],
    )


def read_post(data: dict[str, Any]) -> acts.Post:
    """A post from its form."""
    title = {language: text(data, f"title_{language}") for language in ("zh", "en")}
    return acts.Post(
        department_id=text(data, "department"),
        code=text(data, "code"),
        title={language: said for language, said in title.items() if said},
        window_id=text(data, "window") or None,
        a_person_id=text(data, "a") or None,
        b_person_id=text(data, "b") or None,
    )


def read_days(since: str, until: str) -> list[date]:
    """The days from one to another, both included."""
    first, last = read_day(since, "since"), read_day(until, "until")
    if not 0 <= (last - first).days <= 366:
        raise BadInput(where="until", why="name 1 to 366 days")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@get("/centre/mandates")
def show_mandates(request: Request[Any, Any, Any]) -> Response[str]:
    """Who may do what for which department, and the seals at the windows."""
    return render(request, "centre-mandates.html", form={}, **mandate_values(request))


def mandate_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """All mandates and seals."""
    office(request)
    adapters = adapters_of(request)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        rows = organisation.mandates(session)
        departments = organisation.departments(session)
        names = accounts.organisation_names(session, {one.id for one in departments})
        current = [
            row
            for row in rows
            if row.valid_from <= today <= row.valid_to
            and row.letter_digest
            and (row.revoked_on is None or row.revoked_on > today)
        ]
        return {
            "mandates": rows,
            "current": {row.id for row in current},
            "by_rank": (sum(1 for row in current if row.rank in SECTION_RANKS), len(current)),
            "departments": [(one.id, names[one.id]) for one in departments],
            "names": names,
            "people": staff(session),
            "person_names": accounts.person_names(session, {row.person_id for row in rows}),
            "seals": organisation.seals(session),
            "powers": POWERS,
            "ranks": RANKS,
            "today": today,
        }


@post("/centre/mandates")
def change_mandates(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Give or revoke a mandate, make or end a seal."""
    adapters, actor = adapters_of(request), office(request)
    act, now = text(data, "act"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            if act == "grant":
                mandates.grant_mandate(session, actor=actor, mandate=read_mandate(session, data), now=now)
            elif act == "revoke":
                day = read_optional_day(text(data, "revoked_on"), "revoked_on")
                mandates.revoke_mandate(
                    session, actor=actor, mandate_id=text(data, "mandate"), revoked_on=day, now=now
                )
            elif act == "seal":
                mandates.make_seal(
                    session,
                    actor=actor,
                    department_id=text(data, "seal_department"),
                    name=text(data, "name"),
                    now=now,
                )
            elif act == "end_seal":
                mandates.end_seal(session, actor=actor, seal_id=text(data, "seal"), now=now)
            else:
                raise BadInput(where="act", why="choose what to do")
    except TenderingError as error:
        return refuse(request, "centre-mandates.html", error, form=data, **mandate_values(request))
    return see("/centre/mandates")


def read_mandate(session: Session, data: dict[str, Any]) -> Mandate:
    """A mandate from its form; the department is the person's own."""
    person = accounts.actor(session, text(data, "person_id"))
    return Mandate(
        person_id=person.person_id,
        department_id=person.organisation_id,
        powers=tuple(many(data, "powers")),
        rank=text(data, "rank"),
        valid_from=read_day(text(data, "valid_from"), "valid_from"),
        valid_to=read_day(text(data, "valid_to"), "valid_to"),
    )


@get("/centre/posts/{post_id:str}/commitment.pdf")
def show_commitment(request: Request[Any, Any, Any], post_id: FromPath[str]) -> Stream:
    """廉政承诺书: the printed commitment of a post."""
    office(request)
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        digest = organisation.post_by_id(session, post_id).commitment_digest
    if not digest:
        raise NotFound(what="commitment", id=post_id)
    return stored_pdf(adapters, bytes.fromhex(digest), None, f"commitment-{post_id}.pdf")


ROUTES = [show_organisation, change_organisation, show_commitment, show_mandates, change_mandates]

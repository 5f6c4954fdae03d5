"""The expert's own entry: what the pool holds, leave, appraisals, own leaves; and the form to become an expert."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from crypto.canonical import b64
from expert_pool import queries
from expert_pool.actions import applications as applying
from expert_pool.actions.appraisals import object_to
from expert_pool.actions.standing import end_leave, file_leave
from expert_pool.experts import TITLES, leaf_salt
from expert_pool.queries import applications, appraisals, candidates, pool
from expert_pool.queries.certificates import certificates
from expert_pool.queries.sealed import open_table
from expert_pool.queries.workload import services
from expert_pool.specialties import path_of
from kernel.errors import BadInput, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.pool import read_form
from web.pages.pool_entries import day_of
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

ASKED = (
    "name",
    "id_number",
    "telephone",
    "email",
    "employer",
    "region",
    "title",
    "born_on",
    "works_since",
    "specialties",
    "past_employers",
    "relatives",
    "interests",
    "credentials",
    "trainings",
)


@get("/expert/entry", opt=DRAW_ROOM)
def show_entry(request: Request[Any, Any, Any]) -> Response[str]:
    """The expert's own entry."""
    return render(request, "expert-entry.html", form={}, **entry_values(request))


def entry_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What the pool holds of the signed-in expert."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        record = pool.expert_of_person(session, actor.person_id)
        if record is None:
            return {"record": None, "today": today}
        expert, identity = pool.entry(session, record)
        return {
            "record": record,
            "expert": expert,
            "identity": identity,
            "specialties": [(code, path_of(code)) for code in sorted(expert.specialties)],
            "spans": pool.spans(session, record.id),
            "services": services(session).get(record.id, []),
            "appraisals": appraisals.appraisals_of_expert(session, record.id),
            "score": appraisals.score_of(session, record.id),
            "leaves": own_leaves(session, record.id, record.number),
            "today": today,
        }


def own_leaves(session: Session, expert_id: str, number: str) -> list[dict[str, Any]]:
    """The expert's line in the table of each draw that is public: leaf, salt and record open it to its owner."""
    found = []
    for draw in queries.draws(session):
        tender = tenders.tender(session, draw.tender_id)
        if tender.stage != Stage.EVALUATED or draw.round > 1:  # a further round has the first one's leaves
            continue
        table = open_table(session, draw)
        for leaf, kept in table.experts.items():
            if kept[0] == expert_id:
                entry = candidates.frozen_entry(session, draw.id, kept).decode()
                salt = b64(leaf_salt(table.leaf_key, draw.id, number))
                found.append({"tender": tender, "leaf": leaf, "salt": salt, "entry": entry})
    return found


@post("/expert/leave", opt=DRAW_ROOM)
def take_leave(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Say from when to when one cannot serve."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        begins, ends = day_of(data, "begins"), day_of(data, "ends")
        with adapters.database.transaction() as session:
            file_leave(session, actor=actor, begins=begins, ends=ends, now=adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "expert-entry.html", error, form=data, **entry_values(request))
    return see("/expert/entry")


@post("/expert/leave/{span_id:str}/end")
def come_back(request: Request[Any, Any, Any], span_id: FromPath[str]) -> Response[Any]:
    """End a leave early."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    with adapters.database.transaction() as session:
        end_leave(session, actor=actor, span_id=span_id, now=adapters.clock.now())
    return see("/expert/entry")


@post("/expert/appraisals/{appraisal_id:str}", opt=DRAW_ROOM)
def raise_objection(
    request: Request[Any, Any, Any], appraisal_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Object to an appraisal of one's own."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            object_to(
                session,
                actor=actor,
                appraisal_id=appraisal_id,
                text=text(data, "objection"),
                now=adapters.clock.now(),
            )
    except BadInput as error:
        field = f"objection-{appraisal_id}"
        return refuse(request, "expert-entry.html", error, field=field, form=data, **entry_values(request))
    return see("/expert/entry")


@get("/become-expert")
def show_form(request: Request[Any, Any, Any]) -> Response[str]:
    """The form to apply with, and how earlier applications ended."""
    return render(request, "become-expert.html", form={}, **form_values(request))


def form_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The person's own applications."""
    actor = actor_of(request)
    with adapters_of(request).database.reading() as session:
        found = [
            (row, applying.decision_reason(session, row))
            for row in applications.own_applications(session, actor.person_id)
        ]
        waiting = next((row for row, _ in found if row.state == applications.OPEN), None)
        files = certificates(session, application_id=waiting.id) if waiting else []
        is_expert = pool.expert_of_person(session, actor.person_id) is not None
    return {
        "applications": found,
        "is_expert": is_expert,
        "titles": TITLES,
        "waiting": waiting,
        "certificates": files,
    }


@post("/become-expert")
def send_form(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Apply; what is wrong is said by field."""
    adapters, actor = adapters_of(request), actor_of(request)
    try:
        read = read_form({"number": "new", **{key: text(data, key) for key in ASKED}})
        if read.faults:
            raise BadInput(where=read.faults[0].column, why=read.faults[0].why)
        (entry,) = read.entries
        with adapters.database.transaction() as session:
            applying.apply(
                session,
                actor=actor,
                expert=entry.expert,
                identity=entry.identity,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "become-expert.html", error, form=data, **form_values(request))
    return see("/become-expert")


ROUTES = [show_entry, take_leave, come_back, raise_objection, show_form, send_form]

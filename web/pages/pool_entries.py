"""The pool manager on one expert: the entry, standing, bans, appraisals; and on applications to enter the pool."""

from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Duty
from expert_pool.actions import applications as applying
from expert_pool.actions.appraisals import answer_objection
from expert_pool.actions.decoys import open_entry
from expert_pool.actions.standing import ban, change_standing, lift_ban, note_of
from expert_pool.queries import applications, appraisals, pool
from expert_pool.queries.certificates import certificates, edits
from expert_pool.queries.workload import services
from expert_pool.specialties import path_of
from expert_pool.standing import BAN_REASONS, MOVES, REASONS, EntryRules, entry_gaps
from kernel.errors import BadInput, TenderingError
from kernel.working_days import business_day
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


@get("/pool/experts/{expert_id:str}")
def show_expert(request: Request[Any, Any, Any], expert_id: FromPath[str]) -> Response[str]:
    """One entry with its history."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        open_entry(session, actor=actor, expert_id=expert_id, now=adapters.clock.now())
    return render(request, "pool-expert.html", form={}, **expert_values(request, expert_id))


def expert_values(request: Request[Any, Any, Any], expert_id: str) -> dict[str, Any]:
    """Everything about one expert; for the pool manager only."""
    adapters = adapters_of(request)
    actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.reading() as session:
        record = pool.expert(session, expert_id)
        expert, identity = pool.entry(session, record)
        acts = [act for act, (starts, _) in MOVES.items() if record.standing in starts]
        return {
            "record": record,
            "expert": expert,
            "identity": identity,
            "specialties": [(code, path_of(code)) for code in sorted(expert.specialties)],
            "spans": [(one, note_of(session, one)) for one in pool.spans(session, expert_id)],
            "certificates": certificates(session, expert_id=expert_id),
            "edits": edits(session, expert_id),
            "history": [(one, note_of(session, one)) for one in pool.standings(session, expert_id)],
            "services": services(session).get(expert_id, []),
            "appraisals": appraisals.appraisals_of_expert(session, expert_id),
            "score": appraisals.score_of(session, expert_id),
            "moves": [(act, reason) for act in acts for reason in REASONS[act]],
            "ban_reasons": BAN_REASONS,
            "today": business_day(adapters.clock.now()),
        }


@post("/pool/experts/{expert_id:str}/standing")
def move(
    request: Request[Any, Any, Any], expert_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Suspend, restore, remove or readmit."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    act, _, reason = text(data, "move").partition(":")
    try:
        with adapters.database.transaction() as session:
            change_standing(
                session,
                actor=actor,
                expert_id=expert_id,
                act=act,
                reason=reason,
                note=text(data, "note"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = expert_values(request, expert_id)
        return refuse(request, "pool-expert.html", error, field="move", form=data, **values)
    return see(f"/pool/experts/{expert_id}")


@post("/pool/experts/{expert_id:str}/bans")
def add_ban(
    request: Request[Any, Any, Any], expert_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Bar the expert from panels for a time."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    try:
        begins = day_of(data, "begins")
        ends = day_of(data, "ends") if text(data, "ends") else None
        with adapters.database.transaction() as session:
            ban(
                session,
                actor=actor,
                expert_id=expert_id,
                begins=begins,
                ends=ends,
                reason=text(data, "reason"),
                note=text(data, "ban_note"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "pool-expert.html", error, form=data, **expert_values(request, expert_id))
    return see(f"/pool/experts/{expert_id}")


@post("/pool/bans/{span_id:str}/lift")
def end_ban(request: Request[Any, Any, Any], span_id: FromPath[str]) -> Response[Any]:
    """End a ban today."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        expert_id = pool.span(session, span_id).expert_id
        lift_ban(session, actor=actor, span_id=span_id, now=adapters.clock.now())
    return see(f"/pool/experts/{expert_id}")


@get("/pool/applications")
def list_applications(request: Request[Any, Any, Any]) -> Response[str]:
    """Who waits for a decision: applications, and objections to appraisals."""
    actor_of(request, Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        rows = applications.open_applications(session)
        found = [(row, applying.applied_entry(session, row)[0]) for row in rows]
        objections = [
            (row, pool.expert(session, row.expert_id)) for row in appraisals.open_objections(session)
        ]
    return render(request, "pool-applications.html", applications=found, objections=objections)


@get("/pool/applications/{application_id:str}")
def show_application(request: Request[Any, Any, Any], application_id: FromPath[str]) -> Response[str]:
    """One application with what the law asks for and it lacks."""
    return render(request, "pool-application.html", form={}, **application_values(request, application_id))


def application_values(request: Request[Any, Any, Any], application_id: str) -> dict[str, Any]:
    """One application, opened."""
    adapters = adapters_of(request)
    actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.reading() as session:
        record = applications.application(session, application_id)
        expert, identity = applying.applied_entry(session, record)
        home = accounts.organisations_of_people(session, {record.person_id})
        return {
            "application": record,
            "expert": expert,
            "identity": identity,
            "specialties": [(code, path_of(code)) for code in sorted(expert.specialties)],
            "certificates": certificates(session, application_id=application_id),
            "gaps": entry_gaps(expert, EntryRules(), business_day(adapters.clock.now())),
            "organisation": home.get(record.person_id, ""),
        }


@post("/pool/applications/{application_id:str}")
def decide(
    request: Request[Any, Any, Any], application_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Approve under a number, or reject with a reason."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    try:
        with adapters.database.transaction() as session:
            applying.decide_application(
                session,
                actor=actor,
                application_id=application_id,
                approve=text(data, "decision") == "approve",
                reason=text(data, "reason"),
                number=text(data, "number"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = application_values(request, application_id)
        return refuse(request, "pool-application.html", error, form=data, **values)
    return see("/pool/applications")


@post("/pool/appraisals/{appraisal_id:str}")
def answer(
    request: Request[Any, Any, Any], appraisal_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Answer an objection to an appraisal."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    with adapters.database.transaction() as session:
        answer_objection(
            session,
            actor=actor,
            appraisal_id=appraisal_id,
            upheld=text(data, "upheld") == "yes",
            text=text(data, "answer"),
            now=adapters.clock.now(),
        )
    return see("/pool/applications")


def day_of(data: dict[str, Any], name: str) -> date:
    """A day of a form; raises BadInput naming the field."""
    try:
        return date.fromisoformat(text(data, name))
    except ValueError:
        raise BadInput(where=name, why="give a date, such as 2026-12-01") from None


ROUTES = [
    show_expert,
    move,
    add_ban,
    end_ban,
    list_applications,
    show_application,
    decide,
    answer,
]

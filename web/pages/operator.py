"""The operator: organisations, people with their duties, jobs that were given up."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts import actions, queries
from accounts.actions import passkeys
from accounts.duties import Duty
from kernel.errors import BadInput, NotFound, TenderingError
from storage import outbox
from web.guards import adapters_of
from web.pages.forms import many, text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

PER_PAGE = 50


@get("/operator")
def show(request: Request[Any, Any, Any], after: str = "") -> Response[str]:
    """Everybody, by sign-in name, and what has failed."""
    return render(request, "operator.html", form={}, **values_of(request, after))


def values_of(request: Request[Any, Any, Any], after: str = "") -> dict[str, Any]:
    """What the operator's page shows."""
    actor_of(request, Duty.OPERATOR)
    with adapters_of(request).database.reading() as session:
        people = queries.people(session, after, PER_PAGE)
        organisations = queries.organisations(session)
        values = {
            "people": people,
            "passkeys": queries.passkey_counts(session, {person.id for person, _ in people}),
            "organisations": organisations,
            "names": {one.id: one.name for one in organisations},
            "failed": outbox.failed_jobs(session),
            "states": outbox.count_by_state(session),
        }
    following = people[-1][0].sign_in if len(people) == PER_PAGE else ""
    return {**values, "duties": list(Duty), "following": following}


@post("/operator/organisations")
def add_organisation(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Register an organisation."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.OPERATOR)
    try:
        with adapters.database.transaction() as session:
            name, number = text(data, "organisation_name"), text(data, "organisation_number")
            actions.add_organisation(session, actor=actor, name=name, number=number, now=adapters.clock.now())
    except TenderingError as error:
        values = values_of(request)
        field = "organisation_number" if error.facts.get("where") == "number" else "organisation_name"
        return refuse(request, "operator.html", error, field=field, form=data, **values)
    return see("/operator#organisations")


@post("/operator/people")
def add_person(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Register a person; duties that one person may not combine are refused."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.OPERATOR)
    try:
        command = actions.AddPerson(
            text(data, "organisation_id"),
            text(data, "name"),
            text(data, "sign_in"),
            str(data.get("password", "")),
            read_duties(many(data, "duty")),
        )
        with adapters.database.transaction() as session:
            actions.add_person(session, actor=actor, command=command, now=adapters.clock.now())
    except NotFound:
        missing = BadInput(where="organisation_id", why="choose an organisation")
        return refuse(request, "operator.html", missing, form=data, **values_of(request))
    except TenderingError as error:
        field = str(error.facts.get("where", "duties" if "held" in error.facts else "sign_in"))
        return refuse(request, "operator.html", error, field=field, form=data, **values_of(request))
    return see("/operator#people")


@post("/operator/people/{member_id:str}/passkeys")
def remove_passkeys(request: Request[Any, Any, Any], member_id: FromPath[str]) -> Response[Any]:
    """Remove the passkeys of somebody who has lost theirs."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.OPERATOR)
    with adapters.database.transaction() as session:
        passkeys.remove_all(session, actor=actor, person_id=member_id, now=adapters.clock.now())
    return see("/operator#people")


def read_duties(names: list[str]) -> frozenset[Duty]:
    """The chosen duties."""
    try:
        return frozenset(Duty(name) for name in names)
    except ValueError:
        raise BadInput(where="duties", why="choose duties of the list") from None


@post("/operator/jobs/{job_id:int}/retry")
def retry(request: Request[Any, Any, Any], job_id: FromPath[int]) -> Response[Any]:
    """Let a job wait again, after its cause was removed."""
    adapters = adapters_of(request)
    actor_of(request, Duty.OPERATOR)
    with adapters.database.transaction() as session:
        outbox.retry(session, job_id, adapters.clock.now())
    return see("/operator#jobs")


ROUTES = [show, add_organisation, add_person, remove_passkeys, retry]

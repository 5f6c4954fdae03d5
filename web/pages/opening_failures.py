"""Openings that fail: the office declares, a supervisor confirms; what follows, and until when it can be mended."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from tender import queries
from tender.actions import failures as acts
from tender.actions.draft import own_tender
from tender.failures import Failing
from tender.lifecycle import Stage
from tender.queries import failures
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import HOMES, actor_of, refuse, render, see
from web.routes import get, post

LISTED = 100  # tenders on the supervisor's list
HOME = "/opening-failures"


@get(HOME)
def list_waiting(request: Request[Any, Any, Any]) -> Response[str]:
    """The tenders with a failure that waits for a supervisor."""
    actor_of(request, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        tenders = [queries.tender(session, id) for id in failures.unconfirmed(session, LISTED)]
    return render(request, "failures-list.html", tenders=tenders)


@get("/opening-failures/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The failures of one tender, and what its reader may do about them."""
    actor = actor_of(request, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        return render(request, "failures-show.html", form={}, **values_of(session, actor, tender_id))


def values_of(session: Session, actor: Actor, tender_id: str) -> dict[str, Any]:
    """What the page of one tender shows; another office's tender does not exist."""
    if actor.holds(Duty.TENDER_OFFICE):
        own_tender(session, actor, tender_id)
    record = queries.tender(session, tender_id)
    if record.stage == Stage.DRAFT:
        raise NotFound(what="tender", id=tender_id)
    rows = failures.failures(session, tender_id)
    people = accounts.person_names(
        session, {one for row in rows for one in (row.declared_by, row.confirmed_by) if one}
    )
    is_closed = queries.closing(session, tender_id) is not None
    bids = queries.sealed_bids(session, tender_id) if is_closed else []
    return {
        "tender": record,
        "failures": rows,
        "people": people,
        "bids": {bid.id: bid.digest.hex() for bid in bids},
        "kinds": list(Failing),
        "may_declare": is_closed and actor.holds(Duty.TENDER_OFFICE),
        "may_confirm": actor.holds(Duty.SUPERVISOR),
        "home": HOMES[next(duty for duty in (Duty.TENDER_OFFICE, Duty.SUPERVISOR) if actor.holds(duty))],
    }


@post("/opening-failures/{tender_id:str}")
def declare(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Declare a failure."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    failing = text(data, "failing")
    try:
        with adapters.database.transaction() as session:
            acts.declare(
                session,
                actor=actor,
                tender_id=tender_id,
                failing=failing,
                bid_id=text(data, "bid") or None if failing == Failing.STORED_BID else None,
                reason=text(data, "reason"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return again(request, actor, tender_id, error, data)
    return see(f"{HOME}/{tender_id}")


@post("/opening-failures/{tender_id:str}/{failure_id:str}/confirm")
def confirm(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    failure_id: FromPath[str],
) -> Response[Any]:
    """Confirm a failure, which begins the time in which it can be mended."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    try:
        with adapters.database.transaction() as session:
            acts.confirm(session, actor=actor, failure_id=failure_id, now=adapters.clock.now())
    except NotFound:
        raise
    except TenderingError as error:
        return again(request, actor, tender_id, error, {})
    return see(f"{HOME}/{tender_id}")


def again(
    request: Request[Any, Any, Any], actor: Actor, tender_id: str, error: TenderingError, data: dict[str, Any]
) -> Response[Any]:
    """The page with what was refused."""
    with adapters_of(request).database.reading() as session:
        values = values_of(session, actor, tender_id)
    return refuse(request, "failures-show.html", error, form=data, **values)


ROUTES: list[Any] = [list_waiting, show, declare, confirm]

"""A panel as the tender's office and the supervisor see it: progress, absences, steps opened again, earlier work."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from evaluation.actions import absence
from evaluation.queries import clarifications as questions
from evaluation.queries import judging
from evaluation.queries import panel as queries
from expert_pool import queries as experts
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from web.clarifications import describe
from web.draw_room import DRAW_ROOM
from web.evaluations import describe_lot
from web.guards import adapters_of
from web.pages.expert_panel import read_reopening
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.panel import describe_earlier, describe_panel, reopen_as_asked
from web.routes import get, post

READERS = (Duty.TENDER_OFFICE, Duty.SUPERVISOR)
LISTED = 100  # panels on one page


@get("/panels")
def list_panels(request: Request[Any, Any, Any]) -> Response[str]:
    """The panels at work or done, newest first."""
    actor = actor_of(request, *READERS)
    own = None if actor.holds(Duty.SUPERVISOR) else actor.organisation_id
    with adapters_of(request).database.reading() as session:
        found = tenders.tenders(
            session, stages=[Stage.OPENED, Stage.EVALUATED], before=None, limit=LISTED, tenderer_id=own
        )
        drawn = [record for record in found if experts.panel(session, record.id)]
    return render(request, "panels-list.html", tenders=drawn)


@get("/panels/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """One panel."""
    return render(request, "panels-show.html", form={}, **panel_values(request, tender_id))


def panel_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """Everything that the office and the supervisor may know of a panel at work; earlier work for the supervisor."""
    actor = actor_of(request, *READERS)
    with adapters_of(request).database.reading() as session:
        record = reader_tender(session, actor, tender_id)
        if not experts.panel(session, tender_id):
            raise NotFound(what="panel of tender", id=tender_id)
        lots = tenders.lots(session, tender_id)
        bids = [bid for lot in lots for bid in judging.opened_bids(session, tender_id, lot.id)]
        is_supervisor = actor.holds(Duty.SUPERVISOR)
        return {
            "tender": record,
            "panel": describe_panel(session, tender_id, actor),
            "lots": [describe_lot(session, tender_id, lot, None) for lot in lots],
            "names": {bid.bid_id: bid.bidder_name for bid in bids},
            "rows": [describe(session, row) for row in questions.of_tender(session, tender_id)],
            "earlier": [describe_earlier(row) for row in queries.earlier_work(session, tender_id)]
            if is_supervisor
            else [],
            "is_supervisor": is_supervisor,
            "causes": absence.CAUSES,
        }


def reader_tender(session: Session, actor: Actor, tender_id: str) -> Any:
    """The tender, for its own office and for supervisors."""
    record = tenders.tender(session, tender_id)
    if not actor.holds(Duty.SUPERVISOR) and record.tenderer_id != actor.organisation_id:
        raise NotFound(what="tender", id=tender_id)
    return record


@post("/panels/{tender_id:str}/absences")
def record_absence(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Record that a member cannot go on."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        with adapters.database.transaction() as session:
            absence.record_absence(
                session,
                actor=actor,
                tender_id=tender_id,
                seat=text(data, "seat"),
                cause=text(data, "cause"),
                reason=text(data, "reason"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "panels-show.html", error, form=data, **panel_values(request, tender_id))
    return see(f"/panels/{tender_id}")


@post("/panels/{tender_id:str}/absences/{absence_id:str}", opt=DRAW_ROOM)
def settle_absence(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    absence_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Confirm an absence, which seats the next reserve, or refuse it."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    ids: dict[str, Any] = {"actor": actor, "absence_id": absence_id}
    try:
        with adapters.database.transaction() as session:
            now = adapters.clock.now()
            if text(data, "confirm"):
                absence.confirm_absence(session, now=now, **ids)
            else:
                absence.refuse_absence(session, reason=text(data, "refusal"), now=now, **ids)
    except TenderingError as error:
        values = panel_values(request, tender_id)
        return refuse(request, "panels-show.html", error, field=f"refusal-{absence_id}", form=data, **values)
    return see(f"/panels/{tender_id}")


@post("/panels/{tender_id:str}/reopen")
def reopen_step(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Order that a step be opened again."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    try:
        with adapters.database.transaction() as session:
            reopen_as_asked(session, actor, tender_id, read_reopening(data), adapters.clock.now())
    except TenderingError as error:
        values = panel_values(request, tender_id)
        field = "why" if error.facts.get("where") == "reason" else ""
        return refuse(request, "panels-show.html", error, field=field, form=data, **values)
    return see(f"/panels/{tender_id}")


ROUTES: list[Any] = [list_panels, show, record_absence, settle_absence, reopen_step]

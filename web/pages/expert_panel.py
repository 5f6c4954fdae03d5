"""The member's pages of the panel itself: electing the chair, questions to bidders, opening a step again, dissent."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import chair, clarify, dissent, stages
from evaluation.queries import clarifications as questions
from kernel.errors import NotFound, TenderingError
from web.clarifications import describe, price_units
from web.guards import adapters_of
from web.pages.expert import desk
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.panel import Reopening, reopen_as_asked
from web.routes import get, post


@get("/expert/tenders/{tender_id:str}/chair")
def show_chair(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The election of the chair, round by round."""
    return render(request, "expert-chair.html", typed="", **desk(request, tender_id))


@post("/expert/tenders/{tender_id:str}/chair")
def vote_for_chair(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Vote in the round that the page showed."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            chair.vote_for_chair(
                session,
                actor=actor,
                tender_id=tender_id,
                number=whole(data, "round"),
                choice=text(data, "choice"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = desk(request, tender_id)
        return refuse(
            request, "expert-chair.html", error, field="choice", typed=text(data, "choice"), **values
        )
    return see(f"/expert/tenders/{tender_id}/chair")


@get("/expert/tenders/{tender_id:str}/prices")
def show_prices(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The prices of a tender in stages: sealed, being opened, or to be looked through."""
    return render(request, "expert-prices.html", **price_values(request, tender_id))


def price_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The desk of a tender whose prices open after the scores; raises NotFound for others."""
    values = desk(request, tender_id)
    if values["panel"]["prices"] is None:
        raise NotFound(what="sealed prices of tender", id=tender_id)
    return values


@post("/expert/tenders/{tender_id:str}/prices")
def finish_prices(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """The chair has nothing left to ask; the ranking follows."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            stages.finish_price_review(session, actor=actor, tender_id=tender_id, now=adapters.clock.now())
    except TenderingError as error:
        values = price_values(request, tender_id)
        return refuse(request, "expert-prices.html", error, field="prices", **values)
    return see(f"/expert/tenders/{tender_id}")


def question_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The desk with every question and the names of the bids."""
    values = desk(request, tender_id)
    with adapters_of(request).database.reading() as session:
        rows = [describe(session, row) for row in questions.of_tender(session, tender_id)]
    names = {bid["bid"]: bid["bidder"] for lot in values["lots"] for bid in lot["bids"]}
    now = adapters_of(request).clock.now()
    return {**values, "rows": rows, "names": names, "kinds": clarify.KINDS, "now": now}


@get("/expert/tenders/{tender_id:str}/clarifications")
def show_questions(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """Everything that the panel asked; the chair asks and settles here."""
    return render(request, "expert-clarifications.html", form={}, **question_values(request, tender_id))


@post("/expert/tenders/{tender_id:str}/clarifications")
def ask(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Ask a bidder, as the chair."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            clarify.ask(
                session,
                actor=actor,
                tender_id=tender_id,
                bid_id=text(data, "bid"),
                kind=text(data, "kind"),
                text=text(data, "text"),
                corrected_price_units=price_units(session, tender_id, text(data, "corrected_price")),
                limit_minutes=whole(data, "limit_minutes"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = question_values(request, tender_id)
        return refuse(request, "expert-clarifications.html", error, form=data, **values)
    return see(f"/expert/tenders/{tender_id}/clarifications")


@post("/expert/tenders/{tender_id:str}/clarifications/{clarification_id:str}")
def settle(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    clarification_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Say how the panel takes an answer."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            clarify.rule(
                session,
                actor=actor,
                clarification_id=clarification_id,
                ruling=text(data, "ruling"),
                reason=text(data, "reason"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = question_values(request, tender_id)
        field = f"{error.facts.get('where', '')}-{clarification_id}"
        typed = {f"reason-{clarification_id}": text(data, "reason")}
        return refuse(request, "expert-clarifications.html", error, field=field, form=typed, **values)
    return see(f"/expert/tenders/{tender_id}/clarifications")


@get("/expert/tenders/{tender_id:str}/reopen")
def show_reopen(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The form with which the chair opens a step again, and what was opened so far."""
    return render(request, "expert-reopen.html", form={}, **desk(request, tender_id))


@post("/expert/tenders/{tender_id:str}/reopen")
def reopen_step(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Open the step again."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    try:
        with adapters.database.transaction() as session:
            reopen_as_asked(session, actor, tender_id, read_reopening(data), adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "expert-reopen.html", error, form=data, **desk(request, tender_id))
    return see(f"/expert/tenders/{tender_id}/reopen")


def read_reopening(data: dict[str, Any]) -> Reopening:
    """The step that the form names: `compliance:LOT`, or `sheet:BID` with a seat."""
    step, _, what = text(data, "step").partition(":")
    asked = Reopening(step=step, reason=text(data, "reason"), seat=text(data, "seat"))
    if step == "compliance":
        asked.lot = what
    else:
        asked.bid = what
    return asked


@get("/expert/tenders/{tender_id:str}/dissent")
def show_dissent(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The form of a dissent, or the one on record."""
    return render(request, "expert-dissent.html", typed="", **desk(request, tender_id))


@post("/expert/tenders/{tender_id:str}/dissent")
def write_dissent(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Dissent in writing, once."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    typed = text(data, "text")
    try:
        with adapters.database.transaction() as session:
            now = adapters.clock.now()
            dissent.write_dissent(session, actor=actor, tender_id=tender_id, text=typed, now=now)
    except TenderingError as error:
        return refuse(request, "expert-dissent.html", error, typed=typed, **desk(request, tender_id))
    return see(f"/expert/tenders/{tender_id}/dissent")


ROUTES: list[Any] = [
    show_chair,
    vote_for_chair,
    show_prices,
    finish_prices,
    show_questions,
    ask,
    settle,
    show_reopen,
    reopen_step,
    show_dissent,
    write_dissent,
]

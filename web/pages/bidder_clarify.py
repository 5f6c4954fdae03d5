"""What a panel asks a bidder, and the bidder's answers; without a question there is nothing to write."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import clarify
from kernel.errors import TenderingError
from web.clarifications import describe, of_bidder
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.public import published
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

CONFIRMS = {"yes": True, "no": False}


@get("/bidder/tenders/{tender_id:str}/clarifications")
def show_questions(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The questions to the bidder's own bids."""
    return render(request, "bidder-clarifications.html", form={}, **question_values(request, tender_id))


def question_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The tender and the bidder's own questions."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    with adapters.database.reading() as session:
        record = published(session, tender_id)
        rows = of_bidder(session, actor, tender_id)
        now = adapters.clock.now()
        return {
            "tender": record,
            "rows": [
                {**describe(session, row), "is_open": row.answer is None and now <= row.answer_until}
                for row in rows
                if row.tender_id == tender_id
            ],
        }


@post("/bidder/tenders/{tender_id:str}/clarifications/{clarification_id:str}")
def answer(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    clarification_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Answer once; the answer is never changed."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    try:
        with adapters.database.transaction() as session:
            clarify.answer(
                session,
                actor=actor,
                clarification_id=clarification_id,
                text=text(data, "text"),
                confirms=CONFIRMS.get(text(data, "confirms")),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = question_values(request, tender_id)
        field = f"{error.facts.get('where', '')}-{clarification_id}"
        typed = {f"text-{clarification_id}": text(data, "text")}
        return refuse(request, "bidder-clarifications.html", error, field=field, form=typed, **values)
    return see(f"/bidder/tenders/{tender_id}/clarifications")


ROUTES: list[Any] = [show_questions, answer]

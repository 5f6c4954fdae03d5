"""Pages of the signals of collusion: a tender's evidence and its graph, one signal with comments and its disposal."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from evaluation.actions import collusion as actions
from evaluation.collusion import words
from evaluation.collusion.graph import HEIGHT, WIDTH
from evaluation.collusion.screens import IMHOF_RECORD, PORTFOLIO, benford
from evaluation.queries import collusion as queries
from kernel.errors import TenderingError
from storage.database import Session
from tender import queries as tenders
from tender.records import LotRecord
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.render import HOMES, actor_of, refuse, render, see
from web.routes import get, post
from web.signals import bidders, graph_of, screen_lines

READERS = (Duty.EXPERT, Duty.SUPERVISOR, Duty.TENDER_OFFICE)
MOST_TENDERS = 100  # of the supervisor's list
WORDS: dict[str, Any] = {
    "kinds": words.KINDS,
    "conditions": words.CONDITIONS,
    "clause": words.CLAUSE,
    "strengths": words.STRENGTHS,
    "patterns": words.PATTERNS,
    "reasons": words.REASONS,
    "screen_words": words.SCREENS,
}


@get("/signals")
def list_tenders(request: Request[Any, Any, Any]) -> Response[str]:
    """Tenders whose signals wait for the supervisor, and Benford's law over all prices ever opened."""
    actor_of(request, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        rows = queries.undecided(session, MOST_TENDERS)
        found = [(tenders.tender(session, tender_id), count) for tender_id, count in rows]
        prices = queries.portfolio(session)
    return render(
        request,
        "signals-list.html",
        tenders=found,
        prices=len(prices),
        least=PORTFOLIO,
        benford=benford(prices),
    )


@get("/signals/tenders/{tender_id:str}")
def show_tender(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """All lots of one tender with their signals, graph and screens."""
    actor = actor_of(request, *READERS)
    with adapters_of(request).database.reading() as session:
        queries.check_reader(session, actor, tender_id)
        tender = tenders.tender(session, tender_id)
        lots = [lot_values(session, tender_id, lot) for lot in tenders.lots(session, tender_id)]
    home = next(HOMES[duty] for duty in READERS if actor.holds(duty))
    return render(
        request,
        "signals-tender.html",
        tender=tender,
        lots=lots,
        home="/signals" if actor.holds(Duty.SUPERVISOR) else home,
        imhof=IMHOF_RECORD,
        width=WIDTH,
        height=HEIGHT,
        **WORDS,
    )


def lot_values(session: Session, tender_id: str, lot: LotRecord) -> dict[str, Any]:
    """What the page shows of one lot."""
    search, records = queries.find_search(session, lot.id), queries.signals(session, lot.id)
    names = bidders(session, tender_id, lot.id)
    return {
        "lot": lot,
        "search": search,
        "signals": records,
        "names": names,
        "numbers": {bid: place for place, bid in enumerate(names, 1)},
        "graph": graph_of(names, records),
        "screens": screen_lines(search.body) if search else [],
    }


@get("/signals/{signal_id:str}")
def show_signal(request: Request[Any, Any, Any], signal_id: FromPath[str]) -> Response[str]:
    """One signal: its evidence, how rare it is, what people said."""
    actor = actor_of(request, *READERS)
    return render(request, "signals-show.html", form={}, **signal_values(request, actor, signal_id))


def signal_values(request: Request[Any, Any, Any], actor: Actor, signal_id: str) -> dict[str, Any]:
    """One signal as its reader may see it."""
    with adapters_of(request).database.reading() as session:
        record = queries.signal(session, signal_id)
        seat = queries.check_reader(session, actor, record.tender_id)
        names = bidders(session, record.tender_id, record.lot_id)
        return {
            "signal": record,
            "body": record.body,
            "tender": tenders.tender(session, record.tender_id),
            "names": names,
            "numbers": {bid: place for place, bid in enumerate(names, 1)},
            "remarks": queries.remarks(session, [signal_id]),
            "may_comment": bool(seat),
            "may_dispose": actor.holds(Duty.SUPERVISOR) and not record.outcome,
            "outcomes": actions.OUTCOMES,
            **WORDS,
        }


@post("/signals/{signal_id:str}/comment")
def comment(
    request: Request[Any, Any, Any], signal_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Comment as a member of the panel."""
    adapters, actor = adapters_of(request), actor_of(request, *READERS)
    try:
        with adapters.database.transaction() as session:
            now = adapters.clock.now()
            actions.comment(session, actor=actor, signal_id=signal_id, text=text(data, "text"), now=now)
    except TenderingError as error:
        return _refused(request, actor, signal_id, data, error)
    return see(f"/signals/{signal_id}")


@post("/signals/{signal_id:str}/disposal")
def dispose(
    request: Request[Any, Any, Any], signal_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Dismiss or uphold as supervisor, with the reason."""
    adapters, actor = adapters_of(request), actor_of(request, *READERS)
    try:
        with adapters.database.transaction() as session:
            actions.dispose(
                session,
                actor=actor,
                signal_id=signal_id,
                outcome=text(data, "outcome"),
                reason=text(data, "text"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return _refused(request, actor, signal_id, data, error)
    return see(f"/signals/{signal_id}")


def _refused(
    request: Request[Any, Any, Any], actor: Actor, signal_id: str, data: dict[str, Any], error: TenderingError
) -> Response[str]:
    values = signal_values(request, actor, signal_id)
    return refuse(request, "signals-show.html", error, form=data, **values)


ROUTES = [list_tenders, show_tender, show_signal, comment, dispose]
"""Pages of the signals."""

"""What everybody sees: the start page, the list of tenders, one tender. Nothing tells who bids, or how many, early."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from evaluation.queries import judging as evaluations
from evaluation.rulebook import Rulebook, read_rulebook
from expert_pool import queries as experts
from kernel.errors import NotFound
from storage.database import Session
from tender import queries
from tender.lifecycle import Stage
from tender.records import TenderRecord
from web.guards import adapters_of
from web.pages.render import render
from web.routes import get
from web.tenders import PUBLIC_STAGES

NEWEST = 5  # tenders on the start page
PER_PAGE = 20
AFTER_CLOSING = [Stage.CLOSED, Stage.OPENED, Stage.EVALUATED, Stage.FAILED]
SEARCH_LIMIT = 100  # characters


@get("/")
def start(request: Request[Any, Any, Any]) -> Response[str]:
    """What this is, the newest tenders, the latest openings."""
    with adapters_of(request).database.reading() as session:
        newest, count = queries.find_tenders(session, stages=PUBLIC_STAGES, text="", first=0, limit=NEWEST)
        openings, _ = queries.find_tenders(session, stages=AFTER_CLOSING, text="", first=0, limit=NEWEST)
    return render(request, "public-start.html", tenders=newest, openings=openings, count=count)


@get("/tenders")
def list_tenders(request: Request[Any, Any, Any], q: str = "", page: int = 1) -> Response[str]:
    """Published tenders, searched by reference or title."""
    text, page = q[:SEARCH_LIMIT], max(page, 1)
    with adapters_of(request).database.reading() as session:
        found, count = queries.find_tenders(
            session, stages=PUBLIC_STAGES, text=text, first=(page - 1) * PER_PAGE, limit=PER_PAGE
        )
    pages = -(-count // PER_PAGE)
    return render(request, "public-tenders.html", tenders=found, q=text, page=page, pages=pages, count=count)


@get("/tenders/{tender_id:str}")
def show_tender(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """One published tender: the notice in force, questions and answers, what followed."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = published(session, tender_id)
        notices = queries.notices(session, tender_id)
        values: dict[str, Any] = {
            "tender": record,
            "notice": notices[-1],
            "notices": notices,
            "rulebook": read_rulebook(notices[-1].body["rulebook"]),
            "lot_rulebooks": own_rulebooks(notices[-1].body),
            "documents": queries.documents(session, tender_id),
            "questions": [q for q in queries.questions(session, tender_id) if q.answer is not None],
            "rankings": evaluations.rankings(session, tender_id),
            "rounds": experts.rounds(session, tender_id),
        }
    return render(request, "public-tender.html", now=adapters.clock.now(), **values)


def own_rulebooks(notice_body: dict[str, Any]) -> list[tuple[dict[str, Any], Rulebook]]:
    """The lots of a notice that have a rulebook of their own, with it."""
    return [(lot, read_rulebook(lot["rulebook"])) for lot in notice_body["lots"] if "rulebook" in lot]


def published(session: Session, tender_id: str) -> TenderRecord:
    """A tender that everybody may know of; a draft does not exist for the public."""
    record = queries.tender(session, tender_id)
    if record.stage == Stage.DRAFT:
        raise NotFound(what="tender", id=tender_id)
    return record


ROUTES = [start, list_tenders, show_tender]

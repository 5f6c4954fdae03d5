"""The tender office: its tenders, and for each one a list of tasks with their states."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from evaluation.queries.report import find_signing
from expert_pool import queries as experts
from expert_pool.queries.panels import vacant_seats
from kernel.clock import read_time, write_time
from kernel.errors import TenderingError
from storage.database import Session
from tender import queries
from tender.actions import draft
from tender.lifecycle import Stage
from tender.notice import missing
from tender.records import TenderRecord
from web.guards import adapters_of
from web.pages.evaluation_draws import draws_state
from web.pages.forms import text
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post
from web.shapes import read_cursor, write_cursor

PER_PAGE = 20
TASKS = {
    "describe": ("title.zh", "title.en", "reference", "summary"),
    "lots": ("lots",),
    "timetable": ("timetable", "timetable.closes_at (it has passed)", "shortening_reason"),
    "rulebook": ("rulebook",),
    "documents": ("documents",),
    "openers": ("openers", "openers.threshold"),
}
"""What each task of a draft takes care of, by the codes of `tender.notice.missing`."""


@get("/office")
def list_own(request: Request[Any, Any, Any], cursor: str = "") -> Response[str]:
    """The office's tenders, newest first."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    return render(request, "office-list.html", **own_tenders(request, actor, cursor))


def own_tenders(request: Request[Any, Any, Any], actor: Actor, cursor: str) -> dict[str, Any]:
    """One page of the office's tenders, and where the next one starts."""
    before = read_time(read_cursor(cursor)) if cursor else None
    with adapters_of(request).database.reading() as session:
        rows = queries.tenders(
            session, stages=list(Stage), before=before, limit=PER_PAGE, tenderer_id=actor.organisation_id
        )
    older = write_cursor(write_time(rows[-1].created_at)) if len(rows) == PER_PAGE else ""
    return {"tenders": rows, "older": older}


@post("/office/tenders")
def begin(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Start a draft."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    titles = {"zh": text(data, "zh"), "en": text(data, "en")}
    command = draft.EditDraft(reference=text(data, "reference"), title=titles)
    try:
        with adapters.database.transaction() as session:
            made = draft.begin_draft(session, actor=actor, command=command, now=adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "office-list.html", error, form=data, **own_tenders(request, actor, ""))
    return see(f"/office/tenders/{made}")


@get("/office/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str], done: str = "") -> Response[str]:
    """The task list of one tender."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    with adapters.database.reading() as session:
        record = own(session, actor, tender_id)
        described = queries.draft(session, record, adapters.settings.bid_limit_bytes)
        lacking = missing(described, adapters.clock.now()) if record.stage == Stage.DRAFT else []
        values: dict[str, Any] = {
            "tender": record,
            "draft": described,
            "questions": queries.questions(session, tender_id),
            "rounds": experts.rounds(session, tender_id),
            "vacant": vacant_seats(session, tender_id),
            "parties": draw_parties(session, tender_id),
            "draws_state": draws_state(session, record),
            "signing": find_signing(session, tender_id),
        }
    tasks = {task: [code for code in codes if code in lacking] for task, codes in TASKS.items()}
    keys = [code for code in lacking if code.startswith("openers.") and code != "openers.threshold"]
    return render(request, "office-tender.html", tasks=tasks, keys=keys, lacking=lacking, done=done, **values)


def draw_parties(session: Session, tender_id: str) -> list[Any]:
    """What the parties of the tender's draw have done."""
    found = experts.find_draw(session, tender_id)
    return list(experts.parties(session, found.id)) if found else []


def own(session: Session, actor: Actor, tender_id: str) -> TenderRecord:
    """A tender of the actor's organisation."""
    return draft.own_tender(session, actor, tender_id)


ROUTES = [list_own, begin, show]

"""Drafting: one page for each task, then the check before publication."""

from collections.abc import Callable
from typing import Any

import anyio.to_thread
import litestar
from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.suites import installed_suites
from evaluation.lint import lint
from evaluation.rulebook import read_rulebook
from kernel.errors import BadInput, ChangedMeanwhile, TenderingError
from tender import queries
from tender.actions import draft, publish
from tender.envelopes import READY_MADE
from tender.failures import OpeningRule, read_opening_rule
from tender.notice import missing
from tender.outages import OutageRule, read_rule
from tender.queries.failures import opening_rule
from tender.signing import choose_terms, read_terms
from tender.timetable import Timetable
from web.documents import DOCUMENT_LIMIT, chunks_of
from web.draft_shapes import award_rule_of, known_issuers, read_periods
from web.guards import adapters_of
from web.pages.forms import FileForm, local_moment, local_text, many, text, whole
from web.pages.office import own
from web.pages.public import own_rulebooks
from web.pages.render import actor_of, refuse, render, see
from web.ready_made import ready_made
from web.routes import get, post

EMPTY_LOTS = 3  # rows offered beyond the lots there are
TASK_PAGES = ("describe", "lots", "timetable", "openers", "rulebook", "documents", "publish")


@get([f"/office/tenders/{{tender_id:str}}/{task}" for task in TASK_PAGES])
def show_task(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The form of one task."""
    actor, task = actor_of(request, Duty.TENDER_OFFICE), request.url.path.rpartition("/")[2]
    return render(request, f"office-{task}.html", form={}, **form_values(request, actor, tender_id, task))


def form_values(request: Request[Any, Any, Any], actor: Actor, tender_id: str, task: str) -> dict[str, Any]:
    """What a task's form shows: the tender as it is now."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = own(session, actor, tender_id)
        described = queries.draft(session, record, adapters.settings.bid_limit_bytes)
        values: dict[str, Any] = {"tender": record, "draft": described, "version": record.version}
        if task == "openers":
            people = accounts.people_with_duty(session, Duty.OPENER)
            firms = accounts.organisation_names(session, {person.organisation_id for person in people})
            values |= {"people": [(p.id, p.name, firms[p.organisation_id]) for p in people]}
            values |= {"chosen": [opener.person_id for opener in described.openers]}
            values |= {"choices": READY_MADE, "set": described.envelopes}
            values |= {"suites": installed_suites(), "issuers": sorted(adapters.signing_authorities)}
            values |= {"signers": [one.name for one in read_terms(described.signing).authorities]}
            values |= {"rule": opening_rule(record)}
        if task == "timetable":
            values |= {"questions_until": local_text(record.questions_until)}
            values |= {"closes_at": local_text(record.closes_at), "outage_defaults": vars(OutageRule())}
    if task in ("rulebook", "publish"):
        rulebook = read_rulebook(record.rulebook) if record.rulebook else None
        values |= {"ready_made": ready_made(), "rulebook": rulebook}
        values |= {"remarks": lint(rulebook) if rulebook else ()}
        own_books = own_rulebooks({"lots": described.lots})
        values |= {"lot_rulebooks": [(lot, book, lint(book)) for lot, book in own_books]}
    values |= {"lacking": missing(described, adapters.clock.now()), "empty_lots": EMPTY_LOTS}
    return values


def change(
    request: Request[Any, Any, Any],
    tender_id: str,
    task: str,
    data: dict[str, Any],
    make: Callable[[], draft.EditDraft],
) -> Response[Any]:
    """Save one task of a draft, or show its form again with what was typed."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        command, version = make(), whole(data, "version")
        with adapters.database.transaction() as session:
            draft.edit_draft(
                session,
                actor=actor,
                tender_id=tender_id,
                command=command,
                version=version,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = form_values(request, actor, tender_id, task)
        if isinstance(error, ChangedMeanwhile):
            data = {}
        typed = {key: value for key, value in data.items() if key in values and key != "version"}
        return refuse(request, f"office-{task}.html", error, **{**values, **typed, "form": data})
    return see(f"/office/tenders/{tender_id}")


@post("/office/tenders/{tender_id:str}/describe")
def describe(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Reference, title and summary."""
    return change(
        request,
        tender_id,
        "describe",
        data,
        lambda: draft.EditDraft(
            reference=text(data, "reference"),
            title={"zh": text(data, "title_zh"), "en": text(data, "title_en")},
            summary={"zh": text(data, "summary_zh"), "en": text(data, "summary_en")},
        ),
    )


@post("/office/tenders/{tender_id:str}/lots")
def set_lots(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """The lots; an empty row is left out."""
    pairs = zip(many(data, "lot_zh"), many(data, "lot_en"), strict=False)
    lots = tuple({"zh": zh, "en": en} for zh, en in pairs if zh or en)
    return change(
        request,
        tender_id,
        "lots",
        data,
        lambda: draft.EditDraft(lots=lots, award_rule=read_form_rule(data)),
    )


def read_form_rule(data: dict[str, Any]) -> dict[str, Any]:
    """How many lots one bidder may win, from the form; empty where each lot stands alone."""
    method = text(data, "award_method") or "each_alone"
    if method == "each_alone":
        return {}
    bundles = []
    for written in filter(None, text(data, "bundles").replace("；", ";").split(";")):
        numbers = [number.strip() for number in written.split("+")]
        if not all(number.isascii() and number.isdigit() and len(number) <= 4 for number in numbers):
            raise BadInput(where="bundles", why="write lot numbers such as 1+2; 2+3")
        bundles.append([int(number) for number in numbers])
    objective = text(data, "objective") or "price"
    cap = whole(data, "cap")
    try:
        return award_rule_of({"method": method, "cap": cap, "objective": objective, "bundles": bundles}, "")
    except BadInput as refusal:
        # One field of the form holds all bundles.
        raise BadInput(
            where=str(refusal.facts["where"]).partition("[")[0], why=refusal.facts["why"]
        ) from None


@post("/office/tenders/{tender_id:str}/timetable")
def set_timetable(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Questions, closing, the minimum periods and the reason where they are cut short."""

    def make() -> draft.EditDraft:
        timetable = read_form_timetable(data)
        names = ("bidding_days", "amendment_days", "minimum_bids")
        periods = read_periods({name: whole(data, name) for name in names})
        rule = read_rule({name: whole(data, name) for name in vars(OutageRule()) if name in data}, "")
        return draft.EditDraft(
            timetable=timetable,
            periods=periods,
            shortening_reason=text(data, "shortening_reason"),
            outage_rule=rule,
        )

    return change(request, tender_id, "timetable", data, make)


def read_form_timetable(data: dict[str, Any]) -> Timetable:
    """The timetable of a form; its moments are in Beijing time."""
    questions, closing = local_moment(data, "questions_until"), local_moment(data, "closes_at")
    if questions > closing:
        raise BadInput(where="questions_until", why="questions end no later than bids close")
    return Timetable(questions, closing)


@post("/office/tenders/{tender_id:str}/openers")
def set_openers(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Who holds a key, and how many of them open together."""
    return change(
        request,
        tender_id,
        "openers",
        {**data, "chosen": many(data, "opener"), "signers": many(data, "signing")},
        lambda: draft.EditDraft(
            opener_ids=tuple(many(data, "opener")),
            threshold=whole(data, "threshold"),
            suite=text(data, "suite"),
            envelopes=READY_MADE.get(text(data, "envelopes")),
            signing=choose_terms(many(data, "signing"), known_issuers(adapters_of(request))),
            opening_rule=read_opening_rule(
                {
                    name: {"minutes": whole(data, name)}
                    for name in vars(OpeningRule())
                    if text(data, name).strip()
                },
                "",
            ),
        ),
    )


@litestar.post("/office/tenders/{tender_id:str}/documents", request_max_body_size=None)
async def add_document(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """A document of the notice; it streams into the store while it arrives."""
    form = FileForm(request)

    def keep() -> Response[Any]:
        adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
        with adapters.database.reading() as session:
            own(session, actor, tender_id)
        try:
            if not form.filename:
                raise BadInput(where="file", why="choose a file")
            body = chunks_of(form.chunks())
            stored = adapters.objects.put_once(body, expected=None, limit_bytes=DOCUMENT_LIMIT)
            with adapters.database.transaction() as session:
                draft.add_document(
                    session,
                    actor=actor,
                    tender_id=tender_id,
                    name=form.filename,
                    media_type="application/octet-stream",
                    stored=stored,
                    now=adapters.clock.now(),
                )
        except TenderingError as error:
            values = form_values(request, actor, tender_id, "documents")
            return refuse(request, "office-documents.html", error, field="file", **values)
        return see(f"/office/tenders/{tender_id}/documents")

    try:
        await form.begin()
    except BadInput:
        form.filename = ""
    answer = await anyio.to_thread.run_sync(keep)
    await form.drain()
    return answer


@post("/office/tenders/{tender_id:str}/publish")
def publish_tender(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """Publish the notice; refused with everything that is missing."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        with adapters.database.transaction() as session:
            publish.publish(
                session,
                actor=actor,
                tender_id=tender_id,
                bid_limit_bytes=adapters.settings.bid_limit_bytes,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = form_values(request, actor, tender_id, "publish")
        return refuse(request, "office-publish.html", error, **values)
    return see(f"/office/tenders/{tender_id}?done=published")


ROUTES = [
    show_task,
    describe,
    set_lots,
    set_timetable,
    set_openers,
    add_document,
    publish_tender,
]

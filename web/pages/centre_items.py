"""The centre office's catalogue: lists and gaps, writing, review, publication, the life of an item."""

import json
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Stream

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.actions import catalogue as acts
from approval.actions import catalogue_rounds as rounds
from approval.catalogue import read_item
from approval.differences import differences
from approval.item_life import ITEM_MOVES, ItemMove, ItemStatus
from approval.publication import lacking
from approval.queries import catalogue, organisation, papers, registers, settings
from approval.queries.catalogue import Wanted
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.settings import OPEN_BLOCKS
from kernel.errors import BadInput, NotFound, TenderingError
from kernel.working_days import business_day
from storage.database import Session
from web.guards import adapters_of
from web.items import MOST_WORDS, read_move, read_optional_day, stored_pdf
from web.pages.forms import many, text, whole
from web.pages.items import PER_PAGE
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

ESSENTIALS = ("promised_days", "statutory_days")


def office(request: Request[Any, Any, Any]) -> Actor:
    """Somebody of the centre office."""
    return actor_of(request, Duty.CENTRE_OFFICE)


@get("/centre")
def show_centre(request: Request[Any, Any, Any]) -> Response[str]:
    """Where the office's work begins: what waits, and what the catalogue lacks."""
    office(request)
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        values: dict[str, Any] = {
            "statuses": catalogue.counts(session, "status"),
            "gaps": catalogue.gaps(session, business_day(adapters.clock.now())),
            "entries": len(catalogue.open_entries(session)),
            "registers": sum(registers.counts(session).values()),
            "empty_posts": organisation.posts_without_holder(session),
            "departments": {d.id: d.code for d in organisation.departments(session)},
        }
    return render(request, "centre-start.html", **values)


@get("/centre/items")
def list_items(
    request: Request[Any, Any, Any], q: FromQuery[str] = "", status: FromQuery[str] = "", page: int = 1
) -> Response[str]:
    """All items by code, of one status where it is given."""
    office(request)
    page = max(page, 1)
    with adapters_of(request).database.reading() as session:
        rows = catalogue.items(session, Wanted(words=q[:MOST_WORDS], status=status))
        names = accounts.organisation_names(session, {row.department_id for row in rows})
    return render(
        request,
        "centre-items.html",
        items=rows[(page - 1) * PER_PAGE : page * PER_PAGE],
        names=names,
        count=len(rows),
        page=page,
        pages=-(-len(rows) // PER_PAGE),
        q=q,
        chosen=status,
        statuses=tuple(ItemStatus),
    )


@get("/centre/items/new")
def show_new(request: Request[Any, Any, Any]) -> Response[str]:
    """The form of a new item."""
    return render(request, "centre-item-new.html", form={}, **new_values(request))


def new_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The departments and sites to choose from."""
    office(request)
    with adapters_of(request).database.reading() as session:
        departments = organisation.departments(session)
        names = accounts.organisation_names(session, {one.id for one in departments})
    return {"departments": [(one.id, names[one.id], one.site_code) for one in departments]}


@post("/centre/items")
def add_item(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Begin a new item from its JSON."""
    adapters, actor = adapters_of(request), office(request)
    try:
        body = read_body(text(data, "body"))
        with adapters.database.transaction() as session:
            department = organisation.department(session, text(data, "department"))
            item_id = acts.draft_item(
                session,
                actor=actor,
                department_id=department.id,
                site_code=text(data, "site") or department.site_code,
                body=body,
                now=adapters.clock.now(),
            )
            code = catalogue.item(session, item_id).code
    except TenderingError as error:
        return refuse(request, "centre-item-new.html", error, field="body", form=data, **new_values(request))
    return see(f"/centre/items/{code}")


def read_body(given: str) -> Any:
    """The JSON of an item; raises BadInput."""
    try:
        return json.loads(given)
    except ValueError:
        raise BadInput(where="body", why="this is not JSON") from None


@get("/centre/items/{code:str}")
def show_item(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
    """One item: its versions, its history, where it stands."""
    return render(request, "centre-item.html", **item_values(request, code))


def item_values(request: Request[Any, Any, Any], code: str) -> dict[str, Any]:
    """Everything the office sees of an item."""
    office(request)
    with adapters_of(request).database.reading() as session:
        item = catalogue.item_by_code(session, code)
        changes = catalogue.changes(session, item.id)
        people = {change.done_by for change in changes}
        return {
            "item": item,
            "department": accounts.organisation(session, item.department_id).name,
            "versions": catalogue.versions(session, item.id),
            "changes": changes,
            "people": accounts.person_names(session, people),
            "moves": [move for (status, move) in ITEM_MOVES if status == item.status],
            "windows": organisation.windows(session),
            "entries": [one for one in catalogue.open_entries(session) if one.item_id == item.id],
        }


@post("/centre/items/{code:str}/act")
def act_on_item(
    request: Request[Any, Any, Any], code: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Move the item, bind it to windows, ask for or settle its entry, or begin its next version."""
    adapters, actor = adapters_of(request), office(request)
    act, now = text(data, "act"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            item = catalogue.item_by_code(session, code)
            if act == "windows":
                acts.set_windows(
                    session, actor=actor, item_id=item.id, window_ids=many(data, "window"), now=now
                )
            elif act == "entry":
                rounds.ask_entry(
                    session,
                    actor=actor,
                    item_id=item.id,
                    kind="exit" if item.in_centre else "entry",
                    reason=text(data, "reason"),
                    now=now,
                )
            elif act in ("approve", "reject"):
                rounds.settle_entry(
                    session, actor=actor, entry_id=text(data, "entry"), approve=act == "approve", now=now
                )
            elif act == "version":
                body = catalogue.versions(session, item.id)[0].body
                acts.draft_version(session, actor=actor, item_id=item.id, body=body, now=now)
            else:
                move, reason = read_move(act), text(data, "reason")
                acts.move_item(session, actor=actor, item_id=item.id, move=move, reason=reason, now=now)
    except TenderingError as error:
        return refuse(request, "centre-item.html", error, field="reason", **item_values(request, code))
    return see(f"/centre/items/{code}")


@get("/centre/items/{code:str}/versions/{number:int}")
def show_version(
    request: Request[Any, Any, Any], code: FromPath[str], number: FromPath[int]
) -> Response[str]:
    """One version: what it lacks, what it changes, and the form while it is a draft."""
    return render(request, "centre-version.html", **version_values(request, code, number))


def version_values(request: Request[Any, Any, Any], code: str, number: int) -> dict[str, Any]:
    """A version beside the one before it."""
    actor = office(request)
    with adapters_of(request).database.reading() as session:
        item, held, before = _version(session, code, number)
        version = read_item(held.body)
        return {
            "item": item,
            "held": held,
            "version": version,
            "lacking": lacking(version, settings.value(session, OPEN_BLOCKS)),
            "differences": differences(before.body, held.body) if before else [],
            "before": before,
            "body": json.dumps(held.body, ensure_ascii=False, indent=2),
            "is_writer": actor.person_id in held.writers,
            "has_manual": papers.guide(session, held.id, "manual", "zh") is not None,
        }


def _version(
    session: Session, code: str, number: int
) -> tuple[ItemRecord, ItemVersionRecord, ItemVersionRecord | None]:
    item = catalogue.item_by_code(session, code)
    held = {one.number: one for one in catalogue.versions(session, item.id)}
    if number not in held:
        raise NotFound(what="item version", id=number)
    return item, held[number], held.get(number - 1)


@post("/centre/items/{code:str}/versions/{number:int}")
def act_on_version(
    request: Request[Any, Any, Any],
    code: FromPath[str],
    number: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Save a draft, by its essentials or as a whole, or move the version on."""
    adapters, actor = adapters_of(request), office(request)
    act, now = text(data, "act"), adapters.clock.now()
    try:
        with adapters.database.transaction() as session:
            _, held, _ = _version(session, code, number)
            if act in ("save", "essentials"):
                body = read_body(text(data, "body")) if act == "save" else essentials(held.body, data)
                acts.edit_version(session, actor=actor, version_id=held.id, body=body, now=now)
            elif act == ItemMove.SUBMIT:
                acts.submit_version(session, actor=actor, version_id=held.id, now=now)
            elif act == ItemMove.SEND_BACK:
                reason = text(data, "reason")
                acts.send_back_version(session, actor=actor, version_id=held.id, reason=reason, now=now)
            elif act == ItemMove.PUBLISH:
                day = read_optional_day(text(data, "effective_from"), "effective_from")
                acts.publish_version(session, actor=actor, version_id=held.id, effective_from=day, now=now)
            else:
                raise BadInput(where="act", why="choose what to do")
    except TenderingError as error:
        field = {"save": "body", "essentials": str(error.facts.get("where", ""))}.get(act, "reason")
        values = version_values(request, code, number)
        if act == "save":
            values["body"] = text(data, "body")
        return refuse(request, "centre-version.html", error, field=field, **values)
    return see(f"/centre/items/{code}/versions/{number}")


def essentials(body: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    """A version's body with the fields of the short form; an emptied text is left out."""
    changed = dict(body)
    for name in ("title", "procedure", "result"):
        texts = {language: text(data, f"{name}_{language}") for language in ("zh", "en")}
        changed[name] = {language: said for language, said in texts.items() if said}
    for name in ESSENTIALS:
        changed[name] = whole(data, name)
    changed["complaint_channel"] = text(data, "complaint_channel")
    return changed


@get("/centre/items/{code:str}/versions/{number:int}/manual.pdf")
def show_manual(request: Request[Any, Any, Any], code: FromPath[str], number: FromPath[int]) -> Stream:
    """业务手册: what only the staff reads."""
    office(request)
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        _, held, _ = _version(session, code, number)
        found = papers.guide(session, held.id, "manual", "zh")
    if found is None:
        raise NotFound(what="paper", id="manual")
    return stored_pdf(adapters, found.digest, None, f"{code}-manual.pdf")


ROUTES = [
    show_centre,
    list_items,
    show_new,
    add_item,
    show_item,
    act_on_item,
    show_version,
    act_on_version,
    show_manual,
]

"""The expert's desk and the sheet of one bid: drafted, checked, signed. Boards of a whole lot: expert_boards.py."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import scoring
from evaluation.desk import expert_groups
from evaluation.queries import blind, clarifications
from evaluation.queries import judging as queries
from evaluation.rulebook import Rulebook
from expert_pool import queries as experts
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from web.evaluations import describe_lot
from web.guards import adapters_of
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.panel import describe_panel
from web.problems import problem
from web.routes import get, post


@get("/expert")
def list_seats(request: Request[Any, Any, Any]) -> Response[str]:
    """The panels on which the person sits."""
    actor = actor_of(request, Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        seats = experts.seats_of_person(session, actor.person_id)
        found = [(seat, tenders.tender(session, seat.tender_id)) for seat in seats]
    return render(request, "expert-list.html", seats=found)


@get("/expert/tenders/{tender_id:str}")
def show_desk(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """What is to be done on one panel."""
    return render(request, "expert-desk.html", **desk(request, tender_id))


def desk(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The member's own view of a tender: nobody else's verdicts or points."""
    actor = actor_of(request, Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        seat = experts.seat_of(session, tender_id, actor.person_id)
        lots = [
            {**describe_lot(session, tender_id, lot, seat), **rules_of(session, tender_id, lot.id)}
            for lot in tenders.lots(session, tender_id)
        ]
        panel = describe_panel(session, tender_id, actor)
        return {
            "tender": tenders.tender(session, tender_id),
            "seat": seat,
            "panel": panel,
            "is_chair": panel["chair"] == seat,
            "lots": lots,
            "is_hidden": blind.is_hidden(session, tender_id),
            "questions": len(clarifications.of_tender(session, tender_id)),
        }


def rules_of(session: Session, tender_id: str, lot_id: str) -> dict[str, Any]:
    """What the members check and score in a lot."""
    rulebook = queries.rulebook(session, tender_id, lot_id)
    return {"rulebook": rulebook, "groups": expert_groups(rulebook), "criteria": rulebook.expert_criteria}


def lot_of(values: dict[str, Any], lot_id: str) -> dict[str, Any]:
    """One lot of a desk."""
    found = next((lot for lot in values["lots"] if lot["lot"] == lot_id), None)
    if found is None:
        raise NotFound(what="lot", id=lot_id)
    return dict(found)


def sheet_values(request: Request[Any, Any, Any], tender_id: str, bid_id: str) -> dict[str, Any]:
    """One bid on the desk with the member's own sheet."""
    values = desk(request, tender_id)
    for lot in values["lots"]:
        for bid in lot["bids"]:
            if bid["bid"] == bid_id and bid_id in (lot["accepted"] or []):
                found = next((sheet for sheet in lot["sheets"] if sheet["bid"] == bid_id), None)
                sheet = found or {"version": 0, "points": {}, "is_signed": False}
                order = lot["accepted"]
                after = order[order.index(bid_id) + 1 :]
                next_bid = next((one for one in after if not is_signed(lot, one)), "")
                return {**values, "lot": lot, "bid": bid, "sheet": sheet, "next_bid": next_bid}
    raise NotFound(what="bid", id=bid_id)


def is_signed(lot: dict[str, Any], bid_id: str) -> bool:
    """Whether the member has signed the sheet of a bid."""
    return any(sheet["bid"] == bid_id and sheet["is_signed"] for sheet in lot["sheets"])


@get("/expert/tenders/{tender_id:str}/bids/{bid_id:str}")
def show_sheet(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str]
) -> Response[str]:
    """The scoring sheet of one bid."""
    values = sheet_values(request, tender_id, bid_id)
    with adapters_of(request).database.reading() as session:
        values["files"] = queries.bid_contents(session, tender_id, bid_id)[1]
    return render(request, "expert-sheet.html", typed=values["sheet"]["points"], **values)


def typed_points(rulebook: Rulebook, data: dict[str, Any], prefix: str = "points-") -> dict[str, str]:
    """The points that the form holds; an empty input is not sent on."""
    given = {criterion.id: text(data, f"{prefix}{criterion.id}") for criterion in rulebook.expert_criteria}
    return {id: points for id, points in given.items() if points}


def save(request: Request[Any, Any, Any], tender_id: str, bid_id: str, data: dict[str, Any]) -> int:
    """Keep the draft of a sheet; returns its new version."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    with adapters.database.transaction() as session:
        rulebook = queries.rulebook(session, tender_id, tenders.bid(session, bid_id).lot_id)
        record = scoring.save_sheet(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_id=bid_id,
            points=typed_points(rulebook, data),
            version=whole(data, "version"),
            now=adapters.clock.now(),
        )
    return record.version


@post("/expert/tenders/{tender_id:str}/bids/{bid_id:str}")
def save_sheet(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Save the sheet and go on to its check."""
    try:
        save(request, tender_id, bid_id, data)
    except TenderingError as error:
        values = sheet_values(request, tender_id, bid_id)
        with adapters_of(request).database.reading() as session:
            values["files"] = queries.bid_contents(session, tender_id, bid_id)[1]
        field = f"points-{error.facts.get('where', '')}"
        typed = typed_points(values["lot"]["rulebook"], data)
        return refuse(request, "expert-sheet.html", error, field=field, typed=typed, **values)
    return see(f"/expert/tenders/{tender_id}/bids/{bid_id}/check")


@post("/expert/tenders/{tender_id:str}/bids/{bid_id:str}/draft")
def autosave(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[str]:
    """Keep the draft while the expert writes; answers with a line for the page."""
    try:
        version = save(request, tender_id, bid_id, data)
    except TenderingError as error:
        return render(request, "expert-saved.html", problem=problem(request, error)["detail"], version=None)
    now = adapters_of(request).clock.now()
    return render(request, "expert-saved.html", problem="", version=version, saved_at=now)


@get("/expert/tenders/{tender_id:str}/bids/{bid_id:str}/check")
def show_check(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str]
) -> Response[str]:
    """The whole sheet before it is signed."""
    return render(request, "expert-check.html", **sheet_values(request, tender_id, bid_id))


@post("/expert/tenders/{tender_id:str}/bids/{bid_id:str}/sign")
def sign(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Sign the sheet that was read; nobody can change it afterwards."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = sheet_values(request, tender_id, bid_id)
    try:
        with adapters.database.transaction() as session:
            scoring.sign_sheet(
                session,
                actor=actor,
                tender_id=tender_id,
                bid_id=bid_id,
                version=whole(data, "version"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        field = f"points-{error.facts.get('where', '')}"
        return refuse(request, "expert-check.html", error, field=field, **values)
    following = f"/bids/{values['next_bid']}" if values["next_bid"] else ""
    return see(f"/expert/tenders/{tender_id}{following}")


ROUTES: list[Any] = [
    list_seats,
    show_desk,
    show_sheet,
    save_sheet,
    autosave,
    show_check,
    sign,
]

"""The member's pages of the blind step (暗标): labels with their plain parts, points, check and signature."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import blind as actions
from evaluation.desk import expert_groups
from evaluation.queries import blind as queries
from evaluation.queries import judging
from expert_pool import queries as experts
from kernel.errors import NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from web.blind import describe
from web.guards import adapters_of
from web.pages.expert import typed_points
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post


def blind_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The labels of a tender with the member's own points."""
    actor = actor_of(request, Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        seat = experts.seat_of(session, tender_id, actor.person_id)
        is_hidden = queries.is_hidden(session, tender_id)
        lots = [{**lot, **rules_of(session, tender_id, lot)} for lot in describe(session, tender_id, seat)]
        bids = (
            []
            if is_hidden
            else [b for lot in lots for b in judging.opened_bids(session, tender_id, lot["lot"])]
        )
        return {
            "tender": tenders.tender(session, tender_id),
            "lots": lots,
            "is_hidden": is_hidden,
            "names": {bid.bid_id: bid.bidder_name for bid in bids},
        }


def rules_of(session: Session, tender_id: str, lot: dict[str, Any]) -> dict[str, Any]:
    """What is scored under the labels of a lot."""
    rulebook = queries.blind_rules(judging.rulebook(session, tender_id, lot["lot"]))
    return {"rulebook": rulebook, "groups": expert_groups(rulebook), "criteria": rulebook.expert_criteria}


def label_values(
    request: Request[Any, Any, Any], tender_id: str, lot_id: str, label: int = 0
) -> dict[str, Any]:
    """One lot of the blind step, and one of its labels unless that is 0."""
    values = blind_values(request, tender_id)
    lot = next((lot for lot in values["lots"] if lot["lot"] == lot_id), None)
    if lot is None:
        raise NotFound(what="lot", id=lot_id)
    part = next((part for part in lot["parts"] if part["label"] == label), None)
    if label and part is None:
        raise NotFound(what="blind part", id=label)
    return {**values, "lot": lot, "part": part}


@get("/expert/tenders/{tender_id:str}/blind")
def show_labels(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """Every label with its text, its marks and what the member has done."""
    return render(request, "blind-labels.html", **blind_values(request, tender_id))


@get("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/blind/{label:int}")
def show_sheet(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str], label: FromPath[int]
) -> Response[str]:
    """The scoring form of one label."""
    values = label_values(request, tender_id, lot_id, label)
    return render(request, "blind-sheet.html", typed=values["part"]["sheet"]["points"], **values)


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/blind/{label:int}")
def save_sheet(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    label: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Save the points of a label and go back to the list, or on to the check."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = label_values(request, tender_id, lot_id, label)
    typed = typed_points(values["lot"]["rulebook"], data)
    try:
        with adapters.database.transaction() as session:
            actions.save_blind_sheet(
                session,
                actor=actor,
                tender_id=tender_id,
                lot_id=lot_id,
                label=label,
                points=typed,
                version=whole(data, "version"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        field = f"points-{error.facts.get('where', '')}"
        return refuse(request, "blind-sheet.html", error, field=field, typed=typed, **values)
    following = f"/lots/{lot_id}/blind/{label + 1}" if label < values["lot"]["labels"] else "/blind"
    return see(f"/expert/tenders/{tender_id}{following}")


@get("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/blind-check")
def show_check(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> Response[str]:
    """All points of a lot before they are signed."""
    return render(request, "blind-check.html", **label_values(request, tender_id, lot_id))


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/blind-sign")
def sign(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Sign every label of a lot that is not signed, as the page showed it."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = label_values(request, tender_id, lot_id)
    shown = [one["label"] for one in values["lot"]["parts"] if text(data, f"version-{one['label']}")]
    try:
        with adapters.database.transaction() as session:
            actions.sign_blind_sheets(
                session,
                key=adapters.keys.people,
                actor=actor,
                tender_id=tender_id,
                lot_id=lot_id,
                versions={label: whole(data, f"version-{label}") for label in shown},
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse(request, "blind-check.html", error, field="", **values)
    return see(f"/expert/tenders/{tender_id}/blind")


ROUTES: list[Any] = [show_labels, show_sheet, save_sheet, show_check, sign]

"""The member's two boards: verdicts of a whole lot (checks down, bids across) and points (criteria down)."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from evaluation.actions import scoring, votes
from kernel.errors import BadInput, BadSheet, TenderingError
from web.guards import adapters_of
from web.pages.expert import desk, is_signed, lot_of, typed_points
from web.pages.forms import text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

PASS, FAIL = "pass", "fail"
VERDICTS = {PASS: True, FAIL: False}


def ballot_form(lot: dict[str, Any]) -> dict[str, str]:
    """The member's saved verdicts as the form names them."""
    form = {"version": str(lot["ballot"]["version"])}
    for vote in lot["ballot"]["votes"]:
        key = f"{vote['bid']}-{vote['check']}"
        if vote["passed"] is not None:
            form[f"v-{key}"] = PASS if vote["passed"] else FAIL
        form[f"r-{key}"] = vote["reason"]
    return form


@get("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/votes")
def show_votes(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str], done: str = ""
) -> Response[str]:
    """The form of the compliance review, with what was saved."""
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    return render(request, "expert-votes.html", lot=lot, form=ballot_form(lot), done=done, **values)


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/votes/draft")
def save_votes(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Keep the verdicts as they are, gaps and all."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    try:
        with adapters.database.transaction() as session:
            votes.save_votes(
                session,
                actor=actor,
                tender_id=tender_id,
                lot_id=lot_id,
                votes=[read_vote(data, bid, check) for bid, check in pairs(lot)],
                version=whole(data, "version"),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse_votes(request, error, data, values, lot)
    return see(f"/expert/tenders/{tender_id}/lots/{lot_id}/votes?done=saved")


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/votes")
def hand_in_votes(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Hand in all verdicts of a lot at once."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    try:
        cast = [read_vote(data, bid, check) for bid, check in pairs(lot)]
        for vote in cast:
            if vote.passed is None:
                raise BadInput(where=f"v-{vote.bid_id}-{vote.check_id}", why="choose pass or reject")
        with adapters.database.transaction() as session:
            votes.hand_in_votes(
                session,
                actor=actor,
                tender_id=tender_id,
                lot_id=lot_id,
                votes=cast,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        return refuse_votes(request, error, data, values, lot)
    return see(f"/expert/tenders/{tender_id}")


def pairs(lot: dict[str, Any]) -> list[tuple[str, str]]:
    """Every bid of a lot with every check of its rulebook."""
    return [(bid["bid"], check.id) for check in lot["rulebook"].checks for bid in lot["bids"]]


def read_vote(data: dict[str, Any], bid: str, check: str) -> votes.CastVote:
    """One verdict of the form; nothing may be chosen yet."""
    verdict = VERDICTS.get(text(data, f"v-{bid}-{check}"))
    return votes.CastVote(bid, check, verdict, text(data, f"r-{bid}-{check}"))


def refuse_votes(
    request: Request[Any, Any, Any],
    error: TenderingError,
    data: dict[str, Any],
    values: dict[str, Any],
    lot: dict[str, Any],
) -> Response[str]:
    """The form again with what was typed and the field that is wrong."""
    where = str(error.facts.get("where", ""))
    fields = {f"vote on {check} of bid {bid}": f"r-{bid}-{check}" for bid, check in pairs(lot)}
    if where in fields:
        error = BadInput(where=fields[where], why=error.facts["why"])
    form = {**data, "version": str(lot["ballot"]["version"])}
    field = str(error.facts.get("where", ""))
    return refuse(request, "expert-votes.html", error, field=field, lot=lot, form=form, done="", **values)


@get("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/scores")
def show_scores(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str], done: str = ""
) -> Response[str]:
    """All sheets of a lot at once: criteria down, accepted bids across."""
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    return render(request, "expert-scores.html", lot=lot, done=done, typed={}, **columns(lot), **values)


def columns(lot: dict[str, Any]) -> dict[str, Any]:
    """The accepted bids with the member's own sheets."""
    sheets = {sheet["bid"]: sheet for sheet in lot["sheets"]}
    empty = {"version": 0, "points": {}, "is_signed": False}
    accepted = [bid for bid in lot["bids"] if bid["bid"] in (lot["accepted"] or [])]
    return {"bids": accepted, "sheets": {bid["bid"]: sheets.get(bid["bid"], empty) for bid in accepted}}


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/scores")
def save_scores(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Save every sheet of the form that is not signed, then stay, or go on to the check."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    open_bids = [bid for bid in lot["accepted"] or [] if not is_signed(lot, bid)]
    typed = {bid: typed_points(lot["rulebook"], data, f"p-{bid}-") for bid in open_bids}
    with adapters.database.transaction() as session:
        done = scoring.save_sheets(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            drafts={
                bid: scoring.SheetDraft(points, whole(data, f"version-{bid}"))
                for bid, points in typed.items()
                if points or whole(data, f"version-{bid}")
            },
            now=adapters.clock.now(),
        )
    if done.refused:
        bid = min(done.refused)
        error = done.refused[bid][0]
        field = f"p-{bid}-{error.facts.get('where', '')}" if isinstance(error, BadSheet) else ""
        values = desk(request, tender_id)
        lot = lot_of(values, lot_id)
        values |= columns(lot)
        return refuse(
            request, "expert-scores.html", error, field=field, lot=lot, done="", typed=typed, **values
        )
    to_check = text(data, "go") == "check"
    return see(f"/expert/tenders/{tender_id}/lots/{lot_id}/scores{'/check' if to_check else '?done=saved'}")


@get("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/scores/check")
def show_scores_check(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> Response[str]:
    """The complete sheets that wait for a signature, and those that are not complete."""
    return render(request, "expert-scores-check.html", **check_values(request, tender_id, lot_id))


def check_values(request: Request[Any, Any, Any], tender_id: str, lot_id: str) -> dict[str, Any]:
    """A lot's sheets as saved, with how many points each has."""
    values = desk(request, tender_id)
    lot = lot_of(values, lot_id)
    wanted = len(lot["criteria"])
    found = columns(lot)
    complete = [
        bid["bid"]
        for bid in found["bids"]
        if len(found["sheets"][bid["bid"]]["points"]) == wanted and not is_signed(lot, bid["bid"])
    ]
    return {**values, **found, "lot": lot, "complete": complete, "wanted": wanted}


@post("/expert/tenders/{tender_id:str}/lots/{lot_id:str}/scores/sign")
def sign_scores(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Sign every sheet that was chosen, all or none."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.EXPERT)
    values = check_values(request, tender_id, lot_id)
    chosen = [bid["bid"] for bid in values["bids"] if text(data, f"sign-{bid['bid']}")]
    try:
        with adapters.database.transaction() as session:
            scoring.sign_sheets(
                session,
                actor=actor,
                tender_id=tender_id,
                lot_id=lot_id,
                versions={bid: whole(data, f"version-{bid}") for bid in chosen},
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = check_values(request, tender_id, lot_id)
        return refuse(request, "expert-scores-check.html", error, field="", **values)
    return see(f"/expert/tenders/{tender_id}")


ROUTES: list[Any] = [
    show_votes,
    save_votes,
    hand_in_votes,
    show_scores,
    save_scores,
    show_scores_check,
    sign_scores,
]

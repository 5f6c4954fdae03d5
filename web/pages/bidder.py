"""The bidder's side of a tender: what there is to do, questions, the commands for the bidder's own machine."""

import json
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.signatures import fingerprint
from evaluation.answer_check import sample_answers
from evaluation.answers import answer_fields
from evaluation.rulebook import read_rulebook
from expert_pool import actions
from expert_pool import queries as draws
from expert_pool.actions.nonces import may_give
from expert_pool.nonces import read_nonce
from kernel.errors import BadRulebook, TenderingError
from storage.database import Session
from tender import queries
from tender.actions import clarify
from tender.lifecycle import Stage
from tender.notice import lot_rulebook
from web.clarifications import of_bidder
from web.guards import adapters_of
from web.pages.forms import text
from web.pages.public import published
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

OPEN_TENDERS = 50  # open tenders listed beside the bidder's own


@get("/bidder")
def list_own(request: Request[Any, Any, Any]) -> Response[str]:
    """The tenders that the bidder takes part in, and those open for bids."""
    actor = actor_of(request, Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        own = queries.tenders_of_bidder(session, actor.organisation_id)
        open_now, _ = queries.find_tenders(
            session, stages=[Stage.PUBLISHED], text="", first=0, limit=OPEN_TENDERS
        )
        standing = {record.id: standing_bids(session, actor, record.id) for record in own}
    mine = {record.id for record in own}
    others = [record for record in open_now if record.id not in mine]
    return render(request, "bidder-list.html", own=own, others=others, standing=standing)


def standing_bids(session: Session, actor: Actor, tender_id: str) -> dict[str, Any]:
    """The bidder's bids that count, by lot."""
    rows = queries.bids_of_bidder(session, tender_id, actor.organisation_id)
    return {row.lot_id: row for row in rows if row.status == queries.SEALED}


@get("/bidder/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The task list of a bidder in one tender."""
    actor = actor_of(request, Duty.BIDDER)
    return render(request, "bidder-tender.html", **task_values(request, actor, tender_id))


def task_values(request: Request[Any, Any, Any], actor: Actor, tender_id: str) -> dict[str, Any]:
    """What every page of a bidder in one tender shows."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = published(session, tender_id)
        keys = accounts.signing_keys(session, actor.organisation_id)
        now = adapters.clock.now()
        asked = of_bidder(session, actor, tender_id)
        return {
            "questions_asked": len(asked),
            "questions_waiting": sum(row.answer is None and now <= row.answer_until for row in asked),
            "tender": record,
            "notice": queries.current_notice(session, tender_id),
            "lots": queries.lots(session, tender_id),
            "standing": standing_bids(session, actor, tender_id),
            "bids": queries.bids_of_bidder(session, tender_id, actor.organisation_id),
            "keys": sorted(fingerprint(key) for key in keys),
            "nonce": own_nonce(session, actor, tender_id),
            "takes_bids": record.closes_at is not None and now <= record.closes_at,
            "takes_questions": record.questions_until is not None and now <= record.questions_until,
        }


def own_nonce(session: Session, actor: Actor, tender_id: str) -> dict[str, Any]:
    """The bidder's number for the draw: what it is, whether it may still change, whether the public record has it."""
    kept = draws.own_nonce(session, tender_id, actor.organisation_id)
    rounds = draws.rounds(session, tender_id)
    is_over = queries.tender(session, tender_id).stage == Stage.EVALUATED
    return {
        "value": kept.nonce.hex() if kept else "",
        "may_give": not rounds and may_give(session, tender_id, actor.organisation_id),
        "stands_in": [
            one for one in rounds if is_over and kept and kept.nonce.hex() in (one.nonces or ())[1:]
        ],
    }


@post("/bidder/tenders/{tender_id:str}/nonce")
def give_nonce(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Take the bidder's own number for the draw of the panel."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    typed = text(data, "nonce")
    try:
        nonce = read_nonce(typed)
        with adapters.database.transaction() as session:
            actions.give_nonce(
                session, actor=actor, tender_id=tender_id, nonce=nonce, now=adapters.clock.now()
            )
    except TenderingError as error:
        values = task_values(request, actor, tender_id)
        return refuse(request, "bidder-tender.html", error, field="nonce", typed=typed, **values)
    return see(f"/bidder/tenders/{tender_id}")


@get("/bidder/tenders/{tender_id:str}/seal")
def show_seal(request: Request[Any, Any, Any], tender_id: FromPath[str], lot: str = "") -> Response[str]:
    """Sealing a bid: in the browser, on a page to keep, and the exact commands for the bidder's own machine."""
    actor = actor_of(request, Duty.BIDDER)
    values = task_values(request, actor, tender_id)
    body = values["notice"].body
    chosen = lot if lot in {one.id for one in values["lots"]} else ""
    asked = {lot.id: asked_answers(lot_rulebook(body, lot.id)) for lot in values["lots"]}
    standing = {lot_id: bid.id for lot_id, bid in values["standing"].items()}
    # Where every lot asks for the same, it is said once.
    first = next(iter(asked.values()), None)
    shared = first if all(one == first for one in asked.values()) else None
    return render(
        request,
        "bidder-seal.html",
        asked=asked,
        shared=shared,
        chosen_lot=chosen,
        standing_ids=standing,
        **values,
    )


def asked_answers(rules: object) -> dict[str, Any]:
    """What a rulebook asks of a bid.json, with a sample."""
    try:
        fields = answer_fields(read_rulebook(rules))
    except BadRulebook:  # of a version from before answers
        fields = {}
    sample = json.dumps(sample_answers(fields), ensure_ascii=False, indent=1)
    return {"fields": list(fields.values()), "sample": sample}


@get("/bidder/tenders/{tender_id:str}/ask")
def show_ask(request: Request[Any, Any, Any], tender_id: FromPath[str], done: str = "") -> Response[str]:
    """The form for a question."""
    actor = actor_of(request, Duty.BIDDER)
    return render(request, "bidder-ask.html", typed="", done=done, **task_values(request, actor, tender_id))


@post("/bidder/tenders/{tender_id:str}/ask")
def ask(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Ask a question; who asked is never published."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.BIDDER)
    typed = text(data, "text")
    try:
        with adapters.database.transaction() as session:
            clarify.ask(session, actor=actor, tender_id=tender_id, text=typed, now=adapters.clock.now())
    except TenderingError as error:
        values = task_values(request, actor, tender_id)
        return refuse(request, "bidder-ask.html", error, field="text", typed=typed, done="", **values)
    return see(f"/bidder/tenders/{tender_id}/ask?done=1")


ROUTES = [list_own, show, give_nonce, show_seal, show_ask, ask]

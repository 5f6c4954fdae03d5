"""The opener's side: which keys are held, what is wanted, the exact commands for the opener's own machine."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts import queries as accounts
from accounts.duties import Duty
from accounts.passkeys import must_confirm
from tender import queries
from tender.lifecycle import Stage
from tender.queries import stages
from tender.records import OpenerRecord, TenderRecord
from web.guards import adapters_of
from web.pages.render import actor_of, render
from web.routes import get


@get("/opener")
def list_own(request: Request[Any, Any, Any]) -> Response[str]:
    """The tenders in which the person holds a key."""
    actor = actor_of(request, Duty.OPENER)
    with adapters_of(request).database.reading() as session:
        tenders = queries.tenders_of_opener(session, actor.person_id)
        held = [(tender, queries.opener_of(session, tender.id, actor.person_id)) for tender in tenders]
    return render(request, "opener-list.html", tenders=held)


@get("/opener/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """One tender: the state of the key, the commands."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.OPENER)
    with adapters.database.reading() as session:
        opener = queries.opener_of(session, tender_id, actor.person_id)
        record = queries.tender(session, tender_id)
        count = len(queries.openers(session, tender_id))
        released = {row.position: row.released_at for row in queries.releases(session, tender_id)}
        in_stages = stages.stays_sealed(session, tender_id)
        lock = stages.score_lock(session, tender_id)
        has_passkey = bool(accounts.passkeys(session, actor.person_id))
        priced = {row.position: row.released_at for row in stages.price_releases(session, tender_id)}
    is_closed = record.closes_at is not None and adapters.clock.now() > record.closes_at
    wants_bids = (
        is_closed and opener.position not in released and record.stage in (Stage.PUBLISHED, Stage.CLOSED)
    )
    wants_prices = in_stages and lock is not None and opener.position not in priced
    return render(
        request,
        "opener-tender.html",
        tender=record,
        opener=opener,
        count=count,
        released=released.get(opener.position),
        acts=possible_acts(record, opener, wants_shares=wants_bids or wants_prices),
        is_closed=is_closed,
        needs_passkey=must_confirm(actor, Duty.OPENER, has_passkey=has_passkey),
        in_stages=in_stages,
        is_locked=lock is not None,
        prices_released=priced.get(opener.position),
    )


def possible_acts(tender: TenderRecord, opener: OpenerRecord, *, wants_shares: bool) -> list[str]:
    """What the opener may do in the browser now."""
    if tender.stage == Stage.DRAFT:
        return ["make", "register"]
    return ["release"] if wants_shares and opener.hpke_public is not None else []


ROUTES = [list_own, show]

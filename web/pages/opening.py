"""The opening room for anybody: rendered here first, then kept up to date by the tender's event stream."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from accounts import queries as accounts
from kernel.clock import write_time
from storage import audit_log, published_heads
from storage.database import Session
from tender import queries
from tender.failures import consequence
from tender.queries import stages
from tender.records import TenderRecord
from web.guards import adapters_of
from web.openings import PUBLIC_KINDS
from web.pages.public import published
from web.pages.render import render
from web.routes import get

STEPS = (
    "tender.closed",
    "shares.released",
    "opening.recorded",
    "panel.drawn",
    "ranking.made",
    "report.made",
)
"""What the room shows as steps, in their order; a step is done once its fact stands in the log."""


LATE_STEPS = ("scores.locked", "prices.released", "prices.recorded")
"""More steps of a tender whose prices open after the scores."""


def steps_of(session: Session, record: TenderRecord) -> tuple[str, ...]:
    """The steps of one tender."""
    late = LATE_STEPS if stages.stays_sealed(session, record.id) else ()
    place = STEPS.index("ranking.made")
    return (*STEPS[:place], *late, *STEPS[place:])


@get("/tenders/{tender_id:str}/opening")
def show_opening(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """Countdown, steps, releases and envelopes, as far as they are."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = published(session, tender_id)
        public = published_heads.public_size(session)
        facts = audit_log.entries_after(session, -1, PUBLIC_KINDS, tender_id, before=public)
        values = room(session, record)
        wanted = steps_of(session, record)
    now = adapters.clock.now()
    steps = {step: next((f.at for f in facts if f.kind == step), None) for step in wanted}
    for kind in {"shares.released", "prices.released"} & set(wanted):
        releases = [fact.at for fact in facts if fact.kind == kind]
        steps[kind] = next(iter(releases[record.threshold - 1 :]), None)
    return render(
        request,
        "opening-room.html",
        tender=record,
        now=write_time(now),
        is_running=record.closes_at is not None and now <= record.closes_at,
        last=len(facts),
        steps=steps,
        price_releases=sum(fact.kind == "prices.released" for fact in facts),
        **values,
    )


def room(session: Session, record: TenderRecord) -> dict[str, Any]:
    """What the room shows beside the steps; before the closing there is no envelope and no count."""
    closing = queries.closing(session, record.id)
    opened = queries.opened_bids(session, record.id)
    people = queries.openers(session, record.id)
    released = {row.position: row.released_at for row in queries.releases(session, record.id)}
    names = accounts.organisation_names(session, {bid.bidder_id for _, bid in opened})
    people_names = accounts.person_names(session, {opener.person_id for opener in people})
    return {
        "closing": closing,
        "sealed_count": closing.bids - len(opened) if closing else 0,
        "opened": [(row, bid, names[bid.bidder_id]) for row, bid in opened],
        "consequences": {bid.id: consequence(row.cause) for row, bid in opened},
        "lots": {lot.id: lot for lot in queries.lots(session, record.id)},
        "openers": [(o.position, people_names[o.person_id], released.get(o.position)) for o in people],
        "opening": queries.opening_record(session, record.id),
        "prices_sealed": stages.prices_are_sealed(session, record.id),
    }


ROUTES = [show_opening]

"""Numbers of the pool for its manager and the supervisor, eligibility recomputed, and appraisals of a panel's work."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Actor, Duty
from expert_pool import queries
from expert_pool.actions.appraisals import appraise
from expert_pool.actions.eligibility import Recomputation, found_avoidances, recompute_eligibility, set_rules
from expert_pool.appraisal import OFFICE, SUPERVISOR, items
from expert_pool.eligibility import CLAUSES, CODES
from expert_pool.eligibility_rules import CLAUSES as LIMIT_CLAUSES
from expert_pool.eligibility_rules import VERSION, read_rules, write_rules
from expert_pool.experts import CREDENTIALS
from expert_pool.queries import appraisals, candidates
from expert_pool.queries.statistics import exclusions_of, pool_figures
from expert_pool.rounds import LATER_CLAUSES
from expert_pool.specialties import classification
from kernel.errors import BadInput, NotFound, TenderingError
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from tender.records import TenderRecord
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of
from web.pages.forms import many, text, whole
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

LIMITS = ("tie_years", "oldest", "cool_down_days", "most_per_month")
READERS = (Duty.POOL_MANAGER, Duty.SUPERVISOR)
SIDES = (Duty.TENDER_OFFICE, Duty.SUPERVISOR)


@get("/pool-figures", opt=DRAW_ROOM)
def show_figures(request: Request[Any, Any, Any]) -> Response[str]:
    """How the pool is used: by number, without a name."""
    adapters = adapters_of(request)
    actor_of(request, *READERS)
    with adapters.database.reading() as session:
        figures = pool_figures(session, adapters.clock.now())
        draws = [
            (
                draw,
                tenders.tender(session, draw.tender_id),
                exclusions_of(session, draw),
                found_avoidances(session, draw.tender_id),
            )
            for draw in queries.draws(session)
        ]
    return render(
        request, "pool-figures.html", figures=figures, draws=draws, codes=CODES, tree=classification()
    )


@get("/eligibility/{draw_id:str}", opt=DRAW_ROOM)
def show_eligibility(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Response[str]:
    """What a draw judged its pool by, with how many each code excluded."""
    return render(request, "pool-eligibility.html", **eligibility_values(request, draw_id))


@post("/eligibility/{draw_id:str}", opt=DRAW_ROOM)
def recompute(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Response[str]:
    """Apply the frozen rules again with full data and compare; the look is logged."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.SUPERVISOR)
    with adapters.database.transaction() as session:
        again = recompute_eligibility(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    return render(request, "pool-eligibility.html", **eligibility_values(request, draw_id, again))


def eligibility_values(
    request: Request[Any, Any, Any], draw_id: str, again: Recomputation | None = None
) -> dict[str, Any]:
    """The frozen limits and counts of one draw."""
    actor_of(request, Duty.SUPERVISOR)
    with adapters_of(request).database.reading() as session:
        draw = queries.draw(session, draw_id)
        first = queries.rounds(session, draw.tender_id)[0]
        rules, _, day = candidates.frozen_judgement(session, first.id)
        return {
            "draw": draw,
            "tender": tenders.tender(session, draw.tender_id),
            "rules": {key: value for key, value in write_rules(rules).items() if key != "v"},
            "limit_clauses": LIMIT_CLAUSES,
            "day": day,
            "counts": exclusions_of(session, draw),
            "codes": CODES if draw.round == 1 else (*CODES, *LATER_CLAUSES),
            "clauses": {**CLAUSES, **LATER_CLAUSES},
            "again": again,
        }


@get("/pool/rules")
def show_rules(request: Request[Any, Any, Any]) -> Response[str]:
    """The limits of draws, and who changed them when."""
    return render(request, "pool-rules.html", form={}, **rules_values(request))


@post("/pool/rules")
def change_rules(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Set the limits of draws from now on."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.POOL_MANAGER)
    try:
        limits = {name: whole(data, name) for name in LIMITS}
        kinds = [kind for kind in many(data, "credentials") if kind]
        rules = read_rules({"v": VERSION, **limits, "credentials": kinds})
        with adapters.database.transaction() as session:
            set_rules(session, actor=actor, rules=rules, now=adapters.clock.now())
    except TenderingError as error:
        return refuse(request, "pool-rules.html", error, form=data, **rules_values(request))
    return see("/pool/rules")


def rules_values(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The limits in force with their clauses."""
    actor_of(request, Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        return {
            "rules": candidates.rules_in_force(session),
            "history": candidates.rules_history(session),
            "limits": LIMITS,
            "kinds": CREDENTIALS,
            "clauses": LIMIT_CLAUSES,
        }


@get("/appraisals")
def list_panels(request: Request[Any, Any, Any]) -> Response[str]:
    """Panels whose work is over."""
    actor = actor_of(request, *SIDES)
    with adapters_of(request).database.reading() as session:
        drawn = [tenders.tender(session, draw.tender_id) for draw in queries.draws(session) if draw.drawn_at]
    found = [one for one in drawn if one.stage == Stage.EVALUATED and may_appraise(actor, one)]
    return render(request, "appraisals-list.html", tenders=found)


@get("/appraisals/{tender_id:str}")
def show_panel(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The seats of a panel with their appraisals, by number of the seat."""
    return render(request, "appraisals-show.html", form={}, **panel_values(request, tender_id))


@post("/appraisals/{tender_id:str}/{seat:str}")
def give(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    seat: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Appraise one seat."""
    adapters, actor = adapters_of(request), actor_of(request, *SIDES)
    try:
        counts = {one.id: count_of(data, one.id) for one in items(side_of(actor))}
        with adapters.database.transaction() as session:
            appraise(
                session,
                actor=actor,
                tender_id=tender_id,
                seat=seat,
                counts=counts,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        values = panel_values(request, tender_id)
        field = f"{seat}-{error.facts.get('where', '')}"
        return refuse(request, "appraisals-show.html", error, field=field, form=data, seat=seat, **values)
    return see(f"/appraisals/{tender_id}")


def panel_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """One panel whose work is over, as one side sees it."""
    actor = actor_of(request, *SIDES)
    with adapters_of(request).database.reading() as session:
        tender = tenders.tender(session, tender_id)
        if tender.stage != Stage.EVALUATED or not may_appraise(actor, tender):
            raise NotFound(what="panel of tender", id=tender_id)
        return {
            "tender": tender,
            "side": side_of(actor),
            "items": items(side_of(actor)),
            "seats": seats_with_appraisals(session, tender_id),
        }


def seats_with_appraisals(session: Session, tender_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Each seat with what the sides said of it."""
    given = appraisals.appraisals_of_tender(session, tender_id)
    return [
        (row.seat, {one.side: one for one in given if one.seat == row.seat})
        for row, _ in queries.all_seats(session, tender_id)
    ]


def may_appraise(actor: Actor, tender: TenderRecord) -> bool:
    """A supervisor appraises every panel, an office those of its own tenders."""
    return actor.holds(Duty.SUPERVISOR) or tender.tenderer_id == actor.organisation_id


def side_of(actor: Actor) -> str:
    """Which side the person appraises for."""
    return SUPERVISOR if actor.holds(Duty.SUPERVISOR) else OFFICE


def count_of(data: dict[str, Any], name: str) -> int:
    """How often something happened; empty is never."""
    given = text(data, name) or "0"
    if not (given.isascii() and given.isdigit()) or len(given) > 3:
        raise BadInput(where=name, why="give a whole number")
    return int(given)


ROUTES = [show_figures, show_rules, change_rules, show_eligibility, recompute, list_panels, show_panel, give]

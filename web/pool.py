"""The pool over JSON beside the import of entries: files with a report, figures, eligibility recomputed, own entry."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery

from accounts.credentials import Scope
from accounts.duties import Duty
from expert_pool.actions.eligibility import recompute_eligibility
from expert_pool.actions.pool import import_file
from expert_pool.actions.standing import own_entry
from expert_pool.entry_form import write_expert
from expert_pool.pool_file import read_pool_file
from expert_pool.pool_table import FILE_LIMIT, csv_lines
from expert_pool.queries import appraisals, pool
from expert_pool.queries.statistics import pool_figures
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of, caller
from web.pool_workbook import read_workbook_apart
from web.routes import get, post, put


@put("/api/experts/file", request_max_body_size=FILE_LIMIT + 1024)
def import_experts_file(
    request: Request[Any, Any, Any], body: bytes, name: FromQuery[str], keep_good: FromQuery[bool] = False
) -> dict[str, Any]:
    """Import a CSV file or a workbook; with a wrong line nothing, unless `keep_good` asks for the good ones."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER)
    if name.casefold().endswith(".xlsx"):
        file = read_pool_file(*read_workbook_apart(body))
    else:
        file = read_pool_file(csv_lines(body))
    with adapters.database.transaction() as session:
        report = import_file(session, actor=actor, file=file, keep_good=keep_good, now=adapters.clock.now())
    faults = [{"line": one.line, "column": one.column, "why": one.why} for one in report.faults]
    return {"imported": report.imported, "faults": faults}


@get("/api/pool-figures", opt=DRAW_ROOM)
def show_figures(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Calls, services, meetings, depth and foretold seats; experts by number."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER, Duty.SUPERVISOR)
    with adapters.database.reading() as session:
        found = pool_figures(session, adapters.clock.now())
    return {
        "standings": dict(found.standings),
        "calls": found.calls,
        "kept": found.kept,
        "answers": dict(found.answers),
        "months": dict(found.months),
        "exclusions": dict(found.exclusions),
        "experts": [
            {"number": one.number, "calls": one.calls, "kept": one.kept, "this_month": one.this_month}
            for one in found.experts
        ],
        "meetings": [
            {"expert": one.expert, "bidder": one.bidder, "times": one.times, "expected": str(one.expected)}
            for one in found.meetings
        ],
        "depths": [{"code": one.code, "experts": one.experts} for one in found.depths],
        "predictable": [
            {"tender": one.tender, "group": one.group, "seats": one.seats, "eligible": one.eligible}
            for one in found.predictable
        ],
    }


@post("/api/draws/{draw_id:str}/eligibility-check", status_code=200, opt=DRAW_ROOM)
def check_eligibility(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, Any]:
    """Apply the frozen rules again with full data; no name comes out, the look is logged."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        found = recompute_eligibility(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    return {
        "experts": found.experts,
        "frozen": found.frozen,
        "again": found.again,
        "differing": list(found.differing),
    }


@get("/api/my-entry")
def show_my_entry(request: Request[Any, Any, Any]) -> Response[Any]:
    """What the pool holds of the signed-in expert, for them alone."""
    actor = caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        record = own_entry(session, actor)
        score = appraisals.score_of(session, record.id)
        body = {**write_expert(pool.expert_value(session, record)), "score": str(score) if score else None}
    return Response(body, headers={"Cache-Control": "no-store"})


ROUTES = [import_experts_file, show_figures, check_eligibility, show_my_entry]

"""Signals of collusion over JSON: for the panel and the supervisor, for the office after the ranking; nobody else."""

from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts import queries as accounts
from accounts.credentials import Scope
from evaluation.actions import collusion as actions
from evaluation.collusion.graph import Graph, make_graph
from evaluation.collusion.screens import BASE_RATES, IMHOF_RECORD
from evaluation.collusion.signals import read_signal
from evaluation.queries import collusion as queries
from evaluation.records.collusion import RemarkRecord, SignalRecord
from kernel.clock import write_time
from storage.database import Session
from tender import queries as tenders
from web.guards import adapters_of, caller
from web.routes import get, post
from web.shapes import Shape, create_once


class CommentRequest(Shape):
    """What a member of the panel says of a signal."""

    text: str


class DisposalRequest(Shape):
    """What the supervisor makes of a signal, `dismissed` or `upheld`, and why."""

    outcome: str
    reason: str


def bidders(session: Session, tender_id: str, lot_id: str) -> dict[str, str]:
    """The names of the bidders of a lot by opened bid, in the order of the bids' ids."""
    rows = sorted(bid.id for _, bid in tenders.opened_bids(session, tender_id) if bid.lot_id == lot_id)
    by_bid = {bid.id: bid.bidder_id for _, bid in tenders.opened_bids(session, tender_id)}
    names = accounts.organisation_names(session, set(by_bid.values()))
    return {bid: names[by_bid[bid]] for bid in rows}


def graph_of(bids: dict[str, str], records: list[SignalRecord]) -> Graph:
    """The evidence graph of a lot; what a supervisor dismissed joins nobody."""
    kept = [read_signal(record.body) for record in records if record.outcome != actions.DISMISSED]
    return make_graph(list(bids), kept)


def screen_lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The screens of a lot beside how well each told rings from competition elsewhere."""
    return [
        {
            "screen": name,
            "ppm": body["screens"][name],
            "auc_percent_brazil": round(rate.brazil * 100),
            "auc_percent_tsuchiura": [round(one * 100) for one in rate.tsuchiura],
        }
        for name, rate in BASE_RATES.items()
    ]


def remark_line(remark: RemarkRecord) -> dict[str, Any]:
    """A comment or disposal; members of the panel by their seats."""
    return {"kind": remark.kind, "seat": remark.seat, "text": remark.text, "at": write_time(remark.at)}


@get("/api/tenders/{tender_id:str}/lots/{lot_id:str}/signals")
def show_signals(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]
) -> dict[str, Any]:
    """The signals of a lot, its screens with their base rates, and the groups; indicators, never a verdict."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        queries.check_reader(session, actor, tender_id)
        queries.lot_of(session, tender_id, lot_id)
        search = queries.find_search(session, lot_id)
        records = queries.signals(session, lot_id)
        remarks = queries.remarks(session, [record.id for record in records])
        names = bidders(session, tender_id, lot_id)
    if search is None:
        return {"lot": lot_id, "searched_at": None, "signals": []}
    return {
        "lot": lot_id,
        "searched_at": write_time(search.found_at),
        "digest": search.digest,
        "bids": [{"bid": bid, "bidder": name} for bid, name in names.items()],
        "screens": screen_lines(search.body),
        "imhof": {"holds": search.body["imhof"], **vars(IMHOF_RECORD)},
        "compared": search.body["passages"],
        "unread": [{"bid": bid, "file": name, "why": why} for bid, name, why in search.body["unread"]],
        "groups": [list(group) for group in graph_of(names, records).groups],
        "signals": [
            {
                "id": record.id,
                **record.body,
                "digest": record.digest,
                "outcome": record.outcome or None,
                "remarks": [remark_line(one) for one in remarks if one.signal_id == record.id],
            }
            for record in records
        ],
    }


@post("/api/signals/{signal_id:str}/comments")
def comment(request: Request[Any, Any, Any], signal_id: FromPath[str], data: JSONBody[CommentRequest]) -> Any:
    """Comment on a signal as a member of its panel."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)

    def act(session: Session) -> dict[str, Any]:
        now = adapters.clock.now()
        remark = actions.comment(session, actor=actor, signal_id=signal_id, text=data.text, now=now)
        return {"id": remark.id, **remark_line(remark)}

    return create_once(request, adapters, actor, data, act)


@post("/api/signals/{signal_id:str}/disposal")
def dispose(
    request: Request[Any, Any, Any], signal_id: FromPath[str], data: JSONBody[DisposalRequest]
) -> Any:
    """Dismiss or uphold a signal as supervisor, with the reason; it is final."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.SUPERVISE)

    def act(session: Session) -> dict[str, Any]:
        remark = actions.dispose(
            session,
            actor=actor,
            signal_id=signal_id,
            outcome=data.outcome,
            reason=data.reason,
            now=adapters.clock.now(),
        )
        return {"id": remark.id, **remark_line(remark)}

    return create_once(request, adapters, actor, data, act)


ROUTES = [show_signals, comment, dispose]
"""Signals of collusion; every route is closed."""

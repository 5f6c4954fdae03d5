"""Everything that a report is made of, gathered in one look."""

from datetime import datetime

from sqlmodel import Session

from accounts import queries as accounts
from crypto.canonical import JsonValue
from crypto.log_entry import read_fact
from evaluation.drawing import describe
from evaluation.findings.lot_findings import Reason, make_lot_findings
from evaluation.lots.award_file import write_proposal
from evaluation.queries import clarifications, collusion, draws, findings, judging, lots, panel
from evaluation.report.values import Json, LotResult, Member, PanelWork, ReportFacts
from expert_pool import queries as experts
from kernel.clock import write_time
from kernel.errors import NotFound
from kernel.money import write_units
from storage import audit_log
from tender import queries as tenders

CONDUCT = (
    "chair.elected",
    "seat.replaced",
    "compliance.voted",
    "compliance.reopened",
    "sheet.reopened",
    "blind.prepared",
    "blind.signed",
    "blind.revealed",
    "ranking.voided",
    "evaluation-draw.frozen",
    "evaluation-draw.drawn",
    "lot.ranked",
    "ranking.made",
)
"""Facts of the log that a record of conduct lists, in the order they happened."""


def report_facts(session: Session, tender_id: str) -> ReportFacts:
    """What the report says of the tender apart from its lots; raises NotFound before the ranking."""
    tender, made = tenders.tender(session, tender_id), judging.rankings(session, tender_id)
    opening, draw = tenders.opening_record(session, tender_id), experts.find_draw(session, tender_id)
    if not made or opening is None or draw is None:
        raise NotFound(what="ranking of tender", id=tender_id)
    signed = _last_signatures(session, [record.lot_id for record in made])
    came = _first_acts(session, tender_id, signed)
    return ReportFacts(
        tender_id=tender_id,
        reference=tender.reference,
        title=tender.title,
        tenderer=accounts.organisation_names(session, {tender.tenderer_id})[tender.tenderer_id],
        notice_digest=tenders.current_notice(session, tender_id).digest,
        draw_request_hash=draw.request_hash.hex(),
        opening_digest=opening.digest,
        opened=tuple(
            {key: str(line[key]) for key in ("bid", "bidder", "received_at", "outcome", "price", "problem")}
            for line in opening.body["bids"]
        ),
        members=tuple(
            Member(
                seat.seat,
                seat.seat_group,
                (entry := experts.entry(session, expert)[0]).name,
                entry.employer,
                signed.get(seat.seat),
                came.get(seat.seat),
            )
            for seat, expert in experts.disclosed(session, tender_id)
        ),
        ranked_at=made[0].ranked_at,
        work=panel_work(session, tender_id),
        award=_award(session, tender_id) if len(made) > 1 else None,
    )


def lot_results(session: Session, tender_id: str) -> tuple[LotResult, ...]:
    """Every ranked lot with its findings, signs of collusion and draws."""
    return tuple(
        LotResult(
            lot.lot_id,
            lot.number,
            lot.title,
            lot.case,
            lot.ranking,
            findings=make_lot_findings(lot.case, lot.ranking, _reasons(session, lot.lot_id)),
            collusion=_collusion(session, lot.lot_id),
            draws=tuple(_draws(session, tender_id, lot.lot_id)),
        )
        for lot in judging.lot_results(session, tender_id)
    )


def panel_work(session: Session, tender_id: str) -> PanelWork:
    """What the panel did beside scoring."""
    return PanelWork(
        chair=panel.find_chair(session, tender_id),
        rounds=tuple(
            {
                "round": one.number,
                "votes": dict(panel.chair_votes(session, tender_id, one.number)),
                "elected": one.elected,
            }
            for one in panel.rounds(session, tender_id)
        ),
        replaced=tuple(
            {
                "seat": one.seat,
                "cause": one.cause,
                "reason": one.reason,
                "replacement": one.replacement,
                "at": write_time(one.settled_at or one.recorded_at),
            }
            for one in panel.absences(session, tender_id)
            if one.replacement
        ),
        clarifications=_clarifications(session, tender_id),
        dissents=tuple(
            {"seat": one.seat, "text": one.text, "at": write_time(one.written_at)}
            for one in panel.dissents(session, tender_id)
        ),
        reopenings=tuple(
            {
                "step": one.step,
                "seat": one.seat,
                "bid": one.bid_id,
                "by": one.ordered_by,
                "reason": one.reason,
                "at": write_time(one.at),
            }
            for one in panel.reopenings(session, tender_id)
        ),
        earlier=tuple(
            {
                "kind": one.kind,
                "seat": one.seat,
                "bid": one.bid_id,
                "cause": one.cause,
                "digest": one.digest,
                "ended_at": write_time(one.ended_at),
            }
            for one in panel.earlier_work(session, tender_id)
        ),
        conduct=tuple(_conduct(entry) for entry in audit_log.entries_after(session, -1, CONDUCT, tender_id)),
    )


def _conduct(entry: audit_log.LogRecord) -> Json:
    fact = read_fact(entry.fact)
    return {"at": write_time(entry.at), "kind": fact.kind, "seat": fact.data.get("seat")}


def _clarifications(session: Session, tender_id: str) -> tuple[Json, ...]:
    opened = {bid.id: bid.bidder_id for _, bid in tenders.opened_bids(session, tender_id)}
    names = accounts.organisation_names(session, set(opened.values()))
    places = tenders.price_scale(tenders.tender(session, tender_id)).places
    return tuple(
        {
            "bidder_name": names[opened[one.bid_id]],
            "kind": one.kind,
            "text": one.text,
            "corrected_price": None
            if one.corrected_price is None
            else write_units(one.corrected_price, places),
            "asked_at": write_time(one.asked_at),
            "answer": one.answer,
            "confirms": one.confirms,
            "ruling": one.ruling,
            "ruling_reason": one.ruling_reason,
        }
        for one in clarifications.of_tender(session, tender_id)
    )


def _last_signatures(session: Session, lot_ids: list[str]) -> dict[str, datetime]:
    """When each member signed the last sheet, by seat."""
    signed: dict[str, datetime] = {}
    for lot_id in lot_ids:
        for row in judging.sheets(session, lot_id, signed_only=True):
            if row.signed_at is not None:
                signed[row.seat] = max(row.signed_at, signed.get(row.seat, row.signed_at))
    return signed


def _first_acts(session: Session, tender_id: str, signed: dict[str, datetime]) -> dict[str, datetime]:
    """When each member first acted on the panel, by seat: a vote for the chair, verdicts, a signature."""
    first = dict(signed)
    for entry in audit_log.entries_after(session, -1, ("compliance.voted",), tender_id):
        seat = str(read_fact(entry.fact).data.get("seat"))
        first[seat] = min(entry.at, first.get(seat, entry.at))
    for seat, cast_at in panel.first_chair_votes(session, tender_id).items():
        first[seat] = min(cast_at, first.get(seat, cast_at))
    return first


def _reasons(session: Session, lot_id: str) -> list[Reason]:
    return [
        Reason(row.seat, row.bid_id, row.level, row.target, row.reason)
        for row in findings.flagged(session, lot_id)
        if row.reason
    ]


def _collusion(session: Session, lot_id: str) -> Json | None:
    """The signals by kind and strength, and what became of them; names and values stay with the supervisor."""
    search = collusion.find_search(session, lot_id)
    if search is None:
        return None
    return {
        "found_at": write_time(search.found_at),
        "digest": search.digest,
        "signals": [
            {
                "kind": one.kind,
                "strength": one.strength,
                "outcome": one.outcome or None,
                "bids": len(one.body.get("bids", ())),
            }
            for one in collusion.signals(session, lot_id)
        ],
    }


def _draws(session: Session, tender_id: str, lot_id: str) -> list[JsonValue]:
    return [
        {
            "stage": record.stage,
            "items": list(describe(record.request, record.result)),
            "log_index": record.log_index,
            "root": record.root.hex(),
            "drawn_at": write_time(record.drawn_at) if record.drawn_at else None,
        }
        for record in draws.draws(session, tender_id)
        if record.lot_id == lot_id and record.root is not None
    ]


def _award(session: Session, tender_id: str) -> Json:
    found = lots.award_proposal(session, tender_id)
    written = write_proposal(found.rule, found.own, found.other, found.unit, found.places)
    titles: dict[str, JsonValue] = {number: dict(title) for number, title in found.titles.items()}
    return {"names": dict(found.names), "titles": titles, **written}

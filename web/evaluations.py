"""The panel's work over JSON: verdicts, sheets, signatures; the rankings, their cases and the report for everybody."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.archive import read_archive
from evaluation.actions import scoring, votes
from evaluation.queries import blind, panel
from evaluation.queries import judging as queries
from evaluation.records.judging import SheetRecord
from expert_pool import queries as experts
from kernel.clock import write_time
from kernel.errors import NotFound
from kernel.money import write_units
from storage.database import Session
from tender import queries as tenders
from tender.records import LotRecord
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape, create_once, expected_version

REPORT_FORMS = {
    "json": ("application/json", "evaluation-report.json"),
    "pdf-zh": ("application/pdf", "evaluation-report-zh.pdf"),
    "pdf-en": ("application/pdf", "evaluation-report-en.pdf"),
    "sign-json": ("application/json", "signatures.json"),
    "sign-zh": ("application/pdf", "signatures-zh.pdf"),
    "sign-en": ("application/pdf", "signatures-en.pdf"),
}
CHUNK_BYTES = 1 << 16
PREPARING, SCORING, REVEALED = "preparing", "scoring", "revealed"
NAMELESS: dict[str, Any] = {
    "bids": [],
    "has_voted": False,
    "ballot": {"version": 0, "votes": []},
    "accepted": None,
    "fixed": [],
    "sheets": [],
}
"""A member's desk while only labels are known."""


class VoteShape(Shape):
    """One verdict; a failing one gives its reason."""

    bid: str
    check: str
    passed: bool
    reason: str = ""


class VotesRequest(Shape):
    """A member's verdicts on every check of every bid of a lot."""

    votes: list[VoteShape]


class SheetRequest(Shape):
    """Points as decimal text, by criterion."""

    points: dict[str, str]


@get("/api/tenders/{tender_id:str}/evaluation")
def show_evaluation(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """A member's desk: the rulebooks, the bids, the member's own verdicts and sheets; others see the progress."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        seat = experts.seat_of(session, tender_id, actor.person_id) if actor.holds(Duty.EXPERT) else None
        tender = tenders.tender(session, tender_id)
        return {
            "tender": tender_id,
            "stage": tender.stage,
            "seat": seat,
            "chair": panel.find_chair(session, tender_id),
            "rulebook": tender.rulebook,
            "lots": [
                {**describe_lot(session, tender_id, lot, seat), **own_rulebook(lot)}
                for lot in tenders.lots(session, tender_id)
            ],
        }


@post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/votes")
def hand_in_votes(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[VotesRequest],
) -> Any:
    """Hand in the verdicts of the compliance review, all at once."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    cast = [votes.CastVote(vote.bid, vote.check, vote.passed, vote.reason) for vote in data.votes]

    def act(session: Session) -> dict[str, Any]:
        votes.hand_in_votes(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            votes=cast,
            now=adapters.clock.now(),
        )
        return {"votes": len(cast)}

    return create_once(request, adapters, actor, data, act)


@get("/api/tenders/{tender_id:str}/bids/{bid_id:str}/files")
def list_files(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str]
) -> list[dict[str, str]]:
    """The files of an opened bid, for the panel, the office and the supervisor: name, size, SHA-256."""
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        blind.check_revealed_to(session, caller(request).may(Scope.EVALUATE), tender_id)
        return queries.bid_contents(session, tender_id, bid_id)[1]


@get("/api/tenders/{tender_id:str}/bids/{bid_id:str}/files/{number:int}")
def show_file(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str], number: FromPath[int]
) -> Stream:
    """One file of an opened bid, by its place in the list from 0; always a download, never shown as a page."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        check_reader(request, session, tender_id)
        blind.check_revealed_to(session, caller(request).may(Scope.EVALUATE), tender_id)
        digest, files = queries.bid_contents(session, tender_id, bid_id)
    if not 0 <= number < len(files):
        raise NotFound(what="file", id=number)

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(digest) as stored:
            yield from next(islice(read_archive(stored), number, None)).chunks()

    name = quote(files[number]["name"].rpartition("/")[2], safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Length": files[number]["size"],
    }
    return Stream(chunks, media_type="application/octet-stream", headers=headers)


@get("/api/tenders/{tender_id:str}/bids/{bid_id:str}/sheet")
def show_sheet(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str]
) -> Response[Any]:
    """The member's own sheet for a bid."""
    actor = caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        record = queries.sheet(session, bid_id, experts.seat_of(session, tender_id, actor.person_id))
    if record is None:
        raise NotFound(what="sheet for bid", id=bid_id)
    return sheet_answer(record)


@put("/api/tenders/{tender_id:str}/bids/{bid_id:str}/sheet")
def save_sheet(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    bid_id: FromPath[str],
    data: JSONBody[SheetRequest],
) -> Response[Any]:
    """Save a draft; If-Match names the version that was read, "0" for a new sheet."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    version = expected_version(request)
    with adapters.database.transaction() as session:
        record = scoring.save_sheet(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_id=bid_id,
            points=data.points,
            version=version,
            now=adapters.clock.now(),
        )
    return sheet_answer(record)


@post("/api/tenders/{tender_id:str}/bids/{bid_id:str}/sheet/signature")
def sign_sheet(
    request: Request[Any, Any, Any], tender_id: FromPath[str], bid_id: FromPath[str]
) -> Response[Any]:
    """Sign the version that was read; from then on it is final."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    version = expected_version(request)
    with adapters.database.transaction() as session:
        record = scoring.sign_sheet(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_id=bid_id,
            version=version,
            now=adapters.clock.now(),
        )
    return sheet_answer(record)


@get("/api/tenders/{tender_id:str}/rankings")
def show_rankings(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[Any]:
    """The rankings of all lots, with the derivation of every figure; empty until the evaluation is over."""
    with adapters_of(request).database.reading() as session:
        return [
            {"lot": record.lot_id, "digest": record.digest, "ranking": record.body}
            for record in queries.rankings(session, tender_id)
        ]


@get("/api/tenders/{tender_id:str}/lots/{lot_id:str}/evaluation-case")
def show_case(request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str]) -> Any:
    """The evaluation case of a lot: who has it can compute the ranking again."""
    with adapters_of(request).database.reading() as session:
        record = queries.find_ranking(session, lot_id)
    if record is None or record.tender_id != tender_id:
        raise NotFound(what="evaluation case of lot", id=lot_id)
    return record.case


@get("/api/tenders/{tender_id:str}/report/{form:str}")
def show_report(request: Request[Any, Any, Any], tender_id: FromPath[str], form: FromPath[str]) -> Stream:
    """The evaluation report (json, pdf-zh, pdf-en), or the form of its signatures (sign-json, sign-zh, sign-en)."""
    if form not in REPORT_FORMS:
        raise NotFound(what="report form", id=form)
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        record = queries.report(session, tender_id, form)

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(record.digest) as stored:
            while chunk := stored.read(CHUNK_BYTES):
                yield chunk

    media_type, name = REPORT_FORMS[form]
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Content-Length": str(record.size)}
    return Stream(chunks, media_type=media_type, headers=headers)


def check_reader(request: Request[Any, Any, Any], session: Session, tender_id: str) -> None:
    """Raise unless the caller may read opened bids: a member of the panel, the tender's own office, a supervisor."""
    actor = caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT, Duty.TENDER_OFFICE, Duty.SUPERVISOR)
    if actor.holds(Duty.SUPERVISOR):
        return
    if actor.holds(Duty.EXPERT):
        experts.seat_of(session, tender_id, actor.person_id)
    elif tenders.tender(session, tender_id).tenderer_id != actor.organisation_id:
        raise NotFound(what="tender", id=tender_id)


def sheet_answer(record: SheetRecord) -> Response[Any]:
    """A sheet with its version as ETag."""
    signed_at = write_time(record.signed_at) if record.signed_at else None
    body = {
        "bid": record.bid_id,
        "points": record.points,
        "version": record.version,
        "signed_at": signed_at,
    }
    return Response(body, status_code=200, headers={"ETag": f'"{record.version}"'})


def own_rulebook(lot: LotRecord) -> dict[str, Any]:
    """The rulebook of a lot where it has its own; the tender's holds everywhere else."""
    return {} if lot.rulebook is None else {"rulebook": lot.rulebook}


def describe_lot(session: Session, tender_id: str, lot: LotRecord, seat: str | None) -> dict[str, Any]:
    """One lot on a member's desk; without a seat, only how far the panel is."""
    progress = queries.progress(session, tender_id, lot.id)
    body: dict[str, Any] = {
        "lot": lot.id,
        "number": lot.number,
        "title": lot.title,
        "votes_missing": progress.votes_missing,
        "sheets_missing": progress.sheets_missing,
        "questions_open": progress.questions_open,
    }
    if lot.id in blind.blind_lots(session, tender_id):
        body["blind"] = describe_blind(session, tender_id, lot.id)
    if seat is None:
        return body
    if blind.is_hidden(session, tender_id):
        return {**body, **NAMELESS}
    rules = queries.rulebook(session, tender_id, lot.id)
    screening = queries.find_screening(session, tender_id, lot.id)
    ballot = queries.ballot(session, lot.id, seat)
    own_sheets = [row for row in queries.sheets(session, lot.id) if row.seat == seat]
    return {
        **body,
        "bids": [
            {
                "bid": bid.bid_id,
                "bidder": bid.bidder_name,
                "price": write_units(bid.price, rules.scale.places) if bid.is_priced else None,
            }
            for bid in queries.opened_bids(session, tender_id, lot.id)
        ],
        "has_voted": ballot is not None and ballot.handed_in_at is not None,
        "ballot": {
            "version": ballot.version if ballot else 0,
            "votes": [
                {"bid": bid, "check": check, "passed": passed, "reason": reason}
                for bid, check, passed, reason in (ballot.verdicts if ballot else [])
            ],
        },
        "accepted": [bid.bid_id for bid in screening.accepted] if screening else None,
        "fixed": blind.fixed_criteria(session, rules, lot.id, seat),
        "sheets": [
            {
                "bid": row.bid_id,
                "version": row.version,
                "points": row.points,
                "is_signed": bool(row.signed_at),
            }
            for row in own_sheets
        ],
    }


def describe_blind(session: Session, tender_id: str, lot_id: str) -> dict[str, Any]:
    """How far the blind step of a lot is; nobody's points, no label's bid."""
    record = next((row for row in blind.lots(session, tender_id) if row.lot_id == lot_id), None)
    if record is None:
        return {"state": PREPARING, "labels": 0, "signatures_missing": None, "commitment": None}
    return {
        "state": REVEALED if record.revealed_at else SCORING,
        "labels": record.labels,
        "signatures_missing": blind.sheets_missing(session, record) if not record.revealed_at else 0,
        "commitment": record.commitment,
    }


ROUTES = [
    show_evaluation,
    hand_in_votes,
    list_files,
    show_file,
    show_sheet,
    save_sheet,
    sign_sheet,
    show_rankings,
    show_case,
    show_report,
]

"""The blind step (暗标) over JSON: members read plain parts by label, score them and sign; others see the progress."""

from collections.abc import Iterator
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.actions import blind as actions
from evaluation.queries import blind as queries
from evaluation.queries import judging
from evaluation.records.blind import BlindPartRecord, BlindSheetRecord
from evaluation.rulebook import write_rulebook
from expert_pool import queries as experts
from kernel.clock import write_time
from storage.adapters import Adapters
from storage.database import Session
from tender import queries as tenders
from web.evaluations import CHUNK_BYTES, check_reader, describe_blind
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape, expected_version


class BlindSheetRequest(Shape):
    """Points as decimal text, by criterion."""

    points: dict[str, str]


class BlindSignaturesRequest(Shape):
    """The labels to sign, each with the version that was read."""

    versions: dict[int, int]


@get("/api/tenders/{tender_id:str}/blind-parts")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The labels of every lot with a member's own points; office and supervisor see the progress only."""
    actor = caller(request).may(Scope.EVALUATE)
    with adapters_of(request).database.reading() as session:
        check_reader(request, session, tender_id)
        seat = experts.seat_of(session, tender_id, actor.person_id) if actor.holds(Duty.EXPERT) else None
        return {
            "tender": tender_id,
            "is_hidden": queries.is_hidden(session, tender_id),
            "lots": describe(session, tender_id, seat),
        }


def describe(session: Session, tender_id: str, seat: str | None) -> list[dict[str, Any]]:
    """Every lot with a blind step and its groups, for a member with its labels."""
    wanted = queries.blind_lots(session, tender_id)
    if not wanted:
        return []
    parts = queries.parts(session, tender_id)
    found = []
    for lot in (lot for lot in tenders.lots(session, tender_id) if lot.id in wanted):
        rules = queries.blind_rules(judging.rulebook(session, tender_id, lot.id))
        own = {one.label: one for one in queries.sheets(session, lot.id, seat)} if seat else {}
        body = {
            "lot": lot.id,
            "number": lot.number,
            "title": lot.title,
            "groups": write_rulebook(rules)["groups"],
            **describe_blind(session, tender_id, lot.id),
        }
        if seat is not None:
            labelled = [part for part in parts if part.lot_id == lot.id and part.label is not None]
            body["parts"] = [describe_part(part, own.get(part.label or 0)) for part in labelled]
        found.append(body)
    return found


def describe_part(part: BlindPartRecord, sheet: BlindSheetRecord | None) -> dict[str, Any]:
    """One label: what stands beside its text, and the member's own points; the bid once it is revealed."""
    files = part.body["files"]
    return {
        "label": part.label,
        "bid": part.bid_id,
        "size": part.size,
        "is_cut": part.body["is_cut"],
        "pictures": sum(one["pictures"] for one in files),
        "unread": [[n, one["kind"], one["why"]] for n, one in enumerate(files, 1) if one["why"]],
        "marks": [[n, *mark] for n, one in enumerate(files, 1) for mark in one["marks"]],
        "sheet": describe_sheet(sheet),
    }


def describe_sheet(record: BlindSheetRecord | None) -> dict[str, Any]:
    """A member's own points for a label; version 0 where nothing was saved."""
    return {
        "version": record.version if record else 0,
        "points": record.points if record else {},
        "is_signed": bool(record and record.signed_at),
    }


@get("/api/tenders/{tender_id:str}/lots/{lot_id:str}/blind-parts/{label:int}/text")
def show_text(
    request: Request[Any, Any, Any], tender_id: FromPath[str], lot_id: FromPath[str], label: FromPath[int]
) -> Stream:
    """The plain part under a label, as PDF, for the members of the panel."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters.database.reading() as session:
        experts.seat_of(session, tender_id, actor.person_id)
        record = queries.part(session, tender_id, lot_id, label)
    headers = {
        "Content-Disposition": f'inline; filename="technical-part-{label}.pdf"',
        "Content-Length": str(record.size),
    }
    return Stream(chunks_of(adapters, record.digest), media_type="application/pdf", headers=headers)


def chunks_of(adapters: Adapters, digest: bytes) -> Iterator[bytes]:
    """An object piece by piece."""
    with adapters.objects.open(digest) as stored:
        while chunk := stored.read(CHUNK_BYTES):
            yield chunk


@put("/api/tenders/{tender_id:str}/lots/{lot_id:str}/blind-parts/{label:int}/sheet")
def save_sheet(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    label: FromPath[int],
    data: JSONBody[BlindSheetRequest],
) -> Response[Any]:
    """Save a draft; If-Match names the version that was read, 0 for the first one."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    version = expected_version(request)
    with adapters.database.transaction() as session:
        record = actions.save_blind_sheet(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            label=label,
            points=data.points,
            version=version,
            now=adapters.clock.now(),
        )
        body = {"label": label, **describe_sheet(record), "saved_at": write_time(record.saved_at)}
    return Response(body, headers={"ETag": f'"{record.version}"'})


@post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/blind-signatures", status_code=200)
def sign_sheets(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[BlindSignaturesRequest],
) -> dict[str, Any]:
    """Sign complete points for several labels, all or none; the last signature of the panel reveals the bids."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters.database.transaction() as session:
        signed = actions.sign_blind_sheets(
            session,
            key=adapters.keys.people,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            versions=data.versions,
            now=adapters.clock.now(),
        )
        return {
            "signed": [record.label for record in signed],
            "is_hidden": queries.is_hidden(session, tender_id),
        }


ROUTES: list[Any] = [show, show_text, save_sheet, sign_sheets]

"""A member's boards over JSON: drafts of verdicts and of several sheets at once, and signing several."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.actions import scoring, votes
from kernel.clock import write_time
from web.guards import adapters_of, caller
from web.problems import problem
from web.routes import post, put
from web.shapes import Shape, expected_version


class DraftVote(Shape):
    """One verdict of a draft; `passed` may still be open."""

    bid: str
    check: str
    passed: bool | None = None
    reason: str = ""


class DraftVotesRequest(Shape):
    """A draft of a member's verdicts on a lot."""

    votes: list[DraftVote]


class DraftRequest(Shape):
    """Points of one sheet on the version that was read."""

    points: dict[str, str]
    version: int


class SheetsRequest(Shape):
    """Drafts of several sheets of a lot, by bid."""

    sheets: dict[str, DraftRequest]


class SignaturesRequest(Shape):
    """The sheets to sign, by bid, with the version that was read."""

    versions: dict[str, int]


@put("/api/tenders/{tender_id:str}/lots/{lot_id:str}/votes")
def save_votes(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[DraftVotesRequest],
) -> Response[Any]:
    """Keep a draft of the verdicts; If-Match names the version that was read, 0 for the first draft."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    version = expected_version(request)
    with adapters.database.transaction() as session:
        record = votes.save_votes(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            votes=[votes.CastVote(vote.bid, vote.check, vote.passed, vote.reason) for vote in data.votes],
            version=version,
            now=adapters.clock.now(),
        )
    return Response({"version": record.version}, headers={"ETag": f'"{record.version}"'})


@put("/api/tenders/{tender_id:str}/lots/{lot_id:str}/sheets")
def save_sheets(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[SheetsRequest],
) -> dict[str, Any]:
    """Keep drafts of several sheets; each is saved or refused on its own, a refused one with what stands now."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    drafts = {bid: scoring.SheetDraft(one.points, one.version) for bid, one in data.sheets.items()}
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        done = scoring.save_sheets(
            session, actor=actor, tender_id=tender_id, lot_id=lot_id, drafts=drafts, now=now
        )
    return {
        "saved": {bid: record.version for bid, record in done.saved.items()},
        "refused": {
            bid: {
                **problem(request, error),
                "version": stands.version if stands else 0,
                "points": stands.points if stands else {},
            }
            for bid, (error, stands) in done.refused.items()
        },
        "saved_at": write_time(now),
    }


@post("/api/tenders/{tender_id:str}/lots/{lot_id:str}/signatures")
def sign_sheets(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    lot_id: FromPath[str],
    data: JSONBody[SignaturesRequest],
) -> dict[str, Any]:
    """Sign several complete sheets in one act: all of them or none."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.EVALUATE)
    with adapters.database.transaction() as session:
        signed = scoring.sign_sheets(
            session,
            actor=actor,
            tender_id=tender_id,
            lot_id=lot_id,
            versions=data.versions,
            now=adapters.clock.now(),
        )
        return {"signed": [record.bid_id for record in signed]}


ROUTES: list[Any] = [save_votes, save_sheets, sign_sheets]

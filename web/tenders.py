"""Tenders over JSON: draft, documents, rulebook, publication, questions, amendments."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from evaluation.rulebook import Rulebook, read_rulebook, rulebook_digest, write_rulebook
from kernel.clock import write_time
from kernel.errors import NotFound
from tender import notice as notices
from tender import queries
from tender.actions import clarify, draft, publish
from tender.lifecycle import Stage
from tender.queries import stages
from tender.records import TenderRecord
from tender.timetable import read_timetable
from web.draft_shapes import DraftRequest, known_authorities, known_issuers
from web.guards import adapters_of, caller, find_caller
from web.routes import delete, get, post, put
from web.shapes import Shape, create_once, expected_version, page_limit, paged, read_time_cursor

PUBLIC_STAGES = [Stage.PUBLISHED, Stage.CLOSED, Stage.OPENED, Stage.EVALUATED, Stage.FAILED]


class AmendmentRequest(Shape):
    """An addendum: what changes, in words, and the timetable that holds from now on."""

    changes: str
    timetable: dict[str, Any]
    shortening_reason: str = ""


class TextRequest(Shape):
    """A question or an answer."""

    text: str


def summary_of(record: TenderRecord) -> dict[str, Any]:
    """One line of a list of tenders."""
    return {
        "id": record.id,
        "reference": record.reference,
        "title": record.title,
        "stage": record.stage,
        "closes_at": write_time(record.closes_at) if record.closes_at else None,
        "published_at": write_time(record.published_at) if record.published_at else None,
    }


@get("/api/tenders")
def list_tenders(
    request: Request[Any, Any, Any], stage: Stage | None = None, cursor: str = "", limit: int = 20
) -> Response[Any]:
    """Published tenders, newest first."""
    stages = PUBLIC_STAGES if stage is None else [stage] if stage in PUBLIC_STAGES else []
    before = read_time_cursor(cursor) if cursor else None
    with adapters_of(request).database.reading() as session:
        rows = queries.tenders(session, stages=stages, before=before, limit=page_limit(limit))
    key = write_time(rows[-1].created_at) if len(rows) == limit else ""
    return paged(request, [summary_of(row) for row in rows], limit, key)


@post("/api/tenders")
def begin(request: Request[Any, Any, Any], data: JSONBody[DraftRequest]) -> Any:
    """Start a draft."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    command = data.command(known_authorities(adapters), known_issuers(adapters))
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "id": draft.begin_draft(session, actor=actor, command=command, now=adapters.clock.now())
        },
    )


@get("/api/tenders/{tender_id:str}")
def show(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """One tender: its public state, or the draft for the office that writes it and its openers."""
    found = find_caller(request)
    with adapters_of(request).database.reading() as session:
        record = queries.tender(session, tender_id)
        openers = queries.openers(session, tender_id)
        if record.stage == Stage.DRAFT:
            actor = found.actor if found else None
            is_office = actor is not None and actor.holds(Duty.TENDER_OFFICE)
            is_own = is_office and actor is not None and actor.organisation_id == record.tenderer_id
            if not is_own and not (actor and any(o.person_id == actor.person_id for o in openers)):
                raise NotFound(what="tender", id=tender_id)
        body = {
            **summary_of(record),
            "version": record.version,
            "summary": record.summary,
            "suite": record.suite,
            "threshold": record.threshold,
            "currency": record.currency,
            "price_places": record.price_places,
            "rulebook_digest": record.rulebook_digest,
            "award_rule": record.award_rule,
            "envelopes": record.envelopes,
            "outage_rule": record.outage_rule,
            "opening_rule": record.opening_rule,
            "signing": record.signing,
            "lots": [
                {
                    "id": lot.id,
                    "number": lot.number,
                    "title": lot.title,
                    "rulebook_digest": lot.rulebook_digest,
                }
                for lot in queries.lots(session, tender_id)
            ],
            "openers": [{**stages.key_marks(o), "rehearsed": o.rehearsed_at is not None} for o in openers],
        }
    return Response(body, headers={"ETag": f'"{record.version}"'})


@put("/api/tenders/{tender_id:str}")
def edit(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[DraftRequest]
) -> Response[Any]:
    """Change a draft that has not changed since it was read."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    command, version = (
        data.command(known_authorities(adapters), known_issuers(adapters)),
        expected_version(request),
    )
    with adapters.database.transaction() as session:
        new = draft.edit_draft(
            session,
            actor=actor,
            tender_id=tender_id,
            command=command,
            version=version,
            now=adapters.clock.now(),
        )
    return Response({"id": tender_id, "version": new}, headers={"ETag": f'"{new}"'})


@put("/api/tenders/{tender_id:str}/rulebook")
def set_rulebook(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[dict[str, Any]]
) -> Response[Any]:
    """Give the draft its rulebook; a rulebook that contradicts itself is refused with the field's path."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    frozen = freeze(read_rulebook(data))
    with adapters.database.transaction() as session:
        version = draft.set_rulebook(session, actor=actor, tender_id=tender_id, rulebook=frozen)
    return Response({"digest": frozen.digest, "version": version}, headers={"ETag": f'"{version}"'})


@put("/api/tenders/{tender_id:str}/lots/{number:int}/rulebook")
def set_lot_rulebook(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    number: FromPath[int],
    data: JSONBody[dict[str, Any]],
) -> Response[Any]:
    """Give a lot of the draft a rulebook of its own, with the tender's currency and decimals."""
    actor = caller(request).may(Scope.OFFICE)
    return _keep_lot_rulebook(request, actor, tender_id, number, freeze(read_rulebook(data)))


@delete("/api/tenders/{tender_id:str}/lots/{number:int}/rulebook", status_code=200)
def remove_lot_rulebook(
    request: Request[Any, Any, Any], tender_id: FromPath[str], number: FromPath[int]
) -> Response[Any]:
    """Take a lot's own rulebook away; the tender's holds again."""
    return _keep_lot_rulebook(request, caller(request).may(Scope.OFFICE), tender_id, number, None)


def _keep_lot_rulebook(
    request: Request[Any, Any, Any],
    actor: Actor,
    tender_id: str,
    number: int,
    frozen: draft.FrozenRulebook | None,
) -> Response[Any]:
    with adapters_of(request).database.transaction() as session:
        version = draft.set_lot_rulebook(
            session, actor=actor, tender_id=tender_id, number=number, rulebook=frozen
        )
    body = {"digest": frozen.digest if frozen else None, "version": version}
    return Response(body, headers={"ETag": f'"{version}"'})


def freeze(rulebook: Rulebook) -> draft.FrozenRulebook:
    """A rulebook as the draft keeps it."""
    return draft.FrozenRulebook(
        write_rulebook(rulebook), rulebook_digest(rulebook), rulebook.currency, rulebook.price_places
    )


@get("/api/tenders/{tender_id:str}/missing")
def show_missing(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """Everything the draft still lacks before it may be published."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    with adapters.database.reading() as session:
        record = draft.own_tender(session, actor, tender_id)
        described = queries.draft(session, record, adapters.settings.bid_limit_bytes)
        return {"missing": notices.missing(described, adapters.clock.now())}


@post("/api/tenders/{tender_id:str}/publish")
def publish_tender(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Any:
    """Publish the notice; refused with the complete list of what is missing."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)

    def act(session: Any) -> dict[str, Any]:
        notice = publish.publish(
            session,
            actor=actor,
            tender_id=tender_id,
            bid_limit_bytes=adapters.settings.bid_limit_bytes,
            now=adapters.clock.now(),
        )
        return {"version": notice.version, "digest": notice.digest}

    return create_once(request, adapters, actor, [tender_id], act)


@post("/api/tenders/{tender_id:str}/amendments")
def amend_tender(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[AmendmentRequest]
) -> Any:
    """Publish an addendum."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)
    timetable = read_timetable(data.timetable)

    def act(session: Any) -> dict[str, Any]:
        notice = publish.amend(
            session,
            actor=actor,
            tender_id=tender_id,
            changes=data.changes,
            timetable=timetable,
            shortening_reason=data.shortening_reason,
            bid_limit_bytes=adapters.settings.bid_limit_bytes,
            now=adapters.clock.now(),
        )
        return {"version": notice.version, "digest": notice.digest}

    return create_once(request, adapters, actor, data, act)


@get("/api/tenders/{tender_id:str}/notice")
def show_notice(
    request: Request[Any, Any, Any], tender_id: FromPath[str], version: int | None = None
) -> dict[str, Any]:
    """The published notice, newest or of one version, with its digest."""
    with adapters_of(request).database.reading() as session:
        found = queries.notices(session, tender_id)
    for notice in reversed(found):
        if version is None or notice.version == version:
            return {"notice": notice.body, "digest": notice.digest}
    raise NotFound(what="notice", id=tender_id)


@get("/api/tenders/{tender_id:str}/questions")
def list_questions(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """Answered questions for everyone; the open ones too for the office."""
    found = find_caller(request)
    with adapters_of(request).database.reading() as session:
        record = queries.tender(session, tender_id)
        is_own = found is not None and found.actor.organisation_id == record.tenderer_id
        rows = queries.questions(session, tender_id)
    return {
        "items": [
            {
                "id": q.id,
                "text": q.text,
                "asked_at": write_time(q.asked_at),
                "answer": q.answer,
                "answered_at": write_time(q.answered_at) if q.answered_at else None,
            }
            for q in rows
            if q.answer is not None or is_own
        ]
    }


@post("/api/tenders/{tender_id:str}/questions")
def ask_question(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[TextRequest]
) -> Any:
    """Ask a question."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "id": clarify.ask(
                session, actor=actor, tender_id=tender_id, text=data.text, now=adapters.clock.now()
            )
        },
    )


@post("/api/questions/{question_id:str}/answer")
def answer_question(
    request: Request[Any, Any, Any], question_id: FromPath[str], data: JSONBody[TextRequest]
) -> Any:
    """Answer a question for everybody."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.OFFICE)

    def act(session: Any) -> dict[str, Any]:
        clarify.answer(
            session, actor=actor, question_id=question_id, text=data.text, now=adapters.clock.now()
        )
        return {"id": question_id}

    return create_once(request, adapters, actor, data, act)


ROUTES = [
    list_tenders,
    begin,
    show,
    edit,
    set_rulebook,
    set_lot_rulebook,
    remove_lot_rulebook,
    show_missing,
    publish_tender,
    amend_tender,
    show_notice,
    list_questions,
    ask_question,
    answer_question,
]

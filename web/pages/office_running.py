"""After publication: answers, amendments, the request of the draw."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody

from accounts.duties import Duty
from expert_pool import actions as draws
from expert_pool import queries as pool
from expert_pool.actions.draws import PARTY_DUTIES
from expert_pool.ceremony import DEFAULT_WINDOW, MOST_WINDOW, last_window_ends
from expert_pool.drand import first_round_after
from expert_pool.eligibility import SeatGroup
from expert_pool.panel import PanelRule
from expert_pool.queries.panels import vacant_seats
from kernel.errors import BadInput, TenderingError
from tender import queries
from tender.actions import clarify, publish
from web.draw_room import DRAW_ROOM
from web.experts import SeatGroupShape, read_group
from web.guards import adapters_of
from web.pages.forms import local_text, many, text, whole
from web.pages.office import own
from web.pages.office_draft import read_form_timetable
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

GROUP_ROWS = 4  # groups of seats that the form offers


@get("/office/tenders/{tender_id:str}/questions")
def list_questions(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """All questions, the open ones first."""
    return render(request, "office-questions.html", **question_values(request, tender_id))


def question_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The tender and its questions."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        record = own(session, actor, tender_id)
        rows = queries.questions(session, tender_id)
    return {"tender": record, "questions": sorted(rows, key=lambda q: (q.answer is not None, q.asked_at))}


@post("/office/tenders/{tender_id:str}/questions/{question_id:str}")
def answer_question(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    question_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Answer one question for everybody."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    given = text(data, "answer")
    try:
        with adapters.database.transaction() as session:
            clarify.answer(
                session, actor=actor, question_id=question_id, text=given, now=adapters.clock.now()
            )
    except TenderingError as error:
        values = question_values(request, tender_id)
        typed = {"typed": {question_id: given}}
        return refuse(
            request, "office-questions.html", error, field=f"answer-{question_id}", **values, **typed
        )
    return see(f"/office/tenders/{tender_id}/questions")


@get("/office/tenders/{tender_id:str}/amend")
def show_amend(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The form of an amendment."""
    return render(request, "office-amend.html", form={}, **amend_values(request, tender_id))


def amend_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The tender with its present timetable."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        record = own(session, actor, tender_id)
    times = {"questions_until": local_text(record.questions_until), "closes_at": local_text(record.closes_at)}
    return {"tender": record, "times": times}


@post("/office/tenders/{tender_id:str}/amend")
def amend(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Publish an amendment; the closing time may only move later."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        timetable = read_form_timetable(data)
        with adapters.database.transaction() as session:
            publish.amend(
                session,
                actor=actor,
                tender_id=tender_id,
                changes=text(data, "changes"),
                timetable=timetable,
                shortening_reason=text(data, "shortening_reason"),
                bid_limit_bytes=adapters.settings.bid_limit_bytes,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        field = str(error.facts.get("where", "closes_at"))
        values = amend_values(request, tender_id)
        return refuse(request, "office-amend.html", error, field=field, form=data, **values)
    return see(f"/office/tenders/{tender_id}?done=amended")


@get("/office/tenders/{tender_id:str}/draw")
def show_draw(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The form that asks for a panel."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        record = own(session, actor, tender_id)
    return render(request, "office-draw.html", **draw_values(request, {}), tender=record, form={})


@post("/office/tenders/{tender_id:str}/draw", opt=DRAW_ROOM)
def request_draw(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Freeze who can be drawn, with which chances."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        groups = read_groups(data)
        with adapters.database.transaction() as session:
            draw_id = draws.request_draw(
                session,
                actor=actor,
                tender_id=tender_id,
                groups=groups,
                panel=PanelRule(),
                employer_cap=whole(data, "per_employer"),
                reveal_minutes=whole_or(data, "reveal_minutes", DEFAULT_WINDOW),
                late_round=whole_or(data, "late_round", 0),
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        with adapters.database.reading() as session:
            record = own(session, actor, tender_id)
        field = str(error.facts.get("where", ""))
        values = draw_values(request, data)
        return refuse(request, "office-draw.html", error, field=field, tender=record, form=data, **values)
    return see(f"/draws/{draw_id}")


def draw_values(request: Request[Any, Any, Any], data: dict[str, Any]) -> dict[str, Any]:
    """What the form says beside its fields: when the last window ends at the latest, and the first round after it."""
    minutes = text(data, "reveal_minutes")
    window = int(minutes) if minutes.isdecimal() and len(minutes) < 6 else DEFAULT_WINDOW
    ends = last_window_ends(adapters_of(request).clock.now(), min(window, MOST_WINDOW), len(PARTY_DUTIES))
    return {"rows": GROUP_ROWS, "window": window, "last_ends": ends, "first_round": first_round_after(ends)}


def whole_or(data: dict[str, Any], name: str, default: int) -> int:
    """A whole number, or the default where the field is empty."""
    return whole(data, name) if text(data, name) else default


@get("/office/tenders/{tender_id:str}/draw-round")
def show_round(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[str]:
    """The seats for which no reserve is left, and the form that asks for a further round."""
    return render(request, "office-round.html", form={}, **round_values(request, tender_id))


def round_values(request: Request[Any, Any, Any], tender_id: str) -> dict[str, Any]:
    """The tender, the rounds of its draw, and its vacant seats with their groups."""
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        record, rounds = own(session, actor, tender_id), pool.rounds(session, tender_id)
        vacant = set(vacant_seats(session, tender_id))
        seats = [seat for seat, _ in pool.panel(session, tender_id) if seat.seat in vacant]
    names = {group["id"]: group["name"] for one in rounds[:1] for group in one.groups}
    ends = last_window_ends(adapters_of(request).clock.now(), DEFAULT_WINDOW, len(PARTY_DUTIES))
    return {
        "tender": record,
        "rounds": rounds,
        "seats": seats,
        "names": names,
        "minutes": DEFAULT_WINDOW,
        "first_round": first_round_after(ends),
    }


@post("/office/tenders/{tender_id:str}/draw-round", opt=DRAW_ROOM)
def request_round(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Freeze a further round for the vacant seats."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.TENDER_OFFICE)
    try:
        minutes, late_round = whole(data, "reveal_minutes"), whole(data, "late_round")
        with adapters.database.transaction() as session:
            draw_id = draws.request_round(
                session,
                actor=actor,
                tender_id=tender_id,
                reveal_minutes=minutes,
                late_round=late_round,
                now=adapters.clock.now(),
            )
    except TenderingError as error:
        field = str(error.facts.get("where", "reveal_minutes"))
        values = round_values(request, tender_id)
        return refuse(request, "office-round.html", error, field=field, form=data, **values)
    return see(f"/draws/{draw_id}")


def read_groups(data: dict[str, Any]) -> list[SeatGroup]:
    """The groups of a form; a row without names is left out."""
    groups = []
    columns = [many(data, name) for name in ("zh", "en", "quota", "reserves", "specialties", "regions")]
    for number, (zh, en, quota, reserves, specialties, regions) in enumerate(zip(*columns, strict=True), 1):
        if not (zh or en):
            continue
        if not (quota.isdigit() and reserves.isdigit()):
            raise BadInput(where=f"quota-{number}", why="give a whole number")
        shape = SeatGroupShape(
            id=f"group-{number}",
            name={"zh": zh or en, "en": en or zh},
            quota=int(quota),
            reserves=int(reserves),
            specialties=_words(specialties),
            regions=tuple(_words(regions)),
        )
        groups.append(read_group(shape, f"specialties-{number}"))
    if not groups:
        raise BadInput(where="zh-1", why="name at least one group")
    return groups


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]


ROUTES = [
    list_questions,
    answer_question,
    show_amend,
    amend,
    show_draw,
    request_draw,
    show_round,
    request_round,
]

"""The pool and the draw over JSON: import, request, the published record, the panel."""

from datetime import date
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, JSONBody

from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from expert_pool import actions, queries
from expert_pool.actions.pool import EXPERT_FIELDS, IDENTITY_FIELDS
from expert_pool.eligibility import SeatGroup
from expert_pool.experts import Expert
from expert_pool.panel import PanelRule
from expert_pool.queries.calls import all_checked_in
from expert_pool.records.draws import DrawRecord
from kernel.errors import BadInput, NotFound
from storage.database import Session
from tender import queries as tenders
from tender.lifecycle import Stage
from web.ceremony import describe_draw
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of, caller, find_caller
from web.routes import get, post, put
from web.shapes import Shape, create_once, page_limit, paged, read_cursor

POOL_LIMIT = 16 << 20  # bytes of one import; 50,000 experts fit
MOST_QUOTA = 99
REQUEST_READERS = (Duty.TENDER_OFFICE, Duty.SUPERVISOR, Duty.WITNESS, Duty.POOL_MANAGER)

NOT_IN_JSON = (EXPERT_FIELDS | IDENTITY_FIELDS) - {
    "number",
    "name",
    "employer",
    "specialties",
    "region",
    "standing",
    "valid_until",
}
"""What `ExpertShape` does not say: a known entry keeps it."""


class ExpertShape(Shape):
    """One expert of an import."""

    number: str
    name: str
    employer: str
    specialties: list[str]
    region: str = ""
    standing: str = "active"
    valid_until: date | None = None
    sign_in: str = ""


class PoolRequest(Shape):
    """Experts to add or replace by number."""

    experts: list[ExpertShape]


class SeatGroupShape(Shape):
    """Seats that ask for the same."""

    id: str
    name: dict[str, str]
    quota: int
    specialties: list[str]
    regions: tuple[str, ...] = ()
    reserves: int = 2


class DrawRequestShape(Shape):
    """What the office asks for; `fewest_members` may only raise the law's limit, `per_employer` 0 is no limit.

    `late_round` is a round of the drand chain quicknet, 0 for none.
    """

    groups: list[SeatGroupShape]
    fewest_members: int = 5
    per_employer: int = 0
    reveal_minutes: int = 60
    late_round: int = 0


@put("/api/experts", request_max_body_size=POOL_LIMIT)
def import_experts(request: Request[Any, Any, Any], data: JSONBody[PoolRequest]) -> dict[str, int]:
    """Add experts to the pool, or replace those with the same number."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    entries = [
        actions.PoolEntry(
            Expert(
                number=one.number,
                name=one.name,
                employer=one.employer,
                region=one.region,
                specialties=frozenset(one.specialties),
                standing=one.standing,
                valid_until=one.valid_until,
            ),
            one.sign_in,
            absent=NOT_IN_JSON,
        )
        for one in data.experts
    ]
    with adapters.database.transaction() as session:
        count = actions.import_pool(session, actor=actor, entries=entries, now=adapters.clock.now())
    return {"experts": count}


@get("/api/experts")
def list_experts(
    request: Request[Any, Any, Any], cursor: FromQuery[str] = "", limit: FromQuery[int] = 50
) -> Any:
    """The pool, by number; names for its manager only, the supervisor sees numbers."""
    actor = caller(request).may(Scope.DRAW)
    actor.require(Duty.POOL_MANAGER, Duty.SUPERVISOR)
    after = read_cursor(cursor) if cursor else ""
    sees_names = actor.holds(Duty.POOL_MANAGER)
    with adapters_of(request).database.reading() as session:
        rows = queries.pool_page(session, after, page_limit(limit))
        entries = [queries.entry(session, row)[0] if sees_names else None for row in rows]
    items = [
        {
            "number": row.number,
            "name": entry.name if entry else None,
            "employer": entry.employer if entry else None,
            "region": row.region,
            "specialties": row.specialties,
            "standing": row.standing,
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        }
        for row, entry in zip(rows, entries, strict=True)
    ]
    return paged(request, items, limit, rows[-1].number if len(rows) == limit else "")


@post("/api/tenders/{tender_id:str}/draw", opt=DRAW_ROOM)
def request_draw(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[DrawRequestShape]
) -> Any:
    """Freeze the request of a draw; refused with the short groups when the pool cannot fill the seats."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    groups = [read_group(group, f"groups[{number}]") for number, group in enumerate(data.groups)]
    if len({group.id for group in groups}) != len(groups):
        raise BadInput(where="groups", why="each group needs an id of its own")
    panel = PanelRule(fewest_members=max(data.fewest_members, PanelRule().fewest_members))

    def act(session: Session) -> dict[str, Any]:
        draw_id = actions.request_draw(
            session,
            actor=actor,
            tender_id=tender_id,
            groups=groups,
            panel=panel,
            employer_cap=data.per_employer,
            reveal_minutes=data.reveal_minutes,
            late_round=data.late_round,
            now=adapters.clock.now(),
        )
        return describe_draw(session, queries.draw(session, draw_id), adapters.clock.now())

    return create_once(request, adapters, actor, data, act)


class RoundShape(Shape):
    """A further round for the vacant seats; the rest follows from the rounds before."""

    reveal_minutes: int = 60
    late_round: int = 0


@post("/api/tenders/{tender_id:str}/draw-rounds", opt=DRAW_ROOM)
def request_round(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[RoundShape]
) -> Any:
    """Freeze the request of a further round, for exactly the seats that are vacant."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)

    def act(session: Session) -> dict[str, Any]:
        draw_id = actions.request_round(
            session,
            actor=actor,
            tender_id=tender_id,
            reveal_minutes=data.reveal_minutes,
            late_round=data.late_round,
            now=adapters.clock.now(),
        )
        return describe_draw(session, queries.draw(session, draw_id), adapters.clock.now())

    return create_once(request, adapters, actor, data, act)


@get("/api/tenders/{tender_id:str}/draws")
def list_rounds(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[dict[str, Any]]:
    """The draw of a tender and its further rounds, in order, each as `show_draw` shows the newest."""
    with adapters_of(request).database.reading() as session:
        return [_shown(request, session, record) for record in queries.rounds(session, tender_id)]


@get("/api/tenders/{tender_id:str}/draw")
def show_draw(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """Where the newest round stands: the hash of its request, who committed, who revealed; the request for its parties.

    The request counts the experts of each kind, so the public sees it only once the evaluation is over.
    """
    with adapters_of(request).database.reading() as session:
        record = queries.find_draw(session, tender_id)
        if record is None:
            raise NotFound(what="draw of tender", id=tender_id)
        return _shown(request, session, record)


def _shown(request: Request[Any, Any, Any], session: Session, record: DrawRecord) -> dict[str, Any]:
    found = find_caller(request)
    body = describe_draw(session, record, adapters_of(request).clock.now())
    if not (found and found.actor.holds(*REQUEST_READERS)):
        is_over = tenders.tender(session, record.tender_id).stage == Stage.EVALUATED
        body["request"] = body["request"] if is_over else None
    return body


@get("/api/draws/{draw_id:str}/record")
def show_record(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> Any:
    """The whole record of a draw, once the evaluation is over: anyone can recompute it."""
    with adapters_of(request).database.reading() as session:
        record = queries.draw(session, draw_id)
        check_over(session, record.tender_id)
        return queries.transcript(session, record)


@get("/api/tenders/{tender_id:str}/panel")
def show_panel(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, Any]:
    """The panel: names for everybody once the evaluation is over, before that one's own seat only.

    The office and the supervisor read the names of a panel that was called by machine once all have checked in.
    """
    found = find_caller(request)
    with adapters_of(request).database.reading() as session:
        tender = tenders.tender(session, tender_id)
        is_over = tender.stage == Stage.EVALUATED
        sees_names = is_over or (
            found is not None
            and (found.actor.holds(Duty.SUPERVISOR) or is_office_of(found.actor, tender.tenderer_id))
            and all_checked_in(session, tender_id)
        )
        own = found.actor.person_id if found else None
        seats = []
        for seat, expert in queries.panel(session, tender_id):
            entry = queries.entry(session, expert)[0] if sees_names and expert else None
            seats.append(
                {
                    "seat": seat.seat,
                    "group": seat.seat_group,
                    "is_own": own is not None and expert is not None and expert.person_id == own,
                    "name": entry.name if entry else None,
                    "employer": entry.employer if entry else None,
                }
            )
    return {"seats": seats, "names_are_public": is_over}


def is_office_of(actor: Actor, tenderer_id: str) -> bool:
    """Whether somebody acts for the tenderer."""
    return actor.holds(Duty.TENDER_OFFICE) and actor.organisation_id == tenderer_id


@post("/api/tenders/{tender_id:str}/call-out", opt=DRAW_ROOM)
def call_out(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[Any]:
    """The drawn experts, for the pool manager who calls them; nothing of this answer is kept, the look is logged."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        members = actions.call_out(session, actor=actor, tender_id=tender_id, now=adapters.clock.now())
    seats = [{"seat": seat, "number": number, "name": name} for seat, number, name in members]
    return Response({"seats": seats}, headers={"Cache-Control": "no-store"})


@get("/api/my-seats")
def show_my_seats(request: Request[Any, Any, Any]) -> list[dict[str, str]]:
    """The panels on which the signed-in expert sits."""
    actor = caller(request).may(Scope.EVALUATE)
    actor.require(Duty.EXPERT)
    with adapters_of(request).database.reading() as session:
        return [
            {
                "tender": seat.tender_id,
                "seat": seat.seat,
                "stage": tenders.tender(session, seat.tender_id).stage,
            }
            for seat in queries.seats_of_person(session, actor.person_id)
        ]


def read_group(shape: SeatGroupShape, where: str) -> SeatGroup:
    """A seat group from its JSON form."""
    if not shape.id.strip() or not shape.specialties or not all(s.strip() for s in shape.specialties):
        raise BadInput(where=where, why="an id and at least one specialty are needed")
    if not 1 <= shape.quota <= MOST_QUOTA or not 0 <= shape.reserves <= MOST_QUOTA:
        raise BadInput(where=where, why=f"a quota is 1 to {MOST_QUOTA}, reserves are 0 to {MOST_QUOTA}")
    return SeatGroup(
        id=shape.id,
        name=shape.name,
        quota=shape.quota,
        reserves=shape.reserves,
        specialties=tuple(shape.specialties),
        regions=tuple(shape.regions),
    )


def check_over(session: Session, tender_id: str) -> None:
    """Raise NotFound while the members' names must stay secret."""
    if tenders.tender(session, tender_id).stage != Stage.EVALUATED:
        raise NotFound(what="published draw record of tender", id=tender_id)


ROUTES = [
    import_experts,
    list_experts,
    request_draw,
    request_round,
    list_rounds,
    show_draw,
    show_record,
    show_panel,
    call_out,
    show_my_seats,
]

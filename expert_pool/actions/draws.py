"""A draw of experts: the frozen request, and the panel that follows from the secrets of its ceremony."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from expert_pool import queries
from expert_pool.actions.disclosure import disclose
from expert_pool.actions.eligibility import keep_judgement, seal_candidate
from expert_pool.ceremony import DEFAULT_WINDOW, LEAST_WINDOW, MOST_WINDOW, last_window_ends
from expert_pool.draw import (
    DrawGroup,
    DrawRequest,
    DrawTerms,
    PanelDraw,
    Round,
    Row,
    employer_tag,
    kin_tag,
    make_request,
    request_hash,
    seed_of,
    write_request,
    write_table,
)
from expert_pool.drawing import draw_panel
from expert_pool.eligibility import SeatGroup, write_group
from expert_pool.eligibility_rules import EligibilityRules
from expert_pool.experts import expert_leaf, leaf_salt
from expert_pool.late_value import late_rule_of, late_value
from expert_pool.nonces import NONCE_BYTES, Nonces, nonces_hash, write_nonces
from expert_pool.panel import PanelRule, check_panel
from expert_pool.queries.calls import calls
from expert_pool.queries.candidates import JudgedPool, avoidances, judge_pool
from expert_pool.queries.pool import name_of
from expert_pool.queries.sealed import DrawTable, open_table, seal_seat, seal_table
from expert_pool.queries.verifier import verifier_sha256
from expert_pool.records.draws import DrawPartyRecord, DrawRecord, PanelSeatRecord
from expert_pool.reserves import employers_of
from expert_pool.rounds import in_order_of_filling, next_of_rounds, number_of
from expert_pool.transcript import read_request, read_result, write_result
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender
from tender.lifecycle import Move, Stage, after

PARTY_DUTIES = {"office": Duty.TENDER_OFFICE, "witness": Duty.WITNESS, "supervisor": Duty.SUPERVISOR}
"""The three parties in the order of revealing: who asked for the draw first, who supervises it last."""
MOST_EMPLOYER_CAP = 9
MOST_RESTARTS = 1
"""Each free restart would let somebody who spoils draws double a favoured expert's chance."""


def request_draw(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    groups: Sequence[SeatGroup],
    panel: PanelRule,
    rules: EligibilityRules | None = None,
    employer_cap: int = 0,
    reveal_minutes: int = DEFAULT_WINDOW,
    late_round: int = 0,
    now: datetime,
) -> str:
    """Freeze who can be drawn for a tender, with which chances; returns the draw's id.

    `reveal_minutes` is how long each party may take once it is its turn. `late_round` names a round of the drand chain
    quicknet to be mixed in, 0 for none; it must come after the last window can end.

    `rules` are the limits of eligibility, those in force where none are given; they are frozen with the draw.
    `employer_cap` is the most seats that experts of one employer may hold, 0 for no limit. The table then carries an
    employer's tag, made with the draw's key; rows of relatives (expert_pool.kin) share a tag in the same way.

    Raises:
        TooFewEligibleExperts: the pool cannot fill the seats; `short` names the groups, `shortages` and `relaxation`
            say the same as values (expert_pool.hall).
        Refused: the panel is too small, even, or was requested before.
    """
    tender = own_tender(session, actor, tender_id)
    after(Stage(tender.stage), Move.DRAW)
    if queries.find_draw(session, tender_id) is not None:
        raise Refused(rule="one-draw", why="the draw of this tender was already requested")
    check_restart(session, tender_id, 1)
    check_window(reveal_minutes)
    check_panel(panel, sum(group.quota for group in groups), 0)
    if not 0 <= employer_cap <= MOST_EMPLOYER_CAP:
        raise BadInput(where="per_employer", why=f"it must be from 0 to {MOST_EMPLOYER_CAP}")
    draw_id, leaf_key = new_id(), os.urandom(32)
    judged = judge_pool(session, tender_id=tender_id, groups=groups, rules=rules, now=now)
    rows, snapshot = [], {}
    for one in judged.candidates:
        leaf = expert_leaf(leaf_salt(leaf_key, draw_id, one.number), one.entry)
        tags = () if one.excluded or not employer_cap else (employer_tag(leaf_key, draw_id, one.employer),)
        kin = kin_tag(leaf_key, draw_id, one.family) if one.family and not one.excluded else ""
        rows.append(Row(leaf, one.mask, one.excluded, tags, kin))
        snapshot[leaf] = seal_candidate(session, draw_id, one)
    drawn_groups = [DrawGroup(group.id, group.quota, group.reserves) for group in groups]
    number = queries.next_number(session)
    late = late_rule_of(late_round, last_window_ends(now, reveal_minutes, len(PARTY_DUTIES)))
    nonces = freeze_nonces(session, tender_id)
    caps = (employer_cap,) if employer_cap else ()
    terms = DrawTerms(caps, late, verifier_sha256(), Round(nonces=nonces_hash(nonces)))
    request = make_request(draw_id, number, tender_id, drawn_groups, tuple(PARTY_DUTIES), rows, terms)
    keep_request(
        session,
        actor=actor,
        request=request,
        groups=[write_group(group) for group in groups],
        table=DrawTable(leaf_key, write_table(request), snapshot),
        judged=judged,
        nonces=nonces,
        reveal_minutes=reveal_minutes,
        now=now,
    )
    return draw_id


def freeze_nonces(session: Session, tender_id: str) -> Nonces:
    """All nonces that bidders have handed in, under a new salt: the hash of none looks like that of many."""
    tenders.tender(session, tender_id, lock=True)  # none is handed in meanwhile
    return Nonces(
        os.urandom(NONCE_BYTES), tuple(one.nonce for one in queries.nonces_given(session, tender_id))
    )


def check_restart(session: Session, tender_id: str, round: int) -> None:
    """Refuse what would be a second restart of a round."""
    if len(queries.voided_draws(session, tender_id, round)) > MOST_RESTARTS:
        raise Refused(rule="one-restart", why="a voided draw is asked for again once only")


def check_window(reveal_minutes: int) -> None:
    """Refuse a window in which nobody can act, or in which nobody has to."""
    if not LEAST_WINDOW <= reveal_minutes <= MOST_WINDOW:
        why = f"from {LEAST_WINDOW} to {MOST_WINDOW} minutes are allowed"
        raise BadInput(where="reveal_minutes", why=why)


def keep_request(
    session: Session,
    *,
    actor: Actor,
    request: DrawRequest,
    groups: list[dict[str, JsonValue]],
    table: DrawTable,
    judged: JudgedPool | None,
    nonces: Nonces,
    reveal_minutes: int,
    now: datetime,
) -> None:
    """Keep a frozen request with its sealed table; a further round was judged with the first one."""
    draw_id, hash, round = request.draw_id, request_hash(request), number_of(request)
    voided = queries.voided_draws(session, request.tender_id, round)
    session.add(
        DrawRecord(
            id=draw_id,
            tender_id=request.tender_id,
            round=round,
            number=request.number,
            groups=groups,
            request=write_request(request),
            request_hash=hash,
            sealed=seal_table(session, draw_id, table),
            opened_by=actor.person_id,
            opened_at=now,
            reveal_minutes=reveal_minutes,
            nonces=[str(part) for part in write_nonces(nonces)],
            restart_of=voided[0].id if voided else "",
        )
    )
    session.flush()
    for position, party in enumerate(PARTY_DUTIES):
        session.add(DrawPartyRecord(draw_id=draw_id, party=party, position=position))
    codes = Counter(row.excluded for row in request.rows if row.excluded)
    data: dict[str, JsonValue] = {
        "request": hash.hex(),
        "number": request.number,
        "round": round,
        "experts": len(request.rows),
        "excluded": dict(sorted(codes.items())),
        "reveal_minutes": reveal_minutes,
        "restart_of": voided[0].id if voided else None,
    }
    if judged is not None:
        data["rules"] = keep_judgement(session, draw_id=draw_id, judged=judged)
    audit_log.append(session, Fact("draw.requested", draw_id, request.tender_id, data), now)


def call_out(session: Session, *, actor: Actor, tender_id: str, now: datetime) -> list[tuple[str, str, str]]:
    """Who must be called by hand: seat, expert's number and name; each look is logged with who took it.

    That discloses the panel: its members find their seats at their own desks from now on.

    Raises:
        Refused: the panel is called by machine, so nobody needs to see a name.
    """
    actor.require(Duty.POOL_MANAGER)
    if calls(session, tender_id):
        raise Refused(rule="machine-calls", why="this panel is called by machine; its names stay sealed")
    disclose(session, tender_id, now)
    members = [
        (seat.seat, expert.number, name_of(session, expert))
        for seat, expert in queries.disclosed(session, tender_id)
    ]
    data: dict[str, JsonValue] = {"by": actor.person_id, "seats": len(members)}
    audit_log.append(session, Fact("panel.called-out", tender_id, tender_id, data), now)
    return members


def seat_reserve(session: Session, *, tender_id: str, seat: str, now: datetime) -> PanelSeatRecord | None:
    """Give a seat to the next reserve of its group, under a new seat's name; the caller logs why.

    Where no reserve is left the seat stays vacant for a further round, which is logged here, and None comes back.
    """
    rounds, taken = queries.rounds(session, tender_id), queries.all_seats(session, tender_id)
    left = next((row for row, _ in taken if row.seat == seat and row.replaced_by is None), None)
    results = [read_result(one.result) for one in rounds if one.result is not None]
    if not results or left is None:
        raise NotFound(what="seat", id=seat)
    seated = {row.leaf for row, _ in taken if row.replaced_by is None and row.seat != seat}
    # All rounds have the leaves of the first one, and their tags of employers.
    table = open_table(session, rounds[0])
    employers = employers_of(read_request(rounds[0].request, table.rows))
    avoided = {row.leaf for row in avoidances(session, tender_id)}
    called = {row.leaf for row, _ in taken} | avoided
    waiting = next_of_rounds(results, left.seat_group, seated, called, employers)
    if waiting is None:
        left.vacated_at = now
        session.add(left)
        session.flush()
        used: dict[str, JsonValue] = {
            "seat": seat,
            "group": left.seat_group,
            "passed_over": passed_over(session, tender_id),
        }
        audit_log.append(session, Fact("panel.reserves-used-up", tender_id, tender_id, used), now)
        return None
    left.replaced_by = f"seat-{len(taken) + 1}"
    session.add(left)
    expert_id = table.experts[waiting][0]
    made = sealed_seat(session, tender_id, left.replaced_by, left.seat_group, waiting, expert_id)
    if left.expert_id is not None and not calls(session, tender_id):
        made.expert_id = expert_id  # people called this panel by hand, so they call its reserve by name too
    session.add(made)
    session.flush()
    return made


def sealed_seat(
    session: Session, tender_id: str, seat: str, group: str, leaf: str, expert_id: str
) -> PanelSeatRecord:
    """A seat whose expert only the caller's key opens, until the panel is disclosed."""
    sealed = seal_seat(session, tender_id, seat, expert_id)
    return PanelSeatRecord(tender_id=tender_id, seat=seat, seat_group=group, leaf=leaf, sealed=sealed)


def passed_over(session: Session, tender_id: str) -> list[JsonValue]:
    """The leaves that no seat is given to any more, because the check after the opening found a tie."""
    return [row.leaf for row in avoidances(session, tender_id)]


def finish_draw(session: Session, draw: DrawRecord, now: datetime) -> None:
    """Draw the panel from what was revealed, rebuilt or brought late."""
    request = queries.request_value(session, draw)
    rule = request.terms.late if request.terms else None
    late = late_value(rule, draw.late_value) if rule and draw.late_value else None
    seed = seed_of(draw.request_hash, queries.seed_reveals(session, draw), late)
    result = draw_panel(request, seed)
    draw.result, draw.drawn_at = write_result(result), now
    session.add(draw)
    experts, taken = open_table(session, draw).experts, queries.all_seats(session, draw.tender_id)
    for number, seat in enumerate(result.seats, len(taken) + 1):
        expert_id = experts[seat.leaf][0]
        session.add(sealed_seat(session, draw.tender_id, f"seat-{number}", seat.group, seat.leaf, expert_id))
    session.flush()
    digest = sha256(canonical(queries.transcript(session, draw))).hexdigest()
    data: dict[str, JsonValue] = {"seats": len(result.seats), "round": draw.round, "record": digest}
    audit_log.append(session, Fact("panel.drawn", draw.id, draw.tender_id, data), now)
    _fill_vacant(session, request, result, [row for row, _ in taken], now)


def _fill_vacant(
    session: Session, request: DrawRequest, result: PanelDraw, taken: list[PanelSeatRecord], now: datetime
) -> None:
    """Write down which new seat takes the place of which vacant one."""
    round = request.terms.round if request.terms else None
    vacant = {row.seat: row for row in taken if round and row.seat in round.seats}
    groups = {seat: row.seat_group for seat, row in vacant.items()}
    for number, (left, drawn) in enumerate(
        zip(in_order_of_filling(request.groups, groups), result.seats if vacant else (), strict=True),
        len(taken) + 1,
    ):
        vacant[left].replaced_by = f"seat-{number}"
        session.add(vacant[left])
        data: dict[str, JsonValue] = {
            "seat": left,
            "replacement": f"seat-{number}",
            "group": drawn.group,
            "leaf": drawn.leaf,
            "draw": request.draw_id,
        }
        audit_log.append(session, Fact("seat.replaced", request.tender_id, request.tender_id, data), now)
    session.flush()

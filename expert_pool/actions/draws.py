"""A draw of experts: request, commit, reveal; the last reveal draws."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, canonical
from expert_pool import queries
from expert_pool.actions.eligibility import keep_judgement, seal_candidate
from expert_pool.draw import (
    DrawGroup,
    DrawTerms,
    Reveal,
    Row,
    check_reveal,
    employer_tag,
    make_request,
    request_hash,
    seed_of,
    write_request,
    write_table,
)
from expert_pool.drawing import draw_panel
from expert_pool.eligibility import SeatGroup
from expert_pool.eligibility_rules import DEFAULT, EligibilityRules
from expert_pool.experts import expert_leaf, leaf_salt
from expert_pool.panel import PanelRule, check_panel
from expert_pool.queries.candidates import judge_pool
from expert_pool.queries.pool import name_of
from expert_pool.records.draws import DrawPartyRecord, DrawRecord, PanelSeatRecord
from expert_pool.reserves import employers_of, next_reserve
from expert_pool.transcript import read_result, write_result
from kernel.errors import BadInput, NotFound, Refused, WrongStage
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact
from tender import queries as tenders
from tender.actions.draft import own_tender
from tender.lifecycle import Move, Stage, after

PARTY_DUTIES = {"office": Duty.TENDER_OFFICE, "witness": Duty.WITNESS, "supervisor": Duty.SUPERVISOR}
"""The three parties in the order of revealing: who asked for the draw first, who supervises it last."""
MOST_EMPLOYER_CAP = 9


def request_draw(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    groups: Sequence[SeatGroup],
    panel: PanelRule,
    rules: EligibilityRules = DEFAULT,
    employer_cap: int = 0,
    now: datetime,
) -> str:
    """Freeze who can be drawn for a tender, with which chances; returns the draw's id.

    `employer_cap` is the most seats that experts of one employer may hold, 0 for no limit. The table then carries an
    employer's tag, made with the draw's key; rows of relatives share `Row.kin` in the same way, where it is known.

    Raises:
        TooFewEligibleExperts: the pool cannot fill the seats; `short` names the groups, `shortages` and `relaxation`
            say the same as values (expert_pool.hall).
        Refused: the panel is too small, even, or was requested before.
    """
    tender = own_tender(session, actor, tender_id)
    after(Stage(tender.stage), Move.DRAW)
    if queries.find_draw(session, tender_id) is not None:
        raise Refused(rule="one-draw", why="the draw of this tender was already requested")
    check_panel(panel, sum(group.quota for group in groups), 0)
    if not 0 <= employer_cap <= MOST_EMPLOYER_CAP:
        raise BadInput(where="employer_cap", why=f"it must be from 0 to {MOST_EMPLOYER_CAP}")
    draw_id, leaf_key = new_id(), os.urandom(32)
    judged = judge_pool(session, tender_id=tender_id, groups=groups, rules=rules, now=now)
    rows, snapshot = [], {}
    for one in judged.candidates:
        leaf = expert_leaf(leaf_salt(leaf_key, draw_id, one.number), one.entry)
        tags = () if one.excluded or not employer_cap else (employer_tag(leaf_key, draw_id, one.employer),)
        rows.append(Row(leaf, one.mask, one.excluded, tags))
        snapshot[leaf] = seal_candidate(session, draw_id, one)
    drawn_groups = [DrawGroup(group.id, group.quota, group.reserves) for group in groups]
    number = queries.next_number(session)
    terms = DrawTerms(caps=(employer_cap,) if employer_cap else ())
    request = make_request(draw_id, number, tender_id, drawn_groups, tuple(PARTY_DUTIES), rows, terms)
    session.add(
        DrawRecord(
            id=draw_id,
            tender_id=tender_id,
            number=number,
            groups=[_write_group(group) for group in groups],
            request=write_request(request),
            request_hash=request_hash(request),
            rows=write_table(request),
            leaf_key=leaf_key,
            experts=snapshot,
            opened_by=actor.person_id,
            opened_at=now,
        )
    )
    session.flush()
    for position, party in enumerate(PARTY_DUTIES):
        session.add(DrawPartyRecord(draw_id=draw_id, party=party, position=position))
    codes = Counter(row.excluded for row in rows if row.excluded)
    data: dict[str, JsonValue] = {
        "request": request_hash(request).hex(),
        "number": number,
        "experts": len(rows),
        "rules": keep_judgement(session, draw_id=draw_id, judged=judged),
        "excluded": dict(sorted(codes.items())),
    }
    audit_log.append(session, Fact("draw.requested", draw_id, tender_id, data), now)
    return draw_id


def commit(
    session: Session, *, actor: Actor, draw_id: str, party: str, commitment: bytes, now: datetime
) -> None:
    """Take one party's commitment; it is final."""
    draw, record = _act_as(session, actor, draw_id, party)
    if len(commitment) != 32:
        raise BadInput(where="commitment", why="32 bytes are needed")
    if record.commitment == commitment:
        return
    if record.commitment is not None:
        raise Refused(rule="one-commitment", why=f"{party} has already committed to another value")
    record.commitment, record.committed_by, record.committed_at = commitment, actor.person_id, now
    session.add(record)
    data: dict[str, JsonValue] = {"party": party, "commitment": commitment.hex()}
    audit_log.append(session, Fact("draw.committed", draw_id, draw.tender_id, data), now)


def reveal(session: Session, *, actor: Actor, draw_id: str, party: str, secret: bytes, now: datetime) -> bool:
    """Take one party's secret, in the fixed order; the last one draws the panel. Returns whether it did.

    Raises:
        Refused: somebody has not committed yet, or it is another party's turn.
        WrongReveal: the secret is not the one committed to.
    """
    draw, record = _act_as(session, actor, draw_id, party)
    parties = queries.parties(session, draw_id)
    if record.secret == secret:
        return draw.result is not None
    missing = [p.party for p in parties if p.commitment is None]
    if missing:
        raise Refused(rule="commit-before-reveal", why=f"no commitment yet from {', '.join(missing)}")
    turn = next((p.party for p in parties if p.secret is None), "nobody")
    if turn != party:
        raise Refused(rule="reveal-order", why=f"it is the turn of {turn}")
    assert record.commitment is not None
    check_reveal(draw.request_hash, record.commitment, Reveal(party, secret))
    record.secret, record.revealed_by, record.revealed_at = secret, actor.person_id, now
    session.add(record)
    session.flush()
    audit_log.append(session, Fact("draw.revealed", draw_id, draw.tender_id, {"party": party}), now)
    if party != parties[-1].party:
        return False
    _draw(session, draw, now)
    return True


def call_out(session: Session, *, actor: Actor, tender_id: str, now: datetime) -> list[tuple[str, str, str]]:
    """Who must be called for a panel: seat, expert's number and name; each look is logged with who took it."""
    actor.require(Duty.POOL_MANAGER)
    members = [
        (seat.seat, expert.number, name_of(session, expert))
        for seat, expert in queries.panel(session, tender_id)
    ]
    data: dict[str, JsonValue] = {"by": actor.person_id, "seats": len(members)}
    audit_log.append(session, Fact("panel.called-out", tender_id, tender_id, data), now)
    return members


def seat_reserve(session: Session, *, tender_id: str, seat: str) -> PanelSeatRecord:
    """Give a seat to the next reserve of its group, under a new seat's name; the caller logs why.

    Raises:
        Refused: the draw's reserves of this group are used up.
    """
    draw, taken = queries.find_draw(session, tender_id), queries.all_seats(session, tender_id)
    left = next((row for row, _ in taken if row.seat == seat and row.replaced_by is None), None)
    if draw is None or draw.result is None or left is None:
        raise NotFound(what="seat", id=seat)
    seated = {row.leaf for row, _ in taken if row.replaced_by is None and row.seat != seat}
    called, employers = {row.leaf for row, _ in taken}, employers_of(queries.request_value(draw))
    waiting = next_reserve(read_result(draw.result), left.seat_group, seated, called, employers)
    if waiting is None:
        raise Refused(rule="reserves", why="no reserve of this group of seats is left")
    left.replaced_by = f"seat-{len(taken) + 1}"
    session.add(left)
    made = PanelSeatRecord(
        tender_id=tender_id,
        seat=left.replaced_by,
        seat_group=left.seat_group,
        leaf=waiting,
        expert_id=draw.experts[waiting][0],
    )
    session.add(made)
    session.flush()
    return made


def _draw(session: Session, draw: DrawRecord, now: datetime) -> None:
    request = queries.request_value(draw)
    seed = seed_of(draw.request_hash, queries.reveals(session, draw.id))
    result = draw_panel(request, seed)
    draw.result, draw.drawn_at = write_result(result), now
    session.add(draw)
    for number, seat in enumerate(result.seats, 1):
        session.add(
            PanelSeatRecord(
                tender_id=draw.tender_id,
                seat=f"seat-{number}",
                seat_group=seat.group,
                leaf=seat.leaf,
                expert_id=draw.experts[seat.leaf][0],
            )
        )
    session.flush()
    digest = sha256(canonical(queries.transcript(session, draw))).hexdigest()
    data: dict[str, JsonValue] = {"seats": len(result.seats), "record": digest}
    audit_log.append(session, Fact("panel.drawn", draw.id, draw.tender_id, data), now)


def _act_as(session: Session, actor: Actor, draw_id: str, party: str) -> tuple[DrawRecord, DrawPartyRecord]:
    """The draw, locked, and the party that the actor may act for."""
    if party not in PARTY_DUTIES:
        raise BadInput(where="party", why=f"it must be one of {', '.join(PARTY_DUTIES)}")
    actor.require(PARTY_DUTIES[party])
    draw = queries.draw(session, draw_id, lock=True)
    tender = tenders.tender(session, draw.tender_id)
    if party == "office":
        own_tender(session, actor, draw.tender_id)
    if tender.stage != Stage.OPENED:
        raise WrongStage(move=Move.DRAW, stage=tender.stage)
    return draw, next(p for p in queries.parties(session, draw_id) if p.party == party)


def _write_group(group: SeatGroup) -> dict[str, JsonValue]:
    return {
        "id": group.id,
        "name": dict(group.name),
        "quota": group.quota,
        "reserves": group.reserves,
        "specialties": list(group.specialties),
        "regions": list(group.regions),
    }

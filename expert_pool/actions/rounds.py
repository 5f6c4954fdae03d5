"""A further round of a draw: the office asks for it while seats are vacant, for exactly those seats."""

from collections import Counter
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor
from expert_pool import queries
from expert_pool.actions.draws import PARTY_DUTIES, check_restart, check_window, freeze_nonces, keep_request
from expert_pool.ceremony import DEFAULT_WINDOW, last_window_ends
from expert_pool.draw import DrawTerms, Round, make_request, request_hash, write_table
from expert_pool.late_value import late_rule_of
from expert_pool.nonces import nonces_hash
from expert_pool.queries.panels import vacant_seats
from expert_pool.queries.sealed import DrawTable, open_table
from expert_pool.queries.verifier import verifier_sha256
from expert_pool.rounds import later_groups, later_rows
from kernel.errors import Refused
from kernel.ids import new_id
from tender.actions.draft import own_tender
from tender.lifecycle import Move, Stage, after


def request_round(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    reveal_minutes: int = DEFAULT_WINDOW,
    late_round: int = 0,
    now: datetime,
) -> str:
    """Freeze a further round for the seats that are vacant now; returns its draw's id.

    Who can be drawn, the groups and the caps are what the rounds before leave (`expert_pool.rounds`). The parties hold
    the whole ceremony again, with new secrets: nobody could know who would be next before the seats were vacant.

    Raises:
        TooFewEligibleExperts: the pool that is left cannot fill the seats.
        Refused: nothing was drawn yet, the last round is under way, or no seat is vacant.
    """
    tender = own_tender(session, actor, tender_id)
    after(Stage(tender.stage), Move.DRAW)
    newest = queries.find_draw(session, tender_id)
    if newest is None:
        raise Refused(rule="first-round", why="no panel was drawn for this tender yet")
    if newest.result is None:
        raise Refused(rule="one-round", why="the last round of this draw is still under way")
    vacant = set(vacant_seats(session, tender_id))
    if not vacant:
        raise Refused(rule="no-vacant-seat", why="no seat of this panel is vacant")
    check_restart(session, tender_id, newest.round + 1)
    check_window(reveal_minutes)
    rounds, panel = queries.drawn_rounds(session, tender_id), queries.panel(session, tender_id)
    first, before = rounds[0].request, rounds[-1].request
    groups = later_groups(first, Counter(seat.seat_group for seat, _ in panel if seat.seat in vacant))
    rows = later_rows(rounds, groups, {seat.leaf for seat, _ in panel if seat.seat not in vacant})
    late = late_rule_of(late_round, last_window_ends(now, reveal_minutes, len(PARTY_DUTIES)))
    seats = tuple(seat.seat for seat, _ in panel if seat.seat in vacant)
    nonces = freeze_nonces(session, tender_id)
    round = Round(newest.round + 1, request_hash(before).hex(), seats, nonces_hash(nonces))
    terms = DrawTerms(first.terms.caps if first.terms else (), late, verifier_sha256(), round)
    number = queries.next_number(session)
    request = make_request(new_id(), number, tender_id, groups, tuple(PARTY_DUTIES), rows, terms)
    record = queries.rounds(session, tender_id)[0]
    quotas, known = {group.id: group.quota for group in groups}, open_table(session, record)
    keep_request(
        session,
        actor=actor,
        request=request,
        groups=[{**group, "quota": quotas[group["id"]]} for group in record.groups if group["id"] in quotas],
        table=DrawTable(known.leaf_key, write_table(request), known.experts),
        judged=None,
        nonces=nonces,
        reveal_minutes=reveal_minutes,
        now=now,
    )
    return request.draw_id

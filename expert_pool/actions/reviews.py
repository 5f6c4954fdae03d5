"""A review panel for an approval case: freeze who can be drawn, draw and stop the clock, look at the names, replace.

The officer asks at the step 专家评审 of the item, and only there.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.actions.act import act
from approval.actions.allowed import allowed_acts
from approval.item import StepKind
from approval.lifecycle import Act
from approval.queries import cases
from approval.queries.calendar import calendar
from approval.queries.views import case_for
from approval.records.cases import CaseRecord
from crypto.canonical import JsonValue, canonical
from expert_pool.actions.eligibility import seal_candidate
from expert_pool.draw import DrawGroup, Row, employer_tag, kin_tag, request_hash, write_request, write_table
from expert_pool.eligibility import SeatGroup, write_group
from expert_pool.experts import expert_leaf, leaf_salt
from expert_pool.panel import check_panel
from expert_pool.queries import pool, reviews
from expert_pool.queries.candidates import judge_against
from expert_pool.queries.sealed import DrawTable, seal_table, unsealed_table
from expert_pool.queries.verifier import verifier_sha256
from expert_pool.records.pool import ExpertRecord
from expert_pool.records.reviews import ReviewDrawRecord
from expert_pool.reserves import employers_of, next_reserve
from expert_pool.review_draw import FROZEN, REVIEW_RULE, draw_review, freeze_review, frozen_data
from expert_pool.transcript import read_result, write_result
from kernel.errors import BadInput, NotFound, Refused
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact

MOST_EMPLOYER_CAP = 9
LONGEST_REASON = 1000


def ask_review_panel(
    session: Session,
    *,
    actor: Actor,
    case_id: str,
    groups: Sequence[SeatGroup],
    employer_cap: int = 0,
    now: datetime,
) -> str:
    """Freeze who can be drawn to review a case; returns the panel's id.

    Raises:
        Refused: the case is at no step of expert review, a panel was asked for before, or it is too small or even.
        TooFewEligibleExperts: the pool cannot fill the seats.
    """
    case = cases.lock_case(session, case_id)
    _check_step(session, actor, case, now)
    if reviews.find_review(session, case_id) is not None:
        raise Refused(rule="one-review-panel", why="a review panel of this case was already asked for")
    check_panel(REVIEW_RULE, sum(group.quota for group in groups), 0)
    if not 0 <= employer_cap <= MOST_EMPLOYER_CAP:
        raise BadInput(where="per_employer", why=f"it must be from 0 to {MOST_EMPLOYER_CAP}")
    draw_id, leaf_key, secret = new_id(), os.urandom(32), os.urandom(32)
    parties = reviews.review_parties(session, case)
    judged = judge_against(session, parties=parties, groups=groups, now=now)
    rows, kept = [], {}
    for one in judged.candidates:
        leaf = expert_leaf(leaf_salt(leaf_key, draw_id, one.number), one.entry)
        is_in = not one.excluded
        tags = (employer_tag(leaf_key, draw_id, one.employer),) if is_in and employer_cap else ()
        kin = kin_tag(leaf_key, draw_id, one.family) if is_in and one.family else ""
        rows.append(Row(leaf, one.mask, one.excluded, tags, kin))
        kept[leaf] = seal_candidate(session, draw_id, one)
    request = freeze_review(
        draw_id,
        reviews.next_review_number(session),
        case_id,
        [DrawGroup(group.id, group.quota, group.reserves) for group in groups],
        rows,
        (employer_cap,) if employer_cap else (),
        verifier_sha256(),
    )
    entry = audit_log.append(session, Fact(FROZEN, draw_id, data=frozen_data(request, secret)), now)
    session.add(
        ReviewDrawRecord(
            id=draw_id,
            case_id=case_id,
            number=request.number,
            groups=[write_group(group) for group in groups],
            request=write_request(request),
            request_hash=request_hash(request),
            sealed=seal_table(session, draw_id, DrawTable(leaf_key, write_table(request), kept)),
            secret=secret,
            log_index=entry.index,
            opened_by=actor.person_id,
            opened_at=now,
        )
    )
    session.flush()
    return draw_id


def draw_review_panel(
    session: Session, *, actor: Actor, draw_id: str, planned_days: int, now: datetime
) -> int:
    """Draw with the root that the log had after the next entry, and stop the clock of the case for the review.

    The stop stands in the case's timeline with the panel's number and no name. Returns how many seats were drawn.
    """
    draw, case = _own_panel(session, actor, draw_id)
    _check_step(session, actor, case, now)
    if draw.root is not None:
        raise Refused(rule="review-drawn", why="this review panel is drawn already")
    if audit_log.frontier(session).size < draw.log_index + 2:
        audit_log.append(session, Fact("review-panel.asked", draw_id), now)
    draw.root = audit_log.root_at(session, draw.log_index + 2)
    result = draw_review(reviews.review_request(session, draw), draw.secret, draw.root)
    draw.result, draw.drawn_at = write_result(result), now
    draw.seats = [
        {"seat": f"seat-{number}", "group": seat.group, "leaf": seat.leaf, "replaced_by": ""}
        for number, seat in enumerate(result.seats, 1)
    ]
    session.add(draw)
    session.flush()
    digest = sha256(canonical(reviews.written_record(session, draw))).hexdigest()
    data: dict[str, JsonValue] = {"seats": len(result.seats), "record": digest}
    audit_log.append(session, Fact("review-panel.drawn", draw_id, data=data), now)
    stop = {"kind": "expert_review", "planned_days": planned_days, "refers_to": reference(draw)}
    act(
        session,
        actor=actor,
        case_id=case.id,
        act=Act.STOP,
        data=stop,
        calendar=calendar(session),
        now=now,
    )
    return len(result.seats)


def look_at_reviewers(
    session: Session, *, actor: Actor, draw_id: str, now: datetime
) -> list[tuple[str, str, str, str]]:
    """Whom the officer has to call: seat, group, name and telephone; each look is logged with who took it."""
    draw, _ = _own_panel(session, actor, draw_id)
    if draw.result is None:
        raise NotFound(what="members of review panel", id=draw_id)
    known = unsealed_table(session, draw.id, draw.sealed).experts
    found = []
    for one in draw.seats:
        if not one["replaced_by"]:
            record = session.get_one(ExpertRecord, known[one["leaf"]][0])
            expert, identity = pool.entry(session, record)
            found.append((one["seat"], one["group"], expert.name, identity.telephone))
    data: dict[str, JsonValue] = {"by": actor.person_id, "seats": len(found)}
    audit_log.append(session, Fact("review-panel.looked-at", draw_id, data=data), now)
    return found


def replace_reviewer(
    session: Session, *, actor: Actor, draw_id: str, seat: str, reason: str, now: datetime
) -> str:
    """Give the seat of somebody who cannot come to the next reserve of the group; returns the new seat.

    Raises:
        Refused: no reserve is left.
    """
    draw, _ = _own_panel(session, actor, draw_id)
    words = reason.strip()
    if not 1 <= len(words) <= LONGEST_REASON:
        raise BadInput(where="reason", why=f"a reason of up to {LONGEST_REASON} characters is needed")
    left = next((one for one in draw.seats if one["seat"] == seat and not one["replaced_by"]), None)
    if left is None or draw.result is None:
        raise NotFound(what="seat", id=seat)
    seated = {one["leaf"] for one in draw.seats if not one["replaced_by"] and one["seat"] != seat}
    called = {one["leaf"] for one in draw.seats}
    employers = employers_of(reviews.review_request(session, draw))
    waiting = next_reserve(read_result(draw.result), left["group"], seated, called, employers)
    if waiting is None:
        raise Refused(rule="reserves", why="no reserve of this group of seats is left")
    made = {
        "seat": f"seat-{len(draw.seats) + 1}",
        "group": left["group"],
        "leaf": waiting,
        "replaced_by": "",
    }
    seats = [{**one, "replaced_by": made["seat"]} if one["seat"] == seat else one for one in draw.seats]
    draw.seats = [*seats, made]
    session.add(draw)
    data: dict[str, JsonValue] = {
        "seat": seat,
        "replacement": made["seat"],
        "leaf": waiting,
        "by": actor.person_id,
        "reason": sha256(words.encode()).hexdigest(),
    }
    audit_log.append(session, Fact("review-panel.replaced", draw_id, data=data), now)
    return made["seat"]


def reference(draw: ReviewDrawRecord) -> str:
    """What a stop of the clock says of a review panel."""
    return f"review panel {draw.number}"


def may_ask(session: Session, actor: Actor, case: CaseRecord, now: datetime) -> bool:
    """Whether somebody may ask for a review panel of a case now."""
    version = cases.version(session, case.version_id)
    at_work = case.accepted_on is not None and 0 <= case.step < len(version.steps)
    if not at_work or version.steps[case.step].kind is not StepKind.EXPERT_REVIEW:
        return False
    if not actor.holds(Duty.CASE_OFFICER) or actor.organisation_id != case.department_id:
        return False
    days = calendar(session)
    return Act.STOP in allowed_acts(session, actor=actor, case=case, calendar=days, now=now)


def _check_step(session: Session, actor: Actor, case: CaseRecord, now: datetime) -> None:
    actor.require(Duty.CASE_OFFICER)
    case_for(session, actor, case.id)
    if not may_ask(session, actor, case, now):
        why = "experts are drawn by the officer of the department, at the step of expert review, while the clock runs"
        raise Refused(rule="review-step", why=why)


def _own_panel(session: Session, actor: Actor, draw_id: str) -> tuple[ReviewDrawRecord, CaseRecord]:
    """A panel of the officer's own department, with its case, both locked."""
    actor.require(Duty.CASE_OFFICER)
    draw = reviews.review(session, draw_id, lock=True)
    case = cases.lock_case(session, draw.case_id)
    if actor.organisation_id != case.department_id:
        raise NotFound(what="review panel", id=draw_id)
    return draw, case

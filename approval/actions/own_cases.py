"""What applicants do with their cases beside the table of acts: take one over by its code, confirm, ask for a look."""

import secrets
from datetime import datetime

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.applicant import code_digest
from approval.item import OnlineMode
from approval.lifecycle import State
from approval.queries import cases
from approval.records.cases import CaseRecord
from kernel.clock import write_time
from kernel.errors import NotFound, Refused
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import PlatformKeys

HELPED = "helped"


def claim_case(
    session: Session, *, actor: Actor, keys: PlatformKeys, number: str, code: str, now: datetime
) -> CaseRecord:
    """Take a case that a window opened into one's own account: number and code prove that it is one's own.

    Raises:
        NotFound: a wrong number and a wrong code alike, or a case of another account.
    """
    actor.require(Duty.APPLICANT)
    found = cases.case_by_number(session, number.strip().upper())
    if found is None or not code_fits(keys, found.id, found.code_hash, code):
        raise NotFound(what="case", id=number.strip()[:40])
    case = cases.lock_case(session, found.id)
    if case.applicant_id not in (None, actor.person_id):
        raise NotFound(what="case", id=number.strip()[:40])
    if case.applicant_id is None:
        case.applicant_id = actor.person_id
        audit_log.append(session, Fact("case.claimed", case.id), now)
    return case


def code_fits(keys: PlatformKeys, owner_id: str, kept: bytes | None, code: str) -> bool:
    """Whether a query code is the one on the slip."""
    return kept is not None and secrets.compare_digest(kept, code_digest(keys.people, owner_id, code))


def confirm_filled(session: Session, *, case_id: str, now: datetime) -> CaseRecord:
    """帮办: the applicant confirms what staff filled in; the door has checked who it is."""
    case = cases.lock_case(session, case_id)
    if case.service_mode != HELPED:
        raise Refused(rule="helped", why="nobody filled this in for you")
    if "confirmed_at" not in case.facts:
        case.facts = {**case.facts, "confirmed_at": write_time(now)}
        audit_log.append(session, Fact("case.confirmed", case.id), now)
    return case


def ask_pre_check(session: Session, *, actor: Actor, case_id: str, now: datetime) -> CaseRecord:
    """预审: ask the window to look at a draft; nothing is handed in by this and no clock starts."""
    case = cases.lock_case(session, case_id)
    if case.applicant_id != actor.person_id:
        raise NotFound(what="case", id=case_id)
    if case.state != State.DRAFT or case.online_mode != OnlineMode.PRE_CHECKED:
        raise Refused(rule="pre-check", why="only a draft in the pre-checked mode is looked at beforehand")
    kept = {name: value for name, value in case.facts.items() if name != "pre_checked"}
    case.facts = {**kept, "pre_check_asked_at": write_time(now)}
    return case

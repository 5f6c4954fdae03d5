"""一事一评: the right to rate a finished case once, the rating, and what a bad one leads to."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.applicant import code_digest
from approval.lifecycle import CLOSED
from approval.queries import cases, settings
from approval.records.cases import CaseRecord, TaskRecord
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from supervision.queries import ratings
from supervision.ratings import BAD_RATING_DAYS, BAD_RATING_TASK, check_rating, is_bad
from supervision.records import RatingRecord, RatingTokenRecord

CUSTOMERS = frozenset({Duty.APPLICANT, Duty.BIDDER})
"""The only duties somebody signed in may hold and still rate: all others work here."""


@dataclass(frozen=True)
class Rate:
    """One rating: a level, and marks by dimension."""

    level: int
    marks: Mapping[str, int]
    channel: str  # terminal, online
    remark: str = field(default="", repr=False)


def offer_rating(session: Session, *, case_id: str, now: datetime) -> str:
    """The token to rate a finished case with; a new one replaces an unused old one, and only its hash is kept."""
    case = cases.case(session, case_id)
    if case.state not in CLOSED:
        raise Refused(rule="one rating for one matter", why="the case has not ended")
    kept = ratings.token_of_case(session, case_id)
    if kept is not None and kept.used_at is not None:
        raise Refused(rule="one rating for one matter", why="this case was rated before")
    if kept is not None:
        session.delete(kept)
        session.flush()
    secret = secrets.token_urlsafe(24)
    session.add(RatingTokenRecord(token_hash=_hash(secret), case_id=case_id, made_at=now))
    return secret


def offer_by_code(session: Session, *, keys: PlatformKeys, number: str, code: str, now: datetime) -> str:
    """The token for who holds the number and the query code of a case; raises NotFound for a wrong pair."""
    case = cases.case_by_number(session, number.strip())
    given = code_digest(keys.people, case.id, code) if case else b""
    if case is None or case.code_hash is None or not secrets.compare_digest(case.code_hash, given):
        raise NotFound(what="case", id=number.strip()[:40])
    return offer_rating(session, case_id=case.id, now=now)


def case_to_rate(session: Session, *, token: str) -> CaseRecord:
    """The case that an unused token is for; raises NotFound."""
    found = ratings.token(session, _hash(token))
    if found is None or found.used_at is not None:
        raise NotFound(what="rating", id="")
    return cases.case(session, found.case_id)


def rate(
    session: Session, *, rater: Actor | None, token: str, command: Rate, calendar: Calendar, now: datetime
) -> RatingRecord:
    """Rate a case once.

    Raises:
        NotAllowed: somebody who works here is signed in at this browser.
        NotFound: the token is unknown or used.
    """
    check_is_customer(rater)
    check_rating(command.level, command.marks, command.channel)
    if len(command.remark) > 1000:
        raise BadInput(where="remark", why="at most 1000 characters are allowed")
    found = ratings.token(session, _hash(token), lock=True)
    if found is None or found.used_at is not None:
        raise NotFound(what="rating", id="")
    found.used_at = now
    case = cases.case(session, found.case_id)
    today = business_day(now)
    record = RatingRecord(
        id=new_id(),
        case_id=case.id,
        department_id=case.department_id,
        window_id=case.window_id,
        handler_id=case.handler_id,
        site_code=case.site_code,
        channel=command.channel,
        level=command.level,
        marks=dict(command.marks),
        remark=command.remark.strip(),
        rated_at=now,
        rated_on=today,
    )
    session.add(record)
    if is_bad(command.level):
        _open_follow_up(session, case, calendar, now)
    audit_log.append(session, Fact("case.rated", case.id, data={"level": command.level}), now)
    return record


def check_is_customer(rater: Actor | None) -> None:
    """Raise NotAllowed for a signed-in person who works here: nobody rates their own house (事后自评)."""
    if rater is not None and not rater.duties <= CUSTOMERS:
        raise NotAllowed(duty=Duty.APPLICANT)


def _open_follow_up(session: Session, case: CaseRecord, calendar: Calendar, now: datetime) -> None:
    days = int(settings.value(session, BAD_RATING_DAYS))
    session.add(
        TaskRecord(
            id=new_id(),
            case_id=case.id,
            kind=BAD_RATING_TASK,
            department_id=case.department_id,
            made_at=now,
            due_on=calendar.add(business_day(now), days),
        )
    )
    case.next_check = now


def _hash(token: str) -> bytes:
    return sha256(b"rating " + token.encode()).digest()

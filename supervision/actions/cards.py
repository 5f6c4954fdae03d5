"""Issuing cards and their life: reply, order, cancel, handle, hold to account; clips of cameras beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.queries import organisation
from kernel.errors import BadInput, NotAllowed
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log
from storage.audit_log import Fact
from supervision.alerts import Alert, Severity
from supervision.card_life import ACCOUNTABILITY, DEPARTMENT, REPLY_DAYS, CardMove, CardState, card_rule
from supervision.queries import cards
from supervision.records import AccountabilityRecord, CardEventRecord, CardRecord, ClipRecord
from supervision.rules import RULES

PLATFORM = "system"
LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Accountability:
    """Who answers for it, how, from which day."""

    person_id: str
    kind: str
    decided_on: date | None
    note: str = ""


def issue(
    session: Session, *, alerts: Iterable[Alert], names: Mapping[str, str], calendar: Calendar, now: datetime
) -> list[CardRecord]:
    """Make a card of each alert that has none yet; `names` tells how each subject is called."""
    found = list(alerts)
    known = cards.known_keys(session, {alert.subject_id for alert in found})
    made = []
    for alert in found:
        if alert.key not in known:
            known.add(alert.key)
            card = _issue_one(session, alert, names.get(alert.subject_id, ""), calendar, now)
            made += [card] if card else []
    return made


def _issue_one(
    session: Session, alert: Alert, name: str, calendar: Calendar, now: datetime
) -> CardRecord | None:
    today, row = business_day(now), RULES[alert.rule]
    is_card = alert.severity is not Severity.HINT
    card = CardRecord(
        id=new_id(),
        rule=alert.rule,
        severity=alert.severity,
        rule_class=row.rule_class,
        family=row.family,
        subject_kind=alert.subject_kind,
        subject_id=alert.subject_id,
        subject_name=name,
        occurrence=alert.occurrence,
        department_id=alert.against.department_id,
        person_id=alert.against.person_id,
        window_id=alert.against.window_id,
        site_code=alert.against.site_code,
        facts=dict(alert.facts),
        state=CardState.ISSUED,
        issued_at=now,
        issued_on=today,
        reply_due=calendar.add(today, REPLY_DAYS) if is_card else None,
    )
    try:
        with session.begin_nested():
            session.add(card)
    except IntegrityError:
        return None  # another sweep was faster; its card stands
    _keep(session, card, CardMove.ISSUE, PLATFORM, "", now)
    if is_card:
        data = {"rule": alert.rule, "severity": str(alert.severity), "about": alert.subject_id}
        audit_log.append(session, Fact("card.issued", card.id, data=data), now)
    return card


def move_card(
    session: Session,
    *,
    actor: Actor,
    card_id: str,
    move: CardMove,
    text: str,
    accountability: Accountability | None = None,
    calendar: Calendar,
    now: datetime,
) -> CardRecord:
    """Do one move of a card's life.

    Raises:
        WrongCaseState, NotAllowed, BadInput: nothing has changed.
    """
    card = cards.card(session, card_id, lock=True)
    rule = card_rule(CardState(card.state), move)
    actor.require(*rule.duties)
    _check_own(session, actor, card, move)
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadInput(where="text", why="say why, in 1 to 2000 characters")
    if move is CardMove.HANDLE:
        _hold_to_account(session, actor, card, accountability, now)
    today = business_day(now)
    card.state = rule.to
    if move is CardMove.ORDER:
        card.reply_due, card.answered_on = calendar.add(today, REPLY_DAYS), None
    if rule.to is CardState.ANSWERED:
        card.answered_on = today
    if rule.to in (CardState.CANCELLED, CardState.HANDLED):
        card.ended_at = now
    _keep(session, card, move, actor.person_id, text.strip(), now)
    audit_log.append(session, Fact(f"card.{move}", card.id, data={"state": str(rule.to)}), now)
    return card


def _check_own(session: Session, actor: Actor, card: CardRecord, move: CardMove) -> None:
    if move in (CardMove.DEFEND, CardMove.RECTIFY):
        if card.department_id != actor.organisation_id:
            raise NotAllowed(duty=" / ".join(DEPARTMENT))
        return
    sites = cards.visible_sites(session, actor)
    if sites is not None and card.site_code not in sites:
        raise NotAllowed(duty=Duty.SUPERVISOR)


def _hold_to_account(
    session: Session, actor: Actor, card: CardRecord, given: Accountability | None, now: datetime
) -> None:
    if given is None:
        raise BadInput(where="person", why="name who answers for it")
    keep_accountability(
        session, actor=actor, given=given, department_id=card.department_id, card_id=card.id, now=now
    )


def keep_accountability(
    session: Session,
    *,
    actor: Actor,
    given: Accountability,
    department_id: str,
    card_id: str | None = None,
    complaint_id: str | None = None,
    now: datetime,
) -> None:
    """Record who answers for a card or a complaint; person, kind and day are needed."""
    if not given.person_id:
        raise BadInput(where="person", why="name who answers for it")
    if given.kind not in ACCOUNTABILITY:
        raise BadInput(where="kind", why=f"it must be one of {', '.join(ACCOUNTABILITY)}")
    if given.decided_on is None or given.decided_on > business_day(now):
        raise BadInput(where="decided_on", why="give the day of the decision, not a later one")
    if len(given.note) > 1000:
        raise BadInput(where="note", why="at most 1000 characters are allowed")
    accounts.actor(session, given.person_id)
    session.add(
        AccountabilityRecord(
            id=new_id(),
            card_id=card_id,
            complaint_id=complaint_id,
            person_id=given.person_id,
            department_id=department_id,
            kind=given.kind,
            decided_on=given.decided_on,
            note=given.note.strip(),
            recorded_by=actor.person_id,
            recorded_at=now,
        )
    )


def report_cards(session: Session, *, card_ids: Iterable[str], now: datetime) -> None:
    """Mark handled cards as told in a bulletin (通报)."""
    for card_id in card_ids:
        card = cards.card(session, card_id, lock=True)
        if card.state == CardState.HANDLED:
            card.state = CardState.REPORTED
            _keep(session, card, CardMove.REPORT, PLATFORM, "", now)


def add_clip(
    session: Session,
    *,
    actor: Actor,
    window_id: str,
    starts_at: datetime,
    ends_at: datetime,
    reference: str,
    digest: str,
    now: datetime,
) -> str:
    """Note where a camera's recording of a window lies."""
    actor.require(Duty.SUPERVISOR)
    organisation.window(session, window_id)
    if starts_at >= ends_at:
        raise BadInput(where="ends_at", why="it lies before the start")
    if not 1 <= len(reference.strip()) <= 400 or len(digest) not in (0, 64):
        raise BadInput(where="reference", why="say where the recording lies, and its SHA-256 if there is one")
    clip = ClipRecord(
        id=new_id(),
        window_id=window_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reference=reference.strip(),
        digest=digest,
        recorded_at=now,
    )
    session.add(clip)
    audit_log.append(session, Fact("clip.noted", clip.id, data={"digest": digest}), now)
    return clip.id


def _keep(
    session: Session, card: CardRecord, move: CardMove, actor_id: str, text: str, now: datetime
) -> None:
    sequence = len(cards.card_events(session, card.id)) + 1
    session.add(
        CardEventRecord(card_id=card.id, sequence=sequence, move=move, actor_id=actor_id, text=text, at=now)
    )

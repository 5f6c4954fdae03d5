"""Selects over cards, accountability and clips."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from accounts.duties import Actor
from approval.queries import organisation
from approval.records.organisation import DepartmentRecord
from kernel.errors import NotFound
from supervision.records import AccountabilityRecord, CardEventRecord, CardRecord, ClipRecord

Key = tuple[str, str, str, str]


def card(session: Session, card_id: str, *, lock: bool = False) -> CardRecord:
    """One card; raises NotFound."""
    wanted = select(CardRecord).where(CardRecord.id == card_id)
    found = session.exec(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise NotFound(what="card", id=card_id)
    return found


def known_keys(session: Session, subject_ids: Collection[str]) -> set[Key]:
    """What was found before about these subjects."""
    rows = select(CardRecord.rule, CardRecord.subject_kind, CardRecord.subject_id, CardRecord.occurrence)
    found = session.exec(rows.where(col(CardRecord.subject_id).in_(subject_ids)))
    return {(rule, kind, subject, occurrence) for rule, kind, subject, occurrence in found}


def card_events(session: Session, card_id: str) -> list[CardEventRecord]:
    """The life of a card, in order."""
    rows = select(CardEventRecord).where(CardEventRecord.card_id == card_id)
    return list(session.exec(rows.order_by(col(CardEventRecord.sequence))))


def page(
    session: Session, *, limit: int, after: tuple[datetime, str] | None = None, **equal: object
) -> list[CardRecord]:
    """Cards, newest first, where the given columns hold the given values; empty values ask nothing.

    A list or set among the values means any of them; `after` is (issued_at, id) of the last row seen.
    """
    rows = select(CardRecord)
    for name, value in equal.items():
        if value is None or value == "":
            continue
        column: Any = getattr(CardRecord, name)
        many = isinstance(value, list | set | frozenset)
        rows = rows.where(column.in_(value) if many else column == value)
    if after:
        moment, card_id = after
        earlier = col(CardRecord.issued_at) < moment
        rows = rows.where(earlier | ((col(CardRecord.issued_at) == moment) & (CardRecord.id < card_id)))
    ordered = rows.order_by(col(CardRecord.issued_at).desc(), col(CardRecord.id).desc())
    return list(session.exec(ordered.limit(limit)))


def counts(session: Session, sites: frozenset[str] | None) -> dict[tuple[str, str], int]:
    """How many cards there are by severity and state."""
    rows = select(CardRecord.severity, CardRecord.state, func.count()).group_by(
        CardRecord.severity, CardRecord.state
    )
    if sites is not None:
        rows = rows.where(col(CardRecord.site_code).in_(sites))
    return {(severity, state): number for severity, state, number in session.exec(rows)}


def visible_sites(session: Session, actor: Actor) -> frozenset[str] | None:
    """The sites an inspector supervises: their department's and all below it; None: every one."""
    own = session.get(DepartmentRecord, actor.organisation_id)
    return None if own is None else organisation.sites_below(session, own.site_code) | {""}


def accountability_of(session: Session, **equal: str) -> list[AccountabilityRecord]:
    """Who was held to account for a card or a complaint."""
    rows = select(AccountabilityRecord)
    for name, value in equal.items():
        rows = rows.where(getattr(AccountabilityRecord, name) == value)
    return list(session.exec(rows.order_by(col(AccountabilityRecord.recorded_at))))


def clips_at(session: Session, window_id: str, at: datetime) -> list[ClipRecord]:
    """The recordings of a window that show a moment."""
    rows = select(ClipRecord).where(
        ClipRecord.window_id == window_id, ClipRecord.starts_at <= at, ClipRecord.ends_at >= at
    )
    return list(session.exec(rows.order_by(col(ClipRecord.starts_at))))


def breaches(session: Session, first: date, last: date) -> dict[tuple[str, str], int]:
    """How many cards each window got by rule in a period; hints do not count, nor what was cancelled."""
    rows = (
        select(CardRecord.window_id, CardRecord.rule, func.count())
        .where(
            col(CardRecord.issued_on).between(first, last),
            col(CardRecord.severity) != "hint",
            col(CardRecord.state) != "cancelled",
        )
        .group_by(col(CardRecord.window_id), CardRecord.rule)
    )
    return {(window or "", rule): number for window, rule, number in session.exec(rows)}


def window_names(session: Session) -> dict[str, str]:
    """Names of windows, keyed by id."""
    return {window.id: window.name for window in organisation.windows(session)}

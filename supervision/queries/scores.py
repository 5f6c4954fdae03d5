"""What scores are made of, counted from cards, cases and ratings; and the scores that were kept."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import case
from sqlalchemy import select as select_values
from sqlmodel import Session, col, func, select

from approval.queries import cases
from approval.records.cases import CaseRecord
from supervision.queries import ratings
from supervision.records import AccountabilityRecord, CardRecord, ScoreRecord
from supervision.score import Counts, hint_runs

SUBJECTS = {"department": "department_id", "window": "window_id", "person": "person_id"}
"""Kinds of those who get a score, and the column of a card that names them."""
OF_CASE = {"department": "department_id", "window": "window_id", "person": "handler_id"}
FIELDS = ("handler_id", "accepted_on", "promise_due", "statutory_due")
"""What every finished case should say; what is empty costs points."""


def counts(session: Session, kind: str, first: date, last: date) -> dict[str, Counts]:
    """The counts of every department, window or person with anything in the period."""
    cards = _cards(session, kind, first, last)
    work = _cases(session, kind, first, last)
    rated = {s.subject_id: s for s in ratings.standings(session, OF_CASE[kind], first, last)}
    held = _accountability(session, kind, first, last)
    found = {}
    for subject in sorted({*cards, *work, *rated, *held}):
        severities = cards.get(subject, [])
        decided, early, promised, statutory, empty = work.get(subject, (0, 0, 0, 0, 0))
        standing = rated.get(subject)
        found[subject] = Counts(
            hint_runs=hint_runs(severities),
            yellow=severities.count("yellow"),
            red=severities.count("red"),
            decided=decided,
            early=early,
            promised_days=promised,
            statutory_days=statutory,
            fields=decided * len(FIELDS),
            empty_fields=empty,
            ratings=standing.ratings if standing else 0,
            satisfied=standing.satisfied if standing else 0,
            accountability=dict(held.get(subject, {})),
        )
    return found


def _cards(session: Session, kind: str, first: date, last: date) -> dict[str, list[str]]:
    subject = col(getattr(CardRecord, SUBJECTS[kind]))
    rows = session.exec(
        select(subject, CardRecord.severity)
        .where(
            col(CardRecord.issued_on).between(first, last),
            CardRecord.state != "cancelled",
            subject.is_not(None),
        )
        .order_by(col(CardRecord.issued_at), CardRecord.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for who, severity in rows:
        found[str(who)].append(severity)
    return found


def _cases(session: Session, kind: str, first: date, last: date) -> dict[str, tuple[int, int, int, int, int]]:
    subject = col(getattr(CaseRecord, OF_CASE[kind]))
    end = func.coalesce(CaseRecord.decided_on, CaseRecord.done_on)
    empty = [case((col(getattr(CaseRecord, name)).is_(None), 1), else_=0) for name in FIELDS]
    rows = session.connection().execute(
        select_values(
            subject,
            col(CaseRecord.version_id),
            func.count(),
            func.sum(case((end < CaseRecord.promise_due, 1), else_=0)),
            func.sum(empty[0] + empty[1] + empty[2] + empty[3]),
        )
        .where(
            col(CaseRecord.done_on).between(first, last),
            col(CaseRecord.state).in_(("done", "answered")),
            subject.is_not(None),
        )
        .group_by(subject, col(CaseRecord.version_id))
    )
    found: dict[str, tuple[int, int, int, int, int]] = {}
    for who, version_id, number, early, missing in rows:
        version = cases.version(session, version_id)
        more = (
            number,
            int(early),
            version.promised_days * number,
            version.statutory_days * number,
            int(missing),
        )
        a, b, c, d, e = found.get(str(who), (0, 0, 0, 0, 0))
        found[str(who)] = a + more[0], b + more[1], c + more[2], d + more[3], e + more[4]
    return found


def _accountability(session: Session, kind: str, first: date, last: date) -> dict[str, Counter[str]]:
    if kind == "window":
        return {}
    column = AccountabilityRecord.person_id if kind == "person" else AccountabilityRecord.department_id
    rows = session.exec(
        select(column, AccountabilityRecord.kind).where(
            col(AccountabilityRecord.decided_on).between(first, last)
        )
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for who, what in rows:
        found[who][what] += 1
    return found


def scores(session: Session, period: str, kind: str, top: int = 1000) -> list[ScoreRecord]:
    """The kept scores of a period, best first; the award sheet is its beginning."""
    rows = select(ScoreRecord).where(ScoreRecord.period == period, ScoreRecord.subject_kind == kind)
    return list(session.exec(rows.order_by(col(ScoreRecord.score).desc(), ScoreRecord.subject_id).limit(top)))

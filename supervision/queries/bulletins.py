"""What a bulletin says of a period, from events alone; and the bulletins that were made."""

from typing import Any

from sqlmodel import Session, col, func, select

from kernel.errors import NotFound
from supervision.periods import Period
from supervision.queries import figures, ratings
from supervision.records import BulletinRecord, CardRecord, ComplaintRecord, ScoreRecord

TOP = 10


def of_period(session: Session, period: str) -> list[BulletinRecord]:
    """The bulletins of a period; the centre's first."""
    rows = select(BulletinRecord).where(BulletinRecord.period == period)
    return list(session.exec(rows.order_by(BulletinRecord.department_id)))


def newest(session: Session, department_id: str | None = None) -> list[BulletinRecord]:
    """The latest bulletins; of one department where it is given."""
    rows = select(BulletinRecord).order_by(col(BulletinRecord.made_at).desc(), BulletinRecord.department_id)
    if department_id is not None:
        rows = rows.where(BulletinRecord.department_id == department_id)
    return list(session.exec(rows.limit(100)))


def bulletin(session: Session, bulletin_id: str) -> BulletinRecord:
    """One bulletin; raises NotFound."""
    found = session.get(BulletinRecord, bulletin_id)
    if found is None:
        raise NotFound(what="bulletin", id=bulletin_id)
    return found


def handled_cards(session: Session, period: Period) -> list[str]:
    """Cards that were handled and not yet told of."""
    rows = select(CardRecord.id).where(CardRecord.state == "handled", CardRecord.issued_on <= period.last)
    return list(session.exec(rows))


def body(session: Session, period: Period, department_id: str) -> dict[str, Any]:
    """Figures, cards, complaints, ratings and scores of a period, of one department or of the whole centre."""
    scope = figures.Scope(period.first, period.last, department_id)
    found = figures.figures(session, scope)
    return {
        "v": 1,
        "period": period.name,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "department": department_id,
        "figures": [
            {"key": f.key, "part": f.part, "of": f.of, "shown": f.shown, "met": f.is_met}
            for f in found.values()
        ],
        "cards": _cards(session, period, department_id),
        "complaints": _complaints(session, period, department_id),
        "ratings": [
            {"department": s.subject_id, "ratings": s.ratings, "satisfied": s.satisfied}
            for s in ratings.standings(session, "department_id", period.first, period.last)
            if s.is_shown and department_id in ("", s.subject_id)
        ],
        "scores": _scores(session, period, department_id),
    }


def _cards(session: Session, period: Period, department_id: str) -> list[dict[str, Any]]:
    rows = (
        select(CardRecord.department_id, CardRecord.rule, CardRecord.severity, func.count())
        .where(col(CardRecord.issued_on).between(period.first, period.last), CardRecord.state != "cancelled")
        .group_by(CardRecord.department_id, CardRecord.rule, CardRecord.severity)
        .order_by(CardRecord.department_id, CardRecord.rule, CardRecord.severity)
    )
    if department_id:
        rows = rows.where(CardRecord.department_id == department_id)
    return [
        {"department": who, "rule": rule, "severity": severity, "number": number}
        for who, rule, severity, number in session.exec(rows)
    ]


def _complaints(session: Session, period: Period, department_id: str) -> list[dict[str, Any]]:
    rows = (
        select(ComplaintRecord.department_id, ComplaintRecord.is_upheld, func.count())
        .where(col(ComplaintRecord.answered_on).between(period.first, period.last))
        .group_by(col(ComplaintRecord.department_id), col(ComplaintRecord.is_upheld))
    )
    if department_id:
        rows = rows.where(ComplaintRecord.department_id == department_id)
    found = [
        {"department": who or "", "upheld": upheld, "number": number}
        for who, upheld, number in session.exec(rows)
    ]
    return sorted(found, key=lambda row: (str(row["department"]), str(row["upheld"])))


def _scores(session: Session, period: Period, department_id: str) -> list[dict[str, Any]]:
    rows = select(ScoreRecord).where(
        ScoreRecord.period == period.name, ScoreRecord.subject_kind == "department"
    )
    if department_id:
        rows = rows.where(ScoreRecord.subject_id == department_id)
    ordered = rows.order_by(col(ScoreRecord.score).desc(), ScoreRecord.subject_id)
    return [{"department": r.subject_id, "score": r.score, "grade": r.grade} for r in session.exec(ordered)][
        : TOP if not department_id else 1
    ]

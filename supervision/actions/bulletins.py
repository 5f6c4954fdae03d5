"""The scores and the bulletins of a period: computed once from events, kept with what they were computed from."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from approval.queries import settings
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject
from supervision.actions.cards import report_cards
from supervision.periods import Period, periods_to_report, read_period
from supervision.queries import bulletins, scores
from supervision.records import BulletinRecord, ScoreRecord
from supervision.score import WEIGHTS, grade, read_weights, score

MAKE_BULLETINS = "make_bulletins"
Made = tuple[Mapping[str, Any], StoredObject]
"""What a bulletin says, and its PDF."""


def ask_for_bulletins(session: Session, *, calendar: Calendar, now: datetime) -> list[str]:
    """On the first working day after a month or quarter, ask for its bulletins; returns what was asked for."""
    asked = []
    for name in periods_to_report(business_day(now), calendar):
        missing = not bulletins.of_period(session, name)
        if missing and outbox.enqueue_once(session, MAKE_BULLETINS, {"period": name}, now=now):
            asked.append(name)
    return asked


def keep_scores(session: Session, *, period: Period, now: datetime) -> int:
    """Compute and keep the scores of a period anew, with the weights that hold; returns how many."""
    latest = settings.latest(session, WEIGHTS.key)
    version, weights = (latest.version if latest else 0), read_weights(settings.value(session, WEIGHTS))
    session.connection().execute(delete(ScoreRecord).where(col(ScoreRecord.period) == period.name))
    number = 0
    for kind in scores.SUBJECTS:
        for subject, counted in scores.counts(session, kind, period.first, period.last).items():
            points = score(counted, weights)
            session.add(
                ScoreRecord(
                    period=period.name,
                    subject_kind=kind,
                    subject_id=subject,
                    weights_version=version,
                    counts=asdict(counted),
                    score=points,
                    grade=grade(points),
                    made_at=now,
                )
            )
            number += 1
    return number


def keep_bulletins(session: Session, *, period: str, made: Mapping[str, Made], now: datetime) -> int:
    """Keep the bulletins of a period, one for the centre and one for each department; returns how many.

    `made` has each by department, with "" for the centre.
    """
    found = read_period(period)
    if bulletins.of_period(session, period):
        return 0
    for department_id, (body, stored) in made.items():
        record = BulletinRecord(
            id=new_id(),
            period=period,
            department_id=department_id,
            body=dict(body),
            pdf=stored.digest,
            made_at=now,
        )
        session.add(record)
        data = {"period": period, "department": department_id, "pdf": stored.digest.hex()}
        audit_log.append(session, Fact("bulletin.made", record.id, data=data), now)
    report_cards(session, card_ids=bulletins.handled_cards(session, found), now=now)
    return len(made)

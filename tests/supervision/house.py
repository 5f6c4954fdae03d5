"""A centre with an inspector, a monitor and a finished case, for the tests of supervision."""

from pathlib import Path
from typing import Any

from accounts.duties import Actor, Duty
from approval.lifecycle import Act
from supervision.actions import complaints
from supervision.actions.complaints import Complain
from supervision.actions.ratings import Rate, offer_rating, rate
from supervision.actions.sweep import Swept, sweep_cases
from supervision.records import ComplaintRecord, RatingRecord
from tests.approval.centre import Centre, make_centre

SAID = "The window was closed at ten."


def make_house(folder: Path, database_url: str = "") -> Centre:
    centre = make_centre(folder, database_url)
    centre.person("inspector", Duty.SUPERVISOR)
    centre.person("monitor", Duty.MONITOR)
    centre.person("applicant", Duty.APPLICANT)
    return centre


def done(centre: Centre, **changes: Any) -> str:
    """A case that was granted and handed out."""
    case = centre.decided(**changes)
    centre.act(case, Act.CERTIFY)
    centre.act(case, Act.DELIVER, way="window")
    return case


def sweep(centre: Centre) -> Swept:
    with centre.platform.database.transaction() as session:
        return sweep_cases(session, calendar=centre.calendar, now=centre.now)


def complain(centre: Centre, kind: str, subject: str, **changes: Any) -> tuple[ComplaintRecord, str]:
    command = Complain(kind, subject, **{"text": SAID, **changes})
    with centre.platform.database.transaction() as session:
        return complaints.complain(
            session,
            keys=centre.platform.adapters.keys,
            command=command,
            calendar=centre.calendar,
            now=centre.now,
        )


def offer(centre: Centre, case: str) -> str:
    with centre.platform.database.transaction() as session:
        return offer_rating(session, case_id=case, now=centre.now)


def give(
    centre: Centre, token: str, level: int = 5, rater: Actor | None = None, **changes: Any
) -> RatingRecord:
    command = Rate(level, **{"marks": {"efficiency": level}, "channel": "terminal", **changes})
    with centre.platform.database.transaction() as session:
        return rate(
            session, rater=rater, token=token, command=command, calendar=centre.calendar, now=centre.now
        )

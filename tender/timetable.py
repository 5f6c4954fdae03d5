"""The moments of a tender and the periods that the law sets between them; all of them data of the tender."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.clock import read_time, write_time
from kernel.errors import BadInput


@dataclass(frozen=True)
class Timetable:
    """When a tender takes questions and bids.

    `settle_seconds` is how long after `closes_at` the closing is recorded, so that a bid stamped in time but still
    on its way into the database is not shut out. It never makes a late bid timely: the stamp decides.
    """

    questions_until: datetime
    closes_at: datetime
    settle_seconds: int = 5

    @property
    def close_recorded_from(self) -> datetime:
        """The earliest moment at which the closing may be recorded."""
        return self.closes_at + timedelta(seconds=self.settle_seconds)


@dataclass(frozen=True)
class Periods:
    """Minimum periods that the tender obeys. Source of the defaults: 招标投标法 art. 23, 24, 28."""

    bidding_days: int = 20
    amendment_days: int = 15
    minimum_bids: int = 3


def read_timetable(body: dict[str, object]) -> Timetable:
    """Read a timetable from its JSON form; raises BadInput naming the field."""
    moments = {}
    for name in ("questions_until", "closes_at"):
        try:
            moments[name] = read_time(str(body[name]))
        except (KeyError, ValueError) as error:
            raise BadInput(
                where=f"timetable.{name}", why=f"give an ISO 8601 time with its zone ({error})"
            ) from None
    settle = body.get("settle_seconds", Timetable.settle_seconds)
    if not isinstance(settle, int) or not 1 <= settle <= 600:
        raise BadInput(where="timetable.settle_seconds", why="give whole seconds from 1 to 600")
    if moments["questions_until"] > moments["closes_at"]:
        raise BadInput(where="timetable.questions_until", why="questions end no later than bids close")
    return Timetable(**moments, settle_seconds=settle)


def write_timetable(timetable: Timetable) -> dict[str, str | int]:
    """The JSON form of a timetable."""
    return {
        "questions_until": write_time(timetable.questions_until),
        "closes_at": write_time(timetable.closes_at),
        "settle_seconds": timetable.settle_seconds,
    }


def is_short(published_at: datetime, closes_at: datetime, periods: Periods) -> bool:
    """Whether bidders get less time than the minimum, which needs a published reason."""
    return closes_at - published_at < timedelta(days=periods.bidding_days)


def needs_extension(amended_at: datetime, closes_at: datetime, periods: Periods) -> bool:
    """Whether an amendment comes so late that the closing time must move (招标投标法 art. 23)."""
    return closes_at - amended_at < timedelta(days=periods.amendment_days)

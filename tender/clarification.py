"""Questions, answers, addenda, and what they do to the timetable."""

from datetime import datetime

from kernel.clock import write_time
from kernel.errors import BadInput, Refused
from tender.timetable import Periods, Timetable, needs_extension

TEXT_LIMIT = 4000  # characters of one question or answer


def check_text(where: str, text: str) -> str:
    """The trimmed text; raises BadInput when it is empty or too long."""
    text = text.strip()
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise BadInput(where=where, why=f"write 1 to {TEXT_LIMIT} characters")
    return text


def check_may_ask(timetable: Timetable, now: datetime) -> None:
    """Raise Refused once the time for questions is over."""
    if now > timetable.questions_until:
        raise Refused(
            rule="questions end", why=f"questions were taken until {write_time(timetable.questions_until)}"
        )


def check_amendment(old: Timetable, new: Timetable, periods: Periods, reason: str, now: datetime) -> None:
    """Raise unless the amendment leaves bidders the time they are due.

    An amendment may never shorten the time to bid. Within `amendment_days` of closing it must move the closing so
    that these days remain, or give a published reason (招标投标法 art. 23).
    """
    if now > old.closes_at:
        raise Refused(rule="amendment before closing", why="bids have closed")
    if new.closes_at < old.closes_at:
        raise Refused(rule="no shortening", why="an amendment may not bring the closing time forward")
    if needs_extension(now, new.closes_at, periods) and not reason.strip():
        raise Refused(
            rule="time after an amendment",
            why=f"leave {periods.amendment_days} days to the closing time, or publish a shortening_reason",
        )

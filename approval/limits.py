"""The dates a case runs against: two due dates, the answer to an application, a step, a delivery.

All counts are working days by kernel.working_days; days inside a stop do not count, one extension adds its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from approval.item import ItemVersion
from kernel.errors import BadInput, Refused
from kernel.working_days import Calendar, Stop

ANSWER_DAYS = 5  # Administrative Licensing Law art. 32(4)
DELIVERY_DAYS = 10  # art. 44
DEFAULT_PAPER_DAYS = 1  # 超时默认: the silent department issues its paper
MOST_STOP_DAYS = 365

STOP_KINDS = (
    "hearing",
    "bidding",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
)
"""The eight lawful kinds of art. 45: no other reason stops the clock."""


@dataclass(frozen=True)
class Limits:
    """The two due dates of a case; None while its clock is stopped."""

    promise_due: date | None
    statutory_due: date | None
    is_provisional: bool
    promise_left: int | None  # working days left while stopped


def promised_days(version: ItemVersion, custom_days: int | None) -> int:
    """The promise of a case: the item's, or a limit decided for this case."""
    return version.promised_days if custom_days is None else custom_days


def limits(
    calendar: Calendar,
    version: ItemVersion,
    accepted_on: date,
    stops: Sequence[Stop],
    *,
    extended: int = 0,
    custom_days: int | None = None,
) -> Limits:
    """Both due dates of an accepted case."""
    promise = calendar.due(accepted_on, promised_days(version, custom_days), stops, extended)
    statutory = calendar.due(accepted_on, version.statutory_days, stops, extended)
    provisional = promise.provisional or statutory.provisional
    return Limits(promise.day, statutory.day, provisional, promise.remaining)


def check_stop(kind: str, planned_days: int, is_stopped: bool) -> None:
    """Raise unless this stop is one of the eight lawful kinds, announced with its length, and the only open one."""
    if kind not in STOP_KINDS:
        raise Refused(rule="lawful stop", why=f"only {', '.join(STOP_KINDS)} stop the clock (art. 45)")
    if not 1 <= planned_days <= MOST_STOP_DAYS:
        raise BadInput(
            where="planned_days", why=f"tell how many working days it takes, 1 to {MOST_STOP_DAYS}"
        )
    if is_stopped:
        raise Refused(rule="one stop at a time", why="the clock of this case is stopped already")


def check_extension(
    version: ItemVersion, days: int, extended: int, statutory_due: date | None, today: date
) -> None:
    """Raise unless this is the one extension, within the item's measure, before the old deadline has passed."""
    if extended:
        raise Refused(rule="one extension", why="this case was extended before")
    if statutory_due is None:
        raise Refused(rule="stopped clock", why="the clock is stopped; resume it first")
    if today > statutory_due:
        raise Refused(rule="extension before expiry", why=f"the deadline was {statutory_due}")
    if not 1 <= days <= version.extension_days:
        raise BadInput(
            where="days", why=f"this item may be extended by 1 to {version.extension_days} working days"
        )


def check_custom_days(version: ItemVersion, days: int, minutes: str) -> None:
    """Raise unless a limit decided for one case stays below the statutory one and rests on minutes."""
    if not 1 <= days <= version.statutory_days:
        raise BadInput(
            where="days", why=f"a limit for one case is 1 to {version.statutory_days} working days"
        )
    if not minutes.strip():
        raise BadInput(where="minutes", why="name the minutes that decided this limit")

"""Settings of the centre: a key, what holds without one, and the check that a new value has to pass.

Every package declares its own as values of `Setting`; they are kept in one table, each change a new version.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from approval.attendance import Hours
from approval.publication import BLOCKS, EIGHT_BLOCKS
from kernel.errors import BadInput
from kernel.fields import Fields


@dataclass(frozen=True)
class Setting:
    """One setting; `check` raises BadInput for a value that cannot hold."""

    key: str
    default: Any
    check: Callable[[Any], None]


def _check_blocks(value: Any) -> None:
    if (
        not isinstance(value, list)
        or not 5 <= len(value) <= len(BLOCKS)
        or len(set(map(str, value))) != len(value)
    ):
        raise BadInput(where="blocks", why="list five or more blocks, each once")
    if unknown := [str(word) for word in value if word not in BLOCKS]:
        raise BadInput(where="blocks", why=f"there is no block {unknown[0]}")


def _check_hours(value: Any) -> None:
    hours = read_hours(value)
    if hours.begins >= hours.ends:
        raise BadInput(where="ends", why="the office closes after it opens")


def _check_centre(value: Any) -> None:
    fields = Fields(value)
    names = fields.inner("name")
    names.text("zh", 100)
    names.text("en", 100)
    names.done()
    fields.text("complaint_channel", 200)
    fields.done()


def _check_share(value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100:
        raise BadInput(where="call_back_share", why="give a whole number of per cent, from 0 to 100")


def read_hours(value: Any) -> Hours:
    """Office hours from their stored form."""
    fields = Fields(value)
    try:
        hours = Hours(
            time.fromisoformat(fields.text("begins", 5)), time.fromisoformat(fields.text("ends", 5))
        )
    except ValueError:
        raise BadInput(where="hours", why="write times as 09:00") from None
    fields.done()
    return hours


OPEN_BLOCKS = Setting("open_blocks", list(EIGHT_BLOCKS), _check_blocks)
"""五公开, 八公开: the public blocks that an item has to fill."""

OFFICE_HOURS = Setting("office_hours", {"begins": "09:00", "ends": "17:00"}, _check_hours)
"""When late begins and early ends."""

CENTRE = Setting(
    "centre",
    {"name": {"zh": "行政服务中心", "en": "Administrative service centre"}, "complaint_channel": "12345"},
    _check_centre,
)
"""How the centre calls itself on its papers."""

CALL_BACK_SHARE = Setting("call_back_share", 10, _check_share)
"""电话回访: of how many finished cases in a hundred the applicant is called back."""

SETTINGS = {setting.key: setting for setting in (OPEN_BLOCKS, OFFICE_HOURS, CENTRE, CALL_BACK_SHARE)}
"""Those of the catalogue and the organisation."""

"""How an expert enters, rests and leaves the pool: acts, their reasons, and which standing each starts from.

A ban and an exit are acts of the pool manager with a reason; nothing here happens by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from expert_pool.conflicts import years_after
from expert_pool.experts import ACTIVE, REMOVED, SUSPENDED, Expert
from kernel.errors import BadInput, Refused

ENTER, SUSPEND, RESTORE, REMOVE, READMIT = "enter", "suspend", "restore", "remove", "readmit"
MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    SUSPEND: (frozenset({ACTIVE}), SUSPENDED),
    RESTORE: (frozenset({SUSPENDED}), ACTIVE),
    REMOVE: (frozenset({ACTIVE, SUSPENDED}), REMOVED),
    READMIT: (frozenset({REMOVED}), ACTIVE),
}
REASONS: Mapping[str, tuple[str, ...]] = {
    SUSPEND: ("investigation", "complaint", "training", "request", "other"),
    RESTORE: ("settled", "request", "other"),
    REMOVE: ("age", "health", "wish", "absence", "violation", "other"),
    READMIT: ("applied", "settled", "other"),
}
BAN_REASONS = ("no_avoidance", "disclosure", "bribery", "unfair", "no_show", "other")
"""招标投标法实施条例 art. 71: what a member of a panel may be barred for, and absence without notice."""
LONGEST_BAN_YEARS = 10
LONGEST_LEAVE_DAYS = 366


@dataclass(frozen=True)
class EntryRules:
    """What entering asks for (招标投标法 art. 37: eight years in the field, a senior title or the same level)."""

    least_years: int = 8
    titles: tuple[str, ...] = ("senior", "associate_senior", "equal")
    oldest: int = 70


def check_move(act: str, standing: str, reason: str) -> str:
    """The standing after an act.

    Raises:
        BadInput: an unknown act or reason.
        Refused: the act does not start from this standing.
    """
    if act not in MOVES:
        raise BadInput(where="act", why=f"it must be one of {', '.join(MOVES)}")
    if reason not in REASONS[act]:
        raise BadInput(where="reason", why=f"it must be one of {', '.join(REASONS[act])}")
    starts, after = MOVES[act]
    if standing not in starts:
        raise Refused(rule="standing", why="this act is not possible from the expert's present standing")
    return after


def check_span(begins: date, ends: date | None, most_days: int) -> None:
    """Raise BadInput for a ban or leave that ends before it begins, or lasts beyond any that may be given."""
    if ends is not None and ends < begins:
        raise BadInput(where="ends", why="the end may not come before the beginning")
    if ends is not None and (ends - begins).days > most_days:
        raise BadInput(where="ends", why=f"at most {most_days} days are allowed")


def entry_gaps(expert: Expert, rules: EntryRules, today: date) -> tuple[str, ...]:
    """What an applicant lacks of what entering asks for, as codes: years, title, age."""
    gaps = []
    if expert.works_since is None or years_after(expert.works_since, rules.least_years) > today:
        gaps.append("years")
    if expert.title not in rules.titles:
        gaps.append("title")
    if expert.born_on is None or years_after(expert.born_on, rules.oldest) <= today:
        gaps.append("age")
    return tuple(gaps)

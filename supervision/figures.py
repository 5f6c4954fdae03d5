"""Every figure as a named formula: what is counted, of what, in which SQL, against which target.

A figure is never typed in. Both early rates are printed, of promised cases and of all, since a report that divides one
by the other's denominator contradicts itself; so does a mean that is given beside other sums (`warnings`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from approval.settings import Setting
from approval.totals import mean, percent
from kernel.errors import BadInput

PLACES = 1  # decimals of a share on the page
END = "COALESCE(decided_on, done_on)"
FINISHED = "done_on BETWEEN :first AND :last AND state IN ('done', 'answered')"
RECEIVED = "received_on BETWEEN :first AND :last"


@dataclass(frozen=True)
class Formula:
    """One figure: numerator and denominator as SQL conditions over one base, or a count without denominator."""

    key: str
    base: str  # finished, received
    part: str
    of: str = ""  # empty: the figure is the count itself

    def sql(self) -> str:
        """The statement whose first column is the numerator and whose second is the denominator."""
        where = FINISHED if self.base == "finished" else RECEIVED
        return f"SELECT {counted(self.part)}, {counted(self.of or '1 = 1')} FROM cases WHERE {where}"  # noqa: S608


def counted(condition: str) -> str:
    """The SQL that counts rows for which a condition holds."""
    return f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"


CASE_FIGURES = (
    Formula("received", "received", "1 = 1"),
    Formula("completed", "received", "done_on IS NOT NULL", "1 = 1"),
    Formula("finished", "finished", "1 = 1"),
    Formula("instant", "finished", "mode = 'instant'", "1 = 1"),
    Formula("at_window", "finished", "was_decided_at_window", "1 = 1"),
    Formula("on_time", "finished", f"{END} <= promise_due", "promise_due IS NOT NULL"),
    Formula("early_all", "finished", f"{END} < promise_due", "1 = 1"),
    Formula("early_promised", "finished", f"mode <> 'instant' AND {END} < promise_due", "mode <> 'instant'"),
    Formula("statutory_overruns", "finished", f"{END} > statutory_due"),
    Formula("online", "finished", "channel = 'online'", "1 = 1"),
    Formula("one_visit", "finished", "visits <= 1", "1 = 1"),
    Formula("no_visit", "finished", "visits = 0", "1 = 1"),
)
"""Figures of cases; all of one base are computed in one statement."""

BY_VERSION = f"SELECT version_id, COUNT(*), SUM(used_days) FROM cases WHERE {FINISHED} GROUP BY version_id"  # noqa: S608
OUTSIDE = (
    f"SELECT item_id FROM cases WHERE {FINISHED}"  # noqa: S608
    f" GROUP BY item_id HAVING {counted('was_decided_at_window')} = 0"
)

OTHER_FIGURES: Mapping[str, str] = {
    "time_saved": BY_VERSION,
    "promise_within_five": BY_VERSION,
    "promise_shorter": "SELECT promised_days, statutory_days FROM item versions in force on :last",
    "items_in_centre": (
        "SELECT SUM(CASE WHEN in_centre THEN 1 ELSE 0 END), COUNT(*) FROM items WHERE status = 'published'"
    ),
    "items_with_cases": (
        "SELECT SUM(CASE WHEN EXISTS (SELECT 1 FROM cases WHERE cases.item_id = items.id) THEN 1 ELSE 0 END), COUNT(*)"
        " FROM items WHERE status = 'published'"
    ),
    "events_supervised": "SELECT SUM(checked_sequence), SUM(sequence) FROM cases",
    "satisfied": (
        "SELECT SUM(CASE WHEN level >= 3 THEN 1 ELSE 0 END), COUNT(*) FROM ratings"
        " WHERE rated_on BETWEEN :first AND :last"
    ),
    "bad_ratings_handled": (
        "SELECT SUM(CASE WHEN done_at IS NOT NULL THEN 1 ELSE 0 END), COUNT(*) FROM case_tasks"
        " WHERE kind = 'bad_rating' AND due_on BETWEEN :first AND :last"
    ),
    "complaints_answered": (
        "SELECT SUM(CASE WHEN answered_on <= answer_due THEN 1 ELSE 0 END), COUNT(*) FROM complaints"
        " WHERE answer_due BETWEEN :first AND :last"
    ),
    "cards": (
        "SELECT COUNT(*), COUNT(*) FROM cards WHERE severity <> 'hint' AND state <> 'cancelled'"
        " AND issued_on BETWEEN :first AND :last"
    ),
    "offline": (
        "SELECT COUNT(*), COUNT(*) FROM cards WHERE rule = 'R6' AND occurrence LIKE 'offline:%'"
        " AND issued_on BETWEEN :first AND :last"
    ),
    "corrections": (
        "SELECT COUNT(*), COUNT(*) FROM case_events WHERE action = 'correct'"
        " AND happened_on BETWEEN :first AND :last"
    ),
    "parallel": (
        "SELECT SUM(CASE WHEN template <> '' THEN 1 ELSE 0 END), COUNT(*) FROM projects"
        " WHERE investment_fen >= 1000000000 OR template <> ''"
    ),
    "decided_outside": f"SELECT COUNT(*), COUNT(*) FROM ({OUTSIDE}) AS outside",  # noqa: S608
}
"""Figures with a statement of their own, as it is run."""

COUNTS = frozenset(
    {
        "received",
        "finished",
        "statutory_overruns",
        "cards",
        "offline",
        "corrections",
        "decided_outside",
    }
)
"""Figures that are a number, not a share."""

PARALLEL_FROM_FEN = 10_000_000_00  # 1000万元: such projects run in parallel unless somebody says why not


@dataclass(frozen=True)
class Target:
    """What a figure should reach, in per cent for shares."""

    bound: str  # at_least, at_most
    value: int

    def is_met(self, figure: "Figure") -> bool | None:
        """Whether the exact value reaches it; None while there is nothing to divide by."""
        if figure.key in COUNTS:
            exact, wanted = figure.part, self.value
        elif figure.of == 0:
            return None
        else:
            exact, wanted = figure.part * 100, self.value * figure.of
        return exact >= wanted if self.bound == "at_least" else exact <= wanted


@dataclass(frozen=True)
class Figure:
    """One computed figure."""

    key: str
    part: int
    of: int
    sql: str
    target: Target | None = None

    @property
    def is_count(self) -> bool:
        """Whether it is a number, not a share."""
        return self.key in COUNTS

    @property
    def shown(self) -> str:
        """How it is printed."""
        if self.is_count:
            return f"{self.part:,}"
        return f"{percent(self.part, self.of, PLACES)} %" if self.of else "–"

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return self.target.is_met(self) if self.target else None


DEFAULT_TARGETS: dict[str, list[Any]] = {
    "completed": ["at_least", 100],
    "at_window": ["at_least", 90],
    "on_time": ["at_least", 100],
    "early_promised": ["at_least", 90],
    "promise_shorter": ["at_least", 50],
    "instant": ["at_least", 70],
    "satisfied": ["at_least", 95],
    "items_in_centre": ["at_least", 100],
    "items_with_cases": ["at_least", 100],
    "events_supervised": ["at_least", 100],
    "statutory_overruns": ["at_most", 0],
    "offline": ["at_most", 0],
}
"""The targets of S1; each centre may set its own."""


def read_targets(value: Any) -> dict[str, Target]:
    """Targets from their stored form; raises BadInput."""
    known = {formula.key for formula in CASE_FIGURES} | set(OTHER_FIGURES)
    if not isinstance(value, Mapping) or set(value) - known:
        raise BadInput(where="targets", why=f"the known figures are {', '.join(sorted(known))}")
    found = {}
    for key, pair in value.items():
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] not in ("at_least", "at_most"):
            raise BadInput(where=key, why="give at_least or at_most and a whole number")
        if type(pair[1]) is not int or not 0 <= pair[1] <= 10**9:
            raise BadInput(where=key, why="give at_least or at_most and a whole number")
        found[key] = Target(*pair)
    return found


def _check_targets(value: Any) -> None:
    read_targets(value)


TARGETS = Setting("figure_targets", DEFAULT_TARGETS, _check_targets)


def months(first: date, last: date) -> int:
    """Begun months from one day to another."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def per_year(number: int, first: date, last: date) -> int:
    """The mean of a year, half up."""
    return (number * 24 + months(first, last)) // (2 * months(first, last))


def per_month(number: int, first: date, last: date) -> int:
    """The mean of a month, half up."""
    return (number * 2 + months(first, last)) // (2 * months(first, last))


def growth(now: int, before: int) -> str | None:
    """The change against an earlier number in per cent with its sign; None without one."""
    if before <= 0:
        return None
    sign = "+" if now >= before else "-"
    return f"{sign}{percent(abs(now - before), before, 2)} %"


def warnings(figures: Mapping[str, Figure]) -> tuple[str, ...]:
    """Where figures would contradict each other if one were reported under the other's name."""
    found = []
    if "early_all" in figures and figures["early_all"].part > figures["early_promised"].of:
        found.append("early_exceeds_promised")
    if "early_all" in figures and figures["early_all"].shown != figures["early_promised"].shown:
        found.append("early_rates_differ")
    return tuple(found)


@dataclass(frozen=True)
class Mean:
    """A mean beside the one that somebody reported: with `implied`, the number of rows the reported one rests on."""

    total: int
    rows: int
    reported: str

    @property
    def computed(self) -> str:
        """The exact mean, one decimal, half up."""
        return mean(self.total, self.rows, PLACES)

    @property
    def implied(self) -> int:
        """How many rows would give the reported mean."""
        whole, _, fraction = self.reported.partition(".")
        scaled: int = int(whole + fraction)
        return (2 * self.total * int(10 ** len(fraction)) + scaled) // (2 * scaled)

    @property
    def agrees(self) -> bool:
        """Whether the reported mean is the computed one."""
        return self.computed == self.reported


@dataclass(frozen=True)
class Child:
    """One child of a joint project for the critical path."""

    department: str
    days: int


def critical_path(children: list[Child]) -> Child | None:
    """Which department decided the total time of a joint project: the slowest, first by name when equal."""
    return min(children, key=lambda child: (-child.days, child.department), default=None)

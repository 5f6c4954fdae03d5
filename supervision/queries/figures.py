"""Computing the figures: all of one base in one statement, on SQLite and PostgreSQL alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, String, bindparam, text
from sqlmodel import Session, col, select

from approval.queries import cases, settings
from approval.records.cases import CaseRecord, ProjectRecord
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.records.organisation import DepartmentRecord
from supervision.figures import (
    CASE_FIGURES,
    FINISHED,
    OTHER_FIGURES,
    RECEIVED,
    TARGETS,
    Child,
    Figure,
    counted,
    critical_path,
    read_targets,
)
from supervision.promises import Handled
from supervision.queries import month_sums

BY_VERSION = frozenset({"time_saved", "promise_within_five", "decided_outside"})
EVERY = "1 = 1"
FROM_CATALOGUE = "promise_shorter"
SHORT_PROMISE = 5  # working days


@dataclass(frozen=True)
class Scope:
    """Which cases are counted: a period, and where given one department, hall or site with all below."""

    first: date
    last: date
    department_id: str = ""
    hall_code: str = ""
    site_codes: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether every case of the period counts."""
        return not (self.department_id or self.hall_code or self.site_codes)

    def year_before(self) -> "Scope":
        """The same a year earlier."""
        return Scope(
            _earlier(self.first), _earlier(self.last), self.department_id, self.hall_code, self.site_codes
        )


def _earlier(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def figures(session: Session, scope: Scope) -> dict[str, Figure]:
    """Every figure of a scope by key; those that have no departments only where the whole is asked for."""
    targets = read_targets(settings.value(session, TARGETS))
    rows = _rows(session, scope, "finished")
    pairs = _sums(rows, "finished") | _sums(_rows(session, scope, "received"), "received")
    texts = {formula.key: formula.sql() for formula in CASE_FIGURES}
    if scope.is_whole:
        pairs |= _other_pairs(session, scope) | _by_version(session, rows)
        pairs[FROM_CATALOGUE] = promise_shorter(session)
        texts |= OTHER_FIGURES
    return {key: Figure(key, *pairs[key], texts[key], targets.get(key)) for key in texts}


def case_pairs(session: Session, scope: Scope) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of the figures of cases: two statements in all."""
    return _sums(_rows(session, scope, "finished"), "finished") | _sums(
        _rows(session, scope, "received"), "received"
    )


BASES = ("finished", "received")


def conditions(base: str) -> list[str]:
    """What is counted over a base, each condition once."""
    parts = [c for f in CASE_FIGURES if f.base == base for c in (f.part, f.of or EVERY)]
    return [c for c in dict.fromkeys(parts) if c != EVERY]


def _rows(session: Session, scope: Scope, base: str) -> list[month_sums.Row]:
    """By item version: its cases, their days, how many fulfil each condition; past months from their kept sums."""
    formula = month_sums.formula_of(conditions(base))
    months = month_sums.whole_months(scope.first, scope.last)
    kept = month_sums.kept_months(session, base, formula, months)
    narrowed, more = _narrowed(scope)
    rows = month_sums.kept_rows(session, base, formula, kept, more) if kept else []
    for first, last in month_sums.rest(scope.first, scope.last, kept):
        rows += _count(session, base, "version_id", first, last, narrowed, more)
    return month_sums.added(rows)


def count_month(session: Session, base: str, first: date, last: date) -> list[Any]:
    """What a month adds, by version, department, site and window: those four, the days, then the counts."""
    return list(_read(session, base, "version_id, department_id, site_code, window_id", first, last, "", {}))


def _count(
    session: Session, base: str, group: str, first: date, last: date, narrowed: str, more: Mapping[str, Any]
) -> list[month_sums.Row]:
    rows = _read(session, base, group, first, last, narrowed, more)
    return [(row[0], int(row[1] or 0), [int(number or 0) for number in row[2:]]) for row in rows]


def _read(
    session: Session, base: str, group: str, first: date, last: date, narrowed: str, more: Mapping[str, Any]
) -> Any:
    where = FINISHED if base == "finished" else RECEIVED
    days = "SUM(used_days)" if base == "finished" else "0"
    columns = ", ".join([group, days, "COUNT(*)", *(counted(c) for c in conditions(base))])
    statement = f"SELECT {columns} FROM cases WHERE {where}{narrowed} GROUP BY {group}"  # noqa: S608 - our constants
    return session.connection().execute(_with_period(statement, Scope(first, last), more)).all()


def _sums(rows: list[tuple[str, int, list[int]]], base: str) -> dict[str, tuple[int, int]]:
    names = [EVERY, *conditions(base)]
    value = {name: sum(numbers[at] for _, _, numbers in rows) for at, name in enumerate(names)}
    return {f.key: (value[f.part], value[f.of or EVERY]) for f in CASE_FIGURES if f.base == base}


def _narrowed(scope: Scope) -> tuple[str, dict[str, Any]]:
    wanted: dict[str, Any] = {}
    sql = ""
    if scope.department_id:
        sql += " AND department_id = :department"
        wanted["department"] = scope.department_id
    if scope.hall_code:
        sql += " AND window_id IN (SELECT id FROM windows WHERE hall_code = :hall)"
        wanted["hall"] = scope.hall_code
    if scope.site_codes:
        sql += " AND site_code IN :sites"
        wanted["sites"] = sorted(scope.site_codes)
    return sql, wanted


def _with_period(statement: str, scope: Scope, more: Mapping[str, Any]) -> Any:
    wanted: list[Any] = []
    if ":first" in statement:
        wanted += [bindparam("first", scope.first, Date), bindparam("last", scope.last, Date)]
    for name, value in more.items():
        wanted.append(bindparam(name, value, String, expanding=isinstance(value, list)))
    return text(statement).bindparams(*wanted)


def _other_pairs(session: Session, scope: Scope) -> dict[str, tuple[int, int]]:
    found = {}
    for key, statement in OTHER_FIGURES.items():
        if key not in BY_VERSION and key != FROM_CATALOGUE:
            part, of = session.connection().execute(_with_period(statement, scope, {})).one()
            found[key] = int(part or 0), int(of or 0)
    return found


def _by_version(session: Session, rows: list[tuple[str, int, list[int]]]) -> dict[str, tuple[int, int]]:
    at_window = [EVERY, *conditions("finished")].index("was_decided_at_window")
    used = statutory = short = every = 0
    windows: dict[str, int] = {}
    for version_id, days, numbers in rows:
        version = cases.version(session, version_id)
        used, statutory = used + days, statutory + version.statutory_days * numbers[0]
        short += numbers[0] if version.promised_days <= SHORT_PROMISE else 0
        every += numbers[0]
        windows[version.code] = windows.get(version.code, 0) + numbers[at_window]
    outside = sum(1 for number in windows.values() if number == 0)
    return {
        "time_saved": (statutory - used, statutory),
        "promise_within_five": (short, every),
        "decided_outside": (outside, outside),
    }


def handled(session: Session, scope: Scope) -> list[Handled]:
    """By item and promise: the finished cases of a scope and the days they took (D9)."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for version_id, days, numbers in _rows(session, scope, "finished"):
        version = cases.version(session, version_id)
        number, used = found.get((version.code, version.promised_days), (0, 0))
        found[version.code, version.promised_days] = number + numbers[0], used + days
    return [Handled(code, promise, number, used) for (code, promise), (number, used) in sorted(found.items())]


def outside_items(session: Session, scope: Scope) -> list[str]:
    """Items of which no finished case was decided at the window: 明进暗不进 (A16)."""
    at_window = [EVERY, *conditions("finished")].index("was_decided_at_window")
    windows: dict[str, int] = {}
    for version_id, _, numbers in _rows(session, scope, "finished"):
        code = cases.version(session, version_id).code
        windows[code] = windows.get(code, 0) + numbers[at_window]
    return sorted(code for code, number in windows.items() if number == 0)


def promise_shorter(session: Session) -> tuple[int, int]:
    """How many days all promises together are shorter than the statutory limits, of those limits."""
    rows = session.exec(
        select(ItemVersionRecord.id)
        .join(ItemRecord, col(ItemRecord.current_version_id) == ItemVersionRecord.id)
        .where(ItemRecord.status == "published")
    )
    versions = [cases.version(session, version_id) for version_id in rows]
    statutory = sum(version.statutory_days for version in versions)
    return statutory - sum(version.promised_days for version in versions), statutory


def projects_by_template(session: Session) -> list[tuple[str, str, int, int]]:
    """Joint projects by template and state: how many, and their investment in fen."""
    statement = (
        "SELECT template, state, COUNT(*), SUM(investment_fen) FROM projects WHERE template <> ''"
        " GROUP BY template, state ORDER BY template, state"
    )
    rows = session.connection().execute(text(statement)).all()
    return [(str(template), str(state), int(n), int(fen or 0)) for template, state, n, fen in rows]


def serial_projects(session: Session) -> list[ProjectRecord]:
    """Projects that should run in parallel and do not (E25)."""
    rows = select(ProjectRecord).where(
        ProjectRecord.template == "", col(ProjectRecord.investment_fen) >= 10_000_000_00
    )
    return list(session.exec(rows.order_by(ProjectRecord.number)))


def critical_paths(session: Session, limit: int = 50) -> list[tuple[str, Child]]:
    """Of the latest joined projects: which department decided the total time, and its working days (E26)."""
    newest = select(ProjectRecord.id, ProjectRecord.number).where(col(ProjectRecord.joined_at).is_not(None))
    found = session.exec(newest.order_by(col(ProjectRecord.joined_at).desc()).limit(limit))
    numbers = {project_id: number for project_id, number in found.all()}  # noqa: C416 - rows, not pairs
    rows = session.exec(
        select(CaseRecord.project_id, DepartmentRecord.code, CaseRecord.used_days)
        .join(DepartmentRecord, col(CaseRecord.department_id) == DepartmentRecord.id)
        .where(col(CaseRecord.project_id).in_(numbers), col(CaseRecord.decided_on).is_not(None))
    )
    children: dict[str, list[Child]] = {}
    for project_id, code, days in rows:
        children.setdefault(str(project_id), []).append(Child(code, days))
    slowest = {i: critical_path(children.get(i, [])) for i in numbers}
    return [(numbers[i], child) for i, child in slowest.items() if child]


def month_before(day: date) -> tuple[date, date]:
    """The first and last day of the month before the one of a day."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last

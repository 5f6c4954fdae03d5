"""What sheets of a register add up to: windows that fail the five standards, merged appraisals, ranks, best cities.

双重管理, 双向考核: the mark of the sending department and of the centre count alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from approval.register_work import AGENCY_SERVICES, FIVE_STANDARDS, FOUR_QUALITIES
from kernel.errors import Refused

PASS_MARK = 80  # of 100: five areas of 20
GRADES = ((90, "excellent"), (80, "good"), (60, "qualified"), (0, "unqualified"))  # 优秀, 良好, 合格, 不合格


def standard_points(sheet: Mapping[str, Any]) -> int:
    """The sum of the five areas."""
    return sum(int(sheet[name]) for name, _, _ in FIVE_STANDARDS)


def failing_windows(sheets: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """Windows whose newest sheet fails, with its day and points: they stay until a re-check passes."""
    newest: dict[str, Mapping[str, Any]] = {}
    for sheet in sorted(sheets, key=lambda one: str(one["checked_on"])):
        newest[str(sheet["window"])] = sheet
    return [
        (window, str(sheet["checked_on"]), standard_points(sheet))
        for window, sheet in sorted(newest.items())
        if standard_points(sheet) < PASS_MARK
    ]


@dataclass(frozen=True)
class Appraisal:
    """Both scores of a person, and the grade that they give together."""

    centre_score: int
    sender_score: int
    grade: str


def appraise(sheet: Mapping[str, Any]) -> Appraisal:
    """Merge the four dimensions of the centre with the score of the sending department."""
    centre = sum(int(sheet[name]) for name, _, _ in FOUR_QUALITIES)
    sender = int(sheet["sender_score"])
    return Appraisal(centre, sender, next(word for least, word in GRADES if centre + sender >= 2 * least))


def rank_sites(
    rows: Iterable[Mapping[str, Any]], county_of: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    """Sites with their scores by county, the best first; equal scores in the order of their codes."""
    ranked: dict[str, list[tuple[str, int]]] = {}
    for row in sorted(rows, key=lambda one: (-int(one["score"]), str(one["site"]))):
        ranked.setdefault(county_of.get(str(row["site"]), ""), []).append(
            (str(row["site"]), int(row["score"]))
        )
    return ranked


def best_limits(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, str]]:
    """By item: the shortest promise of another city, and which city that is."""
    best: dict[str, tuple[int, str]] = {}
    for row in rows:
        offer = (int(row["days"]), str(row["city"]))
        best[str(row["item"])] = min(offer, best.get(str(row["item"]), offer))
    return best


def choosable(rows: Iterable[Mapping[str, Any]], service: str, day: str) -> list[Mapping[str, Any]]:
    """Agencies of a service that an applicant may pick on a day, the cheapest first.

    An agency whose qualification has expired, or that is blacklisted, is not there.
    """
    if service not in {word for word, _, _ in AGENCY_SERVICES}:
        raise Refused(rule="intermediaries", why="there is no such service")
    able = [
        row
        for row in rows
        if row["service"] == service and row["valid_until"] >= day and not row.get("blacklisted_for")
    ]
    return sorted(able, key=lambda row: (int(row["price_fen"]), int(row["promise_days"]), str(row["code"])))

"""An expert's sheet: the points one member of the panel gives one bid, criterion by criterion."""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.canonical import JsonValue
from evaluation.fixed_point import read_points
from evaluation.rulebook import Criterion, Rulebook
from kernel.errors import BadSheet
from kernel.ids import BidId
from kernel.money import write_units


@dataclass(frozen=True)
class Sheet:
    """Points by criterion id, in units of 10**-places.sheet of the rulebook."""

    member: str
    bid_id: BidId
    points: Mapping[str, int]


def read_sheet(rulebook: Rulebook, member: str, bid_id: BidId, points: Mapping[str, object]) -> Sheet:
    """Read points written as decimal text; a draft may still lack criteria.

    Raises:
        BadSheet: `where` is the criterion, `why` the limit that it breaks.
    """
    known = {criterion.id: criterion for criterion in rulebook.expert_criteria}
    read = {}
    for id, text in points.items():
        try:
            read[id] = read_points(text, rulebook.places.sheet)
        except ValueError as why:
            raise BadSheet(where=id, why=str(why)) from None
        _check_points(known, id, read[id], rulebook.places.sheet)
    return Sheet(member, bid_id, read)


def write_sheet_points(rulebook: Rulebook, sheet: Sheet) -> dict[str, JsonValue]:
    """The points as decimal text, in the rulebook's order of criteria."""
    places = rulebook.places.sheet
    return {
        criterion.id: write_units(sheet.points[criterion.id], places)
        for criterion in rulebook.expert_criteria
        if criterion.id in sheet.points
    }


def check_sheet(rulebook: Rulebook, sheet: Sheet) -> None:
    """Accept a sheet that may be signed: every criterion once, on its step, from zero to its maximum.

    Raises:
        BadSheet: `where` is the criterion, `why` the limit that it breaks.
    """
    known = {criterion.id: criterion for criterion in rulebook.expert_criteria}
    for id, points in sheet.points.items():
        _check_points(known, id, points, rulebook.places.sheet)
    for id in known:
        if id not in sheet.points:
            raise BadSheet(where=id, why="points are missing for this criterion")


def _check_points(known: Mapping[str, Criterion], id: str, points: int, places: int) -> None:
    criterion = known.get(id)
    if criterion is None:
        raise BadSheet(where=id, why="the experts score no such criterion")
    if not 0 <= points <= criterion.maximum:
        raise BadSheet(where=id, why=f"points go from 0 to {write_units(criterion.maximum, places)}")
    if points % criterion.step:
        raise BadSheet(where=id, why=f"points go in steps of {write_units(criterion.step, places)}")

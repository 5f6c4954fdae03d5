"""畸高畸低: an expert's figures that stand far apart from the other experts' figures.

Two definitions are in use and the tender says which: a figure is compared with the mean of the whole panel
(which it pulls towards itself), or with the mean of the others. Both are decided without a division, in whole
numbers: with E experts, s the figure and T the sum of all of them, and p percent,

    panel_mean:     100 * |E*s - T|           > p * T
    leave_one_out:  100 * |(E-1)*s - (T - s)| > p * (T - s)

A figure exactly p percent away is not flagged. Being flagged changes no score: its member writes a reason.
Source: 招标投标法实施条例 article 49 leaves the threshold to the tender document. Format: docs/formats/findings.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from crypto.canonical import JsonValue
from evaluation.fixed_point import LIMIT, Units, largest, read_points
from kernel.fields import Fields
from kernel.money import write_units

DEFINITIONS: Final = ("panel_mean", "leave_one_out")
LEVELS: Final = ("criterion", "group", "total")
WHOLE = 10_000  # hundredths of one percent
BANDS: Final = (5_000, 10_000)  # deviations a member is told: up to 50 %, up to 100 %, more
FEWEST_EXPERTS = 3  # between two nobody can say who stands apart


@dataclass(frozen=True)
class OutlierRule:
    """How far is too far; `percent` in hundredths of one percent."""

    definition: str = "leave_one_out"
    percent: int = 3_000
    levels: tuple[str, ...] = LEVELS


@dataclass(frozen=True)
class Outlier:
    """One flagged figure: which expert, which bid, which column, and how far from the mean it lies."""

    expert: int
    bid: int
    column: int
    is_high: bool
    band: int
    """0: up to 50 %, 1: up to 100 %, 2: more"""


def read_rule(fields: Fields) -> OutlierRule:
    """The rule under the key `outliers` of a rulebook.

    Raises:
        BadInput (or the error of `fields`): the path of the first wrong field and what it must be.
    """
    inner = fields.inner("outliers")
    definition = inner.choice("definition", DEFINITIONS)
    try:
        percent = read_points(inner.take("percent"), 2)
    except ValueError as why:
        inner.fail("percent", str(why))
    if not 0 < percent <= 20 * WHOLE:
        inner.fail("percent", "a percentage above 0 and at most 2000 is needed here")
    levels = inner.list("levels")
    if not levels or any(level not in LEVELS or levels.count(level) > 1 for level in levels):
        inner.fail("levels", f"each level once, out of {', '.join(LEVELS)}")
    inner.done()
    return OutlierRule(definition, percent, tuple(level for level in LEVELS if level in levels))


def write_rule(rule: OutlierRule) -> dict[str, JsonValue]:
    """The JSON form of the rule; `read_rule` gives the same rule back."""
    return {
        "definition": rule.definition,
        "percent": write_units(rule.percent, 2),
        "levels": list(rule.levels),
    }


def flags(figures: Units, rule: OutlierRule) -> NDArray[np.bool_]:
    """Which figures of [expert, bid, column] stand apart; none where fewer than three experts score."""
    if len(figures) < FEWEST_EXPERTS:
        return np.zeros(figures.shape, dtype=bool)
    distance, reference = _distances(figures, rule.definition, max(WHOLE, rule.percent))
    return np.asarray(WHOLE * np.abs(distance) > rule.percent * reference, dtype=bool)


def find_outliers(figures: Units, rule: OutlierRule) -> tuple[Outlier, ...]:
    """The flagged figures of [expert, bid, column], in order of expert, bid and column."""
    found = np.argwhere(flags(figures, rule))
    if not len(found):
        return ()
    distance, reference = _distances(figures, rule.definition, max(WHOLE, *BANDS))
    return tuple(
        Outlier(
            expert=int(expert),
            bid=int(bid),
            column=int(column),
            is_high=bool(distance[expert, bid, column] > 0),
            band=_band(int(distance[expert, bid, column]), int(reference[expert, bid, column])),
        )
        for expert, bid, column in found
    )


def split_votes(figures: Units, columns: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """(bid, column) of the yes-or-no items on which the experts do not all say the same."""
    if not len(figures):
        return ()
    differ = np.any(figures[:, :, list(columns)] != figures[:1, :, list(columns)], axis=0)
    return tuple((int(bid), columns[column]) for bid, column in np.argwhere(differ))


def _distances(figures: Units, definition: str, factor: int) -> tuple[Units, Units]:
    """(how far, from what), both multiplied by the number of experts compared with."""
    experts = len(figures)
    bound = 2 * experts * max(largest(figures), 1) * factor
    figures = figures.astype(object if bound >= LIMIT else np.int64)
    total = figures.sum(axis=0, keepdims=True)
    if definition == "panel_mean":
        return experts * figures - total, np.broadcast_to(total, figures.shape)
    others = total - figures
    return (experts - 1) * figures - others, others


def _band(distance: int, reference: int) -> int:
    return sum(WHOLE * abs(distance) > edge * reference for edge in BANDS)

"""Who may be drawn at all: small rules that each give a coarse public code or nothing.

The codes are coarse on purpose: a finer one, published with a small pool, would point at a bidder or at a person.
Inside the eligible set nobody is weighted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from expert_pool.conflicts import find_ties
from expert_pool.experts import ACTIVE, Expert

STANDING, SPECIALTY, AVOIDANCE = "standing", "specialty", "avoidance"
CODES = (STANDING, SPECIALTY, AVOIDANCE)

Rule = Callable[[Expert], str | None]


@dataclass(frozen=True)
class SeatGroup:
    """Seats that ask for the same: any of these specialties (by code or prefix) and any of these regions."""

    id: str
    name: dict[str, str]
    quota: int
    reserves: int
    specialties: tuple[str, ...]
    regions: tuple[str, ...] = ()


def fits(expert: Expert, group: SeatGroup) -> bool:
    """Whether the expert may fill a seat of the group."""
    region = not group.regions or expert.region in group.regions
    return region and any(
        code.startswith(asked) for code in expert.specialties for asked in group.specialties
    )


def mask_of(expert: Expert, groups: Sequence[SeatGroup]) -> int:
    """Bit g is set when the expert fits groups[g]."""
    return sum(1 << g for g, group in enumerate(groups) if fits(expert, group))


def in_good_standing(on: date) -> Rule:
    """Excludes who is suspended, removed, or whose entry is no longer valid on that day."""

    def rule(expert: Expert) -> str | None:
        valid = expert.valid_until is None or expert.valid_until >= on
        return None if expert.standing == ACTIVE and valid else STANDING

    return rule


def fits_some_group(groups: Sequence[SeatGroup]) -> Rule:
    """Excludes who fits no seat."""
    return lambda expert: None if mask_of(expert, groups) else SPECIALTY


def has_no_tie(parties: Iterable[str]) -> Rule:
    """Excludes who is tied to the tenderer or a bidder."""
    named = tuple(parties)
    return lambda expert: AVOIDANCE if find_ties(expert, named) else None


def find_exclusion(expert: Expert, rules: Iterable[Rule]) -> str | None:
    """The code of the first rule that excludes the expert, or nothing."""
    return next((code for rule in rules if (code := rule(expert)) is not None), None)

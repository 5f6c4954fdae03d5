"""The most equal chances that the seats allow, as exact fractions.

Each expert has a mask: bit g is set when the expert may fill a seat of group g. The panels that fill every seat are
the bases of a transversal matroid, so the reachable chances are p(everyone) = seats and p(S) <= r(S). The leximin
vector over them is unique and has a closed form, a sequence of bottlenecks: among the sets of groups A that contain
the groups already done, take the one with the least (seats in A not done) / (experts inside A not done), the largest
such set among ties; every expert inside it who has no chance yet gets that ratio.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import add

from kernel.errors import TooFewEligibleExperts

MOST_GROUPS = 13  # 2**13 sets of groups are looked at


@dataclass(frozen=True)
class Step:
    """One bottleneck: the groups it fills up (as bits), and the masks that get their chance here."""

    chance: Fraction
    groups: int
    masks: frozenset[int]


def leximin(quotas: Sequence[int], classes: Mapping[int, int]) -> dict[int, Fraction]:
    """The chance of an expert of each class, keyed by mask; `classes` counts the experts of each mask.

    The seats must be fillable (`check_fillable`).
    """
    return {mask: step.chance for step in leximin_levels(quotas, classes) for mask in step.masks}


def leximin_levels(quotas: Sequence[int], classes: Mapping[int, int]) -> tuple[Step, ...]:
    """The bottlenecks in their order, from the least chance up."""
    full = (1 << len(quotas)) - 1
    inside, seats = experts_inside(len(quotas), classes), _seats(quotas)
    done, steps = 0, list[Step]()
    while inside[done] < inside[full]:
        ratio, bottleneck = _bottleneck(inside, seats, done, full)
        masks = frozenset(mask for mask in classes if mask & ~bottleneck == 0 and mask & ~done)
        steps.append(Step(ratio, bottleneck & ~done, masks))
        done = bottleneck
    return tuple(steps)


def may_be_fillable(quotas: Sequence[int], classes: Mapping[int, int]) -> bool:
    """Whether the seats could be filled if there were no caps."""
    full = (1 << len(quotas)) - 1
    inside, seats = experts_inside(len(quotas), classes), _seats(quotas)
    return all(inside[full] - inside[full ^ groups] >= seats[groups] for groups in range(1, full + 1))


def check_fillable(quotas: Sequence[int], classes: Mapping[int, int], names: Sequence[str]) -> None:
    """Accept a pool that can fill every seat with different experts (Hall's condition).

    Raises:
        TooFewEligibleExperts: `short` names each smallest set of groups that lacks experts, and how many it lacks.
    """
    full = (1 << len(quotas)) - 1
    inside, seats = experts_inside(len(quotas), classes), _seats(quotas)
    short: dict[int, int] = {}
    for groups in sorted(range(1, full + 1), key=lambda groups: (groups.bit_count(), groups)):
        touching = inside[full] - inside[full ^ groups]
        if touching < seats[groups] and not any(smaller & groups == smaller for smaller in short):
            short[groups] = seats[groups] - touching
    if short:
        raise TooFewEligibleExperts(
            short="; ".join(f"{_joined(groups, names)}: {lack}" for groups, lack in short.items())
        )


def _bottleneck(inside: Sequence[int], seats: Sequence[int], done: int, full: int) -> tuple[Fraction, int]:
    """The least ratio of seats to experts outside `done`, and the union of the sets that reach it."""
    best_seats, best_experts, best = 1, 0, done  # 1/0: above every ratio
    rest = full ^ done
    subset = rest
    while subset:
        groups = done | subset
        free_seats, experts = seats[groups] - seats[done], inside[groups] - inside[done]
        if experts:
            order = free_seats * best_experts - best_seats * experts
            if order < 0:
                best_seats, best_experts, best = free_seats, experts, groups
            elif order == 0:
                best |= groups
        subset = (subset - 1) & rest
    return Fraction(best_seats, best_experts), best


def experts_inside(groups: int, classes: Mapping[int, int]) -> list[int]:
    """How many experts have a mask inside each set of groups; empty masks are not eligible and not counted."""
    inside = [0] * (1 << groups)
    for mask, experts in classes.items():
        inside[mask] += experts
    inside[0] = 0
    for bit in range(groups):
        step = 1 << bit
        for first in range(step, 1 << groups, 2 * step):  # the sets with this group beside those without it
            there = slice(first, first + step)
            inside[there] = map(add, inside[there], inside[first - step : first])
    return inside


def _seats(quotas: Sequence[int]) -> list[int]:
    """How many seats each set of groups has."""
    seats = [0] * (1 << len(quotas))
    for index in range(1, len(seats)):
        lowest = (index & -index).bit_length() - 1
        seats[index] = seats[index & (index - 1)] + quotas[lowest]
    return seats


def _joined(groups: int, names: Sequence[str]) -> str:
    return " + ".join(name for g, name in enumerate(names) if groups >> g & 1)

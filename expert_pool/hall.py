"""Why a pool cannot fill the seats, and the smallest ways out.

A set of groups is short when its seats are more than the experts who may fill any of them, each employer (company,
city) counted up to its cap at most (Hall's condition, with caps). What is lacking in the whole is the worst such set.
Nobody is named: groups, numbers and caps only.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from expert_pool.flow import FlowNetwork
from expert_pool.leximin import experts_inside
from kernel.errors import TooFewEligibleExperts

Path = tuple[str, ...]
Pool = Mapping[tuple[int, Path], int]
Tree = tuple[
    int, tuple[tuple[int, int], ...], tuple[Any, ...]
]  # cap (0: none), ((mask, count), ...), subtrees


@dataclass(frozen=True)
class Shortage:
    """A smallest set of groups that is short; `without_caps` tells what it would lack if there were no caps."""

    groups: tuple[str, ...]
    seats: int
    missing: int
    without_caps: int


@dataclass(frozen=True)
class Relaxation:
    """The least changes of which each alone would make the seats fillable; what cannot help is None or empty.

    `give_up` is the fewest seats to leave out, `from_groups` one way to do it. `caps` holds the least value of each
    cap that is enough while the others stay, 0 where only lifting it is. `merge` are pairs of groups to make one;
    `widen` says (a, b): seats of a are opened to those who may fill b.
    """

    give_up: int
    from_groups: Mapping[str, int]
    caps: tuple[int | None, ...]
    merge: tuple[tuple[str, str], ...]
    widen: tuple[tuple[str, str], ...]


def check_pool(quotas: Sequence[int], pool: Pool, caps: Sequence[int], names: Sequence[str]) -> None:
    """Accept a pool that can fill every seat within the caps; `pool` counts experts by mask and path.

    Raises:
        TooFewEligibleExperts: `short` says which groups lack how many, `shortages` and `relaxation` are the same as
            values (Shortage, Relaxation).
    """
    short = shortages(quotas, pool, caps, names)
    if not short:
        return
    relaxed = relaxation(quotas, pool, caps, names)
    said = "; ".join(
        f"{' + '.join(one.groups)}: {one.missing}"
        + (" (because of the cap on employers)" if one.missing > max(one.without_caps, 0) else "")
        for one in short
    )
    raise TooFewEligibleExperts(short=said, shortages=short, relaxation=relaxed)


def shortages(
    quotas: Sequence[int], pool: Pool, caps: Sequence[int], names: Sequence[str]
) -> tuple[Shortage, ...]:
    """Every smallest set of groups that is short, smaller sets first."""
    most, free = filled(quotas, pool, caps), filled(quotas, pool, ())
    found: dict[int, Shortage] = {}
    for groups in sorted(range(1, 1 << len(quotas)), key=lambda groups: (groups.bit_count(), groups)):
        seats = _seats(quotas, groups)
        if most[groups] < seats and not any(smaller & groups == smaller for smaller in found):
            named = tuple(name for g, name in enumerate(names) if groups >> g & 1)
            found[groups] = Shortage(named, seats, seats - most[groups], max(0, seats - free[groups]))
    return tuple(found.values())


def is_fillable(quotas: Sequence[int], pool: Pool, caps: Sequence[int]) -> bool:
    """Whether every seat can be filled within the caps, by a greatest flow."""
    source, sink, first = 0, 1, 2
    places: dict[Path | int, int] = {(): source}
    for mask, path in pool:
        around: list[Path | int] = [mask, *(path[level:] for level in range(len(caps)))]
        for place in around:
            places.setdefault(place, first + len(quotas) + len(places) - 1)
    network, seats = FlowNetwork(first + len(quotas) + len(places)), sum(quotas)
    for place, node in places.items():
        if isinstance(place, tuple) and place:
            network.add(places[place[1:]], node, caps[len(caps) - len(place)])
        elif isinstance(place, int):
            for group in range(len(quotas)):
                if place >> group & 1:
                    network.add(node, first + group, seats)
    for (mask, path), count in pool.items():
        network.add(places[path if caps else ()], places[mask], count)
    for group, quota in enumerate(quotas):
        network.add(first + group, sink, quota)
    return network.fill(source, sink) == seats


def filled(quotas: Sequence[int], pool: Pool, caps: Sequence[int]) -> list[int]:
    """How many experts within the caps may fill some group of each set of groups, keyed by the set's bits."""
    size = 1 << len(quotas)
    single, large = Counter[int](), Counter[Tree]()
    for tree in _trees(pool, caps):
        cap, masks, subtrees = tree
        if (
            cap == 1 and not subtrees
        ):  # one seat for all of them: as one expert who may fill what any of them may
            single[_union(masks)] += 1
        elif not subtrees and (not cap or sum(count for _, count in masks) <= cap):
            single.update(dict(masks))
        else:
            large[tree] += 1
    inside = experts_inside(len(quotas), single)
    sums = [inside[size - 1] - inside[size - 1 ^ groups] for groups in range(size)]
    for tree, count in large.items():
        for groups, most in enumerate(_within(tree, size)):
            sums[groups] += count * most
    return sums


def relaxation(quotas: Sequence[int], pool: Pool, caps: Sequence[int], names: Sequence[str]) -> Relaxation:
    """The smallest changes that help."""
    most = filled(quotas, pool, caps)
    left = _fewest_given_up(list(quotas), most)
    raised = tuple(_least_cap(quotas, pool, caps, level) for level in range(len(caps)))
    merge, widen = list[tuple[str, str]](), list[tuple[str, str]]()
    short = [groups for groups in range(1 << len(quotas)) if most[groups] < _seats(quotas, groups)]
    for one, other in permutations(range(len(quotas)), 2):
        # Every short set must gain: by the wider group itself, or by one of the two that become one.
        may_merge = one < other and all(groups >> one & 1 or groups >> other & 1 for groups in short)
        if may_merge and is_fillable(*_merged(quotas, pool, one, other), caps):
            merge.append((names[one], names[other]))
        if not all(groups >> one & 1 for groups in short):
            continue
        wider = {(_widened(mask, one, other), path): 0 for mask, path in pool}
        for (mask, path), count in pool.items():
            wider[_widened(mask, one, other), path] += count
        if is_fillable(quotas, wider, caps):
            widen.append((names[one], names[other]))
    given_up = {name: before - after for name, before, after in zip(names, quotas, left, strict=True)}
    return Relaxation(
        sum(quotas) - sum(left),
        {name: seats for name, seats in given_up.items() if seats},
        raised,
        tuple(merge),
        tuple(widen),
    )


def write_shortage(error: TooFewEligibleExperts) -> dict[str, Any]:
    """What is short and what would help, as JSON."""
    relaxed: Relaxation = error.facts["relaxation"]  # type: ignore[assignment]
    short: tuple[Shortage, ...] = error.facts["shortages"]  # type: ignore[assignment]
    return {
        "short": [
            {
                "groups": list(one.groups),
                "seats": one.seats,
                "missing": one.missing,
                "because_of_caps": one.missing - one.without_caps,
            }
            for one in short
        ],
        "relaxation": {
            "give_up_seats": relaxed.give_up,
            "give_up_in": dict(relaxed.from_groups),
            "raise_cap_to": list(relaxed.caps),
            "merge_groups": [list(pair) for pair in relaxed.merge],
            "open_group_to_experts_of": [list(pair) for pair in relaxed.widen],
        },
    }


def describe_relaxation(relaxed: Relaxation) -> list[str]:
    """The ways out as sentences."""
    where = ", ".join(f"{seats} of {name}" for name, seats in relaxed.from_groups.items())
    ways = [f"give up {relaxed.give_up} seat{'s' * (relaxed.give_up > 1)} ({where})"]
    ways += [
        f"raise the cap of level {level} to {cap}" if cap else f"lift the cap of level {level}"
        for level, cap in enumerate(relaxed.caps)
        if cap is not None
    ]
    ways += [f"merge the groups {one} and {other}" for one, other in relaxed.merge]
    ways += [f"open the seats of {one} to experts of {other}" for one, other in relaxed.widen]
    return ways


def _trees(pool: Pool, caps: Sequence[int]) -> Iterator[Tree]:
    """The experts of each outermost employer; single experts where there are no caps."""
    if not caps:
        for (mask, _), count in pool.items():
            yield (0, ((mask, count),), ())
        return
    outer: dict[str, dict[tuple[int, Path], int]] = {}
    for (mask, path), count in pool.items():
        inner = outer.setdefault(path[-1], {})
        inner[mask, path[:-1]] = inner.get((mask, path[:-1]), 0) + count
    for inner in outer.values():
        if len(caps) == 1:
            yield (caps[0], tuple(sorted((mask, count) for (mask, _), count in inner.items())), ())
        else:
            yield (caps[-1], (), tuple(sorted(_trees(inner, caps[:-1]))))


def _union(masks: Iterable[tuple[int, int]]) -> int:
    union = 0
    for mask, _ in masks:
        union |= mask
    return union


def _within(tree: Tree, size: int) -> list[int]:
    """How many experts of a tree count for each set of groups."""
    cap, masks, subtrees = tree
    most = [0] * size
    for mask, count in masks:
        for groups in range(size):
            if mask & groups:
                most[groups] += count
    for subtree in subtrees:
        most = [one + other for one, other in zip(most, _within(subtree, size), strict=True)]
    return [min(cap, one) for one in most] if cap else most


def _fewest_given_up(quotas: list[int], most: Sequence[int]) -> list[int]:
    """Quotas that can be filled, with as few seats left out as possible; the last groups give up first.

    What the groups can be filled with is a polymatroid, so going from group to group and taking all that fits is best.
    """
    left = [0] * len(quotas)
    for group, quota in enumerate(quotas):
        others = [sum(left[g] for g in range(group) if groups >> g & 1) for groups in range(1 << group)]
        room = min(most[groups | 1 << group] - others[groups] for groups in range(1 << group))
        left[group] = min(quota, room)
    return left


def _least_cap(quotas: Sequence[int], pool: Pool, caps: Sequence[int], level: int) -> int | None:
    """The least value of one cap that is enough while the others stay; 0: only without it; None: not even then."""
    lifted = [cap for i, cap in enumerate(caps) if i != level]
    lifted_pool = Counter[tuple[int, Path]]()
    for (mask, path), count in pool.items():
        lifted_pool[mask, path[:level] + path[level + 1 :] if len(caps) > 1 else ()] += count
    if not is_fillable(quotas, lifted_pool, lifted):
        return None
    for cap in range(caps[level] + 1, sum(quotas) + 1):
        if is_fillable(quotas, pool, [cap if i == level else one for i, one in enumerate(caps)]):
            return cap
    return 0


def _widened(mask: int, group: int, source: int) -> int:
    return mask | 1 << group if mask >> source & 1 else mask


def _merged(quotas: Sequence[int], pool: Pool, one: int, other: int) -> tuple[list[int], Pool]:
    """Two groups as one, which keeps the first one's place; the other one asks for nobody."""
    seats = [*quotas]
    seats[one] += seats[other]
    seats[other] = 0
    merged = Counter[tuple[int, Path]]()
    for (mask, path), count in pool.items():
        merged[(_widened(mask, one, other)) & ~(1 << other), path] += count
    return seats, merged


def _seats(quotas: Sequence[int], groups: int) -> int:
    return sum(quota for g, quota in enumerate(quotas) if groups >> g & 1)

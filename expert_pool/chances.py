"""Every expert's exact chance in a pool with caps on employers and with relatives.

The closed form (`leximin`) comes first. If then some employer's experts together hold more than its cap, that
employer gets a row of its own and the flow (`capped_leximin`) decides anew, until no further cap is broken: chances
that are the most equal ones under fewer limits and keep all of them are the most equal ones.

Relatives never sit together: their outermost employers count as one block with one seat at most, which changes
nobody's chance as long as the block's chances together are at most 1. Where they are more, small pools are counted
out (`lottery`), large ones refused.
Reasons: docs/decisions/0021-employers-and-relatives.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from expert_pool.capped_leximin import ROOT, Kind, Level, Limit, Unfillable, capped_leximin
from expert_pool.hall import check_pool
from expert_pool.leximin import MOST_GROUPS, leximin_levels, may_be_fillable
from kernel.errors import BadInput, Refused

Path = tuple[str, ...]  # an expert's employer and what is around it, from the inside out; as long as the caps


class Member(NamedTuple):
    """An eligible expert as the chances see one; relatives share `kin`, an empty one has none."""

    mask: int
    path: Path = ()
    kin: str = ""


@dataclass(frozen=True)
class Chances:
    """The chance of everybody: by mask and innermost limit with a row of its own, the empty path if there is none."""

    levels: tuple[Level, ...]
    bound: tuple[Path, ...]
    of_kind: Mapping[tuple[int, Path], Fraction]
    counts: Mapping[tuple[int, Path], int]

    def kind_of(self, member: Member) -> tuple[int, Path]:
        """The class of an expert."""
        return member.mask, innermost(member.path, self._bound)

    def of(self, member: Member) -> Fraction:
        """The chance of an expert."""
        return self.of_kind[self.kind_of(member)]

    @property
    def _bound(self) -> frozenset[Path]:
        return frozenset(self.bound)


def innermost(path: Path, bound: frozenset[Path]) -> Path:
    """The innermost limit around an expert that has a row of its own."""
    if bound:
        for level in range(len(path)):
            if path[level:] in bound:
                return path[level:]
    return ()


def pool_chances(
    quotas: Sequence[int], members: Sequence[Member], caps: Sequence[int], names: Sequence[str]
) -> Chances:
    """The leximin chances; `caps[i]` limits what experts with the same `path[i:]` may hold together.

    Raises:
        BadInput: too many groups, or none.
        TooFewEligibleExperts: the seats cannot be filled; names groups, caps and the smallest ways out.
        Refused: relatives would have to share a seat (rule `relatives`).
    """
    if not 1 <= len(quotas) <= MOST_GROUPS:
        raise BadInput(where="groups", why=f"from 1 to {MOST_GROUPS} groups are allowed")
    counts = Counter((member.mask, member.path) for member in members)
    masks = Counter(member.mask for member in members)
    if not may_be_fillable(quotas, masks):
        check_pool(quotas, counts, caps, names)
    bound = frozenset[Path]()
    while True:
        try:
            found = _solve(quotas, counts, caps, bound)
        except Unfillable:
            check_pool(quotas, counts, caps, names)
            raise RuntimeError("internal: the flow and Hall's condition disagree") from None
        broken = _broken_caps(counts, found, caps)
        if not broken:
            break
        bound |= broken
    _check_relatives(members, found)
    return found


def _solve(
    quotas: Sequence[int],
    counts: Mapping[tuple[int, Path], int],
    caps: Sequence[int],
    bound: frozenset[Path],
) -> Chances:
    order = sorted(bound, key=lambda path: (-len(path), path), reverse=True)  # what is around comes first
    number = {(): ROOT} | {path: i for i, path in enumerate(order, 1)}
    kinds = Counter[Kind]()
    for (mask, path), count in counts.items():
        kinds[number[innermost(path, bound)], mask] += count
    limits = [Limit(number[innermost(path[1:], bound)], caps[len(caps) - len(path)]) for path in order]
    if bound:
        levels = capped_leximin(quotas, kinds, limits)
    else:
        levels = tuple(
            Level(step.chance, frozenset((ROOT, mask) for mask in step.masks), step.groups, frozenset())
            for step in leximin_levels(quotas, {mask: count for (_, mask), count in kinds.items()})
        )
    paths = ((), *order)
    of_kind = {(mask, paths[node]): level.chance for level in levels for node, mask in level.kinds}
    return Chances(
        levels, tuple(order), of_kind, {(mask, paths[node]): count for (node, mask), count in kinds.items()}
    )


def _broken_caps(
    counts: Mapping[tuple[int, Path], int], found: Chances, caps: Sequence[int]
) -> frozenset[Path]:
    bound, held, size = frozenset(found.bound), Counter[Path](), Counter[Path]()
    unit = lcm(*(chance.denominator for chance in found.of_kind.values()))
    share = {kind: chance.numerator * (unit // chance.denominator) for kind, chance in found.of_kind.items()}
    for (_, path), count in counts.items():
        for level in range(len(caps)):
            size[path[level:]] += count
    may_break = {path for path, count in size.items() if count > caps[len(caps) - len(path)]} - bound
    for (mask, path), count in counts.items():
        for level in range(len(caps)):
            if path[level:] in may_break:
                held[path[level:]] += count * share[mask, innermost(path, bound)]
    return frozenset(path for path, total in held.items() if total > caps[len(caps) - len(path)] * unit)


def blocks_of_kin(members: Iterable[Member]) -> dict[str, set[Path | int]]:
    """Which outermost employers (or single experts, by position, where there are no caps) one block holds together.

    Keyed by the block's first kin in order of text.
    """
    leader: dict[str, str] = {}
    home: dict[Path | int, str] = {}

    def find(kin: str) -> str:
        while leader[kin] != kin:
            kin = leader[kin]
        return kin

    for position, member in enumerate(members):
        if not member.kin:
            continue
        leader.setdefault(member.kin, member.kin)
        place: Path | int = member.path[-1:] or position
        one, other = find(member.kin), find(home.setdefault(place, member.kin))
        leader[max(one, other)] = min(one, other)
    blocks: dict[str, set[Path | int]] = {}
    for place, kin in home.items():
        blocks.setdefault(find(kin), set()).add(place)
    return blocks


def _check_relatives(members: Sequence[Member], found: Chances) -> None:
    blocks = blocks_of_kin(members)
    if not blocks:
        return
    of_place = {place: name for name, places in blocks.items() for place in places}
    total: dict[str, Fraction] = {}
    for position, member in enumerate(members):
        name = of_place.get(member.path[-1:] or position)
        if name is not None:
            total[name] = total.get(name, Fraction(0)) + found.of(member)
    named = ", ".join(sorted(name for name, held in total.items() if held > 1))
    if named:
        why = (
            f"the families {named} with their employers would hold more than one seat on average, but may hold 1; "
            "widen the pool or the groups, or exclude one of the relatives before the draw"
        )
        raise Refused(rule="relatives", why=why)

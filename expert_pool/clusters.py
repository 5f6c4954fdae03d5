"""Experts who may not sit together, put into clusters of which one at most is seated.

A part is a list of experts who hold at most one seat together. Experts come in the order of the draw's shuffle.

1. Without caps each expert is a part. With caps each employer hands its parts outwards, from limit to limit: not
   more parts than its cap are handed on as they are; more are dealt in turn onto as many piles as the cap, and each
   pile is one part, if no pile's chances are more than 1 together. Otherwise, or if a limit inside was kept, the
   limit is kept: a node of the rounding that holds its seats to the cap.
2. A block of relatives is one part with all of its outermost employers in it.
3. Parts fill clusters in the order of their first experts, the next cluster starting when the chances together would
   be more than 1; the parts under a kept limit fill clusters of their own.

Two experts whom the rules let meet are apart in some shuffles, so no pair is shut out. Dealing, not filling, is what
lets two of one small employer meet where its cap allows two.
Format: docs/formats/draw-record.md, section Clusters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Part = list[int]  # experts, as positions in the shuffled order
Path = tuple[str, ...]
KIN = "kin"  # no tag of an employer reads like this


@dataclass
class Kept:
    """A limit that the rounding must hold to its cap: its own clusters, and kept limits inside it."""

    first: int
    clusters: list[Part] = field(default_factory=list)
    inside: list["Kept"] = field(default_factory=list)


def make_clusters(
    chances: Sequence[int],
    paths: Sequence[Path],
    blocks: Mapping[Path | int, str],
    caps: Sequence[int],
    unit: int,
) -> tuple[list[Part], list[Kept]]:
    """The free clusters and the kept limits, each in the order of their first experts.

    `chances` are whole numbers of 1/unit, `paths` the limits of each expert from the inside out; `blocks` names the
    block of relatives of an outermost employer (by its path) or, without caps, of an expert (by position).
    """
    outer: dict[Path | int, list[int]] = {}
    for position in range(len(chances)):
        place: Path | int = paths[position][-1:] if caps else position
        name = blocks.get(place)
        outer.setdefault(place if name is None else (KIN, name), []).append(position)
    free, kept = list[Part](), list[Kept]()
    for place, members in outer.items():
        if len(members) == 1 or (isinstance(place, tuple) and place[0] == KIN):
            free.append(members)
            continue
        parts, inside = _parts(members, chances, paths, caps, unit)
        if inside is None:
            free += parts
        else:
            kept.append(inside)
    free.sort(key=lambda part: part[0])
    return fill(free, chances, unit), kept


def fill(parts: Iterable[Part], chances: Sequence[int], unit: int) -> list[Part]:
    """Parts put together as long as they hold at most one seat."""
    clusters, held = list[Part](), unit + 1
    for part in parts:
        more = sum([chances[position] for position in part])
        if held + more > unit:
            clusters.append([])
            held = 0
        clusters[-1] += part
        held += more
    return clusters


def _parts(
    members: Sequence[int], chances: Sequence[int], paths: Sequence[Path], caps: Sequence[int], unit: int
) -> tuple[list[Part], Kept | None]:
    """What a limit hands outwards, or itself if it must be kept; `caps` are those up to this limit."""
    parts, kept = [[position] for position in members], list[Kept]()
    if len(caps) > 1:
        parts = []
        inner: dict[str, list[int]] = {}
        for position in members:
            inner.setdefault(paths[position][len(caps) - 2], []).append(position)
        for held in inner.values():
            handed, inside = _parts(held, chances, paths, caps[:-1], unit)
            parts += handed
            kept += [inside] if inside else []
    parts.sort(key=lambda part: part[0])
    cap = caps[-1]
    if not kept and len(parts) > cap:
        piles = [[position for part in parts[pile::cap] for position in part] for pile in range(cap)]
        if all(sum([chances[position] for position in pile]) <= unit for pile in piles):
            return [sorted(pile) for pile in piles], None
    elif not kept:
        return parts, None
    return [], Kept(members[0], fill(parts, chances, unit), kept)

"""Who is called when a member leaves: the next reserve of the group who fits beside those who still sit.

A reserve whose employer (or what is around it) already holds as many seats as its cap, or whose relative sits, is
passed over now and stays on the list: when that member leaves, the reserve may be called.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from expert_pool.chances import Path
from expert_pool.draw import DrawRequest, PanelDraw


@dataclass(frozen=True)
class Employers:
    """The caps of a draw, and of each eligible leaf the employers (from the inside out) and the tag of relatives."""

    caps: tuple[int, ...]
    of_leaf: Mapping[str, Path]
    kin: Mapping[str, str]

    def have_room(self, leaf: str, seated: Collection[str]) -> bool:
        """Whether somebody may sit beside these."""
        path, kin = self.of_leaf.get(leaf, ()), self.kin.get(leaf)
        if kin and any(self.kin.get(other) == kin for other in seated):
            return False
        return all(
            sum(self.of_leaf.get(other, ())[level:] == path[level:] for other in seated) < cap
            for level, cap in enumerate(self.caps)
        )


def employers_of(request: DrawRequest) -> Employers:
    """What limits the members of a panel; nothing in a request of version 1."""
    caps = request.terms.caps if request.terms else ()
    return Employers(
        caps,
        {row.leaf: row.employers for row in request.eligible},
        {row.leaf: row.kin for row in request.eligible if row.kin},
    )


def next_reserve(
    result: PanelDraw, group: str, seated: Collection[str], called: Collection[str], employers: Employers
) -> str | None:
    """The leaf to call for a seat of the group: the first reserve not called yet who fits beside `seated`.

    `seated` are the leaves that sit now, without the one who leaves; `called` are all that were ever called, for any
    group. None: this draw's reserves are used up.
    """
    return next(
        (
            leaf
            for leaf in result.reserves.get(group, ())
            if leaf not in called and leaf not in seated and employers.have_room(leaf, seated)
        ),
        None,
    )

"""A further round of a draw: who of the first round's table can still be drawn for the seats left vacant.

The table of every round has the leaves of the first, so that anybody sees who came back and who could not:

1. Who sat, was called or was in reserve in an earlier round is excluded, and so is whoever fills none of the vacant
   seats. Nobody comes in anew, and nobody fits a group now that they did not fit before.
2. A colleague of those who still sit is excluded where the employer cannot take as many of the vacant seats as its
   cap allows; so is a relative of theirs.
3. Each round names the request of the one before by its hash, and the seats that it fills.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from expert_pool.chances import Path
from expert_pool.draw import DrawGroup, DrawRequest, PanelDraw, Row, request_hash
from expert_pool.reserves import Employers, employers_of, next_reserve
from kernel.errors import IntegrityBroken

EARLIER, NO_SEAT, BESIDE = "earlier-round", "no-vacant-seat", "beside-member"
LATER_CLAUSES: Final[Mapping[str, str]] = {
    EARLIER: "招标投标法实施条例 第四十六条",
    NO_SEAT: "招标投标法实施条例 第四十六条",
    BESIDE: "抽取规则（本库参数）",
}
"""Why somebody who could be drawn in the first round cannot be drawn in a later one, and what that rests on."""


@dataclass(frozen=True)
class DrawnRound:
    """One round with its result."""

    request: DrawRequest
    result: PanelDraw


def number_of(request: DrawRequest) -> int:
    """Which round of its tender a request is; the first one where an older version says nothing."""
    return request.terms.round.number if request.terms and request.terms.round else 1


def had_a_turn(rounds: Sequence[DrawnRound]) -> frozenset[str]:
    """Everybody who was seated or in reserve."""
    seated = {seat.leaf for one in rounds for seat in one.result.seats}
    return frozenset(seated.union(*(leaves for one in rounds for leaves in one.result.reserves.values())))


def in_order_of_filling(groups: Sequence[DrawGroup], seats: Mapping[str, str]) -> list[str]:
    """The vacant seats (with their groups) as the result of a round fills them: by group, then by number."""
    places = {group.id: place for place, group in enumerate(groups)}
    return sorted(seats, key=lambda seat: (places[seats[seat]], int(seat.rpartition("-")[2])))


def next_of_rounds(
    results: Sequence[PanelDraw],
    group: str,
    seated: Collection[str],
    called: Collection[str],
    employers: Employers,
) -> str | None:
    """The reserve to call for a seat of the group: first those of the first round, then those of the later ones."""
    waiting = (next_reserve(one, group, seated, called, employers) for one in results)
    return next((leaf for leaf in waiting if leaf is not None), None)


def later_groups(first: DrawRequest, vacant: Mapping[str, int]) -> tuple[DrawGroup, ...]:
    """The groups of the first round in which seats are vacant, with as many seats as that."""
    return tuple(
        DrawGroup(group.id, vacant[group.id], group.reserves)
        for group in first.groups
        if vacant.get(group.id, 0)
    )


def later_rows(
    rounds: Sequence[DrawnRound], groups: Sequence[DrawGroup], seated: Collection[str]
) -> tuple[Row, ...]:
    """The table of a further round after these; `seated` are the leaves of the members who still sit."""
    first, turns = rounds[0].request, had_a_turn(rounds)
    employers, seats = employers_of(first), sum(group.quota for group in groups)
    return tuple(
        Row(row.leaf, 0, BESIDE)
        if row.excluded is None and not _has_room(row, seats, seated, employers)
        else row
        for row in _still_free(first, groups, turns)
    )


def _still_free(first: DrawRequest, groups: Sequence[DrawGroup], turns: Collection[str]) -> list[Row]:
    places = {group.id: place for place, group in enumerate(first.groups)}
    kept = [places[group.id] for group in groups]
    rows = []
    for row in first.rows:
        mask = sum(1 << new for new, old in enumerate(kept) if row.mask >> old & 1)
        code = EARLIER if row.leaf in turns else row.excluded or (None if mask else NO_SEAT)
        rows.append(Row(row.leaf, 0, code) if code else Row(row.leaf, mask, None, row.employers, row.kin))
    return rows


def _has_room(row: Row, seats: int, seated: Collection[str], employers: Employers) -> bool:
    if row.kin and any(employers.kin.get(other) == row.kin for other in seated):
        return False
    for level, cap in enumerate(employers.caps):
        held = sum(employers.of_leaf.get(other, ())[level:] == row.employers[level:] for other in seated)
        if held and held + min(cap, seats) > cap:
            return False
    return True


def check_rounds(rounds: Sequence[DrawnRound]) -> None:
    """Check that the rounds of one tender, in order, continue each other; each was recomputed by itself before.

    Raises:
        IntegrityBroken: a round is missing, does not continue the one before, or its table lets in somebody it may not.
    """
    for place, one in enumerate(rounds, 1):
        if number_of(one.request) != place:
            _broken("a round is missing or stands twice")
    for place in range(1, len(rounds)):
        check_later(rounds[:place], rounds[place].request)


def check_later(earlier: Sequence[DrawnRound], request: DrawRequest) -> None:
    """Check the request of one further round against all that came before."""
    before, first = earlier[-1].request, earlier[0].request
    round = request.terms.round if request.terms else None
    if round is None or round.continues != request_hash(before).hex():
        _broken("a round does not continue the one before")
    if request.tender_id != first.tender_id or request.number <= before.number:
        _broken("a round belongs to another tender or comes out of order")
    caps = first.terms.caps if first.terms else ()
    known = {group.id for group in first.groups}.issuperset(group.id for group in request.groups)
    if not known or request.terms is None or request.terms.caps != caps or len(round.seats) != request.seats:
        _broken("a round has other groups, caps or seats than those it fills")
    if misfits(earlier, request):
        _broken("the table of a later round is not what the first one leaves")


def misfits(earlier: Sequence[DrawnRound], request: DrawRequest) -> list[str]:
    """The leaves of a later table whose row does not follow from the rounds before; all, where leaves differ."""
    first, turns = earlier[0].request, had_a_turn(earlier)
    due = _still_free(first, request.groups, turns)
    if [row.leaf for row in due] != [row.leaf for row in request.rows]:
        return [row.leaf for row in request.rows]
    tags, kin = _beside(first, turns)
    return [
        row.leaf
        for row, one in zip(due, request.rows, strict=True)
        if one != row and not (one == Row(row.leaf, 0, BESIDE) and _is_beside(row, tags, kin))
    ]


def _beside(first: DrawRequest, turns: Collection[str]) -> tuple[set[Path], set[str]]:
    """The employers, from each level on, and the relatives of everybody who had a turn."""
    rows = [row for row in first.eligible if row.leaf in turns]
    tags = {row.employers[level:] for row in rows for level in range(len(row.employers))}
    return tags, {row.kin for row in rows if row.kin}


def _is_beside(row: Row, tags: set[Path], kin: set[str]) -> bool:
    if row.excluded is not None:
        return False
    return row.kin in kin or any(row.employers[level:] in tags for level in range(len(row.employers)))


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=f"draw record: {what}")

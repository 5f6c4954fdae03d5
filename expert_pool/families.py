"""Families whose one seat binds: counted as an employer of their own with a cap of one, where that says the same.

That is so without caps, and under a cap of one where all colleagues of the family belong to it. Elsewhere a family
that binds stays, and all committees are counted out if the pool is small (`lottery`).
"""

from dataclasses import replace
from fractions import Fraction

from expert_pool.chances import Member, Path, blocks_of_kin, pool_chances
from expert_pool.drawing_input import Listed, Pool
from expert_pool.lottery import Lottery, binding, exact_chances, kind_of
from kernel.errors import Refused

ONE_SEAT = (1,)


def settled(pool: Pool) -> Pool:
    """The pool as it can be solved: unchanged where no family binds.

    Raises:
        TooFewEligibleExperts: the seats cannot be filled.
    """
    if not any(one.member.kin for one in pool.experts):
        return pool
    try:
        pool_chances(pool.quotas, pool.members, pool.caps, pool.groups)
    except Refused:
        return _as_employers(pool)
    return pool


def probabilities(pool: Pool) -> dict[str, Fraction]:
    """The chance of every expert by id, in the order of the file; who fills no group has none.

    Raises:
        TooFewEligibleExperts: with `shortages` and `relaxation` (expert_pool.hall).
        Refused: relatives would have to share a seat, in a pool that is not small.
    """
    pool = settled(pool)
    found = exact_chances(pool.quotas, pool.members, pool.caps, pool.groups)
    if isinstance(found, Lottery):
        bound = binding([member.path for member in pool.members], pool.caps)
        of_kind = dict(zip(found.kinds, found.chances, strict=True))
        return {
            one.id: of_kind.get(kind_of(one.member, bound), Fraction(0)) if one.member.mask else Fraction(0)
            for one in pool.experts
        }
    return {one.id: found.of(one.member) if one.member.mask else Fraction(0) for one in pool.experts}


def _as_employers(pool: Pool) -> Pool:
    if pool.caps not in ((), ONE_SEAT):
        return pool
    eligible = [one.member for one in pool.experts if one.member.mask]
    family: dict[Path | int, str] = {
        place: name for name, places in blocks_of_kin(eligible).items() for place in places
    }
    strangers = {family.get(member.path[-1:]) for member in eligible if member.path and not member.kin}
    found, position = list[Listed](), -1
    for one in pool.experts:
        position += bool(one.member.mask)
        name = family.get(one.member.path[-1:] or position) if one.member.mask else None
        if name is not None and name not in strangers:
            own: Path = (f"\x00family {name}",)
            found.append(replace(one, member=Member(one.member.mask, own), path=(name,)))
        elif pool.caps:
            found.append(one)
        else:
            alone: Path = (f"\x00alone {one.id}",)
            found.append(replace(one, member=one.member._replace(path=alone), path=(one.id,)))
    return replace(pool, caps=ONE_SEAT, experts=tuple(found))

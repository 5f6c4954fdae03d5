"""Who in the pool is whose relative: declared relatives matched with other entries.

1. A relative fits every other entry of the same name (compared as in `conflicts`).
2. Declared with an employer, only those who name this employer, now or before, fit.
3. Declared without, all who fit count: doubt keeps people apart, it never puts them together.
4. Who is linked, through others too, is one family.

Reasons: docs/decisions/0026-relatives-in-the-pool.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from expert_pool.conflicts import same_name
from expert_pool.experts import Expert


def families(experts: Sequence[Expert]) -> dict[str, str]:
    """The family of each expert who has relatives in the pool: the least number in it, keyed by the expert's number."""
    named = defaultdict[str, list[Expert]](list)
    for one in experts:
        named[same_name(one.name)].append(one)
    home: dict[str, str] = {}

    def find(number: str) -> str:
        while home.setdefault(number, number) != number:
            number = home[number]
        return number

    for number, other in _links(experts, named):
        first, second = sorted((find(number), find(other)))
        home[second] = first
    return {number: find(number) for number in home}


def _links(experts: Iterable[Expert], named: dict[str, list[Expert]]) -> Iterator[tuple[str, str]]:
    for one in experts:
        for relative in one.relatives:
            employer = same_name(relative.employer)
            for other in named.get(same_name(relative.name), ()):
                if other.number != one.number and (not employer or employer in _employers(other)):
                    yield one.number, other.number


def _employers(expert: Expert) -> set[str]:
    return {same_name(expert.employer), *(same_name(one.organisation) for one in expert.employments)}

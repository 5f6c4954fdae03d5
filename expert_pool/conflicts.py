"""Ties between an expert and the parties of a tender that exclude the expert (回避).

1. Staff: the expert works for the party, or did so within the years that the law looks back.
2. Own declaration (利害关系): the expert named the party as one they hold shares in, direct, control or advise.
3. Relatives: a declared relative works for the party, or is one of the people whom the party names.
4. Supervision: the staff of the body that supervises the tender never evaluate it; it is a party like the others.

Names are compared inside the platform, bidders' names even while they are sealed; what leaves is the coarse code.
Source: 招标投标法 art. 37, 招标投标法实施条例 art. 46, 政府采购法实施条例 art. 9.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from crypto.canonical import JsonValue
from expert_pool.experts import Expert
from kernel.fields import Fields

TENDERER, AGENCY, BIDDER, SUPERVISOR = "tenderer", "agency", "bidder", "supervisor"
APPLICANT = "applicant"
"""Of an approval case; its department counts as the body that supervises."""
ROLES = (TENDERER, AGENCY, BIDDER, SUPERVISOR, APPLICANT)


@dataclass(frozen=True)
class Party:
    """An organisation to avoid, with the people whom it is known to have."""

    name: str = field(repr=False)
    role: str
    people: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class Tie:
    """One reason to keep an expert away; the party is named in sealed records only."""

    kind: str
    party: str = field(repr=False)
    role: str = BIDDER


def same_name(name: str) -> str:
    """The form in which names are compared: full-width, spaces and case do not tell them apart."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def ties_finder(parties: Iterable[Party], on: date, years: int) -> Callable[[Expert], tuple[Tie, ...]]:
    """A function that finds every tie of an expert with these parties on a day.

    An employment or interest that ended counts up to and including the day `years` years after its end.
    """
    known: dict[str, Party] = {}
    people: dict[str, list[Party]] = {}
    for party in parties:
        known.setdefault(same_name(party.name), party)
        for person in party.people:
            people.setdefault(same_name(person), []).append(party)

    def counts(until: date | None) -> bool:
        return until is None or on <= years_after(until, years)

    def named(expert: Expert) -> Iterable[tuple[str, str]]:
        yield "staff", expert.employer
        yield from (("staff", one.organisation) for one in expert.employments if counts(one.until))
        yield from ((one.kind, one.organisation) for one in expert.interests if counts(one.until))
        yield from (("relative", one.employer) for one in expert.relatives)

    def find(expert: Expert) -> tuple[Tie, ...]:
        found = {
            Tie(kind, party.name, party.role): None
            for kind, name in named(expert)
            if (party := known.get(same_name(name))) is not None
        }
        for relative in expert.relatives:
            for party in people.get(same_name(relative.name), ()):
                found[Tie("relative", party.name, party.role)] = None
        for party in people.get(same_name(expert.name), ()):
            if party.role == APPLICANT:  # nobody reviews a case of their own; other parties are organisations
                found[Tie("staff", party.name, party.role)] = None
        return tuple(found)

    return find


def write_parties(parties: Iterable[Party]) -> list[JsonValue]:
    """The list to avoid, as it is sealed with the draw."""
    return [{"name": one.name, "role": one.role, "people": [*sorted(one.people)]} for one in parties]


def read_parties(data: object) -> tuple[Party, ...]:
    """The list as it was sealed."""
    return tuple(
        Party(one.text("name"), one.choice("role", ROLES), frozenset(map(str, one.list("people"))))
        for one in Fields({"parties": data}).objects("parties")
    )

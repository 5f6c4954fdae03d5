"""What the numbers of a pool say: who meets whom more often than chance, and which seats can be foretold.

Equality of one draw is exact; equality over years is only watched here, never corrected by weights.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

PREDICTABLE = Fraction(1, 2)  # a seat whose holder is drawn with this chance or more can be foretold


@dataclass(frozen=True)
class Meeting:
    """How often an expert judged a bidder, and how often chance alone would have had it so."""

    expert: str
    bidder: str
    times: int
    expected: Fraction

    @property
    def excess(self) -> Fraction:
        """How many times more than expected."""
        return self.times - self.expected


@dataclass(frozen=True)
class Depth:
    """How many active experts a specialty has, finer codes included."""

    code: str
    experts: int


@dataclass(frozen=True)
class SeatChance:
    """The chance of each eligible expert for a seat of a group, were the group alone."""

    tender: str
    group: str
    seats: int
    eligible: int

    @property
    def chance(self) -> Fraction:
        """From 0 to 1."""
        return min(Fraction(1), Fraction(self.seats, self.eligible)) if self.eligible else Fraction(1)


def meetings(panels: Iterable[tuple[Iterable[str], Iterable[str]]]) -> tuple[Meeting, ...]:
    """Every pair of expert and bidder that met, the greatest excess first; each panel is its experts and bidders.

    Expected: the panels of the expert times the share of panels that judged the bidder.
    """
    pairs, sat, judged, total = Counter[tuple[str, str]](), Counter[str](), Counter[str](), 0
    for experts, bidders in panels:
        total += 1
        members, firms = sorted(set(experts)), sorted(set(bidders))
        sat.update(members)
        judged.update(firms)
        pairs.update((expert, firm) for expert in members for firm in firms)
    found = [
        Meeting(expert, firm, times, Fraction(sat[expert] * judged[firm], total))
        for (expert, firm), times in pairs.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.excess, -one.times, one.expert, one.bidder)))


def depths(experts: Iterable[Iterable[str]], tree: Iterable[str]) -> tuple[Depth, ...]:
    """How many experts each node of the tree has that any expert falls under, the shallowest first."""
    nodes = frozenset(tree)
    counts: Counter[str] = Counter()
    for codes in experts:
        counts.update({code[:n] for code in codes for n in (1, 3, 5) if code[:n] in nodes and n <= len(code)})
    return tuple(
        Depth(code, count) for code, count in sorted(counts.items(), key=lambda row: (row[1], row[0]))
    )


def predictable(chances: Iterable[SeatChance]) -> tuple[SeatChance, ...]:
    """The groups whose members can be foretold, the surest first."""
    found = [one for one in chances if one.chance >= PREDICTABLE]
    return tuple(sorted(found, key=lambda one: (-one.chance, one.tender, one.group)))


def per_month(days: Iterable[str]) -> Mapping[str, int]:
    """Services a month, from ISO dates, newest month first."""
    return dict(sorted(Counter(day[:7] for day in days).items(), reverse=True))

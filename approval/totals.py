"""What a catalogue adds up to, before and after: items, papers, steps, limits; exact shares, half up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from approval.item import ItemVersion
from kernel.errors import BadInput


@dataclass(frozen=True)
class Totals:
    """Sums over the versions of a catalogue."""

    items: int = 0
    materials: int = 0
    pre_conditions: int = 0
    steps: int = 0
    statutory_days: int = 0
    promised_days: int = 0
    fees: int = 0
    intermediary_items: int = 0
    intermediary_links: int = 0


@dataclass(frozen=True)
class Cut:
    """How much less there is of something than before."""

    before: int
    after: int

    @property
    def less(self) -> int:
        """The difference."""
        return self.before - self.after

    def share(self, places: int = 2) -> str:
        """The difference in per cent of what there was, such as `80.97`."""
        return percent(self.less, self.before, places)


def add_up(versions: Iterable[ItemVersion]) -> Totals:
    """The sums over these versions."""
    rows = list(versions)
    return Totals(
        items=len(rows),
        materials=sum(len(v.materials) for v in rows),
        pre_conditions=sum(len(v.pre_conditions) for v in rows),
        steps=sum(len(v.steps) for v in rows),
        statutory_days=sum(v.statutory_days for v in rows),
        promised_days=sum(v.promised_days for v in rows),
        fees=sum(len(v.fees) for v in rows),
        intermediary_items=sum(1 for v in rows if v.intermediaries),
        intermediary_links=sum(len(v.intermediaries) for v in rows),
    )


def cuts(before: Mapping[str, int], after: Mapping[str, int]) -> Mapping[str, Cut]:
    """By name: how much less, for what both sides state."""
    return {name: Cut(before[name], after[name]) for name in before if name in after}


def percent(part: int, whole: int, places: int = 2) -> str:
    """part of whole in per cent, half up, with fixed places; empty for a whole of nothing."""
    return "" if whole == 0 else rounded(Fraction(100 * part, whole), places)


def mean(total: int, count: int, places: int = 2) -> str:
    """total over count, half up, with fixed places; empty where nothing was counted."""
    return "" if count == 0 else rounded(Fraction(total, count), places)


def rounded(value: Fraction, places: int) -> str:
    """An exact value as decimal text, half up."""
    unit = Decimal(1).scaleb(-places)
    scaled = value * 10**places
    whole = Decimal(2 * scaled.numerator + scaled.denominator) // Decimal(2 * scaled.denominator)
    if value < 0:
        return "-" + rounded(-value, places)
    return str((whole * unit).quantize(unit, ROUND_HALF_UP))


@dataclass(frozen=True)
class Comparison:
    """Our promises against another city's, over the items that both have."""

    count: int
    own_total: int
    other_total: int
    slower: tuple[str, ...]  # codes of items where the other city is faster, in order

    @property
    def own_mean(self) -> str:
        """Our mean promise in working days, two places."""
        return mean(self.own_total, self.count)

    @property
    def other_mean(self) -> str:
        """The other city's, two places."""
        return mean(self.other_total, self.count)


def compare(own: Mapping[str, int], other: Mapping[str, int]) -> Comparison:
    """Compare promises by item code; an item that only one side has is not comparable."""
    if any(days < 0 for days in other.values()):
        raise BadInput(where="days", why="a limit is a whole number of days")
    both = sorted(set(own) & set(other))
    return Comparison(
        len(both),
        sum(own[code] for code in both),
        sum(other[code] for code in both),
        tuple(code for code in both if own[code] > other[code]),
    )

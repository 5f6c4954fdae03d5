"""Small pools in which relatives bind: the most equal chances over all committees, and a lottery that gives them.

Experts who cannot be told apart are one kind: same groups, same limit that can bind, same relatives. A committee is a
number of experts of each kind; all committees that the rules allow are listed.

1. Find the greatest rate such that some lottery of committees gives every expert without a chance yet at least this
   rate, and those before what they have (a linear programme on whole numbers: `exact_simplex`).
2. Its prices prove it: weights of the kinds that no committee exceeds. A kind with a weight cannot have more.
3. Repeat with the others; then let every committee that reaches all the proofs' limits into the lottery.

Format, and why the weights prove the chances: docs/formats/draw-record.md, version 4.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from expert_pool.chances import Chances, Member, Path, innermost, pool_chances
from expert_pool.exact_simplex import Basis, Column
from kernel.errors import Refused

MOST_KINDS, MOST_GROUPS, MOST_COMMITTEES, MOST_STEPS = 60, 6, 20_000, 200_000
"""What is counted out: kinds of experts, groups, kinds of committees, and places looked at while listing them."""
RATE = -1  # the name of the rate's column; surplus of kind k is k, committee c is len(kinds) + c
PATIENCE = 20  # steps without gain before the lowest name enters, which cannot go round for ever

Kind = tuple[int, Path, str]  # (mask, innermost limit that can bind, kin)
Team = tuple[tuple[int, int], ...]  # (kind, experts of it), in the order of the kinds


class TooMany(Exception):
    """There are more committees than are counted out."""


@dataclass(frozen=True)
class Committee:
    """So many tickets for this committee: for each group the kinds that fill its seats, ascending."""

    weight: int
    seats: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Lottery:
    """Kinds in order with their numbers and chances; tickets; for each step of the chances the weights of its proof."""

    kinds: tuple[Kind, ...]
    counts: tuple[int, ...]
    chances: tuple[Fraction, ...]
    committees: tuple[Committee, ...]
    proofs: tuple[tuple[int, ...], ...]


def binding(paths: Sequence[Path], caps: Sequence[int]) -> frozenset[Path]:
    """The limits around more experts than they let sit: all others never matter."""
    held = Counter(path[level:] for path in paths for level in range(len(caps)))
    return frozenset(path for path, count in held.items() if count > caps[len(caps) - len(path)])


def kind_of(member: Member, bound: frozenset[Path]) -> Kind:
    """The kind of an expert."""
    return member.mask, innermost(member.path, bound), member.kin


def exact_chances(
    quotas: Sequence[int], members: Sequence[Member], caps: Sequence[int], names: Sequence[str]
) -> Chances | Lottery:
    """The leximin chances: those of `pool_chances`, or a lottery where relatives bind in a small pool.

    Raises:
        BadInput, TooFewEligibleExperts: as `pool_chances`.
        Refused: relatives bind in a pool that is not small; names the families (rule `relatives`).
    """
    try:
        return pool_chances(quotas, members, caps, names)
    except Refused as error:
        if error.facts.get("rule") != "relatives":
            raise
        try:
            return make_lottery(quotas, members, caps)
        except TooMany:
            raise error from None


def make_lottery(quotas: Sequence[int], members: Sequence[Member], caps: Sequence[int]) -> Lottery:
    """The leximin chances over all committees that keep the caps and relatives apart.

    Raises:
        TooMany: the pool is not small.
        Refused: no committee keeps all relatives apart (rule `relatives`).
    """
    bound = binding([member.path for member in members], caps)
    counted = Counter(kind_of(member, bound) for member in members)
    kinds = tuple(sorted(counted))
    counts = tuple(counted[kind] for kind in kinds)
    if len(kinds) > MOST_KINDS or len(quotas) > MOST_GROUPS:
        raise TooMany
    teams = list(_Listing(quotas, kinds, counts, caps).teams())
    if not teams:
        why = "the seats cannot be filled without two relatives on one panel"
        raise Refused(rule="relatives", why=why)
    levels = _Levels(counts, teams)
    levels.solve()
    tickets = levels.tickets()
    committees = tuple(
        Committee(weight, _seats(quotas, kinds, teams[team])) for team, weight in tickets.items()
    )
    return Lottery(
        kinds, counts, tuple(levels.chances[k] for k in range(len(kinds))), committees, levels.proofs()
    )


def check_lottery(quotas: Sequence[int], lottery: Lottery, caps: Sequence[int]) -> str:
    """What is wrong with a lottery that somebody wrote, empty if nothing is: the tickets, then the proofs."""
    listing = _Listing(quotas, lottery.kinds, lottery.counts, caps)
    teams = set(listing.teams())
    held, total = Counter[int](), sum(one.weight for one in lottery.committees)
    for one in lottery.committees:
        team = Counter(kind for seats in one.seats for kind in seats)
        fits = all(lottery.kinds[kind][0] >> g & 1 for g, seats in enumerate(one.seats) for kind in seats)
        if (
            not fits
            or [len(seats) for seats in one.seats] != [*quotas]
            or tuple(sorted(team.items())) not in teams
        ):
            return "a committee breaks the rules"
        for kind, count in team.items():
            held[kind] += one.weight * count
    for kind, (count, chance) in enumerate(zip(lottery.counts, lottery.chances, strict=True)):
        if held[kind] != chance * count * total:
            return "the tickets do not give the chances"
    steps = sorted(set(lottery.chances) - {Fraction(1)})
    if len(steps) != len(lottery.proofs):
        return "each step of the chances needs a proof"
    for step, proof in zip(steps, lottery.proofs, strict=True):
        fits = all(
            weight >= 0 and (weight == 0 or chance <= step) and (weight > 0 or chance != step)
            for weight, chance in zip(proof, lottery.chances, strict=True)
        )
        most = max(sum(proof[kind] * count for kind, count in team) for team in teams)
        given = sum(w * c * n for w, c, n in zip(proof, lottery.chances, lottery.counts, strict=True))
        if not fits or most != given:
            return "the chances are not the most equal ones"
    return ""


class _Listing:
    """Lists every committee: kinds in order, so many of each as the rules leave."""

    def __init__(
        self, quotas: Sequence[int], kinds: Sequence[Kind], counts: Sequence[int], caps: Sequence[int]
    ) -> None:
        self.kinds, self.counts, self.caps, self.seats = kinds, counts, caps, sum(quotas)
        self.sets = [
            (groups, sum(quota for g, quota in enumerate(quotas) if groups >> g & 1))
            for groups in range(1, 1 << len(quotas))
        ]
        self.steps = self.found = 0

    def teams(self, kind: int = 0, chosen: Team = ()) -> Iterator[Team]:
        """Every committee that goes on from these; raises TooMany."""
        self.steps += 1
        open_seats = self.seats - sum(count for _, count in chosen)
        if not open_seats:
            self.found += 1
            yield chosen
        if self.steps > MOST_STEPS or self.found > MOST_COMMITTEES:
            raise TooMany
        if not open_seats or sum(self.counts[kind:]) < open_seats:
            return
        yield from self.teams(kind + 1, chosen)
        for count in range(1, min(open_seats, self.counts[kind]) + 1):
            more = (*chosen, (kind, count))
            if not self._keeps_rules(more):
                break
            yield from self.teams(kind + 1, more)

    def _keeps_rules(self, team: Team) -> bool:
        """Whether these may sit together: seats for all (Hall), caps kept, no two of one family."""
        held, kin = Counter[Path](), Counter[str]()
        for kind, count in team:
            _, path, family = self.kinds[kind]
            kin[family] += count if family else 0
            for level in range(len(path)):
                held[path[level:]] += count
        masks = [(self.kinds[kind][0], count) for kind, count in team]
        return (
            max(kin.values()) < 2
            and all(n <= self.caps[len(self.caps) - len(path)] for path, n in held.items())
            and all(sum(n for mask, n in masks if mask & ~groups == 0) <= q for groups, q in self.sets)
        )


class _Levels:
    """The steps of the chances, from one basis to the next."""

    def __init__(self, counts: Sequence[int], teams: Sequence[Team]) -> None:
        self.counts, self.teams, self.size = counts, teams, len(counts)
        self.chances: dict[int, Fraction] = {}
        self.weights: dict[Fraction, list[int]] = {}
        self.basis = Basis(1 + self.size, [Fraction(1)] + [Fraction(0)] * self.size)
        self._enter(self.size, 0)
        for kind in range(self.size):
            self._enter(kind, 1 + kind)

    def solve(self) -> None:
        """Give every kind its chance."""
        rate = Fraction(0)
        while len(self.chances) < self.size:
            self._raise_rate()
            row = self.basis.names.index(RATE)
            rate += self.basis.values()[row]
            prices = [-price for price in self.basis.inverse[row][1:]]
            held = [kind for kind in range(self.size) if kind not in self.chances and prices[kind]]
            before = self.weights.setdefault(rate, [0] * self.size)
            self.weights[rate] = [one + other for one, other in zip(before, prices, strict=True)]
            for kind in range(self.size):
                if kind not in self.chances:
                    self.basis.amounts[1 + kind] = rate * self.counts[kind]
            self._enter(held[0], row)  # the rate has reached what it can: it leaves for a kind that holds it
            self.chances.update(dict.fromkeys(held, rate))

    def tickets(self) -> dict[int, int]:
        """Whole weights of the committees: the basis, moved towards every committee that fits all proofs."""
        basis, values = self.basis, self.basis.values()
        held = {
            name - self.size: value
            for name, value in zip(basis.names, values, strict=True)
            if name is not None and name >= self.size
        }
        moved, new = [Fraction(0)] * len(values), list[int]()
        for team in range(len(self.teams)):
            if team in held or not self._fits_proofs(team):
                continue
            turned = basis.turned(self._column(self.size + team))
            at_zero = [
                (number, name)
                for number, value, name in zip(turned, values, basis.names, strict=True)
                if number and not value
            ]
            if any(number > 0 or (name or 0) < self.size for number, name in at_zero):
                continue
            new.append(team)
            moved = [one + Fraction(number, basis.unit) for one, number in zip(moved, turned, strict=True)]
        far = [value / move for value, move in zip(values, moved, strict=True) if move > 0]
        step = min(far) / 2 if new else Fraction(0)
        for name, move in zip(basis.names, moved, strict=True):
            if name is not None and name >= self.size:
                held[name - self.size] -= step * move
        held.update(dict.fromkeys(new, step))
        held = {team: held[team] for team in sorted(held) if held[team]}
        unit = lcm(*(share.denominator for share in held.values()))
        return {team: int(share * unit) for team, share in held.items()}

    def proofs(self) -> tuple[tuple[int, ...], ...]:
        """The weights of each step below 1, ascending, without common factors."""
        steps = sorted(rate for rate in self.weights if rate < 1)
        return tuple(
            tuple(weight // gcd(*self.weights[step]) for weight in self.weights[step]) for step in steps
        )

    def _fits_proofs(self, team: int) -> bool:
        return all(
            sum(weights[kind] * count for kind, count in self.teams[team])
            == sum(w * self.chances[kind] * self.counts[kind] for kind, w in enumerate(weights))
            for weights in self.weights.values()
        )

    def _raise_rate(self) -> None:
        """Let columns enter until none raises the rate."""
        stuck = 0
        while (name := self._pick(stuck > PATIENCE)) is not None:
            turned = self.basis.turned(self._column(name))
            row, gains = self.basis.leaving(turned)
            self.basis.enter(name, row, turned)
            stuck = 0 if gains else stuck + 1

    def _pick(self, lowest: bool) -> int | None:
        if RATE not in self.basis.names:
            return RATE
        prices = self.basis.inverse[self.basis.names.index(RATE)]
        gains = {kind: price for kind, price in enumerate(prices[1:]) if price > 0}
        best, most = None, 0
        if gains:
            best = min(gains) if lowest else max(gains, key=lambda kind: gains[kind])
            most = gains[best]
            if lowest:
                return best
        for place, team in enumerate(self.teams):
            gain = -prices[0] - sum([prices[1 + kind] * count for kind, count in team])
            if gain > most:
                best, most = self.size + place, gain
                if lowest:
                    break
        return best

    def _enter(self, name: int, row: int) -> None:
        self.basis.enter(name, row, self.basis.turned(self._column(name)))

    def _column(self, name: int) -> Column:
        if name == RATE:
            return [(1 + kind, -self.counts[kind]) for kind in range(self.size) if kind not in self.chances]
        if name < self.size:
            return [(1 + name, -1)]
        return [(0, 1), *((1 + kind, count) for kind, count in self.teams[name - self.size])]


def _seats(quotas: Sequence[int], kinds: Sequence[Kind], team: Team) -> tuple[tuple[int, ...], ...]:
    """Who fills which group: one way of doing it, found by augmenting paths."""
    seats = [g for g, quota in enumerate(quotas) for _ in range(quota)]
    people = [kind for kind, count in team for _ in range(count)]
    sitting: list[int | None] = [None] * len(seats)

    def place(person: int, tried: set[int]) -> bool:
        for seat, group in enumerate(seats):
            if kinds[people[person]][0] >> group & 1 and seat not in tried:
                tried.add(seat)
                other = sitting[seat]
                if other is None or place(other, tried):
                    sitting[seat] = person
                    return True
        return False

    if not all(place(person, set()) for person in range(len(people))):
        raise RuntimeError("internal: a committee that fits the groups cannot be seated")
    filled: Mapping[int, list[int]] = {g: [] for g in range(len(quotas))}
    for seat, person in enumerate(sitting):
        if person is not None:
            filled[seats[seat]].append(people[person])
    return tuple(tuple(sorted(filled[g])) for g in range(len(quotas)))

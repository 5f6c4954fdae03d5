"""The election of a panel's chair, counted.

1. A round is over when every member has voted; each votes for one of its candidates.
2. Who has more than half of all seats is elected.
3. Otherwise the leading ones stand in a next round: all with the most votes, and where that is one alone, all with
   the second most too.

An odd panel with two candidates always decides; while more are level, it votes again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RoundResult:
    """A counted round: votes by candidate, who is elected, or who stands in the next round."""

    votes: Mapping[str, int]
    elected: str | None
    standing: tuple[str, ...]


def count_round(
    candidates: Sequence[str], ballots: Mapping[str, str], seats: Sequence[str]
) -> RoundResult | None:
    """Count a round, with the choice by seat; None while somebody has not voted."""
    if not set(seats) <= set(ballots):
        return None
    count = Counter(choice for seat, choice in ballots.items() if seat in set(seats))
    votes = {candidate: count[candidate] for candidate in candidates}
    first = max(votes.values())
    leading = [candidate for candidate in candidates if votes[candidate] == first]
    if 2 * first > len(seats):
        return RoundResult(votes, leading[0], ())
    if len(leading) == 1:
        second = max(number for number in votes.values() if number < first)
        leading += [candidate for candidate in candidates if votes[candidate] == second]
    return RoundResult(votes, None, tuple(candidate for candidate in candidates if candidate in leading))

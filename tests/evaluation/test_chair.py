"""Counting an election of the chair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.chair import count_round

FIVE = ("seat-1", "seat-2", "seat-3", "seat-4", "seat-5")


def ballots(choices: str) -> dict[str, str]:
    """The seats vote in order, each for the seat of its digit; a dash has not voted."""
    return {f"seat-{n}": f"seat-{c}" for n, c in enumerate(choices, 1) if c != "-"}


@pytest.mark.parametrize(
    ("choices", "elected", "standing"),
    [
        ("11111", "seat-1", ""),
        ("11123", "seat-1", ""),
        ("11223", None, "12"),
        ("11233", None, "13"),
        ("11234", None, "1234"),
        ("12345", None, "12345"),
        ("22333", "seat-3", ""),
    ],
)
def test_more_than_half_of_all_seats_elect_or_the_leading_ones_stand_again(
    choices: str, elected: str | None, standing: str
) -> None:
    result = count_round(FIVE, ballots(choices), FIVE)
    assert result is not None
    assert (result.elected, result.standing) == (elected, tuple(f"seat-{n}" for n in standing))
    assert sum(result.votes.values()) == 5


@pytest.mark.parametrize(("votes", "elected"), [("1122", None), ("1112", "seat-1"), ("1111", "seat-1")])
def test_just_half_of_an_even_panel_is_not_enough(votes: str, elected: str | None) -> None:
    result = count_round(FIVE[:4], ballots(votes), FIVE[:4])
    assert result is not None
    assert result.elected == elected


@pytest.mark.parametrize("choices", ["-----", "1111-", "-1111"])
def test_a_round_is_open_until_everybody_has_voted(choices: str) -> None:
    assert count_round(FIVE, ballots(choices), FIVE) is None


def test_the_vote_of_one_who_left_counts_no_more() -> None:
    result = count_round(FIVE[:3], ballots("12211"), FIVE[:3])
    assert result is not None
    assert (result.elected, result.votes) == ("seat-2", {"seat-1": 1, "seat-2": 2, "seat-3": 0})


@given(st.lists(st.integers(1, 5), min_size=5, max_size=5))
def test_a_round_elects_or_is_followed_by_at_least_two_who_all_had_votes(choices: list[int]) -> None:
    result = count_round(FIVE, ballots("".join(map(str, choices))), FIVE)
    assert result is not None
    assert (result.elected is None) == bool(result.standing)
    if result.standing:
        assert len(result.standing) >= 2
        others = [result.votes[seat] for seat in FIVE if seat not in result.standing]
        assert min(result.votes[seat] for seat in result.standing) > max([*others, -1])

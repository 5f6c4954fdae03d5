"""Drawn weights repeat from their seed, and the smallest flip is where two bids are level."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from evaluation.findings.robustness import Floats, critical_changes, draw_weights, flips, kendall_taus


def floats(rows: object) -> Floats:
    return np.array(rows, dtype=np.float64)


CLOSE = floats([[0.9, 0.5], [0.5, 0.89], [0.2, 0.2]])
HALVES = floats([0.5, 0.5])


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    assert draw_weights(CLOSE, HALVES, seed=1) == draw_weights(CLOSE, HALVES, seed=1)
    assert draw_weights(CLOSE, HALVES, seed=1) != draw_weights(CLOSE, HALVES, seed=2)


def test_close_bids_share_the_wins_and_a_beaten_one_has_none() -> None:
    drawn = draw_weights(CLOSE, HALVES, seed=7)
    assert sum(drawn.win_share) == pytest.approx(1)
    assert 0.4 < drawn.win_share[0] < 0.7
    assert drawn.win_share[2] == 0
    assert drawn.change_probability == pytest.approx(drawn.win_share[1])


def test_a_bid_best_in_every_part_always_wins() -> None:
    drawn = draw_weights(floats([[1, 1], [0.9, 0.9]]), HALVES, seed=3, draws=500)
    assert drawn.win_share == (1, 0)
    assert drawn.change_probability == 0
    assert drawn.kendall_tau == pytest.approx(1)


def test_equal_bids_share_every_win_and_never_change() -> None:
    drawn = draw_weights(floats([[0.7, 0.3], [0.7, 0.3]]), HALVES, seed=3, draws=100)
    assert drawn.win_share == (0.5, 0.5)
    assert drawn.change_probability == 0
    assert drawn.kendall_tau is None


def test_a_part_without_weight_keeps_none() -> None:
    drawn = draw_weights(floats([[1, 0], [0.5, 1]]), floats([1, 0]), seed=3, draws=100)
    assert drawn.win_share == (1, 0)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=8))
def test_tau_is_scipys_tau_b(pairs: list[tuple[int, int]]) -> None:
    left, right = (floats(side) for side in zip(*pairs, strict=True))
    expected, found = kendalltau(left, right).statistic, kendall_taus(left, right[None, :])
    assert found == ([] if np.isnan(expected) else [pytest.approx(expected)])


UNIT = st.integers(0, 1000).map(lambda n: n / 1000)


@given(st.lists(st.tuples(UNIT, UNIT, UNIT), min_size=2, max_size=6), st.tuples(UNIT, UNIT, UNIT))
def test_at_the_critical_change_both_bids_are_level(
    rows: list[tuple[float, float, float]], raw: tuple[float, float, float]
) -> None:
    assume(all(weight > 0.01 for weight in raw))
    scores, weights = floats(rows), floats(raw) / sum(raw)
    first = int(np.argmax(scores @ weights))
    for flip in flips(scores, weights, first):
        moved = weights * (1 - weights[flip.part] - flip.change) / (1 - weights[flip.part])
        moved[flip.part] = weights[flip.part] + flip.change
        totals = scores @ moved
        assert totals[first] == pytest.approx(totals[flip.rival], abs=1e-6)
        assert moved.sum() == pytest.approx(1)


def test_the_smallest_flip_comes_first() -> None:
    both_ways = flips(CLOSE, HALVES, 0)  # level where 0.4 w = 0.39 (1 - w), at w = 39/79
    assert sorted(flip.change for flip in both_ways) == pytest.approx([39 / 79 - 0.5, 0.5 - 39 / 79])
    three = flips(floats([[0.9, 0.5, 0.1], [0.5, 0.6, 0.9]]), floats([0.6, 0.3, 0.1]), 0)
    changes = [abs(flip.change) for flip in three]
    assert changes == sorted(changes)
    assert three[0].rival == 1


def test_a_weight_that_cannot_flip_is_left_out() -> None:
    lead = floats([[0.2, 0.2], [0.3, 0.1], [-0.3, 0.5]])
    found = critical_changes(lead, HALVES)
    assert np.isnan(found[0]).all()  # no slope
    assert np.isnan(found[1]).all()  # the weight would pass below zero or above one
    assert found[2].tolist() == pytest.approx([0.125, -0.125])
    assert np.isnan(critical_changes(floats([[0.2]]), floats([1]))).all()  # the only part
    assert flips(floats([[0.5, 0.5]]), HALVES, 0) == ()

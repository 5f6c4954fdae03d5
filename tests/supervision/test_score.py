"""Scores from counts alone: each weight, its boundaries, and that the kept score is the one that events give."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.duties import Duty
from approval.actions.settings import put_setting
from kernel.errors import BadInput
from supervision.actions.bulletins import keep_scores
from supervision.actions.cards import move_card
from supervision.card_life import CardMove
from supervision.periods import read_period
from supervision.queries import cards, scores
from supervision.score import WEIGHTS, Counts, Weights, grade, hint_runs, read_weights, score
from tests.supervision.house import done, give, make_house, offer, sweep

NONE, USUAL = Counts(), Weights()


@pytest.mark.parametrize(
    ("counts", "points"),
    [
        (NONE, 100),
        (Counts(hint_runs=1), 97),
        (Counts(yellow=1), 95),
        (Counts(red=1), 90),
        (Counts(hint_runs=1, yellow=1, red=1), 82),
        (Counts(decided=1000, early=99), 100),
        (Counts(decided=1000, early=100), 101),
        (Counts(decided=1000, early=199), 101),
        (Counts(decided=1000, early=200), 102),
        (Counts(decided=1000, early=1000), 110),
        (Counts(promised_days=71, statutory_days=100), 100),
        (Counts(promised_days=70, statutory_days=100), 103),
        (Counts(promised_days=60, statutory_days=100), 104),
        (Counts(fields=1000, empty_fields=0), 100),
        (Counts(fields=1000, empty_fields=1), 99),
        (Counts(fields=1000, empty_fields=10), 99),
        (Counts(fields=1000, empty_fields=11), 98),
        (Counts(fields=1000, empty_fields=900), 95),
        (Counts(ratings=100, satisfied=95), 100),
        (Counts(ratings=100, satisfied=94), 99),
        (Counts(ratings=100, satisfied=0), 90),
        (Counts(accountability={"talk": 1}), 90),
        (Counts(accountability={"discipline": 1}), 50),
    ],
)
def test_each_weight_counts_as_written(counts: Counts, points: int) -> None:
    assert score(counts, USUAL) == points


@pytest.mark.parametrize(
    ("severities", "runs"),
    [
        ("", 0),
        ("hh", 0),
        ("hhh", 1),
        ("hhyh", 0),
        ("hhyhhh", 1),
        ("hhhhh", 1),
        ("hhhhhh", 2),
    ],
)
def test_only_three_hints_in_a_row_count(severities: str, runs: int) -> None:
    words = {"h": "hint", "y": "yellow"}
    assert hint_runs(words[letter] for letter in severities) == runs


@pytest.mark.parametrize(
    ("points", "word"),
    [(89, "good"), (90, "excellent"), (79, "passed"), (80, "good"), (59, "failed"), (60, "passed")],
)
def test_grades_begin_at_their_points(points: int, word: str) -> None:
    assert grade(points) == word


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_another_card_never_raises_the_score(hints: int, yellow: int, red: int) -> None:
    before = Counts(hint_runs=hints, yellow=yellow, red=red)
    for name in ("hint_runs", "yellow", "red"):
        after = replace(before, **{name: getattr(before, name) + 1})
        assert score(after, USUAL) <= score(before, USUAL)


def test_weights_are_checked() -> None:
    assert read_weights({"yellow": 6}).yellow == 6
    for wrong in ([], {"moon": 1}, {"yellow": -1}, {"yellow": 101}, {"yellow": True}, {"accountability": 3}):
        with pytest.raises(BadInput):
            read_weights(wrong)


def test_the_kept_score_is_the_one_that_events_give(tmp_path: Path) -> None:
    centre, period = make_house(tmp_path), read_period("2026-04")
    for number in range(3):
        give(centre, offer(centre, done(centre, identity=f"ID{number:04}")), 5)
    centre.accepted(identity="ID0009")
    centre.go_to("2026-04-14")
    sweep(centre)
    with centre.platform.database.transaction() as session:
        assert keep_scores(session, period=period, now=centre.now) > 0
        session.flush()
        for kind in scores.SUBJECTS:
            counted = scores.counts(session, kind, period.first, period.last)
            kept = {row.subject_id: row.score for row in scores.scores(session, period.name, kind)}
            assert kept == {who: score(what, USUAL) for who, what in counted.items()}
        own = scores.counts(session, "department", period.first, period.last)[centre.departments["a"]]
    assert (own.yellow, own.decided, own.early, own.ratings, own.satisfied) == (1, 3, 3, 3, 3)
    assert score(own, USUAL) == 100 - 5 + 10 + 6  # one yellow card; all early; 65 % shorter


def test_a_cancelled_card_counts_nothing_and_new_weights_hold_from_now_on(tmp_path: Path) -> None:
    centre, period = make_house(tmp_path), read_period("2026-04")
    office = centre.person("centre-office", Duty.CENTRE_OFFICE)
    centre.accepted()
    centre.go_to("2026-04-14")
    sweep(centre)
    own = centre.departments["a"]
    with centre.platform.database.transaction() as session:
        put_setting(session, actor=office, setting=WEIGHTS, value={"yellow": 9}, now=centre.now)
        keep_scores(session, period=period, now=centre.now)
        session.flush()
        first = scores.scores(session, period.name, "department")[0]
        assert (first.subject_id, first.score, first.weights_version) == (own, 91, 1)
        card = next(row for row in cards.page(session, limit=9) if row.severity == "yellow")
        move_card(
            session,
            actor=centre.platform.people["inspector"],
            card_id=card.id,
            move=CardMove.CANCEL,
            text="The network was down.",
            calendar=centre.calendar,
            now=centre.now,
        )
        session.flush()
        assert own not in scores.counts(session, "department", date(2026, 4, 1), date(2026, 4, 30))

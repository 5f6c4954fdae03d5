"""The table of stages and moves."""

import pytest

from kernel.errors import WrongStage
from tender.lifecycle import MOVES, Move, Stage, after


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("move", Move)
def test_only_moves_of_the_table_are_possible(stage: Stage, move: Move) -> None:
    if (stage, move) in MOVES:
        assert after(stage, move) is MOVES[stage, move]
    else:
        with pytest.raises(WrongStage):
            after(stage, move)


def test_every_stage_can_be_reached_from_the_draft() -> None:
    reached = {Stage.DRAFT}
    while more := {to for (stage, _), to in MOVES.items() if stage in reached} - reached:
        reached |= more
    assert reached == set(Stage)


def test_nothing_leads_back_before_the_closing() -> None:
    before = {Stage.DRAFT, Stage.PUBLISHED}
    assert not [move for move, to in MOVES.items() if move[0] not in before and to in before]

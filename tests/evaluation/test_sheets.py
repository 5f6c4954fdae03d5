from typing import Any

import pytest

from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.sheets import check_sheet, read_sheet, write_sheet_points
from kernel.errors import BadSheet
from kernel.ids import BidId
from tests.evaluation.cases import rulebook_data

BID = BidId("b")


@pytest.fixture
def rulebook() -> Rulebook:
    data: dict[str, Any] = rulebook_data()
    criterion = data["groups"][0]["criteria"][0]
    data["groups"][0]["criteria"] = [
        criterion | {"maximum": "60", "step": "0.50"},
        criterion | {"id": "team", "maximum": "40", "step": "5"},
    ]
    return read_rulebook(data)


@pytest.mark.parametrize("points", ["0", "0.50", "59.50", "60", "60.00"])
def test_points_on_a_step_up_to_the_maximum_are_accepted(rulebook: Rulebook, points: str) -> None:
    check_sheet(rulebook, read_sheet(rulebook, "m1", BID, {"plan": points, "team": "40"}))


@pytest.mark.parametrize(
    ("points", "criterion", "why"),
    [
        ({"plan": "60.50", "team": "40"}, "plan", "from 0 to 60.00"),
        ({"plan": "59.75", "team": "40"}, "plan", "steps of 0.50"),
        ({"plan": "60.01", "team": "40"}, "plan", "from 0 to 60.00"),
        ({"plan": "-1", "team": "40"}, "plan", "plain decimal"),
        ({"plan": 60, "team": "40"}, "plan", "plain decimal"),
        ({"plan": "60", "team": "39"}, "team", "steps of 5.00"),
        ({"plan": "60"}, "team", "missing"),
        ({"plan": "60", "team": "40", "bribe": "9"}, "bribe", "no such criterion"),
    ],
)
def test_a_sheet_outside_its_limits_is_refused(
    rulebook: Rulebook, points: dict[str, object], criterion: str, why: str
) -> None:
    with pytest.raises(BadSheet, match=why) as refusal:
        check_sheet(rulebook, read_sheet(rulebook, "m1", BID, points))
    assert refusal.value.facts["where"] == criterion


def test_a_draft_may_lack_criteria_and_is_written_back_in_the_rulebooks_order(rulebook: Rulebook) -> None:
    assert write_sheet_points(rulebook, read_sheet(rulebook, "m1", BID, {"team": "5"})) == {"team": "5.00"}
    full = read_sheet(rulebook, "m1", BID, {"team": "5", "plan": "1"})
    assert list(write_sheet_points(rulebook, full)) == ["plan", "team"]

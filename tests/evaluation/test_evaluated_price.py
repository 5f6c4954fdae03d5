from typing import Any

import pytest

from evaluation.evaluate import evaluate
from evaluation.result import Ranking, write_ranking
from kernel.errors import BadInput
from tests.evaluation.cases import case_of, rulebook_data


def ranked(
    bids: dict[str, tuple[str, dict[str, Any]]], adjustments: list[dict[str, Any]], **more: Any
) -> Ranking:
    """Bids with their answers under the lowest evaluation price."""
    book = rulebook_data(
        groups=[],
        price={
            "weight": 10_000,
            "adjustments": adjustments,
            "formula": {"kind": "ratio"},
            **more.pop("price", {}),
        },
        award={"by": "evaluated_price"},
        **more,
    )
    prices = {bid: price for bid, (price, _) in bids.items()}
    return evaluate(case_of(book, prices, {}, answers={bid: given for bid, (_, given) in bids.items()}))


def evaluated(ranking: Ranking) -> dict[str, str]:
    lines: Any = write_ranking(ranking)["lines"]
    return {line["bid_id"]: line["evaluated_price"] for line in lines}


LATE = {
    "id": "late",
    "kind": "units",
    "answer": "months",
    "beyond": "15",
    "counted": "started",
    "amount": "30",
}
COSTS = {"id": "costs", "kind": "stated", "answer": "costs"}
SMALL = {"id": "small", "kind": "flag", "answer": "small", "percent": "-10"}


def quality(operation: str = "divide") -> dict[str, Any]:
    features = [
        {"answer": "warranty", "choices": {"long": "0.2", "short": "0"}},
        {"answer": "colour", "choices": {"green": "0.1", "grey": "0"}},
    ]
    return {"id": "quality", "kind": "quality", "features": features, "operation": operation}


@pytest.mark.parametrize(
    ("offer", "answers", "adjustments", "expected"),
    [
        ("3000", {"months": "16"}, [LATE], "3030.00"),
        ("3000", {"months": "15"}, [LATE], "3000.00"),
        ("3000", {"months": "15.1"}, [LATE], "3030.00"),
        ("3000", {"months": "14"}, [LATE], "3000.00"),
        ("3000", {"months": "15.5"}, [LATE | {"counted": "interpolated"}], "3015.00"),
        ("3000", {"months": "16.9"}, [LATE | {"counted": "completed"}], "3030.00"),
        ("3000", {"months": "13"}, [LATE | {"side": "below"}], "3060.00"),
        ("3000", {}, [LATE], "3000.00"),
        ("469", {"costs": "100"}, [COSTS], "569.00"),
        ("2000", {"costs": "-50"}, [COSTS], "1950.00"),
        ("2000", {"costs": "50"}, [COSTS | {"sign": -1}], "1950.00"),
        ("645", {"small": True}, [SMALL], "580.50"),
        ("645", {"small": False}, [SMALL], "645.00"),
        ("645", {"small": True, "costs": "64.5"}, [SMALL, COSTS], "645.00"),
        ("499.00", {"warranty": "long", "colour": "grey"}, [quality()], "388.11"),
        ("499.00", {"warranty": "long", "colour": "grey"}, [quality("multiply")], "641.57"),
        ("499.00", {"warranty": "short"}, [quality()], "499.00"),
        ("499.00", {"warranty": "long", "costs": "100"}, [quality(), COSTS], "488.11"),
        ("499.00", {"warranty": "long", "costs": "100"}, [COSTS, quality()], "465.89"),
    ],
    ids=str,
)
def test_an_evaluation_price_is_the_offer_after_what_its_answers_say(
    offer: str, answers: dict[str, Any], adjustments: list[dict[str, Any]], expected: str
) -> None:
    assert evaluated(ranked({"a": (offer, answers)}, adjustments)) == {"a": expected}


def test_the_lowest_evaluation_price_wins_whatever_was_offered() -> None:
    bids = {
        "A": ("2000", {"costs": "-50"}),
        "B": ("2050", {"costs": "-110"}),
        "C": ("1980", {"costs": "-10"}),
        "D": ("1950", {"costs": "10"}),
    }
    ranking = ranked(bids, [COSTS])
    assert [line.bid.bid_id for line in ranking.lines] == ["B", "A", "D", "C"]


def test_where_more_is_better_the_highest_evaluation_price_wins() -> None:
    ranking = ranked({"a": ("100", {}), "b": ("120", {})}, [], price={"better": "higher"})
    assert [line.bid.bid_id for line in ranking.lines] == ["b", "a"]


def test_evaluation_prices_carry_the_decimals_that_the_rulebook_declares() -> None:
    ranking = ranked({"a": ("499.00", {"warranty": "long"})}, [quality()], places={"evaluated": 5})
    assert evaluated(ranking) == {"a": "388.11111"}


def test_a_bid_without_a_required_answer_is_rejected_with_that_ground() -> None:
    ranking = ranked({"a": ("100", {}), "b": ("120", {"months": "3"})}, [LATE | {"required": True}])
    assert [(one.bid_id, one.reasons[0].check_id) for one in ranking.rejected] == [
        ("a", "answer-missing:months")
    ]


def test_a_second_quality_factor_is_refused() -> None:
    with pytest.raises(BadInput, match="one quality factor at most"):
        ranked({"a": ("100", {})}, [quality(), quality() | {"id": "again"}])


def test_an_evaluation_price_that_is_not_above_zero_is_refused() -> None:
    with pytest.raises(BadInput, match="not above zero"):
        ranked({"a": ("100", {"costs": "-100"})}, [COSTS])

"""Trying a rulebook on pasted prices: the list is read strictly, the figures are the engine's."""

from fractions import Fraction
from xml.etree import ElementTree

import pytest

from evaluation.line_chart import svg
from evaluation.price_curve import curve_chart
from evaluation.rulebook import read_rulebook
from evaluation.trial import MOST_PRICES, Setting, read_prices, try_prices, write_trial
from kernel.errors import BadInput, BadPrice
from kernel.money import PriceScale
from tests.evaluation.ready_made import NAMES, changed, load

CNY = PriceScale("CNY", 2)


@pytest.mark.parametrize("text", ["100, 95.5 90", "100;95.50\n90.00\n", "100，95.5、90", " 100\t95.5\r\n90 "])
def test_prices_are_separated_by_what_people_paste(text: str) -> None:
    assert read_prices(text, CNY) == (10000, 9550, 9000)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("NaN", "price 1"),
        ("100, Infinity", "price 2"),
        ("1e5", "price 1"),
        ("100 USD", "price 2"),
        ("¥100", "price 1"),
        ("0", "price 1"),
        ("100, 0.00", "price 2"),
        ("-5", "price 1"),
        ("+5", "price 1"),
        ("1.234", "price 1"),
        ("1'000", "price 1"),
        (".5", "price 1"),
        ("007", "price 1"),
        ("１００", "price 1"),
        ("9" * 19, "price 1"),
    ],
)
def test_what_is_no_price_is_refused_by_its_number(text: str, where: str) -> None:
    with pytest.raises(BadPrice) as refused:
        read_prices(text, CNY)
    assert refused.value.facts["where"] == where


@pytest.mark.parametrize("text", ["", " \n ", ",;", "1 " * (MOST_PRICES + 1)])
def test_no_price_and_too_many_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="price"):
        read_prices(text, CNY)


def test_as_many_prices_as_allowed_are_tried() -> None:
    assert len(read_prices("1 " * MOST_PRICES, CNY)) == MOST_PRICES


@pytest.mark.parametrize("name", NAMES)
def test_every_ready_made_rulebook_can_be_tried_and_drawn(name: str) -> None:
    book = read_rulebook(load(name))
    answers = (
        ({"months": "15", "life_cycle_cost": "1"},) * 4
        if name in ("cn-reviewed-lowest-works", "prozorro-lcc", "prozorro-mixed")
        else ()
    )
    trial = try_prices(book, [90000000, 95000000, 100000000, 97000000], Setting(answers))
    assert len(trial.ranking.lines) == 4
    written = write_trial(trial)
    assert (written["curve"] is None) == (book.price.formula.kind == "none")
    if trial.curve:
        drawn = svg(curve_chart(book, trial.curve, 'a "title" <x>', "price", "points"))
        assert len(list(ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}circle"))) == 4


def test_the_offers_lie_on_the_curve_with_the_points_that_they_have() -> None:
    trial = try_prices(read_rulebook(load("cn-trimmed-mean-float")), [9000, 10000, 10500, 12000], Setting())
    points = {line.evaluated_price: line.price_points for line in trial.ranking.lines}
    assert trial.curve is not None
    assert dict(trial.curve.offers) == points


def test_drawn_coefficients_are_the_middle_ones_unless_named() -> None:
    book = read_rulebook(load("cn-mixed-abc"))
    assert try_prices(book, [90000000], Setting()).drawn.coefficients == {
        "D": Fraction("0.16"),
        "K": Fraction("0.965"),
    }
    named = Setting(coefficients={"K": Fraction("0.95")})
    assert try_prices(book, [90000000], named).drawn.coefficients["K"] == Fraction("0.95")
    with pytest.raises(BadInput, match="one of"):
        try_prices(book, [90000000], Setting(coefficients={"K": Fraction("0.5")}))


def test_shares_of_the_experts_points_decide_between_equal_prices() -> None:
    book = read_rulebook(load("eu-relative"))
    trial = try_prices(book, [100, 100], Setting(shares=(70, 80)))
    assert [line.bid.bid_id for line in trial.ranking.lines] == ["002", "001"]
    for shares in ((70,), (101, 70), (-1, 70)):
        with pytest.raises(BadInput, match="shares"):
            try_prices(book, [100, 100], Setting(shares=shares))


def test_an_offer_above_the_ceiling_is_out_and_said_so() -> None:
    book = read_rulebook(changed("eu-relative", price__ceiling="100.00"))
    trial = try_prices(book, [10000, 10001], Setting())
    assert [line.bid.bid_id for line in trial.ranking.lines] == ["001"]
    assert [one.bid_id for one in trial.ranking.rejected] == ["002"]


def test_a_sample_follows_from_the_seed() -> None:
    book = read_rulebook(load("cn-drawn-nine"))
    prices = list(range(10000, 12000, 100))
    first, again = (try_prices(book, prices, Setting(seed=7)).drawn for _ in range(2))
    assert first == again
    assert try_prices(book, prices, Setting(seed=8)).drawn != first

"""What a ring gains: known for rulebooks where it can be said beforehand, the same for the same seed."""

from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest

from evaluation.blunting import blunted
from evaluation.line_chart import svg
from evaluation.rulebook import FULL_WEIGHT, read_rulebook
from evaluation.stress import MOST_SHADOWS, Model, Pace, Stress, is_slow, stress
from evaluation.stress_report import advice, stress_chart, write_stress
from kernel.errors import BadInput
from tests.evaluation.ready_made import changed, load

BRIEF = Pace(6, 40, (100, 106), (75, 110, 130))
MEAN = read_rulebook(load("cn-trimmed-mean-float"))


@pytest.fixture(scope="module")
def found() -> Stress:
    return stress(MEAN, Model())


def test_shadow_bids_lift_a_trimmed_mean_and_the_lowest_price_stays_where_it_is(found: Stress) -> None:
    lines = {line.setting: line for line in found.lines}
    assert list(lines) == ["as_it_is", "trim", "drawn", "lowest", "weight"]
    assert lines["as_it_is"].gain > 300
    assert lines["lowest"].gain == 0
    assert lines["weight"].gain < lines["as_it_is"].gain
    most = lines["as_it_is"].gains[-1]
    assert most.benchmark_shift > 50
    assert len(most.shadow_percents) == MOST_SHADOWS


def test_the_same_seed_gives_the_same_figures() -> None:
    assert stress(MEAN, Model(), BRIEF) == stress(MEAN, Model(), BRIEF)
    assert stress(MEAN, Model(seed=2), BRIEF) != stress(MEAN, Model(), BRIEF)


def test_a_plan_never_uses_more_shadows_than_it_may(found: Stress) -> None:
    for line in found.lines:
        assert len(line.gains) == MOST_SHADOWS + 1
        for number, gain in enumerate(line.gains):
            assert len(gain.shadow_percents) == gain.shadows <= number or gain.shadows == number
            assert 0 <= gain.chance <= 1000


def test_the_advice_names_what_helps_most(found: Stress) -> None:
    assert "以最低价为基准" in advice(found).zh
    assert "lowest price as benchmark" in advice(found).en


def test_a_rulebook_by_the_lowest_price_gives_a_ring_nothing() -> None:
    found = stress(read_rulebook(load("cn-low-price-goods-30")), Model(), BRIEF)
    assert [line.gain for line in found.lines] == [0] * len(found.lines)
    assert "hardly" in advice(found).en


def test_the_chart_and_the_json_say_the_same(found: Stress) -> None:
    drawn = ElementTree.fromstring(svg(stress_chart(found, "zh")))
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) == len(found.lines)
    written = write_stress(found, MEAN)
    assert written["model"]["expected"] == "1000000.00"  # type: ignore[index, call-overload]


@pytest.mark.parametrize("name", ["jp-price-points-kink", "cn-iterated-30", "cn-drawn-nine"])
def test_rulebooks_that_are_worked_lot_by_lot_are_stressed_too(name: str) -> None:
    book = read_rulebook(load(name))
    model = replace(Model(), honest=3, spread="uniform")
    assert stress(book, model, BRIEF).lines[0].setting == "as_it_is"
    assert is_slow(book, replace(model, expected=10**8)) == (name != "cn-drawn-nine")


def test_given_prices_are_drawn_from_again() -> None:
    found = stress(MEAN, Model(spread="given", given=(900_000, 1_000_000, 1_100_000)), BRIEF)
    assert found.model.expected == 1_000_000


def test_nobody_bids_outside_the_limits() -> None:
    book = read_rulebook(changed("cn-trimmed-mean-float", price__ceiling="1000.00"))
    found = stress(book, Model(expected=100_000, honest=4), BRIEF)
    assert all(gain.chance >= 0 for gain in found.lines[0].gains)
    assert found.lines[0].gains[-1].benchmark_shift <= 100


@pytest.mark.parametrize("name", ["wb-qbs", "prozorro-esco", "cn-value-ratio", "utility-index"])
def test_where_price_does_not_lead_by_itself_there_is_nothing_to_stress(name: str) -> None:
    with pytest.raises(BadInput):
        stress(read_rulebook(load(name)), Model())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("honest", 1),
        ("honest", 31),
        ("spread_percent", 0),
        ("spread_percent", 41),
        ("target_percent", 79),
        ("target_percent", 131),
        ("seed", -1),
        ("spread", "normal"),
        ("spread", "given"),
        ("expected", 99),
    ],
)
def test_a_model_out_of_range_is_refused_by_its_field(field: str, value: int | str) -> None:
    with pytest.raises(BadInput) as refused:
        stress(MEAN, replace(Model(), **{field: value}))  # type: ignore[arg-type]
    assert refused.value.facts["where"] == field


def test_each_blunting_setting_is_a_rulebook_that_can_be_published() -> None:
    made = {one.setting: one.rulebook for one in blunted(MEAN)}
    assert made["trim"].price.benchmark.terms[0].trim[-1].counts(5) == (2, 2)
    assert made["weight"].price.weight == MEAN.price.weight // 2
    assert made["weight"].price.weight + sum(g.weight for g in made["weight"].groups) == FULL_WEIGHT
    assert made["drawn"].drawn[-1].values[0] == Fraction("0.94")
    assert made["lowest"].price.benchmark.terms[0].base == "lowest"

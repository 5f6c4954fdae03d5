import json
from fractions import Fraction as F
from typing import Any

import pytest

from expert_pool.drawing_input import read_pool
from expert_pool.explain_draw import explain
from expert_pool.families import probabilities
from expert_pool.simulate_draw import simulate
from kernel.errors import BadInput, TooFewEligibleExperts


def pool_of(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "groups": [{"name": "a", "seats": 2}],
        "per_employer": 1,
        "experts": [
            {"id": f"e{i}", "employer": employer, "fills": ["a"]} for i, employer in enumerate("XXXYZ", 1)
        ],
    }
    return base | changes


def read(data: object) -> Any:
    return read_pool(json.dumps(data).encode())


def test_the_probabilities_of_c3_are_exact_and_in_the_order_of_the_file() -> None:
    found = probabilities(read(pool_of()))
    assert found == {"e1": F(1, 3), "e2": F(1, 3), "e3": F(1, 3), "e4": F(1, 2), "e5": F(1, 2)}
    assert list(found) == ["e1", "e2", "e3", "e4", "e5"]


@pytest.mark.parametrize("changes", [{"per_employer": 0}, {"per_employer": 2}, {"per_employer": None}])
def test_a_loose_cap_or_none_leaves_everybody_equal(changes: dict[str, Any]) -> None:
    assert set(probabilities(read(pool_of(**changes))).values()) == {F(2, 5)}


def test_an_expert_without_an_employer_is_alone_and_one_who_fills_nothing_has_no_chance() -> None:
    experts = [
        {"id": "x", "fills": ["a"]},
        {"id": "y", "fills": ["a"]},
        {"id": "z", "employer": "X", "fills": []},
    ]
    assert probabilities(read(pool_of(experts=experts))) == {"x": F(1), "y": F(1), "z": F(0)}


def test_caps_nest_from_the_employer_outwards() -> None:
    experts = [
        {"id": f"e{i}", "employer": text[0], "company": text[1], "fills": ["a"]}
        for i, text in enumerate(["XC", "XC", "YC", "YC", "ZD", "WE"])
    ]
    nested = pool_of(caps=[{"level": "company", "cap": 1}], experts=experts)
    assert list(probabilities(read(nested)).values()) == [F(1, 4)] * 4 + [F(1, 2)] * 2
    told = explain(read(nested))
    assert [(step.chance, step.caps) for step in told.chain] == [(F(1, 4), (("C", 1),)), (F(1, 2), ())]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"groups": []}, "groups"),
        ({"groups": [{"name": f"g{i}", "seats": 1} for i in range(14)]}, "groups"),
        ({"groups": [{"name": "a", "seats": 1}, {"name": "a", "seats": 1}]}, r"groups\[1\].name"),
        ({"groups": [{"name": "a", "seats": 0}]}, r"groups\[0\].seats"),
        ({"groups": [{"name": "a", "seats": -1}]}, r"groups\[0\].seats"),
        ({"groups": [{"name": "a", "seats": 1.0}]}, r"groups\[0\].seats"),
        ({"groups": [{"name": "a", "seats": True}]}, r"groups\[0\].seats"),
        ({"groups": [{"name": "a", "seats": 100}]}, r"groups\[0\].seats"),
        ({"groups": [{"name": "a", "seats": 1, "quota": 1}]}, r"groups\[0\].quota"),
        ({"per_employer": -1}, "per_employer"),
        ({"per_employer": "1"}, "per_employer"),
        ({"experts": []}, "experts"),
        ({"experts": {"id": "e"}}, "experts"),
        ({"experts": [{"id": "e", "fills": ["a"]}] * 2}, r"experts\[1\].id"),
        ({"experts": [{"id": "e", "fills": ["b"]}]}, r"experts\[0\].fills\[0\]"),
        ({"experts": [{"id": "e", "fills": ["a", "a"]}]}, r"experts\[0\].fills\[1\]"),
        ({"experts": [{"id": "e", "fills": "a"}]}, r"experts\[0\].fills"),
        ({"experts": [{"id": "", "fills": ["a"]}]}, r"experts\[0\].id"),
        ({"experts": [{"id": 1, "fills": ["a"]}]}, r"experts\[0\].id"),
        ({"experts": [{"id": "e", "fills": []}]}, "experts"),
        ({"experts": [{"id": "e", "fills": ["a"], "weight": 2}]}, r"experts\[0\].weight"),
        ({"relatives": [["e1", "e9"]]}, "relatives"),
        ({"relatives": [["e1"]]}, r"relatives\[0\]"),
        ({"relatives": [["e1", "e1"]]}, r"relatives\[0\]"),
        ({"caps": [{"level": "employer", "cap": 1}]}, r"caps\[0\].level"),
        ({"caps": [{"level": c, "cap": 1} for c in "xyz"]}, "caps"),
        ({"note": "x"}, "note"),
    ],
)
def test_every_bad_field_is_refused_by_its_path(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(BadInput, match=f"^{where}: "):
        read(pool_of(**changes))


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{", b'{"groups": NaN}', b'{"a":1,"a":2}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_strict_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(BadInput):
        read_pool(text)


def test_an_employer_has_one_company() -> None:
    experts = [{"id": f"e{i}", "employer": "X", "company": c, "fills": ["a"]} for i, c in enumerate("CD")]
    with pytest.raises(BadInput, match=r"experts\[1\].company"):
        read(pool_of(caps=[{"level": "company", "cap": 1}], experts=experts))


def test_relatives_linked_through_others_share_a_block() -> None:
    experts = [{"id": f"e{i}", "fills": ["a"]} for i in range(9)]
    pool = read(pool_of(relatives=[["e0", "e1"], ["e2", "e3"], ["e1", "e2"]], experts=experts))
    assert len({one.member.kin for one in pool.experts[:4]}) == 1
    assert not pool.experts[4].member.kin
    assert set(probabilities(pool).values()) == {F(2, 9)}
    bound = read(pool_of(relatives=[["e0", "e1"]], experts=experts[:3]))
    assert probabilities(bound) == {"e0": F(1, 2), "e1": F(1, 2), "e2": 1}
    with pytest.raises(TooFewEligibleExperts):
        probabilities(read(pool_of(relatives=[["e0", "e1"]], experts=experts[:2])))


def test_the_explanation_names_certain_predictable_and_impossible_experts() -> None:
    groups = [{"name": "a", "seats": 1}, {"name": "b", "seats": 1}]
    experts = [
        {"id": "only", "employer": "Y", "fills": ["a"]},
        {"id": "shut", "employer": "X", "fills": ["a"]},
        {"id": "b1", "employer": "X", "fills": ["b"]},
        {"id": "b2", "employer": "X", "fills": ["b"]},
    ]
    told = explain(read(pool_of(groups=groups, experts=experts)))
    assert (told.certain, told.predictable, told.never) == (("only",), ("b1", "b2"), ("shut",))
    assert told.effective_size == F(4) / F(3, 2)
    even = explain(read(pool_of(per_employer=0)))
    assert even.effective_size == 5
    assert even.entropy_bits == pytest.approx(even.most_bits)


def test_six_thousand_draws_fit_the_chances() -> None:
    made = simulate(read(pool_of()), 6000)
    assert made.is_plausible
    assert sum(one.count for one in made.counts) == 12_000
    assert simulate(read(pool_of()), 50) == simulate(read(pool_of()), 50) != simulate(read(pool_of()), 50, 50)

"""Identifying marks of a blind technical part: found whatever their dress, struck out, never twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.blind import BAR, MOST_NAMES, strike_marks
from kernel.errors import BadInput

KNOWN = ("宜昌大地建设有限公司", "Dadi Construction Co., Ltd", "张三丰", "Li Wei")


@pytest.mark.parametrize(
    ("text", "struck", "kinds"),
    [
        ("我公司宜昌大地建设有限公司承诺", f"我公司{BAR}承诺", ["name"]),
        ("宜昌大地建设的方案", f"{BAR}的方案", ["name"]),
        ("宜 昌 大\u200b地建设", BAR, ["name"]),
        ("项目经理：张三丰。", f"项目经理：{BAR}。", ["name"]),
        ("by DADI construction, in time", f"by {BAR}, in time", ["name"]),
        ("ＤＡＤＩ　Construction", BAR, ["name"]),
        ("DadiConstruction", BAR, ["name"]),
        ("Mr Li Wei and Li Weiss", f"Mr {BAR} and Li Weiss", ["name"]),
        ("delimit weight", "delimit weight", []),
        ("call 138 0000 0000 now", f"call {BAR} now", ["phone"]),
        ("电话0717-6250000", f"电话{BAR}", ["phone"]),
        ("写信至 a.b@dadi.example.cn。", f"写信至 {BAR}。", ["email"]),
        ("见 www.dadi.example/plan", f"见 {BAR}", ["web"]),
        ("代码91420500MA48ABCD1X", f"代码{BAR}", ["credit_code"]),
        ("C30 混凝土 13800 m3，2026 年 4 月", "C30 混凝土 13800 m3，2026 年 4 月", []),
        ("价 13800000000.50 元", "价 13800000000.50 元", []),
        ("张三丰 13800000000", f"{BAR} {BAR}", ["name", "phone"]),
    ],
)
def test_marks_are_struck_and_told(text: str, struck: str, kinds: list[str]) -> None:
    found, marks = strike_marks(text, KNOWN)
    assert (found, [mark.kind for mark in marks]) == (struck, kinds)
    assert all(text[mark.start :].startswith(mark.found) for mark in marks)


@given(st.text(max_size=60), st.sampled_from(KNOWN), st.text(max_size=60))
def test_a_name_among_other_words_is_always_struck(before: str, name: str, after: str) -> None:
    text = f"{before} · {name} · {after}"
    struck, marks = strike_marks(text, KNOWN)
    assert marks
    assert name not in struck
    assert strike_marks(struck, KNOWN) == (struck, ())


@pytest.mark.parametrize("name", ["", " ", "张", "ab", " a b "])
def test_a_name_that_would_be_found_everywhere_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        strike_marks("text", [name])


def test_names_have_a_limit() -> None:
    strike_marks("text", [f"name{number}" for number in range(MOST_NAMES)])
    with pytest.raises(BadInput):
        strike_marks("text", [f"name{number}" for number in range(MOST_NAMES + 1)])

"""tender.search: what people type finds the tender."""

import pytest

from tender.search import fold, matches


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("op00028341", "公路 OP00028341"),
        ("ＯＰ０００２", "OP00028341"),
        ("道 路", "道路工程"),
        ("⾦", "金属结构"),
        ("", "anything"),
    ],
)
def test_width_case_blanks_and_compatibility_forms_do_not_matter(asked: str, text: str) -> None:
    assert matches(asked, [text])


def test_other_words_are_not_found() -> None:
    assert not matches("bridge", ["Road", "道路"])


def test_folding_twice_changes_nothing() -> None:
    assert fold(fold("Ｒｏａｄ  Works")) == fold("Ｒｏａｄ  Works") == "roadworks"

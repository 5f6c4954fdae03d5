"""Amounts in words, read exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.bill.words import read_words, write_chinese, write_english
from kernel.errors import BadInput


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("壹佰贰拾万元整", 120_000_000),
        ("人民币壹佰贰拾万元正", 120_000_000),
        ("人民币：壹佰贰拾万圆整", 120_000_000),
        ("壹拾万元整", 10_000_000),
        ("拾万元整", 10_000_000),
        ("壹万零伍拾元零叁分", 1_005_003),
        ("壹万零伍拾元叁分", 1_005_003),
        ("陆万肆仟柒佰贰拾捌元伍角陆分", 6_472_856),
        ("壹亿零叁拾元整", 10_000_003_000),
        ("壹万亿元整", 100_000_000_000_000),
        ("壹仟零壹万亿零壹佰元整", 100_100_000_000_010_000),
        ("伍角", 50),
        ("叁分", 3),
        ("零元整", 0),
        ("一百二十万元", 120_000_000),
        ("壹佰贰拾萬圓整", 120_000_000),
        ("One Million Two Hundred Thousand Yuan Only", 120_000_000),
        ("RMB One Hundred and Twenty-Three Thousand, Four Hundred and Five only", 12_340_500),
        ("sixty-four thousand seven hundred twenty-eight yuan and fifty-six cents", 6_472_856),
        ("zero yuan and one fen", 1),
    ],
)
def test_amounts_as_people_write_them(text: str, fen: int) -> None:
    assert read_words(text, 2) == fen


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "元",
            "整",
            "元整",
            "佰元整",
            "壹贰元整",
            "壹拾佰元",
            "壹佰仟元",
            "壹零元",
            "壹元伍",
            "壹元分",
            "壹元伍分叁角",
        ),
        *(
            "壹元伍角伍角",
            "壹元零角",
            "壹万万元",
            "一元x",
            "1200000元",
            "壹佰贰拾万元整整",
            "壹仟万零元",
            "负壹元",
            "壹元零",
        ),
        *("only", "yuan", "hundred yuan", "one two yuan", "twenty eleven yuan", "one thousand million yuan"),
        *("one hundred hundred yuan", "and one yuan", "one and yuan", "five hundred cents", "one yuan two"),
        *("one yuan one hundred cents", "1 million yuan", "zero one yuan", "one million one million yuan"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_words(text, 2)


def test_words_finer_than_the_prices_of_the_tender_are_refused() -> None:
    assert read_words("壹元伍角", 1) == 15
    assert read_words("壹元整", 0) == 1
    assert read_words("伍厘", 3) == 5
    for text, places in (("壹元伍角", 0), ("壹元零伍分", 1), ("伍厘", 2)):
        with pytest.raises(BadInput):
            read_words(text, places)


@given(st.integers(0, 10**18 - 1))
def test_chinese_numerals_come_back(fen: int) -> None:
    assert read_words(write_chinese(fen, 2), 2) == fen


@given(st.integers(0, 10**17 - 1))
def test_english_words_come_back(fen: int) -> None:
    assert read_words(write_english(fen, 2), 2) == fen


def test_chinese_numerals_as_the_rules_of_banks_write_them() -> None:
    shown = {
        1_000: "壹拾元整",
        100_500: "壹仟零伍元整",
        10_500_050: "壹拾万伍仟元伍角",
        1_000_000_001: "壹仟万元零壹分",
        100_000_000_000: "壹拾亿元整",
        10_000_000_000_000_000: "壹佰万亿元整",
    }
    assert {fen: write_chinese(fen, 2) for fen in shown} == shown

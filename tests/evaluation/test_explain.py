"""The explanation says every figure of a rulebook, in both languages."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from evaluation.explain import explain
from evaluation.price_curve import points_at
from evaluation.rulebook import Rulebook, read_rulebook
from tests.evaluation.generated import made_rulebook
from tests.evaluation.ready_made import NAMES, changed, load


def told(book: Rulebook, language: str) -> str:
    return "\n".join(getattr(line, language) for chapter in explain(book) for line in chapter.sentences)


@pytest.mark.parametrize("name", NAMES)
def test_every_ready_made_rulebook_is_told_in_both_languages(name: str) -> None:
    book = read_rulebook(load(name))
    for chapter in explain(book):
        assert chapter.sentences
        for line in (chapter.title, *chapter.sentences):
            assert line.zh.strip()
            assert line.en.strip()
    for group in book.groups:
        assert group.name.zh in told(book, "zh")
        assert all(criterion.name.en in told(book, "en") for criterion in group.criteria)


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        (
            "cn-trimmed-mean-float",
            [
                "基准价 = 平均价 × (1-0.05)。",
                "满 7 家时，“平均价”先去掉最高的 1 家、最低的 1 家。",
                "高于基准价，从 0 % 起每单位扣 1.2 分。",
                "例如与基准价相差：-10 % 得 92.00，-5 % 得 96.00，0 % 得 100.00，+5 % 得 94.00，+10 % 得 88.00。",
            ],
        ),
        ("cn-iterated-30", ["低于基准价，从 2 % 起每单位扣 0.2 分。", "最低得 25.00 分。"]),
        ("cn-mixed-abc", ["系数 K 公开抽取，可能的值：0.95, 0.955, 0.96, 0.965, 0.97, 0.975, 0.98。"]),
        (
            "cn-low-price-goods-30",
            ["报价低于有效报价平均价 50.00 % 的，须在 30 分钟内说明（财库〔2026〕2号）；不自动否决。"],
        ),
        (
            "cn-mean-started-percents",
            ["报价高于标底（1000000.00 CNY） × 1.05 的，否决投标；恰好相等的也无效。"],
        ),
        (
            "cn-reviewed-lowest-works",
            ["　months 超过 15 的部分，每 1 加 30.00 CNY（不足一个单位按一个单位）。"],
        ),
        ("adb-qcbs-1000", ["组“技术建议书”低于 750.0 分的，否决投标；恰好 750.0 分的通过。"]),
    ],
)
def test_the_figures_are_the_rulebooks_own(name: str, sentences: list[str]) -> None:
    lines = told(read_rulebook(load(name)), "zh").splitlines()
    assert [sentence for sentence in sentences if sentence not in lines] == []


def test_every_kind_of_rule_can_be_told() -> None:
    for seed in range(60):
        book = read_rulebook(made_rulebook(Random(seed)))
        assert told(book, "zh")
        assert told(book, "en")


def test_the_examples_of_the_explanation_are_the_engines_own_points() -> None:
    book = read_rulebook(changed("cn-trimmed-mean-float"))
    assert points_at(book, [Fraction(0), Fraction(5), Fraction(-5)]) == [10000, 9400, 9600]


def test_a_change_of_one_figure_changes_the_explanation() -> None:
    book = read_rulebook(load("cn-trimmed-mean-float"))
    other = replace(book, candidates=2)
    assert told(book, "en") != told(other, "en")

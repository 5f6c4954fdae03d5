"""Copied text: the design's setup, the exact index against a plain count, template that is no evidence."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.collusion.text_overlap import GATE, candidates, find_overlaps, fold, template_least
from tests.evaluation.collusion.texts import chance_of, edited, paragraph, planted


def found_pairs(texts: list[str]) -> set[tuple[int, int]]:
    """Which texts are copies of each other, each one the only passage of its own bid."""
    width = len(str(len(texts)))
    overlaps = find_overlaps({f"{place:0{width}}": [text] for place, text in enumerate(texts)})
    return {(int(one.bids[0]), int(one.bids[1])) for one in overlaps}


def test_every_planted_copy_is_found_and_nothing_else() -> None:
    texts, pairs = planted(seed=7, count=600, light=40, heavy=30)
    assert found_pairs(texts) == set(pairs)


@settings(max_examples=40)
@given(st.lists(st.text("甲乙丙丁戊", max_size=12), min_size=2, max_size=12))
def test_the_index_is_exact(texts: list[str]) -> None:
    sets = [{text[i : i + 3] for i in range(len(text) - 2)} for text in texts]
    plain = {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if sets[i] & sets[j] and len(sets[i] & sets[j]) >= GATE * len(sets[i] | sets[j])
    }
    assert set(candidates(texts)) == plain


@pytest.mark.parametrize(("bids", "least"), [(2, 5), (16, 5), (17, 6), (20, 6), (21, 7), (50, 15)])
def test_template_is_what_stands_in_thirty_per_cent_and_in_five_bids(bids: int, least: int) -> None:
    assert template_least(bids) == least


@pytest.mark.parametrize(("holders", "is_evidence"), [(5, True), (6, False), (7, False)])
def test_a_passage_in_thirty_per_cent_of_the_bids_is_template(holders: int, is_evidence: bool) -> None:
    chance = chance_of(3)
    common = paragraph(chance)
    passages = {
        f"{n:02}": [paragraph(chance), *([common] if n < holders else [])] for n in range(20)
    }  # 30 % of 20 bids are six
    assert bool(find_overlaps(passages)) is is_evidence


def test_a_template_that_each_bidder_filled_in_is_no_evidence() -> None:
    chance = chance_of(4)
    form = paragraph(chance)
    passages = {f"{n:02}": [paragraph(chance), edited(chance, form, 0.04)] for n in range(10)}
    assert find_overlaps(passages) == ()
    assert len(find_overlaps({bid: passages[bid] for bid in ("00", "01", "02")})) == 3


def test_the_tenders_own_text_is_template_also_when_it_was_filled_in() -> None:
    chance = chance_of(5)
    form = paragraph(chance)
    passages = {bid: [edited(chance, form, 0.04)] for bid in "abc"}
    assert find_overlaps(passages) != ()
    assert find_overlaps(passages, known=[form]) == ()


def test_an_overlap_shows_both_passages_as_they_were_written() -> None:
    text = "本项目 施工组织设计：采用Ａ级材料，逐层检验，合格后方可进入下一道工序施工。"
    (overlap,) = find_overlaps({"b": [text], "a": [text.replace("Ａ", "A") + " ", "another"]})
    assert overlap.bids == ("a", "b")
    assert [(one.first, one.second, one.alike) for one in overlap.copies] == [
        (text.replace("Ａ", "A") + " ", text, 100.0)
    ]
    assert overlap.letters == len(fold(text))


def test_short_and_empty_texts_say_nothing() -> None:
    assert find_overlaps({"a": ["施工方案", ""], "b": ["施工方案", ""]}) == ()
    assert find_overlaps({}) == ()
    assert list(candidates(["", ""])) == []


def test_one_passage_is_a_copy_of_one_passage_only() -> None:
    chance = chance_of(6)
    text = paragraph(chance)
    variants = [edited(chance, text, 0.05) for _ in range(4)]
    (overlap,) = find_overlaps({"a": variants, "b": [text]})
    assert len(overlap.copies) == 1
    assert overlap.copies[0].alike == max(one.alike for one in overlap.copies)

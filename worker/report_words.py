"""How the codes of a report are said on paper, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from evaluation.collusion.words import KINDS, STRENGTHS
from evaluation.explain_words import WORDS

SEAT: Final = "seat-"

_OTHERS: Final[Mapping[str, tuple[str, str]]] = {
    "accepted": ("接受", "accepted"),
    "disregarded": ("不采纳", "disregarded"),
    "unanswered": ("未答复", "not answered"),
    "dismissed": ("不成立", "dismissed"),
    "upheld": ("成立", "upheld"),
    "below_mean": ("低于有效报价平均值的规定比例", "below a share of the mean of all valid prices"),
    "below_second_lowest": ("低于次低报价的规定比例", "below a share of the second lowest price"),
    "below_ceiling": ("低于最高限价的规定比例", "below a share of the ceiling"),
    "spain": ("西班牙规则（按投标家数）", "Spain, by the number of bids"),
    "italy": ("意大利规则（异常阈值）", "Italy, the anomaly threshold"),
    "no ceiling and no budget is announced": (
        "未公布最高限价或预算",
        "no ceiling and no budget is announced",
    ),
    "there are too few valid bids": ("有效投标过少", "there are too few valid bids"),
    "the places are not decided by the weighted total": (
        "名次不由加权总分决定",
        "the places are not decided by the weighted total",
    ),
    "only one part has a weight": ("只有一个部分有权重", "only one part has a weight"),
    "each_alone": ("各标段分别确定", "each lot alone"),
    "sequential": ("按标段顺序（兼投不兼中）", "lot after lot, under the cap"),
    "optimal": ("整体最优", "the best award of all lots together"),
    "bid.json cannot be read": ("开标一览表无法读取", "bid.json cannot be read"),
    "points": ("分", "points"),
    "compliance": ("初步评审", "compliance review"),
    "sheet": ("评分表", "sheet"),
    "votes": ("评审意见", "verdicts"),
    "blind_sheet": ("暗标评分表", "sheet of a blind part"),
    "supervisor": ("监督人员", "supervisor"),
}
_ALL: Final[Mapping[str, tuple[str, str]]] = {
    **WORDS,
    **{code: (texts["zh"], texts["en"]) for code, texts in {**KINDS, **STRENGTHS}.items()},
    **_OTHERS,
}


def known(code: str) -> bool:
    """Whether a code has words."""
    return code in _ALL


def word(code: object, language: str) -> str:
    """The words of a code; what has none, such as a sentence, stays as it is."""
    text = str(code)
    return _ALL[text][0 if language == "zh" else 1] if text in _ALL else text


def seat(name: object, language: str) -> str:
    """A seat by its number."""
    text = str(name)
    number = text.removeprefix(SEAT)
    if number == text:
        return text
    return f"席位 {number}" if language == "zh" else f"Seat {number}"

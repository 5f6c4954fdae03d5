"""The evaluation method of one lot as data, frozen with the notice.

A method, a province or a bank differs by its data here, never by code of its own. Format:
docs/formats/evaluation-case.md.
"""

from evaluation.rulebook.book import (
    FULL_WEIGHT,
    PRICE_PART,
    Award,
    Check,
    Drawn,
    Places,
    Rulebook,
    read_rulebook,
    rulebook_digest,
    write_rulebook,
)
from evaluation.rulebook.criteria import Combination, Criterion, Deviation, Group, ValueRule
from evaluation.rulebook.numbers import Bilingual
from evaluation.rulebook.price import Benchmark, Formula, PriceRule

__all__ = [
    "FULL_WEIGHT",
    "PRICE_PART",
    "Award",
    "Benchmark",
    "Bilingual",
    "Check",
    "Combination",
    "Criterion",
    "Deviation",
    "Drawn",
    "Formula",
    "Group",
    "Places",
    "PriceRule",
    "Rulebook",
    "ValueRule",
    "read_rulebook",
    "rulebook_digest",
    "write_rulebook",
]

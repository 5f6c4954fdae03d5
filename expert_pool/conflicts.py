"""Ties between an expert and the parties of a tender that exclude the expert (回避).

The tie known today: the expert's employer is the tenderer, its agency or a bidder.
Source: 招标投标法 article 37, 政府采购法实施条例 article 9.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from expert_pool.experts import Expert


@dataclass(frozen=True)
class Tie:
    """One reason to keep an expert away; the party is named in sealed records only."""

    kind: str
    party: str


def same_name(name: str) -> str:
    """The form in which names of organisations are compared: full-width, spaces and case do not tell them apart."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_ties(expert: Expert, parties: Iterable[str]) -> tuple[Tie, ...]:
    """Every tie between the expert and these organisations, given by name."""
    employer = same_name(expert.employer)
    return tuple(Tie("employer", party) for party in parties if same_name(party) == employer)

"""The classification of specialties (评标专家专业分类标准) as data: a tree of three levels, such as A, A08, A0803.

A finer code of the standard (A080301) lies under its third level by its prefix and needs no entry here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from kernel.shipped import shipped_json


@dataclass(frozen=True)
class Specialty:
    """One node of the tree."""

    code: str
    name: Mapping[str, str]


@cache
def classification() -> Mapping[str, Specialty]:
    """Every node by its code, parents before children."""
    data = shipped_json("expert_pool/specialties.json")
    return {code: Specialty(code, {"zh": zh, "en": en}) for code, zh, en in data["codes"]}


def parent_of(code: str) -> str | None:
    """The code of the node above, by the longest known prefix."""
    return next((code[:n] for n in (5, 3, 1) if n < len(code) and code[:n] in classification()), None)


def is_known(code: str) -> bool:
    """Whether a code stands in the tree, or is a finer one under its third level."""
    return code in classification() or (len(code) > 5 and code[:5] in classification())


def path_of(code: str) -> tuple[Specialty, ...]:
    """The nodes from the top down to the code, as far as they are known."""
    tree = classification()
    return tuple(tree[code[:n]] for n in (1, 3, 5) if n <= len(code) and code[:n] in tree)

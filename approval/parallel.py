"""Parallel approval: several items of one applicant under one lead, as if they were one.

Papers are merged: each is asked for once, and a paper that a sibling's own result provides is not asked for at all.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from approval.item import ItemVersion, MaterialSpec
from approval.lifecycle import State
from kernel.errors import BadInput, Refused

ENDED = frozenset(
    {
        State.GRANTED,
        State.REFUSED,
        State.CERTIFIED,
        State.DONE,
        State.WITHDRAWN,
        State.ENDED,
        State.NOT_ACCEPTED,
        State.ANSWERED,
    }
)
"""States in which a child no longer keeps the others waiting."""

STAGES = ("advice", "pre_check", "approval")
"""联合咨询, 联合预审, 联合审批: in this order."""

DEFAULT_INVESTMENT_FEN = 10_000_000 * 100  # 投资1000万元以上的工业项目


@dataclass(frozen=True)
class MergedMaterial:
    """One paper of a project: which items need it, main where one of them says so."""

    spec: MaterialSpec
    needed_by: tuple[str, ...]
    is_main: bool


def merged_materials(versions: Iterable[ItemVersion]) -> tuple[MergedMaterial, ...]:
    """Every paper once, by code, without those that a sibling produces."""
    versions = tuple(versions)
    produced = {version.base_code for version in versions}
    needed: dict[str, list[tuple[MaterialSpec, str]]] = {}
    for version in versions:
        for spec in version.materials:
            if spec.produced_by not in produced - {version.base_code}:
                needed.setdefault(spec.code, []).append((spec, version.code))
    return tuple(
        MergedMaterial(found[0][0], tuple(code for _, code in found), any(spec.is_main for spec, _ in found))
        for _, found in sorted(needed.items())
    )


@dataclass(frozen=True)
class Child:
    """One child case as the join and the report see it."""

    case_id: str
    item_code: str
    department: str
    state: State
    has_passed_by_default: bool
    accepted_on: date | None
    decided_on: date | None
    used_days: int


def is_joined(children: Collection[Child]) -> bool:
    """Whether every child has ended or was passed by default."""
    return bool(children) and all(child.state in ENDED or child.has_passed_by_default for child in children)


def critical_path(children: Sequence[Child]) -> tuple[Child, ...]:
    """The children by how long they took, the one that decided the total first."""
    decided = [child for child in children if child.decided_on is not None]
    return tuple(sorted(decided, key=lambda child: (-child.used_days, child.item_code)))


def total_days(children: Sequence[Child]) -> int:
    """The working days of the whole: those of the slowest child."""
    return max((child.used_days for child in children), default=0)


def check_stage(now: str, then: str) -> None:
    """Raise unless the next joint stage follows this one."""
    if then not in STAGES:
        raise BadInput(where="stage", why=f"it must be one of {', '.join(STAGES)}")
    if STAGES.index(then) != STAGES.index(now) + 1:
        raise Refused(
            rule="joint stages", why=f"after {now} comes {STAGES[STAGES.index(now) + 1 :][:1] or 'nothing'}"
        )


def is_parallel_by_default(plan: Mapping[str, int], enterprise: str, investment_fen: int) -> bool:
    """Whether a project is on the plan list or large enough to be run in parallel unless its owner declines."""
    return enterprise in plan or investment_fen >= DEFAULT_INVESTMENT_FEN

"""What a member's desk shows of a rulebook: the criteria that people score, group by group."""

from evaluation.rulebook import Criterion, Group, Rulebook
from evaluation.rulebook.criteria import EXPERTS


def expert_groups(rulebook: Rulebook) -> tuple[tuple[Group, tuple[Criterion, ...]], ...]:
    """The groups with the criteria that experts score; a group that the platform scores alone is left out."""
    groups = (
        (group, tuple(c for c in group.criteria if c.scored_by == EXPERTS)) for group in rulebook.groups
    )
    return tuple((group, criteria) for group, criteria in groups if criteria)

"""Minimum points: who stays below one in a criterion, a group or the technical part is rejected before prices count.

A figure at the minimum passes; figures are compared as they were rounded.
"""

from evaluation.compliance import MINIMUM, Ground
from evaluation.rounded import Rounded
from evaluation.rulebook import Rulebook
from evaluation.technical_matrix import Technical, expert_columns
from kernel.money import write_units

TECHNICAL = "technical"


def below_minimum(rulebook: Rulebook, part: Technical, technical: Rounded) -> list[tuple[Ground, ...]]:
    """For each bid the minimums that it misses; the remark gives its figure and the minimum."""
    grounds: list[list[Ground]] = [[] for _ in range(len(part.groups))]
    places, scale = rulebook.places, 10 ** (rulebook.places.combined - rulebook.places.sheet)

    def look(
        name: str, figures: Rounded | None, column: int | None, minimum: int | None, decimals: int
    ) -> None:
        if figures is None or minimum is None:
            return
        values = figures.values if column is None else figures.values[:, column]
        for row, value in enumerate(values):
            if value < minimum:
                remark = f"{write_units(int(value), decimals)} < {write_units(minimum, decimals)}"
                grounds[row].append(Ground(f"{MINIMUM}:{name}", MINIMUM, 0, 0, (remark,)))

    columns = {id: index for index, id in enumerate(expert_columns(rulebook))}
    system = {criterion.id: index for index, criterion in enumerate(rulebook.system_criteria)}
    groups = Rounded(part.groups, 1, part.groups)
    for index, group in enumerate(rulebook.groups):
        for criterion in group.criteria:
            minimum = None if criterion.minimum is None else criterion.minimum * scale
            figures = part.answered if criterion.id in system else part.combined
            column = system.get(criterion.id, columns.get(criterion.id))
            look(criterion.id, figures, column, minimum, places.combined)
        minimum = None if group.minimum is None else group.minimum * scale
        look(group.id, groups, index, minimum, places.combined)
    look(TECHNICAL, technical, None, rulebook.technical_minimum, places.weighted)
    return [tuple(found) for found in grounds]

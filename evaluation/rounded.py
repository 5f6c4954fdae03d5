"""Figures together with the exact fraction that each was rounded from, so that a report can derive them."""

from dataclasses import dataclass

import numpy as np

from evaluation.fixed_point import Units, half_up


@dataclass(frozen=True)
class Rounded:
    """values = numerators / denominators rounded half up; one denominator may serve all figures."""

    numerators: Units
    denominators: Units | int
    values: Units

    def fraction(self, *index: int) -> tuple[int, int]:
        """The numerator and denominator behind one figure."""
        if isinstance(self.denominators, int):
            return int(self.numerators[index]), self.denominators
        return int(self.numerators[index]), int(np.broadcast_to(self.denominators, self.values.shape)[index])


def rounded(numerators: Units, denominators: Units | int) -> Rounded:
    """Round every fraction half up and keep where it came from."""
    return Rounded(numerators, denominators, half_up(numerators, denominators))

"""A finding of the lint before it is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Found:
    """A code, the path of the field, and the figures of its sentence."""

    code: str
    where: str
    values: Mapping[str, object] = field(default_factory=dict)

"""What a version of an item must say before it may be published: the complete list at once.

五公开 and 八公开 are lists of public blocks, and which list holds is a setting of the centre. The other rules hold
everywhere: basis of law (法无授权不可为), steps inside the promise inside the law, fees with basis and price.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from approval.item import ItemVersion, Mode, OnTimeout, StepKind
from kernel.errors import IncompleteItem

BLOCKS: Mapping[str, Callable[[ItemVersion], bool]] = {
    "title": lambda v: bool(v.title.get("zh", "").strip()),
    "basis": lambda v: bool(v.basis),
    "conditions": lambda v: bool(v.conditions),
    "procedure": lambda v: bool(v.procedure) and bool(v.steps),
    "materials": lambda v: bool(v.materials),
    "limits": lambda v: v.mode is Mode.INSTANT or (v.promised_days > 0 and v.statutory_days > 0),
    "fees": lambda v: v.is_free or bool(v.fees),
    "result": lambda v: bool(v.result) and bool(v.deliveries),
    "complaint": lambda v: bool(v.complaint_channel.strip()),
}
"""Every public block, and when it says something."""

FIVE_BLOCKS = ("title", "procedure", "materials", "limits", "fees")
EIGHT_BLOCKS = ("title", "basis", "conditions", "procedure", "materials", "limits", "fees", "result")
PROHIBITED_BLOCKS = ("title", "basis", "complaint")  # an item that is only answered has no procedure

Rule = tuple[str, Callable[[ItemVersion], bool]]


def open_blocks(version: ItemVersion, blocks: Sequence[str]) -> tuple[str, ...]:
    """The blocks that this version has to fill."""
    return tuple(b for b in blocks if version.mode is not Mode.PROHIBITED or b in PROHIBITED_BLOCKS)


def missing_blocks(version: ItemVersion, blocks: Sequence[str] = EIGHT_BLOCKS) -> tuple[str, ...]:
    """The public blocks that are still empty, in the order of the list."""
    return tuple(block for block in open_blocks(version, blocks) if not BLOCKS[block](version))


def _steps_end_with_a_decision(version: ItemVersion) -> bool:
    kinds = [step.kind for step in version.steps]
    ends = kinds[-1:] == [StepKind.DECIDE] or kinds[-2:] == [StepKind.DECIDE, StepKind.CERTIFY]
    return ends and kinds.count(StepKind.DECIDE) == 1 and kinds.count(StepKind.CERTIFY) <= 1


RULES: tuple[Rule, ...] = (
    ("complaint_channel", lambda v: bool(v.complaint_channel.strip())),
    ("basis.law", lambda v: bool(v.basis)),
    ("basis.article", lambda v: all(b.article.strip() for b in v.basis)),
    ("fees.basis", lambda v: all(f.basis.strip() for f in v.fees)),
    ("fees.unit", lambda v: all(f.unit.strip() for f in v.fees)),
    ("fees.unit_fen", lambda v: all(f.unit_fen > 0 for f in v.fees)),
    ("fees.free", lambda v: not (v.is_free and v.fees)),
    ("allows_pledge.sensitive", lambda v: not (v.is_sensitive and v.allows_pledge)),
    ("deemed_law", lambda v: v.on_timeout is not OnTimeout.DEEMED_BY_LAW or bool(v.deemed_law.strip())),
)
"""What holds for every mode."""

HANDLED_RULES: tuple[Rule, ...] = (
    ("steps.decision", _steps_end_with_a_decision),
    ("steps.post", lambda v: all(s.post.strip() for s in v.steps)),
    ("steps.limit_days", lambda v: sum(s.limit_days for s in v.steps) <= v.promised_days),
    (
        "steps.forward",
        lambda v: v.mode is not Mode.FORWARDED or any(s.kind is StepKind.FORWARD for s in v.steps),
    ),
    ("materials.main", lambda v: not v.materials or any(m.is_main for m in v.materials)),
    ("instant.days", lambda v: v.mode is not Mode.INSTANT or v.promised_days <= 1),
)
"""What holds for the modes that lead to a decision."""

PROHIBITED_RULES: tuple[Rule, ...] = (
    ("prohibited.steps", lambda v: not v.steps),
    ("prohibited.fees", lambda v: v.is_free and not v.fees),
)
"""禁办答复: nothing is decided, the answer names the law."""


def lacking(version: ItemVersion, blocks: Sequence[str] = EIGHT_BLOCKS) -> tuple[str, ...]:
    """Everything that keeps the version from publication, complete and in a fixed order."""
    return tuple(_lacking(version, blocks))


def _lacking(version: ItemVersion, blocks: Sequence[str]) -> Iterator[str]:
    for block in missing_blocks(version, blocks):
        yield f"block.{block}"
    rules = PROHIBITED_RULES if version.mode is Mode.PROHIBITED else HANDLED_RULES
    for name, holds in (*RULES, *rules):
        if not holds(version):
            yield name
    if version.promised_days > version.statutory_days:
        yield "promised_days"


def check_publishable(version: ItemVersion, blocks: Sequence[str] = EIGHT_BLOCKS) -> None:
    """Raise IncompleteItem with the complete list of what is missing."""
    found = lacking(version, blocks)
    if found:
        raise IncompleteItem(missing=", ".join(found))

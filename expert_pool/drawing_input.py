"""A pool as a file, for working out chances without a platform (docs/formats/draw-input.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from expert_pool.chances import Member, Path
from expert_pool.leximin import MOST_GROUPS
from kernel.errors import BadInput
from kernel.fields import Fields
from kernel.strict_json import read_strict_json

MOST_EXPERTS = 200_000
MOST_SEATS = 99
MOST_CAPS = 3
LONGEST_NAME = 200


@dataclass(frozen=True)
class Listed:
    """One expert of the file; `path` is the employer and what is around it, from the inside out, as they are named."""

    id: str
    member: Member
    path: Path


@dataclass(frozen=True)
class Pool:
    """A read file: groups in order, caps from the inside out, experts in the order of the file."""

    groups: tuple[str, ...]
    quotas: tuple[int, ...]
    caps: tuple[int, ...]
    experts: tuple[Listed, ...]

    @property
    def members(self) -> list[Member]:
        """The experts as the chances see them, who fills no group left out."""
        return [one.member for one in self.experts if one.member.mask]


def read_pool(data: bytes, where: str = "request") -> Pool:
    """Read a file strictly.

    Raises:
        BadInput: names the field by its path and says what is allowed.
    """
    fields = Fields(read_strict_json(data, where))
    groups, quotas = _groups(fields)
    levels = _levels(fields)
    kin = _relatives(fields)
    experts = _experts(fields, groups, levels, kin)
    unknown = next((id for id in kin if id not in {one.id for one in experts}), None)
    if unknown is not None:
        fields.fail("relatives", f"there is no expert {unknown}")
    fields.done()
    return Pool(groups, quotas, tuple(cap for _, cap in levels if cap), experts)


def _groups(fields: Fields) -> tuple[tuple[str, ...], tuple[int, ...]]:
    listed = fields.list("groups")
    if not 1 <= len(listed) <= MOST_GROUPS:
        fields.fail("groups", f"from 1 to {MOST_GROUPS} groups are allowed, {len(listed)} are given")
    names, quotas = list[str](), list[int]()
    for group in fields.objects("groups"):
        name = group.text("name", LONGEST_NAME)
        if name in names:
            group.fail("name", "each group needs a name of its own")
        names.append(name)
        quotas.append(group.whole("seats", 1, MOST_SEATS))
        group.done()
    return tuple(names), tuple(quotas)


def _levels(fields: Fields) -> list[tuple[str, int]]:
    """The limits that are set: the key of an expert that names where it applies, and its cap."""
    levels = [("employer", fields.whole_or("per_employer", 0, MOST_SEATS, 0))]
    for outer in fields.objects_or_none("caps"):
        level = outer.text("level", LONGEST_NAME)
        if level in {"id", "fills"} or level in [name for name, _ in levels]:
            outer.fail("level", "each level needs a name of its own, other than employer, id and fills")
        levels.append((level, outer.whole("cap", 0, MOST_SEATS)))
        outer.done()
    if len(levels) > MOST_CAPS:
        fields.fail("caps", f"at most {MOST_CAPS - 1} levels around the employer are allowed")
    return levels


def _relatives(fields: Fields) -> dict[str, str]:
    """The tag of each expert who has relatives: those who are linked through others share it."""
    kin: dict[str, str] = {}
    if not fields.has("relatives"):
        return kin
    for position, related in enumerate(fields.list("relatives")):
        where = f"relatives[{position}]"
        if (
            not isinstance(related, list)
            or len(related) < 2
            or not all(isinstance(id, str) for id in related)
        ):
            raise BadInput(where=where, why="a list of at least two ids of experts is needed")
        if len(set(related)) != len(related):
            raise BadInput(where=where, why="an expert stands in it twice")
        tags = {kin[id] for id in related if id in kin} | {where}
        kin.update(dict.fromkeys(related, where))
        kin.update({id: where for id, tag in kin.items() if tag in tags})
    return kin


def _experts(
    fields: Fields, groups: Sequence[str], levels: list[tuple[str, int]], kin: dict[str, str]
) -> tuple[Listed, ...]:
    if not 1 <= len(fields.list("experts")) <= MOST_EXPERTS:
        fields.fail("experts", f"from 1 to {MOST_EXPERTS} experts are allowed")
    bits = {name: 1 << number for number, name in enumerate(groups)}
    found, seen, around = list[Listed](), set[str](), dict[str, Path]()
    for expert in fields.objects("experts"):
        id = expert.text("id", LONGEST_NAME)
        if id in seen:
            expert.fail("id", "another expert has this id")
        seen.add(id)
        mask = _mask(expert, bits)
        named = [
            expert.text(level, LONGEST_NAME) if expert.has(level) else f"\x00alone {id}"
            for level, _ in levels
        ]
        if around.setdefault(named[0], tuple(named[1:])) != tuple(named[1:]):
            expert.fail(levels[1][0], "another expert of the same employer names another one here")
        path = tuple("\x00".join(named[level:]) for level in range(len(levels)) if levels[level][1])
        expert.done()
        shown = tuple(name for name, (_, cap) in zip(named, levels, strict=True) if cap)
        found.append(Listed(id, Member(mask, path, kin.get(id, "")), shown))
    if not any(one.member.mask for one in found):
        fields.fail("experts", "nobody fills any group")
    return tuple(found)


def _mask(expert: Fields, bits: dict[str, int]) -> int:
    mask = 0
    for position, name in enumerate(expert.list("fills")):
        if not isinstance(name, str) or name not in bits:
            expert.fail(f"fills[{position}]", f"it must be one of {', '.join(bits)}")
        if mask & bits[name]:
            expert.fail(f"fills[{position}]", "the group is named twice")
        mask |= bits[name]
    return mask

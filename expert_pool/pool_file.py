"""A file of experts, line by line: good entries, and for every other line what is wrong, by column.

1. The first line names the columns, in English or Chinese, in any order; an unknown or a missing one is a fault.
2. Each line becomes an entry or faults; one line may have several, so that a file is put right in one go.
3. A number or an identity number may stand once only. Format: docs/formats/expert-import.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crypto.canonical import JsonValue
from expert_pool.entry_form import read_expert, read_identity, write_expert, write_identity
from expert_pool.experts import Expert, Identity
from expert_pool.pool_table import DANGEROUS, Fault, Line
from expert_pool.specialties import is_known
from kernel.errors import BadInput
from kernel.fields import Fields

HEADINGS: Mapping[str, str] = {
    "number": "专家编号",
    "name": "姓名",
    "employer": "工作单位",
    "specialties": "专业",
    "region": "行政区划",
    "title": "职称",
    "standing": "状态",
    "valid_until": "有效期至",
    "born_on": "出生日期",
    "works_since": "从业起始日期",
    "id_number": "证件号码",
    "telephone": "手机",
    "bank_account": "银行账号",
    "email": "电子邮箱",
    "past_employers": "曾任职单位",
    "relatives": "近亲属",
    "interests": "利害关系",
    "credentials": "证书",
    "trainings": "培训",
    "sign_in": "登录名",
}
NEEDED = ("number", "name", "employer", "specialties")
EXAMPLE: Mapping[str, str] = {
    "number": "E0001",
    "name": "张三",
    "employer": "某某设计院",
    "specialties": "A0803;A0402",
    "region": "440300",
    "title": "senior",
    "standing": "active",
    "valid_until": "2028-12-31",
    "born_on": "1975-03-01",
    "works_since": "1998-07-01",
    "past_employers": "某某工程局|1998-07-01|2010-06-30",
    "relatives": "李四|spouse|某某公司",
    "interests": "某某公司|shareholder|",
    "credentials": "licence|B-001|2027-06-30",
    "trainings": "2026-01-15|8|招标投标法",
}
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "past_employers": ("employments", ("organisation", "since", "until")),
    "relatives": ("relatives", ("name", "relation", "employer")),
    "interests": ("interests", ("organisation", "kind", "until")),
    "credentials": ("credentials", ("kind", "number", "valid_until")),
    "trainings": ("trainings", ("on", "hours", "subject")),
}
"""Columns that hold several things: `;` between them, `|` between the parts of each."""
COLUMN_OF = {inner: column for column, (inner, _) in PARTS.items()}
Made = TypeVar("Made")
SEPARATOR = re.compile("[;；\n]")


@dataclass(frozen=True)
class ReadEntry:
    """One good line."""

    line: int
    expert: Expert
    identity: Identity = field(repr=False)
    sign_in: str = field(default="", repr=False)
    absent: frozenset[str] = frozenset()
    """fields for which the file has no column: a known entry keeps its own"""


@dataclass(frozen=True)
class PoolFile:
    """A file that was read: its good lines and all faults, both in the order of the file."""

    entries: tuple[ReadEntry, ...]
    faults: tuple[Fault, ...]


def read_pool_file(lines: Sequence[Line], formulas: Sequence[tuple[int, int]] = ()) -> PoolFile:
    """Read the lines of a file; `formulas` are the line and position of cells that a workbook computes.

    Raises:
        BadInput: nothing but a heading, or not even that.
    """
    if not lines:
        raise BadInput(where="file", why="the file is empty")
    (heading, names), *body = lines
    columns, faults = _columns(heading, names)
    if faults:
        return PoolFile((), tuple(faults))
    if not body:
        raise BadInput(where="file", why="the file has no line below its heading")
    computed = set(formulas)
    entries: list[ReadEntry] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in body:
        made, wrong = _entry(line, cells, columns, computed)
        if made is not None:
            wrong += _doubles(made, seen)
        faults += wrong
        if made is not None and not wrong:
            entries.append(made)
    return PoolFile(tuple(entries), tuple(faults))


def _columns(line: int, names: Sequence[str]) -> tuple[dict[int, str], list[Fault]]:
    known = {name.casefold(): key for key, zh in HEADINGS.items() for name in (key, zh)}
    columns: dict[int, str] = {}
    faults = []
    for at, name in enumerate(names):
        key = known.get(name.strip().casefold())
        if key is None and name.strip():
            faults.append(
                Fault(line, str(at + 1), why="this column is not known: take the names of the template")
            )
        elif key is not None and key in columns.values():
            faults.append(Fault(line, key, why="this column stands twice"))
        elif key is not None:
            columns[at] = key
    missing = [key for key in NEEDED if key not in columns.values()]
    return columns, faults + [Fault(line, key, why="this column is missing") for key in missing]


def _entry(
    line: int, cells: Sequence[str], columns: Mapping[int, str], computed: set[tuple[int, int]]
) -> tuple[ReadEntry | None, list[Fault]]:
    given = {key: cells[at].strip() if at < len(cells) else "" for at, key in columns.items()}
    faults = [
        Fault(line, key, why="formulas are not allowed: write the value")
        for at, key in columns.items()
        if (line, at) in computed or (key != "telephone" and given[key].startswith(DANGEROUS))
    ]
    faults += [Fault(line, key, why="a text is needed here") for key in NEEDED if not given[key]]
    if any(cell.strip() for at, cell in enumerate(cells) if at not in columns):
        faults.append(Fault(line, "", why="there are more cells than columns"))
    data: dict[str, JsonValue] = {}
    for key, value in given.items():
        if value and not any(one.column == key for one in faults):
            try:
                data.update(_value(key, value))
            except BadInput as error:
                faults.append(Fault(line, key, why=str(error.facts["why"])))
    if not all(map(is_known, _split(given.get("specialties", "")))) and not any(
        one.column == "specialties" for one in faults
    ):
        faults.append(Fault(line, "specialties", why="use codes of the classification, such as A0801"))
    data["specialties"] = [*_split(given.get("specialties", ""))]
    expert = _attempt(line, data, read_expert, faults)
    identity = _attempt(line, data, read_identity, faults)
    faults.sort(key=lambda one: [*columns.values(), one.column].index(one.column))
    if faults or expert is None or identity is None:
        return None, faults
    absent = frozenset(PARTS[key][0] if key in PARTS else key for key in HEADINGS if key not in given)
    return ReadEntry(line, expert, identity, given.get("sign_in", ""), absent), faults


def _attempt(
    line: int, data: dict[str, JsonValue], read: Callable[[Fields], Made], faults: list[Fault]
) -> Made | None:
    """Read once more without each field that is refused, so that all of them are found."""
    filled = {**dict.fromkeys(NEEDED[:3], "X"), "specialties": ["A"], **{k: v for k, v in data.items() if v}}
    while True:
        try:
            return read(Fields(filled))
        except BadInput as error:
            key = re.split(r"[.\[]", str(error.facts["where"]))[0]
            column = COLUMN_OF.get(key, key)
            if not any(one.column == column for one in faults):
                faults.append(Fault(line, column, why=str(error.facts["why"])))
            if key not in filled:
                return None
            del filled[key]
            if key in NEEDED[:3]:
                filled[key] = "X"
            elif key == "specialties":
                filled[key] = ["A"]


def _value(key: str, value: str) -> dict[str, JsonValue]:
    if key == "specialties" or key == "sign_in":
        return {}
    if key not in PARTS:
        return {key: value}
    inner, names = PARTS[key]
    made: list[JsonValue] = []
    for one in _split(value):
        parts = [part.strip() for part in one.split("|")]
        if len(parts) > len(names):
            raise BadInput(where=key, why=f"each holds {' | '.join(names)}, with ; between two of them")
        made.append({name: _whole(name, part) for name, part in zip(names, parts, strict=False) if part})
    return {inner: made}


def _whole(name: str, part: str) -> JsonValue:
    return int(part) if name == "hours" and part.isascii() and part.isdigit() and len(part) < 6 else part


def _split(value: str) -> list[str]:
    return [one.strip() for one in SEPARATOR.split(value) if one.strip()]


def _doubles(made: ReadEntry, seen: dict[tuple[str, str], int]) -> list[Fault]:
    faults = []
    for column, value in (("number", made.expert.number), ("id_number", made.identity.id_number)):
        if value and (column, value) in seen:
            first = seen[column, value]
            faults.append(Fault(made.line, column, why=f"it stands in line {first} already"))
        seen.setdefault((column, value), made.line)
    return faults


def write_columns(expert: Expert, identity: Identity) -> dict[str, str]:
    """An entry as the columns of a file hold it, lists one a line; what `read_pool_file` reads again."""
    written: dict[str, Any] = {**write_expert(expert), **write_identity(identity)}
    columns = {}
    for key in HEADINGS:
        value = written.get(PARTS[key][0] if key in PARTS else key, "")
        if key in PARTS:
            columns[key] = "\n".join(
                "|".join(str(one.get(name) or "") for name in PARTS[key][1]) for one in value
            )
        elif isinstance(value, list):
            columns[key] = ";".join(str(one) for one in value)
        else:
            columns[key] = str(value or "")
    return columns

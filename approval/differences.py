"""What changed between two versions, field by field, for a reader who compares them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One field by its path, before and after; None where a side does not have it."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Difference]:
    """Every field that differs, in the order of the paths; rows of lists are compared by their code."""
    return sorted(_walk("", _shape(before), _shape(after)), key=lambda one: one.path)


def _walk(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {*before, *after}:
            yield from _walk(f"{path}.{key}" if path else str(key), before.get(key), after.get(key))
    else:
        yield Difference(path, _plain(before), _plain(after))


def _shape(value: Any) -> Any:
    """Lists of rows with codes as objects by code, so that a row moved is not a row changed."""
    if isinstance(value, Mapping):
        return {key: _shape(one) for key, one in value.items()}
    if isinstance(value, list) and value and all(isinstance(row, Mapping) and "code" in row for row in value):
        return {str(row["code"]): _shape(row) for row in value}
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items() if one not in ("", {}, []))
    if isinstance(value, list):
        return ", ".join(str(_plain(one)) for one in value)
    return value

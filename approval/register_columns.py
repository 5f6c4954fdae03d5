"""Short ways to declare the columns and figures of a register."""

from typing import Any

from approval.item import Texts
from approval.registers import Column, Condition, Total

YES: tuple[Any, ...] = (True,)
STATES = (("working", "正常", "Working"), ("broken", "故障", "Broken"), ("retired", "停用", "Retired"))


def both(zh: str, en: str) -> Texts:
    """One text in both languages."""
    return {"zh": zh, "en": en}


def key(name: str, zh: str, en: str, kind: str = "text", **more: Any) -> Column:
    """A column that tells one row from another."""
    return Column(name, both(zh, en), kind, is_key=True, **more)


def need(name: str, zh: str, en: str, kind: str = "text", **more: Any) -> Column:
    """A column that has to be filled."""
    return Column(name, both(zh, en), kind, is_needed=True, **more)


def may(name: str, zh: str, en: str, kind: str = "text", **more: Any) -> Column:
    """A column that may stay empty."""
    return Column(name, both(zh, en), kind, **more)


def choices(*words: tuple[str, str, str]) -> dict[str, Texts]:
    """The words of a choice with their texts."""
    return {word: both(zh, en) for word, zh, en in words}


def choice(name: str, zh: str, en: str, *words: tuple[str, str, str], **more: Any) -> Column:
    """A column with one of a few words."""
    return Column(name, both(zh, en), "choice", is_needed=True, choices=choices(*words), **more)


def count(name: str, zh: str, en: str, *where: Condition, **more: Any) -> Total:
    """A figure over the rows that meet the conditions."""
    return Total(name, both(zh, en), where=where, **more)

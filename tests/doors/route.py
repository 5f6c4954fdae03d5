"""How the closed routes are written down."""

from dataclasses import dataclass, field
from typing import Any

from accounts.credentials import Scope
from accounts.duties import Duty


@dataclass(frozen=True)
class Route:
    """A closed route of the API: what it takes and who may use it."""

    name: str
    scope: Scope | None
    duties: frozenset[Duty]
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""


def route(name: str, scope: Scope | None, *duties: Duty, **more: Any) -> Route:
    """A closed route."""
    return Route(name, scope, frozenset(duties), **more)

"""Outside timestamp authorities that a tender demands besides the platform's own, and what happens when one is down.

The closing second is decided by the platform's own token, which the receipt carries. An outside token shows that the
platform did not set its clock back: it may not lie more than a minute away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from crypto.canonical import JsonValue
from crypto.timestamp_requests import NEAR, PinnedAuthority, read_authorities, write_authorities
from kernel.clock import write_time
from kernel.errors import BadInput, IntegrityBroken

MOST_AUTHORITIES = 8


class WhenDown(StrEnum):
    """What becomes of a bid while a demanded authority does not answer."""

    REFUSE = "refuse"
    PENDING = "pending"


@dataclass(frozen=True)
class StampTerms:
    """The outside authorities of a tender."""

    authorities: tuple[PinnedAuthority, ...] = ()
    when_down: WhenDown = WhenDown.PENDING


NO_OUTSIDE = StampTerms()


def read_terms(body: Mapping[str, Any] | None) -> StampTerms:
    """Read the terms as the notice has them; raises BadInput."""
    if body is None:
        return StampTerms()
    if set(body) != {"authorities", "when_down"} or body["when_down"] not in list(WhenDown):
        raise BadInput(
            where="timestamps", why=f"give authorities, and when_down as one of {', '.join(WhenDown)}"
        )
    return StampTerms(read_authorities(body["authorities"]), WhenDown(body["when_down"]))


def write_terms(terms: StampTerms) -> dict[str, JsonValue]:
    """The terms as the notice has them."""
    return {"authorities": list(write_authorities(terms.authorities)), "when_down": terms.when_down.value}


def choose_terms(names: list[str], when_down: str, known: Mapping[str, PinnedAuthority]) -> StampTerms:
    """The terms of a draft from names that the site knows.

    Raises:
        BadInput: an unknown name or policy, or too many.
    """
    if when_down not in list(WhenDown):
        raise BadInput(where="timestamps.when_down", why=f"choose one of {', '.join(WhenDown)}")
    if len(names) > MOST_AUTHORITIES or len(set(names)) != len(names):
        raise BadInput(where="timestamps.authorities", why=f"name up to {MOST_AUTHORITIES} different ones")
    for name in names:
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise BadInput(
                where="timestamps.authorities", why=f"{name} is not known here; known are {listed}"
            )
    return StampTerms(tuple(known[name] for name in names), WhenDown(when_down))


def check_near(name: str, outside: datetime, own: datetime) -> None:
    """Raise IntegrityBroken when an outside token lies more than a minute from the platform's own."""
    if abs(outside - own) > NEAR:
        told = f"{write_time(outside)}, the platform at {write_time(own)}"
        raise IntegrityBroken(what=f"the authority {name} stamped the bid at {told}")

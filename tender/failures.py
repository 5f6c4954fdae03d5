"""When a sealed bid cannot be opened: who is answerable, what follows, how long it may still be mended.

- 电子招标投标办法 art. 31: not decrypted for the bidder's own cause counts as revoked; for any other cause as
  withdrawn, and the bidder may claim the direct loss from who is answerable. The other bids go on, and the notice may
  say how a failure is mended.
- *Bidder also*: an envelope opens only with its bidder's own part, which is handed in within so many minutes.
- *Remedy*: where openers fail, the bidder may hand in the seed of the very envelope that was received.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kernel.errors import BadInput
from tender.opening import Cause
from tender.outages import Outage

PART, SEED = "part", "seed"  # what bidders hand in of an own envelope
MINUTES = range(1, 24 * 60 + 1)
REASON_LENGTH = range(5, 2001)


class Consequence(StrEnum):
    """What the law makes of a bid that was not opened."""

    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class Failing(StrEnum):
    """What a declared failure is about, and so who is answerable."""

    OPENERS = "openers"
    STORED_BID = "stored-bid"


ANSWERABLE: Mapping[Failing, Cause] = {Failing.OPENERS: Cause.OPENER, Failing.STORED_BID: Cause.PLATFORM}


@dataclass(frozen=True)
class OpeningRule:
    """What a tender says of its opening: minutes for the bidder's own part, and for the remedy; None without."""

    bidder_also: int | None = None
    remedy: int | None = None


def read_opening_rule(body: Mapping[str, Any], path: str = "opening_rule.") -> OpeningRule:
    """Read a rule from its JSON form.

    Raises:
        BadInput: names the member.
    """
    for name, value in body.items():
        if name not in vars(OpeningRule()):
            raise BadInput(where=f"{path}{name}", why="known are bidder_also and remedy")
        is_whole = isinstance(value, Mapping) and set(value) == {"minutes"} and type(value["minutes"]) is int
        if not is_whole or value["minutes"] not in MINUTES:
            raise BadInput(where=f"{path}{name}", why=f"give minutes, a whole number from 1 to {MINUTES[-1]}")
    return OpeningRule(**{name: value["minutes"] for name, value in body.items()})


def write_opening_rule(rule: OpeningRule) -> dict[str, dict[str, int]]:
    """The rule as the notice has it; a member that does not hold is left out."""
    return {name: {"minutes": minutes} for name, minutes in vars(rule).items() if minutes is not None}


def consequence(cause: str) -> Consequence | None:
    """What follows for a bid that was not opened; None where nobody is answerable, for it was."""
    if not cause:
        return None
    return Consequence.REVOKED if cause == Cause.BIDDER else Consequence.WITHDRAWN


def last_moment(begins_at: datetime, minutes: int, outages: Sequence[Outage]) -> datetime:
    """When a time of so many minutes ends; what the platform was down in between is given back."""
    ends_at = begins_at + timedelta(minutes=minutes)
    for outage in sorted(outages, key=lambda one: one.began_at):
        if outage.began_at <= ends_at and outage.ended_at > begins_at:
            ends_at += outage.ended_at - max(outage.began_at, begins_at)
    return ends_at


def answerable(key: str, releases: Sequence[Mapping[str, Any]], k: int) -> Cause:
    """Who is answerable for an envelope that too few shares came out of; `releases` are the shares by opener.

    An opener whose key opened any other envelope works, and so does the only evidence there is of one: where k working
    openers could not read their shares of this envelope, its bidder sealed them wrongly.
    """
    others = {name for given in releases for name in given} - {key}
    working = [given for given in releases if not others or any(given.get(name) for name in (*others, key))]
    return Cause.BIDDER if len(working) >= k else Cause.OPENER


def check_reason(reason: str) -> str:
    """The reason of a declared failure, as it is kept."""
    kept = reason.strip()
    if len(kept) not in REASON_LENGTH:
        raise BadInput(where="reason", why="say what happened, in 5 to 2,000 characters")
    return kept

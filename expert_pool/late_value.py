"""A public value mixed into a seed after everybody has revealed: named in the request, it did not exist before.

`drand`: one round of a drand chain; its signature is checked, so it may come by network, be typed in or be carried on
paper, and nobody can have chosen it. Only with it may a party that never revealed be written as absent.
`typed`: another public value that the request names, such as the figures of a lottery; nothing proves it but the
signatures under the record, so absent parties are not allowed with it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from crypto.canonical import JsonValue
from expert_pool.drand import (
    KEY_HEX,
    MOST_ROUND,
    QUICKNET_KEY,
    SIGNATURE_HEX,
    check_round,
    first_round_after,
    round_time,
)
from kernel.errors import BadInput, IntegrityBroken, TenderingError
from kernel.fields import Fields

DRAND: Final = "drand"
TYPED: Final = "typed"


@dataclass(frozen=True)
class DrandRule:
    """The round of a chain with signatures of 48 bytes (quicknet's scheme)."""

    public_key: str
    round: int
    kind: str = DRAND


@dataclass(frozen=True)
class TypedRule:
    """Where the value will be published, and how it is written."""

    source: str
    kind: str = TYPED


LateRule = DrandRule | TypedRule


def late_rule_of(round: int, last_window_ends: datetime) -> DrandRule | None:
    """The rule of a request that names a round of quicknet, or none for 0.

    Raises:
        BadInput: the round comes before the last window can end, so somebody could know it while others reveal.
    """
    if round == 0:
        return None
    if not 0 < round <= MOST_ROUND:
        raise BadInput(where="late_round", why=f"it must be from 0 to {MOST_ROUND}")
    first = first_round_after(last_window_ends)
    if round < first:
        why = f"the round comes before the last window can end; the first round allowed is {first}"
        raise BadInput(where="late_round", why=why)
    return DrandRule(QUICKNET_KEY, round)


def is_too_late_for(rule: LateRule | None, last_window_ends: datetime) -> bool:
    """Whether windows that end then would still be open when the round comes."""
    return isinstance(rule, DrandRule) and round_time(rule.round) <= last_window_ends


def write_late_rule(rule: LateRule | None) -> JsonValue:
    """A rule as it stands in the request."""
    return None if rule is None else dict(asdict(rule))


def read_late_rule(fields: Fields) -> LateRule | None:
    """The rule of a request."""
    if not fields.has("late"):
        return None
    inner = fields.inner("late")
    rule: LateRule
    if inner.choice("kind", (DRAND, TYPED)) == DRAND:
        rule = DrandRule(inner.text("public_key", KEY_HEX), inner.whole("round", 1, 2**53 - 1))
    else:
        rule = TypedRule(inner.text("source", 400))
    inner.done()
    return rule


def late_value(rule: LateRule, given: str) -> bytes:
    """What a late value adds to the seed: the round's randomness, or the typed text.

    Raises:
        IntegrityBroken: the signature is not that of the chain's round.
    """
    if isinstance(rule, TypedRule):
        return given.strip().encode()
    try:
        if len(given) != SIGNATURE_HEX:
            raise ValueError
        return check_round(bytes.fromhex(rule.public_key), rule.round, bytes.fromhex(given))
    except (ValueError, TenderingError):
        raise IntegrityBroken(what=f"draw record: the signature is not that of round {rule.round}") from None

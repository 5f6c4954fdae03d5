"""The signatures under a report: who signed, who dissents in writing, who counts as consenting.

招标投标法实施条例 article 53: who does not agree says so in writing with reasons; who refuses to sign and does not
state different opinions and reasons in writing counts as agreeing. So does who stays silent until the limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from crypto.canonical import JsonValue
from kernel.clock import write_time
from kernel.errors import BadInput

VERSION: Final = 1
SIGN, DISSENT, REFUSE, SILENT = "sign", "dissent", "refuse", "silent"
DECISIONS: Final = (SIGN, DISSENT, REFUSE)
CONSENT: Final = "consent"


@dataclass(frozen=True)
class Signature:
    """What one member decided, with the words that go beside it."""

    seat: str
    group: str
    name: str = field(repr=False)
    decision: str
    text: str
    signed_at: datetime | None


@dataclass(frozen=True)
class Signing:
    """A report that lies open for signature, and every member's line."""

    tender_id: str
    reference: str
    title: Mapping[str, str]
    report: str
    opened_at: datetime
    sign_until: datetime
    lines: tuple[Signature, ...]


def check_decision(decision: str, text: str) -> None:
    """Accept a decision whose words fit it: a dissent gives its reasons, a signature stands alone.

    Raises:
        BadInput: the decision is unknown, or the reasons are missing or out of place.
    """
    if decision not in DECISIONS:
        raise BadInput(where="decision", why="choose sign, dissent or refuse")
    if decision == DISSENT and not text.strip():
        raise BadInput(where="text", why="a dissent gives its reasons in writing")
    if decision == SIGN and text.strip():
        raise BadInput(where="text", why="who signs adds nothing; choose dissent to give reasons")


def counts_as(decision: str, text: str) -> str:
    """Whether a line counts as consent or as dissent."""
    is_dissent = decision == DISSENT or (decision == REFUSE and bool(text.strip()))
    return DISSENT if is_dissent else CONSENT


def is_over(seats: Sequence[str], signed: Sequence[str], sign_until: datetime, now: datetime) -> bool:
    """Whether every member has decided, or the limit has passed."""
    return set(seats) <= set(signed) or now >= sign_until


def make_form(signing: Signing) -> dict[str, JsonValue]:
    """The form that is made once, when all have decided or the limit passed."""
    moments = [line.signed_at for line in signing.lines if line.signed_at is not None]
    is_complete = len(moments) == len(signing.lines)
    return {
        "v": VERSION,
        "tender": signing.tender_id,
        "reference": signing.reference,
        "title": dict(signing.title),
        "report": signing.report,
        "opened_at": write_time(signing.opened_at),
        "sign_until": write_time(signing.sign_until),
        "closed_at": write_time(max(moments) if is_complete else signing.sign_until),
        "members": [
            {
                "seat": line.seat,
                "group": line.group,
                "name": line.name,
                "decision": line.decision,
                "counts_as": counts_as(line.decision, line.text),
                "text": line.text,
                "signed_at": write_time(line.signed_at) if line.signed_at else None,
            }
            for line in signing.lines
        ],
    }

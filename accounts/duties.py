"""What a person may do here, and which duties one person may not combine.

A duty is the office somebody holds, not a list of buttons: every act names the one duty that it needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kernel.errors import ConflictOfDuties, NotAllowed
from kernel.ids import OrganisationId, PersonId


class Duty(StrEnum):
    """The duties of the trade: first of tenders, then of approvals."""

    TENDER_OFFICE = "tender_office"
    OPENER = "opener"
    SUPERVISOR = "supervisor"
    WITNESS = "witness"
    BIDDER = "bidder"
    EXPERT = "expert"
    POOL_MANAGER = "pool_manager"
    OPERATOR = "operator"
    APPLICANT = "applicant"
    WINDOW_STAFF = "window_staff"
    CASE_OFFICER = "case_officer"
    LEADER = "leader"
    CASHIER = "cashier"
    CENTRE_OFFICE = "centre_office"
    MONITOR = "monitor"
    AUDITOR = "auditor"


MAY_COMBINE: frozenset[frozenset[Duty]] = frozenset(
    frozenset(pair)
    for pair in (
        (Duty.TENDER_OFFICE, Duty.OPENER),
        (Duty.SUPERVISOR, Duty.OPENER),
        (Duty.WITNESS, Duty.OPENER),
        (Duty.WINDOW_STAFF, Duty.OPENER),
        (Duty.WINDOW_STAFF, Duty.TENDER_OFFICE),
        (Duty.WINDOW_STAFF, Duty.CASE_OFFICER),
        (Duty.CASE_OFFICER, Duty.LEADER),
        (Duty.APPLICANT, Duty.BIDDER),
    )
)
"""The only pairs that one person may hold. All others would let one person check or favour their own work:
an expert and an operator hold nothing else, a bidder may only apply for permits as well, a cashier handles no
case, and nobody supervises what they run."""


@dataclass(frozen=True)
class Presence:
    """When whoever acts last proved with a passkey to be there, and the duties for which this site demands it."""

    at: datetime | None = None
    demanded: frozenset[Duty] = frozenset()


@dataclass(frozen=True)
class Actor:
    """The person behind a request, as every action sees them."""

    person_id: PersonId
    organisation_id: OrganisationId
    name: str
    duties: frozenset[Duty]
    presence: Presence = field(default=Presence(), compare=False)

    def require(self, *any_of: Duty) -> None:
        """Raise NotAllowed unless one of the duties is held."""
        if self.duties.isdisjoint(any_of):
            raise NotAllowed(duty=" / ".join(any_of))

    def holds(self, *any_of: Duty) -> bool:
        """Whether one of the duties is held."""
        return not self.duties.isdisjoint(any_of)


def read_demanded(text: str) -> frozenset[Duty]:
    """The duties that a setting names with commas between them.

    Raises:
        ValueError: one of the names is no duty.
    """
    return frozenset(Duty(name) for name in text.replace(" ", "").split(",") if name)


def check_combination(duties: Iterable[Duty]) -> None:
    """Raise ConflictOfDuties unless one person may hold all of these."""
    held = sorted(set(duties))
    for position, first in enumerate(held):
        for second in held[position + 1 :]:
            if frozenset((first, second)) not in MAY_COMBINE:
                raise ConflictOfDuties(held=first, asked=second)

"""What the rules look at: a case, a tender or a desk as it stands, as values.

Data keys of case events that the rules read; the act that writes the event fills them:

- tell_missing: `codes` all papers asked for, `old` those that were there or were told before, `reason`
- not_accept, refuse, end: `conditions` (codes of the item's conditions) and `reason`
- any act: `entered_late` true when it was typed in afterwards; `offline` true when it was done outside the platform
- give_limit: `days`
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from approval.lifecycle import CLOSED, RUNNING, State
from supervision.alerts import Against


@dataclass(frozen=True)
class EventFact:
    """One event of a case."""

    sequence: int
    at: datetime
    happened_on: date
    action: str
    actor_id: str
    from_state: str
    to_state: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StopFact:
    """One stop of the clock."""

    id: str
    kind: str
    planned_days: int
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class TaskFact:
    """Something to do about a case."""

    id: str
    kind: str
    department_id: str
    person_id: str | None
    made_at: datetime
    due_on: date | None
    taken_at: datetime | None
    done_on: date | None


@dataclass(frozen=True)
class PledgeFact:
    """A commitment: papers to follow, or a pledge to be checked."""

    id: str
    kind: str
    due_on: date | None
    is_settled: bool  # met, failed or, for a pledge, checked


@dataclass(frozen=True)
class FeeFact:
    """A charge that the fee schedule refused."""

    id: str
    fee_code: str
    amount_fen: int
    why: str
    tried_by: str


@dataclass(frozen=True)
class AttemptFact:
    """An act that a rule refused."""

    id: str
    act: str
    why: str  # the rule that refused
    tried_by: str


@dataclass(frozen=True)
class HopFact:
    """A hand-over between windows or sites that nobody has confirmed."""

    id: str
    sent_on: date
    to_code: str


@dataclass(frozen=True)
class CaseSnapshot:
    """One case with all that the rules read."""

    id: str
    number: str
    state: State
    mode: str
    against: Against
    sequence: int
    step: int = 0
    step_due: date | None = None
    received_on: date | None = None
    answer_due: date | None = None
    accepted_on: date | None = None
    is_deemed: bool = False
    promise_due: date | None = None
    statutory_due: date | None = None
    is_provisional: bool = False
    is_stopped: bool = False
    decided_on: date | None = None
    done_on: date | None = None
    events: tuple[EventFact, ...] = ()
    stops: tuple[StopFact, ...] = ()
    tasks: tuple[TaskFact, ...] = ()
    pledges: tuple[PledgeFact, ...] = ()
    fees: tuple[FeeFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    hops: tuple[HopFact, ...] = ()
    twins: tuple[str, ...] = ()  # numbers of cases of the same applicant and item that run at another window

    @property
    def is_running(self) -> bool:
        """Whether the two limits are running or stopped."""
        return self.state in RUNNING

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will happen to the case itself."""
        return self.state in CLOSED

    @property
    def ended_on(self) -> date | None:
        """The day that the limits are measured against: the decision, else the end."""
        return self.decided_on or self.done_on


@dataclass(frozen=True)
class TenderSnapshot:
    """One published tender with all that the rules read."""

    id: str
    reference: str
    stage: str
    tenderer_id: str
    published_at: datetime
    questions_until: datetime
    closes_at: datetime
    settle_seconds: int
    bidding_days: int
    shortening_reason: str
    rulebook_digest: str
    published_digests: tuple[str, ...]  # of the rulebook, in each published notice
    lot_digests: Mapping[int, str] = field(
        default_factory=dict
    )  # of lots with a rulebook of their own, by number
    published_lot_digests: tuple[Mapping[int, str], ...] = ()  # the same, in each published notice
    closed_at: datetime | None = None
    opened_at: datetime | None = None
    unanswered: tuple[str, ...] = ()  # ids of questions
    seats: int = 0  # of the panel
    vacant: tuple[str, ...] = ()  # seats whose call ended without a member, with no reserve left
    unsigned: int = 0  # sheets that are not signed
    is_ranked: bool = False


@dataclass(frozen=True)
class PostSnapshot:
    """One post on one day."""

    id: str
    code: str
    against: Against
    holders: tuple[str, ...]  # A and B, those named
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TicketSnapshot:
    """One queue ticket that waits."""

    id: str
    against: Against
    waiting_since: datetime

"""What a report is made of: the tender, its panel's work, and each lot with everything that was computed for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crypto.canonical import JsonValue
from evaluation.case import EvaluationCase
from evaluation.result import Ranking

Json = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Member:
    """A seat of the panel: the moments of its first act and of its last signature under a sheet."""

    seat: str
    group: str
    name: str = field(repr=False)
    employer: str = field(repr=False)
    signed_at: datetime | None
    came_at: datetime | None = None


@dataclass(frozen=True)
class PanelWork:
    """What the panel did beside scoring, in the form in which it is printed; each list in order of time."""

    chair: str | None = None
    rounds: tuple[Json, ...] = ()
    """elections of the chair: round, votes by seat, who was elected"""
    replaced: tuple[Json, ...] = ()
    clarifications: tuple[Json, ...] = ()
    dissents: tuple[Json, ...] = ()
    reopenings: tuple[Json, ...] = ()
    earlier: tuple[Json, ...] = ()
    """what stood before a step was opened again, or was written by a replaced member"""
    conduct: tuple[Json, ...] = ()
    """the logged facts of the evaluation: moment and kind"""


@dataclass(frozen=True)
class ReportFacts:
    """What the report says of the tender apart from its lots."""

    tender_id: str
    reference: str
    title: Mapping[str, str]
    tenderer: str
    notice_digest: str
    draw_request_hash: str
    opening_digest: str
    opened: tuple[Mapping[str, str], ...]
    members: tuple[Member, ...]
    ranked_at: datetime
    work: PanelWork = PanelWork()
    award: Json | None = None
    """the proposal which bidder gets which lot, where there are several"""


@dataclass(frozen=True)
class LotResult:
    """One lot with everything that was computed for it."""

    lot_id: str
    number: int
    title: Mapping[str, str]
    case: EvaluationCase
    ranking: Ranking
    findings: Json | None = None
    """docs/formats/findings.md; None on pages that do without them"""
    collusion: Json | None = None
    """a summary of the signals, with what the supervisor made of each; None where nobody looked"""
    draws: tuple[JsonValue, ...] = ()

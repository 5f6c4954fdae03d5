"""What a case is measured against: one published version of an item, as values.

A version never changes once published; a case is pinned to the version it was received under. Reading one from JSON
and the checks before publication are in `catalogue`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Texts = dict[str, str]  # one text in each language: {"zh": ..., "en": ...}


class ItemKind(StrEnum):
    """What sort of business an item is."""

    LICENCE = "licence"
    PUBLIC_SERVICE = "public_service"
    NON_LICENCE = "non_licence"
    FILING = "filing"


class Mode(StrEnum):
    """五项办理制: how an item is handled."""

    INSTANT = "instant"
    PROMISED = "promised"
    JOINT = "joint"
    FORWARDED = "forwarded"
    PROHIBITED = "prohibited"


class OnlineMode(StrEnum):
    """三种网上审批: how far the network carries a case."""

    DIRECT = "direct"
    EXTENDED = "extended"
    PRE_CHECKED = "pre_checked"


class StepKind(StrEnum):
    """What happens in a step, which decides the state a case is in while it waits there."""

    REVIEW = "review"
    EXAMINE = "examine"
    EXPERT_REVIEW = "expert_review"
    PUBLICITY = "publicity"
    FORWARD = "forward"
    DECIDE = "decide"
    CERTIFY = "certify"


class OnTimeout(StrEnum):
    """超时默认: what a broken promise leads to; none of them issues a permit."""

    CARD = "card"
    PROCEED = "proceed"
    DEEMED_BY_LAW = "deemed_by_law"


class Trust(StrEnum):
    """Where a material comes from: A government, B checked at a window, C uploaded, D made by the applicant."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True)
class Basis:
    """One legal basis: the law and its article."""

    law: str
    article: str


@dataclass(frozen=True)
class Step:
    """One step of the handling: who acts, for how many working days at most, with what risk."""

    code: str
    title: Texts
    kind: StepKind
    post: str  # code of the post in charge
    limit_days: int
    risk: str = ""  # low, medium, high; empty where none was found
    control: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class MaterialSpec:
    """One paper an applicant hands in."""

    code: str
    title: Texts
    is_main: bool
    trust: Trust
    copies: int = 1
    produced_by: str = ""  # base code of the item whose result this paper is
    template: str = ""  # digest of the form to fill in


@dataclass(frozen=True)
class FeeSpec:
    """One lawful fee: its basis and its price for one unit, in fen."""

    code: str
    title: Texts
    basis: str
    unit: str
    unit_fen: int
    most_units: int = 1_000_000


@dataclass(frozen=True)
class Condition:
    """One condition of the permit; a decision names those it rests on."""

    code: str
    text: Texts


@dataclass(frozen=True)
class ItemVersion:
    """All that a version of an item says."""

    code: str  # implementing code, unique in the platform
    base_code: str  # the same business at every level
    number: int
    title: Texts
    kind: ItemKind
    item_class: str
    mode: Mode
    online: tuple[OnlineMode, ...]
    is_general: bool  # a chief representative may decide alone
    promised_days: int
    statutory_days: int
    extension_days: int  # what one lawful extension may add
    steps: tuple[Step, ...]
    materials: tuple[MaterialSpec, ...]
    fees: tuple[FeeSpec, ...]
    conditions: tuple[Condition, ...]
    basis: tuple[Basis, ...]
    procedure: Texts
    result: Texts  # what the applicant gets
    result_valid_days: int  # 0: without end
    deliveries: tuple[str, ...]  # window, courier, electronic
    complaint_channel: str
    is_free: bool
    on_timeout: OnTimeout
    deemed_law: str  # the special law of a deemed grant
    allows_commitment: bool  # 容缺: secondary papers may follow
    allows_pledge: bool  # 告知承诺
    is_sensitive: bool  # security, finance, environment, life: never by pledge
    offer_visits: int  # how often an applicant has to come
    pre_conditions: tuple[str, ...] = ()
    intermediaries: tuple[str, ...] = ()  # kinds of agency whose paper is needed
    facts: dict[str, Any] = field(
        default_factory=dict
    )  # what statistics compare: earlier limits, other cities

    def step(self, index: int) -> Step:
        """The step at an index."""
        return self.steps[index]

    def material(self, code: str) -> MaterialSpec | None:
        """The paper with a code, if the item asks for it."""
        return next((m for m in self.materials if m.code == code), None)

    def fee(self, code: str) -> FeeSpec | None:
        """The fee with a code, if the item has it."""
        return next((f for f in self.fees if f.code == code), None)

"""What a rule of supervision finds: an alert, with everything that makes a card of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crypto.canonical import JsonValue


class Severity(StrEnum):
    """How grave: 提示, 黄牌, 红牌."""

    HINT = "hint"
    YELLOW = "yellow"
    RED = "red"


class RuleClass(StrEnum):
    """合规性 or 时效性."""

    COMPLIANCE = "compliance"
    TIMELINESS = "timeliness"


class Family(StrEnum):
    """What kind of breach: procedure, fee or time."""

    PROCEDURE = "procedure"
    FEE = "fee"
    TIME = "time"


class Regime(StrEnum):
    """The four regimes whose breaches are counted for each window."""

    FIRST_CONTACT = "first_contact"
    TELL_ONCE = "tell_once"
    LIMITED_TIME = "limited_time"
    ACCOUNTABILITY = "accountability"


@dataclass(frozen=True)
class Against:
    """Whom an alert concerns."""

    department_id: str
    site_code: str = ""
    window_id: str | None = None
    person_id: str | None = None


@dataclass(frozen=True)
class Alert:
    """One breach found; rule, subject and occurrence together name it for ever."""

    rule: str
    severity: Severity
    subject_kind: str  # case, tender, post, ticket
    subject_id: str
    occurrence: str
    against: Against
    facts: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a card of this alert unique."""
        return self.rule, self.subject_kind, self.subject_id, self.occurrence


def printed(**facts: object) -> dict[str, JsonValue]:
    """Facts as a card keeps them: numbers as they are, all else as text."""
    return {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}

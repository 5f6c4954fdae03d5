"""What the office may say of a draft over JSON, and how it becomes a command."""

from collections.abc import Mapping
from typing import Any

from crypto.timestamp_requests import PinnedAuthority
from evaluation.lots.rule import read_rule, write_rule
from kernel.errors import BadInput
from storage.adapters import Adapters
from tender.actions import draft
from tender.envelopes import read_envelopes
from tender.failures import read_opening_rule
from tender.outages import read_rule as read_outage_rule
from tender.signing import SigningAuthority, make_authority
from tender.signing import choose_terms as choose_signing
from tender.stamps import choose_terms
from tender.timetable import Periods, read_timetable
from web.shapes import Shape


class TimestampsRequest(Shape):
    """Outside authorities by name, and what becomes of a bid while one is down."""

    authorities: list[str]
    when_down: str = "pending"


class DraftRequest(Shape):
    """What the office says of a tender; a field left out stays as it is."""

    reference: str | None = None
    title: dict[str, str] | None = None
    summary: dict[str, str] | None = None
    lots: list[dict[str, str]] | None = None
    timetable: dict[str, Any] | None = None
    periods: dict[str, int] | None = None
    shortening_reason: str | None = None
    suite: str | None = None
    threshold: int | None = None
    openers: list[str] | None = None
    award_rule: dict[str, Any] | None = None
    envelopes: list[dict[str, Any]] | None = None
    outage_rule: dict[str, int] | None = None
    timestamps: TimestampsRequest | None = None
    opening_rule: dict[str, Any] | None = None
    signing: list[str] | None = None
    """authorities whose certificates sign each bid too, by name; none: the account's key alone"""

    def command(
        self, known: Mapping[str, PinnedAuthority], issuers: Mapping[str, SigningAuthority]
    ) -> draft.EditDraft:
        """The request as the action takes it; `known` stamp at this site, certificates of `issuers` sign."""
        stamps = self.timestamps
        return draft.EditDraft(
            reference=self.reference,
            title=self.title,
            summary=self.summary,
            lots=None if self.lots is None else tuple(self.lots),
            timetable=None if self.timetable is None else read_timetable(self.timetable),
            periods=None if self.periods is None else read_periods(self.periods),
            shortening_reason=self.shortening_reason,
            suite=self.suite,
            threshold=self.threshold,
            opener_ids=None if self.openers is None else tuple(self.openers),
            award_rule=None if self.award_rule is None else award_rule_of(self.award_rule),
            envelopes=None if self.envelopes is None else read_envelopes(self.envelopes),
            outage_rule=None if self.outage_rule is None else read_outage_rule(self.outage_rule),
            opening_rule=None if self.opening_rule is None else read_opening_rule(self.opening_rule),
            timestamps=None if stamps is None else choose_terms(stamps.authorities, stamps.when_down, known),
            signing=None if self.signing is None else choose_signing(self.signing, issuers),
        )


def known_authorities(adapters: Adapters) -> dict[str, PinnedAuthority]:
    """The outside timestamp authorities of the site, by name."""
    return {name: one.pinned for name, one in adapters.authorities.items()}


def known_issuers(adapters: Adapters) -> dict[str, SigningAuthority]:
    """The authorities of signing certificates that the site trusts, by name."""
    return {
        name: make_authority(name, one.certificates, one.list_hours)
        for name, one in adapters.signing_authorities.items()
    }


def award_rule_of(body: dict[str, Any], path: str = "award_rule") -> dict[str, Any]:
    """An award rule as the tender keeps it: empty where each lot stands alone; raises BadInput by field."""
    if not body:
        return {}
    rule = read_rule(body, path)
    return {} if rule.method == "each_alone" else write_rule(rule)


def read_periods(body: dict[str, int]) -> Periods:
    """The minimum periods of a tender from their JSON form."""
    known = vars(Periods())
    for name, value in body.items():
        if name not in known or not 0 <= value <= 400:
            raise BadInput(where=f"periods.{name}", why=f"known are {', '.join(known)}, each 0 to 400")
    return Periods(**{**known, **body})

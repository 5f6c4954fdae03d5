"""A panel that has voted and scores, with one member who may stand apart."""

from pathlib import Path

from accounts.duties import Actor
from evaluation.actions import findings, scoring
from evaluation.queries import findings as queries
from evaluation.records.findings import OutlierRecord
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.panels import bids_of, draw_panel, opened_tender, score, vote

HALF = {"clause": "财库〔2026〕2号", "response_minutes": 30, "strict": True}
LOW = [
    {"kind": "below_mean", "percent": "50", **HALF},
    {"kind": "below_second_lowest", "percent": "50", **HALF},
    {"kind": "below_ceiling", "percent": "45", **HALF},
]


class Stage:
    """A tender whose panel has voted and scores."""

    def __init__(self, folder: Path | None = None, platform: Platform | None = None) -> None:
        assert folder or platform
        self.platform: Platform = platform or make_platform(folder)  # type: ignore[arg-type]
        self.tender: PublishedTender = opened_tender(
            self.platform, ["40.00", "100.00", "110.00"], abnormally_low=LOW
        )
        self.panel: dict[str, Actor] = draw_panel(self.platform, self.tender)
        for member in self.panel.values():
            vote(self.platform, self.tender, member)
        self.bids = bids_of(self.platform, self.tender)

    def save(self, seat: str, points: str, bid: int = 0, version: int = 0) -> int:
        with self.platform.database.transaction() as session:
            record = scoring.save_sheet(
                session,
                actor=self.panel[seat],
                tender_id=self.tender.tender_id,
                bid_id=self.bids[bid],
                points={"plan": points},
                version=version,
                now=self.platform.clock.now(),
            )
            return record.version

    def sign(self, seat: str, bid: int = 0, version: int = 1) -> None:
        with self.platform.database.transaction() as session:
            scoring.sign_sheet(
                session,
                actor=self.panel[seat],
                tender_id=self.tender.tender_id,
                bid_id=self.bids[bid],
                version=version,
                now=self.platform.clock.now(),
            )

    def score_all(self, last: str = "80") -> None:
        """Everybody signs everything; seat-3 gives the cheapest bid `last`."""
        for seat, member in self.panel.items():
            for number, bid in enumerate(self.bids):
                points = last if (seat, number) == ("seat-3", 0) else str(80 + number)
                score(self.platform, self.tender, member, bid, points)

    def compare(self) -> list[OutlierRecord]:
        with self.platform.database.transaction() as session:
            found = findings.compare_scores(
                session,
                tender_id=self.tender.tender_id,
                lot_id=self.tender.lot_id,
                now=self.platform.clock.now(),
            )
            session.expunge_all()
        return found

    def own(self, seat: str) -> list[OutlierRecord]:
        with self.platform.database.reading() as session:
            return queries.unexplained(session, self.tender.tender_id, seat, self.tender.lot_id)

    def explain(self, seat: str, outlier_id: str, reason: str = "The plan lacks the bridge.") -> None:
        with self.platform.database.transaction() as session:
            findings.explain_outlier(
                session,
                actor=self.panel[seat],
                tender_id=self.tender.tender_id,
                outlier_id=outlier_id,
                reason=reason,
                now=self.platform.clock.now(),
            )

    def rank(self) -> int:
        with self.platform.database.transaction() as session:
            return len(findings.rank(session, tender_id=self.tender.tender_id, now=self.platform.clock.now()))

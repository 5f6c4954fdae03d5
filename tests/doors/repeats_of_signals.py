"""The creating requests of signals for test_repeats: a comment and a disposal."""

from collections.abc import Callable

from accounts.duties import Duty
from evaluation.actions import collusion as actions
from evaluation.collusion.signals import Signal, Strength
from evaluation.queries import collusion as queries
from tests.builders import PublishedTender
from tests.doors.door import Door
from tests.doors.repeats_of_approval import Creation
from tests.flows.panels import draw_panel, opened_tender


def signal_of(door: Door) -> tuple[PublishedTender, str]:
    """An opened tender and a signal in it."""
    tender = opened_tender(door.platform, ["300.00", "100.00", "200.00"])
    found = Signal("phone", ("bid-1", "bid-2"), Strength.HARD, {"values": ["1"], "count": 1, "places": {}})
    with door.platform.database.transaction() as session:
        lot = actions.Findings(tender.lot_id, [found], {"v": 1})
        now = door.platform.clock.now()
        actions.keep_signals(session, tender_id=tender.tender_id, found=[lot], now=now)
        return tender, queries.signals(session, tender.lot_id)[0].id


def comment(door: Door) -> Creation:
    tender, signal_id = signal_of(door)
    member = next(iter(draw_panel(door.platform, tender).values()))
    path = f"/api/signals/{signal_id}/comments"
    return Creation(member, path, {"text": "Two bids, one number."}, {"text": "Another comment of mine."})


def disposal(door: Door) -> Creation:
    _, signal_id = signal_of(door)
    inspector = door.platform.person("inspector-of-signals", Duty.SUPERVISOR)
    path, reason = f"/api/signals/{signal_id}/disposal", "They share a parent company."
    return Creation(
        inspector, path, {"outcome": "upheld", "reason": reason}, {"outcome": "dismissed", "reason": reason}
    )


CREATIONS: dict[str, Callable[[Door], Creation]] = {
    "POST /api/signals/{signal_id}/comments": comment,
    "POST /api/signals/{signal_id}/disposal": disposal,
}

"""Creating requests of a panel at work for test_repeats, and the posts that need no key."""

from collections.abc import Callable
from typing import Any

from tests.doors.door import Door
from tests.doors.repeats_of_approval import STATE_DECIDES, Creation
from tests.flows.panels import bids_of, draw_panel, opened_tender, vote

CHECKS = [{"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "51"}]
WITHOUT_KEY = {
    "POST /api/tenders/{tender_id}/chair-votes": STATE_DECIDES,
    "POST /api/absences/{absence_id}/confirmation": STATE_DECIDES,
    "POST /api/absences/{absence_id}/refusal": STATE_DECIDES,
    "POST /api/tenders/{tender_id}/dissent": STATE_DECIDES,
    "POST /api/tenders/{tender_id}/price-review": STATE_DECIDES,
    "POST /api/clarifications/{clarification_id}/answer": STATE_DECIDES,
    "POST /api/clarifications/{clarification_id}/ruling": STATE_DECIDES,
    "POST /api/tenders/{tender_id}/lots/{lot_id}/signatures": "the versions name what is signed",
    "POST /api/tenders/{tender_id}/lots/{lot_id}/evaluation-draws": STATE_DECIDES,
    "POST /api/evaluation-draws/{draw_id}/draw": STATE_DECIDES,
    "POST /api/tenders/{tender_id}/report-signatures": STATE_DECIDES,
    "POST /api/tenders/{tender_id}/lots/{lot_id}/blind-signatures": "the versions name what is signed",
}


def _at_work(door: Door) -> Any:
    """A panel with its chair, seat-1, and a tender whose bids lie open."""
    made = opened_tender(door.platform, ["300.00", "100.00", "200.00"], checks=CHECKS)
    return made, draw_panel(door.platform, made)


def clarification(door: Door) -> Creation:
    made, panel = _at_work(door)
    bid = bids_of(door.platform, made)[0]
    body = {"kind": "general", "text": "Which date?"}
    path = f"/api/tenders/{made.tender_id}/bids/{bid}/clarifications"
    return Creation(panel["seat-1"], path, body, {**body, "text": "Which place?"})


def absence(door: Door) -> Creation:
    made, _ = _at_work(door)
    body = {"seat": "seat-2", "cause": "ill", "reason": "in hospital"}
    return Creation(made.office, f"/api/tenders/{made.tender_id}/absences", body, {**body, "cause": "other"})


def reopening(door: Door) -> Creation:
    made, panel = _at_work(door)
    vote(door.platform, made, panel["seat-2"])
    body = {"step": "compliance", "lot": made.lot_id, "reason": "a page was overlooked"}
    return Creation(
        panel["seat-1"], f"/api/tenders/{made.tender_id}/reopenings", body, {**body, "reason": "another"}
    )


CREATIONS: dict[str, Callable[[Door], Creation]] = {
    "POST /api/tenders/{tender_id}/bids/{bid_id}/clarifications": clarification,
    "POST /api/tenders/{tender_id}/absences": absence,
    "POST /api/tenders/{tender_id}/reopenings": reopening,
}

"""The creating request of the price checks for test_repeats."""

from collections.abc import Callable

from evaluation.queries import price_checks as queries
from tests.doors.door import Door
from tests.doors.repeats_of_approval import Creation
from tests.flows.panels import draw_panel
from tests.flows.priced import RIGHT, WRONG, checked, tender_with_bills


def correction(door: Door) -> Creation:
    made = tender_with_bills(door.platform, RIGHT, WRONG, RIGHT)
    checked(door.platform, made)
    panel = draw_panel(door.platform, made)
    with door.platform.database.reading() as session:
        bid = next(row.bid_id for row in queries.of_tender(session, made.tender_id) if row.findings)
    path = f"/api/tenders/{made.tender_id}/bids/{bid}/price-correction"
    return Creation(panel["seat-1"], path, {"text": "Do you confirm?"}, {"text": "Is it so?"})


CREATIONS: dict[str, Callable[[Door], Creation]] = {
    "POST /api/tenders/{tender_id}/bids/{bid_id}/price-correction": correction,
}

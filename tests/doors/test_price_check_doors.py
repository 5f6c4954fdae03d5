"""The price checks through the doors: JSON and page, for those who may read, with the chair's question."""

from typing import Any

from accounts.actions import begin_session
from accounts.duties import Actor
from tests.builders import Platform
from tests.doors.door import Door
from tests.flows.panels import draw_panel
from tests.flows.priced import RIGHT, WRONG, checked, tender_with_bills
from web.guards import SESSION_COOKIE


def page(door: Door, who: Actor, path: str, language: str = "en", **form: str) -> Any:
    """A page as the person's browser gets it; with a form, what the form answers."""
    with door.platform.database.transaction() as session:
        secret = begin_session(session, person_id=who.person_id, hours=1, now=door.platform.clock.now())
    headers = {
        "Accept": "text/html",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"{SESSION_COOKIE}={secret}; language={language}",
    }
    if form:
        return door.client.post(path, data=form, headers=headers, follow_redirects=False)
    return door.client.get(path, headers=headers)


def test_everybody_concerned_reads_and_the_chair_asks(platform: Platform, door: Door) -> None:
    tender = tender_with_bills(platform, RIGHT, WRONG, {}, {"bill.csv": b"item\n"})
    checked(platform, tender)
    panel = draw_panel(platform, tender)
    api = f"/api/tenders/{tender.tender_id}/price-checks"
    found = door.call(panel["seat-2"], "GET", api).json()["bids"]
    wrong = next(one for one in found if one["bidder"] == "bidder-2 Ltd")
    assert (wrong["stated"], wrong["corrected"], wrong["needs_correction"]) == ("64728.56", "64728.56", True)
    assert [one["rule"] for one in wrong["findings"]] == ["product"]
    path = f"/price-checks/tenders/{tender.tender_id}"
    ask = f"{path}/bids/{wrong['bid']}"
    for language in ("en", "zh-CN"):
        for who in (tender.office, panel["seat-2"]):
            shown = page(door, who, path, language)
            assert shown.status_code == 200
            assert "40200.00" in shown.text
            assert "<textarea" not in shown.text
    assert "<textarea" in page(door, panel["seat-1"], path).text
    assert page(door, panel["seat-2"], ask, text="Do you confirm?").status_code == 409
    assert page(door, panel["seat-1"], ask, text="Do you confirm?").status_code == 303
    assert "<textarea" not in page(door, panel["seat-1"], path).text
    assert page(door, platform.people["bidder-2"], path).status_code in (403, 404)

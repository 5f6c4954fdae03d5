"""The page of the price checks in a real browser: the chair reads the findings and asks the bidder."""

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, expect

from accounts.actions import begin_session
from tests.builders import make_platform
from tests.doors.door import serving
from tests.flows.panels import draw_panel
from tests.flows.priced import RIGHT, WRONG, checked, tender_with_bills
from tests.pages.judge import Judge
from web.app import create_app
from web.guards import SESSION_COOKIE


def test_the_chair_reads_what_was_found_and_asks(tmp_path: Path, browser: Browser) -> None:
    platform = make_platform(tmp_path)
    tender = tender_with_bills(platform, RIGHT, WRONG, {}, {"bill.csv": b"item\n"})
    checked(platform, tender)
    chair = draw_panel(platform, tender)["seat-1"]
    with platform.database.transaction() as session:
        secret = begin_session(session, person_id=chair.person_id, hours=1, now=platform.clock.now())
    # A broker that nobody asks: no worker inside reads bills while the page is judged.
    settings = replace(platform.adapters.settings, broker_url="redis://127.0.0.1:1")
    with serving(create_app(replace(platform.adapters, settings=settings))) as url:
        context = browser.new_context()
        context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": url}])
        page, judge = context.new_page(), Judge(url)
        judge.listen(page)
        judge.visit(page, f"/price-checks/tenders/{tender.tender_id}", "price-checks")
        page.locator("form textarea").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("已请投标人确认修正价格")
        expect(page.locator("form textarea")).to_have_count(0)
        context.close()
    assert (judge.findings, judge.errors) == ([], [])

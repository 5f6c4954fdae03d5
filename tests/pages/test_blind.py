"""The pages of the blind step in a real browser: a member reads, scores a label by keyboard, checks and signs."""

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, expect

from accounts.actions import begin_session
from tests.builders import make_platform
from tests.doors.door import serving
from tests.flows.blind import blind_tender, prepare
from tests.flows.panels import draw_panel
from tests.pages.judge import Judge
from web.app import create_app
from web.guards import SESSION_COOKIE


def test_a_member_scores_the_labels_and_signs(tmp_path: Path, browser: Browser) -> None:
    platform = make_platform(tmp_path)
    tender = blind_tender(platform)
    prepare(platform, tender, layouts=1)
    member = draw_panel(platform, tender)["seat-2"]
    with platform.database.transaction() as session:
        secret = begin_session(session, person_id=member.person_id, hours=1, now=platform.clock.now())
    # A broker that nobody asks: no worker inside reads bids while the pages are judged.
    settings = replace(platform.adapters.settings, broker_url="redis://127.0.0.1:1")
    desk = f"/expert/tenders/{tender.tender_id}"
    with serving(create_app(replace(platform.adapters, settings=settings))) as url:
        context = browser.new_context()
        context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": url}])
        page, judge = context.new_page(), Judge(url)
        judge.listen(page)
        judge.visit(page, desk, "expert-desk")
        expect(page.locator("main")).not_to_contain_text("bidder-")
        judge.visit(page, f"{desk}/blind", "blind-labels")
        expect(page.locator("main h3")).to_have_text(["技术标 1", "技术标 2", "技术标 3"])
        expect(page.locator("main")).not_to_contain_text("bidder-")
        judge.visit(page, f"{desk}/lots/{tender.lot_id}/blind/1", "blind-sheet")
        for label, points in (("1", "101"), ("1", "61"), ("2", "62"), ("3", "63")):
            expect(page.locator("h1")).to_have_text(f"技术标 {label}")
            page.locator("#points-plan").fill(points)
            page.locator("#points-plan").press("Enter")
        expect(page).to_have_url(f"{url}{desk}/blind")
        judge.visit(page, f"{desk}/lots/{tender.lot_id}/blind-check", "blind-check")
        expect(page.locator("tbody td")).to_have_text(["61.00", "62.00", "63.00"])
        page.locator("main form button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("已签")
        context.close()
    assert (judge.findings, judge.errors) == ([], [])

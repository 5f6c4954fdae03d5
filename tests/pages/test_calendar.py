"""The calendar's pages in a real browser, without JavaScript, in both languages and both widths."""

from playwright.sync_api import Page, expect

from tests.pages.judge import Judge
from tests.pages.world import World


def judged(world: World, page: Page, path: str, name: str) -> None:
    judge = Judge(world.url)
    judge.visit(page, path, name)
    assert judge.findings == []


def test_anybody_counts_a_limit_by_keyboard_without_javascript(world: World) -> None:
    judged(world, world.page(), "/calendar?year=2026", "calendar")
    page = world.page(script=False)
    page.goto(f"{world.url}/calendar?year=2026&lang=en")
    page.fill("#start", "2026-04-01")
    page.fill("#days", "20")
    page.fill("#from_1", "2026-04-10")
    page.fill("#to_1", "2026-04-17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("到期")
    page.locator("summary").click()
    expect(page.locator("#main-content table").first).to_contain_text("停表")
    query = "?start=2026-02-13&days=2"
    judged(world, world.page(), f"/calendar{query}", "calendar-due")


def test_centre_office_brings_in_a_notice(world: World) -> None:
    world.add("centre", "Service centre", "centre_office")
    page = world.page("centre")
    judged(world, page, "/centre/calendar", "centre-calendar")
    page.goto(f"{world.url}/centre/calendar")
    page.fill("#notice_no", "抗洪〔2026〕3 号")
    page.fill("#days", "2026-12-32,off")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("第 1 行")
    expect(page.locator("#days")).to_have_value("2026-12-32,off")
    page.fill("#days", "2026-12-14,放假")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main table")).to_contain_text("2026-12-14")
    judged(world, page, "/centre/calendar?changed=1", "centre-calendar-done")

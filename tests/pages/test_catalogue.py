"""The catalogue's pages in a real browser: for everybody, for the touch screen, for the centre office."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from storage.database import Database
from tests.pages.judge import Judge
from tests.pages.world import World
from tools.demo.catalogue_load import load_catalogue

SMALLEST_TARGET = 64  # CSS pixels of a touch target in the hall


@pytest.fixture(scope="module")
def catalogue(world: World) -> World:
    """The same server, with a catalogue and somebody of the centre office."""
    database = Database(f"sqlite:///{world.var}/mingtang.sqlite3")
    with database.transaction() as session:
        load_catalogue(session, whole_network=True, now=datetime.now(UTC))
    database.close()
    world.add("catalogue-office", "Service centre of the catalogue", "centre_office")
    return world


def judged(world: World, page: Page, *visits: tuple[str, str]) -> None:
    judge = Judge(world.url)
    judge.listen(page)
    for path, name in visits:
        judge.visit(page, path, name)
    assert (judge.findings, judge.errors) == ([], [])


def test_everybody_finds_an_item_and_reads_all_of_it(catalogue: World) -> None:
    page = catalogue.page()
    judged(
        catalogue,
        page,
        ("/items", "items"),
        ("/items/YI001", "item"),
        ("/sites/YC-1", "site"),
    )
    page = catalogue.page(script=False)
    page.goto(f"{catalogue.url}/items")
    page.fill("#q", "建设用地规划许可")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 个事项")
    page.get_by_role("link", name="建设用地规划许可", exact=True).click()
    expect(page.locator("svg[role=img]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("公开内容完整度：8 / 8")


def test_the_touch_screen_needs_no_keyboard_and_goes_home_when_left_alone(catalogue: World) -> None:
    page = catalogue.page()
    judged(
        catalogue,
        page,
        ("/kiosk", "kiosk"),
        ("/kiosk/items/YI002", "kiosk-item"),
    )
    page.set_viewport_size({"width": 1080, "height": 1920})
    page.clock.install()
    page.goto(f"{catalogue.url}/kiosk")
    for path in ("/kiosk", "/kiosk/items", "/kiosk/items/YI002"):
        page.goto(f"{catalogue.url}{path}")
        boxes = [box.bounding_box() for box in page.locator("main a, main button").all()]
        assert boxes
        assert min(min(box["width"], box["height"]) for box in boxes if box) >= SMALLEST_TARGET, path
    page.clock.fast_forward(59_000)
    assert page.url.endswith("/kiosk/items/YI002")
    page.locator("h1").click()
    page.clock.fast_forward(59_000)
    assert page.url.endswith("/kiosk/items/YI002")
    page.clock.fast_forward(1_500)
    page.wait_for_url("**/kiosk")


def test_the_office_writes_an_item_by_form(catalogue: World) -> None:
    page = catalogue.page("catalogue-office")
    judged(
        catalogue,
        page,
        ("/centre", "centre"),
        ("/centre/items/YI001", "centre-item"),
        ("/centre/items/YI001/versions/1", "centre-version"),
        ("/centre/organisation", "centre-organisation"),
        ("/centre/mandates", "centre-mandates"),
        ("/centre/registers/six_have", "centre-register"),
    )
    page.goto(f"{catalogue.url}/centre/items/YI001")
    page.get_by_role("button", name="编写新版本").click()
    page.goto(f"{catalogue.url}/centre/items/YI001/versions/2")
    page.fill("#promised_days", "900")
    page.locator("form:has(#promised_days) button").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("承诺时限不得长于法定时限")
    judge = Judge(catalogue.url)
    judge.judge(page, "centre-version-refused")
    assert judge.findings == []

"""The panel's boards in a real browser: the keyboard alone, drafts, clashes, a phone, no script; its other pages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from evaluation.queries import clarifications, judging
from tests.flows.panels import vote
from tests.pages.boards import Boards, boards
from tests.pages.judge import HEIGHT
from tests.pages.story import until

BIDS, CRITERIA, CHECKS = 6, 8, 3
PHONE = 375
SAVED = re.compile("草稿已保存")
STATUS = "[data-status]"


@pytest.fixture(scope="module")
def scene(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boards]:
    with boards(tmp_path_factory.mktemp("boards"), browser, BIDS, CRITERIA, CHECKS) as made:
        yield made


def stored(scene: Boards, seat: str) -> dict[str, dict[str, str]]:
    """The points that the server holds of one member, by bid."""
    with scene.platform.database.reading() as session:
        rows = judging.sheets(session, scene.tender.lot_id)
    return {row.bid_id: row.points for row in rows if row.seat == seat}


def open_scores(scene: Boards, seat: str, *, script: bool = True) -> Page:
    page = scene.page(scene.panel[seat], script=script)
    page.goto(f"{scene.url}{scene.path}/lots/{scene.tender.lot_id}/scores")
    return page


def test_verdicts_are_given_with_the_keyboard_alone(scene: Boards) -> None:
    page = scene.page(scene.panel["seat-1"])
    path = f"{scene.path}/lots/{scene.tender.lot_id}/votes"
    page.goto(f"{scene.url}{path}")
    scene.judge.judge(page, "board-votes")
    page.locator("td input").first.focus()
    for number in range(BIDS * CHECKS):
        page.keyboard.press("2" if number == 4 else "1")
        if number == 4:
            page.keyboard.type("第三页没有盖章")
            page.keyboard.press("Enter")
    expect(page.locator("[data-total]")).to_have_text(f"{BIDS * CHECKS}/{BIDS * CHECKS}")
    expect(page.locator(STATUS)).to_have_text(SAVED, timeout=10_000)
    page.goto(f"{scene.url}{path}")
    expect(page.locator("input:checked")).to_have_count(BIDS * CHECKS)
    expect(page.locator("textarea:visible")).to_have_count(1)
    expect(page.locator("textarea:visible")).to_have_value("第三页没有盖章")
    page.locator("[data-save]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{scene.tender.tender_id}$"))
    with scene.platform.database.reading() as session:
        cast = judging.votes(session, scene.tender.lot_id)
    assert [vote.reason for vote in cast if not vote.passed] == ["第三页没有盖章"]
    for seat, member in scene.panel.items():
        if seat != "seat-1":
            vote(scene.platform, scene.tender, member)


def test_a_whole_board_is_filled_in_with_the_keyboard_alone(scene: Boards) -> None:
    page = open_scores(scene, "seat-1")
    scene.judge.judge(page, "board-scores")
    page.locator("td input").first.focus()
    for number in range(BIDS * CRITERIA - 1):
        page.keyboard.type(str(5 + number % 3))
        page.keyboard.press("Enter")
    page.keyboard.type("9.25")
    wrong = page.locator("td input").last
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".mt-board__why")).to_have_text("每档 0.50")
    page.keyboard.press("ArrowUp")
    expect(page.locator(STATUS)).to_have_text(re.compile("未能保存的单元格：1"), timeout=10_000)
    scene.judge.judge(page, "board-scores-wrong")
    assert sum(map(len, stored(scene, "seat-1").values())) == BIDS * CRITERIA - 1
    page.check("#unscored")
    expect(page.locator("tr[data-row]:visible")).to_have_count(1)
    wrong.focus()
    page.keyboard.type("９。５")
    expect(page.locator("[data-total]")).to_have_text(f"{BIDS * CRITERIA}/{BIDS * CRITERIA}")
    until(lambda: sum(map(len, stored(scene, "seat-1").values())) == BIDS * CRITERIA)
    assert "9.50" in stored(scene, "seat-1")[scene.bids[-1]].values()


def test_arrows_move_and_escape_takes_the_saved_points_back(scene: Boards) -> None:
    page = open_scores(scene, "seat-1")
    cells = page.locator("td input")
    cells.first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(cells.nth(1)).to_be_focused()
    expect(page.locator("[data-now]")).to_contain_text("组织评审项 1")
    before = cells.nth(1).input_value()
    page.keyboard.type("3")
    page.keyboard.press("Escape")
    expect(cells.nth(1)).to_have_value(before)
    page.keyboard.press("Control+End")
    expect(cells.last).to_be_focused()


def test_a_clash_of_two_windows_is_shown_and_nothing_is_lost(scene: Boards) -> None:
    first, second = open_scores(scene, "seat-2"), open_scores(scene, "seat-2")
    for page, points in ((second, "4"), (first, "8")):
        page.locator("td input").first.fill(points)
        page.locator("[data-save]").click()
        if page is second:
            expect(page.locator(STATUS)).to_have_text(SAVED, timeout=10_000)
    expect(first.locator("[data-clash]")).to_be_visible()
    expect(first.locator(".mt-board__why")).to_have_text("另一窗口保存：4.00")
    expect(first.locator("td input").first).to_have_value("8")
    scene.judge.judge(first, "board-clash")
    first.locator("[data-clash] button").first.click()
    until(lambda: list(stored(scene, "seat-2")[scene.bids[0]].values()) == ["8.00"])
    second.locator("td input").nth(BIDS).fill("6")
    second.locator("[data-save]").click()
    until(lambda: list(stored(scene, "seat-2")[scene.bids[0]].values()) == ["8.00", "6.00"])
    expect(second.locator("td input").first).to_have_value("8.00")


def test_a_phone_shows_one_bid_at_a_time(scene: Boards) -> None:
    page = open_scores(scene, "seat-3")
    page.set_viewport_size({"width": PHONE, "height": HEIGHT})
    expect(page.locator("td input:visible")).to_have_count(CRITERIA)
    page.locator("#bid-shown").select_option(index=1)
    page.locator("td input:visible").last.fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("#bid-shown")).to_have_value(scene.bids[2])
    until(lambda: stored(scene, "seat-3").keys() == {scene.bids[1]})


def test_without_a_script_the_buttons_save_check_and_sign(scene: Boards) -> None:
    page = open_scores(scene, "seat-4", script=False)
    cells = page.locator("td input")
    cells.first.fill("11")
    page.click("[data-save]")
    expect(page.locator(".govuk-error-summary")).to_contain_text("10.00")
    expect(cells.first).to_have_value("11")
    for row in range(CRITERIA):
        cells.nth(row * BIDS).fill("5")
    page.click("button[value=check]")
    expect(page.locator("main input[type=checkbox]")).to_have_count(1)
    page.click("main form button[type=submit]")
    with scene.platform.database.reading() as session:
        signed = judging.sheets(session, scene.tender.lot_id, signed_only=True)
    assert [(row.seat, row.bid_id) for row in signed] == [("seat-4", scene.bids[0])]


def test_the_panels_other_pages_work_in_a_browser(scene: Boards) -> None:
    head, judge = scene.page(scene.panel["seat-1"]), scene.judge
    head.goto(f"{scene.url}{scene.path}/lots/{scene.tender.lot_id}/scores/check")
    judge.judge(head, "board-check")
    head.goto(f"{scene.url}{scene.path}/reopen")
    head.select_option("#step", f"sheet:{scene.bids[0]}")
    head.select_option("#seat-again", "seat-4")
    head.click("main form button[type=submit]")
    expect(head.locator(".govuk-error-summary")).to_contain_text("不能为空")
    judge.judge(head, "panel-reopen-refused")
    head.fill("#reason", "看错了投标文件")
    head.click("main form button[type=submit]")
    expect(head.locator("main table")).to_contain_text("看错了投标文件")
    head.goto(f"{scene.url}{scene.path}/clarifications")
    head.fill("#text", "工期以哪一处为准？")
    head.click("main form button[type=submit]")
    expect(head.locator(".mt-question")).to_contain_text("工期以哪一处为准？")
    judge.judge(head, "panel-clarifications")
    with scene.platform.database.reading() as session:
        (asked,) = clarifications.of_lot(session, scene.tender.lot_id)
        name = next(
            b.bidder_name
            for b in judging.opened_bids(session, scene.tender.tender_id, asked.lot_id)
            if b.bid_id == asked.bid_id
        )
    bidder = next(p for p in scene.platform.people.values() if f"{p.name} Ltd" == name)
    firm = scene.page(bidder)
    firm.goto(f"{scene.url}/bidder/tenders/{scene.tender.tender_id}/clarifications")
    judge.judge(firm, "bidder-clarifications")
    firm.fill("main textarea", "以投标函为准。")
    firm.click("main form button[type=submit]")
    expect(firm.locator("main textarea")).to_have_count(0)
    head.goto(f"{scene.url}{scene.path}/clarifications")
    head.locator(".mt-question input[type=radio]").first.check()
    head.locator(".mt-question textarea").fill("与投标函一致")
    head.locator(".mt-question button").click()
    expect(head.locator(".mt-question")).to_contain_text("采纳")
    head.goto(f"{scene.url}{scene.path}/dissent")
    head.fill("#text", "第一名的方案缺少工期。")
    judge.judge(head, "panel-dissent")
    head.click("main form button[type=submit]")
    expect(head.locator(".mt-words")).to_contain_text("第一名的方案缺少工期。")


def test_the_office_records_an_absence_and_the_supervisor_replaces_the_member(scene: Boards) -> None:
    office, supervisor = scene.page(scene.tender.office), scene.page(scene.supervisor())
    path = f"/panels/{scene.tender.tender_id}"
    office.goto(f"{scene.url}{path}")
    office.click("summary")
    office.select_option("#seat", "seat-5")
    office.fill("#reason", "住院")
    office.click("main form button[type=submit]")
    expect(office.locator(".mt-question").first).to_contain_text("住院")
    supervisor.goto(f"{scene.url}{path}")
    scene.judge.judge(supervisor, "panel-supervisor")
    supervisor.click("button[name=confirm]")
    expect(supervisor.locator("main dl").first).to_contain_text("席位 6")
    supervisor.goto(f"{scene.url}/panels")
    expect(supervisor.locator("main article")).to_have_count(1)


def test_no_page_of_the_panel_had_a_finding(scene: Boards) -> None:
    assert scene.judge.errors == []
    assert scene.judge.findings == []

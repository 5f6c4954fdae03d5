"""The staff's pages in a real browser: the window by keyboard, the leader on a phone, the rest at a glance."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from approval.lifecycle import Act
from tests.doors.door import serving
from tests.flows.test_review_panel import STEPS, import_experts
from tests.pages.judge import Judge
from tests.web.staff import Staff, staff_at_work
from tests.web.test_joint_pages import opened
from web.guards import SESSION_COOKIE

PHONE: ViewportSize = {"width": 375, "height": 740}


@dataclass
class Hall:
    """The centre behind real sockets, and its people's browsers."""

    staff: Staff
    url: str
    browser: Browser
    judge: Judge

    def page(self, who: str, *, script: bool = True) -> Page:
        context: BrowserContext = self.browser.new_context(java_script_enabled=script)
        context.add_cookies([{"name": SESSION_COOKIE, "value": self.staff.cookie(who), "url": self.url}])
        page = context.new_page()
        self.judge.listen(page)
        return page

    def judged(self, who: str, *visits: tuple[str, str]) -> None:
        page = self.page(who)
        for path, name in visits:
            self.judge.visit(page, path, name)
        page.context.close()
        assert (self.judge.findings, self.judge.errors) == ([], [])


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hall]:
    with staff_at_work(Path(tmp_path_factory.mktemp("hall"))) as staff:
        # The worker inside the application would write letters all the while; nobody reads them here.
        object.__setattr__(staff.centre.platform.adapters.settings, "broker_url", "none://")
        with serving(staff.app) as url:
            yield Hall(staff, url, browser, Judge(url))


def test_a_case_is_taken_in_by_keyboard_alone(hall: Hall) -> None:
    page = hall.page("chief-a")
    page.goto(f"{hall.url}/window")
    page.keyboard.press("Alt+Shift+I")
    expect(page.locator("#item")).to_be_focused()
    page.keyboard.type("P-1")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("张三")
    page.keyboard.press("Tab")
    page.keyboard.type("420500199001010011")
    for paper in ("1", "2"):
        page.keyboard.press(f"Alt+Shift+Digit{paper}")
        page.keyboard.press("Space")
    page.keyboard.press("Alt+Shift+A")
    expect(page.locator(".mt-slip__number")).to_contain_text("20260401-")
    expect(page.locator(".mt-slip__qr svg")).to_be_visible()
    hall.judge.judge(page, "window-slip")
    page.emulate_media(media="print")
    expect(page.locator(".mt-header")).to_be_hidden()
    assert (hall.judge.findings, hall.judge.errors) == ([], [])


def test_without_javascript_the_notice_names_what_is_missing(hall: Hall) -> None:
    page = hall.page("chief-a", script=False)
    page.goto(f"{hall.url}/window/new")
    page.fill("#item", "P-1")
    page.keyboard.press("Enter")
    page.fill("#name", "李四")
    page.fill("#identity", "420500199001010029")
    page.check("#shown-form")
    page.click("button[value=accept]")
    expect(page.locator(".govuk-error-summary")).to_contain_text("总平面图")
    expect(page.locator("#name")).to_have_value("李四")
    page.click("button[value=notice]")
    expect(page.locator(".mt-slip")).to_contain_text("待补正")


def test_the_leader_signs_on_a_phone(hall: Hall) -> None:
    centre = hall.staff.centre
    case = centre.accepted("P-1")
    centre.act(case, Act.PASS_STEP, "officer-a", opinion="符合要求")
    centre.act(case, Act.PASS_STEP, "leader-a", opinion="同意")
    hall.judged("leader-a", ("/decide", "decide"), (f"/decide/{case}", "decide-case"))
    page = hall.page("leader-a")
    page.set_viewport_size(PHONE)
    page.goto(f"{hall.url}/decide")
    page.get_by_role("link", name=centre.case(case).number).click()
    page.get_by_role("button", name="准予", exact=True).click()
    expect(page.get_by_role("region", name="完成")).to_contain_text("准予")
    assert centre.case(case).state == "granted"


def test_an_officer_draws_a_review_panel(hall: Hall) -> None:
    centre = hall.staff.centre
    import_experts(centre)
    centre.item("R-1", steps=STEPS)
    case = centre.accepted("R-1")
    centre.act(case, Act.PASS_STEP, "officer-a")
    page, path = hall.page("officer-a"), f"/cases/{case}/review-panel"
    hall.judge.visit(page, path, "review-panel-wanted")
    page.fill("#zh-1", "消防")
    page.fill("#en-1", "Fire")
    page.fill("#quota-1", "2")
    page.fill("#specialties-1", "A08")
    page.click("main form button")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    hall.judge.judge(page, "review-panel-refused")
    page.fill("#quota-1", "3")
    page.click("main form button")
    hall.judge.visit(page, path, "review-panel-asked")
    page.fill("#planned_days", "5")
    page.click("form[action$='/draw'] button")
    hall.judge.visit(page, path, "review-panel-drawn")
    page.click("form[action$='/members'] button")
    expect(page.locator("main")).to_contain_text("Name ")
    hall.judge.judge(page, "review-panel-members")
    assert (hall.judge.findings, hall.judge.errors) == ([], [])


def test_every_page_of_the_staff_is_fit_to_be_read(hall: Hall) -> None:
    case, project = hall.staff.centre.accepted("P-1"), opened(hall.staff)
    hall.judged(
        "chief-a",
        ("/window", "window"),
        ("/window/new?item=P-1", "window-intake"),
        (f"/cases/{case}", "case"),
        (f"/projects/{project}", "project"),
    )
    hall.judged("officer-a", ("/department", "department"))
    hall.judged("cashier", ("/fees/reconciliation", "fees-reconciliation"))

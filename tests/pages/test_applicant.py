"""An applicant's way in a real browser: register, apply, upload, hand in, follow; the hall's screen beside it."""

import pytest
from playwright.sync_api import Page, expect

from accounts import queries as accounts
from accounts.duties import Duty
from approval.lifecycle import Act
from approval.records.organisation import HallRecord, SiteRecord
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import make_adapters
from tests.approval.centre import Centre
from tests.builders import PASSWORD, Platform
from tests.pages.judge import Judge
from tests.pages.world import World


@pytest.fixture(scope="module")
def centre(world: World) -> Centre:
    """A department with one item on the world's own platform."""
    clock = FixedClock(world.now())
    adapters = make_adapters(Settings(var=world.var), clock)
    with adapters.database.reading() as session:
        operator = accounts.people_with_duty(session, Duty.OPERATOR)[0]
        actor = accounts.actor(session, operator.id)
    made = Centre(Platform(adapters, clock, actor))
    with adapters.database.transaction() as session:
        session.merge(SiteRecord(code="city", level="city", name="City"))
        session.merge(HallRecord(code="hall", site_code="city", name="一楼大厅"))
    made.department("food")
    made.item("FOOD-1", "food", title={"zh": "食品经营许可", "en": "Food business licence"})
    return made


def judged(world: World, page: Page, *places: tuple[str, str]) -> None:
    judge = Judge(world.url)
    for path, name in places:
        judge.visit(page, path, name)
    assert judge.findings == []


def send(page: Page) -> None:
    page.locator("main form button.govuk-button[type=submit]").last.click()


def test_somebody_registers_applies_and_follows_the_case(world: World, centre: Centre) -> None:
    page = world.page()
    page.goto(f"{world.url}/items/FOOD-1")
    page.get_by_role("button", name="网上申请").or_(page.get_by_role("link", name="网上申请")).click()
    page.get_by_role("link", name="注册").click()
    page.fill("#name", "张三")
    page.fill("#sign_in", "zhang-san")
    page.fill("#password", "short")
    send(page)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("#name")).to_have_value("张三")
    page.fill("#password", PASSWORD)
    send(page)
    expect(page.locator("h1")).to_contain_text("食品经营许可")  # on to where one wanted to go
    page.fill("#identity", "420500199001011234")
    send(page)
    number, code = (one.inner_text() for one in page.locator(".mt-slip dd").all())
    page.get_by_role("link", name="继续提交材料").click()
    case = page.url.rpartition("/")[2]
    page.set_input_files("#file-form", {"name": "x.exe", "mimeType": "a/b", "buffer": b"MZ" * 99})
    page.locator("#paper-form button").click()
    expect(page.locator("#paper-form [data-problem]")).to_contain_text("PDF")
    for paper in ("form", "plan"):
        file = {"name": f"{paper}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x" * 99}
        page.set_input_files(f"#file-{paper}", file)
        page.locator(f"#paper-{paper} button").click()
        expect(page.locator(f"#paper-{paper}")).to_contain_text(f"{paper}.pdf")
    judged(world, page, (f"/applications/{case}", "applicant-draft"))
    page.locator("form[action$='hand-in'] button").click()
    expect(page.locator(".govuk-notification-banner")).to_be_visible()

    wall = world.page()
    wall.goto(f"{world.url}/screen")
    expect(wall.locator("tbody tr").first).to_contain_text("已收件")
    centre.act(case, Act.ACCEPT, "chief-food")
    expect(wall.locator("tbody tr").first).not_to_contain_text("已收件", timeout=5000)  # by itself

    page.goto(f"{world.url}/track?number={number}")
    page.fill("#code", code)
    send(page)
    expect(page.locator(".mt-way__step--now")).to_be_visible()
    assert code not in page.url
    judge = Judge(world.url)
    judge.judge(page, "track-found")
    assert judge.findings == []


def test_the_hall_is_judged(world: World, centre: Centre) -> None:
    page = world.page()
    page.goto(f"{world.url}/booking")
    page.locator("#hall").select_option("hall")
    page.locator("#day").select_option(index=1)
    page.get_by_role("button", name="查看可约时段").click()
    page.get_by_label("10:00").check()
    send(page)
    expect(page.locator(".govuk-panel__title")).to_contain_text("Y")
    judged(world, page, ("/booking?hall=hall", "booking"), ("/screen", "wall"))

"""The pool on its pages: a file refused and taken, somebody who applies and enters, a draw judged and appraised."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts import queries as accounts
from expert_pool import queries
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import make_adapters
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import NOW, Platform
from tests.flows.panels import draw_panel, opened_tender
from tests.pages.served import served_world
from tests.pages.world import World

HEAD = "number,name,employer,specialties\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """A platform of this file's own. Whom the first story lets in knows the law only, so that no seat is theirs."""
    yield from served_world(tmp_path_factory.mktemp("pool"), browser)


@pytest.fixture(scope="module")
def draw(world: World) -> tuple[str, str]:
    """A tender whose panel has finished its work, and its draw; its moments lie apart from the server's."""
    adapters = make_adapters(Settings(var=world.var), FixedClock(NOW))
    with adapters.database.reading() as session:
        person = accounts.person_by_sign_in(session, world.cast.operator.name)
        assert person is not None
        operator = accounts.actor(session, person.id)
    assert isinstance(adapters.clock, FixedClock)
    platform = Platform(adapters, adapters.clock, operator)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    draw_panel(platform, tender, 9)
    with adapters.database.transaction() as session:
        record = tenders.tender(session, tender.tender_id)
        record.stage = Stage.EVALUATED
        session.add(record)
        found = queries.find_draw(session, tender.tender_id)
        assert found is not None
    adapters.database.close()
    return tender.tender_id, found.id


def test_the_manager_imports_and_somebody_applies_and_enters(world: World, tmp_path: Path) -> None:
    world.add("keeper", "Pool office", "pool_manager")
    world.add("newcomer", "Design institute", "applicant")
    page, judge = world.page("keeper"), world.judge
    page.goto(f"{world.url}/pool")
    (tmp_path / "wrong.csv").write_text(f"{HEAD}E1,张三,甲院,C06\nE2,,甲院,Z9\n", "gbk")
    page.set_input_files("#file", tmp_path / "wrong.csv")
    page.click("form[action='/pool'] button")
    expect(page.locator("main table").first.locator("tbody tr")).to_have_count(2)
    judge.judge(page, "pool-report")
    page.check("#mode-good")
    page.set_input_files("#file", tmp_path / "wrong.csv")
    page.click("form[action='/pool'] button")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    judge.visit(page, "/pool/rules", "pool-rules")
    form = world.page("newcomer")
    judge.visit(form, "/become-expert", "become-expert")
    filled = {"name": "李四", "id_number": "440300197503011234", "employer": "乙院", "specialties": "C0602"}
    for field, value in filled.items():
        form.fill(f"#{field}", value)
    form.fill("#relatives", "王五|friend|丙公司")
    form.click("main form button")
    expect(form.locator("#relatives-error")).to_be_visible()
    judge.judge(form, "become-expert-refused")
    form.fill("#relatives", "王五|spouse|丙公司")
    form.click("main form button")
    judge.visit(page, "/pool/applications", "pool-applications")
    page.click("main article a")
    judge.judge(page, "pool-application")
    page.fill("#number", "E7")
    page.fill("#reason", "推荐入库")
    page.click("button[value=approve]")
    judge.visit(form, "/expert/entry", "expert-entry")
    page.goto(f"{world.url}/pool")
    page.click("main tbody a")
    judge.judge(page, "pool-expert")
    page.click("main a[href$='/edit']")
    judge.judge(page, "pool-edit")
    page.fill("#specialties", "")
    page.click("main form button")
    expect(page.locator("#specialties-error")).to_be_visible()
    judge.judge(page, "pool-edit-refused")
    assert judge.findings == []
    assert judge.errors == []


def test_the_supervisor_recomputes_and_appraises(world: World, draw: tuple[str, str]) -> None:
    tender_id, draw_id = draw
    world.add("pool-inspector", "Inspection of pools", "supervisor")
    page, judge = world.page("pool-inspector"), world.judge
    judge.visit(page, "/pool-figures", "pool-figures")
    judge.visit(page, f"/eligibility/{draw_id}", "pool-eligibility")
    page.click("main form button")
    expect(page.locator("main strong")).to_be_visible()
    judge.visit(page, f"/appraisals/{tender_id}", "appraisals")
    page.fill("#seat-1-leading", "9")
    page.click("section >> nth=0 >> button")
    expect(page.locator("#seat-1-leading-error")).to_be_visible()
    judge.judge(page, "appraisals-refused")
    judge.visit(page, "/decoys", "decoys")
    page.click("main form button")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    judge.judge(page, "decoys-refused")
    assert judge.findings == []
    assert judge.errors == []

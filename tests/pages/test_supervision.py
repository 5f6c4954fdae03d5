"""The pages of supervision in a real browser: complaint, card and its life, live board, figures, opinion box."""

from datetime import UTC, datetime

from playwright.sync_api import Page, expect
from sqlmodel import select

from accounts.records import OrganisationRecord
from approval.records.organisation import DepartmentRecord
from kernel.settings import Settings
from storage.database import Database
from tests.pages.judge import Judge
from tests.pages.world import World


def judged(world: World, page: Page, *places: tuple[str, str]) -> None:
    judge = Judge(world.url)
    for path, name in places:
        judge.visit(page, path, name)
    assert judge.findings == []


def make_department(world: World, name: str) -> str:
    """Let an organisation of the world be a department, as the centre office would."""
    database = Database(Settings(var=world.var).database)
    with database.transaction() as session:
        organisation = session.exec(select(OrganisationRecord).where(OrganisationRecord.name == name)).one()
        session.add(DepartmentRecord(id=organisation.id, code="planning", site_code="city"))
    database.close()
    return organisation.id


def test_a_complaint_becomes_a_card_that_is_answered_and_written_off(world: World) -> None:
    world.add("planning-leader", "Planning bureau", "leader")
    world.add("inspector", "Inspection", "supervisor")
    world.add("opinion-giver", "Citizens", "monitor")
    department = make_department(world, "Planning bureau")

    public = world.page()
    judged(world, public, (f"/complaints/new?subject_kind=department&subject={department}", "complain"))
    public.fill("#text", "窗口十点没有人。")
    public.fill("#name", "张三")
    public.fill("#telephone", "13800000000")
    public.locator("main form button[type=submit]").click()
    expect(public.locator(".govuk-panel")).to_contain_text("TS")
    number = public.locator(".govuk-panel strong").first.inner_text()
    judged(world, public, ("/complaints/follow", "complaint-follow"))

    inspector, board = world.page("inspector"), world.page("inspector")
    board.goto(f"{world.url}/supervision")
    judged(world, inspector, ("/supervision/complaints", "complaints"))
    inspector.goto(f"{world.url}/supervision/complaints")
    inspector.get_by_role("link", name=number).click()
    for move in ("accept", "find"):
        if move == "find":
            inspector.fill("#text", "属实。")
            inspector.get_by_label("是", exact=True).check()
        inspector.locator(f"button[name=move][value={move}]").click()
    judged(world, inspector, (inspector.url.removeprefix(world.url), "complaint"))
    expect(board.locator("[data-rows]")).to_contain_text("投诉查实", timeout=5000)  # without reloading

    leader = world.page("planning-leader")
    judged(world, leader, ("/cards", "cards-own"))
    leader.goto(f"{world.url}/cards")
    leader.get_by_role("link", name="投诉查实").click()
    judged(world, leader, (leader.url.removeprefix(world.url), "card-own"))
    leader.locator("button[value=rectify]").click()
    expect(leader.locator(".govuk-error-summary")).to_be_visible()
    leader.fill("#text", "已安排B角顶岗。")
    leader.locator("button[value=rectify]").click()
    expect(leader.locator("main")).to_contain_text("已安排B角顶岗")

    judged(world, inspector, ("/supervision", "board"), ("/supervision/scores", "scores"))
    inspector.goto(f"{world.url}/supervision")
    inspector.get_by_role("link", name="投诉查实").click()
    judged(world, inspector, (inspector.url.removeprefix(world.url), "card"))
    inspector.fill("#text", "整改到位。")
    inspector.locator("button[value=cancel]").click()
    expect(inspector.locator("main")).to_contain_text("已核销")


def test_everybody_reads_the_figures_and_a_monitor_gives_an_opinion(world: World) -> None:
    public = world.page()
    year = datetime.now(UTC).year
    judged(world, public, (f"/figures?first={year}-01-01&last={year}-12-31", "figures"), ("/rate", "rate"))
    public.goto(f"{world.url}/figures")
    public.locator("summary").first.click()
    expect(public.locator(".mt-sql").first).to_contain_text("SELECT SUM")

    monitor = world.page("opinion-giver")
    monitor.goto(f"{world.url}/monitor")
    monitor.fill("#text", "大厅座椅太少。")
    monitor.locator("main form button[type=submit]").click()
    judged(world, monitor, ("/monitor", "monitor"), ("/bulletins", "bulletins"))
    inspector = world.page("inspector")
    judged(world, inspector, ("/supervision/opinions", "opinions"))

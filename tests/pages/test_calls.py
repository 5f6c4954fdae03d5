"""The pages of calling a panel out, in a real browser: the board, the expert's answer, the check-in."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from expert_pool.queries import calls
from tests.doors.door import serving
from tests.flows.called import drawn_panel, messages
from tests.pages.boards import Boards
from tests.pages.judge import Judge
from tests.pages.story import SEND, until
from web.app import create_app


def test_a_panel_is_called_answers_and_checks_in(browser: Browser, tmp_path: Path) -> None:
    platform, tender = drawn_panel(tmp_path / "var")
    with serving(create_app(platform.adapters)) as url:
        scene = Boards(url, platform, tender, {}, [], browser, Judge(url), {})
        board = f"/calls/{tender.tender_id}"
        manager = scene.page(platform.people["pool-manager"])
        scene.judge.visit(manager, board, "calls-board-before")
        manager.fill("#minutes", "2")
        manager.click(SEND)
        expect(manager.locator("#minutes-error")).to_be_visible()
        scene.judge.judge(manager, "calls-board-refused")
        manager.fill("#minutes", "20")
        manager.click(SEND)
        expect(manager.locator("main tbody tr")).to_have_count(5)

        def all_ring() -> bool:
            with platform.database.reading() as session:
                return all(one.state == "ringing" for one in calls.calls(session, tender.tender_id))

        until(all_ring)
        token, pin = messages(platform, tender)["seat-1"]
        expert = browser.new_context(locale="zh-CN").new_page()
        scene.judge.listen(expert)
        scene.judge.visit(expert, f"/call/{token}", "call-answer")
        expert.check("#answer-accept")
        expert.fill("#pin", "x")
        expert.click(SEND)
        expect(expert.locator("#pin-error")).to_be_visible()
        scene.judge.judge(expert, "call-answer-refused")
        expert.fill("#pin", pin)
        expert.click(SEND)
        scene.judge.judge(expert, "call-accepted")
        expert.fill("#pin", pin)
        expert.click(SEND)
        expect(expert.locator("main form")).to_have_count(0)
        supervisor = scene.page(platform.people["supervisor"])
        scene.judge.visit(supervisor, board, "calls-board")
        assert "Name " not in supervisor.content()
        office = scene.page(tender.office)
        scene.judge.visit(office, f"/office/tenders/{tender.tender_id}/draw-round", "office-draw-round")
        expert.context.close()
        for context in scene.contexts.values():
            context.close()

"""A panel with large boards, made in this process: many bids, many criteria, members who sign in with a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from accounts.duties import Actor, Duty
from evaluation.queries import judging
from tests.builders import PASSWORD, Platform, PublishedTender, make_platform
from tests.doors.door import serving
from tests.flows.panels import draw_panel, opened_tender
from tests.pages.judge import Judge
from web.app import create_app

GROUPS = (("组织", "Organisation"), ("技术", "Technique"), ("人员", "People"), ("服务", "Service"))


@dataclass
class Boards:
    """The platform behind its pages."""

    url: str
    platform: Platform
    tender: PublishedTender
    panel: dict[str, Actor]
    bids: list[str]
    browser: Browser
    judge: Judge
    contexts: dict[str, BrowserContext]

    @property
    def path(self) -> str:
        """The member's folder of the tender."""
        return f"/expert/tenders/{self.tender.tender_id}"

    def page(self, actor: Actor, *, script: bool = True) -> Page:
        """A page in somebody's browser, signed in."""
        key = f"{actor.name} {script}"
        if key not in self.contexts:
            made = self.browser.new_context(java_script_enabled=script, locale="zh-CN")
            self.contexts[key] = made
            page = made.new_page()
            page.goto(f"{self.url}/sign-in?next=/home&lang=zh-CN")
            page.fill("#sign_in", actor.name)
            page.fill("#password", PASSWORD)
            page.click("form[action='/sign-in'] button[type=submit]")
            page.wait_for_url(
                lambda url: "/sign-in" not in url
            )  # one that is still on its way is never closed
            page.close()
        page = self.contexts[key].new_page()
        self.judge.listen(page)
        return page

    def supervisor(self) -> Actor:
        """Who supervises."""
        return self.platform.person("supervisor", Duty.SUPERVISOR)


def rulebook(criteria: int, checks: int) -> dict[str, Any]:
    """Criteria in four groups, each with a maximum and steps of its own."""
    each = criteria // len(GROUPS)
    groups = [
        {
            "id": f"g{number}",
            "name": {"zh": zh, "en": en},
            "weight": 1750,
            "maximum": f"{each * 10}",
            "criteria": [
                {
                    "id": f"c{number}-{place}",
                    "name": {"zh": f"{zh}评审项 {place}", "en": f"{en} item {place}"},
                    "maximum": "10",
                    "step": "0.5",
                    "scored_by": "experts",
                }
                for place in range(1, each + 1)
            ],
        }
        for number, (zh, en) in enumerate(GROUPS, 1)
    ]
    asked = [
        {"id": f"k{n}", "text": {"zh": f"符合性检查 {n}", "en": f"Check {n}"}, "clause": f"条例 51({n})"}
        for n in range(1, checks + 1)
    ]
    return {"groups": groups, "checks": asked}


@contextmanager
def boards(folder: Path, browser: Browser, bids: int, criteria: int, checks: int) -> Iterator[Boards]:
    """A tender whose panel has its chair, seat-1, and has voted on nothing yet."""
    platform = make_platform(folder)
    tender = opened_tender(platform, [f"{100 + n}.00" for n in range(bids)], **rulebook(criteria, checks))
    panel = draw_panel(platform, tender, experts=7)
    with platform.database.reading() as session:
        opened = judging.opened_bids(session, tender.tender_id, tender.lot_id)
    with serving(create_app(platform.adapters)) as url:
        found = Boards(url, platform, tender, panel, [bid.bid_id for bid in opened], browser, Judge(url), {})
        yield found
        for context in found.contexts.values():
            context.close()

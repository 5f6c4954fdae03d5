"""The pages of signals as the supervisor meets them: readable, reachable, nothing wider than a phone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from accounts import queries as accounts
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import make_adapters
from tests.builders import CLOSES, NOW, Platform, open_all, release
from tests.evaluation.collusion.ring import TERMS, bids, look
from tests.evaluation.collusion.sealed import scored_tender
from tests.pages.judge import Judge
from tests.pages.served import served_world
from tests.pages.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """A platform of this file's own: a panel is drawn out of the whole pool, and the clock stands still."""
    yield from served_world(tmp_path_factory.mktemp("signals"), browser)


@pytest.fixture(scope="module")
def tender_id(world: World) -> Iterator[str]:
    """A tender with a ring, opened and looked at; its moments lie apart from those of the server."""
    clock = FixedClock(NOW)
    adapters = make_adapters(Settings(var=world.var), clock)
    with adapters.database.reading() as session:
        person = accounts.person_by_sign_in(session, world.cast.operator.name)
        assert person is not None
        operator = accounts.actor(session, person.id)
    platform = Platform(adapters, clock, operator)
    tender = scored_tender(platform, TERMS.encode())
    bids(platform, tender)
    clock.at = CLOSES + timedelta(seconds=1)
    for position in (1, 2):
        release(platform, tender, position)
    open_all(platform, tender)
    look(platform)
    yield tender.tender_id
    adapters.database.close()


def test_the_supervisor_reads_the_evidence_and_disposes_of_a_signal(world: World, tender_id: str) -> None:
    world.add("signal-inspector", "Inspection of signals", "supervisor")
    page, judge = world.page("signal-inspector"), Judge(world.url)
    judge.visit(page, "/signals", "signals")
    judge.visit(page, f"/signals/tenders/{tender_id}", "signals-tender")
    page.goto(f"{world.url}/signals/tenders/{tender_id}")
    expect(page.locator("svg[role=img]")).to_be_visible()
    page.get_by_role("link", name="文本雷同").first.click()
    path = page.url.removeprefix(world.url)
    judge.visit(page, path, "signal")
    page.goto(f"{world.url}{path}")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.get_by_label("排除：有合理原因").check()
    page.fill("#text", "两家使用同一公开标准图集，文字出自该图集。")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("监督人已排除")
    assert judge.findings == []
    assert world.judge.errors == []

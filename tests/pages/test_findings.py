"""The page of findings as its readers meet it: a reason asked and given, then how firmly the first place stands."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from accounts import queries as accounts
from kernel.clock import FixedClock
from kernel.settings import Settings
from storage.adapters import make_adapters
from tests.builders import NOW, Platform
from tests.flows.divided_panel import Stage
from tests.pages.judge import Judge
from tests.pages.served import served_world
from tests.pages.world import World
from worker.findings import keep_findings, make_findings


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """A platform of this file's own: a panel is drawn out of the whole pool, and the clock stands still."""
    yield from served_world(tmp_path_factory.mktemp("findings"), browser)


@pytest.fixture(scope="module")
def stage(world: World) -> Iterator[Stage]:
    """A ranked tender whose seat-3 stood apart; its moments lie apart from those of the server."""
    clock = FixedClock(NOW)
    adapters = make_adapters(Settings(var=world.var), clock)
    with adapters.database.reading() as session:
        person = accounts.person_by_sign_in(session, world.cast.operator.name)
        assert person is not None
        operator = accounts.actor(session, person.id)
    yield Stage(platform=Platform(adapters, clock, operator))
    adapters.database.close()


def test_the_supervisor_reads_low_prices_then_the_whole(world: World, stage: Stage) -> None:
    world.add("findings-inspector", "Inspection of findings", "supervisor")
    page, judge = world.page("findings-inspector"), Judge(world.url)
    path = f"/findings/tenders/{stage.tender.tender_id}"
    stage.score_all(last="20")
    stage.rank()
    judge.visit(page, path, "findings-before")
    stage.explain("seat-3", stage.own("seat-3")[0].id)
    stage.rank()
    adapters, payload = stage.platform.adapters, {"tender_id": stage.tender.tender_id}
    made = make_findings(adapters, payload, stage.platform.clock.now())
    with stage.platform.database.transaction() as session:
        keep_findings(session, adapters, payload, made, stage.platform.clock.now())
    judge.visit(page, path, "findings")
    page.goto(f"{world.url}{path}")
    expect(page.locator("svg[role=img]")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The plan lacks the bridge.")
    assert judge.findings == []
    assert world.judge.errors == []

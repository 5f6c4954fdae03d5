"""Passkeys in a real browser with an authenticator of its own: registered, confirmed with, signed in with, removed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts import queries
from accounts.actions import begin_session
from kernel.errors import PasskeyNeeded
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    make_bid,
    make_platform,
    make_tender,
    release,
    submit,
)
from tests.doors.door import serving
from tests.pages.judge import Judge
from web.app import create_app
from web.guards import SESSION_COOKIE

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def release_in(platform: Platform, tender: PublishedTender, secret: str) -> int:
    """The first opener's release, as the browser session with this secret would do it."""
    with platform.database.reading() as session:
        found = queries.actor_of_session(session, secret, platform.clock.now())
    assert found is not None
    return release(platform, replace(tender, openers=[found, *tender.openers[1:]]), 1)


def test_an_opener_registers_confirms_and_signs_in_with_a_passkey(tmp_path: Path, browser: Browser) -> None:
    platform = make_platform(tmp_path)
    tender = make_tender(platform)
    for number in (1, 2, 3):
        submit(platform, make_bid(platform, tender, f"bidder-{number}"), tender)
    platform.clock.at = CLOSES + timedelta(minutes=1)
    with platform.database.transaction() as session:
        opener = tender.openers[0].person_id
        secret = begin_session(session, person_id=opener, hours=1, now=platform.clock.now())
    settings = replace(platform.adapters.settings, broker_url="redis://127.0.0.1:1")
    app = create_app(replace(platform.adapters, settings=settings))
    with serving(app) as number:
        url = number.replace("127.0.0.1", "localhost")  # browsers make passkeys for names only
        app.state.adapters = replace(app.state.adapters, settings=replace(settings, public_url=url))
        context = browser.new_context(locale="zh-CN")
        context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": url}])
        page, judge = context.new_page(), Judge(url)
        judge.listen(page)
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        main = page.locator("main")

        page.goto(f"{url}/passkeys")
        page.get_by_label("您给它起什么名称？").fill("保险柜里的密钥")
        page.get_by_role("button", name="添加通行密钥").click()
        expect(main.locator("article h2")).to_have_text("保险柜里的密钥")
        with pytest.raises(PasskeyNeeded):
            release_in(platform, tender, secret)

        page.goto(f"{url}/opener/tenders/{tender.tender_id}")
        judge.judge(page, "passkeys-opener")
        page.get_by_role("button", name="用通行密钥确认").click()
        expect(main).to_contain_text("已确认。五分钟内")
        assert release_in(platform, tender, secret) == 1

        page.get_by_role("button", name="退出").click()
        page.goto(f"{url}/sign-in")
        judge.judge(page, "sign-in-passkey")
        page.get_by_role("button", name="用通行密钥登录").click()
        page.wait_for_url("**/opener")

        judge.visit(page, "/passkeys", "passkeys-one")
        page.get_by_role("button", name="生成已确认的令牌").click()
        expect(main.locator("[data-passkey=token] code")).to_contain_text("mt_")
        page.get_by_role("button", name="移除 保险柜里的密钥").click()
        expect(main).to_contain_text("您还没有通行密钥")
        context.close()
    assert (judge.findings, judge.errors) == ([], [])

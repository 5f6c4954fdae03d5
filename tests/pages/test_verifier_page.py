"""The second verifier as people run it: one page from the disk, in a browser without a network, in both languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.capsules import plain_capsule
from tests.pages.judge import AXE, AXE_OPTIONS, WIDTHS

PAGE = Path("web/static/build/verify.html").absolute()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", offline=True)
    yield context.new_page()
    context.close()


def test_a_capsule_is_checked_from_the_disk_without_any_connection(
    page: Page, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    capsule, keys = tmp_path / "capsule.zip", tmp_path / "platform.json"
    tender = plain_capsule(tmp_path_factory)
    capsule.write_bytes(tender.public)
    keys.write_text(json.dumps(tender.pinned, indent=2))
    page.goto(PAGE.as_uri())
    page.set_input_files("#keys", keys)
    page.set_input_files("#capsule", capsule)
    page.locator("#banner.pass").wait_for()
    results = page.locator("#claims .result").all_text_contents()
    assert (results.count("PASS"), results.count("NOT PROVEN"), len(results)) == (16, 5, 21)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.click("#language")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("#claims .result").first.text_content() == "成立"
    cut = tmp_path / "cut.zip"
    cut.write_bytes(capsule.read_bytes()[:-1])
    page.set_input_files("#capsule", cut)
    page.locator("#banner.fail").wait_for()
    assert "不是证据包" in str(page.locator("#banner").text_content())
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert errors == []


def test_the_page_is_accessible(page: Page) -> None:
    page.goto(PAGE.as_uri())
    page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", AXE_OPTIONS)
    assert [one["id"] for one in found["violations"]] == []

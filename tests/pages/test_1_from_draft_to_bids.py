"""One tender through the pages, first half: from the draft to sealed bids. Each part begins where the last ended."""

import json
import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.pages.story import PRICES, SEND, Story, at
from tests.pages.world import make_key, register_signer, seal_bid

NOT_SEALED = b"not sealed"


def test_the_public_sees_an_empty_platform(story: Story) -> None:
    page, judge = story.world.page(), story.world.judge
    judge.visit(page, "/", "start-empty")
    judge.visit(page, "/tenders", "tenders-empty")
    judge.visit(page, "/sign-in", "sign-in")
    page.fill("#sign_in", "nobody")
    page.fill("#password", "a wrong password")
    page.click(SEND)
    judge.judge(page, "sign-in-refused")
    assert page.input_value("#sign_in") == "nobody"


def test_the_office_drafts(story: Story, tmp_path: Path) -> None:
    page, judge = story.world.page("office"), story.world.judge
    judge.visit(page, "/office", "office-empty")
    page.fill("#reference", "JG-2026-041")
    page.fill("#zh", "滨江路改造工程")
    page.fill("#en", "Riverside Road works")
    page.click(SEND)
    story.tender = page.url.rpartition("/")[2]
    base = f"/office/tenders/{story.tender}"
    judge.visit(page, base, "office-draft")
    judge.visit(page, f"{base}/publish", "office-publish-incomplete")
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_contain_text("时间安排")
    judge.visit(page, f"{base}/describe", "office-describe")
    page.fill("#summary_zh", "道路、排水与照明。")
    page.fill("#summary_en", "Road, drainage and lighting.")
    page.click(SEND)
    judge.visit(page, f"{base}/lots", "office-lots")
    page.fill("#lot_zh-1", "一标段")
    page.fill("#lot_en-1", "Lot one")
    page.click(SEND)
    draft_timetable(story, page, base)
    choose_rulebook(story, page, base, tmp_path)
    add_document(story, page, base, tmp_path)
    judge.visit(page, f"{base}/openers", "office-openers")
    for box in page.locator("input[name=opener]").all():
        box.check()
    page.fill("#threshold", "2")
    page.check("#suite-classic")
    page.click(SEND)
    judge.visit(page, base, "office-waits-for-keys")


def draft_timetable(story: Story, page: Page, base: str) -> None:
    story.world.judge.visit(page, f"{base}/timetable", "office-timetable")
    page.fill("#questions_until", at(story, days=40))
    page.fill("#closes_at", at(story, days=30))
    page.click(SEND)
    story.world.judge.judge(page, "office-timetable-refused")
    page.fill("#questions_until", at(story, days=20))
    page.click(SEND)
    expect(page).to_have_url(re.compile(f"{story.tender}$"))


def choose_rulebook(story: Story, page: Page, base: str, folder: Path) -> None:
    look_at_rulebook(story, page, base)
    story.world.judge.visit(page, f"{base}/rulebook", "office-rulebook")
    page.check("#ready-1")
    page.click(SEND)
    expect(page.locator("main table")).to_be_visible()
    book = page.request.get(f"{story.world.url}/api/tenders/{story.tender}").json()
    assert book["rulebook_digest"]
    broken = json.loads((Path(__file__).parents[2] / "web/rulebooks/works-40-40-20.json").read_text())
    broken["groups"][0]["weight"] = 4001
    (folder / "broken.json").write_text(json.dumps(broken, ensure_ascii=False))
    page.set_input_files("#file", folder / "broken.json")
    page.click("form[action$='/file'] button")
    expect(page.locator(".govuk-error-summary")).to_contain_text("groups")
    story.world.judge.judge(page, "office-rulebook-refused")


def look_at_rulebook(story: Story, page: Page, base: str) -> None:
    story.world.judge.visit(page, f"{base}/rulebook/look/eu-linear", "office-rulebook-look")
    page.fill("#prices", "100, NaN")
    page.click("form[action$='/try'] button")
    story.world.judge.judge(page, "office-rulebook-try-refused")
    page.fill("#prices", "100, 120")
    page.click("form[action$='/try'] button")
    expect(page.locator("main table")).to_contain_text("40.00")
    story.world.judge.judge(page, "office-rulebook-tried")
    page.click("form[action$='/stress'] button")
    expect(page.locator("main table")).to_contain_text("现行规则")
    story.world.judge.judge(page, "office-rulebook-stressed")


def add_document(story: Story, page: Page, base: str, folder: Path) -> None:
    page.goto(f"{story.world.url}{base}/documents")
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.world.judge.judge(page, "office-documents-refused")
    (folder / "招标文件.pdf").write_bytes(b"%PDF-1.7 terms" * 1000)
    page.set_input_files("#file", folder / "招标文件.pdf")
    page.click(SEND)
    expect(page.locator("main")).to_contain_text("招标文件.pdf")
    story.world.judge.visit(page, f"{base}/documents", "office-documents")


def test_the_openers_prove_their_keys(story: Story) -> None:
    page = story.world.page("opener-1")
    story.world.judge.visit(page, "/opener", "opener-list")
    story.world.judge.visit(page, f"/opener/tenders/{story.tender}", "opener-new")
    expect(page.locator("main")).to_contain_text(f"./mingtang key new --tender {story.tender}")
    for number in (1, 2, 3):
        opener = story.world.people[f"opener-{number}"]
        story.keys[opener.name] = make_key(opener, story.tender, "classic")
    page.reload()
    expect(page.locator("main")).to_contain_text("已通过")


def test_the_office_publishes(story: Story) -> None:
    page, base = story.world.page("office"), f"/office/tenders/{story.tender}"
    story.world.judge.visit(page, f"{base}/publish", "office-publish")
    page.click(SEND)
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    story.world.judge.judge(page, "office-published")
    story.lot = story.notice()["lots"][0]["id"]


def test_everybody_finds_the_tender(story: Story) -> None:
    page, judge = story.world.page(), story.world.judge
    judge.visit(page, "/", "start")
    judge.visit(page, "/tenders?q=%E6%BB%A8%E6%B1%9F", "tenders-found")
    expect(page.locator("main table tbody tr")).to_have_count(1)
    page.goto(f"{story.world.url}/tenders?q=ＪＧ-2026")
    expect(page.locator("main table tbody tr")).to_have_count(1)
    judge.visit(page, "/tenders?q=nothing", "tenders-not-found")
    judge.visit(page, f"/tenders/{story.tender}", "tender")
    judge.visit(page, f"/tenders/{story.tender}/opening", "opening-before")
    expect(page.locator("[data-left]")).to_contain_text("天")
    assert page.goto(f"{story.world.url}/tenders/{story.tender}/result").status == 404  # type: ignore[union-attr]


def test_a_question_is_answered_and_the_notice_amended(story: Story) -> None:
    bidder, office, judge = story.world.page("bidder-1"), story.world.page("office"), story.world.judge
    base = f"/office/tenders/{story.tender}"
    judge.visit(bidder, f"/bidder/tenders/{story.tender}/ask", "bidder-ask")
    bidder.click(SEND)
    judge.judge(bidder, "bidder-ask-refused")
    bidder.fill("#text", "报价是否含税？")
    bidder.click(SEND)
    expect(bidder.locator(".govuk-notification-banner")).to_be_visible()
    judge.visit(office, f"{base}/questions", "office-questions")
    office.fill("main textarea", "含税。")
    office.click(SEND)
    judge.visit(office, f"{base}/amend", "office-amend")
    office.fill("#changes", "照明改为 LED。")
    office.fill("#closes_at", at(story, days=29))
    office.click(SEND)
    judge.judge(office, "office-amend-refused")
    assert office.input_value("#changes") == "照明改为 LED。"
    office.fill("#closes_at", at(story, days=32))
    office.click(SEND)
    judge.visit(office, base, "office-running")
    judge.visit(story.world.page(), f"/tenders/{story.tender}", "tender-amended")


def test_a_bidder_submits_and_keeps_the_receipt(story: Story, tmp_path: Path) -> None:
    page, judge, bidder = story.world.page("bidder-1"), story.world.judge, story.world.people["bidder-1"]
    base = f"/bidder/tenders/{story.tender}"
    judge.visit(page, "/bidder", "bidder-list")
    judge.visit(page, base, "bidder-tender")
    expect(page.locator(".mt-banner--danger")).to_contain_text("尚未递交")
    story.signers["bidder-1"] = register_signer(bidder)
    judge.visit(page, f"{base}/seal", "bidder-seal")
    expect(page.locator("main")).to_contain_text(f"./mingtang seal {story.tender}")
    upload(page, story, tmp_path, NOT_SEALED)
    expect(page.locator("#file-problem")).to_contain_text("这不是密封的投标文件")
    judge.judge(page, "bidder-upload-refused")
    upload(page, story, tmp_path, seal_bid(story.notice(), story.signers["bidder-1"], PRICES["bidder-1"]))
    judge.judge(page, "bidder-check")
    expect(page.locator(".mt-banner--danger")).to_be_visible()
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.check("#read_version")
    page.click(SEND)
    expect(page.locator(".govuk-panel--confirmation")).to_be_visible()
    judge.visit(page, page.url.removeprefix(story.world.url), "bidder-receipt")
    check_receipt_files(page, bidder, tmp_path)
    judge.visit(page, base, "bidder-submitted")
    expect(page.locator(".mt-banner--danger")).to_have_count(0)


def upload(page: Page, story: Story, folder: Path, envelope: bytes) -> None:
    (folder / "bid.sealed").write_bytes(envelope)
    page.goto(f"{story.world.url}/bidder/tenders/{story.tender}/lots/{story.lot}/upload")
    page.set_input_files("#file", folder / "bid.sealed")
    page.click(SEND)
    if envelope != NOT_SEALED:
        page.wait_for_url("**/check?**")


def check_receipt_files(page: Page, bidder: Any, folder: Path) -> None:
    page.goto(page.url)
    with page.expect_download() as download:
        page.click("a[href$='receipt.json']")
    download.value.save_as(folder / "receipt.json")
    keys = page.request.get(re.sub(r"/bidder/.*", "/api/platform", page.url)).text()
    (folder / "keys.json").write_text(keys)
    command = ("receipt", "check", str(folder / "receipt.json"), "--keys", str(folder / "keys.json"))
    facts = bidder.run(*command, "--envelope", str(folder / "bid.sealed"))
    assert facts["result"] == "PASS"
    pdf = page.request.get(f"{page.url}/receipt.pdf").body()
    assert pdf.startswith(b"%PDF")
    (Path(__file__).parents[2] / "var/test-artefacts/pages/receipt.pdf").write_bytes(pdf)


def test_a_bidder_replaces_and_withdraws(story: Story, tmp_path: Path) -> None:
    page, judge = story.world.page("bidder-1"), story.world.judge
    upload(page, story, tmp_path, seal_bid(story.notice(), story.signers["bidder-1"], "990000.00"))
    judge.judge(page, "bidder-check-replacement")
    page.check("#read_version")
    page.click(SEND)
    expect(page.locator(".govuk-panel--confirmation")).to_be_visible()
    judge.visit(page, f"{page.url.removeprefix(story.world.url)}/withdraw", "bidder-withdraw")
    page.click(SEND)
    judge.judge(page, "bidder-withdrawn")
    expect(page.locator(".govuk-panel--confirmation")).to_have_count(0)
    upload(page, story, tmp_path, seal_bid(story.notice(), story.signers["bidder-1"], PRICES["bidder-1"]))
    page.check("#read_version")
    page.click(SEND)
    expect(page.locator(".govuk-panel--confirmation")).to_be_visible()


def test_a_bidder_pauses_closes_the_tab_and_goes_on(story: Story, tmp_path: Path) -> None:
    page, judge = story.world.page("bidder-1"), story.world.judge
    envelope = seal_bid(story.notice(), story.signers["bidder-1"], "980000.00", os.urandom(400_000))
    (tmp_path / "bid.sealed").write_bytes(envelope)
    place = f"{story.world.url}/bidder/tenders/{story.tender}/lots/{story.lot}/upload"
    begun: list[str] = []
    page.on("request", lambda one: begun.append(one.url) if one.method == "POST" else None)
    # A part that stays on its way: neither answered nor refused until the tab is gone.
    page.route("**/api/uploads/*", lambda one: None if one.request.method == "PATCH" else one.continue_())
    page.goto(place)
    page.set_input_files("#file", tmp_path / "bid.sealed")
    with page.expect_request(lambda one: one.method == "PATCH"):  # by now the browser remembers the upload
        page.click(SEND)
    expect(page.locator("[data-figures]")).to_contain_text("正在上传")
    page.click("[data-pause]")
    expect(page.locator("[data-state]")).to_contain_text("已暂停")
    judge.judge(page, "bidder-upload-paused")
    page.goto("about:blank")
    page.unroute("**/api/uploads/*")
    upload(page, story, tmp_path, envelope)
    assert len([url for url in begun if url.endswith("/uploads")]) == 1  # the second time it went on
    judge.visit(page, "/bidder/uploads", "bidder-uploads")
    expect(page.locator(".mt-banner--draft")).to_contain_text("尚未递交")
    page.click("main form button")
    expect(page.locator(".mt-banner--draft")).to_have_count(0)


def test_a_bidder_says_where_reminders_go(story: Story) -> None:
    page, judge = story.world.page("bidder-1"), story.world.judge
    judge.visit(page, "/bidder/contact", "bidder-contact")
    page.fill("#telephone", "soon")
    page.click(SEND)
    judge.judge(page, "bidder-contact-refused")
    page.fill("#telephone", "13800000000")
    page.click(SEND)
    expect(page.locator("[role=status]")).to_be_visible()
    assert page.input_value("#telephone") == "13800000000"


def test_a_bidder_submits_without_scripts_and_the_public_learns_nothing(story: Story, tmp_path: Path) -> None:
    public = story.world.page(script=False)
    before = what_the_public_sees(story, public)
    page = story.world.page("bidder-2", script=False)
    story.signers["bidder-2"] = register_signer(story.world.people["bidder-2"])
    upload(page, story, tmp_path, seal_bid(story.notice(), story.signers["bidder-2"], PRICES["bidder-2"]))
    page.check("#read_version")
    page.click(SEND)
    assert page.locator(".govuk-panel--confirmation").is_visible()
    assert what_the_public_sees(story, public) == before
    third = story.world.people["bidder-3"]
    story.signers["bidder-3"] = register_signer(third)
    (third.folder / "bid.sealed").write_bytes(
        seal_bid(story.notice(), story.signers["bidder-3"], PRICES["bidder-3"])
    )
    third.run("sign-in", story.world.url, "bidder-3")
    third.run("submit", "bid.sealed")
    assert what_the_public_sees(story, public) == before


def what_the_public_sees(story: Story, page: Page) -> list[str]:
    seen = []
    for path in ("/", "/tenders", f"/tenders/{story.tender}", f"/tenders/{story.tender}/opening"):
        page.goto(story.world.url + path)
        seen.append(re.sub(r'data-now="[^"]*"', "", page.content()))
    return seen

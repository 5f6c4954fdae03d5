"""One tender through the pages, from the draft to the result, by everybody who has a part in it.

The parts follow one another: each begins where the last one ended.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crypto.opener_keys import OpenerKey
from crypto.signatures import Signer
from kernel.clock import BEIJING
from tests.pages.world import World, make_key, register_signer, release, seal_bid

EXPERTS = 7
PRICES = {"bidder-1": "1000000.00", "bidder-2": "1100000.00", "bidder-3": "1250000.50"}
SEND = "main form button[type=submit]"


@dataclass
class Story:
    """What one part leaves to the next."""

    world: World
    tender: str = ""
    lot: str = ""
    keys: dict[str, OpenerKey] = field(default_factory=dict)
    signers: dict[str, Signer] = field(default_factory=dict)
    draw: str = ""
    secrets: dict[str, Path] = field(default_factory=dict)

    def notice(self) -> dict[str, Any]:
        found: dict[str, Any] = self.world.people["office"].call("GET", f"/api/tenders/{self.tender}/notice")
        return dict(found["notice"])


@pytest.fixture(scope="module")
def story(world: World) -> Story:
    world.add("office", "Office", "tender_office")
    for number in (1, 2, 3):
        world.add(f"opener-{number}", f"Opening house {number}", "opener")
    for name in PRICES:
        world.add(name, f"{name.title()} Construction Ltd", "bidder")
    world.add("witness", "Exchange centre", "witness")
    world.add("supervisor", "Supervising body", "supervisor")
    world.add("pool-manager", "Expert pool", "pool_manager")
    for number in range(1, EXPERTS + 1):
        world.add(f"expert-{number}", "Experts", "expert")
    return Story(world)


def at(story: Story, **later: float) -> str:
    return (story.world.now() + timedelta(**later)).astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M:%S")


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
    upload(page, story, tmp_path, b"not sealed")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
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


def test_the_room_follows_the_opening_without_reloading(story: Story) -> None:
    story.world.pass_time(days=33)
    world = story.world
    room = world.page()
    room.goto(f"{world.url}/tenders/{story.tender}/opening")
    room.evaluate("window.untouched = true")
    release(world.people["opener-1"], story.tender, story.keys["opener-1"])
    expect(room.locator("[data-sealed]")).to_have_count(3)
    expect(room.locator("[data-opener='1']")).to_contain_text("已提交")
    world.judge.judge(room, "opening-sealed")
    world.judge.visit(world.page("opener-2"), f"/opener/tenders/{story.tender}", "opener-wanted")
    release(world.people["opener-2"], story.tender, story.keys["opener-2"])
    expect(room.locator("[data-bid]")).to_have_count(3, timeout=20_000)
    expect(room.locator("[data-sealed]")).to_have_count(0)
    expect(room.locator("[data-record]")).to_be_visible()
    expect(room.locator("main table")).to_contain_text("1,250,000.50")
    assert room.evaluate("window.untouched") is True
    live = re.sub(r"\s+", " ", room.locator("[data-envelopes]").inner_text())
    world.judge.visit(room, f"/tenders/{story.tender}/opening", "opening-opened")
    assert re.sub(r"\s+", " ", room.locator("[data-envelopes]").inner_text()) == live
    plain = world.page(script=False)
    plain.goto(f"{world.url}/tenders/{story.tender}/opening")
    assert plain.locator("noscript a").is_visible()


def test_the_pool_is_imported(story: Story, tmp_path: Path) -> None:
    page, judge = story.world.page("pool-manager"), story.world.judge
    judge.visit(page, "/pool", "pool-empty")
    head = "number,name,employer,specialties,region,standing,valid_until,sign_in\n"
    (tmp_path / "broken.csv").write_text(head + "E1,张三,甲院,roads;bridges,,active,someday,\n")
    page.set_input_files("#file", tmp_path / "broken.csv")
    page.click("form[action='/pool'] button")
    expect(page.locator(".govuk-error-summary")).to_contain_text("2")
    judge.judge(page, "pool-refused")
    lines = [
        f"E{n},专家{n},第{n}设计院,roads;cost,440300,active,,expert-{n}\n" for n in range(1, EXPERTS + 1)
    ]
    (tmp_path / "experts.csv").write_text(head + "".join(lines))
    page.set_input_files("#file", tmp_path / "experts.csv")
    page.click("form[action='/pool'] button")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    judge.visit(page, "/pool", "pool")


def test_three_parties_draw_the_panel(story: Story, tmp_path: Path) -> None:
    world, judge = story.world, story.world.judge
    page = world.page("office")
    judge.visit(page, f"/office/tenders/{story.tender}/draw", "office-draw")
    page.fill("#zh-1", "道路")
    page.fill("#quota-1", "5")
    page.click(SEND)
    judge.judge(page, "office-draw-refused")
    page.fill("#specialties-1", "roads")
    page.click(SEND)
    story.draw = page.url.rpartition("/")[2]
    commit_in_browser(story, page, "office", tmp_path)
    witness = world.people["witness"]
    witness.run("sign-in", world.url, "witness")
    witness.run("draw", "commit", story.tender)
    supervisor = world.page("supervisor")
    judge.visit(supervisor, "/draws", "draws")
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-commit")
    commit_in_browser(story, supervisor, "supervisor", tmp_path)
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-waiting")
    judge.visit(page, f"/draws/{story.draw}", "draw-reveal")
    page.fill("#secret", "x" * 43)
    page.click(SEND)
    judge.judge(page, "draw-reveal-refused")
    reveal_in_browser(story, page, "office")
    witness.run("draw", "reveal", story.tender)
    reveal_in_browser(story, supervisor, "supervisor")
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-drawn")
    manager = world.page("pool-manager")
    manager.goto(f"{world.url}/pool")
    manager.click("form[action^='/pool/panels'] button")
    judge.judge(manager, "pool-panel")
    expect(manager.locator("main tbody tr")).to_have_count(5)


def commit_in_browser(story: Story, page: Page, party: str, folder: Path) -> None:
    page.goto(f"{story.world.url}/draws/{story.draw}")
    with page.expect_download() as download:
        page.click("[data-make]")
    story.secrets[party] = story.world.var / f"{party}.json"
    download.value.save_as(story.secrets[party])
    expect(page.locator("#commitment")).to_have_value(re.compile("^[0-9a-f]{64}$"))
    page.click(SEND)
    expect(page.locator("#commitment")).to_have_count(0)


def reveal_in_browser(story: Story, page: Page, party: str) -> None:
    page.goto(f"{story.world.url}/draws/{story.draw}")
    page.set_input_files("#secret-file", story.secrets[party])
    expect(page.locator("#secret")).not_to_have_value("")
    page.click(SEND)
    expect(page.locator("#secret")).to_have_count(0)


def panel_of(story: Story) -> list[str]:
    seats = story.world.people["pool-manager"].call("POST", f"/api/tenders/{story.tender}/call-out")["seats"]
    return [f"expert-{seat['number'].removeprefix('E')}" for seat in seats]


def test_an_expert_reviews_and_scores_in_the_browser(story: Story) -> None:
    world, judge = story.world, story.world.judge
    first, *others = panel_of(story)
    page, base = world.page(first), f"/expert/tenders/{story.tender}"
    judge.visit(page, "/expert", "expert-list")
    judge.visit(page, base, "expert-desk")
    judge.visit(page, f"{base}/lots/{story.lot}/votes", "expert-votes")
    for passes in page.locator("input[value=pass]").all()[1:]:
        passes.check()
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_contain_text("请选择通过或否决")
    page.locator("input[value=fail]").first.check()
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_contain_text("否决必须说明理由")
    judge.judge(page, "expert-votes-refused")
    page.locator("input[value=pass]").first.check()
    page.click(SEND)
    expect(page).to_have_url(re.compile(f"{story.tender}$"))
    for name in others:
        vote_by_api(story, name)
    judge.visit(page, base, "expert-desk-sheets")
    page.locator("main .govuk-task-list__link").first.click()
    judge.visit(page, page.url.removeprefix(world.url), "expert-sheet")
    score_in_browser(story, page)
    for name in (first, *others):
        score_by_api(story, name)
    judge.visit(page, base, "expert-done")


def vote_by_api(story: Story, name: str) -> None:
    expert, path = story.world.people[name], f"/api/tenders/{story.tender}"
    desk = expert.call("GET", f"{path}/evaluation")
    votes = [
        {"bid": bid["bid"], "check": check["id"], "passed": True}
        for bid in desk["lots"][0]["bids"]
        for check in desk["rulebook"]["checks"]
    ]
    expert.call("POST", f"{path}/lots/{story.lot}/votes", {"votes": votes})


def score_in_browser(story: Story, page: Page) -> None:
    inputs = page.locator("main input[type=number]")
    inputs.first.fill("1000")
    inputs.first.press("Tab")
    expect(page.locator("#saved .govuk-error-message")).to_be_visible()
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.world.judge.judge(page, "expert-sheet-refused")
    for number in range(inputs.count()):
        inputs.nth(number).fill("12.5")
    inputs.last.press("Tab")
    expect(page.locator("#saved")).to_contain_text("草稿已保存")
    bid = page.url.rpartition("/")[2]
    sheet = f"{story.world.url}/api/tenders/{story.tender}/bids/{bid}/sheet"
    until(lambda: len(page.request.get(sheet).json()["points"]) == inputs.count())
    page.goto(page.url)
    expect(inputs.last).to_have_value("12.5")
    page.click(SEND)
    story.world.judge.visit(page, page.url.removeprefix(story.world.url), "expert-check")
    page.click(SEND)
    expect(page).to_have_url(re.compile(r"/bids/[0-9a-f-]+$"))


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.1)


def score_by_api(story: Story, name: str) -> None:
    expert, path = story.world.people[name], f"/api/tenders/{story.tender}"
    desk = expert.call("GET", f"{path}/evaluation")
    lot = desk["lots"][0]
    signed = {sheet["bid"] for sheet in lot["sheets"] if sheet["is_signed"]}
    for number, bid in enumerate(lot["accepted"]):
        if bid in signed:
            continue
        points = {
            criterion["id"]: f"{float(criterion['maximum']) * (0.6 + 0.1 * number):.0f}.0"
            for group in desk["rulebook"]["groups"]
            for criterion in group["criteria"]
        }
        sheet = f"{path}/bids/{bid}/sheet"
        saved = expert.call("PUT", sheet, {"points": points}, **{"If-Match": '"0"'})
        expert.call("POST", f"{sheet}/signature", **{"If-Match": f'"{saved["version"]}"'})


def test_the_result_is_there_for_everybody(story: Story) -> None:
    world, judge = story.world, story.world.judge
    page = world.page()
    page.goto(f"{world.url}/tenders/{story.tender}/opening")
    expect(page.locator("[data-result]")).to_be_visible(timeout=60_000)
    judge.visit(page, f"/tenders/{story.tender}/result", "result")
    expect(page.locator("main svg[role=img]")).to_have_count(2)
    for details in page.locator("main details").all():
        details.locator("summary").click()
    judge.judge(page, "result-derivations")
    capsule = page.request.get(f"{world.url}/api/tenders/{story.tender}/capsule.zip")
    (world.var / "capsule.zip").write_bytes(capsule.body())
    (world.var / "keys.json").write_text(page.request.get(f"{world.url}/api/platform").text())
    command = ("verify", str(world.var / "capsule.zip"), "--keys", str(world.var / "keys.json"))
    assert world.people["witness"].run(*command)["holds"] is True
    judge.visit(page, f"/tenders/{story.tender}", "tender-evaluated")
    judge.visit(page, f"/tenders/{story.tender}/opening", "opening-evaluated")
    judge.visit(world.page("office"), f"/office/tenders/{story.tender}", "office-evaluated")
    judge.visit(world.page("bidder-1"), f"/bidder/tenders/{story.tender}", "bidder-evaluated")


def test_the_operator_registers_people(story: Story) -> None:
    world, judge = story.world, story.world.judge
    page = world.page("operator")
    judge.visit(page, "/operator", "operator")
    page.fill("#organisation_name", "新组织")
    page.click("form[action='/operator/organisations'] button")
    page.fill("#name", "李四")
    page.fill("#sign_in", "li.si")
    page.fill("#password", "a long enough password")
    page.check("#duty-bidder")
    page.check("#duty-expert")
    page.click("form[action='/operator/people'] button")
    expect(page.locator(".govuk-error-summary")).to_contain_text("投标人")
    judge.judge(page, "operator-refused")
    page.uncheck("#duty-expert")
    page.fill("#password", "a long enough password")
    page.click("form[action='/operator/people'] button")
    expect(page.locator("#people ~ table")).to_contain_text("li.si")


def test_no_page_of_the_story_had_a_finding(story: Story) -> None:
    judge = story.world.judge
    assert len(set(judge.seen)) > 60
    assert judge.errors == []
    assert judge.findings == []

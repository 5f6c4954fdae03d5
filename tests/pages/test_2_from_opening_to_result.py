"""One tender through the pages, second half: from the opening to the result. It goes on where the bids ended."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.story import EXPERTS, HAND_IN, SEND, Story, until
from tests.pages.world import release


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
    lines = [f"E{n},专家{n},第{n}设计院,A0803;A06,440300,active,,expert-{n}\n" for n in range(1, EXPERTS + 1)]
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
    page.fill("#specialties-1", "A0803")
    page.click(SEND)
    story.draw = page.url.rpartition("/")[2]
    supervisor = world.page("supervisor")
    judge.visit(supervisor, "/draws", "draws")
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-countersign")
    supervisor.click("form[action$='/countersign'] button")
    judge.visit(page, f"/draws/{story.draw}", "draw-key")
    parties = {party: world.people[party] for party in ("office", "witness", "supervisor")}
    for party, person in parties.items():
        person.run("sign-in", world.url, party)
        person.run("draw", "key")
    commit_in_browser(story, page, "office", tmp_path)
    witness = parties["witness"]
    witness.run("draw", "commit", story.tender)
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-commit")
    commit_in_browser(story, supervisor, "supervisor", tmp_path)
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-escrow")
    for party, person in parties.items():
        secret = ["--secret", str(story.secrets[party])] if party in story.secrets else []
        person.run("draw", "escrow", story.tender, *secret)
    judge.visit(supervisor, f"/draws/{story.draw}", "draw-receive")
    for person in parties.values():
        person.run("draw", "receive", story.tender)
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
    elect_in_browser(story, page, base)
    for name in others:
        vote = {"round": 1, "choice": story.chair}
        story.world.people[name].call("POST", f"/api/tenders/{story.tender}/chair-votes", vote)
    judge.visit(page, f"{base}/chair", "expert-chair-elected")
    judge.visit(page, f"{base}/lots/{story.lot}/votes", "expert-votes")
    for passes in page.locator("input[value=pass]").all()[1:]:
        passes.check()
    page.click(HAND_IN)
    expect(page.locator(".govuk-error-summary")).to_contain_text("请选择通过或否决")
    page.locator("input[value=fail]").first.check()
    page.click(HAND_IN)
    expect(page.locator(".govuk-error-summary")).to_contain_text("否决必须说明理由")
    judge.judge(page, "expert-votes-refused")
    page.locator("input[value=pass]").first.check()
    page.click(HAND_IN)
    expect(page).to_have_url(re.compile(f"{story.tender}$"))
    for name in others:
        vote_by_api(story, name)
    judge.visit(page, base, "expert-desk-sheets")
    page.locator("main .govuk-task-list__link[href*='/bids/']").first.click()
    judge.visit(page, page.url.removeprefix(world.url), "expert-sheet")
    score_in_browser(story, page)
    for name in (first, *others):
        score_by_api(story, name)
    judge.visit(page, base, "expert-done")


def elect_in_browser(story: Story, page: Page, base: str) -> None:
    story.world.judge.visit(page, f"{base}/chair", "expert-chair")
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    story.chair = page.locator("input[name=choice]").first.input_value()
    page.locator("input[name=choice]").first.check()
    page.click(SEND)
    expect(page.locator(".govuk-inset-text")).to_be_visible()
    story.world.judge.judge(page, "expert-chair-waiting")


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
    fill(inputs)
    inputs.last.press("Tab")
    expect(page.locator("#saved")).to_contain_text("草稿已保存")
    bid = page.url.rpartition("/")[2]
    sheet = f"{story.world.url}/api/tenders/{story.tender}/bids/{bid}/sheet"
    until(lambda: len(page.request.get(sheet).json()["points"]) == inputs.count())
    page.goto(page.url)
    expect(inputs.last).to_have_value("12.5")
    page.route("**/draft", answer_late)
    fill(inputs, "11.5")
    page.click(SEND)
    expect(page).to_have_url(re.compile(r"/check$"))
    expect(page.locator("main")).to_contain_text("11.5")
    expect(page.locator("main")).not_to_contain_text("12.5")
    story.world.judge.visit(page, page.url.removeprefix(story.world.url), "expert-check")
    page.click(SEND)
    expect(page).to_have_url(re.compile(r"/bids/[0-9a-f-]+$"))


def fill(inputs: Locator, points: str = "12.5") -> None:
    for number in range(inputs.count()):
        inputs.nth(number).fill(points)


def answer_late(route: Route) -> None:
    """The draft is saved, but its answer is still on the way when the member hands in."""
    answer = route.fetch()
    route.request.frame.page.wait_for_timeout(300)
    route.fulfill(response=answer)


def score_by_api(story: Story, name: str) -> None:
    expert, path = story.world.people[name], f"/api/tenders/{story.tender}"
    desk = expert.call("GET", f"{path}/evaluation")
    lot = desk["lots"][0]
    signed = {sheet["bid"] for sheet in lot["sheets"] if sheet["is_signed"]}
    for number, bid in enumerate(lot["accepted"]):
        if bid in signed:
            continue
        points = {
            criterion["id"]: "12.5"
            if number == 0
            else f"{float(criterion['maximum']) * (0.6 + 0.1 * number):.0f}.0"
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
    judge.visit(page, f"/tenders/{story.tender}/evaluation-draws", "evaluation-draws")
    judge.visit(world.page("office"), f"/office/tenders/{story.tender}", "office-evaluated")
    judge.visit(world.page("office"), f"/office/tenders/{story.tender}/report", "office-report")
    judge.visit(world.page("bidder-1"), f"/bidder/tenders/{story.tender}", "bidder-evaluated")
    member = world.page(panel_of(story)[0])
    judge.visit(member, f"/expert/tenders/{story.tender}/report", "expert-report")
    expect(member.locator("main form")).not_to_have_count(0)


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

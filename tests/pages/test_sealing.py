"""Keys, sealing and opening in a real browser; each side's files open on the other, and nobody else's word is taken."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from accounts import queries as accounts
from accounts.actions import register_signing_key
from accounts.duties import Duty
from crypto.envelope import read_prefix
from crypto.opener_keys import make_bidder_key, open_bidder_key, open_opener_key
from crypto.parts_digest import parts_digest
from tender import queries
from tests.builders import CHEAP, CLOSES, PASSPHRASE, SealedBid, make_bid, open_all, release, submit
from tests.flows.failing import give
from tests.pages.sealing_scene import (
    FILES,
    NAMED_FILE,
    Scene,
    expect_problem,
    fill_new_key,
    saved,
    sealing_scene,
    write_files,
)
from web.programs import BUILD, built

SEND = "button[type=submit]"


def test_one_tender_is_sealed_and_opened_in_the_browser(tmp_path: Path, browser: Browser) -> None:
    with sealing_scene(tmp_path / "platform", browser, "hybrid") as scene:
        key = an_opener_makes_a_key(scene, tmp_path)
        scene.publish()
        a_bidder_seals_and_submits(scene, tmp_path)
        offline = a_bidder_seals_on_a_page_without_a_connection(scene, tmp_path)
        the_programs_are_published(scene)
        third = make_bid(scene.platform, scene.tender, "bidder-3", bidder_also=True)
        submit(scene.platform, third, scene.tender)
        scene.platform.clock.at = CLOSES + timedelta(minutes=1)
        a_bidder_hands_in_the_own_part(scene, tmp_path)
        give(scene.platform, scene.tender, offline)
        give(scene.platform, scene.tender, third)
        the_opener_releases(scene, key)
        assert (scene.judge.findings, scene.judge.errors) == ([], [])


def an_opener_makes_a_key(scene: Scene, folder: Path) -> Path:
    """A new key in the place of the first: made, saved, opened again, registered, rehearsed."""
    opener = scene.tender.openers[0]
    page, path = scene.page(opener), f"/opener/tenders/{scene.tender.tender_id}"
    scene.judge.visit(page, path, "opener-make")
    expect(page.locator("#register-key")).to_be_visible()
    scene.judge.judge(page, "opener-make-forms")
    page.click("#make-key button")
    expect_problem(page, "12")
    fill_new_key(page)
    with page.expect_download() as download:
        page.click("#make-key button")
    file = saved(download.value, folder / "opener.key")
    made = open_opener_key(file.read_bytes(), PASSPHRASE)
    scene.tender.keys[0] = made
    assert (made.public.tender_id, made.public.opener_id) == (scene.tender.tender_id, opener.person_id)
    page.set_input_files("#register-file", file)
    page.fill("#register-passphrase", PASSPHRASE)
    page.click("#register-key button")
    expect(page.locator("[data-done=register]")).to_be_visible(timeout=20_000)
    with scene.platform.database.reading() as session:
        known = queries.opener_of(session, scene.tender.tender_id, opener.person_id)
        assert known.hpke_public == made.public.hpke_public
        assert known.rehearsed_at is not None
    page.context.close()
    return file


def a_bidder_seals_and_submits(scene: Scene, folder: Path) -> None:
    """From refusals to the receipt, with a key that is made on the way."""
    bidder = scene.platform.people["bidder-1"]
    page, base = scene.page(bidder), f"/bidder/tenders/{scene.tender.tender_id}"
    scene.judge.visit(page, f"{base}/seal", "bidder-seal-here")
    expect(page.locator("#seal-here form")).to_be_visible()
    expect(page.locator("main")).to_contain_text("尚未递交")
    problems_are_told_before_anything_is_sealed(page, folder)
    page.fill("#price", "1250000.5")
    page.click("#seal-here form button[type=submit]")
    expect_problem(page, "months")
    page.fill("#answer-months", "12")
    page.check("#key-make")
    fill_new_key(page)
    with page.expect_download() as download:
        page.click("#seal-here form button[type=submit]")
    key = saved(download.value, folder / "bidder.key")
    expect(page.locator("[data-digest]")).to_be_visible(timeout=20_000)
    expect(page.locator("main")).to_contain_text("尚未递交")
    scene.judge.judge(page, "bidder-sealed-here")
    with page.expect_download() as download:
        page.click("#seal-here a[download]:has-text('保存加密文件')")
    sealed = saved(download.value, folder / "bid.sealed").read_bytes()
    assert page.locator("[data-digest]").inner_text() == parts_digest(sealed).hex()
    signer = open_bidder_key(key.read_bytes(), PASSPHRASE)
    announced, files = scene.opened(sealed, signer)
    assert announced["price"] == {"amount": "1250000.50", "currency": "CNY"}
    assert announced["answers"] == {"months": "12"}
    expect(page.locator(".mt-seal__work")).to_contain_text("other_items：未填写")
    assert files == {f"bid/{name}": data for name, data in FILES.items()}
    with scene.platform.database.reading() as session:
        registered = accounts.signing_keys(session, bidder.organisation_id)
    assert registered == {signer.public}
    page.reload()  # the sealed file outlives the tab
    expect(page.locator("[data-kept]")).to_have_count(1)
    page.click("[data-kept] button:has-text('上传并核对')")
    expect(page).to_have_url(re.compile("/check"))
    expect(page.locator("main")).to_contain_text("尚未递交")
    page.click(f"main form {SEND}")
    expect(page.locator(".govuk-panel--confirmation")).to_be_visible()
    page.context.close()


def problems_are_told_before_anything_is_sealed(page: Page, folder: Path) -> None:
    """Each with what to do, while nothing was read through or sent."""
    page.click("#seal-here form button[type=submit]")
    expect_problem(page, "请选择投标文件")
    for name, text in (("bid.json", "保留名称"), ("a..", "首尾"), ("again.sealed", "已经加密")):
        (folder / name).write_bytes(b"mingtang-envelope/v1\n")
        page.set_input_files("#files-bid", folder / name)
        expect_problem(page, text)
    page.set_input_files("#folder-bid", write_files(folder))
    expect(page.locator("#seal-here")).to_contain_text("3 个文件")
    page.click("#seal-here form button[type=submit]")
    expect_problem(page, "1250000.00")


def a_bidder_seals_on_a_page_without_a_connection(scene: Scene, folder: Path) -> SealedBid:
    """The kept page from the disk, the kept notice, a key file of the command line; the result is submitted."""
    bidder = scene.platform.person("bidder-2", Duty.BIDDER)
    (folder / "cli.key").write_bytes(make_bidder_key(bidder.organisation_id, PASSPHRASE, cost=CHEAP))
    page_file = folder / "seal-offline.html"
    page_file.write_bytes((BUILD / "seal-offline.html").read_bytes())
    context = scene.browser.new_context(accept_downloads=True, offline=True)
    page = context.new_page()
    scene.judge.listen(page)
    # The window for naming a file is the browser's own, and no program reaches it.
    page.add_init_script(NAMED_FILE)
    page.goto(page_file.as_uri())
    page.set_input_files("#notice", folder / "cli.key")
    expect_problem(page, "公告")
    page.set_input_files("#notice", scene.kept_notice(folder / "notice.json"))
    page.set_input_files("#files-bid", folder / "bid" / "报价.xlsx")
    page.fill("#price", "990000")
    page.fill("#answer-months", "11.5")
    page.set_input_files("#key-file", folder / "cli.key")
    page.fill("#key-passphrase", "another passphrase")
    page.click(f"form {SEND}")
    expect_problem(page, "口令无法打开", seconds=20)
    page.fill("#key-passphrase", PASSPHRASE)
    page.click(f"form {SEND}")
    expect(page.locator("[data-digest]")).to_be_visible(timeout=20_000)
    assert scene.judge.violations(page) == []
    expect(page.locator("[data-saved='bid-T-1.sealed']")).to_be_visible()
    sealed = bytes(page.evaluate("() => Array.from(named.content.subarray(0, named.size))"))
    signer = open_bidder_key((folder / "cli.key").read_bytes(), PASSPHRASE)
    announced, files = scene.opened(sealed, signer)
    assert announced["bidder"] == bidder.organisation_id
    assert announced["price"]["amount"] == "990000.00"
    assert files == {"报价.xlsx": FILES["报价.xlsx"]}
    with scene.platform.database.transaction() as session:
        now = scene.platform.clock.now()
        register_signing_key(session, actor=bidder, public=signer.public, now=now)
    made = SealedBid(sealed, bidder, signer, read_prefix(sealed).header)
    submit(scene.platform, made, scene.tender)
    page.click("button[lang=en]")
    expect(page.locator("h1")).to_have_text("Seal a bid without a connection")
    context.close()
    return made


def a_bidder_hands_in_the_own_part(scene: Scene, folder: Path) -> None:
    """After the closing the page makes the own part of the key file; another bidder's key has nothing to hand in."""
    page = scene.page(scene.platform.people["bidder-1"])
    base = f"/bidder/tenders/{scene.tender.tender_id}"
    page.goto(f"{scene.url}{base}")
    page.click("main a:has-text('开标时您的操作')")
    expect(page.locator("#hand-in")).to_be_visible()
    scene.judge.judge(page, "bidder-open")
    page.set_input_files("#hand-in-file", folder / "cli.key")
    page.fill("#hand-in-passphrase", PASSPHRASE)
    page.click("#hand-in button")
    expect_problem(page, "没有可提交的内容", seconds=20)
    page.set_input_files("#hand-in-file", folder / "bidder.key")
    page.click("#hand-in button")
    expect(page.locator("[data-done=hand-in]")).to_contain_text("1", timeout=20_000)
    page.reload()
    expect(page.locator("[data-envelope]")).to_contain_text("已提交")
    page.context.close()


def the_programs_are_published(scene: Scene) -> None:
    """Their hashes stand on a public page and, once, in the log."""
    page = scene.browser.new_page()
    scene.judge.listen(page)
    scene.judge.visit(page, "/programs", "programs")
    for digest in built().values():
        expect(page.locator("main")).to_contain_text(digest)
    with scene.platform.database.reading() as session:
        rows = accounts.published_programs(session)
    assert {row.name: row.sha256 for row in rows} == built()
    assert len({row.log_index for row in rows}) == 1
    page.close()


def the_opener_releases(scene: Scene, key: Path) -> None:
    """Shares decrypted in the browser are accepted, and with another opener's the bids open."""
    page = scene.page(scene.tender.openers[0])
    scene.judge.visit(page, f"/opener/tenders/{scene.tender.tender_id}", "opener-release")
    page.set_input_files("#release-file", key)
    page.fill("#release-passphrase", PASSPHRASE)
    page.click("#release-shares button")
    expect(page.locator("[data-done=release]")).to_be_visible(timeout=20_000)
    page.context.close()
    release(scene.platform, scene.tender, 2)
    open_all(scene.platform, scene.tender)
    with scene.platform.database.reading() as session:
        opened = queries.opened_bids(session, scene.tender.tender_id)
    assert sorted(found.price_units or 0 for found, _ in opened) == [99_000_000, 100_000_000, 125_000_050]

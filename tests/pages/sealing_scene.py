"""A tender whose people seal, keep keys and open in a real browser; the rest is done as in other tests."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page, expect

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from crypto import envelope as env
from crypto.archive import read_archive
from crypto.own_secrets import own_part
from crypto.signatures import Signer
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from tender import queries
from tender.actions import draft, publish
from tender.failures import OpeningRule
from tests.builders import PASSPHRASE, Platform, PublishedTender, make_draft, make_platform
from tests.doors.door import serving
from tests.pages.judge import Judge
from web.app import create_app
from web.guards import SESSION_COOKIE

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "web/rulebooks/cn-reviewed-lowest-works.json"
LIMIT = 4_000_000
FILES = {
    "技术标/方案.txt": "施工方案".encode() * 9000,
    "技术标/空.txt": b"",
    "报价.xlsx": bytes(range(256)) * 70,
}


NAMED_FILE = """
  globalThis.named = { content: new Uint8Array(1 << 20), size: 0 };
  window.showSaveFilePicker = async ({ suggestedName }) => ({
    getFile: async () => new File([named.content.subarray(0, named.size)], suggestedName),
    createWritable: async () => ({
      write: async ({ position, data }) => {
        named.content.set(data, position);
        named.size = Math.max(named.size, position + data.length);
      },
      close: async () => {},
      abort: async () => { named.size = 0; },
    }),
  });
"""
"""A file that the person has named, as the browser hands it to a page."""


@dataclass
class Scene:
    """The platform, its tender, its address, and who looks."""

    platform: Platform
    tender: PublishedTender
    browser: Browser
    url: str
    judge: Judge

    def page(self, who: Actor) -> Page:
        """Somebody's own browser, signed in."""
        with self.platform.database.transaction() as session:
            now = self.platform.clock.now()
            secret = begin_session(session, person_id=who.person_id, hours=2000, now=now)
        context = self.browser.new_context(accept_downloads=True, locale="zh-CN")
        context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": self.url}])
        page = context.new_page()
        self.judge.listen(page)
        return page

    def publish(self) -> None:
        """Publish the tender with a limit that a test can exceed."""
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            publish.publish(
                session,
                actor=self.tender.office,
                tender_id=self.tender.tender_id,
                bid_limit_bytes=LIMIT,
                now=now,
            )

    def kept_notice(self, file: Path) -> Path:
        """The notice as people keep it."""
        with self.platform.database.reading() as session:
            notice = queries.current_notice(session, self.tender.tender_id)
        file.write_text(json.dumps({"notice": notice.body, "digest": notice.digest}, ensure_ascii=False))
        return file

    def opened(self, sealed: bytes, signer: Signer) -> tuple[dict[str, Any], dict[str, bytes]]:
        """What the second and third opener and its bidder read in a sealed bid: its bid.json, its files."""
        prefix = env.read_prefix(sealed)
        env.check_signature(prefix)
        keys = self.tender.keys
        shares = {n: env.open_share(prefix, n, keys[n - 1].hpke_private) for n in (2, 3)}
        seed = env.join_shares(prefix, shares).seed
        assert seed is not None
        entries = read_archive(io.BytesIO(env.open_bytes(sealed, seed, part=own_part(signer, prefix.ctx))))
        files = {entry.name: entry.read() for entry in entries}
        return json.loads(files.pop("bid.json")), files


@contextmanager
def sealing_scene(folder: Path, browser: Browser, suite: str) -> Iterator[Scene]:
    """A draft whose openers have rehearsed, behind a real socket."""
    platform = make_platform(folder)
    tender = make_draft(platform, suite=suite, opening_rule=OpeningRule(bidder_also=30, remedy=60))
    rules = read_rulebook(json.loads(BOOK.read_text()))
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    with platform.database.transaction() as session:
        draft.set_rulebook(session, actor=tender.office, tender_id=tender.tender_id, rulebook=frozen)
    platform.person("bidder-1", Duty.BIDDER)
    # A broker that nobody asks: no worker inside opens bids while the pages are judged.
    settings = replace(platform.adapters.settings, broker_url="redis://127.0.0.1:1")
    with serving(create_app(replace(platform.adapters, settings=settings))) as url:
        yield Scene(platform, tender, browser, url, Judge(url))


def write_files(folder: Path) -> Path:
    """The documents of a bid in a folder of their own."""
    for name, data in FILES.items():
        (folder / "bid" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "bid" / name).write_bytes(data)
    return folder / "bid"


def fill_new_key(page: Page, prefix: str = "new-key") -> None:
    """Type a passphrase twice."""
    page.fill(f"#{prefix}-passphrase", PASSPHRASE)
    page.fill(f"#{prefix}-again", PASSPHRASE)


def saved(download: Download, file: Path) -> Path:
    """Keep what the browser downloaded."""
    download.save_as(file)
    return file


def expect_problem(page: Page, text: str, seconds: float = 1) -> None:
    """The one problem that the page tells, within a second unless a passphrase has to be tried first."""
    expect(page.locator(".mt-seal__problem:visible")).to_contain_text(text, timeout=1000 * seconds)

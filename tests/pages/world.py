"""People with accounts, their browsers, and what their machines do outside the browser: keys, sealing, releasing."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from client.hold_key import decrypt_share
from client.seal import bid_json, header_for, sealed_price
from crypto.archive import bytes_file, open_archive
from crypto.canonical import b64, unb64
from crypto.envelope import seal_bytes
from crypto.opener_keys import OpenerKey, make_opener_key, offer_key, open_opener_key
from crypto.passphrase import PassphraseCost
from crypto.signatures import Signer, sign_statement
from crypto.suites import suite
from tender.envelopes import ONE_ENVELOPE
from tender.opening import RELEASE_TYPE, Closing, release_body
from tender.rehearsal import rehearsal_info
from tests.pages.judge import Judge
from tests.pages.server import SHIFT_FILE
from tools.demo.cast import Cast, Person, find_operator, kept_password

CHEAP = PassphraseCost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "a long enough passphrase"


@dataclass
class World:
    """The platform with its people."""

    url: str
    var: Path
    browser: Browser
    people: dict[str, Person] = field(default_factory=dict)
    contexts: dict[tuple[str, bool], BrowserContext] = field(default_factory=dict)
    cast: Cast = field(init=False)
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        folder = self.var / "people"
        password = kept_password(self.var / "password")
        self.cast = Cast(self.url, folder, find_operator(self.url, self.var, folder), password)
        self.judge = Judge(self.url)

    def add(self, name: str, organisation: str, duty: str) -> Person:
        """Somebody with an account."""
        self.cast.register(name, name.replace("-", " ").title(), organisation, (duty,))
        made = Person(self.url, name, self.cast.password, self.cast.folder / name).sign_in()
        self.people[name] = made
        return made

    def pass_time(self, **by: float) -> None:
        """Move the world's clock; sessions and tokens may end by it."""
        file = self.var / SHIFT_FILE
        seconds = float(file.read_text()) if file.exists() else 0.0
        file.write_text(str(seconds + timedelta(**by).total_seconds()))
        for person in (self.cast.operator, *self.people.values()):
            person.http.headers.pop("Authorization", None)
            person.sign_in()

    def now(self) -> datetime:
        """The moment in the world."""
        file = self.var / SHIFT_FILE
        seconds = float(file.read_text()) if file.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def page(self, name: str = "", *, script: bool = True) -> Page:
        """A page in somebody's browser, signed in through the form; without a name, the public's."""
        context = self.contexts.get((name, script))
        if context is None:
            context = self.browser.new_context(java_script_enabled=script, accept_downloads=True)
            self.contexts[name, script] = context
        page = context.new_page()
        self.judge.listen(page)
        if name:
            page.goto(f"{self.url}/home")
            if "/sign-in" in page.url or page.url == f"{self.url}/":
                person = self.people.get(name) or self.cast.operator
                page.goto(f"{self.url}/sign-in?next=/home")
                page.fill("#sign_in", person.name)
                page.fill("#password", person.password)
                page.click("form[action='/sign-in'] button[type=submit]")
        return page

    def close(self) -> None:
        """Close every browser window."""
        for context in self.contexts.values():
            context.close()


def make_key(opener: Person, tender_id: str, suite_name: str) -> OpenerKey:
    """What `mingtang key new` and `key rehearse` do, with a cheap passphrase."""
    file = make_opener_key(suite_name, tender_id, opener.id, PASSPHRASE, cost=CHEAP)
    key = open_opener_key(file, PASSPHRASE)
    path = f"/api/tenders/{tender_id}"
    test = opener.call("POST", f"{path}/opener-key", {"statement": offer_key(key)})
    answer = suite(suite_name).open_with(
        key.hpke_private, rehearsal_info(tender_id), unb64(test["rehearsal"])
    )
    opener.call("POST", f"{path}/rehearsal", {"answer": b64(answer)})
    return key


def register_signer(bidder: Person) -> Signer:
    """What `mingtang key new` does for a bidder."""
    signer = Signer(bidder.organisation_id, os.urandom(32))
    bidder.call("POST", "/api/signing-keys", {"public": b64(signer.public)})
    return signer


def seal_bid(notice: dict[str, Any], signer: Signer, price: str, drawings: bytes = b"") -> bytes:
    """What `mingtang seal` does."""
    lot = notice["lots"][0]["id"]
    announced = bid_json(notice, lot, signer.name, sealed_price(notice, price), {}, ONE_ENVELOPE[0])
    members = [bytes_file("bid.json", announced), bytes_file("方案.txt", "施工方案".encode())]
    members += [bytes_file("图纸.bin", drawings)] if drawings else []
    with open_archive(members) as archive:
        plain = archive.read()
    return seal_bytes(
        plain,
        header=header_for(notice, lot, signer.name, signer.public),
        opener_publics=[unb64(opener["hpke"]) for opener in notice["sealing"]["openers"]],
        signer=signer,
        seed=os.urandom(32),
        announcement=announced,
    )


def release(opener: Person, tender_id: str, key: OpenerKey) -> None:
    """What `mingtang key release` does."""
    found = opener.call("GET", f"/api/tenders/{tender_id}/closing")
    closing = Closing(tender_id, found["bids"], found["log_size"], found["log_root"])
    shares = {
        item["bid"]: decrypt_share(key, found["opener"], unb64(item["prefix"])) for item in found["sealed"]
    }
    statement = sign_statement(key.signer, RELEASE_TYPE, release_body(closing, found["opener"], shares))
    body = {"statement": statement, "shares": {bid: b64(s) if s else None for bid, s in shares.items()}}
    opener.call("POST", f"/api/tenders/{tender_id}/releases", body)

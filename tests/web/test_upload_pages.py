"""A file that is uploaded and not submitted says so in red on every page of its bidder, and on nobody else's."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from tests.builders import Platform, PublishedTender, SealedBid, make_bid, make_platform, make_tender
from web.app import create_app
from web.guards import SESSION_COOKIE

BANNER = "mt-banner--draft"


class Site:
    """One tender, and browsers of its bidders."""

    def __init__(self, platform: Platform, client: TestClient[Any]) -> None:
        self.platform, self.client = platform, client
        self.tender: PublishedTender = make_tender(platform)
        self.lot = f"/bidder/tenders/{self.tender.tender_id}/lots/{self.tender.lot_id}"

    def ask(self, who: Actor, method: str, path: str, **more: Any) -> httpx.Response:
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            secret = begin_session(session, person_id=who.person_id, hours=1, now=now)
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
        answer: httpx.Response = self.client.request(
            method, path, headers=headers, follow_redirects=False, **more
        )
        return answer

    def upload(self, bid: SealedBid) -> str:
        """Send a file by the form, as a browser without scripts does; the check page's address."""
        answer = self.ask(
            bid.bidder, "POST", f"{self.lot}/upload", files={"file": ("b.sealed", bid.envelope)}
        )
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def warns(self, who: Actor, path: str) -> bool:
        answer = self.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return BANNER in answer.text and "NOT SUBMITTED" in answer.text


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    platform = make_platform(tmp_path_factory.mktemp("upload-pages"))
    with TestClient(create_app(platform.adapters)) as client:
        yield Site(platform, client)


def test_banner_stands_on_every_page_until_the_receipt(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "form")
    pages = ["/", "/tenders", "/bidder", f"/bidder/tenders/{site.tender.tender_id}", "/bidder/uploads"]
    assert not any(site.warns(bid.bidder, page) for page in pages)
    check = site.upload(bid)
    colleague = site.platform.person("colleague", Duty.BIDDER, organisation="form Ltd")
    stranger = site.platform.person("stranger", Duty.BIDDER)
    other = site.platform.person("permit", Duty.APPLICANT, organisation="form Ltd")
    for page in pages:
        assert site.warns(bid.bidder, page), page
    assert site.ask(bid.bidder, "GET", check).text.count("NOT SUBMITTED") == 1
    assert site.warns(colleague, "/bidder")
    assert not site.warns(stranger, "/bidder")
    assert not site.warns(site.tender.office, "/office")
    assert not site.warns(other, "/tenders")
    ticket = re.search('name="ticket" value="([^"]+)"', site.ask(bid.bidder, "GET", check).text)
    assert ticket is not None
    done = site.ask(bid.bidder, "POST", f"{site.lot}/submit", data={"ticket": ticket[1]})
    assert done.status_code == 303
    assert not any(site.warns(bid.bidder, page) for page in pages)


def test_file_that_came_in_parts_is_checked_and_submitted_by_a_colleague(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "parts")
    site.upload(bid)
    colleague = site.platform.person("second", Duty.BIDDER, organisation="parts Ltd")
    listed = site.ask(colleague, "GET", "/bidder/uploads").text
    link = re.search(r'href="([^"]+check\?upload=[^"]+)"', listed)
    assert link is not None
    page = site.ask(colleague, "GET", link[1])
    assert page.status_code == 200
    ticket = re.search('name="ticket" value="([^"]+)"', page.text)
    assert ticket is not None
    assert site.ask(colleague, "POST", f"{site.lot}/submit", data={"ticket": ticket[1]}).status_code == 303
    assert not site.warns(bid.bidder, "/bidder")


def test_discarded_file_warns_no_more_and_strangers_discard_nothing(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "discard")
    site.upload(bid)
    listed = site.ask(bid.bidder, "GET", "/bidder/uploads").text
    form = re.search(r'action="(/bidder/uploads/[^"]+/discard)"', listed)
    assert form is not None
    stranger = site.platform.person("stranger", Duty.BIDDER)
    assert site.ask(stranger, "POST", form[1]).status_code == 404
    assert site.warns(bid.bidder, "/bidder")
    assert site.ask(bid.bidder, "POST", form[1]).status_code == 303
    assert not site.warns(bid.bidder, "/bidder")


def test_same_file_sent_again_after_its_receipt_is_no_draft(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "again")
    ticket = site.upload(bid).partition("ticket=")[2]
    site.ask(bid.bidder, "POST", f"{site.lot}/submit", data={"ticket": ticket})
    site.platform.clock.advance(seconds=1)
    site.upload(bid)
    assert not site.warns(bid.bidder, "/bidder")


def test_upload_page_offers_going_on_and_works_without_scripts(site: Site) -> None:
    bidder = site.platform.person("reader", Duty.BIDDER)
    page = site.ask(bidder, "GET", f"{site.lot}/upload").text
    assert f'data-uploads="/api/tenders/{site.tender.tender_id}/lots/{site.tender.lot_id}/uploads"' in page
    assert 'enctype="multipart/form-data"' in page

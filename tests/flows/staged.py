"""Builders for tenders that open in stages: the technical envelope after the closing, the price after the scores."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from accounts.duties import Actor
from crypto.canonical import canonical
from evaluation.actions.stages import finish_price_review
from tender.envelopes import EnvelopeTerm, Moment
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_bidder,
    open_all,
    release,
    release_prices,
    submit,
)
from tests.flows.panels import bids_of, draw_panel, published_tender, score, sign_reports, vote
from tests.simulator import do_jobs

TWO = (
    EnvelopeTerm("technical", {"zh": "技术标", "en": "Technical"}, Moment.CLOSING, False),
    EnvelopeTerm("price", {"zh": "报价标", "en": "Price"}, Moment.SCORES_LOCKED, True),
)


def seal_in_two(
    platform: Platform,
    tender: PublishedTender,
    name: str,
    price: str,
    *,
    answers: dict[str, Any] | None = None,
    price_json: bytes | None = None,
    price_files: dict[str, bytes] | None = None,
) -> SealedBid:
    """A bid of two envelopes, which both hold a file offer.txt."""
    maker, submission = make_bidder(platform, name), str(uuid4())
    said = canonical({"v": 1, "envelope": "technical", "answers": answers or {}})
    asked = canonical({"v": 1, "envelope": "price", "price": {"amount": price, "currency": "CNY"}})
    technical = make_bid(
        platform, tender, name, kind="technical", maker=maker, submission_id=submission, bid_json=said
    )
    priced = make_bid(
        platform,
        tender,
        name,
        kind="price",
        maker=maker,
        submission_id=submission,
        bid_json=price_json or asked,
        files=price_files or {},
    )
    return SealedBid(technical.envelope + priced.envelope, *maker, technical.header)


def open_technical(platform: Platform, prices: list[str], **rulebook: Any) -> PublishedTender:
    """A tender whose technical envelopes lie open and whose prices are sealed."""
    tender = published_tender(platform, {"envelopes": TWO}, **rulebook)
    for number, price in enumerate(prices, 1):
        submit(platform, seal_in_two(platform, tender, f"bidder-{number}", price), tender)
    open_first(platform, tender)
    return tender


def open_first(platform: Platform, tender: PublishedTender) -> None:
    """The closing passes and the technical envelopes are opened."""
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)


def score_all(platform: Platform, tender: PublishedTender) -> list[Actor]:
    """The panel is drawn, votes and signs every sheet; the members, the chair first."""
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
    for number, bid in enumerate(bids_of(platform, tender)):
        for place, member in enumerate(panel):
            score(platform, tender, member, bid, str(60 + 10 * number + place))
    do_jobs(platform)
    return panel


def open_prices(platform: Platform, tender: PublishedTender) -> None:
    """Both openers release the prices, and the jobs open them."""
    release_prices(platform, tender, 1)
    release_prices(platform, tender, 2)
    do_jobs(platform)


TOGETHER = (TWO[0], replace(TWO[1], opens=Moment.CLOSING))
"""The same two envelopes, both of which open after the closing."""


def whole_tender_in_two(platform: Platform, prices: list[str]) -> PublishedTender:
    """From the draft to the signed report of a tender whose two envelopes open together."""
    tender = published_tender(platform, {"envelopes": TOGETHER})
    for number, price in enumerate(prices, 1):
        submit(platform, seal_in_two(platform, tender, f"bidder-{number}", price), tender)
    open_first(platform, tender)
    score_all(platform, tender)
    sign_reports(platform, tender)
    do_jobs(platform)
    return tender


def whole_staged_tender(platform: Platform, prices: list[str], **described: Any) -> PublishedTender:
    """From the draft to the signed report; one more bidder's sealed price says nothing that can be read."""
    tender = published_tender(platform, {"envelopes": TWO, **described})
    for number, price in enumerate(prices, 1):
        submit(platform, seal_in_two(platform, tender, f"bidder-{number}", price), tender)
    submit(platform, seal_in_two(platform, tender, "bidder-mute", "1.00", price_json=b"{}"), tender)
    open_first(platform, tender)
    chair = score_all(platform, tender)[0]
    open_prices(platform, tender)
    with platform.database.transaction() as session:
        finish_price_review(session, actor=chair, tender_id=tender.tender_id, now=platform.clock.now())
    do_jobs(platform)
    sign_reports(platform, tender)
    do_jobs(platform)
    return tender

"""The offline verifiers on a tender whose opening failed in part: own parts, seeds instead of openers, lost bids."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from client.claims import FAIL, Evidence
from client.verify import examine
from crypto.canonical import b64
from crypto.envelope import seal_bytes
from crypto.own_secrets import own_seed
from evaluation.capsule import FULL, unpack
from tender.failures import OpeningRule
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_platform,
    release,
    submit,
)
from tests.capsules import Made
from tests.client.stories import CONTENTS, OPEN_QUESTIONS, OPENED, Story, due, edit
from tests.flows.failing import SECOND, confirm, declare, give
from tests.flows.panels import bids_of, draw_panel, published_tender, score, sign_reports, vote
from tests.simulator import do_jobs
from tools.second_verifier import SecondVerifier


def torn(tender: PublishedTender, bid: SealedBid) -> SealedBid:
    """A bid whose contents are no archive."""
    return replace(
        bid,
        envelope=seal_bytes(
            b"torn",
            header=bid.header,
            opener_publics=[key.public.hpke_public for key in tender.keys],
            signer=bid.signer,
            seed=own_seed(bid.signer, bid.header.ctx()),
            announcement=b"{}",
        ),
    )


def played(platform: Platform) -> PublishedTender:
    """Of five bids three open by part and seed, one is torn, one lacks its bidder's part; one opener never came."""
    tender = published_tender(platform, {"opening_rule": OpeningRule(bidder_also=30, remedy=60)})
    bids = [
        make_bid(platform, tender, f"bidder-{n}", price=f"{n}00.00", bidder_also=True) for n in range(1, 6)
    ]
    bids[3] = torn(tender, bids[3])
    for bid in bids:
        submit(platform, bid, tender)
    platform.clock.at = CLOSES + SECOND
    release(platform, tender, 1)
    confirm(platform, declare(platform, tender))
    for bid in bids:
        give(platform, tender, bid, seed=True)
    for bid in bids[:4]:
        give(platform, tender, bid)
    platform.clock.at += timedelta(minutes=61)
    do_jobs(platform)
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
    for number, bid_id in enumerate(bids_of(platform, tender)):
        for member in panel:
            score(platform, tender, member, bid_id, str(60 + 10 * number))
    do_jobs(platform)
    sign_reports(platform, tender)
    do_jobs(platform)
    return tender


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("failures")
    platform = make_platform(folder)
    return Story(Made(platform, played(platform)), folder)


def changed(story: Story, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A full capsule whose own secrets the platform changed and signed again."""
    return story.resigned(edit("own-secrets.json", change), FULL)


def test_the_record_tells_causes_and_consequences(story: Story) -> None:
    lines = unpack(story.public).json("opening.json")["bids"]
    assert [(line["outcome"], line["cause"], line.get("consequence")) for line in lines] == [
        *[("opened", "", None)] * 3,
        ("malformed", "bidder", "revoked"),
        ("unopened", "bidder", "revoked"),
    ]


def test_an_honest_capsule_of_a_mended_opening_fails_nowhere(story: Story) -> None:
    assert story.verdicts(story.full, story.envelopes) == due()
    assert story.verdicts(story.public) == due(OPEN_QUESTIONS | {CONTENTS})
    detail = {one.claim: one.detail for one in examine(Evidence(unpack(story.public), story.pinned))}
    assert "3 opened by their bidders' seeds" in detail[OPENED]


def test_the_page_agrees_on_the_whole_and_on_each_change(story: Story, second: SecondVerifier) -> None:
    for data in (story.public, story.full, *(changed(story, change) for change in CHANGES)):
        first, other = story.both(second, data)
        assert first == other


def swap(body: dict[str, Any]) -> None:
    one, two = sorted(body)[:2]
    body[one], body[two] = body[two], body[one]


CHANGES: list[Callable[[dict[str, Any]], object]] = [
    swap,
    lambda body: body.popitem(),
    lambda body: body[min(body)].update(seed=b64(bytes(32))),
    lambda body: body[min(body)].update(part=b64(bytes(32))),
    lambda body: body[min(body)].pop("part", None) or body[min(body)].pop("seed"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_own_secrets_are_found(story: Story, change: Callable[[dict[str, Any]], object]) -> None:
    assert story.verdicts(changed(story, change), story.envelopes)[CONTENTS].startswith(FAIL)


def test_own_secrets_stand_in_full_capsules_only(story: Story) -> None:
    assert "own-secrets.json" not in unpack(story.public).parts
    secrets = unpack(story.full).parts["own-secrets.json"]
    found = story.verdicts(story.resigned(lambda parts: parts.update({"own-secrets.json": secrets})))
    assert FAIL in {result.partition(":")[0] for result in found.values()}

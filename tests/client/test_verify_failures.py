"""The offline verifiers on a tender whose opening failed in part: own parts, seeds instead of openers, lost bids."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from client.claims import FAIL, PASS, Evidence
from client.verify import CLAIMS, examine
from crypto.canonical import b64, canonical
from crypto.envelope import seal_bytes
from crypto.own_secrets import own_seed
from evaluation.capsule import FULL, PUBLIC, pack, unpack
from tender import queries
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
from tests.flows.failing import SECOND, confirm, declare, give
from tests.flows.panels import bids_of, draw_panel, published_tender, score, sign_reports, vote
from tests.simulator import do_jobs
from tools.second_verifier import SecondVerifier
from web.capsules import make_capsule

OPENED = "the bids were opened by the named openers"
ANNOUNCED = "the announced prices are the sealed ones"
CONTENTS = "the whole contents are the sealed ones"


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


class Story:
    """The tender, its capsules and sealed bids."""

    def __init__(self, folder: Path) -> None:
        self.platform = make_platform(folder)
        self.tender = played(self.platform)
        self.public, self.full = self.capsule(PUBLIC), self.capsule(FULL)
        self.pinned: dict[str, str] = unpack(self.public).json("keys.json")
        with self.platform.database.reading() as session:
            bids = queries.sealed_bids(session, self.tender.tender_id)
        self.envelopes = {}
        for bid in bids:
            path = folder / f"{bid.id}.sealed"
            with self.platform.adapters.objects.open(bid.digest) as stored:
                path.write_bytes(stored.read())
            self.envelopes[bid.id] = str(path)

    def capsule(self, scope: str) -> bytes:
        return make_capsule(self.platform.adapters, self.tender.tender_id, scope)

    def verdicts(self, data: bytes) -> dict[str, str]:
        found = examine(Evidence(unpack(data), self.pinned, self.envelopes))
        return {v.claim: v.result if v.result != FAIL else f"{FAIL}: {v.detail}" for v in found}

    def changed(self, change: Callable[[dict[str, Any]], object]) -> bytes:
        """A full capsule whose own secrets the platform changed and signed again."""
        capsule = unpack(self.full)
        parts, body = dict(capsule.parts), capsule.json("own-secrets.json")
        change(body)
        parts["own-secrets.json"] = canonical(body)
        signer = self.platform.adapters.keys.receipts
        return pack(parts, tender_id=self.tender.tender_id, reference="T-1", scope=FULL, signer=signer)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("failures"))


def test_the_record_tells_causes_and_consequences(story: Story) -> None:
    lines = unpack(story.public).json("opening.json")["bids"]
    assert [(line["outcome"], line["cause"], line.get("consequence")) for line in lines] == [
        *[("opened", "", None)] * 3,
        ("malformed", "bidder", "revoked"),
        ("unopened", "bidder", "revoked"),
    ]


def test_an_honest_capsule_of_a_mended_opening_fails_nowhere(story: Story) -> None:
    still_open = {
        "the award follows the ranking",
        "independent witnesses saw the log",
        "the log is stamped for the archive",
        "the national head holds every fact",
    }
    full = story.verdicts(story.full)
    assert {claim for claim, result in full.items() if result != PASS} == still_open, full
    public = story.verdicts(story.public)
    assert {claim for claim, result in public.items() if result != PASS} == still_open | {CONTENTS}
    assert set(full) == {claim for claim, _ in CLAIMS}
    detail = {one.claim: one.detail for one in examine(Evidence(unpack(story.public), story.pinned))}
    assert "3 opened by their bidders' seeds" in detail[OPENED]


def test_the_page_agrees_on_the_whole_and_on_each_change(story: Story, tmp_path: Path) -> None:
    with SecondVerifier() as second:
        for data in (story.public, story.full, *(story.changed(change) for change in CHANGES)):
            path = tmp_path / "capsule.zip"
            path.write_bytes(data)
            first = {v.claim: v.result for v in examine(Evidence(unpack(data), story.pinned))}
            assert second.verdicts(path, story.pinned) == first


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
    assert story.verdicts(story.changed(change))[CONTENTS].startswith(FAIL)


def test_own_secrets_stand_in_full_capsules_only(story: Story) -> None:
    assert "own-secrets.json" not in unpack(story.public).parts
    parts = {**unpack(story.public).parts, "own-secrets.json": unpack(story.full).parts["own-secrets.json"]}
    signer = story.platform.adapters.keys.receipts
    changed = pack(parts, tender_id=story.tender.tender_id, reference="T-1", scope=PUBLIC, signer=signer)
    assert FAIL in {result.partition(":")[0] for result in story.verdicts(changed).values()}

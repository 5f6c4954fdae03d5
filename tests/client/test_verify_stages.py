"""The offline verifier on a tender whose prices opened after the scores: what was locked, released and read out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.claims import FAIL, NOT_PROVEN, PASS, Evidence
from client.verify import CLAIMS, examine
from crypto.canonical import canonical
from evaluation.capsule import FULL, PUBLIC, pack, unpack
from tender import queries
from tests.builders import make_platform
from tests.flows.staged import whole_staged_tender
from tools.second_verifier import SecondVerifier
from web.capsules import make_capsule

OPEN_QUESTIONS = {"the award follows the ranking", "independent witnesses saw the log"}
OPENED = "the bids were opened by the named openers"
ANNOUNCED = "the announced prices are the sealed ones"
SHEETS = "votes and sheets are as signed"


class Story:
    """One staged tender with its capsules and sealed bids."""

    def __init__(self, folder: Path) -> None:
        self.platform = make_platform(folder)
        self.tender = whole_staged_tender(self.platform, ["300.00", "100.00", "200.00"])
        adapters = self.platform.adapters
        self.public = make_capsule(adapters, self.tender.tender_id, PUBLIC)
        self.full = make_capsule(adapters, self.tender.tender_id, FULL)
        self.pinned: dict[str, str] = unpack(self.public).json("keys.json")
        self.envelopes = {}
        with self.platform.database.reading() as session:
            bids = queries.sealed_bids(session, self.tender.tender_id)
        for bid in bids:
            path = folder / f"{bid.id}.sealed"
            with adapters.objects.open(bid.digest) as stored:
                path.write_bytes(stored.read())
            self.envelopes[bid.id] = str(path)

    def verdicts(self, data: bytes, envelopes: dict[str, str] | None = None) -> dict[str, str]:
        found = examine(Evidence(unpack(data), self.pinned, envelopes or {}))
        return {v.claim: v.result if v.result != FAIL else f"{FAIL}: {v.detail}" for v in found}

    def resigned(self, part: str, change: Callable[[Any], None]) -> dict[str, str]:
        """The verdicts on a capsule that the platform changed in one part and signed again."""
        parts = dict(unpack(self.public).parts)
        body = json.loads(parts[part])
        change(body)
        parts[part] = canonical(body)
        signer = self.platform.adapters.keys.receipts
        return self.verdicts(
            pack(parts, tender_id=self.tender.tender_id, reference="T-1", scope=PUBLIC, signer=signer)
        )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("stages"))


def test_an_honest_staged_capsule_fails_nowhere(story: Story) -> None:
    open_claims = OPEN_QUESTIONS | {"the whole contents are the sealed ones"}
    assert story.verdicts(story.public) == {
        claim: NOT_PROVEN if claim in open_claims else PASS for claim, _ in CLAIMS
    }


def test_the_page_says_which_claims_of_a_staged_tender_it_cannot_prove(story: Story, tmp_path: Path) -> None:
    open_claims = OPEN_QUESTIONS | {
        "all envelopes were signed by their bidders",
        OPENED,
        ANNOUNCED,
        "the whole contents are the sealed ones",
        SHEETS,
        "the ranking is the rulebook's result",
    }
    path = tmp_path / "capsule.zip"
    path.write_bytes(story.public)
    with SecondVerifier() as second:
        found = second.verdicts(path, story.pinned)
    assert found == {claim: NOT_PROVEN if claim in open_claims else PASS for claim, _ in CLAIMS}


def test_the_full_one_opens_every_envelope_again(story: Story) -> None:
    assert story.verdicts(story.full, story.envelopes) == {
        claim: NOT_PROVEN if claim in OPEN_QUESTIONS else PASS for claim, _ in CLAIMS
    }


def test_the_unreadable_price_is_a_rejection_with_its_ground(story: Story) -> None:
    parts = unpack(story.public)
    ranking = parts.json(f"lots/{story.tender.lot_id}/ranking.json")
    [rejected] = [one for one in ranking["rejected"] if one["reasons"][0]["check"] == "price-missing"]
    case = parts.json(f"lots/{story.tender.lot_id}/case.json")
    assert [bid["price"] for bid in case["bids"] if bid["bid_id"] == rejected["bid_id"]] == [None]


def price_of(body: Any) -> None:
    body["bids"][0]["price"] = "1.00"


def scores_of(body: Any) -> None:
    bid = next(iter(body["locked"]["scores"]))
    body["locked"]["scores"][bid]["sheets"] = "0" * 64


def one_release(body: Any) -> None:
    body["releases"].pop()


def a_head(body: Any) -> None:
    body["locked"]["log_size"] -= 1


def a_bid(body: Any) -> None:
    body["bids"].pop()


def another_envelope(body: Any) -> None:
    body["bids"][0]["envelopes"][0]["kind"] = "technical"


@pytest.mark.parametrize("change", [price_of, scores_of, one_release, a_head, a_bid, another_envelope])
def test_a_changed_record_of_the_prices_is_found(story: Story, change: Callable[[Any], None]) -> None:
    verdicts = story.resigned("prices.json", change)
    assert verdicts[OPENED].startswith(FAIL)
    assert verdicts[ANNOUNCED].startswith(FAIL)
    assert verdicts[SHEETS].startswith(FAIL)


def test_a_price_told_at_the_first_opening_is_found(story: Story) -> None:
    def tell(body: Any) -> None:
        body["bids"][0]["price"] = "1.00"

    assert story.resigned("opening.json", tell)[ANNOUNCED].startswith(FAIL)

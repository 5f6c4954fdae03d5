"""兼投不兼中 from the draft to the proposal: the rule in the notice, discounts in bids, both methods."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from crypto.canonical import canonical
from evaluation.actions import findings
from evaluation.lots.award_file import write_proposal
from evaluation.lots.rule import read_rule, write_rule
from evaluation.queries import judging
from evaluation.queries.lots import AwardProposal, award_proposal
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from kernel.errors import IncompleteNotice, NotFound
from tender import queries as tenders
from tender.actions import draft, publish
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    make_bid,
    make_draft,
    make_platform,
    open_all,
    release,
    submit,
)
from tests.evaluation.cases import rulebook_data
from tests.flows.panels import draw_panel, score, vote
from web.app import create_app

LOTS = ({"zh": "一标段", "en": "Lot 1"}, {"zh": "二标段", "en": "Lot 2"})
PRICES = [["100.00", "101.00", "150.00"], ["100.00", "130.00", "150.00"]]


def drafted(platform: Platform, rule: dict[str, Any]) -> PublishedTender:
    tender = make_draft(platform, openers=2, lots=LOTS, award_rule=rule)
    rules = read_rulebook(rulebook_data())
    frozen = draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )
    with platform.database.transaction() as session:
        draft.set_rulebook(session, actor=tender.office, tender_id=tender.tender_id, rulebook=frozen)
    return tender


def published(platform: Platform, tender: PublishedTender) -> dict[str, Any]:
    with platform.database.transaction() as session:
        return publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=10_000_000,
            now=platform.clock.now(),
        ).body


def proposal(
    folder: Path, rule: dict[str, Any], discounts: dict[tuple[int, int], str] | None = None
) -> AwardProposal:
    """A whole tender of two lots in which all sheets are alike, so that prices decide."""
    platform = make_platform(folder)
    tender = drafted(platform, rule)
    published(platform, tender)
    with platform.database.reading() as session:
        lots = [replace(tender, lot_id=lot.id) for lot in tenders.lots(session, tender.tender_id)]
    for number, (lot, prices) in enumerate(zip(lots, PRICES, strict=True)):
        for bidder, price in enumerate(prices):
            said: dict[str, Any] = {"price": {"amount": price, "currency": "CNY"}}
            if discounts and (bidder, number) in discounts:
                bundle = {"lots": [1, 2], "discount": discounts[bidder, number]}
                said["answers"] = {"bundle_discounts": [bundle]}
            submit(platform, make_bid(platform, lot, f"bidder-{bidder}", bid_json=canonical(said)), lot)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    panel = draw_panel(platform, tender)
    for lot in lots:
        for member in panel.values():
            vote(platform, lot, member)
            with platform.database.reading() as session:
                bids = judging.opened_bids(session, lot.tender_id, lot.lot_id)
            for bid in bids:
                score(platform, lot, member, bid.bid_id, "80")
    with platform.database.reading() as session, pytest.raises(NotFound):
        award_proposal(session, tender.tender_id)
    with platform.database.transaction() as session:
        assert len(findings.rank(session, tender_id=tender.tender_id, now=platform.clock.now())) == 2
    page = TestClient(create_app(platform.adapters)).get(f"/tenders/{tender.tender_id}/result?lang=en").text
    assert "Which bidder for which lot" in page
    with platform.database.reading() as session:
        return award_proposal(session, tender.tender_id)


def test_a_discount_counts_when_all_bids_for_the_bundle_state_it_alike(tmp_path: Path) -> None:
    rule: Any = write_rule(read_rule({"method": "optimal", "cap": 2, "bundles": [[1, 2]]}))
    stated = {(1, 0): "40.00", (1, 1): "40.00", (2, 0): "200.00", (2, 1): "199.00"}
    found = proposal(tmp_path, rule, stated)
    written: Any = write_proposal(found.rule, found.own, found.other, found.unit, found.places)
    assert (written["proposal"]["total"], written["other"]["total"]) == ("191.00", "200.00")
    assert [one.amount for one in found.own.discounts] == [40_00]
    assert set(found.own.winners.values()) <= set(found.names)


def test_a_notice_without_a_rule_says_nothing_of_it(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    assert "award_rule" not in published(platform, drafted(platform, {}))


def test_a_notice_with_a_rule_freezes_it(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    rule: Any = write_rule(read_rule({"method": "sequential", "cap": 1}))
    assert published(platform, drafted(platform, rule))["award_rule"] == rule


def test_a_bundle_of_a_lot_that_does_not_exist_holds_up_the_publication(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    rule: Any = write_rule(read_rule({"method": "optimal", "cap": 1, "bundles": [[2, 3]]}))
    tender = drafted(platform, rule)
    with pytest.raises(IncompleteNotice):
        published(platform, tender)

"""Pages of openings that need the bidder too or fail: chosen by the office, declared, confirmed, shown to everybody."""

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.duties import Duty
from tender import queries
from tender.failures import OpeningRule
from tender.queries import failures
from tests.builders import make_draft, open_all
from tests.flows.failing import SECOND, bid_ids, closed, declare, give, released
from tests.flows.panels import published_tender
from tests.web.test_stage_pages import Stages


@pytest.fixture
def scene(tmp_path: Path) -> Stages:
    return Stages(tmp_path)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("", ""), None),
        (("30", ""), {"bidder_also": {"minutes": 30}}),
        (("30", "60"), {"bidder_also": {"minutes": 30}, "remedy": {"minutes": 60}}),
        (("0", ""), "whole number from 1"),
        (("1441", ""), "whole number from 1"),
        (("", "soon"), "give a whole number"),
    ],
)
def test_the_office_says_whether_bidders_open_too_and_what_mends_a_failure(
    scene: Stages, typed: tuple[str, str], kept: object
) -> None:
    tender = make_draft(scene.platform)
    answer = scene.choose_openers(tender, envelopes="one", bidder_also=typed[0], remedy=typed[1])
    if isinstance(kept, str):
        assert kept in answer.text
        return
    assert answer.status_code == 303
    with scene.platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).opening_rule == kept


def test_two_people_give_openers_up_on_one_page(scene: Stages) -> None:
    tender, bids = closed(scene.platform, OpeningRule(remedy=60))
    bid_ids(scene.platform, tender)
    supervisor = scene.platform.person("supervisor", Duty.SUPERVISOR)
    page = f"/opening-failures/{tender.tender_id}"
    assert "Declare a failure" in scene.page(tender.office, page).text
    short = {"failing": "openers", "bid": "", "reason": "gone"}
    assert "in 5 to 2,000 characters" in scene.page(tender.office, page, short).text
    assert scene.page(tender.office, page, short | {"reason": "both lost their keys"}).status_code == 303
    assert "Waits for a supervisor" in scene.page(tender.office, page).text
    listed = scene.page(supervisor, "/opening-failures").text
    assert page in listed
    seen = scene.page(supervisor, page).text
    assert "both lost their keys" in seen
    assert "Declare a failure" not in seen
    with scene.platform.database.reading() as session:
        [failure] = failures.failures(session, tender.tender_id)
    confirm = f"{page}/{failure.id}/confirm"
    assert scene.page(supervisor, confirm, {}).status_code == 303
    assert "already" in scene.page(supervisor, confirm, {}).text
    assert "It can be mended until" in scene.page(tender.office, page).text
    own = scene.page(bids[0].bidder, f"/bidder/tenders/{tender.tender_id}/open").text
    assert 'data-seeds="yes"' in own
    assert "--seeds" in own


def test_everybody_reads_who_is_answerable_and_what_follows(scene: Stages) -> None:
    tender, bids = closed(scene.platform, OpeningRule(bidder_also=30))
    released(scene.platform, tender, 1, 2)
    for bid in bids[:2]:
        give(scene.platform, tender, bid)
    page = f"/bidder/tenders/{tender.tender_id}/open"
    assert 'data-parts="yes"' in scene.page(bids[2].bidder, page).text
    assert 'id="bidder-open"' not in scene.page(bids[0].bidder, page).text
    scene.platform.clock.at += timedelta(minutes=30) + SECOND
    open_all(scene.platform, tender)
    room = scene.public(f"/tenders/{tender.tender_id}/opening")
    assert "Not opened" in room
    assert "the bidder is answerable; counts as revoked" in room
    assert "did not hand in the own part" in room
    assert "It was dealt with" in scene.page(bids[2].bidder, page).text


def test_the_notice_says_what_is_asked_of_bidders(scene: Stages) -> None:
    tender = published_tender(scene.platform, {"opening_rule": OpeningRule(bidder_also=30, remedy=45)})
    notice = scene.public(f"/tenders/{tender.tender_id}")
    assert "within 30 minutes of the opening" in notice
    assert "within 45 minutes of the confirmed failure" in notice


def test_before_the_closing_the_pages_tell_nothing(scene: Stages) -> None:
    tender, bids = closed(scene.platform, OpeningRule(bidder_also=30))
    scene.platform.clock.at -= 2 * SECOND
    assert "Nothing of yours" in scene.page(bids[0].bidder, f"/bidder/tenders/{tender.tender_id}/open").text
    assert "Declare a failure" not in scene.page(tender.office, f"/opening-failures/{tender.tender_id}").text


def test_another_offices_tender_does_not_exist(scene: Stages) -> None:
    tender, _ = closed(scene.platform, OpeningRule())
    bid_ids(scene.platform, tender)
    declare(scene.platform, tender)
    other = scene.platform.person("other-office", Duty.TENDER_OFFICE, organisation="Another office")
    assert scene.page(other, f"/opening-failures/{tender.tender_id}").status_code == 404

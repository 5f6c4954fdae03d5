"""Clarification: asked by the chair, answered by the bidder in time, ruled on; never volunteered, never changed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.duties import Actor
from evaluation.actions import clarify, scoring
from evaluation.queries import clarifications as queries
from evaluation.queries import judging
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from tender import queries as tenders
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.panels import bids_of, draw_panel, opened_tender, score, vote
from tests.flows.test_panel_at_work import CHECKS, PRICES, do, kinds

LIMIT = timedelta(minutes=30)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


def scene(platform: Platform) -> tuple[PublishedTender, dict[str, Actor], list[str], dict[str, Actor]]:
    """A tender at work: panel by seat, bids by price, bidders by bid."""
    tender = opened_tender(platform, PRICES, checks=CHECKS)
    panel = draw_panel(platform, tender)
    with platform.database.reading() as session:
        rows = tenders.sealed_bids(session, tender.tender_id)
        firms = {bid.id: bid.bidder_id for bid in rows}
    by_firm = {person.organisation_id: person for person in platform.people.values()}
    return tender, panel, bids_of(platform, tender), {bid: by_firm[firm] for bid, firm in firms.items()}  # type: ignore[index]


def test_a_question_is_answered_once_in_time_and_by_its_bidder_only(platform: Platform) -> None:
    tender, panel, (cheap, middle, _), bidders = scene(platform)
    asked: dict[str, Any] = {
        "tender_id": tender.tender_id,
        "bid_id": cheap,
        "kind": "general",
        "text": "When?",
    }
    with pytest.raises(Refused, match="only the chair"):
        do(platform, clarify.ask, panel["seat-2"], **asked)
    for wrong in ({"kind": "chat"}, {"text": " "}, {"limit_minutes": 29}, {"corrected_price_units": 5}):
        with pytest.raises(BadInput):
            do(platform, clarify.ask, panel["seat-1"], **{**asked, **wrong})
    id = do(platform, clarify.ask, panel["seat-1"], **asked)
    answer: dict[str, Any] = {"clarification_id": id, "text": "In May."}
    with pytest.raises(NotFound):
        do(platform, clarify.answer, bidders[middle], **answer)
    with pytest.raises(NotAllowed):
        do(platform, clarify.answer, panel["seat-1"], **answer)
    with pytest.raises(BadInput, match="only for a corrected price"):
        do(platform, clarify.answer, bidders[cheap], confirms=True, **answer)
    do(platform, clarify.answer, bidders[cheap], **answer)
    with pytest.raises(Refused, match="never changed"):
        do(platform, clarify.answer, bidders[cheap], **{**answer, "text": "In June."})
    with platform.database.reading() as session:
        (record,) = queries.of_lot(session, tender.lot_id)
        assert (record.answer, record.confirms) == ("In May.", None)
        assert queries.of_bids(session, {middle}) == []
    assert kinds(platform, tender)[-2:] == ["clarification.asked", "clarification.answered"]


@pytest.mark.parametrize(("late", "taken"), [(-MOMENT, True), (timedelta(0), True), (MOMENT, False)])
def test_the_limit_is_the_last_moment_for_an_answer(platform: Platform, late: timedelta, taken: bool) -> None:
    tender, panel, (cheap, *_), bidders = scene(platform)
    ids = {"tender_id": tender.tender_id, "bid_id": cheap}
    id = do(platform, clarify.ask, panel["seat-1"], kind="abnormally_low", text="Explain.", **ids)
    ruling: dict[str, Any] = {"clarification_id": id, "ruling": "unanswered", "reason": "nothing came"}
    with pytest.raises(Refused, match="still has time"):
        do(platform, clarify.rule, panel["seat-1"], **ruling)
    platform.clock.at += LIMIT + late
    if taken:
        do(platform, clarify.answer, bidders[cheap], clarification_id=id, text="We own the quarry.")
        with pytest.raises(BadInput, match="unanswered is for none"):
            do(platform, clarify.rule, panel["seat-1"], **ruling)
    else:
        with pytest.raises(Refused, match="is over"):
            do(platform, clarify.answer, bidders[cheap], clarification_id=id, text="We own the quarry.")
        do(platform, clarify.rule, panel["seat-1"], **ruling)
        with pytest.raises(Refused, match="settled this question"):
            do(platform, clarify.rule, panel["seat-1"], **ruling)


@pytest.mark.parametrize(
    ("confirms", "ruling", "expected"),
    [(True, "accepted", 9_950), (True, "disregarded", None), (False, "accepted", None)],
)
def test_a_corrected_price_counts_once_the_bidder_confirms_and_the_panel_accepts(
    platform: Platform, confirms: bool, ruling: str, expected: int | None
) -> None:
    tender, panel, (cheap, *_), bidders = scene(platform)
    ids = {"tender_id": tender.tender_id, "bid_id": cheap}
    price: dict[str, Any] = {"kind": "price_correction", "text": "The sum of the items is 99.50."}
    with pytest.raises(BadInput, match="goes with"):
        do(platform, clarify.ask, panel["seat-1"], **price, **ids)
    id = do(platform, clarify.ask, panel["seat-1"], corrected_price_units=9_950, **price, **ids)
    with pytest.raises(BadInput, match="whether you confirm"):
        do(platform, clarify.answer, bidders[cheap], clarification_id=id, text="Yes.")
    do(platform, clarify.answer, bidders[cheap], clarification_id=id, text="So be it.", confirms=confirms)
    do(platform, clarify.rule, panel["seat-1"], clarification_id=id, ruling=ruling, reason="as answered")
    with platform.database.reading() as session:
        found = queries.confirmed_corrections(session, tender.lot_id)
    assert found == ({} if expected is None else {cheap: expected})


def test_verdicts_signatures_and_the_ranking_wait_for_what_was_asked(platform: Platform) -> None:
    tender, panel, (cheap, *others), bidders = scene(platform)
    ids = {"tender_id": tender.tender_id, "bid_id": cheap}

    def ask() -> str:
        return str(do(platform, clarify.ask, panel["seat-1"], kind="general", text="When?", **ids))

    def settle(id: str) -> None:
        do(platform, clarify.answer, bidders[cheap], clarification_id=id, text="In May.")
        do(
            platform,
            clarify.rule,
            panel["seat-1"],
            clarification_id=id,
            ruling="accepted",
            reason="clear now",
        )

    first = ask()
    with pytest.raises(Refused, match="has not settled every question"):
        vote(platform, tender, panel["seat-2"])
    settle(first)
    for member in panel.values():
        vote(platform, tender, member)
    second = ask()
    do(platform, scoring.save_sheet, panel["seat-2"], points={"plan": "70"}, version=0, **ids)
    with pytest.raises(Refused, match="has not settled every question"):
        do(platform, scoring.sign_sheet, panel["seat-2"], version=1, **ids)
    do(platform, scoring.save_sheet, panel["seat-2"], points={}, version=1, **ids)
    for bid in others:
        for member in panel.values():
            score(platform, tender, member, bid, "70")
    settle(second)
    for seat, member in panel.items():
        if seat != "seat-2":
            score(platform, tender, member, cheap, "70")
    third = ask()
    with platform.database.reading() as session:
        assert judging.progress(session, tender.tender_id, tender.lot_id).questions_open == 1
        assert not judging.may_be_ranked(session, tender.tender_id)
    settle(third)
    do(platform, scoring.save_sheet, panel["seat-2"], points={"plan": "70"}, version=2, **ids)
    do(platform, scoring.sign_sheet, panel["seat-2"], version=3, **ids)
    with platform.database.reading() as session:
        assert judging.may_be_ranked(session, tender.tender_id)

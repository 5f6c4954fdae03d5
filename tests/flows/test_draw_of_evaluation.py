"""Coefficients and ties by public draws: frozen, drawn with a root that came after, ranked again, recomputable."""

from copy import deepcopy
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Actor
from evaluation.actions import draws, ranking
from evaluation.case import read_case
from evaluation.drawing import check_transcript
from evaluation.evaluate import evaluate
from evaluation.queries import draws as draw_queries
from evaluation.queries import judging as queries
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, Refused
from storage import audit_log
from storage.audit_log import Fact
from storage.outbox import JobRecord
from tests.builders import Platform, PublishedTender
from tests.evaluation.cases import rulebook_data
from tests.flows.databases import ONE_DATABASE
from tests.flows.panels import bids_of, draw_panel, opened_tender, score, vote

PRICES = ["100.00", "200.00", "200.00"]
BAND = [{"from": "0", "points": "1"}]
DRAWN_PRICE = {
    **{
        key: value
        for key, value in rulebook_data()["price"].items()
        if key in ("weight", "maximum", "ceiling")
    },
    "formula": {"kind": "deviation", "above": BAND, "below": BAND},
    "benchmark": {"terms": [{"base": "mean", "factors": ["K"], "sample": "S"}]},
    "samples": [{"name": "S", "size": 2}],
}
COEFFICIENT = [{"name": "K", "values": ["0.95", "0.96", "0.97"]}]


def ready(platform: Platform, **rules: Any) -> tuple[PublishedTender, list[Actor]]:
    """An opened tender whose panel has voted."""
    tender = opened_tender(platform, PRICES, **rules)
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
    return tender, panel


def score_all(platform: Platform, tender: PublishedTender, panel: list[Actor]) -> None:
    for member in panel:
        for bid in bids_of(platform, tender):
            score(platform, tender, member, bid, "80")


def freeze(platform: Platform, tender: PublishedTender, actor: Actor | None = None) -> str:
    with platform.database.transaction() as session:
        return draws.freeze_draw(
            session,
            actor=actor or tender.office,
            tender_id=tender.tender_id,
            lot_id=tender.lot_id,
            now=platform.clock.now(),
        )


def make(platform: Platform, tender: PublishedTender, draw_id: str) -> list[list[str]]:
    with platform.database.transaction() as session:
        return draws.make_draw(session, actor=tender.office, draw_id=draw_id, now=platform.clock.now())


def rank(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        ranking.score_and_rank(session, tender_id=tender.tender_id, now=platform.clock.now())


def jobs(platform: Platform, name: str) -> int:
    with platform.database.reading() as session:
        return len(session.exec(select(JobRecord).where(JobRecord.name == name)).all())


def record_of(platform: Platform, draw_id: str) -> Any:
    with platform.database.reading() as session:
        return draw_queries.transcript(session, draw_queries.draw(session, draw_id))


@ONE_DATABASE
def test_a_lot_waits_for_the_draw_of_its_coefficients_and_uses_what_was_drawn(platform: Platform) -> None:
    tender, panel = ready(platform, price=DRAWN_PRICE, drawn=COEFFICIENT)
    score_all(platform, tender, panel)
    assert jobs(platform, "score_and_rank") == 0
    with pytest.raises(Refused, match="not drawn yet"):
        rank(platform, tender)
    (coefficient,), order = make(platform, tender, freeze(platform, tender))
    assert jobs(platform, "score_and_rank") == 1
    rank(platform, tender)
    with platform.database.reading() as session:
        found = queries.find_ranking(session, tender.lot_id)
        assert found is not None
    drawn = found.case["drawn"]
    assert drawn["coefficients"] == {"K": coefficient}
    assert drawn["samples"] == {"S": sorted(order[:2])}
    assert sorted(order) == sorted(bids_of(platform, tender))


def test_equal_bids_are_drawn_in_public_before_there_is_a_report(platform: Platform) -> None:
    tender, panel = ready(platform)
    score_all(platform, tender, panel)
    rank(platform, tender)
    with platform.database.reading() as session:
        first = queries.found_ranking(session, tender.lot_id)
    assert first is not None
    assert [line.place for line in first.lines] == [1, 2, 2]
    assert jobs(platform, "make_report") == 0
    (order,) = make(platform, tender, freeze(platform, tender))
    with platform.database.reading() as session:
        settled = queries.find_ranking(session, tender.lot_id)
        assert settled is not None
        kinds = [row.kind for row in audit_log.entries_of(session, tender.tender_id)]
    assert [(line["place"], line["bid_id"]) for line in settled.body["lines"]][1:] == list(
        zip((2, 3), order, strict=True)
    )
    assert settled.body["ties"] == []
    assert evaluate(read_case(settled.case)).ties == ()
    assert jobs(platform, "make_report") == 1
    assert kinds.count("lot.ranked") == kinds.count("ranking.made") == 2
    with pytest.raises(Refused, match="nothing to draw"):
        freeze(platform, tender)


@ONE_DATABASE
def test_the_seed_comes_from_the_entry_after_the_freeze_whenever_the_office_draws(platform: Platform) -> None:
    tender, _ = ready(platform, price=DRAWN_PRICE, drawn=COEFFICIENT)
    draw_id = freeze(platform, tender)
    index = record_of(platform, draw_id)["freeze"]["index"]
    for _ in range(3):
        with platform.database.transaction() as session:
            audit_log.append(session, Fact("something.else", "x"), platform.clock.now())
    with platform.database.reading() as session:
        root = audit_log.root_at(session, index + 2)
    make(platform, tender, draw_id)
    assert record_of(platform, draw_id)["tree"]["root"] == root.hex()


@ONE_DATABASE
def test_a_record_recomputes_and_every_change_of_it_is_found(platform: Platform) -> None:
    tender, _ = ready(platform, price=DRAWN_PRICE, drawn=COEFFICIENT)
    draw_id = freeze(platform, tender)
    drawn = make(platform, tender, draw_id)
    record = record_of(platform, draw_id)
    assert [list(one) for one in check_transcript(record).result] == drawn

    def changed(change: Any) -> Any:
        other = deepcopy(record)
        change(other)
        return other

    bids = record["request"]["items"][1]["among"]
    for change in (
        lambda r: r["result"][0].__setitem__(0, "0.96" if drawn[0] != ["0.96"] else "0.95"),
        lambda r: r["result"][1].reverse(),
        lambda r: r["request"]["items"][0].__setitem__("among", ["0.95"]),
        lambda r: r["request"]["items"][1].__setitem__("among", bids[::-1]),
        lambda r: r["request"]["items"][1].__setitem__("among", [bids[0], *bids]),
        lambda r: r["request"].__setitem__("lot_id", "another"),
        lambda r: r["freeze"].__setitem__("index", r["freeze"]["index"] + 1),
        lambda r: r["tree"].__setitem__("root", "00" * 32),
        lambda r: r["tree"].__setitem__("root", "zz" * 32),
        lambda r: r["tree"].__setitem__("size", r["tree"]["size"] + 1),
    ):
        with pytest.raises((IntegrityBroken, BadInput)):
            check_transcript(changed(change))


def test_nobody_draws_twice_or_for_another_office_or_without_need(platform: Platform) -> None:
    tender, panel = ready(platform, price=DRAWN_PRICE, drawn=COEFFICIENT)
    with pytest.raises(NotAllowed):
        freeze(platform, tender, panel[0])
    stranger = platform.person("another-office", *tender.office.duties, organisation="Another")
    with pytest.raises(NotFound):
        freeze(platform, tender, stranger)
    draw_id = freeze(platform, tender)
    with pytest.raises(Refused, match="frozen already"):
        freeze(platform, tender)
    make(platform, tender, draw_id)
    with pytest.raises(Refused, match="made already"):
        make(platform, tender, draw_id)


@ONE_DATABASE
def test_a_rulebook_that_draws_nothing_has_nothing_to_freeze(platform: Platform) -> None:
    tender, _ = ready(platform)
    with pytest.raises(Refused, match="nothing to draw"):
        freeze(platform, tender)

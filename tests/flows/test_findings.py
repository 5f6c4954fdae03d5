"""Figures that stand apart: compared when all are complete, explained before the ranking, kept beside it."""

from datetime import timedelta
from pathlib import Path

import pytest

from evaluation.actions import scoring
from evaluation.actions.reopen import reopen_sheet
from evaluation.queries import findings as queries
from evaluation.queries import judging
from evaluation.queries.low_prices import low_prices
from kernel.errors import BadInput, NotFound, Refused
from tests.builders import make_platform
from tests.flows.divided_panel import LOW, Stage
from tests.flows.panels import draw_panel, opened_tender
from worker.findings import keep_findings, make_findings


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_nothing_is_compared_before_everybody_is_complete(stage: Stage) -> None:
    seats = list(stage.panel)
    for seat in seats:
        for number in range(3):
            if (seat, number) != (seats[-1], 2):
                stage.save(seat, "20" if seat == "seat-3" else "80", number)
    assert stage.compare() == []
    stage.save(seats[-1], "80", 2)
    assert {(row.seat, row.is_high, row.band) for row in stage.compare()} == {("seat-3", False, 1)}


def test_one_comparison_tells_nobody_where_the_others_stand(stage: Stage) -> None:
    for seat in stage.panel:
        for number in range(3):
            stage.save(seat, "20" if (seat, number) == ("seat-3", 0) else "80", number)
    stage.compare()
    assert [row.bid_id for row in stage.own("seat-3")] == [stage.bids[0]]
    assert stage.own("seat-1") == []
    version = stage.save("seat-3", "30", version=1)
    stage.compare()
    assert stage.own("seat-3") == []  # changed, so nothing is asked; and whether 30 is near is not said
    stage.save("seat-3", "20", version=version)
    assert len(stage.own("seat-3")) == 1


def test_no_ranking_before_the_reason_and_then_the_ranking(stage: Stage) -> None:
    stage.score_all(last="20")
    assert stage.rank() == 0
    [row] = stage.own("seat-3")
    for reason in ("", "   ", "x" * 10_001):
        with pytest.raises(BadInput):
            stage.explain("seat-3", row.id, reason)
    with pytest.raises(NotFound):
        stage.explain("seat-1", row.id)
    stage.explain("seat-3", row.id)
    with pytest.raises(Refused):
        stage.explain("seat-3", row.id)
    assert stage.rank() == 1


def test_figures_alike_are_ranked_at_once(stage: Stage) -> None:
    stage.score_all()
    assert stage.rank() == 1
    assert stage.rank() == 0


def test_a_reopened_figure_that_was_changed_asks_no_reason(stage: Stage) -> None:
    stage.score_all(last="20")
    stage.rank()
    with stage.platform.database.transaction() as session:
        reopen_sheet(
            session,
            actor=stage.panel["seat-1"],
            tender_id=stage.tender.tender_id,
            bid_id=stage.bids[0],
            seat="seat-3",
            reason="A page was overlooked.",
            now=stage.platform.clock.now(),
        )
        record = judging.sheet(session, stage.bids[0], "seat-3")
        version = record.version if record else 0
    version = stage.save("seat-3", "75", version=version)
    with stage.platform.database.transaction() as session:
        scoring.sign_sheet(
            session,
            actor=stage.panel["seat-3"],
            tender_id=stage.tender.tender_id,
            bid_id=stage.bids[0],
            version=version,
            now=stage.platform.clock.now(),
        )
    assert stage.rank() == 1
    with stage.platform.database.reading() as session:
        assert [row.is_current for row in queries.all_outliers(session, stage.tender.lot_id)] == [False]


def test_what_was_found_is_kept_beside_the_ranking(stage: Stage) -> None:
    stage.score_all(last="20")
    stage.rank()
    stage.explain("seat-3", stage.own("seat-3")[0].id, "The bridge is missing.")
    stage.rank()
    adapters, payload = stage.platform.adapters, {"tender_id": stage.tender.tender_id}
    with stage.platform.database.reading() as session:
        assert queries.tender_findings(session, stage.tender.tender_id) == []
    made = make_findings(adapters, payload, stage.platform.clock.now())
    for _ in range(2):  # a job that is delivered twice has one effect
        with stage.platform.database.transaction() as session:
            keep_findings(session, adapters, payload, made, stage.platform.clock.now() + timedelta(hours=1))
    with stage.platform.database.reading() as session:
        [record] = queries.tender_findings(session, stage.tender.tender_id)
    body = record.body
    assert [one["reason"] for one in body["outliers"]["figures"]] == ["The bridge is missing."]
    assert [bool(one["flagged"]) for one in body["abnormally_low"]] == [True, True, False]
    assert [one["without"] for one in body["influence"]["experts"]] == sorted(stage.panel)
    assert body["robustness"]["draws"] == 10_000
    assert sum(float(one["share"]) for one in body["robustness"]["win_share"]) == pytest.approx(1, abs=1e-3)


def test_low_prices_are_known_once_the_review_is_over(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = opened_tender(platform, ["40.00", "100.00", "110.00"], abnormally_low=LOW)
    with platform.database.reading() as session:
        assert low_prices(session, tender.tender_id, tender.lot_id) is None
    draw_panel(platform, tender)  # the rulebook has no checks, so the review is over with the draw
    with platform.database.reading() as session:
        found = low_prices(session, tender.tender_id, tender.lot_id)
    assert found is not None
    assert [len(one.flagged) for one in found] == [1, 1, 0]

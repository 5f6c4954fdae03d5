"""Figures that stand apart: compared when all are complete, explained before the ranking, kept beside it."""

from datetime import timedelta
from pathlib import Path

import pytest

from client.claims import PASS, Evidence
from client.claims_findings import check_reasons, findings_are_logged
from evaluation.actions import scoring
from evaluation.actions.reopen import reopen_sheet
from evaluation.capsule import PUBLIC, unpack
from evaluation.queries import findings as queries
from evaluation.queries import judging
from evaluation.queries.low_prices import low_prices
from kernel.errors import BadInput, IntegrityBroken, NotFound, Refused
from tests.flows.divided_panel import Stage
from tests.simulator import do_jobs
from tools.second_verifier import SecondVerifier
from web.capsules import make_capsule
from worker.findings import keep_findings, make_findings


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("drafted"))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = Stage(tmp_path_factory.mktemp("signed"))
    stage.score_all(last="20")
    return stage


def test_1_nothing_is_compared_before_everybody_is_complete(drafted: Stage) -> None:
    seats = list(drafted.panel)
    for seat in seats:
        for number in range(3):
            if (seat, number) != (seats[-1], 2):
                drafted.save(seat, "20" if (seat, number) == ("seat-3", 0) else "80", number)
    assert drafted.compare() == []
    drafted.save(seats[-1], "80", 2)
    assert {(row.seat, row.is_high, row.band) for row in drafted.compare()} == {("seat-3", False, 1)}


def test_2_one_comparison_tells_nobody_where_the_others_stand(drafted: Stage) -> None:
    assert [row.bid_id for row in drafted.own("seat-3")] == [drafted.bids[0]]
    assert drafted.own("seat-1") == []
    version = drafted.save("seat-3", "30", version=1)
    drafted.compare()
    assert drafted.own("seat-3") == []  # changed, so nothing is asked; and whether 30 is near is not said
    drafted.save("seat-3", "20", version=version)
    assert len(drafted.own("seat-3")) == 1


def test_2_who_stands_apart_explains_before_signing(drafted: Stage) -> None:
    [row] = drafted.own("seat-3")
    with pytest.raises(Refused, match="explain-first"):
        drafted.sign("seat-3", version=3)
    drafted.sign("seat-1")
    drafted.explain("seat-3", row.id)
    drafted.sign("seat-3", version=3)


def test_3_no_ranking_before_the_reason_and_then_the_ranking(signed: Stage) -> None:
    assert signed.rank() == 0
    [row] = signed.own("seat-3")
    for reason in ("", "   ", "x" * 10_001):
        with pytest.raises(BadInput):
            signed.explain("seat-3", row.id, reason)
    with pytest.raises(NotFound):
        signed.explain("seat-1", row.id)
    signed.explain("seat-3", row.id)
    with pytest.raises(Refused):
        signed.explain("seat-3", row.id)
    assert signed.rank() == 1


def test_4_what_was_found_is_kept_beside_the_ranking(signed: Stage) -> None:
    adapters, payload = signed.platform.adapters, {"tender_id": signed.tender.tender_id}
    with signed.platform.database.reading() as session:
        assert queries.tender_findings(session, signed.tender.tender_id) == []
    made = make_findings(adapters, payload, signed.platform.clock.now())
    for _ in range(2):  # a job that is delivered twice has one effect
        with signed.platform.database.transaction() as session:
            keep_findings(session, adapters, payload, made, signed.platform.clock.now() + timedelta(hours=1))
    with signed.platform.database.reading() as session:
        [record] = queries.tender_findings(session, signed.tender.tender_id)
    body = record.body
    assert [one["reason"] for one in body["outliers"]["figures"]] == ["The plan lacks the bridge."]
    assert [bool(one["flagged"]) for one in body["abnormally_low"]] == [True, True, False]
    assert [one["without"] for one in body["influence"]["experts"]] == sorted(signed.panel)
    assert body["robustness"]["draws"] == 10_000
    assert sum(float(one["share"]) for one in body["robustness"]["win_share"]) == pytest.approx(1, abs=1e-3)


def test_5_both_verifiers_hold_the_findings_of_the_report_against_the_log(
    signed: Stage, tmp_path: Path
) -> None:
    do_jobs(signed.platform)
    data = make_capsule(signed.platform.adapters, signed.tender.tender_id, PUBLIC)
    path = tmp_path / "capsule.zip"
    path.write_bytes(data)
    evidence = Evidence(unpack(data))
    assert findings_are_logged(evidence) == "1 lots, 1 reasons of members"
    with SecondVerifier() as second:
        assert second.verdicts(path, None)["the findings are the logged ones"] == PASS
    told = {"seat": "seat-3", "bid_id": signed.bids[0], "level": "criterion", "target": "plan"}
    reason = {"reason": "The plan lacks the bridge."}
    assert check_reasons(evidence, [{**told, **reason}, {**told, "reason": ""}]) == 1
    for other in ({"seat": "seat-1"}, {"reason": "It has a bridge."}, {"bid_id": signed.bids[1]}):
        with pytest.raises(IntegrityBroken):
            check_reasons(evidence, [{**told, **reason, **other}])


def test_a_reopened_figure_that_was_changed_asks_no_reason(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
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


def test_low_prices_are_known_once_the_review_is_over(drafted: Stage) -> None:
    with drafted.platform.database.reading() as session:
        found = low_prices(session, drafted.tender.tender_id, drafted.tender.lot_id)
    assert found is not None
    assert [len(one.flagged) for one in found] == [1, 1, 0]

"""From verdicts and sheets to the ranking: complete, final, recomputable."""

import json
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Actor
from evaluation.actions import ranking, scoring, votes
from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.queries import judging as queries
from evaluation.result import ranking_digest
from kernel.errors import BadInput, BadSheet, ChangedMeanwhile, NotFound, Refused, WrongStage
from storage import audit_log
from storage.outbox import JobRecord, failed_jobs
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import Platform, PublishedTender
from tests.flows.databases import ONE_DATABASE
from tests.flows.panels import bids_of, draw_panel, opened_tender, score, vote
from worker.jobs import carry_out
from worker.tasks import JOBS

FORMS = ("json", "pdf-en", "pdf-zh")
PRICES = ["300.00", "100.00", "200.00"]
CHECKS: list[dict[str, Any]] = [
    {"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "条例 51(1)"}
]


def jobs(platform: Platform) -> list[str]:
    with platform.database.reading() as session:
        return [
            job.name
            for job in session.exec(select(JobRecord))
            if job.name in ("score_and_rank", "make_report")
        ]


def rank(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        ranking.score_and_rank(session, tender_id=tender.tender_id, now=platform.clock.now())


def do_jobs(platform: Platform) -> None:
    """Carry out what waits, as the worker does, until nothing is left."""
    while True:
        with platform.database.reading() as session:
            waiting = select(JobRecord.id).where(JobRecord.state == "waiting", JobRecord.name != "open_bid")
            found = session.exec(waiting).all()
        if not found:
            return
        for job_id in found:
            carry_out(JOBS, platform.adapters, job_id or 0)
        with platform.database.reading() as session:
            assert failed_jobs(session) == []


def ready(platform: Platform) -> tuple[PublishedTender, list[Actor], list[str]]:
    tender = opened_tender(platform, PRICES, checks=CHECKS)
    panel = list(draw_panel(platform, tender).values())
    return tender, panel, bids_of(platform, tender)


def test_the_last_signature_asks_for_the_ranking_and_the_case_gives_it_again(platform: Platform) -> None:
    tender, panel, (cheap, middle, dear) = ready(platform)
    for member in panel:
        vote(platform, tender, member)
    for bid, points in ((cheap, "60"), (middle, "80"), (dear, "100")):
        for member in panel:
            assert jobs(platform) == []
            score(platform, tender, member, bid, points)
    assert jobs(platform) == ["score_and_rank"]
    rank(platform, tender)
    with platform.database.reading() as session:
        record = queries.find_ranking(session, tender.lot_id)
        assert record is not None
        assert tenders.tender(session, tender.tender_id).stage == Stage.EVALUATED
    again = evaluate(read_case(json.loads(json.dumps(record.case))))
    assert (again.case_digest, ranking_digest(again)) == (record.case_digest, record.digest)
    totals = {line["bid_id"]: line["total"] for line in record.body["lines"]}
    # 0.3 * price points + 0.7 * points: 30 + 42, 15 + 56, 10 + 70
    assert totals == {cheap: "72.00", middle: "71.00", dear: "80.00"}
    assert jobs(platform) == ["score_and_rank", "make_report"]
    rank(platform, tender)
    assert jobs(platform) == ["score_and_rank", "make_report"]


@ONE_DATABASE
def test_the_report_is_made_once_and_lies_in_the_object_store(platform: Platform) -> None:
    tender, panel, bids = ready(platform)
    for member in panel:
        vote(platform, tender, member)
    for bid in bids:
        for member in panel:
            score(platform, tender, member, bid, "80")
    do_jobs(platform)
    with platform.database.reading() as session:
        digests = {form: queries.report(session, tender.tender_id, form).digest for form in FORMS}
        facts = [json.loads(row.fact) for row in audit_log.entries_of(session, tender.tender_id)]
    [made] = [fact for fact in facts if fact["kind"] == "report.made"]
    assert made["data"] == {form: digest.hex() for form, digest in digests.items()}
    with platform.adapters.objects.open(digests["json"]) as stored:
        report = json.loads(stored.read())
    ranked = report["parts"][8]["content"][0]
    assert [line["place"] for line in ranked["lines"]] == [1, 2, 3]
    assert report["parts"][1]["content"][0]["name"].startswith("Name ")
    with platform.adapters.objects.open(digests["pdf-zh"]) as stored:
        assert stored.read(5) == b"%PDF-"


@ONE_DATABASE
def test_a_bid_that_the_majority_fails_is_not_scored(platform: Platform) -> None:
    tender, panel, (cheap, middle, dear) = ready(platform)
    for number, member in enumerate(panel):
        vote(platform, tender, member, {cheap: "no seal on page 3"} if number < 3 else None)
    with pytest.raises(Refused, match="rejected this bid"):
        score(platform, tender, panel[0], cheap, "50")
    for member in panel:
        score(platform, tender, member, middle, "80")
        score(platform, tender, member, dear, "80")
    rank(platform, tender)
    with platform.database.reading() as session:
        record = queries.find_ranking(session, tender.lot_id)
        assert record is not None
    assert [line["bid_id"] for line in record.body["lines"]] == [middle, dear]
    assert [r["bid_id"] for r in record.body["rejected"]] == [cheap]
    assert record.body["is_competitive"] is False


@ONE_DATABASE
def test_when_every_bid_is_rejected_the_last_vote_ends_the_evaluation(platform: Platform) -> None:
    tender, panel, bids = ready(platform)
    for member in panel:
        vote(platform, tender, member, dict.fromkeys(bids, "forged"))
    assert jobs(platform) == ["score_and_rank"]
    rank(platform, tender)
    with platform.database.reading() as session:
        assert queries.rankings(session, tender.tender_id)[0].body["lines"] == []


@ONE_DATABASE
def test_scoring_waits_for_the_compliance_review(platform: Platform) -> None:
    tender, panel, (cheap, *_) = ready(platform)
    for member in panel[:-1]:
        vote(platform, tender, member)
    with pytest.raises(Refused, match="not every member has voted"):
        score(platform, tender, panel[0], cheap, "50")


@ONE_DATABASE
def test_verdicts_are_handed_in_once_and_complete(platform: Platform) -> None:
    tender, panel, bids = ready(platform)
    with pytest.raises(BadInput, match="give its reason"):
        vote(platform, tender, panel[0], {bids[0]: " "})
    with pytest.raises(BadInput, match="has not voted"), platform.database.transaction() as session:
        votes.hand_in_votes(
            session,
            actor=panel[0],
            tender_id=tender.tender_id,
            lot_id=tender.lot_id,
            votes=[],
            now=platform.clock.now(),
        )
    vote(platform, tender, panel[0])
    with pytest.raises(Refused, match="already handed in"):
        vote(platform, tender, panel[0])


def test_a_sheet_keeps_its_limits_and_is_final_once_signed(platform: Platform) -> None:
    tender, panel, (cheap, *_) = ready(platform)
    for member in panel:
        vote(platform, tender, member)
    with pytest.raises(BadSheet, match="from 0 to 100"):
        score(platform, tender, panel[0], cheap, "100.01")
    score(platform, tender, panel[0], cheap, "100")
    with pytest.raises(Refused, match="signed"), platform.database.transaction() as session:
        scoring.save_sheet(
            session,
            actor=panel[0],
            tender_id=tender.tender_id,
            bid_id=cheap,
            points={"plan": "1"},
            version=1,
            now=platform.clock.now(),
        )


def test_two_windows_cannot_overwrite_each_others_draft(platform: Platform) -> None:
    tender, panel, (cheap, *_) = ready(platform)
    for member in panel:
        vote(platform, tender, member)

    def save(points: str, version: int) -> int:
        with platform.database.transaction() as session:
            values = {
                "actor": panel[0],
                "tender_id": tender.tender_id,
                "bid_id": cheap,
                "now": platform.clock.now(),
            }
            return scoring.save_sheet(session, points={"plan": points}, version=version, **values).version

    assert save("10", 0) == 1
    assert save("20", 1) == 2
    for stale in (0, 1, 3):
        with pytest.raises(ChangedMeanwhile):
            save("30", stale)
        assert save("20", stale) == 2  # what stands may arrive again


@ONE_DATABASE
def test_a_sheet_with_missing_points_cannot_be_signed(platform: Platform) -> None:
    tender, panel, (cheap, *_) = ready(platform)
    for member in panel:
        vote(platform, tender, member)
    with pytest.raises(BadSheet, match="missing"), platform.database.transaction() as session:
        values = {
            "actor": panel[0],
            "tender_id": tender.tender_id,
            "bid_id": cheap,
            "now": platform.clock.now(),
        }
        scoring.save_sheet(session, points={}, version=0, **values)
        scoring.sign_sheet(session, version=1, **values)


@ONE_DATABASE
def test_nobody_outside_the_panel_acts_on_it(platform: Platform) -> None:
    tender, panel, (cheap, *_) = ready(platform)
    outsider = platform.person("another-expert", *panel[0].duties)
    with pytest.raises(NotFound):
        vote(platform, tender, outsider)
    with pytest.raises(NotFound):
        score(platform, tender, outsider, cheap, "50")


@ONE_DATABASE
def test_an_unfinished_evaluation_cannot_be_ranked_and_a_finished_one_not_changed(platform: Platform) -> None:
    tender, panel, bids = ready(platform)
    with pytest.raises(Refused, match="missing in lot 1"):
        rank(platform, tender)
    for member in panel:
        vote(platform, tender, member, dict.fromkeys(bids, "forged"))
    rank(platform, tender)
    with pytest.raises(WrongStage):
        vote(platform, tender, panel[0])

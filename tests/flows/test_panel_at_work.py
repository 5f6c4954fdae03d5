"""A panel at work: election, drafts, re-opened steps, members who leave, dissent, and a ranking made anew."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Actor, Duty
from client.claims import PASS, Evidence
from client.verify import examine
from crypto.parts_digest import parts_digest
from evaluation.actions import absence, chair, dissent, reopen, scoring, votes
from evaluation.actions.report import keep_report, keep_signatures
from evaluation.capsule import PUBLIC, unpack
from evaluation.queries import judging
from evaluation.queries import panel as queries
from evaluation.queries.report import open_report
from expert_pool.actions import request_round
from kernel.errors import (
    BadInput,
    ChangedMeanwhile,
    NotAllowed,
    NotFound,
    Refused,
    TooFewEligibleExperts,
    WrongStage,
)
from storage import audit_log
from storage.outbox import JobRecord, failed_jobs
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.ceremonies import begin, countersign, hold
from tests.flows.panels import bids_of, call_by_hand, draw_panel, elect, members, opened_tender, score, vote
from web.capsules import make_capsule
from worker.jobs import carry_out
from worker.tasks import JOBS

SIGN_WITHIN = timedelta(hours=2)
PRICES = ["300.00", "100.00", "200.00"]
PROVEN = (
    "every fact is in the append-only log",
    "the panel is the draw's result",
    "votes and sheets are as signed",
    "the ranking is the rulebook's result",
)
CHECKS: list[dict[str, Any]] = [
    {"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "条例 51(1)"}
]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """One database is enough here: test_score_and_rank shows the same acts on both."""
    return make_platform(tmp_path)


def ready(
    platform: Platform, experts: int = 5, head: str = "seat-1"
) -> tuple[PublishedTender, dict[str, Actor]]:
    tender = opened_tender(platform, PRICES, checks=CHECKS)
    return tender, draw_panel(platform, tender, experts, chair=head)


def do(platform: Platform, act: Callable[..., Any], actor: Actor, **command: Any) -> Any:
    with platform.database.transaction() as session:
        return act(session, actor=actor, now=platform.clock.now(), **command)


def supervisor(platform: Platform) -> Actor:
    return platform.person("supervisor", Duty.SUPERVISOR)


def kinds(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.reading() as session:
        return [json.loads(row.fact)["kind"] for row in audit_log.entries_of(session, tender.tender_id)]


def review(platform: Platform, tender: PublishedTender, panel: dict[str, Actor]) -> None:
    for member in panel.values():
        vote(platform, tender, member)


def test_a_tie_is_followed_by_a_round_between_the_leading_ones(platform: Platform) -> None:
    tender, panel = ready(platform, head="")
    ids = {"tender_id": tender.tender_id}
    with pytest.raises(Refused, match="not elected its chair"):
        vote(platform, tender, panel["seat-1"])
    elect(platform, tender, dict(zip(panel, ["seat-1", "seat-1", "seat-2", "seat-2", "seat-3"], strict=True)))
    with pytest.raises(ChangedMeanwhile):
        elect(platform, tender, {"seat-1": "seat-1"}, number=1)
    with pytest.raises(BadInput, match="does not stand"):
        elect(platform, tender, {"seat-1": "seat-3"}, number=2)
    elect(platform, tender, dict.fromkeys(["seat-1", "seat-2"], "seat-1"), number=2)
    with pytest.raises(Refused, match="voted in this round"):
        elect(platform, tender, {"seat-1": "seat-2"}, number=2)
    elect(platform, tender, dict.fromkeys(["seat-3", "seat-4", "seat-5"], "seat-2"), number=2)
    with platform.database.reading() as session:
        assert queries.find_chair(session, tender.tender_id) == "seat-2"
    with pytest.raises(Refused, match="has elected its chair"):
        elect(platform, tender, {"seat-1": "seat-1"}, number=3)
    outsider = platform.person("outsider", Duty.EXPERT)
    with pytest.raises(NotFound):
        do(platform, chair.vote_for_chair, outsider, number=1, choice="seat-1", **ids)
    found = kinds(platform, tender)
    assert found.count("chair.voted") == 10
    assert found.index("chair.undecided") < found.index("chair.elected")


def test_a_draft_of_verdicts_is_kept_with_its_version_and_may_have_gaps(platform: Platform) -> None:
    tender, panel = ready(platform)
    bids, ids = bids_of(platform, tender), {"tender_id": tender.tender_id, "lot_id": tender.lot_id}
    draft = [
        votes.CastVote(bids[0], "signed", False, ""),
        votes.CastVote(bids[1], "signed", None, "look again"),
    ]
    member = panel["seat-2"]
    assert do(platform, votes.save_votes, member, votes=draft, version=0, **ids).version == 1
    assert do(platform, votes.save_votes, member, votes=draft[:1], version=1, **ids).version == 2
    for stale in (0, 1, 3):
        with pytest.raises(ChangedMeanwhile):
            do(platform, votes.save_votes, member, votes=draft, version=stale, **ids)
        again = do(platform, votes.save_votes, member, votes=draft[:1], version=stale, **ids)
        assert again.version == 2  # what stands may arrive again
    with pytest.raises(BadInput, match="no such check"):
        do(platform, votes.save_votes, member, votes=[votes.CastVote("x", "signed", True)], version=2, **ids)
    with pytest.raises(BadInput, match="has not voted"):
        do(platform, votes.hand_in_votes, member, votes=draft, **ids)
    with platform.database.reading() as session:
        assert judging.votes(session, tender.lot_id) == ()
    vote(platform, tender, member)
    with platform.database.reading() as session:
        ballot = judging.ballot(session, tender.lot_id, "seat-2")
    assert ballot is not None
    handed_in = [votes.CastVote(bid, check, passed, why) for bid, check, passed, why in ballot.verdicts]
    for late in (draft, handed_in):  # a draft that comes after the verdicts is refused, the same ones too
        with pytest.raises(Refused, match="already handed in"):
            do(platform, votes.save_votes, member, votes=late, version=3, **ids)


def test_several_sheets_are_saved_at_once_and_one_that_is_refused_holds_up_no_other(
    platform: Platform,
) -> None:
    tender, panel = ready(platform)
    review(platform, tender, panel)
    cheap, middle, dear = bids_of(platform, tender)
    ids, member = {"tender_id": tender.tender_id, "lot_id": tender.lot_id}, panel["seat-1"]
    draft = scoring.SheetDraft
    done = do(
        platform,
        scoring.save_sheets,
        member,
        drafts={
            cheap: draft({"plan": "60"}, 0),
            middle: draft({"plan": "60"}, 7),
            dear: draft({"plan": "101"}, 0),
        },
        **ids,
    )
    assert {bid: record.version for bid, record in done.saved.items()} == {cheap: 1}
    assert {bid: type(error).__name__ for bid, (error, _) in done.refused.items()} == {
        middle: "ChangedMeanwhile",
        dear: "BadSheet",
    }
    again = do(platform, scoring.save_sheets, member, drafts={cheap: draft({"plan": "1"}, 0)}, **ids)
    assert again.refused[cheap][1].points == {"plan": "60.00"}
    with pytest.raises(BadInput, match="no complete sheet"):
        do(platform, scoring.sign_sheets, member, versions={}, **ids)
    with pytest.raises(NotFound):
        do(platform, scoring.sign_sheets, member, versions={cheap: 1, dear: 0}, **ids)
    (signed,) = do(platform, scoring.sign_sheets, member, versions={cheap: 1}, **ids)
    assert signed.signed_at is not None


def test_chair_and_supervisor_open_a_step_again_and_what_stood_is_kept(platform: Platform) -> None:
    tender, panel = ready(platform)
    review(platform, tender, panel)
    cheap = bids_of(platform, tender)[0]
    ids: dict[str, Any] = {"tender_id": tender.tender_id, "reason": "points were given to the wrong bid"}
    sheet: dict[str, Any] = {**ids, "bid_id": cheap, "seat": "seat-2"}
    score(platform, tender, panel["seat-2"], cheap, "40")
    with pytest.raises(Refused, match="only the chair"):
        do(platform, reopen.reopen_sheet, panel["seat-2"], **sheet)
    with pytest.raises(NotAllowed):
        do(platform, reopen.reopen_sheet, tender.office, **sheet)
    with pytest.raises(BadInput, match="may not be empty"):
        do(platform, reopen.reopen_sheet, panel["seat-1"], **{**sheet, "reason": "  "})
    do(platform, reopen.reopen_sheet, panel["seat-1"], **sheet)
    with pytest.raises(Refused, match="is not signed"):
        do(platform, reopen.reopen_sheet, supervisor(platform), **sheet)
    with platform.database.reading() as session:
        kept, record = (
            queries.earlier_work(session, tender.tender_id),
            judging.sheet(session, cheap, "seat-2"),
        )
        assert record is not None
        assert (record.signed_at, record.version, record.points) == (None, 2, {"plan": "40.00"})
        assert [(row.kind, row.seat, row.body, row.cause) for row in kept] == [
            ("sheet", "seat-2", {"plan": "40.00"}, "reopened")
        ]
    do(platform, reopen.reopen_review, supervisor(platform), lot_id=tender.lot_id, **ids)
    with pytest.raises(Refused, match="not every member has voted"):
        score(platform, tender, panel["seat-3"], cheap, "40")
    for member in panel.values():
        vote(platform, tender, member, {cheap: "no seal on page 3"})
    with pytest.raises(Refused, match="rejected this bid"):
        score(platform, tender, panel["seat-3"], cheap, "40")
    with platform.database.reading() as session:
        assert len(queries.reopenings(session, tender.tender_id)) == 2
        assert judging.progress(session, tender.tender_id, tender.lot_id).sheets_missing == 10


def test_a_member_who_leaves_is_replaced_by_the_next_reserve_and_starts_anew(platform: Platform) -> None:
    tender, panel = ready(platform, experts=7)
    vote(platform, tender, panel["seat-1"])
    vote(platform, tender, panel["seat-2"])
    told: dict[str, Any] = {
        "tender_id": tender.tender_id,
        "seat": "seat-1",
        "cause": "avoids",
        "reason": "a bidder's adviser",
    }
    with pytest.raises(BadInput):
        do(platform, absence.record_absence, tender.office, **{**told, "cause": "bored"})
    first = do(platform, absence.record_absence, tender.office, **told)
    with pytest.raises(Refused, match="waits for the supervisor"):
        do(platform, absence.record_absence, tender.office, **told)
    with pytest.raises(NotAllowed):
        do(platform, absence.confirm_absence, tender.office, absence_id=first)
    do(platform, absence.refuse_absence, supervisor(platform), absence_id=first, reason="no tie was found")
    with pytest.raises(Refused, match="settled this absence"):
        do(platform, absence.confirm_absence, supervisor(platform), absence_id=first)
    second = do(platform, absence.record_absence, tender.office, **told)
    assert do(platform, absence.confirm_absence, supervisor(platform), absence_id=second) == "seat-6"
    with platform.database.reading() as session:
        assert judging.seats(session, tender.tender_id) == ("seat-2", "seat-3", "seat-4", "seat-5", "seat-6")
        assert queries.find_chair(session, tender.tender_id) is None
        (kept,) = queries.earlier_work(session, tender.tender_id)
        assert (kept.seat, kept.kind, kept.cause, len(kept.body)) == ("seat-1", "votes", "replaced", 3)
        assert {row.member for row in judging.votes(session, tender.lot_id)} == {"seat-2"}
    with pytest.raises(NotFound):
        vote(platform, tender, panel["seat-1"])
    with pytest.raises(Refused, match="not elected its chair"):
        vote(platform, tender, panel["seat-3"])
    elect(platform, tender, dict.fromkeys(members(platform, tender), "seat-6"), number=2)
    vote(platform, tender, members(platform, tender)["seat-6"])
    third = do(platform, absence.record_absence, tender.office, **{**told, "seat": "seat-6"})
    group_is_used_up = do(platform, absence.confirm_absence, supervisor(platform), absence_id=third)
    fourth = do(platform, absence.record_absence, tender.office, **{**told, "seat": group_is_used_up})
    assert do(platform, absence.confirm_absence, supervisor(platform), absence_id=fourth) is None
    with pytest.raises(Refused, match="is vacant"):
        do(platform, absence.record_absence, tender.office, **{**told, "seat": group_is_used_up})
    with pytest.raises(TooFewEligibleExperts):
        do(platform, request_round, tender.office, tender_id=tender.tender_id)


def test_a_seat_that_no_reserve_can_take_is_drawn_for_again(platform: Platform) -> None:
    tender, _ = ready(platform, experts=14, head="seat-2")
    told: dict[str, Any] = {"tender_id": tender.tender_id, "cause": "ill", "reason": "in hospital"}
    left: str | None = "seat-1"
    while (seat := left) is not None:
        left_behind = members(platform, tender)[seat]
        id = do(platform, absence.record_absence, tender.office, seat=seat, **told)
        left = do(platform, absence.confirm_absence, supervisor(platform), absence_id=id)
        with pytest.raises(NotFound):
            vote(platform, tender, left_behind)
    draw_id = do(platform, request_round, tender.office, tender_id=tender.tender_id)
    ceremony = begin(platform, draw_id, tender.tender_id)
    countersign(platform, ceremony)
    assert hold(platform, ceremony)[-1]
    call_by_hand(platform, tender)
    panel = members(platform, tender)
    assert len(panel) == 5
    vote(platform, tender, panel[max(panel, key=lambda name: int(name.partition("-")[2]))])


def rank_only(platform: Platform) -> str:
    """Carry out the jobs of the ranking, not the report that follows; the ranking that the report is asked for."""
    with platform.database.reading() as session:
        found = session.exec(
            select(JobRecord.id).where(JobRecord.state == "waiting", JobRecord.name == "score_and_rank")
        ).all()
    for job_id in found:
        carry_out(JOBS, platform.adapters, job_id or 0)
    with platform.database.reading() as session:
        assert failed_jobs(session) == []
        asked = session.exec(select(JobRecord).where(JobRecord.name == "make_report")).all()
        return str(asked[-1].payload["ranking"])


def report(platform: Platform, tender: PublishedTender, ranked: str) -> None:
    """Keep a report that says next to nothing, made for a ranking."""
    forms = {
        form: platform.adapters.objects.put_once(
            iter([f"{form} of {ranked}".encode()]), expected=None, limit_bytes=200
        )
        for form in ("json", "pdf-en", "pdf-zh")
    }
    with platform.database.transaction() as session:
        now = platform.clock.now()
        keep_report(
            session,
            tender_id=tender.tender_id,
            ranking=ranked,
            forms=forms,
            sign_within=SIGN_WITHIN,
            now=now,
        )


def close(platform: Platform, tender: PublishedTender) -> None:
    """End the signing of the report that stands."""
    stored = platform.adapters.objects.put_once(iter([b"signed"]), expected=None, limit_bytes=100)
    with platform.database.transaction() as session:
        keep_signatures(
            session,
            tender_id=tender.tender_id,
            report=open_report(session, tender.tender_id),
            forms={"sign-json": stored},
            now=platform.clock.now(),
        )


def test_the_supervisor_has_a_ranking_made_anew_and_the_capsule_still_proves_it(platform: Platform) -> None:
    tender, panel = ready(platform, experts=7)
    ids: dict[str, Any] = {"tender_id": tender.tender_id}
    review(platform, tender, panel)
    gone = do(
        platform,
        absence.record_absence,
        tender.office,
        seat="seat-5",
        cause="ill",
        reason="in hospital",
        **ids,
    )
    do(platform, absence.confirm_absence, supervisor(platform), absence_id=gone)
    panel = members(platform, tender)
    vote(platform, tender, panel["seat-6"])
    bids = bids_of(platform, tender)
    for bid in bids:
        for number, member in enumerate(panel.values()):
            score(platform, tender, member, bid, str(60 + number))
    first = rank_only(platform)
    report(platform, tender, first)
    asked: dict[str, Any] = {**ids, "bid_id": bids[0], "seat": "seat-2", "reason": "a slip of the pen"}
    with pytest.raises(WrongStage):
        do(platform, reopen.reopen_sheet, panel["seat-1"], **asked)
    do(platform, reopen.reopen_sheet, supervisor(platform), **asked)
    with platform.database.reading() as session:
        assert tenders.tender(session, tender.tender_id).stage == Stage.OPENED
        assert judging.rankings(session, tender.tender_id) == []
        kept = {row.kind: row for row in queries.earlier_work(session, tender.tender_id)}
        assert kept["ranking"].body["ranking"]["lines"][0]["place"] == 1
        assert kept["votes"].seat == "seat-5"
        assert (
            kept["report"].digest == parts_digest(f"{kept['report'].body['form']} of {first}".encode()).hex()
        )
    rank_only(platform)
    member = panel["seat-2"]
    sheet: dict[str, Any] = {**ids, "bid_id": bids[0]}
    do(platform, scoring.save_sheet, member, points={"plan": "66"}, version=2, **sheet)
    do(platform, scoring.sign_sheet, member, version=3, **sheet)
    again = rank_only(platform)
    report(platform, tender, first)
    with platform.database.reading() as session:
        assert judging.reports(session, tender.tender_id) == []
    report(platform, tender, again)
    do(platform, dissent.write_dissent, member, text="The plan of the first bid lacks a date.", **ids)
    with pytest.raises(Refused, match="on record"):
        do(platform, dissent.write_dissent, member, text="Again.", **ids)
    close(platform, tender)
    for act, command in (
        (reopen.reopen_sheet, {**asked, "actor": supervisor(platform)}),
        (dissent.write_dissent, {**ids, "actor": panel["seat-3"], "text": "Too late."}),
    ):
        with pytest.raises(Refused, match="the report is signed"):
            do(platform, act, **command)
    found = kinds(platform, tender)
    assert (found.count("ranking.made"), found.count("ranking.voided"), found.count("report.made")) == (
        2,
        1,
        2,
    )
    capsule = unpack(make_capsule(platform.adapters, tender.tender_id, PUBLIC))
    verdicts = {v.claim: v.result for v in examine(Evidence(capsule, capsule.json("keys.json")))}
    assert {claim: verdicts[claim] for claim in PROVEN} == dict.fromkeys(PROVEN, PASS)

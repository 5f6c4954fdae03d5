"""The report before its panel: each member decides once, silence counts as consent, the form says how it ended."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evaluation.actions import ranking
from evaluation.actions.report import form_to_make, keep_report, keep_signatures, sign_report
from evaluation.queries import report as queries
from evaluation.result import ranking_digest
from kernel.errors import BadInput, NotFound, Refused
from storage import audit_log
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.panels import bids_of, draw_panel, members, opened_tender, score, sign_reports, vote

HOURS = timedelta(hours=24)
FORMS = ("json", "pdf-en", "pdf-zh")


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """No database differs here."""
    return make_platform(tmp_path)


@pytest.fixture
def reported(platform: Platform) -> PublishedTender:
    """A tender with a report; what its forms hold does not matter to who signs it."""
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
        for bid in bids_of(platform, tender):
            score(platform, tender, member, bid, "80")
    with platform.database.transaction() as session:
        (ranked,) = ranking.score_and_rank(session, tender_id=tender.tender_id, now=platform.clock.now())
        put = platform.adapters.objects.put_once
        keep_report(
            session,
            tender_id=tender.tender_id,
            ranking=ranking.rankings_digest({tender.lot_id: ranking_digest(ranked)}),
            forms={form: put(iter([form.encode()]), expected=None, limit_bytes=100) for form in FORMS},
            sign_within=HOURS,
            now=platform.clock.now(),
        )
    return tender


def decide(platform: Platform, tender: PublishedTender, seat: str, decision: str, text: str = "") -> None:
    sign_reports(
        platform, tender, dict.fromkeys(members(platform, tender), ("", "")) | {seat: (decision, text)}
    )


def form(platform: Platform, tender: PublishedTender) -> Any:
    """The form of signatures, if it is time for it."""
    with platform.database.reading() as session:
        report = queries.open_report(session, tender.tender_id)
        return form_to_make(session, tender_id=tender.tender_id, report=report, now=platform.clock.now())


def close(platform: Platform, tender: PublishedTender) -> None:
    """Keep the form, as the job does."""
    put = platform.adapters.objects.put_once
    stored = put(iter([b"form"]), expected=None, limit_bytes=100)
    with platform.database.transaction() as session:
        keep_signatures(
            session,
            tender_id=tender.tender_id,
            report=queries.open_report(session, tender.tender_id),
            forms={"sign-json": stored},
            now=platform.clock.now(),
        )


def test_when_all_have_signed_the_form_is_made_and_the_report_stays(
    platform: Platform, reported: PublishedTender
) -> None:
    with platform.database.reading() as session:
        before = queries.open_report(session, reported.tender_id)
    words = ("dissent", "The plan of bid 3 was misread.")
    sign_reports(platform, reported, {"seat-2": words, "seat-5": ("", "")})
    assert form(platform, reported) is None
    decide(platform, reported, "seat-5", "sign")
    made = form(platform, reported)
    close(platform, reported)
    close(platform, reported)
    assert form(platform, reported) is None
    assert made["report"] == before
    assert [(line["seat"], line["counts_as"]) for line in made["members"]] == [
        (f"seat-{n}", "dissent" if n == 2 else "consent") for n in range(1, 6)
    ]
    with platform.database.reading() as session:
        assert queries.open_report(session, reported.tender_id) == before
        facts = [json.loads(row.fact) for row in audit_log.entries_of(session, reported.tender_id)]
    signed = [fact["data"] for fact in facts if fact["kind"] == "report.signed"]
    assert [one["decision"] for one in signed] == ["sign", "dissent", "sign", "sign", "sign"]
    assert all(one["report"] == before for one in signed)
    assert "misread" not in json.dumps(facts)
    assert [fact["kind"] for fact in facts].count("report.closed") == 1


@pytest.mark.parametrize(
    ("late", "is_made"), [(-timedelta(seconds=1), False), (timedelta(0), True), (timedelta(seconds=1), True)]
)
def test_who_stays_silent_until_the_limit_counts_as_consenting(
    platform: Platform, reported: PublishedTender, late: timedelta, is_made: bool
) -> None:
    decide(platform, reported, "seat-1", "refuse")
    decide(platform, reported, "seat-3", "refuse", "I was not heard.")
    with platform.database.reading() as session:
        platform.clock.at = queries.signing(session, reported.tender_id).sign_until + late
    made = form(platform, reported)
    assert (made is not None) == is_made
    if made is not None:
        counted = [(line["decision"], line["counts_as"]) for line in made["members"]]
        assert counted[:3] == [("refuse", "consent"), ("silent", "consent"), ("refuse", "dissent")]
        assert made["closed_at"] == made["sign_until"]


def test_after_the_limit_nobody_decides_any_more(platform: Platform, reported: PublishedTender) -> None:
    platform.clock.at += HOURS
    with pytest.raises(Refused, match="over"):
        decide(platform, reported, "seat-1", "sign")
    assert {line["decision"] for line in form(platform, reported)["members"]} == {"silent"}


def test_a_member_decides_once_and_with_fitting_words(platform: Platform, reported: PublishedTender) -> None:
    for decision, text, why in (
        ("dissent", "  ", "gives its reasons"),
        ("sign", "but", "adds nothing"),
        ("perhaps", "", "choose sign"),
        ("dissent", "x" * 10_001, "at most 10000"),
    ):
        with pytest.raises(BadInput, match=why):
            decide(platform, reported, "seat-1", decision, text)
    decide(platform, reported, "seat-1", "dissent", "x" * 10_000)
    with pytest.raises(Refused, match="decided about this report already"):
        decide(platform, reported, "seat-1", "sign")


def test_nobody_outside_the_panel_signs(platform: Platform, reported: PublishedTender) -> None:
    outsider = platform.person("outsider", *members(platform, reported)["seat-1"].duties)
    with pytest.raises(NotFound), platform.database.transaction() as session:
        sign_report(
            session,
            actor=outsider,
            tender_id=reported.tender_id,
            decision="sign",
            text="",
            now=platform.clock.now(),
        )

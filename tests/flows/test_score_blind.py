"""暗标: labels before names, one signature reveals all, the points stand; nothing else begins before."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import select

from accounts.duties import Duty
from crypto.log_entry import read_fact
from evaluation.actions import absence, scoring
from evaluation.actions.blind import save_blind_sheet, sign_blind_sheets
from evaluation.actions.findings import rank
from evaluation.blind_labels import check_reveal
from evaluation.queries import blind, judging, price_checks
from evaluation.queries import collusion as signals
from evaluation.queries import panel as queries
from kernel.errors import BadInput, BadSheet, ChangedMeanwhile, NotFound, Refused
from storage.audit_log import LogRecord
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.blind import blind_tender, prepare, score_blind
from tests.flows.panels import bids_of, draw_panel, members, opened_tender, vote


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A platform whose clock stands still; no select here differs between the databases."""
    return make_platform(tmp_path)


def facts(platform: Platform, kind: str) -> list[Any]:
    with platform.database.reading() as session:
        return [read_fact(row.fact) for row in session.exec(select(LogRecord).where(LogRecord.kind == kind))]


def text_of(platform: Platform, tender: PublishedTender, label: int) -> str:
    with platform.database.reading() as session:
        part = blind.part(session, tender.tender_id, tender.lot_id, label)
        with platform.adapters.objects.open(part.digest) as stored:
            data = stored.read()
    if not data.startswith(b"%PDF"):
        return data.decode()
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def labels_by_method(platform: Platform, tender: PublishedTender) -> dict[int, int]:
    """Which label has the text of which bidder: the texts say `method 1` and so on."""
    texts = {label: text_of(platform, tender, label) for label in (1, 2, 3)}
    return {n: next(label for label, text in texts.items() if f"method {n}" in text) for n in (1, 2, 3)}


def test_a_tender_is_scored_blind_then_reviewed_scored_and_ranked(platform: Platform) -> None:
    tender = blind_tender(platform)
    prepare(platform, tender)
    panel = draw_panel(platform, tender)
    by_method = labels_by_method(platform, tender)
    (prepared,) = facts(platform, "blind.prepared")
    for seat, member in panel.items():
        if seat == "seat-5":
            with pytest.raises(Refused, match="blind"):
                vote(platform, tender, panel["seat-1"])
        score_blind(platform, tender, member, {by_method[n]: f"{50 + 10 * n}.00" for n in (1, 2, 3)})
    (revealed,) = facts(platform, "blind.revealed")
    bids = bids_of(platform, tender)
    order = check_reveal(
        tender.lot_id,
        bids,
        committed=prepared.data["commitment"],
        seed=revealed.data["seed"],
        mapping=revealed.data["mapping"],
    )
    assert [order[by_method[n] - 1] for n in (1, 2, 3)] == bids
    for member in panel.values():
        vote(platform, tender, member)
    now = platform.clock.now()
    values: dict[str, Any] = {"tender_id": tender.tender_id, "now": now}
    for member in panel.values():
        for n, bid_id in enumerate(bids, 1):
            with platform.database.transaction() as session:
                record = scoring.save_sheet(
                    session, actor=member, bid_id=bid_id, points={"records": "80"}, version=1, **values
                )
                assert record.points == {"plan": f"{50 + 10 * n}.00", "records": "80.00"}
                scoring.sign_sheet(session, actor=member, bid_id=bid_id, version=2, **values)
    with platform.database.transaction() as session:
        assert len(rank(session, tender_id=tender.tender_id, now=now)) == 1
        assert judging.found_ranking(session, tender.lot_id) is not None


def test_points_given_under_a_label_stand_also_when_a_sheet_is_changed(platform: Platform) -> None:
    tender = blind_tender(platform)
    prepare(platform, tender)
    panel = draw_panel(platform, tender)
    for member in panel.values():
        score_blind(platform, tender, member, dict.fromkeys((1, 2, 3), "60"))
    for member in panel.values():
        vote(platform, tender, member)
    bid_id = bids_of(platform, tender)[0]
    values: dict[str, Any] = {"actor": panel["seat-1"], "tender_id": tender.tender_id, "bid_id": bid_id}
    with pytest.raises(BadSheet, match="label"), platform.database.transaction() as session:
        scoring.save_sheet(session, points={"plan": "61"}, version=1, now=platform.clock.now(), **values)
    with platform.database.transaction() as session:
        same = scoring.save_sheet(
            session, points={"plan": "60.0"}, version=1, now=platform.clock.now(), **values
        )
    assert same.points == {"plan": "60.00"}


def test_until_all_have_signed_members_get_labels_only(platform: Platform) -> None:
    tender = blind_tender(platform)
    panel = draw_panel(platform, tender)
    member, office = panel["seat-1"], tender.office
    for _ in ("before the labels", "with labels"):
        with platform.database.reading() as session:
            assert blind.is_hidden(session, tender.tender_id)
            for check in (price_checks.check_reader, signals.check_reader):
                with pytest.raises(Refused, match="labels"):
                    check(session, member, tender.tender_id)
            assert price_checks.check_reader(session, office, tender.tender_id) == ""
        with pytest.raises(Refused):
            vote(platform, tender, member)
        prepare(platform, tender, layouts=1)
    with platform.database.reading() as session:
        parts = blind.parts(session, tender.tender_id)
        (lot,) = blind.lots(session, tender.tender_id)
    assert [(part.label, part.bid_id) for part in parts] == [(1, None), (2, None), (3, None)]
    assert not any(bid.encode() in lot.sealed for bid in bids_of(platform, tender))
    for part in parts:
        text = text_of(platform, tender, part.label or 0)
        assert ("bidder-" in text, "■■■■ offers method" in text, "Crane" in text) == (False, True, True)
    (real,) = [part for part in parts if part.body["files"]]
    assert "bidder-" not in str(real.body)
    assert [one["kind"] for one in real.body["files"]] == ["word", "picture"]
    assert real.body["files"][0]["marks"] == [["metadata", "author", 1], ["text", "name", 1]]
    assert real.body["files"][1]["pictures"] == 1


def test_a_draft_is_checked_and_a_signature_is_final(platform: Platform) -> None:
    tender = blind_tender(platform)
    prepare(platform, tender, at_most=2)
    panel = draw_panel(platform, tender)
    now = platform.clock.now()
    ids: dict[str, Any] = {
        "actor": panel["seat-2"],
        "tender_id": tender.tender_id,
        "lot_id": tender.lot_id,
        "now": now,
    }
    key = platform.adapters.keys.people

    def save(error: type[Exception] | None = None, **changes: Any) -> None:
        values = {"label": 1, "points": {"plan": "70"}, "version": 0, **ids, **changes}
        if error is None:
            with platform.database.transaction() as session:
                save_blind_sheet(session, **values)
        else:
            with pytest.raises(error), platform.database.transaction() as session:
                save_blind_sheet(session, **values)

    def sign(error: type[Exception], versions: dict[int, int]) -> None:
        with pytest.raises(error), platform.database.transaction() as session:
            sign_blind_sheets(session, key=key, versions=versions, **ids)

    save(NotFound)  # one bid is not laid out yet, so there are no labels
    sign(NotFound, {1: 1})
    prepare(platform, tender)
    prepare(platform, tender)
    assert len(facts(platform, "blind.prepared")) == 1
    save(NotFound, label=4)
    save(BadSheet, points={"plan": "100.01"})
    save(BadSheet, points={"records": "1"})
    save(points={})
    sign(BadSheet, {1: 1})
    save(ChangedMeanwhile, version=0)
    save(points={}, version=0)  # what stands may arrive again
    save(version=1)
    for stale in (0, 1, 3):
        save(ChangedMeanwhile, points={"plan": "71"}, version=stale)
        save(version=stale)
    sign(ChangedMeanwhile, {1: 1})
    sign(BadInput, {})
    with platform.database.transaction() as session:
        sign_blind_sheets(session, key=key, versions={1: 2}, **ids)
    save(Refused, version=2)
    sign(Refused, {1: 2})
    with platform.database.reading() as session:
        (lot,) = blind.lots(session, tender.tender_id)
        assert blind.sheets_missing(session, lot) == 5 * 3 - 1


def test_a_tender_without_a_blind_group_asks_for_nothing(platform: Platform) -> None:
    tender = opened_tender(platform, ["1.00", "2.00", "3.00"])
    prepare(platform, tender, at_most=0)
    with platform.database.reading() as session:
        assert not blind.is_hidden(session, tender.tender_id)
        assert blind.parts(session, tender.tender_id) == []


def test_who_replaces_a_member_scores_labels_before_the_reveal_and_openly_after_it(
    platform: Platform,
) -> None:
    tender = blind_tender(platform)
    prepare(platform, tender)
    panel = draw_panel(platform, tender, experts=7)
    same = dict.fromkeys((1, 2, 3), "60")
    for seat in ("seat-1", "seat-2", "seat-3", "seat-4"):
        score_blind(platform, tender, panel[seat], same)
    first = replace(platform, tender, "seat-2")
    with platform.database.reading() as session:
        kept = [(row.seat, row.kind, row.body) for row in queries.earlier_work(session, tender.tender_id)]
    assert sorted(kept, key=str) == [
        ("seat-2", "blind_sheet", {"label": n, "points": {"plan": "60.00"}}) for n in (1, 2, 3)
    ]
    score_blind(platform, tender, panel["seat-5"], same)
    with platform.database.reading() as session:
        assert blind.is_hidden(session, tender.tender_id)
    score_blind(platform, tender, members(platform, tender)[first], same)
    second = replace(platform, tender, "seat-3")
    with platform.database.reading() as session:
        assert not blind.is_hidden(session, tender.tender_id)
        rules = judging.rulebook(session, tender.tender_id, tender.lot_id)
        fixed = [blind.fixed_criteria(session, rules, tender.lot_id, seat) for seat in (first, second)]
    assert fixed == [["plan"], []]


def replace(platform: Platform, tender: PublishedTender, seat: str) -> str:
    """Let the next reserve take a seat over; returns the new seat."""
    supervisor = platform.people.get("supervisor") or platform.person("supervisor", Duty.SUPERVISOR)
    values: dict[str, Any] = {"tender_id": tender.tender_id, "now": platform.clock.now()}
    with platform.database.transaction() as session:
        id = absence.record_absence(
            session, actor=tender.office, seat=seat, cause="ill", reason="in hospital", **values
        )
        return absence.confirm_absence(session, actor=supervisor, absence_id=id, now=platform.clock.now())

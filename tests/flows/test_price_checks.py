"""清标 after an opening: bills are checked once, a correction is asked for and confirmed, nothing is silent."""

from pathlib import Path

import pytest
from sqlmodel import select

from accounts.duties import Duty
from evaluation.actions import clarify
from evaluation.actions.price_checks import ask_correction
from evaluation.queries import clarifications
from evaluation.queries import price_checks as queries
from kernel.errors import NotFound, Refused
from storage.audit_log import LogRecord
from storage.outbox import JobRecord
from tests.builders import Platform, make_platform
from tests.evaluation.bills import PLAIN, sheet, with_row, workbook
from tests.flows.panels import draw_panel
from tests.flows.priced import RIGHT, WRONG, checked, tender_with_bills


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """A platform whose clock stands still; no select here differs between the databases."""
    return make_platform(tmp_path)


def test_bills_of_every_form_are_checked_once_after_the_opening(platform: Platform) -> None:
    book = {"bill.xlsx": workbook(sheet(PLAIN))}
    hostile = {"bill.xlsx": workbook('<!DOCTYPE x [<!ENTITY a "b">]>' + sheet(PLAIN))}
    tender = tender_with_bills(platform, RIGHT, WRONG, book, hostile, {})
    checked(platform, tender)
    checked(platform, tender)
    with platform.database.reading() as session:
        rows = queries.of_tender(session, tender.tender_id)
        names = queries.bidder_names(session, tender.tender_id)
        logged = session.exec(select(LogRecord).where(LogRecord.kind == "prices.checked")).all()
        jobs = session.exec(select(JobRecord).where(JobRecord.name == "check_bills")).all()
    by_name = {names[row.bid_id].split()[0]: row for row in rows}
    assert {name: (row.status, row.findings) for name, row in by_name.items()} == {
        "bidder-1": ("read", 0),
        "bidder-2": ("read", 1),
        "bidder-3": ("read", 0),
        "bidder-4": ("unreadable", 1),
        "bidder-5": ("missing", 1),
    }
    (finding,) = by_name["bidder-2"].body["findings"]
    assert (finding["rule"], finding["item"], finding["proposed"]) == ("product", "A2", "40200.00")
    assert by_name["bidder-4"].body["where"] == "bill.xlsx"
    assert len(logged) == len(jobs) == 1
    assert "40200" not in str(logged[0])


@pytest.mark.parametrize(("limits", "is_found"), [(None, False), ({"high_percent": 105}, True)])
def test_the_rulebook_says_from_where_on_a_unit_price_is_unbalanced(
    platform: Platform, limits: dict[str, int] | None, is_found: bool
) -> None:
    dear = {"bill.csv": "\n".join(with_row("A2", "A2,line,Concrete,m3,100.5,440,44220.00,,,")).encode()}
    more = {"price_checks": limits} if limits else {}
    tender = tender_with_bills(platform, RIGHT, RIGHT, dear, **more)
    checked(platform, tender)
    with platform.database.reading() as session:
        rows = queries.of_tender(session, tender.tender_id)
    found = [one["item"] for row in rows for one in row.body["findings"] if one["rule"] == "unbalanced"]
    assert found == (["A2"] if is_found else [])


def test_the_chair_asks_the_bidder_confirms_and_the_panel_accepts(platform: Platform) -> None:
    tender = tender_with_bills(platform, RIGHT, WRONG, RIGHT)
    checked(platform, tender)
    panel = draw_panel(platform, tender)
    now = platform.clock.now()
    with platform.database.reading() as session:
        bids = {row.findings: row.bid_id for row in queries.of_tender(session, tender.tender_id)}
    ask = {"tender_id": tender.tender_id, "text": "Do you confirm 64728.56?", "now": now}
    for actor, bid in ((panel["seat-2"], bids[1]), (panel["seat-1"], bids[0])):
        with pytest.raises(Refused), platform.database.transaction() as session:
            ask_correction(session, actor=actor, bid_id=bid, **ask)
    with platform.database.transaction() as session:
        id = ask_correction(session, actor=panel["seat-1"], bid_id=bids[1], **ask)
        clarify.answer(
            session,
            actor=platform.people["bidder-2"],
            clarification_id=id,
            text="Yes.",
            confirms=True,
            now=now,
        )
        assert clarifications.confirmed_corrections(session, tender.lot_id) == {}
        clarify.rule(
            session, actor=panel["seat-1"], clarification_id=id, ruling="accepted", reason="art. 19", now=now
        )
    with platform.database.reading() as session:
        assert clarifications.confirmed_corrections(session, tender.lot_id) == {bids[1]: 6_472_856}


def test_only_panel_own_office_and_supervisor_read(platform: Platform) -> None:
    tender = tender_with_bills(platform, RIGHT, RIGHT, RIGHT)
    checked(platform, tender)
    panel = draw_panel(platform, tender)
    supervisor = platform.person("another-supervisor", Duty.SUPERVISOR)
    strangers = [platform.person("other-office", Duty.TENDER_OFFICE), platform.person("other", Duty.EXPERT)]
    with platform.database.reading() as session:
        assert queries.check_reader(session, panel["seat-3"], tender.tender_id) == "seat-3"
        assert queries.check_reader(session, tender.office, tender.tender_id) == ""
        assert queries.check_reader(session, supervisor, tender.tender_id) == ""
        for actor in strangers:
            with pytest.raises(NotFound):
                queries.check_reader(session, actor, tender.tender_id)

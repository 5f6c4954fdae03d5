"""Who was called by machine works only after checking in, and who came late is appraised so."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from evaluation.actions.appraisal import appraise_panel
from expert_pool.call_rules import ACCEPTED, is_late
from expert_pool.queries import appraisals, calls
from expert_pool.records.calls import CallRecord
from kernel.errors import BadInput, Refused
from kernel.ids import new_id
from tests.builders import CLOSES, Platform, PublishedTender, make_platform
from tests.flows.called import answer_all, arrive_all, drawn_panel
from tests.flows.panels import draw_panel, opened_tender, vote
from tests.flows.test_call_out import calling
from tests.simulator import do_jobs

SECOND = timedelta(seconds=1)


def called(platform: Platform, tender: PublishedTender, seat: str, checked_in_at: datetime | None) -> None:
    now = platform.clock.now()
    with platform.database.transaction() as session:
        session.add(
            CallRecord(
                id=new_id(),
                tender_id=tender.tender_id,
                seat=seat,
                seat_group="roads",
                token_digest=seat.encode().ljust(32),
                pin_digest=bytes(32),
                state=ACCEPTED,
                minutes=30,
                asked_at=now,
                checked_in_at=checked_in_at,
            )
        )


def test_a_called_member_votes_after_checking_in_and_not_before(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    panel = draw_panel(platform, tender)
    called(platform, tender, "seat-1", None)
    called(platform, tender, "seat-2", platform.clock.now())
    with pytest.raises(Refused, match="check in with the PIN"):
        vote(platform, tender, panel["seat-1"])
    vote(platform, tender, panel["seat-2"])
    vote(platform, tender, panel["seat-3"])  # called by hand
    with platform.database.transaction() as session:
        (waiting,) = [one for one in calls.calls(session, tender.tender_id) if one.seat == "seat-1"]
        waiting.checked_in_at = platform.clock.now()
    vote(platform, tender, panel["seat-1"])


@pytest.mark.parametrize(("after", "late"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_who_comes_after_the_stated_time_is_late(after: timedelta, late: bool) -> None:
    assert is_late(CLOSES + after, CLOSES) is late
    assert not is_late(CLOSES + after, None)
    assert not is_late(None, CLOSES)


def test_late_arrivals_are_counted_by_the_system(tmp_path: Path) -> None:
    platform, tender = drawn_panel(tmp_path)
    now = platform.clock.now()
    manager = platform.people["pool-manager"]
    for wrong in (now - SECOND, now):
        with platform.database.transaction() as session, pytest.raises(BadInput, match="still to come"):
            calling.start_calls(session, actor=manager, tender_id=tender.tender_id, arrive_by=wrong, now=now)
    with platform.database.transaction() as session:
        calling.start_calls(
            session, actor=manager, tender_id=tender.tender_id, arrive_by=now + SECOND, now=now
        )
    do_jobs(platform)
    answer_all(platform, tender, lambda group: False)
    platform.clock.at = now + 2 * SECOND
    arrive_all(platform, tender)
    with platform.database.transaction() as session:
        appraise_panel(session, tender_id=tender.tender_id, now=platform.clock.now())
        row = appraisals.find_appraisal(session, tender.tender_id, "seat-1", "system")
        assert row is not None
        assert (row.items, row.points) == ({"late_arrival": 1}, 97)

"""Sweeps on a real database: the clock acts, rules look, each breach gets one card however often they run."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.actions.fees import keep_attempt
from approval.lifecycle import Act, State
from approval.records.cases import CaseRecord, TaskRecord
from approval.records.organisation import AbsenceRecord
from kernel.errors import UnlistedFee
from supervision.actions.sweep import Swept, sweep_cases, sweep_desks, sweep_tenders
from supervision.records import CardRecord
from tests.approval.centre import Centre, make_centre
from tests.builders import make_tender


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def sweep(centre: Centre) -> Swept:
    with centre.platform.database.transaction() as session:
        return sweep_cases(session, calendar=centre.calendar, now=centre.now)


def cards(centre: Centre) -> list[tuple[str, str]]:
    with centre.platform.database.reading() as session:
        rows = session.exec(select(CardRecord).order_by(CardRecord.rule)).all()
    return [(row.rule, row.severity) for row in rows]


def test_three_kinds_of_breach_make_one_card_each_however_often_the_rules_run(centre: Centre) -> None:
    late = centre.accepted()
    with centre.platform.database.transaction() as session:
        error = UnlistedFee(fee="x", why="unlisted")
        keep_attempt(session, actor=None, case_id=late, act="bill", error=error, now=centre.now)
    centre.go_to("2026-04-14")  # the promise ended on the 13th
    procedure = centre.received(identity="ID0002")
    centre.act(procedure, Act.ACCEPT)
    with centre.platform.database.transaction() as session:
        record = session.get(CaseRecord, procedure)
        assert record is not None
        record.done_on = date(2026, 4, 1)  # as a row that was pushed from outside may say
    for _ in range(3):
        sweep(centre)
        with centre.platform.database.transaction() as session:
            for record in session.exec(select(CaseRecord)):
                record.next_check = centre.now
    found = cards(centre)
    assert found.count(("R3", "yellow")) == 1
    assert found.count(("R5", "red")) == 1
    assert ("R6", "red") in found
    assert len(found) == len(set(found))


def test_every_event_is_looked_at(centre: Centre) -> None:
    case = centre.decided()
    assert centre.case(case).checked_sequence == 0
    sweep(centre)
    looked_at = centre.case(case)
    assert looked_at.checked_sequence == looked_at.sequence > 0
    assert looked_at.next_check is None
    assert sweep(centre) == Swept()


def test_a_silent_window_is_carded_and_the_case_is_deemed_accepted(centre: Centre) -> None:
    case = centre.received()
    sweep(centre)
    centre.go_to("2026-04-10")  # received on the 1st; Qingming is on the 6th, so the fifth day is the 9th
    assert sweep(centre).acts == 1
    assert centre.case(case).is_deemed
    # its step began on the day of receipt too, so it is late as well
    assert cards(centre) == [("R1", "hint"), ("R2", "yellow"), ("R9", "red")]


def test_silence_after_the_promise_moves_the_flow_on_and_asks_for_the_paper(centre: Centre) -> None:
    centre.item("A-2", on_timeout="proceed")
    case = centre.accepted("A-2")
    sweep(centre)
    centre.go_to("2026-04-14")
    assert sweep(centre).acts == 1
    assert centre.case(case).has_passed_by_default
    with centre.platform.database.reading() as session:
        task = session.exec(select(TaskRecord).where(TaskRecord.kind == "default_paper")).one()
    assert str(task.due_on) == "2026-04-15"
    centre.go_to("2026-04-16")
    sweep(centre)
    assert ("R14", "red") in cards(centre)
    assert State(centre.case(case).state) not in (State.GRANTED, State.DONE)


def test_both_absent_is_a_hint_once_a_day(centre: Centre) -> None:
    a, b = (
        centre.person("post-a", Duty.CASE_OFFICER, department="a"),
        centre.person("post-b", Duty.CASE_OFFICER, department="a"),
    )
    centre.post("a", "review", a, b)
    for away in (a, b):
        with centre.platform.database.transaction() as session:
            session.add(AbsenceRecord(person_id=away.person_id, day=centre.today))
        with centre.platform.database.transaction() as session:
            made = sweep_desks(session, calendar=centre.calendar, now=centre.now).cards
        assert made == (1 if away is b else 0)
    with centre.platform.database.transaction() as session:
        assert sweep_desks(session, calendar=centre.calendar, now=centre.now).cards == 0


def test_tenders_are_supervised_by_the_same_engine(centre: Centre) -> None:
    tender = make_tender(centre.platform)
    with centre.platform.database.transaction() as session:
        assert sweep_tenders(session, calendar=centre.calendar, now=centre.now).cards == 0
    centre.go_to("2026-12-03")  # bids closed a day before and nothing recorded it
    for expected in (1, 0, 0):
        with centre.platform.database.transaction() as session:
            assert sweep_tenders(session, calendar=centre.calendar, now=centre.now).cards == expected
    assert cards(centre) == [("T1", "yellow")]
    with centre.platform.database.reading() as session:
        card = session.exec(select(CardRecord)).one()
    assert (card.subject_kind, card.subject_id) == ("tender", tender.tender_id)


def run_together(work: Callable[[], None], number: int) -> None:
    workers = [Thread(target=work) for _ in range(number)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_sweeps_side_by_side_pass_over_each_other_and_card_once(tmp_path: Path, postgres_url: str) -> None:
    centre = make_centre(tmp_path, postgres_url)
    for number in range(6):
        centre.accepted(identity=f"ID{number:04}")
    centre.go_to("2026-04-14")
    found: list[Swept] = []
    ready = Barrier(3)

    def look() -> None:
        ready.wait()
        with centre.platform.database.transaction() as session:
            found.append(sweep_cases(session, calendar=centre.calendar, now=centre.now, limit=2))

    run_together(look, 3)
    while (more := sweep(centre)) != Swept():
        found.append(more)
    assert sum(one.cases for one in found) == 6  # no case was looked at twice
    assert cards(centre) == [("R3", "yellow")] * 6
    centre.platform.database.close()


def test_two_sweeps_that_see_the_same_breach_make_one_card(tmp_path: Path, postgres_url: str) -> None:
    centre = make_centre(tmp_path, postgres_url)
    tender = make_tender(centre.platform)
    centre.go_to("2026-12-03")
    ready = Barrier(4)

    def look() -> None:
        ready.wait()
        with centre.platform.database.transaction() as session:
            sweep_tenders(session, calendar=centre.calendar, now=centre.now)

    run_together(look, 4)
    assert cards(centre) == [("T1", "yellow")], tender.tender_id
    centre.platform.database.close()

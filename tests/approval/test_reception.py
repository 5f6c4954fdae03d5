"""Around the counter: who came first stays answerable, the queue keeps its numbers, the day ends properly."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.actions import meetings, reception
from approval.lifecycle import Act
from approval.records.cases import ContactRecord, TaskRecord
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from kernel.ids import new_id
from tests.approval.centre import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = make_centre(tmp_path)
    made.department("b")
    return made


def contact(centre: Centre, **changes: Any) -> str:
    with centre.platform.database.transaction() as session:
        return reception.open_contact(
            session, actor=centre.platform.people["chief-a"], subject="a licence", now=centre.now, **changes
        ).id


def close(centre: Centre, contact_id: str, ending: str, by: str = "chief-a", **more: Any) -> ContactRecord:
    with centre.platform.database.transaction() as session:
        return reception.close_contact(
            session,
            actor=centre.platform.people[by],
            contact_id=contact_id,
            ending=ending,
            now=centre.now,
            **more,
        )


def test_a_contact_ends_in_one_of_three_ways_only(centre: Centre) -> None:
    with pytest.raises(BadInput, match="done, explained, handed_over"):
        close(centre, contact(centre), "forgotten")
    with pytest.raises(BadInput, match="written explanation"):
        close(centre, contact(centre), "explained")
    with pytest.raises(Refused, match="name the case"):
        close(centre, contact(centre), "done")
    with pytest.raises(NotFound):
        close(centre, contact(centre), "handed_over", to_window_id="nowhere")
    assert close(centre, contact(centre), "explained", explanation="bring the form").closed_at
    assert close(centre, contact(centre, case_id=centre.accepted()), "done").closed_at


def test_only_the_first_contact_closes(centre: Centre) -> None:
    with pytest.raises(NotAllowed):
        close(centre, contact(centre), "explained", by="chief-b", explanation="x")


def test_a_hand_over_ends_when_the_next_window_confirms(centre: Centre) -> None:
    opened = contact(centre)
    assert close(centre, opened, "handed_over", to_window_id=centre.windows["b"]).closed_at is None
    with centre.platform.database.transaction() as session:
        with pytest.raises(Refused, match="the next window confirms"):
            reception.confirm_contact(
                session, actor=centre.platform.people["chief-a"], contact_id=opened, now=centre.now
            )
        reception.confirm_contact(
            session, actor=centre.platform.people["chief-b"], contact_id=opened, now=centre.now
        )
    with centre.platform.database.reading() as session:
        rows = session.exec(select(ContactRecord)).all()
    answerable = [row.owner_id for row in rows if row.closed_at is None]
    assert answerable == [centre.platform.people["chief-b"].person_id]


def test_numbers_are_called_in_order_and_kept_on_the_way(centre: Centre) -> None:
    staff = centre.platform.people["chief-a"]
    with centre.platform.database.transaction() as session:
        for _ in range(2):
            reception.take_ticket(session, hall_code="hall", now=centre.now)
    with centre.platform.database.transaction() as session:
        first = reception.call_next(session, actor=staff, window_id=centre.windows["a"], now=centre.now)
        assert first is not None
        assert first.number == "A001"
        reception.end_ticket(
            session,
            actor=staff,
            ticket_id=first.id,
            was_served=True,
            to_window_id=centre.windows["b"],
            now=centre.now,
        )
        second = reception.call_next(session, actor=staff, window_id=centre.windows["a"], now=centre.now)
        assert second is not None
        assert second.number == "A002"
        again = reception.call_next(
            session, actor=centre.platform.people["chief-b"], window_id=centre.windows["b"], now=centre.now
        )
        assert again is not None
        assert again.number == "A001"
        assert (
            reception.call_next(session, actor=staff, window_id=centre.windows["a"], now=centre.now) is None
        )


def test_a_half_hour_has_four_places(centre: Centre) -> None:
    slot = centre.now + timedelta(days=1)
    with centre.platform.database.transaction() as session:
        for _ in range(reception.SLOT_PLACES):
            reception.take_ticket(session, hall_code="hall", slot=slot, now=centre.now)
        with pytest.raises(Refused, match="half hour is full"):
            reception.take_ticket(session, hall_code="hall", slot=slot, now=centre.now)
        with pytest.raises(BadInput, match="half hour between"):
            reception.take_ticket(session, hall_code="hall", slot=slot + timedelta(minutes=1), now=centre.now)


def test_a_day_does_not_end_over_an_open_instant_case(centre: Centre) -> None:
    centre.item("A-3", mode="instant", promised_days=0)
    case = centre.received("A-3")
    staff = centre.platform.people["chief-a"]
    with centre.platform.database.transaction() as session:
        with pytest.raises(Refused, match="1 instant cases are open"):
            reception.sign_off(session, actor=staff, now=centre.now)
        reception.sign_off(session, actor=staff, reason="power cut", overtime_minutes=45, now=centre.now)
    centre.act(case, Act.FINISH_INSTANT)
    with centre.platform.database.transaction() as session:
        assert reception.sign_off(session, actor=staff, now=centre.now).open_cases == 0


def test_a_task_is_finished_by_its_department_with_a_result(centre: Centre) -> None:
    with centre.platform.database.transaction() as session:
        task = TaskRecord(
            id=new_id(), kind="call_back", department_id=centre.departments["a"], made_at=centre.now
        )
        session.add(task)
    with centre.platform.database.transaction() as session:
        with pytest.raises(NotAllowed):
            reception.take_task(
                session, actor=centre.platform.people["chief-b"], task_id=task.id, now=centre.now
            )
        staff = centre.platform.people["chief-a"]
        reception.take_task(session, actor=staff, task_id=task.id, now=centre.now)
        done = reception.finish_task(
            session, actor=staff, task_id=task.id, result="satisfied", now=centre.now
        )
    assert done.done_at == centre.now


def test_a_joint_review_records_who_spoke_and_who_was_absent(centre: Centre) -> None:
    case = centre.accepted()
    chair = centre.person("chair", Duty.CENTRE_OFFICE)
    both = [centre.departments["a"], centre.departments["b"]]
    with centre.platform.database.transaction() as session:
        meeting = meetings.call_meeting(
            session,
            actor=chair,
            kind="joint_review",
            case_ids=[case],
            departments=both,
            held_on=centre.today,
            now=centre.now,
        )
        meetings.give_opinion(
            session,
            actor=centre.platform.people["officer-a"],
            meeting_id=meeting.id,
            case_id=case,
            opinion="agreed",
            now=centre.now,
        )
        closed = meetings.close_meeting(
            session, actor=chair, meeting_id=meeting.id, minutes="agreed by all present", now=centre.now
        )
    assert closed.opinions == {both[0]: {case: "agreed"}, both[1]: {"absent": "yes"}}


def test_who_reviewed_a_case_does_not_chair_its_hearing(centre: Centre) -> None:
    reviewer = centre.person("reviewer", Duty.CASE_OFFICER, Duty.LEADER, department="a")
    case = centre.accepted()
    centre.act(case, Act.PASS_STEP, reviewer)
    with (
        centre.platform.database.transaction() as session,
        pytest.raises(Refused, match="may not chair"),
    ):
        meetings.call_meeting(
            session,
            actor=reviewer,
            kind="hearing",
            case_ids=[case],
            departments=[centre.departments["a"]],
            held_on=centre.today,
            now=centre.now,
        )

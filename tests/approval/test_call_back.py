"""电话回访: a seeded sample of finished cases becomes tasks whose result is kept."""

from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.actions.reception import finish_task
from approval.actions.settings import put_setting
from approval.call_back import is_sampled
from approval.lifecycle import Act
from approval.records.cases import TaskRecord
from approval.settings import CALL_BACK_SHARE
from kernel.errors import BadInput
from tests.approval.centre import Centre, make_centre


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def set_share(centre: Centre, share: object) -> None:
    office = centre.person("office", Duty.CENTRE_OFFICE)
    with centre.platform.database.transaction() as session:
        put_setting(session, actor=office, setting=CALL_BACK_SHARE, value=share, now=centre.now)


def delivered(centre: Centre) -> list[TaskRecord]:
    case = centre.decided()
    centre.act(case, Act.CERTIFY)
    centre.act(case, Act.DELIVER, way="window")
    with centre.platform.database.reading() as session:
        found = select(TaskRecord).where(TaskRecord.case_id == case, TaskRecord.kind == "call_back")
        return list(session.exec(found))


@pytest.mark.parametrize(("share", "number"), [(0, 0), (100, 1)])
def test_a_finished_case_of_the_sample_is_called_back(centre: Centre, share: int, number: int) -> None:
    set_share(centre, share)
    tasks = delivered(centre)
    assert len(tasks) == number
    assert all(task.due_on is not None and task.due_on.isoformat() == "2026-04-09" for task in tasks)


def test_the_result_of_a_call_is_kept(centre: Centre) -> None:
    set_share(centre, 100)
    [task] = delivered(centre)
    with centre.platform.database.transaction() as session:
        chief = centre.platform.people["chief-a"]
        finish_task(session, actor=chief, task_id=task.id, result="satisfied", now=centre.now)
    with centre.platform.database.reading() as session:
        kept = session.get_one(TaskRecord, task.id)
        assert (kept.result, kept.done_at) == ("satisfied", centre.now)


def test_the_sample_follows_from_the_last_event_and_has_the_share_that_is_set() -> None:
    hashes = [sha256(str(n).encode()).digest() for n in range(2000)]
    assert 150 <= sum(is_sampled(one, 10) for one in hashes) <= 250
    assert all(is_sampled(one, 30) for one in hashes if is_sampled(one, 29))  # a larger share only adds
    assert not any(is_sampled(one, 0) for one in hashes)


@pytest.mark.parametrize("wrong", [-1, 101, True, "10", 1.5])
def test_a_share_is_a_whole_number_of_per_cent(centre: Centre, wrong: object) -> None:
    with pytest.raises(BadInput):
        set_share(centre, wrong)

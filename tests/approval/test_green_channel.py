"""绿色通道: cases of the green channel come first in the work lists; within both kinds the due date decides."""

from pathlib import Path

from sqlmodel import col, update

from approval.lifecycle import State
from approval.queries import work_lists
from approval.records.cases import CaseRecord
from tests.approval.centre import make_centre


def test_green_cases_stand_first_then_the_due_date_decides(tmp_path: Path) -> None:
    centre = make_centre(tmp_path)
    early = centre.accepted(identity="ID0001")
    centre.go_to("2026-04-02")
    late = centre.accepted(identity="ID0002")
    centre.go_to("2026-04-03")
    green = centre.accepted(identity="ID0003")
    with centre.platform.database.transaction() as session:
        session.exec(update(CaseRecord).where(col(CaseRecord.id) == green).values(is_green=True))
    officer = centre.platform.people["officer-a"]
    with centre.platform.database.reading() as session:
        found = work_lists.at_my_steps(session, officer, centre.today, [State.REVIEWING])
        assert [case.id for case in found] == [green, early, late]
        assert [case.id for case in work_lists.due_soon(session, None)] == [green, early, late]

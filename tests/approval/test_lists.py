"""Lists of cases: every case once, in order, on both databases, however the pages are cut."""

from datetime import timedelta
from pathlib import Path

import pytest

from approval.queries import cases
from tests.approval.centre import Centre, make_centre


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(tmp_path: Path, request: pytest.FixtureRequest) -> Centre:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return make_centre(tmp_path, url)


def test_pages_of_any_size_give_every_case_once_newest_first(centre: Centre) -> None:
    for number in range(7):
        centre.received(identity=f"ID{number:04}")
        if number % 2:
            centre.platform.clock.at += timedelta(minutes=1)  # others share their moment
    with centre.platform.database.reading() as session:
        whole = [row.id for row in cases.page(session, limit=100)]
        for limit in (1, 2, 3, 7):
            found: list[str] = []
            after = None
            while rows := cases.page(session, limit=limit, after=after):
                found += [row.id for row in rows]
                after = rows[-1].received_at, rows[-1].id
            assert found == whole
    assert len(whole) == 7


def test_a_list_holds_only_what_was_asked_for(centre: Centre) -> None:
    first, second = centre.received(identity="ID0001"), centre.accepted(identity="ID0002")
    with centre.platform.database.reading() as session:
        assert [row.id for row in cases.page(session, limit=9, state="received")] == [first]
        both = cases.page(session, limit=9, state=["received", "reviewing"])
    assert {row.id for row in both} == {first, second}

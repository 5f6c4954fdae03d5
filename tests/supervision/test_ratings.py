"""一事一评: once, by nobody who works here, five levels, and a bad one is followed up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from accounts.duties import Duty
from approval.actions.settings import put_setting
from approval.records.cases import TaskRecord
from kernel.errors import BadInput, NotAllowed, NotFound, Refused
from supervision.queries.ratings import standings
from supervision.ratings import BAD_RATING_DAYS, FEWEST_FOR_A_STAR, Standing, is_bad, stars
from supervision.records import CardRecord, RatingTokenRecord
from tests.approval.centre import Centre
from tests.supervision.house import done, give, make_house, offer, sweep


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_house(tmp_path)


def test_a_token_works_once(centre: Centre) -> None:
    token = offer(centre, done(centre))
    give(centre, token, rater=centre.platform.people["applicant"])
    with pytest.raises(NotFound):
        give(centre, token)


def test_only_the_hash_of_the_token_is_kept(centre: Centre) -> None:
    token = offer(centre, done(centre))
    with centre.platform.database.reading() as session:
        kept = session.exec(select(RatingTokenRecord)).one()
    assert token.encode() not in kept.token_hash
    assert len(kept.token_hash) == 32


def test_a_case_is_rated_once_and_only_after_its_end(centre: Centre) -> None:
    with pytest.raises(Refused):
        offer(centre, centre.accepted())
    case = done(centre, identity="ID0002")
    first, second = offer(centre, case), offer(centre, case)
    with pytest.raises(NotFound):
        give(centre, first)  # replaced by the second
    give(centre, second)
    with pytest.raises(Refused):
        offer(centre, case)


def test_nobody_who_works_here_rates(centre: Centre) -> None:
    token = offer(centre, done(centre))
    for name in ("chief-a", "officer-a", "leader-a", "inspector", "monitor"):
        with pytest.raises(NotAllowed):
            give(centre, token, rater=centre.platform.people[name])
    give(centre, token)  # the token is not used up by the attempt


@pytest.mark.parametrize("level", [0, 6])
def test_there_are_five_levels(centre: Centre, level: int) -> None:
    token = offer(centre, done(centre))
    with pytest.raises(BadInput):
        give(centre, token, level, marks={})
    with pytest.raises(BadInput):
        give(centre, token, 5, marks={"guide": 5})  # a dimension of online ratings
    assert [is_bad(n) for n in range(1, 6)] == [True, True, False, False, False]


@pytest.mark.parametrize(("days", "due"), [(5, "2026-10-10"), (15, "2026-10-23")])
def test_a_bad_rating_opens_a_task_with_the_set_limit(centre: Centre, days: int, due: str) -> None:
    office = centre.person("centre-office", Duty.CENTRE_OFFICE)
    with centre.platform.database.transaction() as session:
        put_setting(session, actor=office, setting=BAD_RATING_DAYS, value=days, now=centre.now)
    case = done(centre)
    centre.go_to("2026-09-28")
    give(centre, offer(centre, case), 1)
    with centre.platform.database.reading() as session:
        task = session.exec(select(TaskRecord).where(TaskRecord.kind == "bad_rating")).one()
    assert str(task.due_on) == due
    centre.go_to(due)
    sweep(centre)
    assert "R12" not in rules(centre)
    centre.go_to("2026-10-26")
    sweep(centre)
    assert "R12" in rules(centre)


def rules(centre: Centre) -> list[str]:
    with centre.platform.database.reading() as session:
        return list(session.exec(select(CardRecord.rule)))


def test_aggregates_are_shown_from_five_ratings_on(centre: Centre) -> None:
    for number in range(5):
        give(centre, offer(centre, done(centre, identity=f"ID{number:04}")), 4)
        with centre.platform.database.reading() as session:
            shown = standings(session, "department_id", centre.today, centre.today)[0]
        assert shown.is_shown is (number == 4)
    assert (shown.ratings, shown.satisfied, shown.level_sum) == (5, 5, 20)


def test_stars_need_thirty_ratings() -> None:
    few, enough, better = (
        Standing("few", FEWEST_FOR_A_STAR - 1, FEWEST_FOR_A_STAR - 1, 145),
        Standing("enough", FEWEST_FOR_A_STAR, 29, 140),
        Standing("better", FEWEST_FOR_A_STAR, 30, 140),
    )
    assert [s.subject_id for s in stars([few, enough, better], 10)] == ["better", "enough"]
    assert [s.subject_id for s in stars([few, enough, better], 1)] == ["better"]


@given(st.permutations([Standing(f"p{n}", 30 + n % 3, 28 + n % 2, 130 + n) for n in range(8)]))
def test_the_order_of_arrival_never_matters(order: list[Standing]) -> None:
    assert stars(order, 8) == stars(sorted(order, key=lambda s: s.subject_id), 8)

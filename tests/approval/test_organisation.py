from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from accounts.duties import Actor
from approval.actions import mandates, organisation
from approval.desk import Mandate
from approval.queries import organisation as found
from approval.sites import read_sites
from kernel.errors import BadInput, BadLines, NameTaken, NotAllowed, NotFound, Refused
from kernel.working_days import business_day
from storage.objects import StoredObject
from tests.approval.organised import Centre
from tests.builders import NOW

DAY = date(2026, 11, 2)
LETTER = StoredObject(bytes.fromhex("ab" * 32), 9)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return Centre(tmp_path_factory.mktemp("organisation"))


def test_b_stands_in_while_a_is_away_and_nobody_when_both_are(centre: Centre) -> None:
    with centre.session() as session:
        post = centre.put_post(session, centre.ann, centre.ben)
        assert found.on_duty(session, post, DAY) == centre.ann.person_id
        for person, holder in ((centre.ann, centre.ben.person_id), (centre.ben, None)):
            organisation.record_absence(
                session, actor=centre.office, person_id=person.person_id, days=[DAY], reason="ill", now=NOW
            )
            assert found.on_duty(session, post, DAY) == holder
        for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            assert found.on_duty(session, post, day) == centre.ann.person_id
        organisation.end_absence(
            session, actor=centre.leader, person_id=centre.ben.person_id, day=DAY, now=NOW
        )
        assert found.on_duty(session, post, DAY) == centre.ben.person_id


def test_a_post_without_holder_is_listed(centre: Centre) -> None:
    with centre.session() as session:
        post = centre.put_post(session, None, None)
        assert found.on_duty(session, post, DAY) is None
        assert [p.code for p in found.posts_without_holder(session)] == ["p1"]
        centre.put_post(session, centre.ann, None)
        assert found.posts_without_holder(session) == []


def test_a_and_b_are_two_people_of_the_department(centre: Centre) -> None:
    with centre.session() as session:
        for a, b in ((centre.ann, centre.ann), (centre.other, None)):
            with pytest.raises(BadInput):
                centre.put_post(session, a, b)


def mandate(centre: Centre, **changes: object) -> Mandate:
    values = {
        "person_id": centre.ann.person_id,
        "department_id": centre.department,
        "powers": ("decide", "seal"),
        "rank": "section_chief",
        "valid_from": DAY,
        "valid_to": DAY + timedelta(days=10),
    }
    return Mandate(**(values | changes))  # type: ignore[arg-type]


def grant(session: Session, centre: Centre, actor: Actor, **changes: object) -> str:
    one = mandates.grant_mandate(session, actor=actor, mandate=mandate(centre, **changes), now=NOW)
    mandates.keep_letter(session, mandate_id=one, letter=LETTER, now=NOW)
    return one


@pytest.mark.parametrize(
    ("utc", "holds"),
    [
        ("2026-11-01T15:59:59", False),  # the last second before midnight in Beijing
        ("2026-11-01T16:00:00", True),
        ("2026-11-01T16:00:01", True),
        ("2026-11-12T15:59:59", True),
        ("2026-11-12T16:00:00", False),
        ("2026-11-12T16:00:01", False),
    ],
)
def test_a_mandate_begins_and_ends_at_midnight_in_beijing(centre: Centre, utc: str, holds: bool) -> None:
    day = business_day(datetime.fromisoformat(utc).replace(tzinfo=UTC))
    with centre.session() as session:
        grant(session, centre, centre.office)
        powers = found.mandate_powers(session, centre.ann.person_id, centre.department, day)
    assert powers == (frozenset({"decide", "seal"}) if holds else frozenset())


def test_a_revoked_mandate_gives_nothing_from_that_day_on(centre: Centre) -> None:
    with centre.session() as session:
        one = grant(session, centre, centre.leader)
        end = DAY + timedelta(days=5)
        mandates.revoke_mandate(session, actor=centre.leader, mandate_id=one, revoked_on=end, now=NOW)
        held = [
            bool(
                found.mandate_powers(
                    session, centre.ann.person_id, centre.department, end + timedelta(days=d)
                )
            )
            for d in (-1, 0, 1)
        ]
        assert held == [True, False, False]
        with pytest.raises(Refused):
            mandates.revoke_mandate(session, actor=centre.leader, mandate_id=one, revoked_on=end, now=NOW)
        with pytest.raises(BadInput):
            mandates.revoke_mandate(
                session, actor=centre.office, mandate_id=one, revoked_on=DAY - timedelta(days=1), now=NOW
            )


def test_a_mandate_gives_nothing_before_its_letter_is_made(centre: Centre) -> None:
    with centre.session() as session:
        ask = (session, centre.ann.person_id, centre.department, DAY)
        one = mandates.grant_mandate(session, actor=centre.office, mandate=mandate(centre), now=NOW)
        assert found.mandate_powers(*ask) == frozenset()
        mandates.keep_letter(session, mandate_id=one, letter=LETTER, now=NOW)
        mandates.keep_letter(session, mandate_id=one, letter=LETTER, now=NOW)
        assert found.mandate_powers(*ask) == {"decide", "seal"}


def test_powers_of_two_letters_add_up_and_belong_to_one_department(centre: Centre) -> None:
    with centre.session() as session:
        grant(session, centre, centre.office)
        grant(session, centre, centre.office, powers=("report",))
        powers = found.mandate_powers(session, centre.ann.person_id, centre.department, DAY)
        assert powers == {"decide", "seal", "report"}
        assert not found.mandate_powers(session, centre.ann.person_id, centre.other.organisation_id, DAY)
        assert not found.mandate_powers(session, centre.ben.person_id, centre.department, DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"powers": ()},
        {"powers": ("decide", "decide")},
        {"powers": ("reign",)},
        {"rank": "king"},
        {"valid_to": DAY - timedelta(days=1)},
        {"valid_to": DAY + timedelta(days=5000)},
    ],
)
def test_a_letter_that_says_something_else_is_refused(centre: Centre, changes: dict[str, object]) -> None:
    with centre.session() as session, pytest.raises(BadInput):
        grant(session, centre, centre.office, **changes)


def test_who_may_give_mandates(centre: Centre) -> None:
    with centre.session() as session:
        with pytest.raises(NotAllowed):
            grant(session, centre, centre.ann)
        with pytest.raises(Refused):
            grant(session, centre, centre.other)
        with pytest.raises(Refused):
            grant(session, centre, centre.leader, person_id=centre.leader.person_id)


def test_a_department_has_a_code_of_its_own(centre: Centre) -> None:
    with centre.session() as session:
        centre.put_department(session, "D1", office_kind="joint")
        assert found.department(session, centre.department).office_kind == "joint"
        with pytest.raises(NameTaken):
            centre.put_department(session, "D1", organisation_id=centre.other.organisation_id)
        for wrong in ({"code": "a b"}, {"office_kind": "x"}, {"system_kind": "x"}, {"unit_kind": ""}):
            with pytest.raises(BadInput):
                centre.put_department(session, **({"code": "D2"} | wrong))
        with pytest.raises(NotFound):
            centre.put_department(session, "D2", site_code="nowhere")


def test_only_the_centre_office_sets_up_the_organisation(centre: Centre) -> None:
    with centre.session() as session, pytest.raises(NotAllowed):
        organisation.import_sites(session, actor=centre.ann, sites=[], now=NOW)


def test_windows_stand_in_halls_and_seals_in_departments(centre: Centre) -> None:
    with centre.session() as session:
        window = organisation.Window("H1", "W01", "一号窗口", 2, "企业登记", "lead", (centre.department,))
        with pytest.raises(BadInput):
            organisation.put_window(session, actor=centre.office, command=window, now=NOW)
        hall = organisation.Hall("H1", "C", "政务大厅")
        organisation.put_hall(session, actor=centre.office, command=hall, now=NOW)
        first = organisation.put_window(session, actor=centre.office, command=window, now=NOW)
        assert organisation.put_window(session, actor=centre.office, command=window, now=NOW) == first
        assert [w.floor for w in found.windows(session, "H1")] == [2]
        seal = mandates.make_seal(
            session, actor=centre.office, department_id=centre.department, name="审批专用章", now=NOW
        )
        mandates.end_seal(session, actor=centre.office, seal_id=seal, now=NOW)
        assert found.seals(session, centre.department)[0].ended_on == DAY


SITES = "code,parent_code,level,name,has_centre,telephone,area_m2\n"


def test_the_tree_of_sites_is_imported_whole_or_not_at_all(centre: Centre) -> None:
    good = SITES + "X,C,county,夷陵区,是,0717-1,100\nT,X,town,乡,否,,\nV,T,village,村,yes,,\n"
    with centre.session() as session:
        sites = read_sites(good.encode())
        assert organisation.import_sites(session, actor=centre.office, sites=sites, now=NOW) == 3
        assert found.coverage(session) == {
            "city": (1, 1),
            "county": (1, 1),
            "town": (0, 1),
            "village": (1, 1),
        }
        assert found.sites_below(session, "X") == {"X", "T", "V"}
        assert found.site(session, "X").facts == {"telephone": "0717-1", "area_m2": 100}
        assert [s.code for s in found.sites(session, level="town", parent="X")] == ["T"]
        for wrong in ("V2,X,village,村,,,\n", "T2,Y,town,乡,,,\n", "K,,county,区,,,\n"):
            with pytest.raises(BadInput):
                organisation.import_sites(
                    session, actor=centre.office, sites=read_sites((SITES + wrong).encode()), now=NOW
                )


def test_every_wrong_line_of_a_file_is_told() -> None:
    content = (
        SITES + "A,,city,市,,,\n,,city,市,,,\nB,A,province,省,,,\nD,A,county,县,maybe,,\nE,A,county,县,,,x\n"
    )
    with pytest.raises(BadLines) as error:
        read_sites(content.encode())
    told = error.value.facts["lines"]
    assert [(line, where) for line, where, _ in told] == [  # type: ignore[attr-defined]
        (3, "code"),
        (4, "level"),
        (5, "has_centre"),
        (6, "area_m2"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"name\n1\n", b"code,level,name,colour\n", b"{}", b"[]"]
)
def test_a_file_that_is_no_list_of_sites_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput):
        read_sites(content)

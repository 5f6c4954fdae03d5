"""Decoys look like any entry, are never drawn, and raise an alarm exactly when somebody touches one."""

import re
from collections import Counter
from typing import Any

import pytest
from sqlmodel import select

from accounts.duties import Duty
from approval.queries.calendar import calendar
from expert_pool.eligibility import SeatGroup
from expert_pool.queries import pool
from expert_pool.queries.candidates import judge_pool
from expert_pool.queries.decoys import NOBODY, touches, watcher_of
from storage.database import unseal
from supervision.actions.sweep import sweep_decoys
from supervision.records import CardRecord
from tests.builders import make_tender
from tests.web.test_pool_edit_pages import PDF, Pool
from tests.web.test_pool_pages import APPLICATION

ENTRY = {
    "name": "Nobody Whatsoever",
    "employer": "No Such Institute",
    "specialties": "A0801;B02",
    "region": "440300",
    "id_number": "440300190001010000",
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    made = Pool(tmp_path_factory.mktemp("decoys"))
    with made.platform.database.transaction() as session:
        for row in pool.experts(session):
            row.mark = None  # as entries of an older version are
            session.add(row)
    planted = made.page(made.supervisor, "/decoys", {**ENTRY, "number": "E003"})
    assert planted.status_code == 303
    real = {"name": "Somebody Real", "employer": "Institute 9", "specialties": "A0801;B02"}
    columns = {**real, "region": "440300", "id_number": "440300190001010001"}
    head, line = ",".join(["number", *columns]), ",".join(["E004", *columns.values()])
    assert made.upload("x.csv", f"{head}\n{line}\n".encode()).status_code == 303
    with made.platform.database.reading() as session:
        made.ids = {row.number: row.id for row in pool.experts(session)}
    return made


def seen(scene: Pool) -> Counter[tuple[str, str]]:
    with scene.platform.database.reading() as session:
        return Counter((one.person_id, one.how) for one in touches(session))


def shape(text: str, *words: str) -> str:
    """A page without what is one entry's own."""
    for word in words:
        text = text.replace(word, "…")
    return re.sub(r"[0-9a-f-]{36}", "id", text)


def test_a_decoy_and_a_real_entry_look_the_same_to_the_manager(scene: Pool) -> None:
    one = scene.page(scene.manager, f"/pool/experts/{scene.ids['E003']}").text
    other = scene.page(scene.manager, f"/pool/experts/{scene.ids['E004']}").text
    mine = ("E003", "Nobody Whatsoever", "No Such Institute", "440300190001010000")
    theirs = ("E004", "Somebody Real", "Institute 9", "440300190001010001")
    assert shape(one, *mine) == shape(other, *theirs)
    listed = scene.page(scene.manager, "/pool").text
    rows = [row for row in re.findall(r"<tr.*?</tr>", listed, re.S) if "E003" in row or "E004" in row]
    assert len(rows) == 2
    assert shape(rows[0], *mine) == shape(rows[1], *theirs)
    items = scene.door.call(scene.manager, "GET", "/api/experts").json()
    found = (
        next(value for value in items.values() if isinstance(value, list))
        if isinstance(items, dict)
        else items
    )
    assert {one["number"] for one in found} == {"E001", "E002", "E003", "E004"}


def test_the_mark_is_sealed_and_of_one_length(scene: Pool) -> None:
    with scene.platform.database.reading() as session:
        rows = {row.number: row for row in pool.experts(session)}
        assert len({len(row.mark or b"") for row in rows.values()}) == 1
        assert [number for number, row in rows.items() if watcher_of(session, row)] == ["E003"]
        real = rows["E004"]
        assert real.mark is not None
        assert unseal(session, f"expert mark {real.id}", real.mark).decode() == NOBODY
    for who in (scene.manager, scene.experts[0]):
        assert scene.page(who, "/decoys").status_code == 403
        assert scene.door.call(who, "GET", "/api/decoys").status_code == 403
        answer = scene.door.call(who, "POST", "/api/decoys", {"columns": {**ENTRY, "number": "E9"}})
        assert answer.status_code == 403


def test_a_decoy_is_never_judged_or_counted_for_a_draw(scene: Pool) -> None:
    tender = make_tender(scene.platform)
    group = SeatGroup("g", {"en": "g"}, 1, 0, ("A08",))
    with scene.platform.database.reading() as session:
        now = scene.platform.clock.now()
        judged = judge_pool(session, tender_id=tender.tender_id, groups=[group], now=now)
    assert [one.number for one in judged.candidates] == ["E001", "E002", "E004"]


ACTS: list[tuple[str, Any]] = [
    ("opened", lambda s, n: s.page(s.manager, f"/pool/experts/{s.ids[n]}")),
    ("opened", lambda s, n: s.page(s.manager, f"/pool/experts/{s.ids[n]}/edit")),
    (
        "certificate",
        lambda s, n: s.door.call(s.manager, "POST", f"/api/experts/{n}/certificates?name=a.pdf", PDF),
    ),
    ("searched", lambda s, n: s.page(s.manager, "/pool/search", {"name": NAMES[n]})),
    (
        "changed",
        lambda s, n: s.door.call(
            s.manager,
            "PUT",
            f"/api/experts/{n}/entry",
            {"columns": {"name": NAMES[n], "employer": "Other", "specialties": "A0801"}},
        ),
    ),
    (
        "linked",
        lambda s, n: s.upload(
            "x.csv",
            f"number,name,employer,specialties,sign_in\n{n},{NAMES[n]},Other,A0801,expert-1\n".encode(),
        ),
    ),
]
NAMES = {"E003": ENTRY["name"], "E004": "Somebody Real"}


@pytest.mark.parametrize(("how", "act"), ACTS)
def test_the_alarm_comes_when_a_decoy_is_touched_and_only_then(scene: Pool, how: str, act: Any) -> None:
    before = seen(scene)
    act(scene, "E004")
    assert seen(scene) == before
    act(scene, "E003")
    assert seen(scene) - before == Counter([(scene.manager.person_id, how)])
    fact = scene.facts("pool.decoy-touched")[-1]
    assert fact["data"] == {"by": scene.manager.person_id, "how": how}
    assert scene.ids["E003"] not in str(fact)


def test_lists_and_other_names_raise_no_alarm(scene: Pool) -> None:
    before = seen(scene)
    scene.page(scene.manager, "/pool")
    scene.page(scene.manager, "/pool/search", {"name": "Nobody"})
    scene.page(scene.manager, "/pool?specialty=A08")
    assert seen(scene) == before


def test_who_applies_as_the_invented_person_raises_an_alarm_and_the_supervisor_gets_a_card(
    scene: Pool,
) -> None:
    person = scene.platform.person("applicant", Duty.APPLICANT)
    for columns in (APPLICATION, {**APPLICATION, "id_number": ENTRY["id_number"]}):
        made = scene.door.call(person, "POST", "/api/expert-applications", {"columns": columns}).json()
        scene.door.call(person, "POST", f"/api/expert-applications/{made['id']}/withdrawal")
    assert seen(scene)[person.person_id, "applied"] == 1
    with scene.platform.database.transaction() as session:
        for _ in range(2):
            sweep_decoys(session, calendar=calendar(session), now=scene.platform.clock.now())
        cards = session.exec(select(CardRecord).where(CardRecord.rule == "T9")).all()
    assert len(cards) == seen(scene).total()
    assert {one.department_id for one in cards} == {scene.supervisor.organisation_id}
    assert all(one.facts["how"] and scene.ids["E003"] not in str(one.facts) for one in cards)
    told = scene.door.call(scene.supervisor, "GET", "/api/decoys").json()
    assert told["decoys"] == ["E003"]
    assert (person.person_id, "applied") in [(one["by"], one["how"]) for one in told["touches"]]
    assert "Applied as this person" in scene.page(scene.supervisor, "/decoys").text

from pathlib import Path

import pytest

from accounts.duties import Duty
from approval.actions import catalogue_rounds, mandates, organisation
from approval.desk import Mandate
from approval.guide import Paper
from approval.queries import catalogue as found
from approval.queries import organisation as desks
from approval.queries import papers
from storage.database import Session
from tests.builders import NOW, Platform, make_platform
from tools.demo.catalogue import YICHANG
from tools.demo.catalogue_load import load_catalogue
from worker.guide_pdf import guide_html, render_guide
from worker.guides import keep_letter, write_letter


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    made = make_platform(tmp_path_factory.mktemp("guides"))
    made.person("centre", Duty.CENTRE_OFFICE, organisation="Centre")
    with made.database.transaction() as session:
        load_catalogue(session, now=NOW)
    return made


def version_of(session: Session, code: str) -> str:
    return str(found.item_by_code(session, code).current_version_id)


def test_every_item_of_the_catalogue_has_its_papers_and_one_card_prints(platform: Platform) -> None:
    with platform.database.reading() as session:
        rows = found.items(session, found.Wanted())
        sheets = [
            papers.sheet_of(session, str(row.current_version_id), paper, "zh", "https://x.org")
            for row in rows
            for paper in (Paper.CARD, Paper.MANUAL)
        ]
    assert len(sheets) == 2 * YICHANG.items
    pages = [guide_html(sheet) for sheet in sheets[:20]]
    for sheet, page in zip(sheets[:20], pages, strict=True):
        words = ["申报材料", "承诺时限", "收费标准", "办理程序", "监督渠道", "<svg", sheet["title"]]
        assert [word for word in words if word not in page] == []
        assert ("风险等级" in page) is (sheet["paper"] == "manual")
    card = render_guide(sheets[0])
    assert card.startswith(b"%PDF-")
    assert card == render_guide(sheets[0])


def test_the_handout_says_what_to_bring_and_no_more(platform: Platform) -> None:
    with platform.database.reading() as session:
        sheet = papers.sheet_of(session, version_of(session, "YI001"), Paper.HANDOUT, "en", "https://x.org")
    page = guide_html(sheet)
    assert "Papers to bring" in page
    assert "Legal basis" not in page


def test_the_booklet_of_a_year_lists_every_item(platform: Platform) -> None:
    with Session(platform.database.engine) as session:
        actor = platform.people["centre"]
        digest = catalogue_rounds.freeze_year(session, actor=actor, year=2026, now=NOW)
        sheet = papers.booklet(session, 2026, "zh")
    assert (len(sheet["entries"]), sheet["digest"]) == (255, digest)
    page = guide_html(sheet)
    assert page.count("<section") == page.count('<a href="#i') == 255


def test_a_mandate_holds_once_its_letter_is_stored(platform: Platform, tmp_path: Path) -> None:
    person = platform.person("chief", Duty.WINDOW_STAFF, organisation="Planning")
    office, department = platform.people["centre"], person.organisation_id
    with platform.database.transaction() as session:
        command = organisation.Department(department, "D99", "YC")
        organisation.put_department(session, actor=office, command=command, now=NOW)
        mandate = Mandate(person.person_id, department, ("decide",), "staff", NOW.date(), NOW.date())
        one = mandates.grant_mandate(session, actor=office, mandate=mandate, now=NOW)
    stored = write_letter(platform.adapters, {"mandate_id": one}, NOW)
    with platform.database.transaction() as session:
        keep_letter(session, platform.adapters, {"mandate_id": one}, stored, NOW)
        assert desks.mandate_powers(session, person.person_id, department, NOW.date()) == {"decide"}
    with platform.adapters.objects.open(stored.digest) as file:
        assert file.read(5) == b"%PDF-"

import json
from pathlib import Path

import pytest

from accounts.duties import Duty
from approval.actions import catalogue_rounds, mandates, organisation
from approval.actions.registers import import_rows
from approval.desk import Mandate
from approval.guide import Paper
from approval.queries import catalogue as found
from approval.queries import organisation as desks
from approval.queries import papers
from approval.register_list import register_named
from kernel.errors import Refused
from storage.database import Session
from tests.builders import NOW, Platform, make_platform
from tools.demo.catalogue import YICHANG
from tools.demo.catalogue_load import load_catalogue
from worker.guide_pdf import guide_html, render_guide
from worker.guides import keep_commitment, keep_letter, write_commitment, write_letter


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


def test_the_commitment_of_a_post_lists_its_risk_points(platform: Platform) -> None:
    office = platform.people["centre"]
    keeper = platform.person("keeper", Duty.WINDOW_STAFF, organisation="Land")
    rows = [
        {"department": "D98", "post": post, "point": point, "level": "high", "control": "两人以上现场核查"}
        for post, point in (("survey", "现场核查走过场"), ("survey", "收受礼品"), ("archive", "档案外泄"))
    ]
    with platform.database.transaction() as session:
        command = organisation.Department(keeper.organisation_id, "D98", "YC")
        organisation.put_department(session, actor=office, command=command, now=NOW)
        posts = [
            organisation.put_post(
                session,
                actor=office,
                command=organisation.Post(keeper.organisation_id, code, {"zh": "核查岗"}, None, who, None),
                now=NOW,
            )
            for code, who in (("survey", keeper.person_id), ("empty", None))
        ]
        content = json.dumps(rows).encode()
        register = register_named("risk_points")
        import_rows(session, actor=office, register=register, content=content, now=NOW)
        mandates.ask_commitment(session, actor=office, post_id=posts[0], now=NOW)
        with pytest.raises(Refused):
            mandates.ask_commitment(session, actor=office, post_id=posts[1], now=NOW)
        sheet = papers.commitment(session, posts[0], "zh")
    assert sorted(one["point"] for one in sheet["points"]) == ["收受礼品", "现场核查走过场"]
    page = guide_html(sheet)
    assert all(word in page for word in ("廉政承诺书", "核查岗", "收受礼品", "两人以上现场核查", "高"))
    payload = {"post_id": posts[0]}
    stored = write_commitment(platform.adapters, payload, NOW)
    with platform.database.transaction() as session:
        keep_commitment(session, platform.adapters, payload, stored, NOW)
        assert desks.post_by_id(session, posts[0]).commitment_digest == stored.digest.hex()
    with platform.adapters.objects.open(stored.digest) as file:
        assert file.read(5) == b"%PDF-"

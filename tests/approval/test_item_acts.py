from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.actions import catalogue, catalogue_rounds, organisation
from approval.actions.settings import put_setting
from approval.catalogue import read_item
from approval.item_life import ITEM_MOVES, VERSION_MOVES, ItemMove, ItemStatus, moved
from approval.queries import catalogue as found
from approval.queries import settings
from approval.queries.catalogue import Wanted
from approval.settings import CENTRE, OFFICE_HOURS, OPEN_BLOCKS
from kernel.errors import BadInput, IncompleteItem, NameTaken, NotAllowed, NotFound, Refused
from tests.approval.items import item_data
from tests.approval.organised import Centre
from tests.builders import NOW

DAY = date(2026, 11, 2)


class Writer:
    """Two people of the centre office in one transaction."""

    def __init__(self, centre: Centre, session: Session) -> None:
        self.centre, self.session = centre, session
        self.one = centre.office
        self.two: Actor = centre.platform.people["second"]

    def draft(self, **changes: Any) -> str:
        return catalogue.draft_item(
            self.session,
            actor=self.one,
            department_id=self.centre.department,
            site_code="C",
            body=item_data(**changes),
            now=NOW,
        )

    def version(self, item_id: str) -> str:
        return found.versions(self.session, item_id)[0].id

    def publish(self, version_id: str, **changes: Any) -> None:
        catalogue.submit_version(self.session, actor=self.one, version_id=version_id, now=NOW)
        catalogue.publish_version(self.session, actor=self.two, version_id=version_id, now=NOW, **changes)

    def item(self, **changes: Any) -> str:
        item_id = self.draft(**changes)
        self.publish(self.version(item_id))
        return item_id

    def move(self, item_id: str, move: ItemMove, reason: str = "清理") -> ItemStatus:
        return catalogue.move_item(
            self.session, actor=self.one, item_id=item_id, move=move, reason=reason, now=NOW
        )


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    made = Centre(tmp_path_factory.mktemp("catalogue"))
    made.platform.person("second", Duty.CENTRE_OFFICE, organisation="Centre")
    return made


@pytest.fixture
def writer(centre: Centre) -> Iterator[Writer]:
    with centre.session() as session:
        yield Writer(centre, session)


def test_an_item_goes_from_draft_through_review_to_the_public(writer: Writer) -> None:
    item_id = writer.draft()
    assert found.version_in_force(writer.session, "TJ-001", DAY) is None
    writer.publish(writer.version(item_id))
    record = found.item(writer.session, item_id)
    version = found.version_in_force(writer.session, "TJ-001", DAY)
    assert version is not None
    assert (record.status, record.current_version_id) == ("published", version.id)
    assert read_item(version.body).number == 1
    assert [c.move for c in found.changes(writer.session, item_id)] != []
    with pytest.raises(NotFound):
        found.version_in_force(writer.session, "nothing", DAY)


def test_whoever_wrote_or_edited_a_version_does_not_publish_it(writer: Writer) -> None:
    version_id = writer.version(writer.draft())
    for actor in (writer.two, writer.one):
        catalogue.edit_version(writer.session, actor=actor, version_id=version_id, body=item_data(), now=NOW)
    for actor in (writer.one, writer.two):
        with pytest.raises(Refused, match="four eyes"):
            catalogue.publish_version(writer.session, actor=actor, version_id=version_id, now=NOW)


def test_a_published_version_never_changes_and_old_days_keep_theirs(writer: Writer) -> None:
    item_id = writer.item()
    first = writer.version(item_id)
    with pytest.raises(Refused):
        catalogue.edit_version(
            writer.session, actor=writer.one, version_id=first, body=item_data(promised_days=8), now=NOW
        )
    body = item_data(promised_days=8)
    second = catalogue.draft_version(writer.session, actor=writer.one, item_id=item_id, body=body, now=NOW)
    with pytest.raises(Refused):
        catalogue.draft_version(writer.session, actor=writer.one, item_id=item_id, body=body, now=NOW)
    start = DAY + timedelta(days=3)
    writer.publish(second, effective_from=start, round_number=4)
    held = [found.version_in_force(writer.session, "TJ-001", start + timedelta(days=d)) for d in (-1, 0, 1)]
    assert [version.id if version else "" for version in held] == [first, second, second]
    read = found.versions_in_force(writer.session, [item_id], start)
    assert read[item_id].promised_days == 8
    with pytest.raises(BadInput):
        third = catalogue.draft_version(
            writer.session, actor=writer.one, item_id=item_id, body=body | {"code": "other"}, now=NOW
        )
        assert third


def test_an_incomplete_item_is_not_even_submitted(writer: Writer) -> None:
    version_id = writer.version(writer.draft(basis=[], conditions=[]))
    with pytest.raises(IncompleteItem) as error:
        catalogue.submit_version(writer.session, actor=writer.one, version_id=version_id, now=NOW)
    assert error.value.facts["missing"] == "block.basis, block.conditions, basis.law"


def test_a_version_sent_back_is_a_draft_again(writer: Writer) -> None:
    item_id = writer.draft()
    version_id = writer.version(item_id)
    catalogue.submit_version(writer.session, actor=writer.one, version_id=version_id, now=NOW)
    with pytest.raises(BadInput):
        catalogue.send_back_version(
            writer.session, actor=writer.two, version_id=version_id, reason=" ", now=NOW
        )
    catalogue.send_back_version(
        writer.session, actor=writer.two, version_id=version_id, reason="补充依据", now=NOW
    )
    assert found.item(writer.session, item_id).status == "draft"


def test_nothing_takes_effect_in_the_past(writer: Writer) -> None:
    version_id = writer.version(writer.draft())
    with pytest.raises(BadInput):
        writer.publish(version_id, effective_from=DAY - timedelta(days=1))


@pytest.mark.parametrize("move", list(ItemMove))
@pytest.mark.parametrize("status", list(ItemStatus))
def test_only_the_moves_of_the_two_tables_are_possible(status: ItemStatus, move: ItemMove) -> None:
    for table in (VERSION_MOVES, ITEM_MOVES):
        if (status, move) in table:
            assert moved(table, status, move) is table[status, move]
        else:
            with pytest.raises(Refused):
                moved(table, status, move)


def test_a_paused_item_takes_no_cases_and_comes_back(writer: Writer) -> None:
    item_id = writer.item()
    writer.move(item_id, ItemMove.PAUSE)
    assert found.version_in_force(writer.session, "TJ-001", DAY) is None
    writer.move(item_id, ItemMove.RESUME)
    assert found.version_in_force(writer.session, "TJ-001", DAY) is not None
    with pytest.raises(BadInput):
        writer.move(item_id, ItemMove.PAUSE, reason="")
    writer.move(item_id, ItemMove.CANCEL)
    with pytest.raises(Refused):
        catalogue.draft_version(writer.session, actor=writer.one, item_id=item_id, body=item_data(), now=NOW)


def test_a_code_is_taken_once_and_only_the_office_writes(writer: Writer) -> None:
    writer.draft()
    with pytest.raises(NameTaken):
        writer.draft()
    with pytest.raises(NotAllowed):
        catalogue.draft_item(
            writer.session,
            actor=writer.centre.ann,
            department_id=writer.centre.department,
            site_code="C",
            body=item_data(code="x"),
            now=NOW,
        )


def test_an_item_enters_and_leaves_the_centre_only_by_an_approved_request(writer: Writer) -> None:
    item_id = writer.item()
    assert found.gaps(writer.session, DAY).outside == (("TJ-001", ""),)
    for kind, expected in (("entry", ()), ("exit", (("TJ-001", "专网办理,某规定第三条"),))):
        entry = catalogue_rounds.ask_entry(
            writer.session,
            actor=writer.centre.leader,
            item_id=item_id,
            kind=kind,
            reason="专网办理,某规定第三条",
            now=NOW,
        )
        before = found.gaps(writer.session, DAY).outside
        with pytest.raises(Refused):
            catalogue_rounds.ask_entry(
                writer.session, actor=writer.one, item_id=item_id, kind=kind, reason="again", now=NOW
            )
        assert found.gaps(writer.session, DAY).outside == before
        catalogue_rounds.settle_entry(writer.session, actor=writer.one, entry_id=entry, approve=True, now=NOW)
        assert found.gaps(writer.session, DAY).outside == expected
    with pytest.raises(Refused):
        catalogue_rounds.settle_entry(writer.session, actor=writer.one, entry_id=entry, approve=True, now=NOW)


def test_a_leader_asks_for_their_own_items_and_nobody_approves_what_they_asked(writer: Writer) -> None:
    item_id = writer.item()
    ask = {"item_id": item_id, "kind": "entry", "reason": "应进必进", "now": NOW}
    with pytest.raises(Refused):
        catalogue_rounds.ask_entry(writer.session, actor=writer.centre.other, **ask)  # type: ignore[arg-type]
    entry = catalogue_rounds.ask_entry(writer.session, actor=writer.one, **ask)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="four eyes"):
        catalogue_rounds.settle_entry(writer.session, actor=writer.one, entry_id=entry, approve=True, now=NOW)
    catalogue_rounds.settle_entry(writer.session, actor=writer.two, entry_id=entry, approve=False, now=NOW)
    assert not found.item(writer.session, item_id).in_centre


def test_gaps_name_items_without_office_window_or_online_flow(writer: Writer) -> None:
    item_id = writer.item(online=[])
    gaps = found.gaps(writer.session, DAY)
    assert (gaps.no_office, gaps.no_window, gaps.no_online) == (("TJ-001",),) * 3
    organisation.put_hall(
        writer.session, actor=writer.one, command=organisation.Hall("H", "C", "大厅"), now=NOW
    )
    windows = [
        organisation.put_window(
            writer.session,
            actor=writer.one,
            command=organisation.Window("H", number, "窗口", department_ids=departments),
            now=NOW,
        )
        for number, departments in (("1", (writer.centre.department,)), ("2", ()))
    ]
    writer.centre.put_department(writer.session, "D1", office_kind="separate")
    with pytest.raises(BadInput):
        catalogue.set_windows(writer.session, actor=writer.one, item_id=item_id, window_ids=windows, now=NOW)
    catalogue.set_windows(writer.session, actor=writer.one, item_id=item_id, window_ids=windows[:1], now=NOW)
    gaps = found.gaps(writer.session, DAY)
    assert (gaps.no_office, gaps.no_window, gaps.no_online) == ((), (), ("TJ-001",))
    assert [row.code for row in found.items(writer.session, Wanted(hall="H"))] == ["TJ-001"]


def test_items_are_found_by_word_kind_class_and_level(writer: Writer) -> None:
    writer.item()
    writer.item(code="TJ-002", title={"zh": "企业备案", "en": "Filing"}, kind="filing", item_class="economy")
    for wanted, codes in (
        (Wanted(), ["TJ-001", "TJ-002"]),
        (Wanted(words="企业"), ["TJ-002"]),
        (Wanted(words="project tj-001"), ["TJ-001"]),
        (Wanted(kind="filing"), ["TJ-002"]),
        (Wanted(item_class="economy"), ["TJ-002"]),
        (Wanted(level="city", department_id=writer.centre.department), ["TJ-001", "TJ-002"]),
        (Wanted(level="town"), []),
        (Wanted(hall="none"), []),
    ):
        assert [row.code for row in found.items(writer.session, wanted)] == codes
    assert found.counts(writer.session, "kind") == {"licence": 1, "filing": 1}
    assert [row.code for row, _ in found.same_business(writer.session, "B-001")] == ["TJ-001", "TJ-002"]


def test_a_clean_up_round_ends_items_and_keeps_the_totals(writer: Writer) -> None:
    for number in (1, 2, 3):
        writer.item(code=f"TJ-{number}")
    one = catalogue_rounds.Round(1, DAY, "第一次清理", {}, {"items": 1340}, {"items": 600})
    catalogue_rounds.hold_round(writer.session, actor=writer.one, command=one, now=NOW)
    two = catalogue_rounds.Round(2, DAY, "第二次清理", {"cancelled": ("TJ-1",), "delegated": ("TJ-2",)})
    catalogue_rounds.hold_round(writer.session, actor=writer.one, command=two, now=NOW)
    first, second = found.rounds(writer.session)
    assert (first.changes["before"], first.changes["is_reported"]) == ({"items": 1340}, True)
    assert (second.changes["before"]["items"], second.changes["after"]["items"]) == (3, 1)
    assert second.changes["before"]["materials"] - second.changes["after"]["materials"] == 4
    assert found.counts(writer.session, "status") == {"cancelled": 1, "delegated": 1, "published": 1}
    wrong = [
        catalogue_rounds.Round(2, DAY, "x"),
        catalogue_rounds.Round(3, DAY, "x", {"burnt": ()}),
        catalogue_rounds.Round(3, DAY, "x", {}, {"pages": 1}),
        catalogue_rounds.Round(3, DAY, "x", {}, {"items": -1}),
    ]
    for command in wrong:
        with pytest.raises(BadInput):
            catalogue_rounds.hold_round(writer.session, actor=writer.one, command=command, now=NOW)


def test_a_frozen_year_is_exported_again_byte_for_byte(writer: Writer) -> None:
    item_id = writer.item()
    digest = catalogue_rounds.freeze_year(writer.session, actor=writer.one, year=2026, now=NOW)
    before = found.yearly(writer.session, 2026).body
    writer.move(item_id, ItemMove.CANCEL)
    record = found.yearly(writer.session, 2026)
    assert (record.body, record.digest, record.item_count) == (before, digest, 1)
    assert found.frozen_years(writer.session) == [(2026, digest, 1)]
    with pytest.raises(Refused):
        catalogue_rounds.freeze_year(writer.session, actor=writer.one, year=2026, now=NOW)
    with pytest.raises(BadInput):
        catalogue_rounds.freeze_year(writer.session, actor=writer.one, year=2027, now=NOW)
    with pytest.raises(NotFound):
        found.yearly(writer.session, 2025)


def test_the_centre_sets_its_public_blocks_and_each_change_is_a_version(writer: Writer) -> None:
    assert len(settings.value(writer.session, OPEN_BLOCKS)) == 8
    nine = [*settings.value(writer.session, OPEN_BLOCKS), "complaint"]
    for version, blocks in ((1, nine), (2, nine[:5])):
        assert (
            put_setting(writer.session, actor=writer.one, setting=OPEN_BLOCKS, value=blocks, now=NOW)
            == version
        )
        assert settings.value(writer.session, OPEN_BLOCKS) == blocks
    assert [row.version for row in settings.history(writer.session, "open_blocks")] == [2, 1]
    wrong: list[tuple[Any, Any]] = [
        (OPEN_BLOCKS, nine[:4]),
        (OPEN_BLOCKS, [*nine[:5], "weather"]),
        (OPEN_BLOCKS, "title"),
        (OFFICE_HOURS, {"begins": "17:00", "ends": "17:00"}),
        (OFFICE_HOURS, {"begins": "nine", "ends": "17:00"}),
        (CENTRE, {"name": {"zh": "中心"}}),
    ]
    for setting, value in wrong:
        with pytest.raises(BadInput):
            put_setting(writer.session, actor=writer.one, setting=setting, value=value, now=NOW)

"""The catalogue and the registers on both kinds of database, with the tables of the migrations."""

from datetime import date

from accounts.duties import Actor, Duty
from approval.actions import registers as acts
from approval.queries import catalogue as found
from approval.queries import organisation, registers
from approval.queries.catalogue import Wanted
from approval.register_list import register_named
from kernel.ids import OrganisationId, PersonId
from storage.database import Database
from tests.builders import NOW
from tools.demo.catalogue_load import load_catalogue

DAY = date(2026, 11, 2)
OFFICE = Actor(PersonId("p"), OrganisationId("o"), "office", frozenset({Duty.CENTRE_OFFICE}))


def test_the_catalogue_is_loaded_found_and_counted(database: Database) -> None:
    with database.transaction() as session:
        loaded = load_catalogue(session, whole_network=True, now=NOW)
    with database.reading() as session:
        assert len(found.items(session, Wanted(level="city", hall="YC-H0", words="许可"))) > 0
        version = found.version_in_force(session, "YI001", DAY)
        assert version is not None
        assert version.item_id == loaded.item_ids[0]
        assert found.gaps(session, DAY).count == 255
        assert organisation.coverage(session)["town"] == (103, 105)
        assert len(organisation.sites_below(session, "YC-1")) > 100
        assert organisation.departments_with_power(session, "decide", DAY) == frozenset()


def test_rows_of_a_register_are_kept_and_counted(database: Database) -> None:
    rows = b"code,kind,state\nd1,computer,working\nd2,door,broken\n"
    with database.transaction() as session:
        acts.import_rows(session, actor=OFFICE, register=register_named("devices"), content=rows, now=NOW)
    with database.reading() as session:
        assert registers.count(session, "devices") == 2
        assert [row.key for row in registers.rows(session, "devices", first=1, limit=1)] == ["d2"]
        assert registers.counts(session) == {"devices": 2}

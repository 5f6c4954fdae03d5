"""A centre with a city site, a department and its people; tests act in transactions that are rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.actions import organisation
from approval.records.organisation import PostRecord
from approval.sites import Site
from tests.builders import NOW, Platform, make_platform


class Centre:
    """A platform with a centre office, one city site and one department of four people."""

    def __init__(self, folder: Path) -> None:
        self.platform: Platform = make_platform(folder)
        person = self.platform.person
        self.office = person("centre", Duty.CENTRE_OFFICE, organisation="Centre")
        self.ann = person("ann", Duty.WINDOW_STAFF, organisation="Planning")
        self.ben = person("ben", Duty.CASE_OFFICER, organisation="Planning")
        self.leader = person("leader", Duty.LEADER, organisation="Planning")
        self.other = person("other", Duty.LEADER, organisation="Water")
        self.department = self.ann.organisation_id
        with self.platform.database.transaction() as session:
            organisation.import_sites(session, actor=self.office, sites=[Site("C", "city", "宜昌")], now=NOW)
            self.put_department(session, "D1")

    def put_department(self, session: Session, code: str, **changes: Any) -> str:
        values = {"organisation_id": self.department, "code": code, "site_code": "C"} | changes
        command = organisation.Department(**values)
        return organisation.put_department(session, actor=self.office, command=command, now=NOW)

    def put_post(self, session: Session, a: Actor | None, b: Actor | None) -> PostRecord:
        holders = [person.person_id if person else None for person in (a, b)]
        command = organisation.Post(self.department, "p1", {"zh": "审查岗"}, None, *holders)
        post_id = organisation.put_post(session, actor=self.office, command=command, now=NOW)
        post = session.get(PostRecord, post_id)
        assert post is not None
        return post

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that leaves nothing behind."""
        with Session(self.platform.database.engine, expire_on_commit=False) as session:
            yield session

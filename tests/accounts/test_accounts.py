"""What people do with accounts, on a real database."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher

from accounts import actions, queries
from accounts.credentials import TRIES, Scope
from accounts.duties import Duty
from kernel.errors import (
    BadInput,
    ConflictOfDuties,
    KeyReused,
    NameTaken,
    NotAllowed,
    NotSignedIn,
    RateLimited,
)
from tests.builders import PASSWORD, Platform, make_platform


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


def test_an_unknown_name_costs_what_a_known_one_does() -> None:
    assert not PasswordHasher().check_needs_rehash(actions.UNKNOWN_NAME_HASH)


def check(platform: Platform, name: str, password: str) -> str | None:
    with platform.database.transaction() as session:
        return actions.check_credentials(session, sign_in=name, password=password, now=platform.clock.now())


def test_only_an_empty_platform_gets_its_first_operator(platform: Platform) -> None:
    with platform.database.transaction() as session:
        assert (
            actions.bootstrap(session, sign_in="second", password=PASSWORD, now=platform.clock.now()) is None
        )


def test_nobody_but_the_operator_adds_people(platform: Platform) -> None:
    office = platform.person("office", Duty.TENDER_OFFICE)
    with pytest.raises(NotAllowed), platform.database.transaction() as session:
        actions.add_organisation(session, actor=office, name="Mine", now=platform.clock.now())


@pytest.mark.parametrize(
    ("name", "password", "duties", "error"),
    [
        ("ab", PASSWORD, set(), BadInput),
        ("Upper", PASSWORD, set(), BadInput),
        ("short-password", "123456789", set(), BadInput),
        ("abcdefghijk", "ABCDEFGHIJK", set(), BadInput),
        ("both", PASSWORD, {Duty.BIDDER, Duty.EXPERT}, ConflictOfDuties),
        ("operator", PASSWORD, set(), NameTaken),
    ],
)
def test_unusable_account_is_refused(
    platform: Platform, name: str, password: str, duties: set[Duty], error: type[Exception]
) -> None:
    command = actions.AddPerson(platform.operator.organisation_id, name, name, password, frozenset(duties))
    with pytest.raises(error), platform.database.transaction() as session:
        actions.add_person(session, actor=platform.operator, command=command, now=platform.clock.now())


def test_guessing_is_slowed_down_and_never_locks(platform: Platform) -> None:
    platform.person("office", Duty.TENDER_OFFICE)
    for _ in range(TRIES):
        assert check(platform, "office", "a wrong password") is None
    with pytest.raises(RateLimited):
        check(platform, "office", PASSWORD)
    platform.clock.advance(minutes=5, seconds=1)
    assert check(platform, "office", PASSWORD) is not None


def test_session_ends_at_its_hour(platform: Platform) -> None:
    office = platform.person("office", Duty.TENDER_OFFICE)
    with platform.database.transaction() as session:
        secret = actions.begin_session(session, person_id=office.person_id, hours=1, now=platform.clock.now())
    for seconds, valid in ((3599, True), (1, False)):
        platform.clock.advance(seconds=seconds)
        with platform.database.reading() as session:
            held = queries.actor_of_session(session, secret, platform.clock.now())
        assert (held is not None) is valid


def test_new_password_ends_every_session_and_token(platform: Platform) -> None:
    office = platform.person("office", Duty.TENDER_OFFICE)
    now = platform.clock.now()
    with platform.database.transaction() as session:
        cookie = actions.begin_session(session, person_id=office.person_id, hours=1, now=now)
        token = actions.issue_token(
            session, person_id=office.person_id, label="t", scopes=[Scope.READ], days=1, now=now
        )
    with pytest.raises(NotSignedIn), platform.database.transaction() as session:
        actions.change_password(session, actor=office, old="wrong", new="another password", now=now)
    with platform.database.transaction() as session:
        actions.change_password(session, actor=office, old=PASSWORD, new="another password", now=now)
    with platform.database.reading() as session:
        assert queries.actor_of_session(session, cookie, now) is None
        assert queries.actor_of_token(session, token, now) is None
    assert check(platform, "office", PASSWORD) is None
    assert check(platform, "office", "another password") == office.person_id


def test_creating_act_runs_once_for_a_key(platform: Platform) -> None:
    ran = []

    def once(key: str, request: bytes) -> str:
        with platform.database.transaction() as session:
            return actions.once(
                session,
                person_id=platform.operator.person_id,
                key=key,
                request=request,
                now=platform.clock.now(),
                act=lambda: ran.append(1) or f"answer {len(ran)}",  # type: ignore[func-returns-value]
            )

    assert [once("12345678", b"a"), once("12345678", b"a"), once("87654321", b"a")] == [
        "answer 1",
        "answer 1",
        "answer 2",
    ]
    with pytest.raises(KeyReused):
        once("12345678", b"b")
    with pytest.raises(BadInput):
        once("1234567", b"a")


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("", None),
        ("12345", BadInput),
        ("123456", "123456"),
        (" 91440300ma5dc8x12q ", "91440300MA5DC8X12Q"),
        ("9" * 32, "9" * 32),
        ("9" * 33, BadInput),
        ("12345_6", BadInput),
    ],
)
def test_an_organisation_keeps_the_number_that_its_certificates_name(
    platform: Platform, number: str, kept: str | type[Exception] | None
) -> None:
    def add() -> str | None:
        with platform.database.transaction() as session:
            id = actions.add_organisation(
                session, actor=platform.operator, name="Builders", number=number, now=platform.clock.now()
            )
        with platform.database.reading() as session:
            return queries.organisation(session, id).number

    if isinstance(kept, type):
        with pytest.raises(kept):
            add()
    else:
        assert add() == kept

"""Passkeys with an authenticator in software: what counts, what is refused, and for how long a confirmation holds."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from accounts import actions, queries
from accounts.actions import passkeys
from accounts.credentials import Scope
from accounts.duties import Actor, Duty, Presence, read_demanded
from accounts.passkeys import (
    CHALLENGE_LIFE,
    MOST_PASSKEYS,
    STEP_UP,
    Purpose,
    check_presence,
    site_of,
)
from kernel.errors import BadInput, NotAllowed, NotFound, PasskeyNeeded, Refused
from storage.audit_log import LogRecord
from tests.accounts.authenticator import USER_PRESENT, USER_VERIFIED, Authenticator
from tests.builders import NOW, Platform, make_platform

SITE = site_of("https://bids.example.cn")
MOMENT = timedelta(microseconds=1)


@dataclass
class Browser:
    """A signed-in browser of one person, with the platform behind it."""

    platform: Platform
    secret: str
    person_id: str

    @property
    def actor(self) -> Actor:
        with self.platform.database.reading() as session:
            found = queries.actor_of_session(session, self.secret, self.platform.clock.now())
        assert found is not None
        return found

    def challenge(self, purpose: Purpose) -> bytes:
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            return passkeys.give_challenge(session, secret=self.secret, purpose=purpose, now=now)

    def take(self, purpose: Purpose) -> bytes | None:
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            return passkeys.take_challenge(session, secret=self.secret, purpose=purpose, now=now)

    def register(self, key: Authenticator, **wrong: Any) -> str:
        made = key.make(self.challenge(Purpose.REGISTER), **wrong)
        with self.platform.database.transaction() as session:
            return passkeys.register(
                session,
                actor=self.actor,
                name="telephone",
                credential=made,
                challenge=passkeys.take_challenge(
                    session, secret=self.secret, purpose=Purpose.REGISTER, now=self.platform.clock.now()
                ),
                site=SITE,
                now=self.platform.clock.now(),
            )

    def answer(self, credential: dict[str, Any]) -> None:
        """Hand in an assertion, as the door does: the challenge is used up first."""
        challenge = self.take(Purpose.STEP_UP)
        with self.platform.database.transaction() as session:
            passkeys.step_up(
                session,
                actor=self.actor,
                secret=self.secret,
                credential=credential,
                challenge=challenge,
                site=SITE,
                now=self.platform.clock.now(),
            )

    def confirm(self, key: Authenticator, **wrong: Any) -> None:
        self.answer(key.sign(self.challenge(Purpose.STEP_UP), **wrong))

    def may_act(self) -> None:
        """Raise PasskeyNeeded unless an opener's act of legal weight would be done now."""
        now = self.platform.clock.now()
        with self.platform.database.reading() as session:
            passkeys.check_step_up(session, actor=self.actor, duty=Duty.OPENER, now=now)


def browser(platform: Platform, name: str, duty: Duty = Duty.OPENER) -> Browser:
    person = platform.person(name, duty)
    with platform.database.transaction() as session:
        secret = actions.begin_session(session, person_id=person.person_id, hours=9, now=platform.clock.now())
    return Browser(platform, secret, person.person_id)


def new_key() -> Authenticator:
    return Authenticator(SITE.host, SITE.origin)


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return make_platform(tmp_path)


@pytest.fixture
def opener(platform: Platform) -> Browser:
    return browser(platform, "opener")


def kinds(platform: Platform) -> list[str]:
    with platform.database.reading() as session:
        return [kind for kind in session.exec(select(LogRecord.kind)) if kind.startswith("passkey")]


def test_who_has_no_passkey_acts_as_ever(opener: Browser) -> None:
    opener.may_act()


def test_who_has_one_confirms_with_it_for_five_minutes(platform: Platform, opener: Browser) -> None:
    key = new_key()
    opener.register(key)
    with pytest.raises(PasskeyNeeded):
        opener.may_act()
    opener.confirm(key)
    for age in (timedelta(), STEP_UP - MOMENT, STEP_UP):
        platform.clock.at = NOW + age
        opener.may_act()
    platform.clock.at = NOW + STEP_UP + MOMENT
    with pytest.raises(PasskeyNeeded):
        opener.may_act()
    assert kinds(platform) == ["passkey.registered"]


def test_a_confirmation_holds_for_its_own_session_only(platform: Platform, opener: Browser) -> None:
    key = new_key()
    opener.register(key)
    opener.confirm(key)
    elsewhere = browser(platform, "opener")
    with pytest.raises(PasskeyNeeded):
        elsewhere.may_act()


def test_the_site_may_demand_passkeys_of_a_duty(opener: Browser) -> None:
    asked = replace(opener.actor, presence=Presence(demanded=read_demanded("expert, opener")))
    check_presence(asked, Duty.TENDER_OFFICE, has_passkey=False, now=NOW)
    with pytest.raises(PasskeyNeeded):
        check_presence(asked, Duty.OPENER, has_passkey=False, now=NOW)
    with pytest.raises(ValueError, match="nobody"):
        read_demanded("nobody")
    assert read_demanded("") == frozenset()


WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://bids.example.cn.evil.example"},
    "another site": {"host": "evil.example"},
    "another challenge": {"asked": bytes(32)},
    "an answer to a registration": {"told": "webauthn.create"},
    "nobody verified": {"flags": USER_PRESENT},
    "nobody present": {"flags": USER_VERIFIED},
    "another key's signature": {"signer": ec.generate_private_key(ec.SECP256R1())},
    "the counter stood still": {"count": 5},
    "the counter went back": {"count": 4},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_confirms_nothing_and_uses_its_challenge_up(
    opener: Browser, wrong: dict[str, Any]
) -> None:
    key = new_key()
    opener.register(key)
    opener.confirm(key, count=5)
    before = opener.actor.presence.at
    opener.platform.clock.at = NOW + timedelta(minutes=1)
    with pytest.raises(BadInput):
        opener.confirm(key, **wrong)
    assert opener.actor.presence.at == before
    assert opener.take(Purpose.STEP_UP) is None
    opener.confirm(key, count=6)
    assert opener.actor.presence.at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [WRONG[name] for name in ("another origin", "another site", "another challenge", "nobody verified")],
)
def test_a_wrong_registration_is_refused(opener: Browser, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        opener.register(new_key(), **wrong)
    assert kinds(opener.platform) == []


def test_an_answer_counts_once(opener: Browser) -> None:
    key = new_key()
    opener.register(key)
    answer = key.sign(opener.challenge(Purpose.STEP_UP))
    opener.answer(answer)
    with pytest.raises(Refused):
        opener.answer(answer)
    opener.challenge(Purpose.STEP_UP)
    with pytest.raises(BadInput):
        opener.answer(answer)


def test_a_challenge_is_of_one_browser_and_one_purpose(platform: Platform, opener: Browser) -> None:
    key = new_key()
    opener.register(key)
    answer = key.sign(opener.challenge(Purpose.STEP_UP))
    with pytest.raises(Refused):
        browser(platform, "opener").answer(answer)
    assert opener.take(Purpose.REGISTER) is None
    assert opener.take(Purpose.SIGN_IN) is None
    opener.answer(answer)


@pytest.mark.parametrize(("age", "counts"), [(-MOMENT, True), (timedelta(), False), (MOMENT, False)])
def test_a_challenge_expires(opener: Browser, age: timedelta, counts: bool) -> None:
    opener.challenge(Purpose.STEP_UP)
    opener.platform.clock.at = NOW + CHALLENGE_LIFE + age
    assert (opener.take(Purpose.STEP_UP) is not None) is counts


def test_another_persons_passkey_does_not_confirm(platform: Platform, opener: Browser) -> None:
    own, others = new_key(), new_key()
    opener.register(own)
    browser(platform, "second").register(others)
    with pytest.raises(Refused):
        opener.confirm(others)
    with pytest.raises(Refused):
        opener.confirm(new_key())


def test_a_password_alone_neither_adds_nor_removes_further_passkeys(opener: Browser) -> None:
    first, second = new_key(), new_key()
    id = opener.register(first)
    with pytest.raises(PasskeyNeeded):
        opener.register(second)
    with pytest.raises(PasskeyNeeded), opener.platform.database.transaction() as session:
        passkeys.remove(session, actor=opener.actor, passkey_id=id, now=NOW)
    opener.confirm(first)
    opener.register(second)
    with pytest.raises(Refused):
        opener.register(second)
    opener.confirm(second)
    for _ in range(MOST_PASSKEYS - 2):
        opener.register(new_key())
    with pytest.raises(Refused):
        opener.register(new_key())


def test_removing_ends_what_was_confirmed(platform: Platform, opener: Browser) -> None:
    first, second = new_key(), new_key()
    id = opener.register(first)
    opener.confirm(first)
    opener.register(second)
    stranger = browser(platform, "second")
    with pytest.raises(NotFound), platform.database.transaction() as session:
        passkeys.remove(session, actor=stranger.actor, passkey_id=id, now=NOW)
    with platform.database.transaction() as session:
        passkeys.remove(session, actor=opener.actor, passkey_id=id, now=NOW)
    with pytest.raises(PasskeyNeeded):
        opener.may_act()
    with pytest.raises(Refused):
        opener.confirm(first)
    assert kinds(platform) == ["passkey.registered", "passkey.registered", "passkey.removed"]


def test_the_operator_removes_what_somebody_has_lost(platform: Platform, opener: Browser) -> None:
    opener.register(new_key())
    with pytest.raises(NotAllowed), platform.database.transaction() as session:
        passkeys.remove_all(session, actor=opener.actor, person_id=opener.person_id, now=NOW)
    with platform.database.transaction() as session:
        removed = passkeys.remove_all(session, actor=platform.operator, person_id=opener.person_id, now=NOW)
    assert removed == 1
    assert kinds(platform) == ["passkey.registered", "passkey.removed"]
    opener.may_act()


def test_signing_in_with_a_passkey_confirms_too(platform: Platform, opener: Browser) -> None:
    key = new_key()
    opener.register(key)
    answer = key.sign(opener.challenge(Purpose.SIGN_IN))
    challenge = opener.take(Purpose.SIGN_IN)
    with platform.database.transaction() as session:
        secret = passkeys.sign_in(
            session, credential=answer, challenge=challenge, site=SITE, hours=1, now=NOW
        )
    signed_in = Browser(platform, secret, opener.person_id)
    assert signed_in.actor.person_id == opener.person_id
    signed_in.may_act()


def token_may_act(platform: Platform, token: str) -> None:
    now = platform.clock.now()
    with platform.database.reading() as session:
        found = queries.actor_of_token(session, token, now)
        assert found is not None
        passkeys.check_step_up(session, actor=found[0], duty=Duty.OPENER, now=now)


def test_a_token_takes_over_the_moment_of_its_sessions_confirmation(
    platform: Platform, opener: Browser
) -> None:
    key = new_key()
    opener.register(key)

    def confirmed() -> str:
        with platform.database.transaction() as session:
            return passkeys.issue_confirmed_token(
                session,
                actor=opener.actor,
                label="cli",
                scopes=frozenset({Scope.OPEN}),
                now=platform.clock.now(),
            )

    with platform.database.transaction() as session:
        by_password = actions.issue_token(
            session, person_id=opener.person_id, label="cli", scopes=[Scope.OPEN], days=1, now=NOW
        )
    with pytest.raises(PasskeyNeeded):
        token_may_act(platform, by_password)
    with pytest.raises(PasskeyNeeded):
        confirmed()
    opener.confirm(key)
    platform.clock.at = NOW + timedelta(minutes=4)
    token = confirmed()
    token_may_act(platform, token)
    platform.clock.at = NOW + STEP_UP + MOMENT
    with pytest.raises(PasskeyNeeded):
        token_may_act(platform, token)

"""Passkeys (WebAuthn): what a browser is asked, whether its answer is right, and when an act needs one.

The library reads and verifies; the challenge, the counter and the moment are handed in. The user has to be verified
by the authenticator each time, so that a key found on a desk is not enough.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.duties import Actor, Duty
from kernel.errors import BadInput, PasskeyCopied, PasskeyNeeded, RateLimited, Refused

STEP_UP = timedelta(minutes=5)
"""How long a confirmation holds for acts of legal weight."""
CHALLENGE_LIFE = timedelta(minutes=5)
MOST_PASSKEYS = 10  # of one person
MOST_CHALLENGES = (
    1000  # open at one time for signing in: they cost a row each, and nobody has to be known for one
)
NAME_LENGTH = range(1, 101)
ADDRESS = re.compile(r"(https?)://([^/:?#\[\]@]+)(?::([0-9]+))?(?:[/?#]|$)", re.ASCII)  # no IPv6 numbers
NUMBER = re.compile(r"[0-9.]+", re.ASCII)


class Purpose(StrEnum):
    """What a challenge is signed for; one made for another purpose does not count."""

    REGISTER = "register"
    STEP_UP = "step-up"
    SIGN_IN = "sign-in"


@dataclass(frozen=True)
class Site:
    """The site as authenticators know it: keys belong to its host, answers name its origin."""

    host: str
    origin: str


@dataclass(frozen=True)
class NewPasskey:
    """What came out of a registration."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def site_of(public_url: str) -> Site:
    """The site behind its address.

    Raises:
        Refused: the address is a number, which browsers take no passkeys for.
    """
    found = ADDRESS.match(public_url)
    scheme, host, port = found.groups() if found else ("", "", None)
    if not host or NUMBER.fullmatch(host):
        why = "this site has no name, only a number, so browsers make no passkeys for it"
        raise Refused(rule="passkeys", why=why)
    host = host.lower()
    is_usual = port in (None, {"https": "443", "http": "80"}[scheme])
    return Site(host, f"{scheme}://{host}" + ("" if is_usual else f":{port}"))


def registration_options(
    site: Site, *, person_id: str, sign_in: str, name: str, known: Sequence[bytes], challenge: bytes
) -> dict[str, Any]:
    """What navigator.credentials.create() is asked; a passkey that is registered already is not made twice."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Mingtang",
        user_name=sign_in,
        user_id=person_id.encode(),
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def assertion_options(site: Site, *, known: Sequence[bytes], challenge: bytes) -> dict[str, Any]:
    """What navigator.credentials.get() is asked; with no known passkey the person chooses one of the site's."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def read_registration(credential: Mapping[str, Any], *, site: Site, challenge: bytes) -> NewPasskey:
    """The passkey that a browser made; raises BadInput when anything of its answer is not right."""
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # what a stranger sends may fail anywhere in the parsers
        raise _wrong() from error
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count)


def credential_id(credential: Mapping[str, Any]) -> bytes:
    """Which passkey an answer says it is of."""
    try:
        return base64url_to_bytes(str(credential["rawId"]))
    except (KeyError, ValueError):
        raise _wrong() from None


def read_assertion(credential: Mapping[str, Any], *, site: Site, challenge: bytes, public_key: bytes) -> int:
    """The authenticator's new counter; raises BadInput unless the answer is signed by this passkey, here and now."""
    try:
        seen = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,  # compared by `check_counter`, once the signature holds
            require_user_verification=True,
        )
    except Exception as error:  # what a stranger sends may fail anywhere in the parsers
        raise _wrong() from error
    return seen.new_sign_count


def check_counter(passkey_id: str, known: int, said: int) -> None:
    """Raise PasskeyCopied unless a counter rose; authenticators without one always say 0."""
    if (known or said) and said <= known:
        raise PasskeyCopied(passkey=passkey_id, known=known, said=said)


def check_challenges(count: int) -> None:
    """Raise RateLimited when too many browsers are about to sign in with a passkey."""
    if count >= MOST_CHALLENGES:
        raise RateLimited(seconds=int(CHALLENGE_LIFE.total_seconds()))


def _wrong() -> BadInput:
    return BadInput(where="credential", why="this answer of a passkey does not count here; begin again")


def is_present(at: datetime | None, now: datetime) -> bool:
    """Whether a confirmation still holds."""
    return at is not None and at <= now <= at + STEP_UP


def must_confirm(actor: Actor, duty: Duty, *, has_passkey: bool) -> bool:
    """Whether acts of legal weight under a duty ask the actor for a passkey.

    Who has one confirms with it; who has none acts as ever, except under the duties that the site names.
    """
    return has_passkey or duty in actor.presence.demanded


def check_presence(actor: Actor, duty: Duty, *, has_passkey: bool, now: datetime) -> None:
    """Raise PasskeyNeeded unless the actor may do an act of legal weight under a duty now."""
    if not must_confirm(actor, duty, has_passkey=has_passkey):
        return
    if not has_passkey:
        raise PasskeyNeeded(why="this site asks for one from everybody with your duty; register yours first")
    if not is_present(actor.presence.at, now):
        raise PasskeyNeeded(why="confirm that it is you, then do it again within five minutes")


def passkey_name(name: str) -> str:
    """The name under which a person will know a passkey again."""
    name = name.strip()
    if len(name) not in NAME_LENGTH:
        raise BadInput(where="name", why="use 1 to 100 characters")
    return name

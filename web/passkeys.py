"""Passkeys over JSON: the two halves of each ceremony, the list, removing, and a confirmed token for the command line.

All but signing in is for browser sessions only: a program has no authenticator.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody

from accounts import queries
from accounts.actions import passkeys as actions
from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from accounts.passkeys import STEP_UP, Purpose, Site, assertion_options, registration_options, site_of
from kernel.clock import write_time
from kernel.errors import BadInput, NotAllowed, PasskeyCopied
from storage.adapters import Adapters
from storage.database import Session
from web.guards import SESSION_COOKIE, adapters_of, caller, check_same_origin
from web.local_paths import local_path
from web.routes import delete, get, post
from web.shapes import Shape

TRY_COOKIE = "passkey-try"
"""Cookie of a browser that is about to sign in: what its challenge is bound to."""


class RegistrationRequest(Shape):
    """What navigator.credentials.create() gave, and how the person calls the passkey."""

    name: str
    credential: dict[str, Any]


class AssertionRequest(Shape):
    """What navigator.credentials.get() gave."""

    credential: dict[str, Any]


class SignInRequest(Shape):
    """What navigator.credentials.get() gave, and the page to go on to."""

    credential: dict[str, Any]
    next: str = ""


class TokenRequest(Shape):
    """What a confirmed token shall be good for."""

    scopes: list[Scope]
    label: str = "confirmed"


def browser(request: Request[Any, Any, Any]) -> tuple[Actor, str]:
    """Who is signed in at this browser, and the secret of its session; raises NotAllowed for tokens."""
    found = caller(request)
    if found.scopes is not None:
        raise NotAllowed(duty="browser session")
    return found.actor, request.cookies[SESSION_COOKIE]


def site(adapters: Adapters) -> Site:
    """The site as authenticators know it."""
    return site_of(adapters.settings.public_url)


def taken(adapters: Adapters, secret: str, purpose: Purpose) -> bytes | None:
    """The open challenge, used up for good whatever comes of the answer."""
    with adapters.database.transaction() as session:
        return actions.take_challenge(session, secret=secret, purpose=purpose, now=adapters.clock.now())


@contextmanager
def watching_counters(adapters: Adapters) -> Iterator[Session]:
    """A transaction in which a passkey answers; one whose counter went back is logged though the answer is refused."""
    try:
        with adapters.database.transaction() as session:
            yield session
    except PasskeyCopied as copied:
        with adapters.database.transaction() as session:
            actions.report_copy(session, copied=copied, now=adapters.clock.now())
        raise


@post("/api/me/passkeys/challenge", status_code=200)
def begin_registration(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What to ask the browser for a new passkey."""
    adapters, (actor, secret) = adapters_of(request), browser(request)
    where, now = site(adapters), adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.check_own(session, actor=actor, now=now)
        return registration_options(
            where,
            person_id=actor.person_id,
            sign_in=queries.sign_in_name(session, actor.person_id),
            name=actor.name,
            known=[row.credential_id for row in queries.passkeys(session, actor.person_id)],
            challenge=actions.give_challenge(session, secret=secret, purpose=Purpose.REGISTER, now=now),
        )


@post("/api/me/passkeys")
def register(request: Request[Any, Any, Any], data: JSONBody[RegistrationRequest]) -> dict[str, str]:
    """Register the passkey that the browser made."""
    adapters, (actor, secret) = adapters_of(request), browser(request)
    challenge = taken(adapters, secret, Purpose.REGISTER)
    with adapters.database.transaction() as session:
        id = actions.register(
            session,
            actor=actor,
            name=data.name,
            credential=data.credential,
            challenge=challenge,
            site=site(adapters),
            now=adapters.clock.now(),
        )
    return {"id": id}


@get("/api/me/passkeys")
def list_own(request: Request[Any, Any, Any]) -> list[dict[str, Any]]:
    """The caller's passkeys."""
    adapters, actor = adapters_of(request), caller(request).actor
    with adapters.database.reading() as session:
        return [
            {
                "id": row.id,
                "name": row.name,
                "created_at": write_time(row.created_at),
                "last_used_at": write_time(row.last_used_at) if row.last_used_at else None,
            }
            for row in queries.passkeys(session, actor.person_id)
        ]


@delete("/api/me/passkeys/{passkey_id:str}")
def remove(request: Request[Any, Any, Any], passkey_id: FromPath[str]) -> None:
    """Remove one of the caller's passkeys."""
    adapters, (actor, _) = adapters_of(request), browser(request)
    with adapters.database.transaction() as session:
        actions.remove(session, actor=actor, passkey_id=passkey_id, now=adapters.clock.now())


@delete("/api/people/{member_id:str}/passkeys", status_code=200)
def remove_all(request: Request[Any, Any, Any], member_id: FromPath[str]) -> dict[str, int]:
    """Remove every passkey of somebody who has lost theirs, as the operator."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    actor.require(Duty.OPERATOR)
    with adapters.database.transaction() as session:
        count = actions.remove_all(session, actor=actor, person_id=member_id, now=adapters.clock.now())
    return {"removed": count}


@post("/api/me/step-up/challenge", status_code=200)
def begin_step_up(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What to ask the browser for, to confirm that its person is there."""
    adapters, (actor, secret) = adapters_of(request), browser(request)
    where, now = site(adapters), adapters.clock.now()
    with adapters.database.transaction() as session:
        known = [row.credential_id for row in queries.passkeys(session, actor.person_id)]
        challenge = actions.give_challenge(session, secret=secret, purpose=Purpose.STEP_UP, now=now)
    return assertion_options(where, known=known, challenge=challenge)


@post("/api/me/step-up", status_code=200)
def step_up(request: Request[Any, Any, Any], data: JSONBody[AssertionRequest]) -> dict[str, str]:
    """Confirm: for five minutes this session may do acts of legal weight."""
    adapters, (actor, secret) = adapters_of(request), browser(request)
    challenge, now = taken(adapters, secret, Purpose.STEP_UP), adapters.clock.now()
    with watching_counters(adapters) as session:
        actions.step_up(
            session,
            actor=actor,
            secret=secret,
            credential=data.credential,
            challenge=challenge,
            site=site(adapters),
            now=now,
        )
    return {"until": write_time(now + STEP_UP)}


@post("/api/me/confirmed-tokens")
def make_confirmed_token(request: Request[Any, Any, Any], data: JSONBody[TokenRequest]) -> dict[str, str]:
    """A token that takes the session's confirmation over, shown this once."""
    adapters, (actor, _) = adapters_of(request), browser(request)
    if not data.scopes:
        raise BadInput(where="scopes", why="name at least one of " + ", ".join(Scope))
    with adapters.database.transaction() as session:
        token = actions.issue_confirmed_token(
            session,
            actor=actor,
            label=data.label,
            scopes=frozenset(data.scopes),
            now=adapters.clock.now(),
        )
    return {"token": token}


@post("/api/sign-in/challenge", status_code=200)
def begin_sign_in(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """What to ask the browser for, to sign in without a password; bound to this browser by a cookie."""
    check_same_origin(request)
    adapters, secret = adapters_of(request), secrets.token_urlsafe(32)
    where = site(adapters)
    with adapters.database.transaction() as session:
        challenge = actions.give_challenge(
            session, secret=secret, purpose=Purpose.SIGN_IN, now=adapters.clock.now()
        )
    answer = Response(assertion_options(where, known=[], challenge=challenge))
    answer.set_cookie(cookie(adapters, TRY_COOKIE, secret, 300))
    return answer


@post("/api/sign-in/passkey", status_code=200)
def sign_in(request: Request[Any, Any, Any], data: JSONBody[SignInRequest]) -> Response[dict[str, str]]:
    """Sign in at this browser with a passkey."""
    check_same_origin(request)
    adapters = adapters_of(request)
    challenge = taken(adapters, request.cookies.get(TRY_COOKIE, ""), Purpose.SIGN_IN)
    hours = adapters.settings.session_hours
    with watching_counters(adapters) as session:
        secret = actions.sign_in(
            session,
            credential=data.credential,
            challenge=challenge,
            site=site(adapters),
            hours=hours,
            now=adapters.clock.now(),
        )
    answer = Response({"next": local_path(data.next or "/home")})
    answer.set_cookie(cookie(adapters, SESSION_COOKIE, secret, hours * 3600))
    answer.delete_cookie(TRY_COOKIE)
    return answer


def cookie(adapters: Adapters, name: str, value: str, seconds: int) -> Cookie:
    """A cookie that no script reads."""
    secure = adapters.settings.secure_cookies
    return Cookie(name, value=value, httponly=True, samesite="lax", secure=secure, max_age=seconds)


ROUTES = [
    begin_registration,
    register,
    list_own,
    remove,
    remove_all,
    begin_step_up,
    step_up,
    make_confirmed_token,
    begin_sign_in,
    sign_in,
]

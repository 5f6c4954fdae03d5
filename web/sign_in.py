"""Signing in: tokens for programs. Browser sessions are started by the sign-in page over the same actions."""

from typing import Any

from litestar import Request
from litestar.params import JSONBody

from accounts import actions, queries
from accounts.actions import check_credentials, issue_token
from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import unb64
from kernel.errors import BadInput, NotFound, NotSignedIn
from storage.adapters import Adapters
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape, create_once, page_limit, paged, read_cursor


class TokenRequest(Shape):
    """Credentials and what the token shall be good for."""

    sign_in: str
    password: str
    scopes: list[Scope]
    label: str = "program"
    days: int = 30


class TokenAnswer(Shape):
    """A token, shown this once."""

    token: str


class OrganisationRequest(Shape):
    """A new organisation; `number` is the registered one, which its certificates must name."""

    name: str
    number: str = ""


class PersonRequest(Shape):
    """A new person."""

    organisation_id: str
    name: str
    sign_in: str
    password: str
    duties: list[Duty]


class KeyRequest(Shape):
    """An Ed25519 public key, base64url."""

    public: str


def person_behind(adapters: Adapters, sign_in: str, password: str) -> str:
    """The person behind credentials; raises NotSignedIn, and the failure is kept."""
    with adapters.database.transaction() as session:
        found = check_credentials(session, sign_in=sign_in, password=password, now=adapters.clock.now())
    if found is None:
        raise NotSignedIn()
    return found


@post("/api/tokens")
def make_token(request: Request[Any, Any, Any], data: JSONBody[TokenRequest]) -> TokenAnswer:
    """Exchange credentials for a scoped token. Not repeatable by key: a secret is never stored to be shown again."""
    adapters = adapters_of(request)
    if not data.scopes:
        raise BadInput(where="scopes", why="name at least one of " + ", ".join(Scope))
    person_id = person_behind(adapters, data.sign_in, data.password)
    with adapters.database.transaction() as session:
        secret = issue_token(
            session,
            person_id=person_id,
            label=data.label,
            scopes=data.scopes,
            days=data.days,
            now=adapters.clock.now(),
        )
    return TokenAnswer(secret)


class PasswordRequest(Shape):
    """The old password and the new one."""

    old: str
    new: str


@put("/api/me/password")
def change_password(request: Request[Any, Any, Any], data: JSONBody[PasswordRequest]) -> dict[str, bool]:
    """Change one's own password; every session and token of the person ends."""
    adapters, actor = adapters_of(request), caller(request).actor
    with adapters.database.reading() as session:
        name = queries.sign_in_name(session, actor.person_id)
    person_behind(adapters, name, data.old)  # counts wrong guesses, as signing in does
    with adapters.database.transaction() as session:
        actions.change_password(session, actor=actor, old=data.old, new=data.new, now=adapters.clock.now())
    return {"changed": True}


@get("/api/me")
def me(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Who the caller is."""
    found = caller(request)
    return {
        "id": found.actor.person_id,
        "organisation_id": found.actor.organisation_id,
        "name": found.actor.name,
        "duties": sorted(found.actor.duties),
        "scopes": None if found.scopes is None else sorted(found.scopes),
    }


@post("/api/organisations")
def add_organisation(request: Request[Any, Any, Any], data: JSONBody[OrganisationRequest]) -> Any:
    """Register an organisation."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "id": actions.add_organisation(
                session, actor=actor, name=data.name, number=data.number, now=adapters.clock.now()
            )
        },
    )


@get("/api/organisations")
def find_organisation(request: Request[Any, Any, Any], name: str) -> dict[str, str]:
    """The organisation with exactly this name, for the operator."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    actor.require(Duty.OPERATOR)
    with adapters.database.reading() as session:
        found = queries.organisation_by_name(session, name)
    if found is None:
        raise NotFound(what="organisation", id=name)
    return {"id": found.id, "name": found.name}


@post("/api/people")
def add_person(request: Request[Any, Any, Any], data: JSONBody[PersonRequest]) -> Any:
    """Register a person with their duties."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    command = actions.AddPerson(
        data.organisation_id, data.name, data.sign_in, data.password, frozenset(data.duties)
    )
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "id": actions.add_person(session, actor=actor, command=command, now=adapters.clock.now())
        },
    )


@get("/api/people")
def list_people(request: Request[Any, Any, Any], cursor: str = "", limit: int = 50) -> Any:
    """The people of the platform, for the operator."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.ADMIN)
    actor.require(Duty.OPERATOR)
    with adapters.database.reading() as session:
        rows = queries.people(session, read_cursor(cursor) if cursor else "", page_limit(limit))
    items = [
        {
            "id": row.id,
            "name": row.name,
            "sign_in": row.sign_in,
            "organisation_id": row.organisation_id,
            "duties": duties,
        }
        for row, duties in rows
    ]
    return paged(request, items, limit, rows[-1][0].sign_in if len(rows) == limit else "")


@post("/api/signing-keys")
def add_signing_key(request: Request[Any, Any, Any], data: JSONBody[KeyRequest]) -> Any:
    """Register the public key that the caller's organisation signs bids with."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    public = unb64(data.public, length=32)
    return create_once(
        request,
        adapters,
        actor,
        data,
        lambda session: {
            "fingerprint": actions.register_signing_key(
                session, actor=actor, public=public, now=adapters.clock.now()
            )
        },
    )


ROUTES = [
    make_token,
    me,
    change_password,
    add_organisation,
    find_organisation,
    add_person,
    list_people,
    add_signing_key,
]

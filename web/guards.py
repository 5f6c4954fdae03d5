"""Who is asking, and may they: browser sessions by cookie, programs by scoped token."""

from dataclasses import dataclass, replace
from typing import Any

from litestar import Request

from accounts import queries
from accounts.credentials import TOKEN_PREFIX, Scope
from accounts.duties import Actor, Duty, read_demanded
from kernel.errors import NotAllowed, NotSignedIn
from storage.adapters import Adapters
from storage.database import Session

SESSION_COOKIE = "session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """The person behind a request; `scopes` is None for a browser session, which may do all its person may."""

    actor: Actor
    scopes: frozenset[Scope] | None

    def may(self, scope: Scope) -> Actor:
        """The actor, if the token covers the scope; raises NotAllowed otherwise."""
        if self.scopes is not None and scope not in self.scopes:
            raise NotAllowed(duty=f"token scope {scope}")
        return self.actor


def adapters_of(request: Request[Any, Any, Any]) -> Adapters:
    """The adapters of the running application."""
    adapters: Adapters = request.app.state.adapters
    return adapters


def find_caller(request: Request[Any, Any, Any]) -> Caller | None:
    """Who is asking; None for the public. A wrong or expired token is refused, never treated as the public."""
    if not is_named(request):
        return None
    with adapters_of(request).database.reading() as session:
        return find_caller_in(session, request)


def is_named(request: Request[Any, Any, Any]) -> bool:
    """Whether the request says who asks, truly or not."""
    return bool(request.headers.get("authorization") or request.cookies.get(SESSION_COOKIE))


def find_caller_in(session: Session, request: Request[Any, Any, Any]) -> Caller | None:
    """Who is asking, for those who read more in the same look at the database."""
    now = adapters_of(request).clock.now()
    authorization = request.headers.get("authorization", "")
    if authorization:
        secret = authorization.removeprefix("Bearer ").strip()
        held = queries.actor_of_token(session, secret, now) if secret.startswith(TOKEN_PREFIX) else None
        if held is None:
            raise NotSignedIn()
        return Caller(with_demands(request, held[0]), held[1])
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    check_same_origin(request)
    actor = queries.actor_of_session(session, cookie, now)
    return Caller(with_demands(request, actor), None) if actor else None


def with_demands(request: Request[Any, Any, Any], actor: Actor) -> Actor:
    """The actor, who knows for which duties this site demands passkeys."""
    demanded = demanded_duties(adapters_of(request))
    return replace(actor, presence=replace(actor.presence, demanded=demanded)) if demanded else actor


def demanded_duties(adapters: Adapters) -> frozenset[Duty]:
    """The duties for which this site demands passkeys; raises ValueError for a name that is none."""
    return read_demanded(adapters.settings.passkey_duties)


def caller(request: Request[Any, Any, Any]) -> Caller:
    """Who is asking; raises NotSignedIn for the public."""
    return signed_in(find_caller(request))


def signed_in(found: Caller | None) -> Caller:
    """The caller; raises NotSignedIn for the public."""
    if found is None:
        raise NotSignedIn()
    return found


def check_same_origin(request: Request[Any, Any, Any]) -> None:
    """Refuse a cookie on a writing request that another site started (cross-site request forgery)."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise NotAllowed(duty="same-origin request")
        return
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise NotAllowed(duty="same-origin request")

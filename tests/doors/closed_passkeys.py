"""The routes of passkeys: what each takes and who may use it, and the areas of their pages."""

from accounts.credentials import Scope
from accounts.duties import Duty
from tests.doors.route import Route, route

ANY = tuple(Duty)

PASSKEYS: list[Route] = [
    route("POST /api/me/passkeys/challenge", None, *ANY),
    route("POST /api/me/passkeys", None, *ANY, body={"name": "key", "credential": {}}),
    route("GET /api/me/passkeys", None, *ANY),
    route("DELETE /api/me/passkeys/{passkey_id}", None, *ANY),
    route("POST /api/me/step-up/challenge", None, *ANY),
    route("POST /api/me/step-up", None, *ANY, body={"credential": {}}),
    route("POST /api/me/confirmed-tokens", None, *ANY, body={"scopes": ["open"]}),
    route("DELETE /api/people/{member_id}/passkeys", Scope.ADMIN, Duty.OPERATOR),
]
PASSKEYS_PUBLIC = {"POST /api/sign-in/challenge", "POST /api/sign-in/passkey"}
PASSKEY_AREAS = {"passkeys": set(Duty)}
PASSKEY_IDS = {"passkey_id": "none", "member_id": "none"}
PASSKEYS_WITHOUT_KEY = {
    "POST /api/me/passkeys/challenge": "a newer challenge takes the place of the last",
    "POST /api/me/passkeys": "its challenge counts once",
    "POST /api/me/step-up/challenge": "a newer challenge takes the place of the last",
    "POST /api/me/step-up": "its challenge counts once",
    "POST /api/me/confirmed-tokens": "a secret is never stored to be shown again",
    "POST /api/sign-in/challenge": "a newer challenge takes the place of the last",
    "POST /api/sign-in/passkey": "its challenge counts once",
}

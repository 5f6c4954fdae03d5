"""Talking to a platform: the address, the token and the pinned public keys kept in a folder of the user's."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from client.console import ERR, ServerRefused
from client.files import read_object
from kernel.errors import BadInput

HOME_VARIABLE = "MT_HOME"
TRIES = 6  # of a call that may safely be repeated
FIRST_WAIT_SECONDS = 0.3  # doubles with each try


@dataclass(frozen=True)
class Profile:
    """One platform as this user knows it."""

    server: str
    token: str
    person: dict[str, Any]
    platform: dict[str, str]


def home() -> Path:
    """The folder that keeps the profile."""
    return Path(os.environ.get(HOME_VARIABLE) or Path.home() / ".mingtang")


def save_profile(profile: Profile) -> None:
    """Keep the profile, readable by its owner only."""
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home() / "profile.json"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(vars(profile), file)


def load_profile() -> Profile:
    """The kept profile; raises BadInput before the first sign-in."""
    try:
        return Profile(**read_object(home() / "profile.json"))
    except FileNotFoundError:
        raise BadInput(where="profile", why="run `mingtang sign-in SERVER NAME` first") from None
    except TypeError:
        why = f"{home()}/profile.json is not one of ours; delete it and sign in again"
        raise BadInput(where="profile", why=why) from None


def sign_in(server: str, name: str, password: str, scopes: list[str]) -> Profile:
    """Fetch a token and pin the platform's public keys; a changed key of a known server is refused."""
    server = server.rstrip("/")
    with httpx.Client(base_url=server, timeout=60) as http:
        token = _answer(
            http.post(
                "/api/tokens",
                json={"sign_in": name, "password": password, "scopes": scopes, "label": "mingtang command"},
            )
        )["token"]
    return keep_token(server, token)


def keep_token(server: str, token: str) -> Profile:
    """Keep a token, such as one that was confirmed with a passkey in the browser; pins are checked as at signing in."""
    server = server.rstrip("/")
    with httpx.Client(base_url=server, timeout=60) as http:
        person = _answer(http.get("/api/me", headers={"Authorization": f"Bearer {token.strip()}"}))
        platform = _answer(http.get("/api/platform"))
    profile = Profile(server, token.strip(), person, platform)
    _check_pins(profile)
    save_profile(profile)
    return profile


def _check_pins(profile: Profile) -> None:
    try:
        known = load_profile()
    except BadInput:
        return
    if known.server == profile.server and known.platform != profile.platform:
        raise BadInput(
            where="platform keys",
            why="the server shows other keys than it did at your last sign-in; ask the operator before you go on, "
            f"then delete {home()}/profile.json",
        )


def _answer(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and body is not None:
        return body
    if response.is_success:
        raise BadInput(where=str(response.url.host), why="it does not answer as a Mingtang platform does")
    if not isinstance(body, dict):
        body = {"code": f"http-{response.status_code}", "detail": response.reason_phrase}
    raise ServerRefused(body)


class Server:
    """Calls to the platform of a profile."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.http = httpx.Client(
            base_url=profile.server,
            headers={"Authorization": f"Bearer {profile.token}", "Accept-Language": _language()},
            timeout=httpx.Timeout(120, connect=10),
        )

    def get(self, path: str) -> Any:
        """Read something; repeated when the connection breaks."""
        return self._repeat(lambda: self.http.get(path))

    def get_bytes(self, path: str) -> bytes:
        """Read a file."""
        response = self.http.get(path)
        if not response.is_success:
            _answer(response)
        return response.content

    def create(self, path: str, body: Any = None) -> Any:
        """Create something; its key makes repeating harmless."""
        key = {"Idempotency-Key": str(uuid4())}
        return self._repeat(lambda: self.http.post(path, json=body, headers=key))

    def put(self, path: str, body: Any) -> Any:
        """Set something; repeating it changes nothing."""
        return self._repeat(lambda: self.http.put(path, json=body))

    def upload(self, path: str, chunks: Callable[[], Iterator[bytes]], size: int, digest: str) -> Any:
        """Send a file in one stream; repeated from its start when the connection breaks."""
        headers = {
            "Idempotency-Key": digest,
            "Content-Length": str(size),
            "Content-Type": "application/octet-stream",
        }
        return self._repeat(lambda: self.http.post(path, content=chunks(), headers=headers))

    def _repeat(self, call: Callable[[], httpx.Response]) -> Any:
        wait = FIRST_WAIT_SECONDS
        for left in range(TRIES - 1, -1, -1):
            try:
                response = call()
                if response.status_code not in (502, 503, 504) or not left:
                    return _answer(response)
            except httpx.TransportError:
                if not left:
                    raise
            time.sleep(wait)
            wait *= 2
        raise AssertionError("unreachable")


def warn_of_drafts(server: Server) -> None:
    """Say in red what is uploaded and not submitted; an older platform knows of none."""
    with suppress(ServerRefused, httpx.HTTPError):
        for draft in server.get("/api/uploads")["items"]:
            ERR.print(f"[bold red]NOT SUBMITTED:[/] {draft['filename']}. See `mingtang drafts`.")


def _language() -> str:
    return "zh-CN" if os.environ.get("LANG", "").startswith("zh") else "en"


def connect() -> Server:
    """The platform of the kept profile."""
    return Server(load_profile())

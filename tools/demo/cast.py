"""Who takes part in the demonstration, and how each of them talks to the platform."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

ROOT = Path(__file__).resolve().parents[2]
TLS = httpx.create_ssl_context()  # made once: each one reads every root certificate
SCOPES = [
    "read",
    "bid",
    "open",
    "office",
    "evaluate",
    "draw",
    "admin",
    "apply",
    "window",
    "centre",
    "supervise",
]


class Refused(RuntimeError):
    """The platform or the command said no; `detail` is what it said."""

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.detail = detail


@dataclass
class Person:
    """Somebody with an account: a token for HTTP and a folder of their own for `./mingtang`."""

    server: str
    name: str
    password: str = field(repr=False)
    folder: Path
    id: str = ""
    organisation_id: str = ""
    organisation: str = ""
    http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "passphrase").write_text(self.password)
        self.http = httpx.Client(base_url=self.server, timeout=120, verify=TLS)

    def sign_in(self) -> "Person":
        """Fetch a token."""
        answer = self.call(
            "POST", "/api/tokens", {"sign_in": self.name, "password": self.password, "scopes": SCOPES}
        )
        self.http.headers["Authorization"] = f"Bearer {answer['token']}"
        who = self.call("GET", "/api/me")
        self.id, self.organisation_id = who["id"], who["organisation_id"]
        return self

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; raises Refused with the platform's own words."""
        headers = {"Idempotency-Key": str(uuid4()), **headers}
        if isinstance(body, bytes):
            response = self.http.request(method, path, content=body, headers=headers)
        else:
            response = self.http.request(method, path, json=body, headers=headers)
        if not response.is_success:
            problem = response.json() if "json" in response.headers.get("content-type", "") else {}
            text = f"{self.name}: {method} {path}: {response.status_code} {response.text[:500]}"
            raise Refused(text, problem.get("detail", ""))
        return response.json() if "json" in response.headers.get("content-type", "") else response.content

    def run(self, *arguments: str, fails: bool = False) -> dict[str, Any]:
        """Run `./mingtang ... --json` as this person's own process."""
        environment = {
            **os.environ,
            "MT_HOME": str(self.folder),
            "MT_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # sixty processes start faster from compiled files
        done = subprocess.run(
            [sys.executable, "-m", "client", *arguments, "--json"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if (done.returncode != 0) is not fails:
            raise Refused(
                f"{self.name}: mingtang {' '.join(arguments[:2])}: {done.stdout} {done.stderr[-500:]}"
            )
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts


@dataclass
class Cast:
    """Everybody who takes part, made by the operator; who exists from an earlier run takes part again."""

    server: str
    folder: Path
    operator: Person
    password: str = field(repr=False)

    def organisation(self, name: str) -> str:
        """The id of an organisation, registered where it is new."""
        try:
            found = self.operator.call("GET", f"/api/organisations?name={quote(name)}")
        except Refused:
            found = self.operator.call("POST", "/api/organisations", {"name": name})
        return str(found["id"])

    def add(self, name: str, title: str, organisation: str, *duties: str) -> Person:
        """Register a person and sign them in."""
        person = Person(self.server, name, self.password, self.folder / name, organisation=organisation)
        try:
            return person.sign_in()
        except Refused:
            self.register(name, title, organisation, duties)
            return person.sign_in()

    def register(self, name: str, title: str, organisation: str, duties: tuple[str, ...]) -> None:
        """Make an account."""
        self.operator.call(
            "POST",
            "/api/people",
            {
                "organisation_id": self.organisation(organisation),
                "name": title,
                "sign_in": name,
                "password": self.password,
                "duties": list(duties),
            },
        )


def kept_password(file: Path) -> str:
    """The password of all accounts of the demonstration, made once for an installation."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(9))
    return file.read_text()


def find_operator(server: str, var: Path, folder: Path) -> Person:
    """The operator that the first start made."""
    name, password = (var / "first-operator.txt").read_text().split()
    return Person(server, name, password, folder / "operator").sign_in()

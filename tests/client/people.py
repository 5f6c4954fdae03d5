"""People at their own machines: the `mingtang` command as they run it, and all that it has said."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from accounts.duties import Duty
from client.main import app
from crypto.archive import padded_size
from tender.actions import publish
from tender.timetable import Periods, Timetable
from tests.builders import PASSWORD, Platform, PublishedTender, make_draft
from tests.real_parts.platform import ROOT, surroundings

OFFER = "our secret offer"
KEY_PASSPHRASE = "words that lock the key file"
LIMIT = padded_size(300_000)  # bytes: an archive may have just this size


@dataclass
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out)
        return answer

    @property
    def error(self) -> str:
        assert self.code == 1, (self.out, self.err)
        return str(self.facts["error"]["code"])


@dataclass
class Someone:
    """A person at their own machine: a home of the command, a working folder, a passphrase."""

    name: str
    folder: Path
    said: list[str]

    def surroundings(self, passphrase: str) -> dict[str, str]:
        (self.folder / "passphrase").write_text(passphrase + "\n")
        return {"MT_HOME": str(self.folder / "home"), "MT_PASSPHRASE_FILE": str(self.folder / "passphrase")}

    def process(self, *arguments: str, passphrase: str = KEY_PASSPHRASE) -> Outcome:
        """Run `./mingtang` as a process."""
        environment = {**os.environ, **surroundings(self.surroundings(passphrase))}
        done = subprocess.run(
            [ROOT / "mingtang", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return self.keep(Outcome(done.returncode, done.stdout, done.stderr))

    def run(self, *arguments: str, passphrase: str = KEY_PASSPHRASE) -> Outcome:
        """Run the same command within this process, which is faster."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            done = CliRunner().invoke(app([]), list(arguments), env=self.surroundings(passphrase))
        finally:
            os.chdir(before)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
        return self.keep(Outcome(done.exit_code, done.stdout, done.stderr))

    def keep(self, outcome: Outcome) -> Outcome:
        self.said += [outcome.out, outcome.err]
        return outcome


@dataclass
class Place:
    """A platform served by a process of its own, and everything that commands have said."""

    platform: Platform
    url: str
    folder: Path
    said: list[str] = field(default_factory=list)

    def someone(self, name: str, *duties: Duty) -> Someone:
        """A person with an account who has signed in with the command."""
        self.platform.clock.at = datetime.now(UTC)
        self.platform.person(name, *duties)
        folder = self.folder / name
        folder.mkdir()
        person = Someone(name, folder, self.said)
        assert person.run("sign-in", self.url, name, passphrase=PASSWORD).code == 0
        return person

    def bidder(self, name: str) -> Someone:
        """A bidder with a key and an offer."""
        person = self.someone(name, Duty.BIDDER)
        assert person.run("key", "new").code == 0
        (person.folder / "offer.txt").write_text(OFFER)
        return person

    def tender(self) -> PublishedTender:
        """A published tender that takes bids all the time."""
        return self.publish(self.draft(timedelta(days=1)))

    def draft(self, closes_in: timedelta, suite: str = "classic", **changes: Any) -> PublishedTender:
        now = self.platform.clock.at = datetime.now(UTC)
        timetable = Timetable(now, now + closes_in, 0)
        periods = Periods(bidding_days=0)
        return make_draft(self.platform, timetable=timetable, periods=periods, suite=suite, **changes)

    def publish(self, made: PublishedTender) -> PublishedTender:
        with self.platform.database.transaction() as session:
            publish.publish(
                session,
                actor=made.office,
                tender_id=made.tender_id,
                bid_limit_bytes=LIMIT,
                now=self.platform.clock.at,
            )
        return made

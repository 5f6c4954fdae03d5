"""Where the platform's own keys live: log, receipts, timestamps, personal data, bank. One folder, for its owner only.

No key that opens a bid is ever here: those stay on the openers' machines.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crypto.canonical import b64
from crypto.checkpoint import vkey
from crypto.national_head import national_vkey
from crypto.signatures import Signer
from crypto.suites import suite
from crypto.timestamps import AuthorityKey, make_authority, read_authority, write_authority
from kernel.settings import Settings

PEOPLE_KEY_FILE = "people.key"
CALLER_KEY_FILE = "caller.key"
KEY_BYTES = 32


@dataclass(frozen=True)
class PlatformKeys:
    """The keys this platform signs with."""

    log: Signer = field(repr=False)
    receipts: Signer = field(repr=False)
    authority: AuthorityKey = field(repr=False)
    people: bytes = field(repr=False)  # seals the personal data of applicants at rest
    exchange: bytes = field(repr=False)  # opens what other networks encrypt to this one
    bank: bytes = field(repr=False)  # shared with the bank, whose messages of payments it proves
    national: bytes = field(default=b"", repr=False)  # signs the national head of the log, where there is one

    @property
    def log_vkey(self) -> str:
        """The verifier key of the log, as others pin it."""
        return vkey(self.log.name, self.log.public)

    @cached_property
    def public(self) -> dict[str, str]:
        """What others pin: verifier keys of the log, the receipts' key, the timestamp authority's certificate."""
        keys = {
            "log_vkey": self.log_vkey,
            "receipts_public": b64(self.receipts.public),
            "timestamp_certificate": b64(self.authority.certificate),
        }
        national = {"national_vkey": national_vkey(self.log.name, self.national)} if self.national else {}
        return {**keys, **national}


def platform_keys(
    folder: Path, log_origin: str, now: datetime, *, has_national_head: bool = False
) -> PlatformKeys:
    """Read the platform's keys, making those that do not exist yet.

    Raises:
        BadInput: the log shall have a national head, and the package that SM2 needs is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = Signer(log_origin, _kept(folder / "log.key", os.urandom(32)))
    receipts = Signer("receipts", _kept(folder / "receipts.key", os.urandom(32)))
    authority_file = folder / "timestamp-authority.key"
    if not authority_file.exists():
        _kept(authority_file, write_authority(make_authority("Mingtang embedded timestamp authority", now)))
    people = _kept(folder / PEOPLE_KEY_FILE, os.urandom(32))
    exchange = _kept(folder / "exchange.key", suite("hybrid").make_private())
    bank = _kept(folder / "bank.key", os.urandom(32))
    authority = read_authority(authority_file.read_bytes())
    national = _kept(folder / "national-log.key", os.urandom(32)) if has_national_head else b""
    keys = PlatformKeys(log, receipts, authority, people, exchange, bank, national)
    keys.public  # noqa: B018 - a missing package is told at the start
    return keys


def caller_key(settings: Settings) -> bytes:
    """The key that opens who was drawn: from its file, else made in the folder; none where a draw room has it.

    Raises:
        ValueError: the file is no key, or a process that hands such acts on to the draw room names one.
    """
    if settings.draw_room_url:
        if settings.caller_key_file:
            raise ValueError(
                "a process that names a draw room has no caller's key: unset MINGTANG_CALLER_KEY_FILE"
            )
        return b""
    if not settings.caller_key_file:
        return _kept(settings.var / "keys" / CALLER_KEY_FILE, os.urandom(KEY_BYTES))
    # A key that is made because its file was not found would open nothing that the other processes sealed.
    key = Path(settings.caller_key_file).read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"the caller's key is {KEY_BYTES} bytes; MINGTANG_CALLER_KEY_FILE has {len(key)}")
    return key


def _kept(path: Path, fresh: bytes) -> bytes:
    """The bytes of the file, which is made with `fresh` where it is absent; two starters agree on one key."""
    temporary = path.with_suffix(f".{os.getpid()}.new")
    if not path.exists():
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
    return path.read_bytes()

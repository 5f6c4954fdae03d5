"""Where the platform's own keys live: log, receipts, timestamps, personal data, bank. One folder, for its owner only.

No key that opens a bid is ever here: those stay on the openers' machines.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from crypto.checkpoint import vkey
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

    @property
    def log_vkey(self) -> str:
        """The verifier key of the log, as others pin it."""
        return vkey(self.log.name, self.log.public)


def platform_keys(folder: Path, log_origin: str, now: datetime) -> PlatformKeys:
    """Read the platform's keys, making those that do not exist yet."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = Signer(log_origin, _kept(folder / "log.key", os.urandom(32)))
    receipts = Signer("receipts", _kept(folder / "receipts.key", os.urandom(32)))
    authority_file = folder / "timestamp-authority.key"
    if not authority_file.exists():
        _kept(authority_file, write_authority(make_authority("Mingtang embedded timestamp authority", now)))
    people = _kept(folder / PEOPLE_KEY_FILE, os.urandom(32))
    exchange = _kept(folder / "exchange.key", suite("hybrid").make_private())
    bank = _kept(folder / "bank.key", os.urandom(32))
    return PlatformKeys(log, receipts, read_authority(authority_file.read_bytes()), people, exchange, bank)


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

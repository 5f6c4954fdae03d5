"""Rules for passwords, tokens and sessions; hashing itself is argon2-cffi's.

- A password has 10 to 200 characters and is not the sign-in name; no other recipe, since recipes make it worse.
- A token is 32 random bytes in base64url behind `mt_`; only its SHA-256 is kept.
- Failed sign-ins slow down, they never lock: a lock on deadline day would be a weapon.
"""

from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from kernel.errors import BadInput, RateLimited

PASSWORD_LENGTH = range(10, 201)
TOKEN_PREFIX = "mt_"  # noqa: S105 - tells a token from other secrets
TRIES = 10  # failed sign-ins per name within the window below
TRY_WINDOW = timedelta(minutes=5)
REGISTRATIONS = 120  # people who register themselves within the same window


class Scope(StrEnum):
    """What a token may be used for, inside the duties of its person."""

    READ = "read"
    BID = "bid"
    OPEN = "open"
    OFFICE = "office"
    EVALUATE = "evaluate"
    DRAW = "draw"
    ADMIN = "admin"
    APPLY = "apply"
    WINDOW = "window"
    CENTRE = "centre"
    SUPERVISE = "supervise"


def check_password(sign_in: str, password: str) -> None:
    """Raise BadInput when a new password is too short, too long or the sign-in name."""
    if len(password) not in PASSWORD_LENGTH:
        raise BadInput(
            where="password", why=f"use {PASSWORD_LENGTH.start} to {PASSWORD_LENGTH.stop - 1} characters"
        )
    if password.casefold() == sign_in.casefold():
        raise BadInput(where="password", why="it may not be the sign-in name")


def check_sign_in_name(name: str) -> None:
    """Raise BadInput unless the name is 3 to 40 lower-case letters, digits, points, hyphens."""
    if not (3 <= len(name) <= 40) or not all(
        c.isascii() and (c.islower() or c.isdigit() or c in ".-") for c in name
    ):
        raise BadInput(where="sign_in", why="use 3 to 40 lower-case letters, digits, points and hyphens")


def check_tries(failures: int) -> None:
    """Raise RateLimited when there were too many failures within the window."""
    if failures >= TRIES:
        raise RateLimited(seconds=int(TRY_WINDOW.total_seconds()))


def check_registrations(count: int) -> None:
    """Raise RateLimited when too many people registered within the window."""
    if count >= REGISTRATIONS:
        raise RateLimited(seconds=int(TRY_WINDOW.total_seconds()))


def secret_hash(secret: str) -> bytes:
    """What is kept of a token or session secret; they have 256 random bits, so no slow hash is needed."""
    return sha256(secret.encode()).digest()

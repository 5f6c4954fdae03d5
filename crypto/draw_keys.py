"""The key of a party of draws: it receives the shares of the others' secrets and signs for them.

A key file as those of openers, bound to a person and not to a tender. Format: docs/formats/draw-escrow.md.
"""

import os
from dataclasses import dataclass, field
from typing import Any

from crypto.canonical import b64, unb64
from crypto.opener_keys import (
    Randomness,
    check_halves,
    check_public_half,
    open_key_lock,
    read_key_file,
    write_key_file,
)
from crypto.passphrase import DEFAULT_COST, PassphraseCost
from crypto.signatures import PUBLIC_BYTES, Signer, check_statement, fingerprint, sign_statement
from crypto.suites import DEFAULT_SUITE, HPKE_SUITES, PRIVATE_BYTES, suite
from kernel.errors import WrongSuite

DRAW_TYPE = "mingtang-draw-key"
DRAW_FIELDS = {"type", "v", "suite", "holder", "hpke_public", "signing_public"}
REGISTRATION = "draw_key.offered"


@dataclass(frozen=True)
class DrawPublic:
    """The half of a party's key that is registered."""

    suite: str
    holder: str
    hpke_public: bytes = field(repr=False)
    signing_public: bytes

    @property
    def fingerprint(self) -> str:
        """What names this key."""
        return fingerprint(self.signing_public)

    def to_json(self) -> dict[str, Any]:
        """The public half of the key file."""
        return {
            "type": DRAW_TYPE,
            "v": 1,
            "suite": self.suite,
            "holder": self.holder,
            "hpke_public": b64(self.hpke_public),
            "signing_public": b64(self.signing_public),
        }


@dataclass(frozen=True)
class DrawKey:
    """A party's key with its private parts."""

    public: DrawPublic
    hpke_private: bytes = field(repr=False)
    signer: Signer


def make_draw_key(
    holder: str,
    passphrase: str,
    *,
    cost: PassphraseCost = DEFAULT_COST,
    randomness: Randomness = os.urandom,
) -> bytes:
    """Make the key file of one person who takes part in draws."""
    key = draw_key_of(holder, randomness(PRIVATE_BYTES), randomness(PRIVATE_BYTES))
    return write_key_file(
        key.public.to_json(), key.hpke_private + key.signer.seed, passphrase, cost, randomness
    )


def draw_key_of(holder: str, hpke_private: bytes, seed: bytes, suite_name: str = DEFAULT_SUITE) -> DrawKey:
    """A key from its private parts."""
    signer = Signer(holder, seed)
    public = DrawPublic(suite_name, holder, suite(suite_name).public_of(hpke_private), signer.public)
    return DrawKey(public, hpke_private, signer)


def draw_public_of(public: Any) -> DrawPublic:
    """Read the public half as JSON.

    Raises:
        BadInput: not the public half of a draw key.
    """
    check_public_half(public, DRAW_TYPE, DRAW_FIELDS)
    if public["suite"] not in HPKE_SUITES:
        raise WrongSuite(suite=public["suite"][:40], accepted=", ".join(HPKE_SUITES))
    hpke_public = unb64(public["hpke_public"], length=suite(public["suite"]).public_bytes)
    signing_public = unb64(public["signing_public"], length=PUBLIC_BYTES)
    return DrawPublic(public["suite"], public["holder"], hpke_public, signing_public)


def open_draw_key(file: bytes, passphrase: str) -> DrawKey:
    """Open a party's key file.

    Raises:
        BadInput: not such a file, another passphrase, or halves that do not belong together.
    """
    public_half, lock = read_key_file(file)
    public = draw_public_of(public_half)
    secret = open_key_lock(lock, passphrase, public_half, 2 * PRIVATE_BYTES)
    key = draw_key_of(public.holder, secret[:PRIVATE_BYTES], secret[PRIVATE_BYTES:], public.suite)
    check_halves(key.public, public)
    return key


def offer_draw_key(key: DrawKey) -> dict[str, Any]:
    """The statement by which a party registers the public half, signed with the key it names."""
    return sign_statement(key.signer, REGISTRATION, key.public.to_json())


def check_draw_offer(statement: Any) -> DrawPublic:
    """Check a registration: whoever made it holds the signing key.

    Raises:
        BadInput, IntegrityBroken: malformed, or not signed with the key it names.
    """
    public = draw_public_of(statement.get("body") if isinstance(statement, dict) else None)
    check_statement(statement, REGISTRATION, public.signing_public)
    return public

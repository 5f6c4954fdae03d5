"""Key files that people keep: an opener's pair of keys for one tender, a bidder's signing key.

A key file is canonical JSON: a public half that anyone may read, and a lock that holds the private parts under a
passphrase, bound to that public half. Format: docs/formats/opener-key.md.
"""

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crypto.canonical import b64, canonical, read_canonical, unb64
from crypto.checkpoint import KEY_NAME
from crypto.passphrase import DEFAULT_COST, SALT_BYTES, PassphraseCost, lock_secret, unlock_secret
from crypto.signatures import PUBLIC_BYTES, Signer, check_statement, fingerprint, sign_statement
from crypto.suites import PRIVATE_BYTES, suite
from kernel.errors import BadInput

OPENER_TYPE = "mingtang-opener-key"
BIDDER_TYPE = "mingtang-bidder-key"
WITNESS_TYPE = "mingtang-witness-key"
REGISTRATION = "opener_key.offered"
OPENER_FIELDS = {"type", "v", "suite", "tender", "opener", "hpke_public", "signing_public"}
BIDDER_FIELDS = {"type", "v", "bidder", "signing_public"}
WITNESS_FIELDS = {"type", "v", "witness", "signing_public"}
Randomness = Callable[[int], bytes]


@dataclass(frozen=True)
class OpenerPublic:
    """The half of an opener's key that is registered with the tender."""

    suite: str
    tender_id: str
    opener_id: str
    hpke_public: bytes = field(repr=False)
    signing_public: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint under which envelopes name this key."""
        return fingerprint(self.hpke_public)

    def to_json(self) -> dict[str, Any]:
        """The public half of the key file."""
        return {
            "type": OPENER_TYPE,
            "v": 1,
            "suite": self.suite,
            "tender": self.tender_id,
            "opener": self.opener_id,
            "hpke_public": b64(self.hpke_public),
            "signing_public": b64(self.signing_public),
        }


@dataclass(frozen=True)
class OpenerKey:
    """An opener's key with its private parts."""

    public: OpenerPublic
    hpke_private: bytes = field(repr=False)
    signer: Signer


def make_opener_key(
    suite_name: str,
    tender_id: str,
    opener_id: str,
    passphrase: str,
    *,
    cost: PassphraseCost = DEFAULT_COST,
    randomness: Randomness = os.urandom,
) -> bytes:
    """Make the key file of one opener for one tender."""
    secret = randomness(PRIVATE_BYTES) + randomness(PRIVATE_BYTES)
    public = opener_key_of(suite_name, tender_id, opener_id, secret).public
    return write_key_file(public.to_json(), secret, passphrase, cost, randomness)


def opener_key_of(suite_name: str, tender_id: str, opener_id: str, secret: bytes) -> OpenerKey:
    """A key from its private parts, one after the other."""
    hpke_private, signer = secret[:PRIVATE_BYTES], Signer(opener_id, secret[PRIVATE_BYTES:])
    hpke_public = suite(suite_name).public_of(hpke_private)
    public = OpenerPublic(suite_name, tender_id, opener_id, hpke_public, signer.public)
    return OpenerKey(public, hpke_private, signer)


def read_opener_public(file: bytes) -> OpenerPublic:
    """The public half of an opener's key file; needs no passphrase."""
    return opener_public_of(read_key_file(file)[0])


def opener_public_of(public: Any) -> OpenerPublic:
    """Read the public half as JSON, for instance from a registration.

    Raises:
        BadInput: not the public half of an opener key.
    """
    check_public_half(public, OPENER_TYPE, OPENER_FIELDS)
    hpke_public = unb64(public["hpke_public"], length=suite(public["suite"]).public_bytes)
    signing_public = unb64(public["signing_public"], length=PUBLIC_BYTES)
    return OpenerPublic(public["suite"], public["tender"], public["opener"], hpke_public, signing_public)


def open_opener_key(file: bytes, passphrase: str) -> OpenerKey:
    """Open an opener's key file.

    Raises:
        BadInput: not a key file, another passphrase, or halves that do not belong together.
    """
    public_half, lock = read_key_file(file)
    public = opener_public_of(public_half)
    secret = open_key_lock(lock, passphrase, public_half, 2 * PRIVATE_BYTES)
    key = opener_key_of(public.suite, public.tender_id, public.opener_id, secret)
    check_halves(key.public, public)
    return key


def offer_key(key: OpenerKey) -> dict[str, Any]:
    """The statement by which an opener registers the public half, signed with the key it names."""
    return sign_statement(key.signer, REGISTRATION, key.public.to_json())


def check_offer(statement: Any) -> OpenerPublic:
    """Check a registration: whoever made it holds the signing key.

    Raises:
        BadInput, IntegrityBroken: malformed, or not signed with the key it names.
    """
    body = statement.get("body") if isinstance(statement, dict) else None
    public = opener_public_of(body)
    check_statement(statement, REGISTRATION, public.signing_public)
    return public


def make_bidder_key(
    bidder_id: str,
    passphrase: str,
    *,
    cost: PassphraseCost = DEFAULT_COST,
    randomness: Randomness = os.urandom,
) -> bytes:
    """Make the key file of a bidder's Ed25519 signing key."""
    seed = randomness(PRIVATE_BYTES)
    public = {
        "type": BIDDER_TYPE,
        "v": 1,
        "bidder": bidder_id,
        "signing_public": b64(Signer(bidder_id, seed).public),
    }
    return write_key_file(public, seed, passphrase, cost, randomness)


def make_witness_key(
    name: str,
    passphrase: str,
    *,
    cost: PassphraseCost = DEFAULT_COST,
    randomness: Randomness = os.urandom,
) -> bytes:
    """Make the key file of a witness of logs; raises BadInput for a name that no key can have."""
    if not KEY_NAME.fullmatch(name):
        raise BadInput(where="name", why="use 1 to 255 characters without blanks and plus signs")
    seed = randomness(PRIVATE_BYTES)
    public = {"type": WITNESS_TYPE, "v": 1, "witness": name, "signing_public": b64(Signer(name, seed).public)}
    return write_key_file(public, seed, passphrase, cost, randomness)


def open_witness_key(file: bytes, passphrase: str) -> Signer:
    """Open a witness's key file.

    Raises:
        BadInput: not a key file, another passphrase, or halves that do not belong together.
    """
    public, lock = read_key_file(file)
    check_public_half(public, WITNESS_TYPE, WITNESS_FIELDS)
    signer = Signer(public["witness"], open_key_lock(lock, passphrase, public, PRIVATE_BYTES))
    check_halves(signer.public, unb64(public["signing_public"], length=PUBLIC_BYTES))
    return signer


def read_bidder_public(file: bytes) -> tuple[str, bytes]:
    """The bidder's id and public key of a key file; needs no passphrase."""
    public, _ = read_key_file(file)
    check_public_half(public, BIDDER_TYPE, BIDDER_FIELDS)
    return public["bidder"], unb64(public["signing_public"], length=PUBLIC_BYTES)


def open_bidder_key(file: bytes, passphrase: str) -> Signer:
    """Open a bidder's key file.

    Raises:
        BadInput: not a key file, another passphrase, or halves that do not belong together.
    """
    bidder_id, public = read_bidder_public(file)
    public_half, lock = read_key_file(file)
    signer = Signer(bidder_id, open_key_lock(lock, passphrase, public_half, PRIVATE_BYTES))
    check_halves(signer.public, public)
    return signer


def write_key_file(
    public: dict[str, Any], secret: bytes, passphrase: str, cost: PassphraseCost, randomness: Randomness
) -> bytes:
    """A key file of any kind: the public half, and the private parts locked to it."""
    lock = lock_secret(secret, _plain(passphrase), randomness(SALT_BYTES), public, cost)
    return canonical({"public": public, "lock": lock}) + b"\n"


def read_key_file(file: bytes) -> tuple[Any, Any]:
    """The public half and the lock of a key file of any kind."""
    content = read_canonical(file.removesuffix(b"\n"))
    if not isinstance(content, dict) or set(content) != {"public", "lock"}:
        raise BadInput(where="key file", why="it needs exactly public and lock")
    return content["public"], content["lock"]


def check_public_half(public: Any, type: str, fields: set[str]) -> None:
    """Raise BadInput unless a public half is of this type and has these fields."""
    if not isinstance(public, dict) or set(public) != fields or public["type"] != type:
        raise BadInput(where="key file", why=f"it is not a {type} of version 1")
    texts = [value for name, value in public.items() if name != "v"]
    if public["v"] != 1 or public["v"] is True or not all(isinstance(text, str) for text in texts):
        raise BadInput(where="key file", why=f"it is not a {type} of version 1")


def open_key_lock(lock: Any, passphrase: str, public: Any, length: int) -> bytes:
    """The private parts of a key file; raises BadInput for another passphrase."""
    secret = unlock_secret(lock, _plain(passphrase), public)
    if len(secret) != length:
        raise BadInput(where="key file", why="its private parts have another length")
    return secret


def check_halves(made: object, public: object) -> None:
    """Raise BadInput unless what the private parts of a key file make is what its public half says."""
    if made != public:
        raise BadInput(where="key file", why="its private parts do not belong to its public parts")


def _plain(passphrase: str) -> str:
    """One form for a passphrase typed on different keyboards."""
    return unicodedata.normalize("NFC", passphrase)

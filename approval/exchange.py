"""Bundles between two networks: signed by the sender, encrypted to the receiver, numbered and chained.

Outer and inner network (内外网), a department on a network of its own (专网), county, city and province exchange the
same bundles, as files or over HTTP. Format: docs/formats/exchange-bundle.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from crypto.canonical import JsonValue, b64, canonical, read_canonical, unb64
from crypto.signatures import Signer, check_statement, sign_statement
from crypto.suites import suite
from kernel.errors import BadInput, IntegrityBroken, Refused

BUNDLE_TYPE, RECEIPT_TYPE = "exchange-bundle", "exchange-receipt"
SUITE = "hybrid"
FIRST = "0" * 64
MOST_ROWS = 1_000
KINDS = ("report", "application")


@dataclass(frozen=True)
class Place:
    """Where one direction of an exchange stands: the last number and the digest of its bundle."""

    number: int = 0
    digest: str = FIRST


@dataclass(frozen=True)
class Sender:
    """Who sends: its name and signing key."""

    name: str
    signer: Signer = field(repr=False)


@dataclass(frozen=True)
class Reader:
    """Who reads: its name and the private key that opens what is encrypted to it."""

    name: str
    private: bytes = field(repr=False)


def pack(sender: Sender, to: str, to_public: bytes, last: Place, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The next bundle of a direction, as the bytes of its file."""
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadInput(where="rows", why=f"a bundle holds 1 to {MOST_ROWS} rows")
    plain = canonical({"rows": [dict(row) for row in rows]})
    head: dict[str, JsonValue] = {
        "from": sender.name,
        "to": to,
        "number": last.number + 1,
        "previous": last.digest,
    }
    sealed = suite(SUITE).seal_to(to_public, canonical(head), plain)
    return canonical(
        sign_statement(sender.signer, BUNDLE_TYPE, {**head, "suite": SUITE, "sealed": b64(sealed)})
    )


def digest_of(bundle: bytes) -> str:
    """The digest that the next bundle points back to."""
    return sha256(bundle).hexdigest()


def unpack(
    bundle: bytes, reader: Reader, sender: str, sender_public: bytes, last: Place
) -> list[dict[str, Any]]:
    """The rows of the bundle that comes next.

    Raises:
        IntegrityBroken: not signed by this sender, or changed.
        Refused: for somebody else, seen before, or out of order.
        BadInput: no bundle at all.
    """
    body = check_statement(_parsed(bundle), BUNDLE_TYPE, sender_public)
    if (body.get("from"), body.get("to")) != (sender, reader.name):
        raise Refused(rule="exchange", why="this bundle is between others")
    number = body.get("number")
    if not isinstance(number, int) or number <= last.number:
        raise Refused(
            rule="exchange", why=f"bundle {number} was received before; the next is {last.number + 1}"
        )
    if number != last.number + 1:
        raise Refused(rule="exchange", why=f"bundle {last.number + 1} is missing; bring it before {number}")
    if body.get("previous") != last.digest:
        raise Refused(rule="exchange", why="it does not follow the last bundle that was received")
    head: dict[str, JsonValue] = {name: body[name] for name in ("from", "to", "number", "previous")}
    plain = suite(str(body.get("suite"))).open_with(
        reader.private, canonical(head), unb64(str(body.get("sealed")))
    )
    rows = read_canonical(plain)
    if not isinstance(rows, dict) or not isinstance(rows.get("rows"), list):
        raise BadInput(where="bundle", why="it holds no rows")
    return [dict(row) for row in rows["rows"] if isinstance(row, dict)]


def receipt(sender: Sender, bundle: bytes, number: int, taken: int, refused: Sequence[str]) -> bytes:
    """What the receiver answers: which bundle, how many rows were taken, which were refused and why."""
    body: dict[str, Any] = {
        "by": sender.name,
        "bundle": digest_of(bundle),
        "number": number,
        "taken": taken,
        "refused": list(refused),
    }
    return canonical(sign_statement(sender.signer, RECEIPT_TYPE, body))


def check_receipt(answer: bytes, bundle: bytes, public: bytes) -> dict[str, Any]:
    """The receipt of this bundle; raises IntegrityBroken when it is of another one, or changed."""
    body = check_statement(_parsed(answer), RECEIPT_TYPE, public)
    if body.get("bundle") != digest_of(bundle):
        raise IntegrityBroken(what="this receipt is of another bundle")
    return body


def _parsed(data: bytes) -> Any:
    try:
        return read_canonical(data)
    except (BadInput, ValueError):
        raise BadInput(where="bundle", why="this is not a bundle; send the file as it was exported") from None

"""The single byte form of anything hashed or signed: RFC 8785 JSON, base64url bytes, framed hashes.

Rules: no floats, no integers beyond 2**53 - 1, no doubtful base64. Format: docs/formats/canonical.md.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

import rfc8785

from kernel.errors import BadInput

JsonValue: TypeAlias = bool | int | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 100
TAG_PREFIX = "mingtang/v1/"
WHERE = "canonical JSON"
WRITER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a JSON value made of text, integers, lists and objects.

    Raises:
        BadInput: a float, an integer beyond 2**53 - 1, text with a lone surrogate, or a type JSON does not have.
    """
    names_sort_alike = _check_value(value, MAX_DEPTH)
    try:
        if names_sort_alike:
            return WRITER.encode(value).encode("utf-8")
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # _check_value has just narrowed it
    except ValueError:
        raise BadInput(where=WHERE, why="text must be valid Unicode without lone surrogates") from None


def _check_value(value: object, depth: int) -> bool:
    """Check the value's types; tell whether its names sort alike by code points and by UTF-16 code units.

    They do below U+D800. Then Python's own writer gives the bytes of RFC 8785, many times faster.
    """
    if depth == 0:
        raise BadInput(where=WHERE, why=f"at most {MAX_DEPTH} levels of nesting are allowed")
    match value:
        case str() | None | bool():
            return True
        case int():
            return _check_integer(value)
        case list() | tuple():
            return _check_all(value, depth - 1)
        case dict():
            alike = [_check_name(name) for name in value]
            return _check_all(value.values(), depth - 1) and all(alike)
        case _:
            raise BadInput(
                where=WHERE, why=f"a {type(value).__name__} has no exact form; use text or an integer"
            )


def _check_all(items: Iterable[object], depth: int) -> bool:
    """Check every item, also after one whose names sort differently."""
    alike = [_check_value(item, depth) for item in items]
    return all(alike)


def _check_integer(value: int) -> bool:
    if abs(value) > MAX_INTEGER:
        raise BadInput(where=WHERE, why="an integer beyond 2**53 - 1 must be written as decimal text")
    return True


def _check_name(name: object) -> bool:
    if not isinstance(name, str):
        raise BadInput(where=WHERE, why="names of an object must be text")
    return name.isascii() or max(name) < "\ud800"


def read_canonical(data: bytes) -> Any:
    """Parse bytes that must already be canonical, so that one value has one digest.

    Raises:
        BadInput: not JSON, or JSON written in any other way than RFC 8785 writes it.
    """
    value = read_json(data)
    if canonical(value) != data:
        raise BadInput(where=WHERE, why="the JSON is not in canonical form (RFC 8785)")
    return value


def read_json(data: bytes) -> Any:
    """Parse JSON in any form, for readers who write what they understood again and compare the bytes.

    Raises:
        BadInput: not JSON, or with fractions.
    """
    try:
        return json.loads(data.decode("utf-8"), parse_float=_refuse_number, parse_constant=_refuse_number)
    except (ValueError, RecursionError):
        raise BadInput(where=WHERE, why="the bytes are not JSON without fractions") from None


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(text)


def b64(data: bytes) -> str:
    """Unpadded base64url text of bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64(text: str, *, length: int | None = None) -> bytes:
    """Read unpadded base64url text; `length` demands that many bytes.

    Raises:
        BadInput: padding, foreign characters, doubtful trailing bits or the wrong length.
    """
    try:
        raw = text.encode("ascii")
        data = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (AttributeError, UnicodeEncodeError, binascii.Error):
        raise BadInput(where="base64url", why="not base64url text without padding") from None
    if b64(data) != text:  # Python's decoder skips foreign characters and ignores trailing bits
        raise BadInput(where="base64url", why="not base64url text without padding")
    if length is not None and len(data) != length:
        raise BadInput(where="base64url", why=f"{length} bytes are needed, {len(data)} were given")
    return data


def lp(*parts: bytes) -> bytes:
    """Each part behind its length as 8 big-endian bytes: a list of parts has one reading."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def tagged_hash(tag: str, *parts: bytes) -> bytes:
    """H(tag, parts): SHA-256 over the framed tag and parts."""
    return hashlib.sha256(lp((TAG_PREFIX + tag).encode("utf-8"), *parts)).digest()


def expand(seed: bytes, tag: str, *parts: bytes, length: int = 32) -> bytes:
    """X(seed, tag, parts): `length` secret bytes from SHAKE256 over the framed tag, seed and parts."""
    return hashlib.shake_256(lp((TAG_PREFIX + tag).encode("utf-8"), seed, *parts)).digest(length)

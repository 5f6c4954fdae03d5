"""The rules of tus 1.0.0 on headers, apart from any request: what a client may ask, and how it is refused.

- Every request but OPTIONS says `Tus-Resumable: 1.0.0`; another version is answered 412 with those that are spoken.
- A creation says how long the upload is (its length may not be deferred) and what it is, in `Upload-Metadata`.
- A part says where it begins, comes as `application/offset+octet-stream`, and may bring its checksum.
- A header is read in the one form that the protocol gives it; anything else is refused, never guessed.

Source: tus.io/protocols/resumable-upload 1.0.0; our limits: docs/formats/upload.md.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any

from kernel.errors import BadHeader, WrongMediaType, WrongProtocol

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
PART_TYPE = "application/offset+octet-stream"
ALGORITHMS = {"sha256": sha256, "sha1": sha1}
OVERRIDABLE = ("PATCH", "DELETE", "HEAD")

METADATA_LIMIT = 4000  # characters of Upload-Metadata
FILENAME_LIMIT = 200  # characters kept of a name
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
KEY = re.compile(r"[!-+\--~]+", re.ASCII)  # no space, no comma
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
ID = re.compile(r"[A-Za-z0-9-]{1,36}", re.ASCII)


@dataclass(frozen=True)
class Creation:
    """What a client wants to upload: so many bytes with this parts digest."""

    length: int
    digest: bytes
    filename: str = ""
    replaces: str | None = None
    has_part: bool = False
    """whether the body holds the first bytes already (creation-with-upload)"""


@dataclass(frozen=True)
class Checksum:
    """What a part must hash to."""

    algorithm: str
    value: bytes

    def hasher(self) -> Any:
        """A fresh hash of the algorithm."""
        return ALGORITHMS[self.algorithm]()


@dataclass(frozen=True)
class Part:
    """A part that follows in the body: where it begins, and its checksum where it brings one."""

    offset: int
    checksum: Checksum | None = None


def check_version(headers: Mapping[str, str]) -> None:
    """Raise WrongProtocol unless the client speaks this version."""
    if headers.get("tus-resumable") != VERSION:
        raise WrongProtocol(where="Tus-Resumable", why=f"send the version {VERSION}")


def overridden_method(headers: Mapping[str, str]) -> str:
    """The method that a POST stands for, where a network lets nothing else through.

    Raises:
        BadHeader: it names none that may be asked for in this way.
    """
    method = headers.get("x-http-method-override", "")
    if method not in OVERRIDABLE:
        raise BadHeader(where="X-HTTP-Method-Override", why="name PATCH, DELETE or HEAD")
    return method


def read_creation(headers: Mapping[str, str]) -> Creation:
    """What a creation asks for.

    Raises:
        BadHeader: a header is missing or malformed, or the length is deferred.
        WrongMediaType: a body comes that is no part.
    """
    if "upload-defer-length" in headers:
        raise BadHeader(
            where="Upload-Defer-Length", why="the length of a sealed file is known; send Upload-Length"
        )
    metadata = read_metadata(headers.get("upload-metadata", ""))
    try:
        filename = metadata.get("filename", b"").decode()
        digest, replaces = metadata.get("digest", b"").decode(), metadata.get("replaces", b"").decode()
    except UnicodeDecodeError:
        raise BadHeader(where="Upload-Metadata", why="its values are UTF-8") from None
    if not DIGEST.fullmatch(digest):
        raise BadHeader(
            where="Upload-Metadata",
            why="send the file's parts digest as 64 lower-case hex digits in `digest`",
        )
    if replaces and not ID.fullmatch(replaces):
        raise BadHeader(where="Upload-Metadata", why="`replaces` is the id of a bid")
    return Creation(
        length=read_number(headers, "Upload-Length"),
        digest=bytes.fromhex(digest),
        filename=plain_name(filename),
        replaces=replaces or None,
        has_part=_brings_part(headers),
    )


def _brings_part(headers: Mapping[str, str]) -> bool:
    kind, length = headers.get("content-type", ""), headers.get("content-length", "0")
    if kind.strip().lower() == PART_TYPE:
        return True
    if length.strip() not in ("", "0") or "transfer-encoding" in headers:
        raise WrongMediaType(where="Content-Type", why=f"send {PART_TYPE}")
    return False


def read_part(headers: Mapping[str, str]) -> Part:
    """What a part says of itself.

    Raises:
        WrongMediaType: it is no part.
        BadHeader: its offset or checksum is missing or malformed.
    """
    if headers.get("content-type", "").strip().lower() != PART_TYPE:
        raise WrongMediaType(where="Content-Type", why=f"send {PART_TYPE}")
    return Part(read_number(headers, "Upload-Offset"), read_checksum(headers))


def read_number(headers: Mapping[str, str], name: str) -> int:
    """A count of bytes; raises BadHeader for anything but plain digits."""
    given = headers.get(name.lower(), "")
    if not NUMBER.fullmatch(given):
        raise BadHeader(where=name, why="send a number of bytes in plain digits")
    return int(given)


def read_checksum(headers: Mapping[str, str]) -> Checksum | None:
    """The checksum of a part, None where it brings none; raises BadHeader."""
    given = headers.get("upload-checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(where="Upload-Checksum", why="use sha256 or sha1")
    value = _decoded("Upload-Checksum", encoded)
    if len(value) != ALGORITHMS[algorithm]().digest_size:
        raise BadHeader(where="Upload-Checksum", why="it has another length than its algorithm gives")
    return Checksum(algorithm, value)


def read_metadata(text: str) -> dict[str, bytes]:
    """Pairs of a key and a value in Base64, separated by commas; a value may be empty.

    Raises:
        BadHeader: a key twice, an odd character, other Base64 than the one right form, or too much of it.
    """
    if len(text) > METADATA_LIMIT:
        raise BadHeader(where="Upload-Metadata", why=f"send at most {METADATA_LIMIT} characters")
    found: dict[str, bytes] = {}
    for pair in text.split(",") if text.strip() else ():
        key, _, encoded = pair.strip(" ").partition(" ")
        if not KEY.fullmatch(key) or key in found:
            raise BadHeader(where="Upload-Metadata", why="send each key once, as `key base64, key base64`")
        found[key] = _decoded("Upload-Metadata", encoded)
    return found


def plain_name(filename: str) -> str:
    """The last part of a path, without control characters, cut to what is kept."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-FILENAME_LIMIT:]


def _decoded(where: str, encoded: str) -> bytes:
    try:
        value = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        value = None
    # Base64 has more than one writing of the same bytes; only the right one is taken.
    if value is None or b64encode(value).decode() != encoded:
        raise BadHeader(where=where, why="write values in Base64")
    return value

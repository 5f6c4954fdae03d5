"""The tender capsule: one archive of everything that proves a tender, the same bytes whoever asks.

The first entry, capsule.json, is a statement signed by the platform that names every other part with its size and
SHA-256. Entries are stored, and the same parts have one archive only: a reader writes it again and compares, so no
byte of it is left without a meaning. Format: docs/formats/capsule.md.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from crypto.canonical import JsonValue, canonical, read_canonical
from crypto.signatures import Signer, check_statement, sign_statement
from kernel.errors import BadInput, IntegrityBroken, MalformedCapsule

STATEMENT: Final = "capsule"
CONTENTS: Final = "capsule.json"
VERSION: Final = 2
PUBLIC: Final = "public"
FULL: Final = "full"
MOST_PARTS = 60_000
MOST_BYTES = 2**31 - 1  # what every zip reader and every browser can take
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)
BODY = {"v", "tender", "reference", "scope", "parts"}
UNIX = 3
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the zip format's epoch, so that making it again gives the same bytes


@dataclass(frozen=True)
class Capsule:
    """An unpacked capsule: its parts by name, and what capsule.json says."""

    parts: Mapping[str, bytes]
    statement: Mapping[str, Any]

    @property
    def tender_id(self) -> str:
        """The tender that the capsule is about."""
        return str(self.statement["body"]["tender"])

    def json(self, name: str) -> Any:
        """A part in canonical JSON; raises IntegrityBroken when it is missing or not canonical."""
        try:
            return read_canonical(self.parts[name])
        except KeyError:
            raise IntegrityBroken(what=f"the capsule has no part {name}") from None
        except BadInput as error:
            raise IntegrityBroken(what=f"{name}: {error}") from None


def pack(parts: Mapping[str, bytes], *, tender_id: str, reference: str, scope: str, signer: Signer) -> bytes:
    """Put a capsule together; `scope` says whether released shares are in it."""
    body: dict[str, JsonValue] = {
        "v": VERSION,
        "tender": tender_id,
        "reference": reference,
        "scope": scope,
        "parts": {
            name: {"size": str(len(data)), "sha256": sha256(data).hexdigest()} for name, data in parts.items()
        },
    }
    return archive_of({CONTENTS: canonical(sign_statement(signer, STATEMENT, body)), **parts})


def archive_of(parts: Mapping[str, bytes]) -> bytes:
    """The one archive of these parts, capsule.json among them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts, key=lambda name: (name != CONTENTS, name)):
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.create_system, entry.external_attr = UNIX, 0o644 << 16
            archive.writestr(entry, parts[name])
    return target.getvalue()


def unpack(data: bytes) -> Capsule:
    """Read a capsule; nothing in it is checked but its shape.

    Raises:
        MalformedCapsule: not a capsule, too large, or an archive in any but its one form.
    """
    parts = _entries(data)
    if archive_of(parts) != data:
        raise MalformedCapsule(why="the archive is damaged, or is not in the form of a capsule")
    try:
        statement = read_canonical(parts.pop(CONTENTS))
        is_known = set(statement) == {"type", "body", "key", "signature"} and _is_body(statement["body"])
    except (KeyError, TypeError, BadInput):
        is_known = False
    if not is_known:
        raise MalformedCapsule(why=f"it has no {CONTENTS} of version {VERSION}")
    return Capsule(parts, statement)


def _entries(data: bytes) -> dict[str, bytes]:
    if len(data) > MOST_BYTES:
        raise MalformedCapsule(why="it is larger than a capsule may be")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            is_plain = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
            # What is stored cannot be larger than the archive: no bomb unfolds.
            if (
                not is_plain
                or len(entries) > MOST_PARTS
                or sum(entry.file_size for entry in entries) > len(data)
            ):
                raise MalformedCapsule(why="its parts are compressed, or too many")
            if not all(NAME.fullmatch(entry.filename) for entry in entries):
                raise MalformedCapsule(why="a part has a name that is not allowed")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise MalformedCapsule(why="the archive is damaged, or is not in the form of a capsule") from None


def _is_body(body: Any) -> bool:
    texts = (body["tender"], body["reference"])
    is_read = set(body) == BODY and body["v"] == VERSION and all(isinstance(text, str) for text in texts)
    return is_read and body["scope"] in (PUBLIC, FULL) and isinstance(body["parts"], dict)


def check_whole(capsule: Capsule, platform_public: bytes) -> int:
    """Check the signature over the contents and every part against them; returns the number of parts.

    Raises:
        IntegrityBroken: names the first part that is missing, foreign or changed.
    """
    body = check_statement(dict(capsule.statement), STATEMENT, platform_public)
    for name, said in body["parts"].items():
        if name not in capsule.parts:
            raise IntegrityBroken(what=f"the part {name} is missing")
        found = capsule.parts[name]
        if said != {"size": str(len(found)), "sha256": sha256(found).hexdigest()}:
            raise IntegrityBroken(what=f"the part {name} was changed")
    foreign = sorted(set(capsule.parts) - set(body["parts"]))
    if foreign:
        raise IntegrityBroken(what=f"the part {foreign[0]} does not belong to the capsule")
    return len(body["parts"])

"""The tender capsule: one archive of everything that proves a tender, the same bytes whoever asks.

The first entry, capsule.json, is a statement signed by the platform that names every other part with its size and
SHA-256. Format: docs/formats/capsule.md.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from crypto.canonical import JsonValue, canonical, read_canonical
from crypto.signatures import Signer, check_statement, sign_statement
from kernel.errors import BadInput, IntegrityBroken, MalformedCapsule

STATEMENT: Final = "capsule"
CONTENTS: Final = "capsule.json"
VERSION: Final = 1
PUBLIC: Final = "public"
FULL: Final = "full"
MOST_PARTS = 100_000
MOST_BYTES = 64 * 1024**3  # unpacked; an honest capsule is far below, a bomb is above
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
    contents = canonical(sign_statement(signer, STATEMENT, body))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in [(CONTENTS, contents), *sorted(parts.items())]:
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()


def unpack(data: bytes) -> Capsule:
    """Read a capsule; nothing in it is checked but its shape.

    Raises:
        MalformedCapsule: not a capsule, too large, or with names that are doubled or missing.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
                raise MalformedCapsule(why="it is larger than a capsule may be")
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names):
                raise MalformedCapsule(why="a part is in it twice")
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        raise MalformedCapsule(why="the archive is damaged") from None
    try:
        statement = read_canonical(parts.pop(CONTENTS))
        body = statement["body"]
        is_known = (
            body["v"] == VERSION and isinstance(body["parts"], dict) and isinstance(body["tender"], str)
        )
    except (KeyError, TypeError, BadInput):
        is_known = False
    if not is_known:
        raise MalformedCapsule(why=f"it has no {CONTENTS} of version {VERSION}")
    return Capsule(parts, statement)


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

"""The archive of the one-file command: the same inputs give the same bytes, in any folder and at any time."""

import re
import zipfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = ("client", "kernel", "crypto", "tender", "evaluation", "expert_pool", "approval", "accounts")
"""Packages of ours that the commands stand on; what touches a database stays out."""
WORLD = re.compile(r"(^|/)(records|queries|actions)(\.py$|/)")
LEFT_OUT = re.compile(
    r"(^|/)(__pycache__|tests|_pyinstaller|f2py|include|bin)/|\.(pyc|pyi|a|lib|h|hpp)$|/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json|uv_build\.json)$"
)
FIRST_LINE = b"#!/usr/bin/env python3\n"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
COMMON = "all"
Files = dict[str, bytes]


def own_files() -> Files:
    """Our own modules and the data beside them, by their path."""
    found = {}
    for package in OWN:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".py", ".json") and not WORLD.search(name) and "__pycache__" not in name:
                found[name] = path.read_bytes()
    return found


def foreign_files(folder: Path) -> Files:
    """What wheels installed into a folder, without what no start needs."""
    names = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in sorted(names.items()) if not LEFT_OUT.search(name)}


def pack(system: str, foreign: Mapping[str, Files], effort: int = 9) -> bytes:
    """The file for one kind of machine; `foreign` are the installed wheels by the tag of the Python (cp311, …).

    What every Python needs in the same bytes is in it once. `effort` is that of the compression, 1 to 9.
    """
    tags = sorted(foreign)
    shared = {
        name: data
        for name, data in foreign[tags[0]].items()
        if all(foreign[tag].get(name) == data for tag in tags)
    }
    entries: Files = {f"{COMMON}/{name}": data for name, data in {**own_files(), **shared}.items()}
    for tag in tags:
        entries |= {f"{tag}/{name}": data for name, data in foreign[tag].items() if name not in shared}
    entries["made-for"] = " ".join([system, *tags]).encode()
    entries["__main__.py"] = (Path(__file__).parent / "start.py").read_bytes()
    build = digest_of(entries)
    entries[f"{COMMON}/client/BUILD"] = build.encode()
    entries["build"] = build.encode()
    return write(entries, effort)


def digest_of(entries: Mapping[str, bytes]) -> str:
    """One digest over names and contents."""
    lines = [f"{sha256(data).hexdigest()} {name}\n" for name, data in sorted(entries.items())]
    return sha256("".join(lines).encode()).hexdigest()


def write(entries: Mapping[str, bytes], effort: int) -> bytes:
    """A zip archive behind the line that lets Unix start it: sorted, without a date or an owner."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=effort) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, entries[name])
    return FIRST_LINE + target.getvalue()


def locked_lines(lock: str, names: Iterable[str]) -> str:
    """The lines of a lock file, hashes in, that lock these packages."""
    wanted = set(names)
    blocks = re.split(r"(?m)^(?=[a-z0-9])", lock)
    return "".join(block for block in blocks if re.split(r"[=\[]", block, maxsplit=1)[0] in wanted)

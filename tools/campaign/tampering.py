"""Single changes of a capsule: of its bytes, its parts, of what stands in them; a third party's and the platform's.

Whoever has no key of the platform may change anything. The platform can sign capsule.json again; it cannot change the
log that it published, so the changes made here in its name are those of parts that the log or a signature pins.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from crypto.canonical import canonical, read_canonical
from crypto.signatures import Signer
from evaluation.capsule import CONTENTS, archive_of, pack, unpack
from kernel.errors import BadInput

Parts = dict[str, bytes]


@dataclass(frozen=True)
class Original:
    """A capsule as it was made, another one to take parts from, and the key that the platform signs with."""

    name: str
    data: bytes
    other: bytes
    pinned: Mapping[str, str]
    signer: Signer


@dataclass(frozen=True)
class Tampered:
    """A changed capsule, and what was done to it."""

    what: str
    data: bytes


def tamper(original: Original, chance: random.Random, ways: Sequence["Way"] = ()) -> Tampered:
    """One change in one of these ways, as chance has it; the outcome always differs from the original."""
    while True:
        way = chance.choice(ways or WAYS)
        made = way(original, chance)
        if made is not None and made.data != original.data:
            return made


def one_of_each(original: Original, chance: random.Random) -> list[Tampered]:
    """A change in every way that there is."""
    return [tamper(original, chance, [way]) for way in dict.fromkeys(WAYS)]


def _bytes(original: Original, chance: random.Random) -> Tampered:
    """A change of the archive's bytes, wherever it hits."""
    data = bytearray(original.data)
    kind = chance.choice(("flip", "cut", "insert", "drop", "swap", "append"))
    at, size = chance.randrange(len(data)), chance.choice((1, 2, 30, 1000))
    if kind == "flip":
        data[at] ^= 1 << chance.randrange(8)
    elif kind == "cut":
        del data[at:]
    elif kind == "insert":
        data[at:at] = chance.randbytes(size)
    elif kind == "drop":
        del data[at : at + size]
    elif kind == "append":
        data += chance.randbytes(size)
    else:
        other = chance.randrange(len(data) - size)
        data[at : at + size], data[other : other + size] = (
            data[other : other + size],
            data[at : at + size],
        )
    return Tampered(f"{kind} at {at}", bytes(data))


def _headers(original: Original, chance: random.Random) -> Tampered:
    """A change where the archive describes itself: in a header of an entry or in the directory at the end."""
    data = bytearray(original.data)
    start = data.index(b"PK\x01\x02")
    at = chance.randrange(start, len(data)) if chance.random() < 0.7 else chance.randrange(30)
    data[at] ^= 1 << chance.randrange(8)
    return Tampered(f"header at {at}", bytes(data))


def _whole(original: Original) -> Parts:
    """Every entry of the archive."""
    capsule = unpack(original.data)
    return {CONTENTS: canonical(dict(capsule.statement)), **capsule.parts}


def _parts(original: Original, chance: random.Random) -> Tampered | None:
    """Parts dropped, added, renamed, swapped, cut, or taken from another tender; nobody signs again."""
    parts = _whole(original)
    name = chance.choice(sorted(parts))
    kind = chance.choice(("drop", "add", "rename", "swap", "cut", "append", "flip", "other"))
    what = change_part(parts, name, kind, chance, unpack(original.other).parts)
    return Tampered(f"{what}, unsigned", archive_of(parts)) if what else None


def change_part(
    parts: Parts, name: str, kind: str, chance: random.Random, other: Mapping[str, bytes]
) -> str | None:
    """Change one part in this way and say what was done; None where it does not apply."""
    data = parts[name]
    if kind == "drop":
        del parts[name]
    elif kind == "add":
        parts[f"bids/{chance.randrange(10**6)}.json"] = data
    elif kind == "rename":
        parts[f"{name}.{chance.randrange(9)}"] = parts.pop(name)
    elif kind == "swap":
        second = chance.choice(sorted(parts))
        parts[name], parts[second] = parts[second], data
        return f"swap {name} with {second}"
    elif kind == "other":
        folder = name.partition("/")[0]
        likes = sorted(one for one in other if one == name or one.startswith(f"{folder}/"))
        if not likes:
            return None
        parts[name] = other[chance.choice(likes)]
    elif data:
        at = chance.randrange(len(data))
        flipped = bytes([data[at] ^ 1 << chance.randrange(8)])
        parts[name] = {
            "cut": data[:at],
            "append": data + b"\n",
            "flip": data[:at] + flipped + data[at + 1 :],
        }[kind]
    return f"{kind} {name}"


def _json_unsigned(original: Original, chance: random.Random) -> Tampered | None:
    """A change inside a JSON part, written canonically; nobody signs again."""
    parts = _whole(original)
    name = chance.choice(sorted(one for one in parts if one.endswith(".json")))
    what = change_json(parts, name, chance)
    return Tampered(f"{what}, unsigned", archive_of(parts)) if what else None


def _json_signed(original: Original, chance: random.Random) -> Tampered | None:
    """The same in a part that the log or a signature pins; the platform signs again."""
    parts: Parts = dict(unpack(original.data).parts)
    name = chance.choice(sorted(one for one in parts if is_pinned(one) and one.endswith(".json")))
    what = change_json(parts, name, chance)
    return _signed(original, parts, what) if what else None


def _facts_signed(original: Original, chance: random.Random) -> Tampered | None:
    """A log entry changed, doubled or moved; the platform signs again."""
    parts: Parts = dict(unpack(original.data).parts)
    lines = read_canonical(parts["log/facts.json"])
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.choice(("double", "swap", "index", "salt", "proof", "fact"))
    if kind == "double":
        lines.insert(other, lines[at])
    elif kind == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "index":
        lines[at]["index"] += chance.choice((-1, 1))
    elif kind == "proof":
        lines[at]["proof"] = lines[at]["proof"][1:] or ["A" * 43]
    else:
        lines[at][kind] = lines[other][kind]
    parts["log/facts.json"] = canonical(lines)
    return _signed(original, parts, f"{kind} log entry {at}")


def _parts_signed(original: Original, chance: random.Random) -> Tampered | None:
    """A pinned part dropped, swapped, cut or taken from another tender; the platform signs again."""
    parts: Parts = dict(unpack(original.data).parts)
    name = chance.choice(sorted(one for one in parts if is_pinned(one)))
    kind = chance.choice(("drop", "swap", "cut", "append", "flip", "other"))
    what = change_part(parts, name, kind, chance, unpack(original.other).parts)
    return _signed(original, parts, what) if what else None


def _bids_signed(original: Original, chance: random.Random) -> Tampered | None:
    """Token or prefix of one bid under another one; the platform signs again."""
    parts: Parts = dict(unpack(original.data).parts)
    bids = sorted(name for name in parts if name.startswith("bids/"))
    one, other = chance.sample(bids, 2)
    first, second = read_canonical(parts[one]), read_canonical(parts[other])
    field = chance.choice(("token", "prefix", "bid"))
    first[field], second[field] = second[field], first[field]
    parts[one], parts[other] = canonical(first), canonical(second)
    return _signed(original, parts, f"swap {field} of {one} and {other}")


def _signed(original: Original, parts: Parts, what: str | None) -> Tampered | None:
    if what is None:
        return None
    body = unpack(original.data).statement["body"]
    said = {"tender_id": body["tender"], "reference": body["reference"], "scope": body["scope"]}
    return Tampered(f"{what}, signed again", pack(parts, signer=original.signer, **said))


def is_pinned(name: str) -> bool:
    """Whether the log, a signature or the reader's own keys name what stands in a part.

    Not the stand-alone programs, of which a newer one may be beside the named one, nor the registered chains and the
    stamps of the archive: a capsule may hold more of these than a draw used, or than a proof needs.
    """
    return not name.startswith("verify_draw") and name not in (
        "log/archive.json",
        "log/national.json",
        "log/chains.json",
        "log/facts.json",
    )


def change_json(parts: Parts, name: str, chance: random.Random) -> str | None:
    """Change one place of a JSON part; None where nothing changed."""
    body = read_canonical(parts[name])
    places = list(_places(body))
    if not places:
        return None
    holder, key = chance.choice(places)
    what = _change_place(holder, key, chance, places)
    try:
        changed = canonical(body)
    except BadInput:  # an integer that the format does not have
        return None
    if changed == parts[name]:
        return None
    parts[name] = changed
    return f"{what} in {name}"


def _places(body: Any) -> Any:
    """Every member of every object and list, as what holds it and its name or number."""
    keys = body if isinstance(body, dict) else range(len(body)) if isinstance(body, list) else ()
    for key in list(keys):
        yield body, key
        yield from _places(body[key])


def _change_place(holder: Any, key: Any, chance: random.Random, places: list[Any]) -> str:
    value = holder[key]
    ways: list[Callable[[], Any]] = [lambda: holder.pop(key), lambda: holder.__setitem__(key, None)]
    if isinstance(holder, list):
        ways += [lambda: holder.insert(key, value), holder.reverse]
    if isinstance(value, bool):
        ways += [lambda: holder.__setitem__(key, not value)] * 3
        ways += [lambda: holder.__setitem__(key, int(value))]
    elif isinstance(value, int):
        ways += [lambda: holder.__setitem__(key, value + chance.choice((-1, 1, 10)))] * 3
        ways += [lambda: holder.__setitem__(key, str(value)), lambda: holder.__setitem__(key, -value)]
        ways += [lambda: holder.__setitem__(key, bool(value))]
    elif isinstance(value, str):
        ways += [lambda: holder.__setitem__(key, _other_text(value, chance))] * 4
    elif isinstance(value, dict):
        ways += [lambda: value.__setitem__("more", "1")]
    other, name = chance.choice(places)
    ways += [lambda: holder.__setitem__(key, deepcopy(other[name]))]
    chance.choice(ways)()
    return f"change of {key}"


def _other_text(text: str, chance: random.Random) -> str:
    """A text with one letter more, less or another; figures stay figures, so that they can still be read."""
    if not text:
        return "0"
    at = chance.randrange(len(text))
    letter = chance.choice("0123456789" if text[at].isdigit() else "abcdefABCDEF_-")
    return chance.choice(
        (text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :], text[:at] + letter + text[at:])
    )


Way = Callable[[Original, random.Random], Tampered | None]
WAYS: tuple[Way, ...] = (
    _bytes,
    _headers,
    _parts,
    _json_unsigned,
    _json_unsigned,
    _json_signed,
    _json_signed,
    _json_signed,
    _parts_signed,
    _bids_signed,
    _facts_signed,
)

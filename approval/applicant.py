"""Who applies: read strictly, sealed at rest, found again by a keyed hash of the identity number."""

import re
from dataclasses import dataclass, field

from crypto.canonical import canonical, read_canonical
from crypto.field_seal import keyed_digest, open_field, seal_field
from kernel.errors import BadInput

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, 1, I, O: read aloud and typed without doubt
IDENTITY = re.compile(r"[0-9A-Za-z]{6,32}")
TELEPHONE = re.compile(r"\+?[0-9 -]{5,20}")


@dataclass(frozen=True)
class Applicant:
    """A person or organisation that applies."""

    name: str = field(repr=False)
    identity: str = field(repr=False)  # identity or credit code; may be empty in a consultation
    telephone: str = field(default="", repr=False)


def read_applicant(name: str, identity: str, telephone: str) -> Applicant:
    """The applicant as given; raises BadInput without repeating what was typed."""
    if not 1 <= len(name.strip()) <= 200:
        raise BadInput(where="name", why="use 1 to 200 characters")
    if not IDENTITY.fullmatch(identity.strip()):
        raise BadInput(where="identity", why="give the identity or credit code, 6 to 32 letters and digits")
    if telephone.strip() and not TELEPHONE.fullmatch(telephone.strip()):
        raise BadInput(where="telephone", why="give digits, such as 13800000000")
    return Applicant(name.strip(), identity.strip().upper(), telephone.strip())


def seal_applicant(key: bytes, owner_id: str, applicant: Applicant) -> bytes:
    """The applicant as stored, bound to the case or project that it belongs to."""
    data = {"name": applicant.name, "identity": applicant.identity, "telephone": applicant.telephone}
    return seal_field(key, f"applicant {owner_id}", canonical(data))


def open_applicant(key: bytes, owner_id: str, sealed: bytes) -> Applicant:
    """The applicant of a case or project."""
    data = read_canonical(open_field(key, f"applicant {owner_id}", sealed))
    assert isinstance(data, dict)
    return Applicant(str(data["name"]), str(data["identity"]), str(data["telephone"]))


def applicant_digest(key: bytes, identity: str) -> bytes:
    """What finds an applicant's other cases."""
    return keyed_digest(key, "applicant", identity.strip().upper())


def code_digest(key: bytes, owner_id: str, code: str) -> bytes:
    """What is kept of the query code on the slip."""
    return keyed_digest(key, "query-code", f"{owner_id} {code.strip().upper()}")


def masked(name: str) -> str:
    """A name as public pages show it: its first character."""
    return name[:1] + "＊" * min(len(name) - 1, 2) if name else ""


def letters(random: bytes) -> str:
    """Random bytes as letters that are read aloud without doubt."""
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in random)

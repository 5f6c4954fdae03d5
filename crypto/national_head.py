"""The national head of the log: the root of the same tree in SM3, signed by SM2, beside the C2SP checkpoint.

It names the SHA-256 root of the same size, so the two heads stand for one log. A signed note of its own: nobody who
reads checkpoints meets it. Format: docs/formats/national-head.md.
"""

from dataclasses import dataclass
from typing import NoReturn

from crypto.checkpoint import KEY_NAME, NUMBER, key_id, read_base64, signatures_of, split_note, write_base64
from crypto.checkpoint import vkey as note_vkey
from crypto.sm2 import POINT_BYTES, public_of, scalar_of
from crypto.sm2_signatures import sm2_sign, sm2_verify, sm3
from kernel.errors import IntegrityBroken

KIND = b"\xffSM2-with-SM3"
"""The signature type of notes: none is assigned to SM2, so it goes by its name."""
BINDING = "sha256 "


@dataclass(frozen=True)
class NationalHead:
    """A log's size with the roots of its tree in SM3 and in SHA-256."""

    name: str
    size: int
    root: bytes
    sha256_root: bytes

    def body(self) -> str:
        """The signed text."""
        roots = f"{write_base64(self.root)}\n{BINDING}{write_base64(self.sha256_root)}"
        return f"{self.name}\n{self.size}\n{roots}\n"


def sm3_leaf(data: bytes) -> bytes:
    """The hash of one log entry."""
    return sm3(b"\x00", data)


def sm3_node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sm3(b"\x01", left, right)


def name_of(origin: str) -> str:
    """The name under which a log's national head is signed."""
    return f"{origin}/sm3"


def national_vkey(origin: str, private: bytes) -> str:
    """The verifier key line of a log's national head."""
    return note_vkey(name_of(origin), public_of(private), KIND)


def sign_national(head: NationalHead, private: bytes) -> str:
    """The signed note; `private` are the 32 bytes of the key. Two signatures over the same head differ."""
    body, public = head.body(), public_of(private)
    signature = sm2_sign(scalar_of(private), body.encode())
    return f"{body}\n— {head.name} {write_base64(key_id(head.name, KIND, public) + signature)}\n"


def read_national(text: str, vkey: str) -> NationalHead:
    """Verify a national head with its verifier key.

    Raises:
        IntegrityBroken: not a national head, or not signed by this key.
        BadInput: the package that SM2 needs is not installed.
    """
    name, public = read_national_vkey(vkey)
    body, _ = split_note(text)
    for signature in signatures_of(text, name, key_id(name, KIND, public)):
        sm2_verify(public, signature, body.encode())
    lines = body.split("\n")
    if (
        len(lines) != 5
        or lines[0] != name
        or not NUMBER.fullmatch(lines[1])
        or not lines[3].startswith(BINDING)
    ):
        _broken("the national head is not four lines of name, size and two roots")
    root, other = read_base64(lines[2]), read_base64(lines[3].removeprefix(BINDING))
    if len(root) != 32 or len(other) != 32:
        _broken("a root of the national head is not 32 bytes")
    return NationalHead(name, int(lines[1]), root, other)


def read_national_vkey(text: str) -> tuple[str, bytes]:
    """The name and SM2 public key of a verifier key line."""
    name, _, rest = text.partition("+")
    told, _, encoded = rest.partition("+")
    material = read_base64(encoded)
    public = material.removeprefix(KIND)
    if len(public) != POINT_BYTES or material != KIND + public or not KEY_NAME.fullmatch(name):
        _broken("the verifier key is no SM2 key of a national head")
    if told != key_id(name, KIND, public).hex():
        _broken("the verifier key does not match its own key id")
    return name, public


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=what)

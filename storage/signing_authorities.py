"""Authorities whose certificates bidders may sign with, as the operator trusts them, and where their lists are."""

from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crypto.revocation import MAX_LIST_BYTES
from kernel.errors import Unavailable

SECONDS = 20.0
KEYS = ("certificates", "lists", "hours")
HTTP = ("http://", "https://")
PEM_START = b"-----BEGIN X509 CRL-----"


@dataclass(frozen=True)
class TrustedAuthority:
    """One authority of the settings; `sources` are http addresses or paths of files."""

    name: str
    certificates: tuple[bytes, ...]
    sources: tuple[str, ...]
    list_hours: int


def read_authorities_file(path: Path) -> dict[str, TrustedAuthority]:
    """The authorities of a file: in each line a name, then certificates=FILE lists=ADDRESS,… hours=NUMBER.

    Raises:
        ValueError: a line is no such thing; says which and why.
    """
    found: dict[str, TrustedAuthority] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        words = line.split("#")[0].split()
        if words:
            try:
                authority = _read_line(path.parent, words)
                if authority.name in found:
                    raise ValueError(f"{authority.name} is there twice")
            except (ValueError, OSError) as error:
                raise ValueError(f"{path.name}, line {number}: {error}") from None
            found[authority.name] = authority
    return found


def _read_line(folder: Path, words: list[str]) -> TrustedAuthority:
    name, *pairs = words
    given = dict(pair.partition("=")[::2] for pair in pairs)
    unknown = sorted(set(given) - set(KEYS))
    if unknown:
        raise ValueError(f"{unknown[0]} is not known; known are {', '.join(KEYS)}")
    if len(given) != len(KEYS) or len(pairs) != len(KEYS) or not all(given.values()):
        raise ValueError(f"a name and then each of {', '.join(KEYS)} are needed once")
    if not given["hours"].isdigit() or not 1 <= int(given["hours"]) <= 24 * 31:
        raise ValueError("hours, how old a revocation list may be, is 1 to 744")
    pinned = x509.load_pem_x509_certificates((folder / given["certificates"]).read_bytes())
    named = given["lists"].split(",")
    if any("://" in one and not one.startswith(HTTP) for one in named):
        raise ValueError("lists are http addresses or files")
    sources = tuple(one if one.startswith(HTTP) else str(folder / one) for one in named)
    ders = tuple(one.public_bytes(Encoding.DER) for one in pinned)
    return TrustedAuthority(name, ders, sources, int(given["hours"]))


def fetch_list(source: str) -> bytes:
    """A revocation list in DER, from its address or file; nothing of it is checked.

    Raises:
        Unavailable: nobody answered, or with too much.
    """
    try:
        content = _get(source) if source.startswith(HTTP) else Path(source).read_bytes()
        if len(content) > MAX_LIST_BYTES:
            raise ValueError
        if content.lstrip().startswith(PEM_START):
            content = x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
    except (httpx.HTTPError, OSError, ValueError):
        raise Unavailable(what=f"The revocation list at {source}") from None
    return content


def _get(source: str) -> bytes:
    held = bytearray()
    with httpx.stream("GET", source, timeout=SECONDS, follow_redirects=True) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            held += chunk
            if len(held) > MAX_LIST_BYTES:
                raise ValueError
    return bytes(held)

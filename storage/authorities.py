"""Outside timestamp authorities that a site can use: asked over HTTP, answered with a token or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from crypto.timestamp_requests import PinnedAuthority, check_answer, read_certificates, write_request
from kernel.errors import IntegrityBroken, Unavailable

SECONDS = 10.0
ANSWER_LIMIT = 64 * 1024  # bytes
LOG = structlog.get_logger("storage")


@dataclass(frozen=True)
class TimestampAuthority:
    """One authority of the settings."""

    pinned: PinnedAuthority
    url: str

    def stamp(self, digest: bytes) -> bytes:
        """A token over a digest, checked.

        Raises:
            Unavailable: it did not answer, or with something that does not hold.
        """
        nonce = int.from_bytes(os.urandom(8), "big") >> 1
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            answer = httpx.post(
                self.url, content=write_request(digest, nonce), headers=headers, timeout=SECONDS
            )
            answer.raise_for_status()
            token = answer.content[:ANSWER_LIMIT]
            check_answer(self.pinned, token, digest, nonce)
        except httpx.HTTPError as error:
            LOG.warning(
                "a timestamp authority did not answer", name=self.pinned.name, kind=type(error).__name__
            )
            raise Unavailable(what=f"The timestamp authority {self.pinned.name}") from None
        except IntegrityBroken:
            LOG.critical(
                "a timestamp authority answered with a token that does not hold", name=self.pinned.name
            )
            raise Unavailable(what=f"The timestamp authority {self.pinned.name}") from None
        return token


def read_authorities_file(path: Path) -> dict[str, TimestampAuthority]:
    """The authorities of a file: in each line a name, an address and the file of its certificates in PEM.

    Raises:
        ValueError: a line is no such thing.
    """
    found: dict[str, TimestampAuthority] = {}
    for line in path.read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) != 3 or not words[1].startswith(("http://", "https://")) or words[0] in found:
            raise ValueError(
                "each line names another authority, its http address and the file of its certificates"
            )
        pinned = read_certificates((path.parent / words[2]).read_bytes(), words[0])
        found[words[0]] = TimestampAuthority(pinned, words[1])
    return found

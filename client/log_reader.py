"""Reading a platform's public log: its head, its tiles, and the proofs that one makes out of them."""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from crypto.checkpoint import Checkpoint, read_checkpoint
from crypto.merkle import NodeReader
from crypto.tiles import tile_nodes
from kernel.errors import IntegrityBroken

SECONDS = 30.0


@dataclass(frozen=True)
class SignedHead:
    """A head of the log as it was signed."""

    note: str
    head: Checkpoint


class LogReader:
    """The log of one platform under the verifier key that one trusts."""

    def __init__(self, server: str, vkey: str) -> None:
        self.server, self.vkey = server.rstrip("/"), vkey
        self._http = httpx.Client(base_url=self.server, timeout=SECONDS)

    def head(self) -> SignedHead:
        """The present head; raises IntegrityBroken when it is not signed by the log's key."""
        note = self._get("/log/checkpoint").decode("utf-8", "replace")
        return SignedHead(note, read_checkpoint(note, self.vkey))

    def nodes(self, size: int) -> NodeReader:
        """Any complete subtree of the log at a size, read from tiles."""
        return tile_nodes(self._tile(), size)

    def leaf(self, index: int, size: int) -> bytes:
        """The leaf hash that the log holds at a place now."""
        return self.nodes(size)(0, index)

    def cosigned(self, at_least: int) -> str:
        """The newest head that so many witnesses signed; empty where there is none."""
        answer = self._http.get("/log/cosigned", params={"at_least": at_least})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ""
        return str(answer.raise_for_status().json()["checkpoint"])

    def offer(self, note: str) -> None:
        """Bring a cosigned head to the platform."""
        answer = self._http.post("/log/cosignatures", content=note.encode())
        answer.raise_for_status()

    def _tile(self) -> Callable[[str], bytes]:
        return lambda path: self._get(f"/log/{path}")

    def _get(self, path: str) -> bytes:
        answer = self._http.get(path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise IntegrityBroken(what=f"the log does not give {path}, which it must have")
        return answer.raise_for_status().content

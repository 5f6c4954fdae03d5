"""The platform as a process of its own under uvicorn, to be killed and started again on the same folder."""

import multiprocessing
import os
import signal
import socket
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from tools.health import is_healthy

START_SECONDS = 60.0
# One parent has imported everything, so that a new server is there in a moment.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["uvicorn", "web.app"])


def _serve(folder: Path, port: int) -> None:
    os.setsid()  # a group of its own, so that nothing of it survives the kill
    import uvicorn

    from kernel.settings import Settings
    from storage.adapters import make_adapters
    from web.app import create_app

    app = create_app(make_adapters(Settings(var=folder)))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")


class Server:
    """An embedded platform on a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Start it; returns when it answers."""
        self._process = NURSERY.Process(target=_serve, args=(self._folder, self.port), daemon=True)
        self._process.start()
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            if is_healthy(self.url):
                return
            time.sleep(0.02)
        raise TimeoutError(f"the server did not start within {START_SECONDS} s")

    def kill(self) -> None:
        """End all of it at once, as kill -9 and a pulled plug do."""
        process = self._process
        if process is None:
            return
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        self._process = None

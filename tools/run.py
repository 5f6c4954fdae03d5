"""What `make run` does after setup: start the platform, play one real tender and one case through it, keep serving.

`--once` ends after them, with exit code 0 only if everything held.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from kernel.settings import read_settings
from storage.migrate import upgrade_site
from tools.demo.play import play
from tools.health import is_healthy

OUT = Console(highlight=False, soft_wrap=True)
START_SECONDS = 60


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next free one, said aloud."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        if port != wanted:
            OUT.print(f"Port {wanted} is taken; using {port} instead.")
        return port
    raise SystemExit(f"No free port from {wanted} to {wanted + 199} on {host}; name one with PORT=...")


def start_server(host: str, port: int, var: Path) -> "subprocess.Popen[bytes]":
    """Start the platform as a process of its own; its log goes to var/server.log."""
    environment = {**os.environ, "MINGTANG_VAR": str(var), "MINGTANG_PUBLIC_URL": f"http://{host}:{port}"}
    command = [sys.executable, "-m", "uvicorn", "--factory", "web.app:create_app"]
    command += [
        "--host",
        host,
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--timeout-graceful-shutdown",
        "3",
    ]
    with (var / "server.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def wait_healthy(server: "subprocess.Popen[bytes]", url: str, var: Path) -> None:
    """Wait until the platform answers; raises SystemExit with the place to look."""
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit and server.poll() is None:
        if is_healthy(url):
            return
        time.sleep(0.1)
    raise SystemExit(f"The platform did not start; {var / 'server.log'} says why.")


def show(result: dict[str, Any], url: str) -> None:
    """The ranking, where its evidence lies, and how to look around."""
    table = Table(title="Ranking of the real tender " + result["reference"], title_justify="left")
    for column in ("place", "bidder", "price", "price points", "expert points", "total"):
        table.add_column(column, justify="left" if column == "bidder" else "right")
    for line in result["ranking"]:
        table.add_row(
            *(
                str(line[key])
                for key in ("place", "bidder", "price", "price_points", "expert_points", "total")
            )
        )
    OUT.print(table)
    claims = Table(title="mingtang verify capsule.zip", title_justify="left", show_header=False)
    for claim in result["claims"]:
        claims.add_row(claim["result"], claim["claim"], claim.get("detail", ""))
    OUT.print(claims)
    OUT.print(f"Report:  {result['report']}\nCapsule: {result['capsule']}")
    case = result["case"]
    OUT.print(f"Case:    {case['number']}, code {case['code']}, at {url}/track; its chain: {case['file']}")
    signs = Table(title=f"{url}  (password of all: {result['password']})", title_justify="left")
    signs.add_column("sign-in name")
    signs.add_column("who")
    for name, who in result["sign_ins"].items():
        signs.add_row(name, who)
    OUT.print(signs)


def main() -> int:
    """Run until interrupted, or once."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true", help="end after the tender")
    options = parser.parse_args()
    var = read_settings().var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    upgrade_site(read_settings())
    port = free_port(options.host, options.port)
    url = f"http://{options.host}:{port}"
    server = start_server(options.host, port, var)
    try:
        wait_healthy(server, url, var)
        OUT.print(f"Mingtang serves on {url}")
        kept = var / "demo" / "result.json"
        if options.once or not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps(play(url, var), ensure_ascii=False))
        result = json.loads(kept.read_text())
        show(result, url)
        if options.once:
            return 0 if result["holds"] else 1
        OUT.print(f"Open {url} in a browser; Ctrl-C ends.")
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


if __name__ == "__main__":
    sys.exit(main())

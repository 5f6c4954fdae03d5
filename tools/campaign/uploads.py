"""A large upload over a line that breaks again and again, and a server that is killed meanwhile: nothing is lost.

`python -m tools.campaign.uploads [--mib 2048] [--cuts 50] [--kills 5]`. The program's own client uploads a sealed file
through a proxy that resets its connections at seeded bytes; then once more, while the server's processes are killed and
started again. Prints which share of the bytes went over the line twice; more than 5 % of the first is a failure.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from client.server import Profile, Server
from client.uploads import SealedFile, send
from crypto.parts_digest import file_parts_digest
from kernel.settings import Settings
from storage.adapters import make_adapters
from tools.bench.submission import Sealed, Site
from tools.campaign import server as processes
from tools.fault_proxy import FaultProxy

MOST_TWICE = 0.05


def sealed_file(site: Site, number: int, folder: Path, size: int) -> tuple[Sealed, SealedFile]:
    """A fresh bidder's bid as a file."""
    bid = site.seal(number, size)
    path = folder / f"bid-{number}.sealed"
    path.write_bytes(bid.body)
    file = SealedFile(path, site.tender_id, site.lot_id, len(bid.body), bytes.fromhex(bid.digest))
    return Sealed(b"", bid.digest, bid.token), file


def upload(port: int, bid: Sealed, file: SealedFile) -> None:
    """Upload and submit; the receipt must be one."""
    server = Server(Profile(f"http://127.0.0.1:{port}", bid.token, {}, {}))
    path = send(server, file, lambda sent: None)
    receipt = server.create(f"{path}/bid")
    assert receipt["statement"]["body"]["digest"] == bid.digest


def kill_now_and_then(server: processes.Server, times: int, seed: int, done: threading.Event) -> None:
    """Kill the server at seeded moments and start it again."""
    moments = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    for _ in range(times):
        if done.wait(moments.uniform(0.3, 2.0)):
            return
        server.kill()
        server.start()


def main() -> bool:
    """Run both campaigns and look at what is stored."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=2048)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size, dice = options.mib << 20, random.Random(options.seed)  # noqa: S311 - a schedule, not a secret
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as outside:
        folder = Path(name)
        site = Site(folder, limit_bytes=2 * size)
        made = [sealed_file(site, number, Path(outside), size) for number in (0, 1)]
        site.adapters.database.close()
        server = processes.Server(folder)
        server.start()
        (bid, file), (second, other) = made
        start = time.monotonic()
        with FaultProxy(server.port, [dice.randrange(file.size) for _ in range(options.cuts)]) as line:
            upload(line.port, bid, file)
        took = time.monotonic() - start
        twice = (line.carried - file.size) / file.size
        print(
            f"{options.mib} MiB, {line.cut} cuts: {took:.0f} s, {twice:.3%} of the bytes went twice",
            flush=True,
        )
        done = threading.Event()
        killer = threading.Thread(target=kill_now_and_then, args=(server, options.kills, options.seed, done))
        killer.start()
        start = time.monotonic()
        with FaultProxy(server.port) as line:
            upload(line.port, second, other)
        done.set()
        killer.join()
        again = (line.carried - other.size) / other.size
        took = time.monotonic() - start
        print(
            f"{options.mib} MiB, server killed: {took:.0f} s, {again:.3%} of the bytes went twice", flush=True
        )
        server.kill()
        objects = make_adapters(Settings(var=folder)).objects
        same = []
        for _, each in made:
            with objects.open(each.digest) as stored:
                same.append(file_parts_digest(stored) == each.digest)
        left = list((folder / "uploads").iterdir())
    print(f"stored right: {same}, left in the area of drafts: {len(left)}")
    return all(same) and not left and twice <= MOST_TWICE


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

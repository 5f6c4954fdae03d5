"""A bid by tus against the same bytes in one plain stream, through the same checks into the same store.

`python -m tools.bench.uploads [--mib 256] [--rounds 3]`. Both end with a receipt and run under uvicorn with one
process, in turns, with bytes from the same client. Tus adds what makes an upload go on: a lock, progress in the
database, bytes made safe every 16 MiB. Beside it: the processor time of the server for both, the bare store, which
hashes once and checks nothing, and a bare file.
"""

import argparse
import http.client
import os
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tools.bench.report import beside, row
from tools.bench.submission import Sealed, Site, serving

TARGET = 1.15
CHUNK_BYTES = 256 * 1024
PORTS = (8743, 8744)


def ask(url: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> dict[str, str]:
    """One request; the headers of its answer, which must be a success."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, blocksize=CHUNK_BYTES, timeout=600)
    pieces = (body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES))
    line.request(method, path, body=pieces if body else None, headers=headers)
    answer = line.getresponse()
    text = answer.read()
    line.close()
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]!r}")
    return {name.lower(): value for name, value in answer.getheaders()}


def server_seconds() -> float:
    """Processor time that the servers have used so far; one of them is idle."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if entry.name.isdigit() and int(fields[1]) == os.getpid():
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def by_tus(url: str, site: Site, bid: Sealed) -> float:
    """Seconds from beginning an upload until its receipt."""
    metadata = f"digest {b64encode(bid.digest.encode()).decode()}"
    tus = {"Authorization": f"Bearer {bid.token}", "Tus-Resumable": "1.0.0"}
    size = str(len(bid.body))
    start = time.perf_counter()
    place = f"/api/tenders/{site.tender_id}/lots/{site.lot_id}/uploads"
    made = ask(url, "POST", place, tus | {"Upload-Length": size, "Upload-Metadata": metadata})
    part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Content-Length": size}
    done = ask(url, "PATCH", made["location"], tus | part, bid.body)
    assert done["upload-offset"] == size
    ask(url, "POST", f"{made['location']}/bid", tus | {"Idempotency-Key": bid.digest})
    return time.perf_counter() - start


def by_stream(url: str, site: Site, bid: Sealed) -> float:
    """Seconds from the first byte of one stream until its receipt."""
    start = time.perf_counter()
    headers = {"Authorization": f"Bearer {bid.token}", "Idempotency-Key": bid.digest}
    headers["Content-Length"] = str(len(bid.body))
    ask(url, "POST", f"/api/tenders/{site.tender_id}/lots/{site.lot_id}/bids", headers, bid.body)
    return time.perf_counter() - start


def plainly(url: str, path: str, bid: Sealed) -> float:
    """Seconds to stream the same bytes into a bare handler."""
    start = time.perf_counter()
    ask(url, "POST", path, {"Content-Length": str(len(bid.body))}, bid.body)
    return time.perf_counter() - start


def main() -> bool:
    """Run both in turn and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    size = options.mib << 20
    ours: list[float] = []
    stream: list[float] = []
    spent: list[tuple[float, float]] = []
    store: list[float] = []
    file: list[float] = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bare:
        site = Site(Path(folder), limit_bytes=2 * size)
        with (
            serving("web.app:create_app", True, PORTS[0], MINGTANG_VAR=folder) as platform,
            serving("tools.bench.bare_store:app", False, PORTS[1], BARE_FOLDER=bare) as floor,
        ):
            for turn in range(options.rounds + 1):
                bid, other = site.seal(2 * turn, size), site.seal(2 * turn + 1, size)
                os.sync()
                before = server_seconds()
                ours.append(by_tus(platform, site, bid))
                os.sync()
                between = server_seconds()
                stream.append(by_stream(platform, site, other))
                spent.append((between - before, server_seconds() - between))
                os.sync()
                store.append(plainly(floor, "/objects", bid))
                os.sync()
                file.append(plainly(floor, "/files", bid))
        site.adapters.database.close()
    # The first round warms both up and is not counted.
    tus, one, put, bare_file = (statistics.median(times[1:]) for times in (ours, stream, store, file))
    beside(f"{options.mib} MiB by tus, against a bare file", tus, bare_file)
    beside(f"{options.mib} MiB by tus, against a bare put", tus, put)
    cpu, plain_cpu = (statistics.median(pair[way] for pair in spent[1:]) for way in (0, 1))
    beside(f"{options.mib} MiB by tus, processor time of the server", cpu, plain_cpu)
    return row(f"{options.mib} MiB by tus, against one plain stream", tus, one, TARGET)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

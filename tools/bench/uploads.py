"""An upload by tus against a plain stream of the same bytes into the same store.

`python -m tools.bench.uploads [--mib 192] [--rounds 3]`. Both servers run under uvicorn with one process, take turns
and get the bytes from the same client. Ours checks the envelope, hashes the file and its payload, promises progress in
the database and gives the whole its place in the store. Beside it, a bare file without any hash.
"""

import argparse
import http.client
import os
import statistics
import sys
import tempfile
import time
from base64 import b64encode
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


def by_tus(url: str, site: Site, bid: Sealed) -> float:
    """Seconds from beginning an upload until all of it is stored and checked."""
    metadata = f"digest {b64encode(bid.digest.encode()).decode()}"
    tus = {"Authorization": f"Bearer {bid.token}", "Tus-Resumable": "1.0.0"}
    size = str(len(bid.body))
    start = time.perf_counter()
    place = f"/api/tenders/{site.tender_id}/lots/{site.lot_id}/uploads"
    made = ask(url, "POST", place, tus | {"Upload-Length": size, "Upload-Metadata": metadata})
    part = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", "Content-Length": size}
    done = ask(url, "PATCH", made["location"], tus | part, bid.body)
    took = time.perf_counter() - start
    assert done["upload-offset"] == size
    return took


def plainly(url: str, path: str, bid: Sealed) -> float:
    """Seconds to stream the same bytes into a bare handler."""
    start = time.perf_counter()
    ask(url, "POST", path, {"Content-Length": str(len(bid.body))}, bid.body)
    return time.perf_counter() - start


def main() -> bool:
    """Run both in turn and print the ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    size = options.mib << 20
    ours: list[float] = []
    store: list[float] = []
    file: list[float] = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bare:
        site = Site(Path(folder), limit_bytes=2 * size)
        with (
            serving("web.app:create_app", True, PORTS[0], MINGTANG_VAR=folder) as platform,
            serving("tools.bench.bare_store:app", False, PORTS[1], BARE_FOLDER=bare) as floor,
        ):
            for turn in range(options.rounds + 1):
                bid = site.seal(turn, size)
                os.sync()
                ours.append(by_tus(platform, site, bid))
                os.sync()
                store.append(plainly(floor, "/objects", bid))
                os.sync()
                file.append(plainly(floor, "/files", bid))
        site.adapters.database.close()
    # The first round warms both up and is not counted.
    a, b, c = (statistics.median(times[1:]) for times in (ours, store, file))
    beside(f"{options.mib} MiB by tus, against a synced file", a, c)
    return row(f"{options.mib} MiB by tus, against a plain put", a, b, TARGET)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)

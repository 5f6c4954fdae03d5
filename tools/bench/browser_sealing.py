"""Seal 2 GiB in Chromium and with the command line: speed of both, memory of the tab above its baseline.

The tab's memory is that of the browser's renderer processes (proportional set size, so that shared pages count once),
sampled ten times a second, less what they had before the sealing began.

    python -m tools.bench.browser_sealing [--mib 2048] [--json]
"""

import argparse
import contextlib
import http.server
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from base64 import standard_b64encode
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from client.passphrases import VARIABLE
from crypto.canonical import b64, canonical
from crypto.opener_keys import make_bidder_key
from crypto.passphrase import PassphraseCost
from crypto.signatures import fingerprint
from crypto.suites import suite

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "web/static/build"
MIB = 1 << 20
MEMORY_LIMIT_MIB = 250
PASSPHRASE = "x" * 20
TENDER, LOT, BIDDER = "bench-tender", "bench-lot", "bench-bidder"
START = """(url) => { globalThis.worker = new Worker(url, { type: "module" }); globalThis.progress = []; }"""
SEAL = """async ({ notice, key, passphrase }) => {
  const ask = (act, given) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.progress) progress.push(data.progress.bytes);
      else if (data.problem) reject(new Error(data.problem));
      else resolve(data.value);
    };
    worker.postMessage({ id: 1, act, given });
  });
  const file = Uint8Array.from(atob(key), (one) => one.charCodeAt(0));
  await ask("openBidderKey", { file, passphrase });
  const files = Array.from(document.querySelector("input").files, (blob) => ({ name: blob.name, blob }));
  const begun = performance.now();
  const bid = { lot: notice.lots[0].id, price: "1.00", answers: {}, files };
  const { size, digest } = await ask("seal", { notice, bid });
  return { size, digest, seconds: (performance.now() - begun) / 1000, events: progress.length };
}"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the built scripts, and a page with nothing but an input for files."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer the page or a script."""
        if self.path != "/":
            super().do_GET()
            return
        body = b"<!DOCTYPE html><title>bench</title><input type=file multiple>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The built scripts on a local port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(BUILD)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


def make_notice(limit: int) -> dict[str, Any]:
    """A notice of five openers in the default suite, as people keep it."""
    publics = [suite("hybrid").public_of(bytes([number]) * 32) for number in range(1, 6)]
    openers = [{"hpke": b64(public), "fingerprint": fingerprint(public)} for public in publics]
    return {
        "v": 1,
        "tender": TENDER,
        "lots": [{"id": LOT, "number": 1, "title": {"zh": "一", "en": "One"}}],
        "currency": "CNY",
        "price_places": 2,
        "rulebook": {"name": "bench"},
        "sealing": {"suite": "hybrid", "k": 3, "openers": openers, "limit_bytes": str(limit)},
    }


class Memory(threading.Thread):
    """Samples the renderer processes of one browser until it is stopped."""

    def __init__(self, browser_pid: int) -> None:
        super().__init__(daemon=True)
        self.browser_pid, self.peak, self.whole_peak = browser_pid, 0, 0
        self.ended = threading.Event()

    def now(self) -> tuple[int, int]:
        """KiB of the renderers, and of all processes of the browser."""
        renderers = whole = 0
        for pid in family(self.browser_pid):
            with contextlib.suppress(OSError):
                used = pss(pid)
                whole += used
                if b"--type=renderer" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    renderers += used
        return renderers, whole

    def run(self) -> None:
        """Keep the highest of all samples."""
        while not self.ended.wait(0.1):
            tab, whole = self.now()
            self.peak, self.whole_peak = max(self.peak, tab), max(self.whole_peak, whole)


def family(root: int) -> list[int]:
    """A process and all that it started, however far down."""
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def pss(pid: int) -> int:
    """The proportional set size of a process in KiB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def browser_pid(profile: Path) -> int:
    """The browser that runs on this profile; its helpers are its children."""
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            command = (entry / "cmdline").read_bytes()
            if f"--user-data-dir={profile}".encode() in command and b"--type=" not in command:
                return int(entry.name)
    raise RuntimeError("internal: the browser is not there")


def seal_in_browser(content: Path, folder: Path, notice: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Seal one file in a fresh browser whose private file system lies on the disk."""
    profile = folder / "profile"
    shell = shutil.which("chromium-headless-shell")
    with serving() as url, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=shell, args=["--no-sandbox", "--disable-gpu"]
        )
        page: Page = context.new_page()
        page.set_default_timeout(3_600_000)
        page.goto(url)
        page.set_input_files("input", content)
        page.evaluate(START, f"{url}/sealing-worker.js")
        page.wait_for_timeout(1000)
        memory = Memory(browser_pid(profile))
        tab, whole = memory.now()
        memory.start()
        given = {"notice": notice, "key": standard_b64encode(key).decode(), "passphrase": PASSPHRASE}
        found: dict[str, Any] = page.evaluate(SEAL, given)
        memory.ended.set()
        memory.join()
        context.close()
    return found | {
        "tab_above_baseline_mib": round((memory.peak - tab) / 1024, 1),
        "browser_above_baseline_mib": round((memory.whole_peak - whole) / 1024, 1),
        "baseline_mib": round(tab / 1024, 1),
    }


def seal_by_command(content: Path, folder: Path, notice: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Seal the same file with `./mingtang seal`."""
    (folder / "bidder.key").write_bytes(key)
    (folder / "passphrase").write_text(PASSPHRASE)
    kept = {"notice": notice, "digest": sha256(canonical(notice)).hexdigest()}
    (folder / "notice.json").write_text(json.dumps(kept))
    command = [sys.executable, "-m", "client", "seal", TENDER, str(content), "--price", "1.00", "--anyway"]
    command += ["--key", str(folder / "bidder.key"), "--notice", str(folder / "notice.json"), "--json"]
    environment = {**os.environ, VARIABLE: str(folder / "passphrase")}
    begun = time.perf_counter()
    run = subprocess.run(
        [*command, "--out", str(folder / "cli.sealed")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if run.returncode:
        raise RuntimeError(run.stdout.decode()[-500:] + run.stderr.decode()[-500:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"seconds": seconds, "peak_mib": round(peak / 1024, 1)}


def main() -> int:
    """Measure both, print them side by side; the exit code says whether the memory limit was kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mib", type=int, default=2048)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        content = folder / "content.bin"
        with content.open("wb") as file:
            for _ in range(given.mib):
                file.write(os.urandom(MIB))
        notice = make_notice(2 * (given.mib + 64) * MIB)
        key = make_bidder_key(BIDDER, PASSPHRASE, cost=PassphraseCost(64, 1, 1))
        command = seal_by_command(content, folder, notice, key)
        browser = seal_in_browser(content, folder, notice, key)
    result = {"mib": given.mib, "load": os.getloadavg()[0], "browser": browser, "command_line": command}
    if given.json:
        print(json.dumps(result))
    else:
        show(result)
    return 0 if browser["tab_above_baseline_mib"] <= MEMORY_LIMIT_MIB else 1


def show(result: dict[str, Any]) -> None:
    """Print the figures in words."""
    browser, command, mib = result["browser"], result["command_line"], result["mib"]
    met = "met" if browser["tab_above_baseline_mib"] <= MEMORY_LIMIT_MIB else "MISSED"
    print(f"{mib} MiB, load {result['load']:.1f}")
    print(f"browser       {browser['seconds']:8.1f} s  {mib / browser['seconds']:8.1f} MiB/s")
    print(f"command line  {command['seconds']:8.1f} s  {mib / command['seconds']:8.1f} MiB/s")
    print(
        f"tab above its baseline of {browser['baseline_mib']} MiB: {browser['tab_above_baseline_mib']} MiB"
        f"  limit {MEMORY_LIMIT_MIB}  {met}; whole browser {browser['browser_above_baseline_mib']} MiB"
    )


if __name__ == "__main__":
    sys.exit(main())

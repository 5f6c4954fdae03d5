"""Seal and open 256 MiB, against the floor of the same job and against age (pyrage), in one run.

The floor is AES-256-GCM over 1 MiB chunks plus SHA-256 of the ciphertext: no format, no commitment, no order of chunks
to keep. Runs are interleaved, figures are medians. Files lie in memory (/dev/shm) where there is such a place.

    python -m tools.bench.sealing [--mib 256] [--runs 5] [--json]
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from crypto.envelope import EnvelopeHeader, open_bytes, open_payload, read_prefix, seal, seal_bytes
from crypto.signatures import Signer, fingerprint
from crypto.suites import installed_suites, suite
from tools.bench.report import row

SHM = Path("/dev") / "shm"
CHUNK = 1 << 20
TAG = 16
CORES = len(os.sched_getaffinity(0))
SEED = bytes(range(32))
FLOOR_TARGET, AGE_TARGET = 0.85, 2.0
CIPHER = AESGCM(SEED)
Job = Callable[[], object]


def seal_arguments(suite_name: str = "hybrid") -> dict[str, Any]:
    """An envelope for three of five openers."""
    publics = [suite(suite_name).public_of(bytes([number]) * 32) for number in range(1, 6)]
    signer = Signer("bidder", SEED)
    header = EnvelopeHeader(
        suite=suite_name,
        tender_id="tender",
        lot_id="lot",
        kind="bid",
        bidder_id="bidder",
        bidder_key=signer.public,
        submission_id="submission",
        k=3,
        n=5,
        opener_keys=tuple(fingerprint(public) for public in publics),
    )
    return {
        "header": header,
        "opener_publics": publics,
        "signer": signer,
        "seed": SEED,
        "announcement": b"{}",
    }


def nonce(number: int) -> bytes:
    """A chunk's nonce."""
    return number.to_bytes(12, "big")


def each(work: Callable[[int], Any], count: int, threads: int) -> list[Any]:
    """Do the floor's work on every chunk, in as many threads as asked."""
    if threads == 1:
        return [work(number) for number in range(count)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


class MemoryJobs:
    """The same bytes sealed and opened in memory in each way."""

    def __init__(self, plain: bytes) -> None:
        self.plain, self.view = plain, memoryview(plain)
        self.count = -(-len(plain) // CHUNK)
        self.arguments = seal_arguments()
        self.identity = pyrage.x25519.Identity.generate()
        self.envelope = seal_bytes(plain, threads=CORES, **self.arguments)
        self.age = pyrage.encrypt(plain, [self.identity.to_public()])
        self.chunks = each(self._seal_chunk, self.count, CORES)

    def _seal_chunk(self, number: int) -> bytes:
        sealed = CIPHER.encrypt(nonce(number), self.view[number * CHUNK : (number + 1) * CHUNK], None)
        sha256(sealed).digest()
        return sealed

    def _open_chunk(self, number: int) -> bytes:
        sha256(self.chunks[number]).digest()
        return CIPHER.decrypt(nonce(number), self.chunks[number], None)

    def seal(self, threads: int) -> dict[str, Job]:
        """Ours, the floor and age."""
        return {
            "ours": lambda: seal_bytes(self.plain, threads=threads, **self.arguments),
            "floor": lambda: each(self._seal_chunk, self.count, threads),
            "age": lambda: pyrage.encrypt(self.plain, [self.identity.to_public()]),
        }

    def open(self, threads: int) -> dict[str, Job]:
        """Ours, the floor and age."""
        return {
            "ours": lambda: open_bytes(self.envelope, SEED, threads),
            "floor": lambda: each(self._open_chunk, self.count, threads),
            "age": lambda: pyrage.decrypt(self.age, [self.identity]),
        }


class FileJobs:
    """The same bytes sealed and opened from file to file in each way."""

    def __init__(self, plain: bytes, folder: Path) -> None:
        self.folder, self.size = folder, len(plain)
        self.count = -(-len(plain) // CHUNK)
        self.arguments = seal_arguments()
        self.identity = pyrage.x25519.Identity.generate()
        (folder / "plain").write_bytes(plain)
        for job in self.seal(CORES).values():
            job()

    def path(self, name: str) -> str:
        """A file of the benchmark."""
        return str(self.folder / name)

    def _seal_ours(self, threads: int) -> None:
        with open(self.path("plain"), "rb") as source, open(self.path("envelope"), "wb") as target:
            seal(source, self.size, target, threads=threads, **self.arguments)

    def _open_ours(self, threads: int) -> None:
        with open(self.path("envelope"), "rb") as source, open(self.path("opened"), "wb") as target:
            open_payload(read_prefix(source), SEED, source, target, threads)

    def _floor(
        self, source_name: str, target_name: str, step: int, threads: int, work: Callable[..., bytes]
    ) -> None:
        """Positioned reads and writes: no thread ever waits for another."""
        out = CHUNK + TAG if step == CHUNK else CHUNK
        source = os.open(self.path(source_name), os.O_RDONLY)
        target = os.open(self.path(target_name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

        def one(number: int) -> None:
            os.pwrite(target, work(number, os.pread(source, step, number * step)), number * out)

        each(one, self.count, threads)
        os.close(source)
        os.close(target)

    def seal(self, threads: int) -> dict[str, Job]:
        """Ours, the floor and age."""

        def floor(number: int, plain: bytes) -> bytes:
            sealed = CIPHER.encrypt(nonce(number), plain, None)
            sha256(sealed).digest()
            return sealed

        public = [self.identity.to_public()]
        return {
            "ours": lambda: self._seal_ours(threads),
            "floor": lambda: self._floor("plain", "floor", CHUNK, threads, floor),
            "age": lambda: pyrage.encrypt_file(self.path("plain"), self.path("age"), public),
        }

    def open(self, threads: int) -> dict[str, Job]:
        """Ours, the floor and age."""

        def floor(number: int, sealed: bytes) -> bytes:
            sha256(sealed).digest()
            return CIPHER.decrypt(nonce(number), sealed, None)

        return {
            "ours": lambda: self._open_ours(threads),
            "floor": lambda: self._floor("floor", "floor-opened", CHUNK + TAG, threads, floor),
            "age": lambda: pyrage.decrypt_file(self.path("age"), self.path("age-opened"), [self.identity]),
        }


def medians(jobs: dict[str, Job], runs: int) -> dict[str, float]:
    """The median seconds of each job; the jobs take turns, so that a slow moment hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def compare(jobs: MemoryJobs | FileJobs, place: str, runs: int) -> list[dict[str, Any]]:
    """Measure sealing and opening with one thread and with all cores."""
    results = []
    for verb, ways in (("seal", jobs.seal), ("open", jobs.open)):
        for threads in sorted({1, CORES}):
            results.append(
                {
                    "job": f"{verb} {place}, {threads} thread(s)",
                    "threads": threads,
                    **medians(ways(threads), runs),
                }
            )
    return results


def compare_suites(plain: bytes) -> list[dict[str, Any]]:
    """The national suite beside the default one, in memory and one thread; empty where its package is missing."""
    if "sm" not in installed_suites():
        return []
    arguments = {name: seal_arguments(name) for name in ("hybrid", "sm")}
    sealed = {name: seal_bytes(plain, **given) for name, given in arguments.items()}
    sealing: dict[str, Job] = {name: partial(seal_bytes, plain, **given) for name, given in arguments.items()}
    opening: dict[str, Job] = {name: partial(open_bytes, data, SEED) for name, data in sealed.items()}
    return [
        {"job": verb, "mib": len(plain) >> 20, **medians(jobs, 1)}
        for verb, jobs in (("seal", sealing), ("open", opening))
    ]


def show_suites(result: dict[str, Any]) -> None:
    """Print one line; nothing is demanded of it."""
    speeds = {name: result["mib"] / result[name] for name in ("sm", "hybrid")}
    print(
        f"{result['job']} in memory, 1 thread: sm {speeds['sm']:.0f} MiB/s, hybrid {speeds['hybrid']:.0f} MiB/s"
    )


def show(result: dict[str, Any]) -> bool:
    """Print one result; age is compared with all cores only."""
    met = row(f"{result['job']} / floor", result["ours"], result["floor"], FLOOR_TARGET, better="higher")
    if result["threads"] == CORES:
        met &= row(f"{result['job']} / age", result["ours"], result["age"], AGE_TARGET, better="higher")
    return met


def speed(work: Callable[[memoryview], object]) -> float:
    """MiB per second of one thread over 64 MiB in 1 MiB chunks, the best of three."""
    view = memoryview(bytes(64 * CHUNK))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        for at in range(0, len(view), CHUNK):
            work(view[at : at + CHUNK])
        times.append(time.perf_counter() - start)
    return 64 / min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    plain = os.urandom(options.mib << 20)
    results = compare(MemoryJobs(plain), "in memory", options.runs)
    with tempfile.TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        results += compare(FileJobs(plain, Path(folder)), "file to file", options.runs)
    suites = compare_suites(plain[: 32 * CHUNK])
    if options.json:
        print(
            json.dumps(
                {
                    "mib": options.mib,
                    "runs": options.runs,
                    "cores": CORES,
                    "results": results,
                    "suites": suites,
                },
                indent=2,
            )
        )
        return
    place = f"{SHM} (memory)" if SHM.is_dir() else "the temporary folder (a disk)"
    print(f"{options.mib} MiB, {CORES} cores, medians of {options.runs} runs, files in {place}")
    hashing, sealing = (
        speed(lambda part: sha256(part).digest()),
        speed(lambda part: CIPHER.encrypt(bytes(12), part, None)),
    )
    print(f"one core here: SHA-256 {hashing:.0f} MiB/s, AES-256-GCM {sealing:.0f} MiB/s")
    for line in suites:
        show_suites(line)
    met = [show(result) for result in results]
    if not all(met):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""`make bench`: every benchmark beside its baseline in the same run; exit code 1 if a target was missed."""

import os
import platform
import subprocess
import sys

BENCHES = (
    "sealing",
    "browser_sealing",
    "submission",
    "uploads",
    "opening",
    "evaluation",
    "working_days",
    "approval",
    "text_overlap",
    "findings",
    "lots",
    "evaluation_report",
    "draw",
    "capsule",
)


def main() -> int:
    """Run them one after the other, each in a process of its own."""
    cores = len(os.sched_getaffinity(0))
    print(
        f"{platform.machine()}, {cores} cores, load {os.getloadavg()[0]:.1f}; ratios count, seconds do not travel"
    )
    missed = []
    for name in BENCHES:
        print(f"\n{name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tools.bench.{name}"], check=False).returncode:
            missed.append(name)
    print("\nall targets met" if not missed else f"\na target was missed in: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

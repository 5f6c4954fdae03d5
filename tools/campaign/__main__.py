"""`make campaign`: every campaign, one after the other; exit code 1 if one found something."""

import subprocess
import sys
import time

CAMPAIGNS = (
    "kill_server",
    "uploads",
    "replay",
    "guide_cards",
    "exact_scores",
    "draw_chances",
    "rings",
    "tamper_capsule",
    "fuzz",
)


def main() -> int:
    """Run them, each in a process of its own."""
    failed = []
    for name in CAMPAIGNS:
        print(f"\n{name}", flush=True)
        start = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"tools.campaign.{name}"], check=False).returncode:
            failed.append(name)
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    print("\nall campaigns held" if not failed else f"\nsomething was found by: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

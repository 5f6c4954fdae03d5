"""Logs as one JSON object a line; of an unexpected error only its kind and place, since its text may hold a secret."""

import logging
import sys
import traceback
from typing import Any

import structlog

FRAMES = 12  # of a traceback, innermost last


def place_of_error(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace an exception by its type and the functions it went through."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):  # as the standard library hands it over
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["error"] = type(error).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def configure_logs() -> None:
    """Send structlog's and the standard library's records to standard error in the same form."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_of_error,
    ]
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, render],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            foreign_pre_chain=[*shared],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)

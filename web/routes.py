"""Route decorators for ordinary functions: each request runs in a worker thread, so a handler may use the database.

Litestar's own `sync_to_thread=True` wraps a handler once per method that shares its path and once per application
made in a process, and then answers with a coroutine; wrapping here, once, has neither trouble.
"""

import functools
from collections.abc import Callable
from typing import Any

import anyio.to_thread
import litestar
from litestar.handlers import HTTPRouteHandler

Wrap = Callable[[Callable[..., Any]], HTTPRouteHandler]


def in_thread(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a coroutine that runs it in a worker thread."""

    @functools.wraps(function)
    async def run(*args: Any, **kwargs: Any) -> Any:
        return await anyio.to_thread.run_sync(functools.partial(function, *args, **kwargs))

    return run


def get(path: str | list[str], **options: Any) -> Wrap:
    """Read something."""
    return lambda function: litestar.get(path, **options)(in_thread(function))


def post(path: str, **options: Any) -> Wrap:
    """Do something."""
    return lambda function: litestar.post(path, **options)(in_thread(function))


def delete(path: str, **options: Any) -> Wrap:
    """Take something away."""
    return lambda function: litestar.delete(path, **options)(in_thread(function))


def put(path: str, **options: Any) -> Wrap:
    """Replace something."""
    return lambda function: litestar.put(path, **options)(in_thread(function))

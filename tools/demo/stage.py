"""What the demonstration shows while it plays."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Stage:
    """A console with the time since the start on each line."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def act(self, title: str) -> None:
        """Begin a part."""
        self.console.print(f"\n[bold]{title}[/]")

    def say(self, text: str) -> None:
        """One thing that happened."""
        self.console.print(f"[dim]{self.seconds:6.1f} s[/]  {text}")

    @contextmanager
    def bar(self, what: str, total: int) -> Iterator[Callable[[], None]]:
        """A progress bar; the yielded function moves it on by one."""
        columns = (
            TextColumn("        {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda: progress.advance(task)

    def wait_until(self, done: Callable[[], bool], what: str, seconds: float = 120) -> None:
        """Poll until something holds; raises TimeoutError naming it."""
        limit = time.monotonic() + seconds
        while not done():
            if time.monotonic() > limit:
                raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
            time.sleep(0.2)

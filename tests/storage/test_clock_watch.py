"""The clock is held against other sources; a step or a difference above a second stops what rests on it."""

import socket
import struct
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.clock import FixedClock, SystemClock
from kernel.errors import ClocksDisagree
from storage.clock_watch import NTP_EPOCH, ClockWatch, database_source, read_sntp, time_server_source
from tests.builders import make_platform

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def answer(at: datetime, *, mode: int = 4, stratum: int = 2, leap: int = 0) -> bytes:
    """What a time server says."""
    since = at - NTP_EPOCH
    whole, rest = divmod(since, timedelta(seconds=1))
    fraction = (rest.microseconds << 32) // 10**6
    head = bytes([leap << 6 | 4 << 3 | mode, stratum]) + bytes(38)
    return head + struct.pack(">II", whole % (1 << 32), fraction)


@pytest.fixture
def server() -> Iterator[tuple[str, list[bytes]]]:
    """A real time server on this machine that says what is in the list, last first."""
    said: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        bound.settimeout(0.2)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    _, asker = bound.recvfrom(512)
                except TimeoutError:
                    continue
                if said:
                    bound.sendto(said[-1], asker)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{bound.getsockname()[1]}", said
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("offset", "trusted"),
    [(0.0, True), (0.9, True), (1.0, True), (1.1, False), (-1.1, False), (7200.0, False)],
)
def test_a_time_server_that_differs_by_more_than_a_second_stops_everything(
    server: tuple[str, list[bytes]], offset: float, trusted: bool
) -> None:
    address, said = server
    said.append(answer(NOW + timedelta(seconds=offset)))
    clock = FixedClock(NOW)
    watch = ClockWatch(clock, {"server": time_server_source(address, clock)}, counter=lambda: 0.0)
    assert watch.look().offsets["server"] == pytest.approx(offset, abs=1e-3)
    if trusted:
        watch.require()
    else:
        with pytest.raises(ClocksDisagree):
            watch.require()
        said.append(answer(NOW))
        watch.look()
        watch.require()


def test_a_silent_server_is_named_and_stops_nothing(server: tuple[str, list[bytes]]) -> None:
    clock = FixedClock(NOW)
    gone = time_server_source("127.0.0.1:9", clock)
    watch = ClockWatch(clock, {"gone": gone}, counter=lambda: 0.0)
    assert watch.look().silent == ("gone",)
    watch.require()


@pytest.mark.parametrize(("step", "trusted"), [(1.0, True), (1.1, False), (-1.1, False), (-7200, False)])
def test_a_step_of_the_clock_shows_before_the_next_look(step: float, trusted: bool) -> None:
    clock, counted = FixedClock(NOW), [0.0]
    watch = ClockWatch(clock, {}, counter=lambda: counted[0])
    watch.look()
    counted[0] = 3.0
    clock.advance(seconds=3.0 + step)
    if trusted:
        watch.require()
    else:
        with pytest.raises(ClocksDisagree):
            watch.require()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(47),
        answer(NOW, mode=3),
        answer(NOW, stratum=0),
        answer(NOW, stratum=16),
        answer(NOW, leap=3),
        bytes(48),
    ],
)
def test_an_answer_that_cannot_be_used_counts_as_none(data: bytes) -> None:
    assert read_sntp(data) is None


def test_times_after_2036_are_read() -> None:
    at = datetime(2040, 1, 1, tzinfo=UTC)
    assert read_sntp(answer(at)) == at


def test_the_database_server_is_a_source(postgres_url: str, tmp_path: Path) -> None:
    platform = make_platform(tmp_path, postgres_url)
    offset = database_source(platform.database, SystemClock())()
    assert offset is not None
    assert abs(offset) < timedelta(seconds=1)
    platform.database.close()

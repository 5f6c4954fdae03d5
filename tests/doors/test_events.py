"""The live events: what a watcher has seen is never sent again, what happened is never left out."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from queue import Empty, Queue
from threading import Thread

import httpx
import pytest
from litestar import Litestar

from storage import audit_log
from storage.audit_log import Fact
from tests.builders import Platform, PublishedTender, make_draft, make_platform, make_tender
from tests.doors.door import serving
from web import openings
from web.app import create_app

WAIT_SECONDS = 10.0
POLL_SECONDS = 0.1  # for tests: the platform looks less often
QUIET_SECONDS = 0.35  # more than two looks at the log


@dataclass
class Event:
    """One server-sent event as a browser sees it."""

    id: int
    kind: str
    subject: str


@dataclass
class Site:
    """A platform behind sockets with one published tender."""

    platform: Platform
    app: Litestar
    tender: PublishedTender
    url: str

    @property
    def path(self) -> str:
        return f"{self.url}/api/tenders/{self.tender.tender_id}/events"

    def happen(self, *subjects: str, kind: str = "question.answered") -> None:
        """Let public facts happen, each in a transaction of its own."""
        for subject in subjects:
            with self.platform.database.transaction() as session:
                fact = Fact(kind, subject, self.tender.tender_id)
                audit_log.append(session, fact, self.platform.clock.now())

    def watchers(self) -> int:
        watch = self.app.state.watches.get(self.tender.tender_id)
        return len(watch.watchers) if watch else 0


class Watcher:
    """Somebody who listens until `leave`."""

    def __init__(self, response: httpx.Response) -> None:
        self.events: Queue[Event] = Queue()
        self.seen: list[Event] = []
        Thread(target=self._listen, args=[response], daemon=True).start()

    def _listen(self, response: httpx.Response) -> None:
        fields: dict[str, str] = {}
        try:
            for line in response.iter_lines():
                name, _, value = line.partition(":")
                if name:
                    fields[name] = value.strip()
                elif "data" in fields:
                    fact = json.loads(fields["data"])
                    self.events.put(Event(int(fields["id"]), fields["event"], fact["subject"]))
                    fields = {}
        except (httpx.HTTPError, httpx.StreamError):
            pass

    def take(self, count: int) -> list[Event]:
        """The next events; fails when they do not come."""
        found = [self.events.get(timeout=WAIT_SECONDS) for _ in range(count)]
        self.seen += found
        return found

    def hears_nothing(self) -> bool:
        try:
            self.events.get(timeout=QUIET_SECONDS)
        except Empty:
            return True
        return False


@contextmanager
def watching(site: Site, query: str = "", **headers: str) -> Iterator[Watcher]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx.stream("GET", site.path + query, headers=sent, timeout=WAIT_SECONDS) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        try:
            yield Watcher(response)
        finally:
            # The thread above still reads from it, so closing alone would not reach the server.
            response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)


def comes_true(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    usual, openings.POLL_SECONDS = openings.POLL_SECONDS, POLL_SECONDS
    platform = make_platform(tmp_path_factory.mktemp("events"))
    app = create_app(platform.adapters)
    with serving(app) as url:
        yield Site(platform, app, make_tender(platform), url)
    openings.POLL_SECONDS = usual


@pytest.fixture
def site(served: Site) -> Site:
    """A tender of this test's own."""
    return replace(served, tender=make_tender(served.platform))


def subjects(events: list[Event]) -> list[str]:
    return [event.subject for event in events]


def test_watcher_sees_what_was_and_what_comes_in_order(site: Site) -> None:
    site.happen("a")
    with watching(site) as watcher:
        past = watcher.take(2)
        assert [event.kind for event in past] == ["tender.published", "question.answered"]
        site.happen("b", "c")
        assert subjects(watcher.take(2)) == ["b", "c"]
    ids = [event.id for event in watcher.seen]
    assert ids == sorted(set(ids))


def test_private_facts_are_not_sent(site: Site) -> None:
    with watching(site) as watcher:
        watcher.take(1)
        site.happen("secret", kind="bid.sealed")
        site.happen("public")
        assert subjects(watcher.take(1)) == ["public"]


def test_last_event_id_resumes_without_gap_or_double(site: Site) -> None:
    names = [f"fact-{n:02}" for n in range(12)]
    heard: list[str] = []
    last = -1
    for turn in range(4):
        with watching(site, Last_Event_ID=str(last)) as watcher:
            site.happen(*names[3 * turn : 3 * turn + 2])
            events = watcher.take(3)
            heard += subjects(events)
            last = events[-1].id
        site.happen(names[3 * turn + 2])  # while nobody listens
    with watching(site, f"?after={last}") as watcher:
        heard += subjects(watcher.take(1))
        assert watcher.hears_nothing()
    first = [name for name in heard if name not in names]
    assert (first, heard[1:]) == ([site.tender.tender_id], names)


@pytest.mark.parametrize("late_comer", ["-1", "", "999999999", "0", "9" * 40, "²", "--5", "ten", "1.5"])
def test_a_watcher_never_takes_events_from_another(site: Site, late_comer: str) -> None:
    with watching(site) as watcher:
        watcher.take(1)
        with httpx.stream("GET", site.path, params={"after": late_comer}, timeout=WAIT_SECONDS) as other:
            assert other.status_code == 200
            site.happen("a")
            assert subjects(watcher.take(1)) == ["a"]
        site.happen("b")
        assert subjects(watcher.take(1)) == ["b"]


def test_two_watchers_at_different_places_each_get_the_rest_once(site: Site) -> None:
    site.happen(*"abcdef")
    with watching(site) as one:
        last = one.take(4)[-1].id
        with watching(site, Last_Event_ID=str(last)) as two:
            site.happen("g", "h")
            assert subjects(two.take(5)) == list("defgh")
            assert subjects(one.take(5)) == list("defgh")
            assert one.hears_nothing()
            assert two.hears_nothing()


def test_stream_ends_when_its_client_goes_away(site: Site) -> None:
    with watching(site) as one, watching(site) as two:
        one.take(1)
        two.take(1)
        assert comes_true(lambda: site.watchers() == 2)
    assert comes_true(lambda: site.watchers() == 0)
    assert site.tender.tender_id not in site.app.state.watches
    # The next watcher starts the reading of the log again.
    with watching(site) as again:
        again.take(1)
        site.happen("later")
        assert subjects(again.take(1)) == ["later"]


def test_events_outlive_a_failing_look_at_the_log(site: Site) -> None:
    with watching(site) as watcher:
        watcher.take(1)
        with site.platform.database.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE log_entries RENAME TO gone")
        time.sleep(QUIET_SECONDS)
        with site.platform.database.transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE gone RENAME TO log_entries")
        site.happen("after the failure")
        assert subjects(watcher.take(1)) == ["after the failure"]


def test_a_draft_and_an_unknown_tender_have_no_events(site: Site) -> None:
    draft = make_draft(site.platform)
    for tender_id in (draft.tender_id, "nothing"):
        answer = httpx.get(f"{site.url}/api/tenders/{tender_id}/events", timeout=WAIT_SECONDS)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_two_tenders_do_not_hear_each_other(site: Site) -> None:
    other = Site(site.platform, site.app, make_tender(site.platform), site.url)
    with watching(site) as watcher, watching(other) as neighbour:
        watcher.take(1)
        neighbour.take(1)
        other.happen("theirs")
        assert subjects(neighbour.take(1)) == ["theirs"]
        assert watcher.hears_nothing()


@pytest.mark.parametrize("last", [0, 1, 3, 4, 5, 10**17])
def test_who_comes_back_is_caught_up_with_what_is_new_only(site: Site, last: int) -> None:
    site.happen("a", "b", "c")
    known, end = openings.catch_up(site.platform.adapters, site.tender.tender_id, last)
    every = openings.read_public(site.platform.adapters, site.tender.tender_id)
    assert [(one.number, one.row.index) for one in known] == [
        (one.number, one.row.index) for one in every if one.number > last
    ]
    assert (end.number, end.index) == (4, every[-1].row.index)
    site.happen("d")
    [new] = openings.read_public(site.platform.adapters, site.tender.tender_id, end)
    assert new.number == 5

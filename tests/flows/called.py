"""Builders for calling a panel out: a drawn panel whose experts have telephones, and what the gateway was given."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from accounts.duties import Duty
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import calls as calling
from expert_pool.experts import Expert, Identity
from expert_pool.queries import calls
from expert_pool.records.calls import CallRecord
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.ceremonies import PARTIES, hold
from tests.flows.panels import opened_tender, request
from tests.simulator import do_jobs

EXPERTS = 9
LINK = re.compile(r"/call/([\w-]+) 验证码 (\d{6})")


def drawn_panel(folder: Path, experts: int = EXPERTS) -> tuple[Platform, PublishedTender]:
    """A drawn panel of five, with four more experts in the pool unless there shall be more."""
    made = make_platform(folder)
    tender = opened_tender(made, ["300.00", "100.00", "200.00"])
    manager = made.person("pool-manager", Duty.POOL_MANAGER)
    entries = [
        PoolEntry(
            Expert(f"E{n}", f"Name {n}", f"Institute {n}", "440300", frozenset({"A0801", "B02"})),
            identity=Identity(telephone=f"138000000{n:02}"),
        )
        for n in range(experts)
    ]
    with made.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=made.clock.now())
    for party, duty in PARTIES.items():
        made.person(party, duty)
    hold(made, request(made, tender))
    made.database.close()
    return made, tender


def messages(platform: Platform, tender: PublishedTender) -> dict[str, tuple[str, str]]:
    """Token and PIN by seat, as the gateway's files have them; a call that was over at once has none."""
    with platform.database.reading() as session:
        found = {one.id: one.seat for one in calls.calls(session, tender.tender_id)}
    folder = platform.adapters.settings.var / "messages"
    said: dict[str, tuple[str, str]] = {}
    for id, seat in found.items():
        if not (folder / f"{id}.json").exists():
            continue
        match = LINK.search(json.loads((folder / f"{id}.json").read_text())["text"])
        assert match is not None
        said[seat] = (match[1], match[2])
    return said


def answer_all(platform: Platform, tender: PublishedTender, declines: Callable[[str], bool]) -> None:
    """Every ringing call is answered, and those of the reserves who follow; `declines` says so by group."""
    waiting = True
    while waiting:
        ringing = _calls_in(platform, tender, "ringing")
        waiting = any(declines(one.seat_group) for one in ringing)
        for one in ringing:
            token, pin = messages(platform, tender)[one.seat]
            accepts = not declines(one.seat_group)
            with platform.database.transaction() as session:
                assert calling.answer_call(
                    session,
                    token=token,
                    pin=pin,
                    accepts=accepts,
                    reason="" if accepts else "ill",
                    now=platform.clock.now(),
                )
            do_jobs(platform)


def arrive_all(platform: Platform, tender: PublishedTender) -> None:
    """Everybody who accepted checks in."""
    for one in _calls_in(platform, tender, "accepted"):
        token, pin = messages(platform, tender)[one.seat]
        with platform.database.transaction() as session:
            assert calling.check_in(session, token=token, pin=pin, now=platform.clock.now())


def _calls_in(platform: Platform, tender: PublishedTender, state: str) -> list[CallRecord]:
    with platform.database.reading() as session:
        return [one for one in calls.calls(session, tender.tender_id) if one.state == state]

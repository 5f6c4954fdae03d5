"""Whole tenders of five kinds, for whoever needs their capsules; `KINDS` names them."""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accounts.duties import Actor, Duty
from evaluation.actions import draws, scoring
from evaluation.capsule import FULL, PUBLIC, unpack
from evaluation.lots.rule import read_rule, write_rule
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import calls as calling
from expert_pool.experts import Expert, Identity
from tests.builders import Platform, PublishedTender, make_platform
from tests.evaluation.cases import rulebook_data
from tests.flows.blind import blind_tender, prepare, score_blind
from tests.flows.called import answer_all, arrive_all
from tests.flows.ceremonies import begin, countersign, hold
from tests.flows.panels import bids_of, draw_panel, elect, members, request, sign_reports, vote
from tests.flows.staged import whole_staged_tender, whole_tender_in_two
from tests.flows.test_lots_with_rulebooks import opened, score_at_once
from tests.simulator import do_jobs, whole_tender
from tools.campaign.tampering import Original
from web.capsules import make_capsule

BAND = [{"from": "0", "points": "1"}]
BY_CHANCE: dict[str, Any] = {
    "price__benchmark": {"terms": [{"base": "mean", "factors": ["K"], "sample": "S"}]},
    "price__formula": {"kind": "deviation", "above": BAND, "below": BAND},
    "price__samples": [{"name": "S", "size": 2}],
    "drawn": [{"name": "K", "values": ["0.95", "0.96", "0.97"]}],
}
"""What makes a rulebook draw a coefficient and a sample."""


@dataclass(frozen=True)
class Made:
    """One evaluated tender and its platform."""

    platform: Platform
    tender: PublishedTender

    def capsule(self, scope: str = PUBLIC) -> bytes:
        """Its capsule."""
        return make_capsule(self.platform.adapters, self.tender.tender_id, scope)

    @property
    def pinned(self) -> dict[str, str]:
        """The platform's keys."""
        keys: dict[str, str] = unpack(self.capsule(FULL)).json("keys.json")
        return keys


def plain(folder: Path) -> Made:
    """One lot, three bids, a ceremony, five members; the public log moves at a pace."""
    platform = make_platform(folder, log_pace=60)
    return Made(platform, whole_tender(platform))


def rich(folder: Path) -> Made:
    """Two lots under rulebooks of their own, one of them with chance in it, and two seats that are drawn again."""
    made = unsigned(folder)
    return signed(made.platform, made.tender)


def unsigned(folder: Path) -> Made:
    """The same with a report that the panel may still sign."""
    platform = make_platform(folder)
    rule: Any = write_rule(read_rule({"method": "sequential", "cap": 1, "objective": "points"}))
    own = rulebook_data(**BY_CHANCE)
    chance, design = opened(platform, (1, own), award_rule=rule)
    panel = further_round(platform, chance).values()
    draw(platform, chance)
    for lot, points in ((chance, ("60", "80", "100")), (design, ("60", "70", "90"))):
        for member in panel:
            vote(platform, lot, member)
            score_at_once(platform, lot, member, dict(zip(bids_of(platform, lot), points, strict=True)))
    do_jobs(platform)
    return Made(platform, chance)


def further_round(platform: Platform, tender: PublishedTender) -> dict[str, Actor]:
    """The members of a panel whose seats for costs were all declined and drawn again."""
    pool_with_telephones(platform, 12)
    hold(platform, request(platform, tender))
    manager, now = platform.people["pool-manager"], platform.clock.now()
    with platform.database.transaction() as session:
        calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=now)
    do_jobs(platform)
    answer_all(platform, tender, lambda group: group == "costs")
    with platform.database.transaction() as session:
        draw_id = actions.request_round(session, actor=tender.office, tender_id=tender.tender_id, now=now)
    ceremony = begin(platform, str(draw_id), tender.tender_id)
    countersign(platform, ceremony)
    hold(platform, ceremony)
    do_jobs(platform)
    answer_all(platform, tender, lambda group: False)
    arrive_all(platform, tender)
    panel = members(platform, tender)
    elect(platform, tender, dict.fromkeys(panel, next(iter(panel))))
    return panel


def pool_with_telephones(platform: Platform, experts: int) -> None:
    """Experts with accounts whom the platform can call by itself."""
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    entries = []
    for n in range(1, experts + 1):
        platform.person(f"expert-{n}", Duty.EXPERT)
        expert = Expert(f"E{n:03}", f"Name {n}", f"Institute {n}", "440300", frozenset({"A0801", "B02"}))
        entries.append(PoolEntry(expert, f"expert-{n}", identity=Identity(telephone=f"138000000{n:02}")))
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())


def blind(folder: Path) -> Made:
    """A technical part scored under labels, then an open group."""
    platform = make_platform(folder)
    tender = blind_tender(platform)
    prepare(platform, tender)
    panel = draw_panel(platform, tender)
    for member in panel.values():
        score_blind(platform, tender, member, {1: "60", 2: "70", 3: "80"})
    for member in panel.values():
        vote(platform, tender, member)
    for member in panel.values():
        for bid_id in bids_of(platform, tender):
            values: dict[str, Any] = {"actor": member, "tender_id": tender.tender_id, "bid_id": bid_id}
            values["now"] = platform.clock.now()
            with platform.database.transaction() as session:
                scoring.save_sheet(session, points={"records": "80"}, version=1, **values)
                scoring.sign_sheet(session, version=2, **values)
    do_jobs(platform)
    return signed(platform, tender)


def staged(folder: Path, **described: Any) -> Made:
    """Prices that opened after the scores, one of which says nothing that can be read."""
    platform = make_platform(folder)
    return Made(platform, whole_staged_tender(platform, ["300.00", "100.00", "200.00"], **described))


def together(folder: Path) -> Made:
    """Bids of two envelopes that open at the same time."""
    platform = make_platform(folder)
    return Made(platform, whole_tender_in_two(platform, ["300.00", "100.00", "200.00"]))


@dataclass(frozen=True)
class Kept:
    """A capsule with the keys to check it by."""

    public: bytes
    pinned: dict[str, str]


def plain_capsule(factory: pytest.TempPathFactory) -> Kept:
    """The public capsule of a plain tender, played once in a run of tests, whichever process comes first."""
    base = factory.getbasetemp()
    folder = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    data, keys = folder / "plain.zip", folder / "plain.json"
    with (folder / "plain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not keys.exists():
            made = plain(factory.mktemp("plain"))
            data.write_bytes(made.capsule())
            keys.write_text(json.dumps(made.pinned))
    return Kept(data.read_bytes(), json.loads(keys.read_text()))


KINDS: dict[str, Callable[[Path], Made]] = {
    "plain": plain,
    "rich": rich,
    "blind": blind,
    "staged": staged,
    "together": together,
}


def draw(platform: Platform, lot: PublishedTender) -> None:
    """Freeze and draw what a lot's rulebook, or its equal bids, ask for."""
    office: Actor = lot.office
    with platform.database.transaction() as session:
        ids: dict[str, Any] = {"tender_id": lot.tender_id, "lot_id": lot.lot_id}
        draw_id = draws.freeze_draw(session, actor=office, now=platform.clock.now(), **ids)
    with platform.database.transaction() as session:
        draws.make_draw(session, actor=office, draw_id=draw_id, now=platform.clock.now())


def signed(platform: Platform, tender: PublishedTender) -> Made:
    """The report signed by everybody."""
    sign_reports(platform, tender)
    do_jobs(platform)
    return Made(platform, tender)


def originals(folder: Path, kinds: Iterable[str] = KINDS) -> list[Original]:
    """Public and full capsules of tenders of these kinds, each beside that of another tender."""
    return originals_of({kind: KINDS[kind](folder / kind) for kind in kinds})


def originals_of(made: Mapping[str, Made]) -> list[Original]:
    """The same of tenders that were played."""
    scopes = {(kind, scope): one.capsule(scope) for kind, one in made.items() for scope in (PUBLIC, FULL)}
    names = list(scopes)
    return [
        Original(
            f"{kind} {scope}",
            scopes[kind, scope],
            scopes[names[(number + 2) % len(names)]],
            made[kind].pinned,
            made[kind].platform.adapters.keys.receipts,
        )
        for number, (kind, scope) in enumerate(names)
    ]

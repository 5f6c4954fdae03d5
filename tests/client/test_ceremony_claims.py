"""A draw that went wrong first: voided, asked for again, a party rebuilt, a member declined; it still verifies."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.duties import Duty
from client.claims import FAIL, Evidence
from client.verify import examine
from crypto.canonical import read_canonical, unb64
from evaluation.capsule import unpack
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import calls as calling
from expert_pool.escrow import make_chain
from expert_pool.experts import Expert, Identity
from tests.builders import Platform, PublishedTender, make_platform
from tests.capsules import Made
from tests.client.stories import PANEL, SHEETS, Story, edit, remove
from tests.flows.called import answer_all, arrive_all
from tests.flows.ceremonies import begin, bring_share, commit_all, countersign, escrow, hold, reveal
from tests.flows.panels import bids_of, elect, members, opened_tender, request, score, sign_reports, vote
from tests.simulator import PRICES, do_jobs
from web.app import create_app

EXPERTS = 12


class Evening:
    """The tender as it was evaluated."""

    def __init__(self, folder: Path) -> None:
        self.platform: Platform = make_platform(folder)
        self.tender: PublishedTender = opened_tender(self.platform, PRICES)
        self.fill()
        self.draw()
        self.call()
        panel = members(self.platform, self.tender)
        elect(self.platform, self.tender, dict.fromkeys(panel, min(panel)))
        for member in panel.values():
            vote(self.platform, self.tender, member)
        for number, bid in enumerate(bids_of(self.platform, self.tender)):
            for member in panel.values():
                score(self.platform, self.tender, member, bid, str(60 + 10 * number))
        do_jobs(self.platform)
        sign_reports(self.platform, self.tender)
        do_jobs(self.platform)

    def fill(self) -> None:
        """Experts with accounts and telephones."""
        for n in range(EXPERTS):
            self.platform.person(f"expert-{n}", Duty.EXPERT)
        entries = [
            PoolEntry(
                Expert(f"E{n}", f"Name {n}", f"Institute {n}", "440300", frozenset({"A0801", "B02"})),
                f"expert-{n}",
                Identity(telephone=f"138000000{n:02}"),
            )
            for n in range(EXPERTS)
        ]
        manager = self.platform.person("pool-manager", Duty.POOL_MANAGER)
        with self.platform.database.transaction() as session:
            actions.import_pool(session, actor=manager, entries=entries, now=self.platform.clock.now())

    def draw(self) -> None:
        """One draw is voided; in the next one the witness stays silent, and the supervisor's secret is of a chain."""
        now, values = self.platform.clock.now(), make_chain(b"r" * 32, 9)
        with self.platform.database.transaction() as session:
            watcher = self.platform.person("supervisor", Duty.SUPERVISOR)
            actions.register_draw_chain(session, actor=watcher, head=values[0], now=now)
        first = request(self.platform, self.tender)
        with self.platform.database.transaction() as session:
            office, supervisor = first.people["office"], first.people["supervisor"]
            actions.ask_void(session, actor=office, draw_id=first.draw_id, reason="ill", now=now)
            actions.confirm_void(session, actor=supervisor, draw_id=first.draw_id, now=now)
        second = request(self.platform, self.tender)
        second.secrets["supervisor"], self.next_secret = values[1:3]
        commit_all(self.platform, second)
        escrow(self.platform, second)
        reveal(self.platform, second, "office")
        self.platform.clock.at += timedelta(hours=1)
        bring_share(self.platform, second, "office", "witness")
        bring_share(self.platform, second, "supervisor", "witness")
        assert reveal(self.platform, second, "supervisor")

    def call(self) -> None:
        """Everybody is called; whom the draw gave the group of costs declines, so that it is drawn again."""
        manager, tender = self.platform.people["pool-manager"], self.tender
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=now)
        do_jobs(self.platform)
        answer_all(self.platform, tender, lambda group: group == "costs")
        with self.platform.database.transaction() as session:
            draw_id = actions.request_round(session, actor=tender.office, tender_id=tender.tender_id, now=now)
        ceremony = begin(self.platform, draw_id, tender.tender_id)
        ceremony.secrets["supervisor"] = self.next_secret
        countersign(self.platform, ceremony)
        hold(self.platform, ceremony)
        do_jobs(self.platform)
        answer_all(self.platform, tender, lambda group: False)
        arrive_all(self.platform, tender)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    played = Evening(folder)
    return Story(Made(played.platform, played.tender), folder)


def without(story: Story, kind: str) -> bytes:
    """The capsule without the last fact of a kind, signed again by the platform."""

    def forget(lines: Any) -> None:
        found = [n for n, line in enumerate(lines) if read_canonical(unb64(line["fact"]))["kind"] == kind]
        del lines[found[-1]]

    return story.resigned(edit("log/facts.json", forget))


def failed(capsule: bytes) -> dict[str, str]:
    return {one.claim: one.detail for one in examine(Evidence(unpack(capsule))) if one.result == FAIL}


def test_a_voided_draw_a_rebuilt_party_and_a_declined_call_verify(story: Story) -> None:
    assert failed(story.public) == {}
    told = {one.claim: one.detail for one in examine(Evidence(unpack(story.public)))}
    assert (
        "1 rebuilt, 0 absent, 1 voided before, 1 from chains fixed before; 2 seats drawn again in 1 further rounds"
        in told[PANEL]
    )


def test_a_chain_that_nobody_registered_fails(story: Story) -> None:
    forged = story.resigned(edit("log/chains.json", lambda lines: lines.clear()))
    assert "never registered" in failed(forged)[PANEL]


def test_the_stand_alone_program_checks_both_rounds(story: Story, tmp_path: Path) -> None:
    names = ["verify_draw.py", "draw.json", "draw_round_2.json"]
    for name in names:
        (tmp_path / name).write_bytes(unpack(story.public).parts[name])
    command = [sys.executable, "-I", *names]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.count(": holds:")) == (0, 2), ran.stdout


def test_a_capsule_without_its_further_round_fails(story: Story) -> None:
    forged = story.resigned(remove("draw_round_2.json"))
    assert {PANEL, SHEETS} <= set(failed(forged))


def test_the_public_page_lists_both_rounds(story: Story) -> None:
    client: Any = TestClient(create_app(story.platform.adapters))
    rounds = client.get(f"/api/tenders/{story.tender.tender_id}/draws").json()
    assert [(one["round"], len(one["fills"])) for one in rounds] == [(1, 0), (2, 2)]
    page = client.get(f"/tenders/{story.tender.tender_id}", headers={"Accept": "text/html"}).text
    assert all(f"/api/draws/{one['id']}/record" in page for one in rounds)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("draw.countersigned", "did not countersign"),
        ("draw.shares-dealt", "dealt shares and signed"),
        ("draw.shares-received", "dealt shares and signed"),
        ("draw.rescued", "did not reveal once each"),
        ("draw.voided", "without the first one being voided"),
    ],
)
def test_a_ceremony_with_a_missing_act_fails_by_name(story: Story, kind: str, why: str) -> None:
    assert why in failed(without(story, kind))[PANEL]


def test_a_replacement_that_the_log_does_not_tell_fails(story: Story) -> None:
    assert SHEETS in failed(without(story, "seat.replaced"))

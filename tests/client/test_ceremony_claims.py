"""A draw that went wrong first: voided, asked for again, a party rebuilt, a member declined; it still verifies."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from accounts.duties import Duty
from client.claims import FAIL, Evidence
from client.verify import examine
from crypto.canonical import canonical, read_canonical, unb64
from evaluation.capsule import PUBLIC, pack, unpack
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import calls as calling
from expert_pool.experts import Expert, Identity
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.called import messages
from tests.flows.ceremonies import bring_share, commit_all, escrow, reveal
from tests.flows.panels import bids_of, elect, members, opened_tender, request, score, sign_reports, vote
from tests.simulator import PRICES, do_jobs
from web.capsules import make_capsule

EXPERTS = 8
CLAIM = "the panel is the draw's result"


class Story:
    """The evaluated tender and its capsule."""

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
        self.capsule = make_capsule(self.platform.adapters, self.tender.tender_id, PUBLIC)

    def fill(self) -> None:
        """Experts with accounts and telephones."""
        for n in range(EXPERTS):
            self.platform.person(f"expert-{n}", Duty.EXPERT)
        entries = [
            PoolEntry(
                Expert(f"E{n}", f"Name {n}", f"Institute {n}", "440300", frozenset({"A0801", "B02"})),
                f"expert-{n}",
                Identity(telephone=f"1380000000{n}"),
            )
            for n in range(EXPERTS)
        ]
        manager = self.platform.person("pool-manager", Duty.POOL_MANAGER)
        with self.platform.database.transaction() as session:
            actions.import_pool(session, actor=manager, entries=entries, now=self.platform.clock.now())

    def draw(self) -> None:
        """One draw is voided; in the next one the witness stays silent."""
        first = request(self.platform, self.tender)
        now = self.platform.clock.now()
        with self.platform.database.transaction() as session:
            office, supervisor = first.people["office"], first.people["supervisor"]
            actions.ask_void(session, actor=office, draw_id=first.draw_id, reason="ill", now=now)
            actions.confirm_void(session, actor=supervisor, draw_id=first.draw_id, now=now)
        second = request(self.platform, self.tender)
        commit_all(self.platform, second)
        escrow(self.platform, second)
        reveal(self.platform, second, "office")
        self.platform.clock.at += timedelta(hours=1)
        bring_share(self.platform, second, "office", "witness")
        bring_share(self.platform, second, "supervisor", "witness")
        assert reveal(self.platform, second, "supervisor")

    def call(self) -> None:
        """Everybody is called; the first seat declines, its reserve accepts."""
        manager, tender = self.platform.people["pool-manager"], self.tender
        with self.platform.database.transaction() as session:
            calling.start_calls(
                session, actor=manager, tender_id=tender.tender_id, now=self.platform.clock.now()
            )
        do_jobs(self.platform)
        self.answer("seat-1", accepts=False)
        do_jobs(self.platform)
        for number in range(2, 7):
            self.answer(f"seat-{number}", accepts=True)

    def answer(self, seat: str, *, accepts: bool) -> None:
        """One expert's answer."""
        token, pin = messages(self.platform, self.tender)[seat]
        with self.platform.database.transaction() as session:
            assert calling.answer_call(
                session,
                token=token,
                pin=pin,
                accepts=accepts,
                reason="" if accepts else "busy",
                now=self.platform.clock.now(),
            )

    def without(self, kind: str) -> bytes:
        """The capsule without the last fact of a kind, signed again by the platform."""
        parts = dict(unpack(self.capsule).parts)
        lines = json.loads(parts["log/facts.json"])
        found = [n for n, line in enumerate(lines) if read_canonical(unb64(line["fact"]))["kind"] == kind]
        del lines[found[-1]]
        parts["log/facts.json"] = canonical(lines)
        signer = self.platform.adapters.keys.receipts
        return pack(parts, tender_id=self.tender.tender_id, reference="T-1", scope=PUBLIC, signer=signer)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return Story(tmp_path_factory.mktemp("story"))


def failed(capsule: bytes) -> dict[str, str]:
    return {one.claim: one.detail for one in examine(Evidence(unpack(capsule))) if one.result == FAIL}


def test_a_voided_draw_a_rebuilt_party_and_a_declined_call_verify(story: Story) -> None:
    assert failed(story.capsule) == {}
    told = {one.claim: one.detail for one in examine(Evidence(unpack(story.capsule)))}
    assert "1 rebuilt, 0 absent, 1 voided before" in told[CLAIM]


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
    assert why in failed(story.without(kind))[CLAIM]


def test_a_replacement_that_the_log_does_not_tell_fails(story: Story) -> None:
    assert "votes and sheets are as signed" in failed(story.without("seat.replaced"))

"""The signals at their doors: who sees what and when, what the pages say, what disposing needs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlmodel import select

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from crypto.parts_digest import parts_digest
from tender.records import BidRecord, SubmissionTraceRecord
from tender.traces import SubmissionTrace, open_trace
from tests.builders import CLOSES, NOW, make_bid, make_platform, make_tender, open_all, release
from tests.doors.door import Door
from tests.evaluation.collusion.ring import SECRET, TERMS, bids, look
from tests.evaluation.collusion.sealed import scored_tender
from tests.flows.panels import draw_panel
from web.app import create_app
from web.guards import SESSION_COOKIE


class Scene:
    """An opened tender with a ring in it, its panel, and a browser."""

    def __init__(self, platform: Any, client: Any) -> None:
        self.platform, self.client, self.door = platform, client, Door(client, platform)
        self.tender = scored_tender(platform, TERMS.encode())
        bids(platform, self.tender)
        platform.clock.at = CLOSES + timedelta(seconds=1)
        for position in (1, 2):
            release(platform, self.tender, position)
        open_all(platform, self.tender)
        look(platform)
        self.member = next(iter(draw_panel(platform, self.tender).values()))
        self.inspector = platform.person("supervisor", Duty.SUPERVISOR)
        self.api = f"/api/tenders/{self.tender.tender_id}/lots/{self.tender.lot_id}/signals"
        self.path = f"/signals/tenders/{self.tender.tender_id}"

    def page(self, who: Actor, path: str, language: str = "en", **data: str) -> httpx.Response:
        with self.platform.database.transaction() as session:
            now = self.platform.clock.now()
            secret = begin_session(session, person_id=who.person_id, hours=1, now=now)
        headers = {
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": f"{SESSION_COOKIE}={secret}; language={language}",
        }
        sent: dict[str, Any] = {"headers": headers, "follow_redirects": False}
        answer: httpx.Response = (
            self.client.post(path, data=data, **sent) if data else self.client.get(path, **sent)
        )
        return answer

    def signals(self, who: Actor) -> list[dict[str, Any]]:
        return list(self.door.call(who, "GET", self.api).json()["signals"])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    platform = make_platform(tmp_path_factory.mktemp("signal-pages"))
    with TestClient(create_app(platform.adapters)) as client:
        yield Scene(platform, client)


def test_the_panel_and_the_supervisor_read_the_evidence(scene: Scene) -> None:
    for who in (scene.member, scene.inspector):
        body = scene.door.call(who, "GET", scene.api).json()
        assert [one["kind"] for one in body["signals"][:2]] == ["machine", "phone"]
        assert body["signals"][0]["articles"] == ["39", "40"]
        assert body["signals"][0]["rarity"] == {"bids_with": 2, "bids": 4, "bidders_seen": 0}
        assert [len(group) for group in body["groups"]] == [2]
        assert {line["screen"]: line["auc_percent_brazil"] for line in body["screens"]}["cv"] == 90
        assert body["imhof"]["holds"] is False
        assert body["unread"][0]["why"] == "broken"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Hard", "One telephone number", "13800001111", "Copied text", "0.087", "90 %", "broken.pdf"]),
        ("zh-CN", ["硬证据", "联系电话相同", "文本雷同", "实施条例", "相互独立", "土浦"]),
    ],
)
def test_the_page_shows_graph_table_screens_and_clause(scene: Scene, language: str, words: list[str]) -> None:
    page = scene.page(scene.member, scene.path, language)
    assert page.status_code == 200
    for word in (*words, "<svg", 'stroke-width="5"'):
        assert word in page.text, word


def test_every_signal_has_a_page_in_both_languages(scene: Scene) -> None:
    for signal in scene.signals(scene.member):
        for language in ("en", "zh-CN"):
            page = scene.page(scene.member, f"/signals/{signal['id']}", language)
            assert page.status_code == 200
            assert ("Comment" if language == "en" else "意见") in page.text


def test_nobody_else_reads_them(scene: Scene) -> None:
    outsider = scene.platform.person("another-expert", Duty.EXPERT)
    other_office = scene.platform.person("another-office", Duty.TENDER_OFFICE)
    signal = scene.signals(scene.inspector)[0]["id"]
    for who in (scene.tender.office, other_office, outsider, scene.platform.people["ring-one"], None):
        answer = scene.door.call(who, "GET", scene.api)
        assert answer.status_code in (401, 403, 404)
        assert SECRET not in answer.text
        if who is not None:
            assert scene.page(who, scene.path).status_code in (403, 404)
            assert scene.page(who, f"/signals/{signal}").status_code in (403, 404)
    public = scene.client.get(f"/tenders/{scene.tender.tender_id}").text
    assert "signals" not in public


def test_a_comment_and_a_disposal_go_through_the_pages_once(scene: Scene) -> None:
    signal = scene.signals(scene.inspector)[1]["id"]
    path = f"/signals/{signal}"
    short = scene.page(scene.member, f"{path}/comment", text="short")
    assert short.status_code == 422
    assert "write 10 to 4000 characters" in short.text
    assert (
        scene.page(scene.member, f"{path}/comment", text="请核对两家的联系人。").headers["location"] == path
    )
    nothing = scene.page(scene.inspector, f"{path}/disposal", text="已电话核实两家情况，理由成立。")
    assert nothing.status_code == 422
    assert "已电话核实两家情况，理由成立。" in nothing.text
    assert (
        scene.page(scene.member, f"{path}/disposal", outcome="dismissed", text="我替监督人决定。").status_code
        == 403
    )
    given = {"outcome": "dismissed", "text": "已电话核实两家情况，理由成立。"}
    assert scene.page(scene.inspector, f"{path}/disposal", **given).headers["location"] == path
    assert scene.page(scene.inspector, f"{path}/disposal", **given).status_code == 409
    shown = scene.page(scene.member, path).text
    assert "请核对两家的联系人。" in shown
    assert "Dismissed by the supervisor" in shown
    assert "Your reason" not in shown


def test_the_same_over_the_api_with_its_key_once(scene: Scene) -> None:
    signal = scene.signals(scene.inspector)[2]["id"]
    body = {"outcome": "upheld", "reason": "两家文件由同一人编制，移送调查。"}
    path = f"/api/signals/{signal}/disposal"
    first = scene.door.call(
        scene.inspector, "POST", path, body, **{"Idempotency-Key": "key-of-this-disposal"}
    )
    again = scene.door.call(
        scene.inspector, "POST", path, body, **{"Idempotency-Key": "key-of-this-disposal"}
    )
    assert (first.status_code, first.json()) == (201, again.json())
    assert scene.door.call(scene.inspector, "POST", path, body).status_code == 409
    comment = scene.door.call(
        scene.member, "POST", f"/api/signals/{signal}/comments", {"text": "同意移送，建议一并核查。"}
    )
    assert comment.status_code == 201
    assert [one["kind"] for one in scene.signals(scene.inspector)[2]["remarks"]] == ["comment", "upheld"]


def test_the_supervisor_has_a_list_of_what_waits(scene: Scene) -> None:
    page = scene.page(scene.inspector, "/signals")
    assert scene.path in page.text
    assert "below 500 the comparison tells nothing" in page.text
    assert scene.page(scene.member, "/signals").status_code == 403


def test_the_door_keeps_where_a_bid_came_from_sealed(scene: Scene) -> None:
    platform = scene.platform
    platform.clock.at = NOW
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "late-comer")
    digest = parts_digest(bid.envelope).hex()
    path = f"/api/tenders/{tender.tender_id}/lots/{tender.lot_id}/bids"
    headers = {"Idempotency-Key": digest, "User-Agent": "mingtang/9 of a test"}
    answer = scene.door.call(bid.bidder, "POST", path, bid.envelope, **headers)
    assert answer.status_code == 201, answer.text
    with platform.database.reading() as session:
        row = session.exec(select(BidRecord).where(BidRecord.tender_id == tender.tender_id)).one()
        kept = session.get(SubmissionTraceRecord, row.id)
    assert kept is not None
    trace = open_trace(platform.adapters.keys.people, row.submission_id, kept.sealed)
    assert trace == SubmissionTrace("testclient", "mingtang/9 of a test")

"""Real witnesses sign the platform's log; a monitor follows it and notices every rewriting."""

import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from accounts.credentials import Scope
from client.head_state import HeadStore
from client.log_reader import LogReader
from client.monitor import look, own_entries
from client.witness import WitnessBook, follow_once, make_server
from crypto.checkpoint import COSIGNATURE, cosign, read_proof, vkey
from crypto.merkle import Frontier, leaf_hash
from crypto.signatures import Signer
from crypto.witnessing import Witness, check_quorum
from kernel.errors import IntegrityBroken
from storage import audit_log, cosignatures
from storage.audit_log import Fact, LogNodeRecord, LogRecord
from storage.outbox import JobRecord, enqueue
from tests.builders import Platform, make_bid, make_platform, make_tender, submit
from tests.doors.door import Door
from web.app import create_app
from worker.jobs import carry_out
from worker.tasks import JOBS
from worker.witnesses import ASK

CALLED, COMING = Signer("called.example", b"\x05" * 32), Signer("coming.example", b"\x06" * 32)


class Scene:
    """A platform with one witness that is called and one that comes by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.platform: Platform = make_platform(folder / "platform")
        self.log = self.platform.adapters.keys.log_vkey
        self.server: ThreadingHTTPServer = make_server(
            WitnessBook(CALLED, [self.log], HeadStore(folder / "called")), "127.0.0.1", 0
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.witnesses = (
            Witness(
                CALLED.name,
                vkey(CALLED.name, CALLED.public, COSIGNATURE),
                f"http://127.0.0.1:{self.server.server_port}",
            ),
            Witness(COMING.name, vkey(COMING.name, COMING.public, COSIGNATURE)),
        )
        file = folder / "witnesses"
        file.write_text("\n".join(f"{one.vkey} {one.url}" for one in self.witnesses))
        object.__setattr__(self.platform.adapters.settings, "witnesses_file", str(file))
        self.coming = WitnessBook(COMING, [self.log], HeadStore(folder / "coming"))
        self.monitored = HeadStore(folder / "monitored")

    def ask(self) -> None:
        """What the ticker's beat asks for, carried out."""
        with self.platform.database.transaction() as session:
            enqueue(session, ASK, {}, now=self.platform.clock.now())
        with self.platform.database.reading() as session:
            job = session.exec(
                select(JobRecord.id).where(JobRecord.name == ASK, JobRecord.state == "waiting")
            ).first()
        carry_out(JOBS, self.platform.adapters, job or 0)

    def reader(self, door: Door) -> LogReader:
        reader = LogReader("http://testserver", self.log)
        reader._http = door.client
        return reader

    def grow(self) -> None:
        with self.platform.database.transaction() as session:
            audit_log.append(session, Fact("test.fact", "one"), self.platform.clock.now())


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def door(scene: Scene) -> Iterator[Door]:
    with TestClient(create_app(scene.platform.adapters)) as client:
        yield Door(client, scene.platform)


def test_witnesses_sign_as_the_log_grows_and_receipts_carry_their_lines(scene: Scene, door: Door) -> None:
    tender = make_tender(scene.platform)
    bid = make_bid(scene.platform, tender, "bidder")
    receipt = json.loads(submit(scene.platform, bid, tender))
    bid_id = receipt["statement"]["body"]["bid"]
    token = {"Authorization": f"Bearer {door.token(bid.bidder, Scope.BID)}"}
    path = f"/api/bids/{bid_id}/receipt?cosigned=2"
    assert door.client.get(path, headers=token).status_code == 503
    scene.ask()
    assert door.client.get(path, headers=token).status_code == 503, "one witness is not two"
    assert follow_once(scene.reader(door), scene.coming, 1_763_688_600) is not None
    assert follow_once(scene.reader(door), scene.coming, 1_763_688_601) is None, "signed already"
    answer = door.client.get(path, headers=token)
    assert answer.status_code == 200
    signed = check_quorum(read_proof(answer.json()["proof"]).checkpoint, scene.witnesses, 2)
    assert set(signed) == {CALLED.name, COMING.name}
    assert {**answer.json(), "proof": ""} == {**receipt, "proof": ""}
    for _ in range(3):
        scene.grow()
        scene.ask()
    with scene.platform.database.reading() as session:
        size = audit_log.frontier(session).size
        assert cosignatures.last_signed(session, CALLED.name) == size
    body = door.client.get("/log/cosigned?at_least=2&since=3").json()
    assert body["checkpoint"].count("— ") == 3
    assert door.client.get("/log/cosigned?at_least=3").status_code == 404
    note = door.client.get("/log/checkpoint").text
    assert note.count("— ") == 2


def test_lines_of_strangers_and_of_other_heads_are_not_kept(scene: Scene, door: Door) -> None:
    scene.grow()
    scene.ask()
    note = door.client.get("/log/checkpoint").text
    stranger = Signer("stranger.example", b"\x09" * 32)
    for wrong in (
        note.replace(CALLED.name, "other.example"),
        cosign(note, stranger, 1),
        "",
        "\xff",
        note[:-10],
    ):
        answer = door.client.post("/log/cosignatures", content=wrong.encode("latin-1", "ignore"))
        assert answer.status_code == 422, wrong
    assert door.client.post("/log/cosignatures", content=b"x" * 70_000).status_code == 413


def test_a_monitor_is_content_with_a_log_that_only_grows(scene: Scene, door: Door) -> None:
    tender = make_tender(scene.platform)
    receipts = scene.folder / "receipts"
    receipts.mkdir()
    (receipts / "mine.json").write_text(
        submit(scene.platform, make_bid(scene.platform, tender, "one"), tender)
    )
    (receipts / "other.json").write_text("{}")
    entries = own_entries(receipts)
    assert len(entries) == 1
    scene.ask()
    for _ in range(2):
        seen = look(scene.reader(door), scene.monitored, entries, list(scene.witnesses), 1)
        assert (seen.alarms, seen.entries) == ([], 1)
        scene.grow()
    assert seen.cosigned


def rewrite(platform: Platform, index: int) -> None:
    """What somebody with the database and the log's key can do: change an entry and every hash above it."""
    with platform.database.transaction() as session:
        row = session.get_one(LogRecord, index)
        row.leaf = b"\x07" * 32
        session.add(row)
        size = audit_log.frontier(session).size
        leaves = audit_log.leaves(session, 0, size)
        for node in session.exec(select(LogNodeRecord)):
            session.delete(node)
        for head in session.exec(select(audit_log.LogHeadRecord)):
            session.delete(head)
        session.flush()
        tree = Frontier()
        for leaf in leaves:
            for line in audit_log._completed_nodes(tree, leaf_hash(leaf)):
                session.add(LogNodeRecord(**line))
            tree = tree.append(leaf_hash(leaf))
        peaks = [peak.hex() for peak in tree.peaks]
        session.add(audit_log.LogHeadRecord(id=audit_log.THE_HEAD, size=tree.size, peaks=peaks))


def test_a_rewritten_entry_is_noticed_by_monitor_and_witness(scene: Scene, door: Door) -> None:
    tender = make_tender(scene.platform)
    receipts = scene.folder / "receipts"
    receipts.mkdir()
    text = submit(scene.platform, make_bid(scene.platform, tender, "one"), tender)
    (receipts / "mine.json").write_text(text)
    entries = own_entries(receipts)
    assert look(scene.reader(door), scene.monitored, entries, [], 1).alarms == []
    follow_once(scene.reader(door), scene.coming, 1)
    rewrite(scene.platform, entries[0].index)
    [alarm] = look(scene.reader(door), scene.monitored, entries, [], 1).alarms
    assert "two heads of one size" in alarm
    fresh = HeadStore(scene.folder / "fresh")
    [alarm] = look(scene.reader(door), fresh, entries, [], 1).alarms
    assert "was changed" in alarm
    assert fresh.load(scene.platform.adapters.keys.log.name) is None, (
        "an alarm is not forgotten by looking again"
    )
    scene.grow()
    [alarm] = look(scene.reader(door), scene.monitored, entries, [], 1).alarms
    assert "does not contain" in alarm
    with pytest.raises(IntegrityBroken, match="cannot be signed"):
        follow_once(scene.reader(door), scene.coming, 2)

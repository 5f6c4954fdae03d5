"""Two networks: bundles arrive once, in order, unread and unchanged by anybody between them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from approval.actions import exchange
from approval.actions.exchange import NewPeer
from approval.exchange import FIRST, Place, Reader, Sender, check_receipt, digest_of, pack, receipt, unpack
from approval.lifecycle import State
from approval.queries import cases
from crypto.canonical import canonical, read_canonical
from crypto.signatures import Signer
from crypto.suites import suite
from kernel.errors import BadInput, IntegrityBroken, Refused, TenderingError, WrongOpeningKey
from tests.approval.centre import Centre, make_centre

PRIVATE = suite("hybrid").make_private()
READER = Reader("inner", PRIVATE)
PUBLIC = suite("hybrid").public_of(PRIVATE)
SENDER = Sender("outer", Signer("outer", bytes(range(32))))
START = Place()
VECTORS = Path(__file__).parents[1] / "vectors/exchange-bundle/receipt.json"
ROW = {
    "kind": "report",
    "number": "N-1",
    "item": "A-1",
    "received_at": "2026-03-02T01:00:00Z",
    "accepted_on": "2026-03-02",
    "decided_on": "2026-03-04",
    "done_on": "2026-03-04",
    "outcome": "granted",
}


def bundle(last: Place = START, rows: list[dict[str, Any]] | None = None, to: str = "inner") -> bytes:
    return pack(SENDER, to, PUBLIC, last, rows or [ROW])


def read(body: bytes, last: Place = START, reader: Reader = READER) -> list[dict[str, Any]]:
    return unpack(body, reader, "outer", SENDER.signer.public, last)


def test_what_was_packed_is_read() -> None:
    assert read(bundle()) == [ROW]


def test_nobody_between_can_read_it() -> None:
    assert b"N-1" not in bundle()
    with pytest.raises(WrongOpeningKey):
        read(bundle(), reader=Reader("inner", suite("hybrid").make_private()))


def test_a_change_of_any_member_is_found() -> None:
    whole = read_canonical(bundle())
    assert isinstance(whole, dict)
    body = whole["body"]
    assert isinstance(body, dict)
    for name in body:
        changed = {**whole, "body": {**body, name: 7 if name == "number" else "x"}}
        with pytest.raises(TenderingError):
            read(canonical(changed))


def test_replay_gaps_and_forks_are_refused() -> None:
    first = bundle()
    after = Place(1, digest_of(first))
    with pytest.raises(Refused, match="received before"):
        read(first, after)
    with pytest.raises(Refused, match="bundle 2 is missing"):
        read(bundle(Place(2, "a" * 64)), after)
    with pytest.raises(Refused, match="does not follow"):
        read(bundle(Place(1, "b" * 64)), after)
    assert read(bundle(after), after) == [ROW]


def test_a_bundle_for_another_network_is_refused() -> None:
    with pytest.raises(Refused, match="between others"):
        read(bundle(to="third"))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json"])
def test_what_is_no_bundle_is_refused(body: bytes) -> None:
    with pytest.raises(TenderingError):
        read(body)


def test_a_receipt_belongs_to_its_bundle() -> None:
    first, second = bundle(), bundle(Place(1, FIRST))
    answer = receipt(SENDER, first, 1, 1, [])
    assert check_receipt(answer, first, SENDER.signer.public)["taken"] == 1
    with pytest.raises(IntegrityBroken):
        check_receipt(answer, second, SENDER.signer.public)


def test_receipts_are_those_of_the_vectors() -> None:
    kept = json.loads(VECTORS.read_text())
    signer = Signer("outer", bytes.fromhex(kept["seed"]))
    body = kept["bundle"].encode()
    assert receipt(Sender("outer", signer), body, 1, 2, ["N-3: not-found"]).decode() == kept["receipt"]
    assert check_receipt(kept["receipt"].encode(), body, bytes.fromhex(kept["public"]))["taken"] == 2


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = make_centre(tmp_path)
    with made.platform.database.transaction() as session:
        peer = NewPeer("outer", SENDER.signer.public, PUBLIC, made.departments["a"])
        exchange.add_peer(session, actor=made.platform.operator, command=peer, now=made.now)
    return made


def take(centre: Centre, body: bytes) -> dict[str, Any]:
    keys = centre.platform.adapters.keys
    with centre.platform.database.transaction() as session:
        answer = exchange.take_bundle(
            session,
            body=body,
            peer="outer",
            reader=Reader("inner", PRIVATE),
            keys=keys,
            calendar=centre.calendar,
            now=centre.now,
        )
    return check_receipt(answer, body, keys.receipts.public)


def test_a_department_on_its_own_network_is_watched_like_all_others(centre: Centre) -> None:
    late = {**ROW, "number": "N-2", "decided_on": "2026-04-15", "done_on": "2026-04-15"}
    assert take(centre, bundle(rows=[ROW, late]))["taken"] == 2
    with centre.platform.database.reading() as session:
        found = cases.case_by_number(session, "X-N-2")
    assert found is not None
    assert found.next_check is not None
    assert (found.state, found.decided_on, found.promise_due) == (
        State.DONE,
        date(2026, 4, 15),
        date(2026, 3, 11),
    )


def test_a_bad_row_is_named_in_the_receipt_and_the_others_are_taken(centre: Centre) -> None:
    bad = {**ROW, "number": "N-3", "item": "unlisted"}
    answer = take(centre, bundle(rows=[ROW, bad]))
    assert (answer["taken"], answer["refused"]) == (1, ["N-3: not-found"])


def test_the_same_bundle_again_changes_nothing(centre: Centre) -> None:
    body = bundle()
    assert take(centre, body) == take(centre, body)
    with centre.platform.database.reading() as session:
        assert len(cases.page(session, limit=10)) == 1


def test_an_application_from_outside_becomes_one_draft(centre: Centre) -> None:
    outside = {
        "kind": "application",
        "number": "W-1",
        "item": "A-1",
        "name": "申请人",
        "identity": "CREDIT001",
    }
    first = bundle(rows=[outside])
    take(centre, first)
    second = bundle(Place(1, digest_of(first)), rows=[outside])
    assert take(centre, second)["refused"] == ["W-1: refused"]
    with centre.platform.database.reading() as session:
        found = cases.case_by_number(session, "X-W-1")
    assert found is not None
    assert (found.state, found.channel) == (State.DRAFT, "online")


def test_a_hundred_cases_go_up_and_their_receipt_comes_back(centre: Centre, tmp_path: Path) -> None:
    rows = [{**ROW, "number": f"N-{n}"} for n in range(100)]
    take(centre, bundle(rows=rows))
    keys = centre.platform.adapters.keys
    office = centre.platform.operator
    with centre.platform.database.transaction() as session:
        sent = exchange.send_cases(
            session, actor=office, peer="outer", keys=keys, origin="inner", limit=1000, now=centre.now
        )
    above = unpack(sent.body, Reader("outer", PRIVATE), "inner", keys.receipts.public, Place())
    assert len(above) == 100
    answer = receipt(SENDER, sent.body, 1, 100, [])
    with centre.platform.database.transaction() as session:
        exchange.keep_receipt(session, peer="outer", number=1, answer=answer, now=centre.now)
        with pytest.raises(Refused, match="nothing has changed"):
            exchange.send_cases(
                session, actor=office, peer="outer", keys=keys, origin="inner", limit=1000, now=centre.now
            )


def test_nothing_is_sent_over_a_one_way_link(centre: Centre) -> None:
    one_way = NewPeer("camera", SENDER.signer.public, PUBLIC, is_one_way=True)
    with centre.platform.database.transaction() as session:
        exchange.add_peer(session, actor=centre.platform.operator, command=one_way, now=centre.now)
        with pytest.raises(Refused, match="only sends"):
            exchange.send_cases(
                session,
                actor=centre.platform.operator,
                peer="camera",
                keys=centre.platform.adapters.keys,
                origin="inner",
                limit=10,
                now=centre.now,
            )


def test_keys_of_the_wrong_size_are_refused(centre: Centre) -> None:
    with centre.platform.database.transaction() as session, pytest.raises(BadInput, match="1216"):
        exchange.add_peer(
            session,
            actor=centre.platform.operator,
            command=NewPeer("x", bytes(32), bytes(32)),
            now=centre.now,
        )

"""From the opening to a disposed signal: read, found, commented, dismissed; secret until the opening, once only."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from accounts.duties import Duty
from evaluation.actions import collusion as actions
from evaluation.collusion.signals import read_signal, signal_digest
from evaluation.queries import collusion as queries
from evaluation.records.collusion import SignalRecord
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, Refused
from storage.audit_log import LogRecord, entries_of
from storage.outbox import JobRecord
from tender.records import SubmissionTraceRecord
from tender.traces import SubmissionTrace, open_trace, seal_trace
from tests.builders import CLOSES, Platform, PublishedTender, make_platform, open_all, release
from tests.evaluation.collusion.ring import SECRET, TERMS, bids, look, works
from tests.evaluation.collusion.sealed import scored_tender
from tests.flows.panels import draw_panel
from worker.tasks import JOBS


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Platform, PublishedTender]]:
    platform = make_platform(tmp_path_factory.mktemp("collusion"))
    tender = scored_tender(platform, TERMS.encode())
    bids(platform, tender)
    yield platform, tender
    platform.database.close()


def signal_facts(session: Any) -> list[LogRecord]:
    """The facts of signals; they stand in the log, but not among those that a tender's capsule discloses."""
    rows = select(LogRecord).where(col(LogRecord.kind).startswith("signal.")).order_by(col(LogRecord.index))
    return list(session.exec(rows))


def found(platform: Platform, tender: PublishedTender) -> list[SignalRecord]:
    with platform.database.reading() as session:
        return queries.signals(session, tender.lot_id)


def test_1_the_address_of_a_submission_is_sealed_until_the_opening(opened: Any) -> None:
    platform, _ = opened
    with platform.database.reading() as session:
        rows = session.exec(select(SubmissionTraceRecord)).all()
        assert len(rows) == 3
        assert works(session) == []
    state = b"".join(path.read_bytes() for path in platform.adapters.settings.var.glob("*.sqlite3*"))
    assert SECRET.encode() not in state
    with pytest.raises(IntegrityBroken):
        open_trace(platform.adapters.keys.people, "another submission", rows[0].sealed)


def test_2_what_one_hand_wrote_is_found_after_the_opening(opened: Any) -> None:
    platform, tender = opened
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    look(platform)
    records = found(platform, tender)
    kinds = [record.kind for record in records]
    assert kinds[:2] == ["machine", "phone"]
    assert {"phone", "person", "network", "author", "text"} <= set(kinds)
    (text,) = [record.body for record in records if record.kind == "text"]
    assert text["facts"]["copies"] == 3  # the tender's own passage, which all repeat, is none
    with platform.database.reading() as session:
        names = next(iter(queries.search_tasks(session, tender.tender_id)), None)
        search = queries.find_search(session, tender.lot_id)
    assert names is None
    assert search is not None
    assert [one[1:] for one in search.body["unread"]] == [["broken.pdf", "broken"]]
    assert search.body["screens"]["cv"] == pytest.approx(86_524, abs=1)
    assert {tuple(record.body["bids"]) for record in records if record.strength == "hard"} == {
        tuple(records[0].body["bids"])
    }
    assert all(signal_digest(read_signal(record.body)) == record.digest for record in records)


def test_3_looking_again_finds_nothing_new(opened: Any) -> None:
    platform, tender = opened
    before = found(platform, tender)
    with platform.database.reading() as session:
        entries = len(signal_facts(session))
        done = session.exec(select(JobRecord)).all()
        again = [(job.name, job.payload) for job in done if job.name in ("read_bid_facts", "find_signals")]
    for name, payload in again:
        job = JOBS[name]
        assert job.prepare is not None
        prepared = job.prepare(platform.adapters, payload, platform.clock.now())
        with platform.database.transaction() as session:
            job.act(session, platform.adapters, payload, prepared, platform.clock.now())
    assert [one.id for one in found(platform, tender)] == [one.id for one in before]
    with platform.database.reading() as session:
        assert len(signal_facts(session)) == entries
        assert works(session) == []


def test_4_the_log_holds_counts_and_digests_only_and_no_capsule_shows_them(opened: Any) -> None:
    platform, tender = opened
    with platform.database.reading() as session:
        facts = [row.fact for row in signal_facts(session)]
        assert not [row for row in entries_of(session, tender.tender_id) if row.kind.startswith("signal.")]
    (fact,) = facts
    assert b'"hard":2' in fact
    assert not any(
        word in fact for word in (SECRET.encode(), "张三".encode(), b"0000-1111", b"phone", b'"5e1f"')
    )


def test_5_the_panel_comments_and_the_supervisor_disposes_with_a_reason(opened: Any) -> None:
    platform, tender = opened
    member = next(iter(draw_panel(platform, tender, experts=5).values()))
    inspector = platform.person("supervisor", Duty.SUPERVISOR)
    first, second = found(platform, tender)[:2]
    now = platform.clock.now()
    with platform.database.transaction() as session:
        remark = actions.comment(
            session, actor=member, signal_id=first.id, text="两家电话相同，应当核实。", now=now
        )
        assert remark.seat.startswith("seat-")
    for text in ("", " 太短的理由。 ", "x" * 4001):
        with pytest.raises(BadInput), platform.database.transaction() as session:
            actions.dispose(
                session, actor=inspector, signal_id=first.id, outcome="dismissed", reason=text, now=now
            )
    with pytest.raises(NotAllowed), platform.database.transaction() as session:
        actions.dispose(
            session,
            actor=member,
            signal_id=first.id,
            outcome="dismissed",
            reason="没有理由也可以驳回",
            now=now,
        )
    with pytest.raises(BadInput), platform.database.transaction() as session:
        actions.dispose(session, actor=inspector, signal_id=first.id, outcome="", reason="x" * 20, now=now)
    for record, outcome in ((first, "upheld"), (second, "dismissed")):
        with platform.database.transaction() as session:
            actions.dispose(
                session,
                actor=inspector,
                signal_id=record.id,
                outcome=outcome,
                reason="经核实，理由记录在案。",
                now=now,
            )
        with pytest.raises(Refused), platform.database.transaction() as session:
            actions.dispose(
                session,
                actor=inspector,
                signal_id=record.id,
                outcome="dismissed",
                reason="再来一次，改主意了。",
                now=now,
            )
    with platform.database.reading() as session:
        assert [row.kind for row in signal_facts(session)] == [
            "signal.found",
            "signal.commented",
            "signal.upheld",
            "signal.dismissed",
        ]
        assert [one.kind for one in queries.remarks(session, [first.id])] == ["comment", "upheld"]
        assert queries.undecided(session, 10) == [(tender.tender_id, len(found(platform, tender)) - 2)]


def test_6_the_office_reads_them_after_the_ranking_only_and_bidders_never(opened: Any) -> None:
    platform, tender = opened
    with platform.database.reading() as session:
        with pytest.raises(NotFound):
            queries.check_reader(session, tender.office, tender.tender_id)
        with pytest.raises(NotAllowed):
            queries.check_reader(session, platform.people["ring-one"], tender.tender_id)
        assert queries.check_reader(session, platform.people["supervisor"], tender.tender_id) == ""


def test_7_what_other_bidders_had_before_is_common(opened: Any, tmp_path: Path) -> None:
    platform, tender = opened
    with platform.database.reading() as session:
        key = platform.adapters.keys.people
        signal = read_signal(found(platform, tender)[0].body)
        bid = queries.reading_task(session, key, signal.bids[0])
        from evaluation.collusion.traces import bid_json_marks

        marks = bid_json_marks(bid.bid_json)
        assert queries.bidders_elsewhere(session, key, tender.tender_id, marks) == {}
        other = queries.bidders_elsewhere(session, key, "another tender", marks)
        assert {len(bidders) for bidders in other.values()} == {2}
        assert queries.bidders_seen(session, "another tender") == 3  # one left no mark
        assert queries.bidders_seen(session, tender.tender_id) == 0


def test_a_trace_is_cut_to_what_a_row_may_hold() -> None:
    key = bytes(32)
    sealed = seal_trace(key, "s", SubmissionTrace("1" * 1000, "新" * 1000))
    assert open_trace(key, "s", sealed) == SubmissionTrace("1" * 300, "新" * 300)

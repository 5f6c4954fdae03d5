"""Cases, tenders, posts and tickets as the rules see them; a batch costs one select for each table."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, func, select

from approval.lifecycle import RUNNING, State
from approval.queries import organisation
from approval.records.cases import (
    AttemptRecord,
    CaseEventRecord,
    CaseRecord,
    CommitmentRecord,
    HopRecord,
    StopRecord,
    TaskRecord,
    TicketRecord,
)
from approval.records.fees import FeeAttemptRecord
from approval.records.organisation import DepartmentRecord, PostRecord
from evaluation.records.judging import SheetRecord
from expert_pool.queries.panels import vacant_seats
from expert_pool.records import PanelSeatRecord
from kernel.working_days import business_day
from supervision.alerts import Against
from supervision.snapshot import (
    AttemptFact,
    CaseSnapshot,
    EventFact,
    FeeFact,
    HopFact,
    PledgeFact,
    PostSnapshot,
    StopFact,
    TaskFact,
    TenderSnapshot,
    TicketSnapshot,
)
from tender import queries as tenders
from tender.lifecycle import Stage
from tender.records import TenderRecord

Row = TypeVar("Row", bound=SQLModel)
Fact = TypeVar("Fact")


def due_cases(session: Session, now: datetime, limit: int) -> list[CaseRecord]:
    """Cases to look at, longest waiting first, locked; those that another sweep holds are passed over."""
    due = select(CaseRecord).where(col(CaseRecord.next_check) <= now).order_by(col(CaseRecord.next_check))
    return list(session.exec(due.limit(limit).with_for_update(skip_locked=True)))


def case_snapshots(session: Session, records: Sequence[CaseRecord]) -> dict[str, CaseSnapshot]:
    """These cases as the rules see them, by id."""
    ids = [record.id for record in records]
    facts: dict[str, dict[str, tuple[Any, ...]]] = {
        "events": _facts(session, CaseEventRecord, ids, _event, "sequence"),
        "stops": _facts(session, StopRecord, ids, _stop, "started_on"),
        "tasks": _facts(session, TaskRecord, ids, _task, "made_at"),
        "pledges": _facts(session, CommitmentRecord, ids, _pledge, "signed_at"),
        "fees": _facts(session, FeeAttemptRecord, ids, _fee, "at"),
        "attempts": _facts(session, AttemptRecord, ids, _attempt, "at"),
        "hops": _facts(session, HopRecord, ids, _hop, "sent_at"),
    }
    twins = _twins(session, records)
    return {
        record.id: _case(record, {name: by_case.get(record.id, ()) for name, by_case in facts.items()}, twins)
        for record in records
    }


def _facts(
    session: Session, table: type[Row], ids: Collection[str], make: Callable[[Row], Fact | None], order: str
) -> dict[str, tuple[Fact, ...]]:
    columns: Any = table
    rows = session.exec(
        select(table).where(columns.case_id.in_(ids)).order_by(columns.case_id, getattr(columns, order))
    )
    found: dict[str, list[Fact]] = defaultdict(list)
    for row in rows:
        if (fact := make(row)) is not None:
            found[str(getattr(row, "case_id"))].append(fact)  # noqa: B009 - every one of these tables has it
    return {case_id: tuple(facts) for case_id, facts in found.items()}


def _case(
    record: CaseRecord, facts: dict[str, tuple[Any, ...]], twins: dict[str, tuple[str, ...]]
) -> CaseSnapshot:
    return CaseSnapshot(
        id=record.id,
        number=record.number,
        state=State(record.state),
        mode=record.mode,
        against=Against(record.department_id, record.site_code, record.window_id, record.handler_id),
        sequence=record.sequence,
        step=record.step,
        step_due=record.step_due,
        received_on=record.received_on,
        answer_due=record.answer_due,
        accepted_on=record.accepted_on,
        is_deemed=record.is_deemed,
        promise_due=record.promise_due,
        statutory_due=record.statutory_due,
        is_provisional=record.is_provisional,
        is_stopped=record.is_stopped,
        decided_on=record.decided_on,
        done_on=record.done_on,
        twins=twins.get(record.id, ()),
        **facts,
    )


def _event(row: CaseEventRecord) -> EventFact:
    return EventFact(
        row.sequence,
        row.at,
        row.happened_on,
        row.action,
        row.actor_id,
        row.from_state,
        row.to_state,
        row.data,
    )


def _stop(row: StopRecord) -> StopFact:
    return StopFact(row.id, row.kind, row.planned_days, row.started_on, row.ended_on)


def _task(row: TaskRecord) -> TaskFact:
    done_on = business_day(row.done_at) if row.done_at else None
    return TaskFact(
        row.id, row.kind, row.department_id, row.person_id, row.made_at, row.due_on, row.taken_at, done_on
    )


def _pledge(row: CommitmentRecord) -> PledgeFact:
    is_settled = any((row.met_on, row.failed_on, row.checked_on))
    return PledgeFact(row.id, row.kind, row.due_on, is_settled)


def _fee(row: FeeAttemptRecord) -> FeeFact:
    return FeeFact(row.id, row.fee_code, row.amount_fen, row.why, row.tried_by)


def _attempt(row: AttemptRecord) -> AttemptFact:
    return AttemptFact(row.id, row.act, row.why, row.tried_by)


def _hop(row: HopRecord) -> HopFact | None:
    return None if row.received_at else HopFact(row.id, business_day(row.sent_at), row.to_code)


def _twins(session: Session, records: Iterable[CaseRecord]) -> dict[str, tuple[str, ...]]:
    """By case: numbers of older running cases of the same applicant and item at another window (两头受理)."""
    wanted = {r.id: r for r in records if r.applicant_key and r.state in RUNNING}
    keys = {record.applicant_key for record in wanted.values()}
    if not keys:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    others = session.exec(
        select(CaseRecord).where(
            col(CaseRecord.applicant_key).in_(keys), col(CaseRecord.state).in_([str(s) for s in RUNNING])
        )
    ).all()
    for record in wanted.values():
        for other in others:
            same = (other.applicant_key, other.item_id) == (record.applicant_key, record.item_id)
            if same and other.id != record.id and _begins_before(other, record):
                found[record.id].append(other.number)
    return {case_id: tuple(sorted(numbers)) for case_id, numbers in found.items()}


def _begins_before(other: CaseRecord, record: CaseRecord) -> bool:
    at_other_window = other.window_id != record.window_id or other.channel != record.channel
    return at_other_window and (other.received_at, other.id) < (record.received_at, record.id)


def live_tenders(session: Session) -> list[str]:
    """The newest published tenders."""
    stages = [str(stage) for stage in Stage if stage is not Stage.DRAFT]
    rows = select(TenderRecord.id).where(col(TenderRecord.stage).in_(stages))
    return list(session.exec(rows.order_by(col(TenderRecord.published_at).desc()).limit(500)))


def tender_snapshot(session: Session, tender_id: str) -> TenderSnapshot:
    """One published tender as the rules see it."""
    record = tenders.tender(session, tender_id)
    assert record.published_at
    assert record.questions_until
    assert record.closes_at
    closing, opening = tenders.closing(session, tender_id), tenders.opening_record(session, tender_id)
    all_lots = tenders.lots(session, tender_id)
    lots = [lot.id for lot in all_lots]
    notices = tenders.notices(session, tender_id)
    unsigned = select(func.count()).where(
        col(SheetRecord.lot_id).in_(lots), col(SheetRecord.signed_at).is_(None)
    )
    seats = select(func.count()).where(
        PanelSeatRecord.tender_id == tender_id, col(PanelSeatRecord.replaced_by).is_(None)
    )
    return TenderSnapshot(
        id=record.id,
        reference=record.reference,
        stage=record.stage,
        tenderer_id=record.tenderer_id,
        published_at=record.published_at,
        questions_until=record.questions_until,
        closes_at=record.closes_at,
        settle_seconds=record.settle_seconds,
        bidding_days=int(record.periods.get("bidding_days", 20)),
        shortening_reason=record.shortening_reason,
        rulebook_digest=record.rulebook_digest or "",
        published_digests=tuple(str(notice.body.get("rulebook_digest", "")) for notice in notices),
        lot_digests={lot.number: lot.rulebook_digest for lot in all_lots if lot.rulebook_digest},
        published_lot_digests=tuple(
            {lot["number"]: lot["rulebook_digest"] for lot in notice.body["lots"] if "rulebook_digest" in lot}
            for notice in notices
        ),
        closed_at=closing.closed_at if closing else None,
        opened_at=opening.recorded_at if opening else None,
        unanswered=tuple(q.id for q in tenders.questions(session, tender_id) if q.answered_at is None),
        seats=session.exec(seats).one(),
        vacant=tuple(vacant_seats(session, tender_id)),
        unsigned=session.exec(unsigned).one(),
        is_ranked=record.stage == Stage.EVALUATED,
    )


def posts_today(session: Session, today: date) -> list[PostSnapshot]:
    """Every post that somebody holds, with who is away today."""
    rows = session.exec(
        select(PostRecord, DepartmentRecord).join(
            DepartmentRecord, col(DepartmentRecord.id) == PostRecord.department_id
        )
    ).all()
    people = {p for post, _ in rows for p in (post.a_person_id, post.b_person_id) if p}
    away = organisation.absent(session, people, today)
    return [
        PostSnapshot(
            post.id,
            post.code,
            Against(post.department_id, department.site_code, post.window_id, post.a_person_id),
            tuple(p for p in (post.a_person_id, post.b_person_id) if p),
            away,
        )
        for post, department in rows
    ]


def waiting_tickets(session: Session, today: date) -> list[TicketSnapshot]:
    """Tickets of today that wait for a window of a department."""
    rows = session.exec(
        select(TicketRecord).where(TicketRecord.day == today, TicketRecord.state == "waiting")
    ).all()
    found = []
    for row in rows:
        window = organisation.window(session, row.window_id) if row.window_id else None
        if window is not None and window.department_ids:
            since = max(row.taken_at, row.slot) if row.slot else row.taken_at
            found.append(TicketSnapshot(row.id, Against(window.department_ids[0], "", window.id), since))
    return found

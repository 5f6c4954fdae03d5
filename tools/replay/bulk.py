"""Loading planned cases straight into the tables, with their chained events; nothing but the database's own speed.

The events have no entry of their own in the shared log: one fact tells how many were loaded and the last head of each
chain's digest. Such a load is for figures and measurements, never for cases that are handled here.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from approval.event import FIRST
from approval.lifecycle import State
from approval.queries import cases as queries
from approval.records.cases import CaseEventRecord, CaseRecord
from approval.records.catalogue import ItemRecord
from crypto.canonical import TAG_PREFIX, lp
from kernel.clock import write_time
from kernel.working_days import Calendar
from storage.columns import table_of
from storage.database import Database
from tools.replay.plan import Plan, Work

BATCH = 5_000
MORNING = time(1, 0, tzinfo=UTC)  # nine o'clock in Beijing
CLERK = "00000000-0000-4000-8000-000000000001"


def works_of(session: Session) -> tuple[list[ItemRecord], list[Work]]:
    """The catalogue in the order of its codes, and as the plan sees it."""
    items = list(session.exec(select(ItemRecord).order_by(ItemRecord.code)))
    found = []
    for place, item in enumerate(items):
        version = queries.version(session, str(item.current_version_id))
        found.append(
            Work(place, version.mode, version.promised_days, version.statutory_days, version.is_general)
        )
    return items, found


def case_rows(
    plan: Plan, items: Sequence[ItemRecord], works: Sequence[Work], calendar: Calendar
) -> Iterator[dict[str, Any]]:
    """The cases of a plan as rows of their table."""
    blank = CaseRecord(
        id="",
        number="",
        item_id="",
        item_code="",
        version_id="",
        department_id="",
        site_code="",
        mode="",
        channel="window",
        state="",
    ).model_dump()
    for n in range(len(plan.items)):
        place, received, decided = int(plan.items[n]), int(plan.received[n]), int(plan.decided[n])
        item, on, end = items[place], calendar.working_day(received), calendar.working_day(decided)
        at, done = datetime.combine(on, MORNING), datetime.combine(end, MORNING) + timedelta(hours=1)
        is_instant = bool(plan.is_instant[n])
        yield blank | {
            "id": str(UUID(int=(1 << 100) + n, version=4)),
            "number": f"{on:%Y%m%d}-{n:08}",
            "item_id": item.id,
            "item_code": item.code,
            "version_id": item.current_version_id,
            "department_id": item.department_id,
            "site_code": item.site_code,
            "mode": "instant" if is_instant else "promised",
            "channel": "window",
            "service_mode": "ordinary",
            "state": str(State.DONE),
            "step": 0,
            "received_at": at,
            "received_on": on,
            "accepted_on": on,
            "promise_due": calendar.working_day(received + works[place].promised_days),
            "statutory_due": calendar.working_day(received + works[place].statutory_days),
            "decided_at": done,
            "decided_on": end,
            "done_at": done,
            "done_on": end,
            "outcome": "granted",
            "was_decided_at_window": is_instant or works[place].is_general,
            "visits": 1 if received == decided else 2,  # handed in, and fetched on another day
            "used_days": decided - received,
            "sequence": 2 if is_instant else 5,
        }


def event_rows(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The chained events of one loaded case."""
    start, end = case["received_at"], case["decided_at"]
    acts: tuple[tuple[str, str, str, datetime], ...] = (("apply", "draft", "received", start),)
    if case["mode"] == "instant":
        acts += (("finish_instant", "received", "done", end),)
    else:
        acts += (
            ("accept", "received", "deciding", start),
            ("grant", "deciding", "granted", end),
            ("certify", "granted", "certified", end),
            ("deliver", "certified", "done", end),
        )
    rows, head = [], FIRST
    for sequence, (act, before, after, at) in enumerate(acts, start=1):
        head = quick_chain(head, case["id"], sequence, at, act, before, after)
        rows.append(
            {
                "case_id": case["id"],
                "sequence": sequence,
                "at": at,
                "happened_on": at.date(),
                "action": act,
                "actor_id": CLERK,
                "role": "chief",
                "from_state": before,
                "to_state": after,
                "data": {},
                "hash": head,
                "log_index": None,
            }
        )
    case["head"] = head
    return rows


CASES, EVENTS = table_of(CaseRecord), table_of(CaseEventRecord)
FRAME = lp((TAG_PREFIX + "case-event").encode())


def quick_chain(
    previous: bytes, case_id: str, sequence: int, at: datetime, act: str, before: str, after: str
) -> bytes:
    """The chain hash of an event without data, written straight in its canonical form."""
    body = (
        f'{{"act":"{act}","actor":"{CLERK}","at":"{write_time(at)}","case":"{case_id}","data":{{}},"from":"{before}",'
        f'"on":"{at.date()}","role":"chief","seq":{sequence},"to":"{after}","v":1}}'
    ).encode()
    return hashlib.sha256(FRAME + lp(previous) + lp(body)).digest()


def load(database: Database, rows: Iterator[dict[str, Any]], *, with_events: bool = True) -> tuple[int, int]:
    """Write cases and events in batches; returns how many of each."""
    writer = _copy if database.engine.dialect.name == "postgresql" else _execute_many
    written = [0, 0]
    batch: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    with database.engine.begin() as connection:
        raw = connection.connection.driver_connection
        for row in rows:
            events += event_rows(row) if with_events else []
            batch.append(row)
            if len(batch) == BATCH:
                _flush(writer, raw, batch, events, written)
        _flush(writer, raw, batch, events, written)
    return written[0], written[1]


Writer = Callable[[Any, str, Sequence[str], list[list[Any]]], None]


def _flush(
    writer: Writer, raw: Any, batch: list[dict[str, Any]], events: list[dict[str, Any]], written: list[int]
) -> None:
    for place, (table, rows) in enumerate(((CASES, batch), (EVENTS, events))):
        names = [column.name for column in table.columns]
        if rows:
            writer(raw, table.name, names, [[row[name] for name in names] for row in rows])
            written[place] += len(rows)
            rows.clear()


def _execute_many(raw: Any, table: str, names: Sequence[str], rows: list[list[Any]]) -> None:
    places = ",".join("?" * len(names))
    quoted = ",".join(f'"{name}"' for name in names)
    statement = f"INSERT INTO {table} ({quoted}) VALUES ({places})"  # noqa: S608 - names of our own columns
    raw.executemany(statement, [[_plain(value) for value in row] for row in rows])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return "{}" if value == {} else value


def _copy(raw: Any, table: str, names: Sequence[str], rows: list[list[Any]]) -> None:
    quoted = ",".join(f'"{name}"' for name in names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([("{}" if value == {} else value) for value in row])

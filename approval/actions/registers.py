"""The centre office keeps the registers: whole files come in, or nothing of them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from accounts.duties import Actor, Duty
from approval.csv_lines import Line, read_all, read_lines
from approval.queries import registers as found
from approval.records.catalogue import ItemRecord
from approval.records.organisation import DepartmentRecord, RegisterRecord, SiteRecord, WindowRecord
from approval.registers import REFERENCES, Column, Register, read_row, row_key
from crypto.canonical import JsonValue, canonical
from kernel.errors import BadLines, NotFound
from kernel.ids import new_id
from storage import audit_log
from storage.audit_log import Fact


def import_rows(session: Session, *, actor: Actor, register: Register, content: bytes, now: datetime) -> int:
    """Add the rows of a CSV or JSON file, or replace those with the same key; returns how many.

    Raises:
        BadLines: naming every line that cannot be used; then nothing is imported.
    """
    actor.require(Duty.CENTRE_OFFICE)
    columns = [column.name for column in register.columns]
    lines = list(read_lines(content, columns, [column.name for column in register.keys]))
    rows = read_all(iter(lines), lambda line: read_row(register, line))
    _check_keys(register, lines, rows)
    _check_references(session, register, lines, rows)
    stored = {record.key: record for record in found.rows(session, register.name)}
    for row in rows:
        key = row_key(register, row)
        record = stored.get(key) or RegisterRecord(
            id=new_id(),
            register_name=register.name,
            site_code="",
            key=key,
            body={},
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        record.site_code, record.body = str(row.get("site", "")), row
        record.recorded_by, record.recorded_at = actor.person_id, now
        session.add(record)
    session.flush()
    data: dict[str, JsonValue] = {"rows": len(rows), "digest": sha256(canonical(rows)).hexdigest()}
    audit_log.append(session, Fact("register.imported", register.name, data=data), now)
    return len(rows)


def remove_row(session: Session, *, actor: Actor, register: Register, key: str, now: datetime) -> None:
    """Take one row out; the log keeps that it was there."""
    actor.require(Duty.CENTRE_OFFICE)
    record = found.row(session, register.name, key)
    if record is None:
        raise NotFound(what="row", id=key)
    digest = sha256(canonical(record.body)).hexdigest()
    session.delete(record)
    session.flush()
    audit_log.append(session, Fact("register.removed", register.name, data={"digest": digest}), now)


def _check_keys(register: Register, lines: Sequence[Line], rows: Sequence[dict[str, Any]]) -> None:
    seen: set[str] = set()
    wrong: list[tuple[int, str, str]] = []
    for line, row in zip(lines, rows, strict=True):
        key = row_key(register, row)
        if key in seen:
            wrong.append((line.number, register.keys[0].name, "this key stands in the file twice"))
        seen.add(key)
    _refuse(wrong)


def _check_references(
    session: Session, register: Register, lines: Sequence[Line], rows: Sequence[dict[str, Any]]
) -> None:
    wrong: list[tuple[int, str, str]] = []
    for column in register.columns:
        if column.kind in REFERENCES:
            known = _known(session, column)
            for line, row in zip(lines, rows, strict=True):
                if row.get(column.name) and row[column.name] not in known:
                    wrong.append((line.number, column.name, "this is not known to the platform"))
    _refuse(sorted(wrong))


def _known(session: Session, column: Column) -> frozenset[str]:
    codes: dict[str, Any] = {
        "site": SiteRecord.code,
        "department": DepartmentRecord.code,
        "item": ItemRecord.code,
        "window": WindowRecord.number,
    }
    return frozenset(session.exec(select(col(codes[column.kind]))))


def _refuse(wrong: list[tuple[int, str, str]]) -> None:
    if wrong:
        raise BadLines(where="file", why="nothing was imported", count=len(wrong), lines=wrong[:100])

"""Sending and taking bundles: cases of departments on their own network are watched like all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from accounts.duties import Actor, Duty
from approval.actions.act import append_event
from approval.actions.doing import Doing
from approval.actions.open_case import NewCase, open_case
from approval.applicant import read_applicant
from approval.exchange import Place, Reader, Sender, check_receipt, digest_of, pack, receipt, unpack
from approval.lifecycle import Act, State
from approval.limits import limits
from approval.queries import cases
from approval.records.cases import CaseRecord
from approval.records.exchange import BundleRecord, PeerRecord
from approval.records.organisation import DepartmentRecord
from crypto.canonical import JsonValue
from kernel.clock import read_time, write_time
from kernel.errors import BadInput, NameTaken, NotFound, Refused, TenderingError
from kernel.ids import new_id
from kernel.working_days import Calendar, business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.keys import PlatformKeys

SEAL_BYTES = 1216  # the hybrid suite's public key


@dataclass(frozen=True)
class NewPeer:
    """A network to exchange with."""

    name: str
    sign_public: bytes
    seal_public: bytes
    department_id: str | None = None
    site_code: str = ""
    is_one_way: bool = False


def add_peer(session: Session, *, actor: Actor, command: NewPeer, now: datetime) -> None:
    """Name another network and its public keys."""
    actor.require(Duty.OPERATOR)
    if not 1 <= len(command.name) <= 60:
        raise BadInput(where="name", why="use 1 to 60 characters")
    if len(command.sign_public) != 32 or len(command.seal_public) != SEAL_BYTES:
        raise BadInput(where="keys", why=f"give 32 bytes to verify with and {SEAL_BYTES} to seal to")
    if session.get(PeerRecord, command.name) is not None:
        raise NameTaken(name=command.name)
    session.add(PeerRecord(**vars(command), added_at=now))
    audit_log.append(session, Fact("exchange.peer", command.name), now)


def send_cases(
    session: Session, *, actor: Actor, peer: str, keys: PlatformKeys, origin: str, limit: int, now: datetime
) -> BundleRecord:
    """Export the cases that changed since the last bundle to a peer, as the next bundle."""
    actor.require(Duty.OPERATOR, Duty.CENTRE_OFFICE)
    known = lock_peer(session, peer)
    if known.is_one_way:
        raise Refused(rule="exchange", why=f"{peer} only sends; nothing goes there")
    rows = [report_row(row) for row in _changed(session, known, limit)]
    if not rows:
        raise Refused(rule="exchange", why="nothing has changed since the last bundle")
    sender = Sender(origin, keys.receipts)
    body = pack(sender, peer, known.seal_public, Place(known.sent_number, known.sent_digest), rows)
    known.sent_number, known.sent_digest = known.sent_number + 1, digest_of(body)
    bundle = BundleRecord(
        id=new_id(), peer=peer, direction="sent", number=known.sent_number, body=body, at=now
    )
    session.add(bundle)
    data: dict[str, JsonValue] = {"number": known.sent_number, "rows": len(rows), "digest": known.sent_digest}
    audit_log.append(session, Fact("exchange.sent", peer, data=data), now)
    return bundle


def _changed(session: Session, peer: PeerRecord, limit: int) -> Sequence[CaseRecord]:
    last = session.exec(
        select(BundleRecord.at)
        .where(BundleRecord.peer == peer.name, BundleRecord.direction == "sent")
        .order_by(col(BundleRecord.number).desc())
        .limit(1)
    ).first()
    rows = select(CaseRecord).where(col(CaseRecord.received_at).is_not(None))
    if peer.site_code:
        rows = rows.where(CaseRecord.site_code == peer.site_code)
    if last:
        rows = rows.where((col(CaseRecord.received_at) > last) | (col(CaseRecord.done_at) > last))
    return session.exec(rows.order_by(col(CaseRecord.received_at)).limit(limit)).all()


def report_row(case: CaseRecord) -> dict[str, Any]:
    """A case as another network gets it: no names."""
    return {
        "kind": "report",
        "number": case.number,
        "item": case.item_code,
        "received_at": write_time(case.received_at) if case.received_at else "",
        "accepted_on": str(case.accepted_on or ""),
        "decided_on": str(case.decided_on or ""),
        "done_on": str(case.done_on or ""),
        "outcome": case.outcome,
    }


def keep_receipt(session: Session, *, peer: str, number: int, answer: bytes, now: datetime) -> None:
    """Keep the peer's receipt of a bundle that was sent."""
    known = lock_peer(session, peer)
    bundle = session.exec(
        select(BundleRecord).where(
            BundleRecord.peer == peer, BundleRecord.direction == "sent", BundleRecord.number == number
        )
    ).one_or_none()
    if bundle is None:
        raise NotFound(what="bundle", id=str(number))
    check_receipt(answer, bundle.body, known.sign_public)
    bundle.receipt, bundle.receipted_at = answer, now


def take_bundle(
    session: Session,
    *,
    body: bytes,
    peer: str,
    reader: Reader,
    keys: PlatformKeys,
    calendar: Calendar,
    now: datetime,
) -> bytes:
    """Take the next bundle of a peer and answer with a receipt; the same bundle again gets the same receipt.

    A row that cannot be taken is refused by its number in the receipt; the others are taken.
    """
    known = lock_peer(session, peer)
    again = session.exec(
        select(BundleRecord).where(
            BundleRecord.peer == peer, BundleRecord.direction == "received", BundleRecord.body == body
        )
    ).first()
    if again is not None:
        return again.receipt
    rows = unpack(body, reader, peer, known.sign_public, Place(known.received_number, known.received_digest))
    refused, taken = [], 0
    for row in rows:
        try:
            with session.begin_nested():
                _take_row(session, row, known, keys, calendar, now)
            taken += 1
        except TenderingError as error:
            refused.append(f"{str(row.get('number', ''))[:40]}: {error.code}")
    known.received_number, known.received_digest = known.received_number + 1, digest_of(body)
    answer = receipt(Sender(reader.name, keys.receipts), body, known.received_number, taken, refused)
    session.add(
        BundleRecord(
            id=new_id(),
            peer=peer,
            direction="received",
            number=known.received_number,
            body=body,
            receipt=answer,
            at=now,
            receipted_at=now,
        )
    )
    data = {"number": known.received_number, "taken": taken, "refused": len(refused)}
    audit_log.append(session, Fact("exchange.received", peer, data=data), now)
    return answer


def _take_row(
    session: Session,
    row: Mapping[str, Any],
    peer: PeerRecord,
    keys: PlatformKeys,
    calendar: Calendar,
    now: datetime,
) -> None:
    if row.get("kind") == "application":
        _take_application(session, row, keys, calendar, now)
        return
    item = cases.item_by_code(session, str(row.get("item", "")))
    department = session.get(DepartmentRecord, item.department_id)
    if peer.department_id and peer.department_id != item.department_id:
        raise Refused(rule="exchange", why="this network reports for another department")
    if department is None or (peer.department_id is None and peer.site_code != item.site_code):
        raise Refused(rule="exchange", why="this network does not report for this item")
    try:
        received_at = read_time(str(row["received_at"]))
        days = {name: _day(row, name) for name in ("accepted_on", "decided_on", "done_on")}
    except (KeyError, ValueError):
        raise BadInput(where="row", why="give received_at as a time and the days as dates") from None
    _keep_report(session, row, item.id, received_at, days, calendar, now)


def _day(row: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(str(row[name])) if row.get(name) else None


def _keep_report(
    session: Session,
    row: Mapping[str, Any],
    item_id: str,
    received_at: datetime,
    days: Mapping[str, date | None],
    calendar: Calendar,
    now: datetime,
) -> None:
    """Write the case as the other network tells it; its one event here says that it was reported, and when."""
    item = cases.item_by_code(session, str(row["item"]))
    running = cases.running_version(session, item, business_day(received_at))
    version = cases.version(session, running.id)
    number = f"X-{str(row['number'])[:36]}"
    case = cases.case_by_number(session, number) or CaseRecord(
        id=new_id(),
        number=number,
        item_id=item_id,
        item_code=item.code,
        version_id=running.id,
        department_id=item.department_id,
        site_code=item.site_code,
        mode=version.mode,
        channel="exchange",
        state=State.RECEIVED,
    )
    before = State(case.state)
    doing = Doing(session, case, version, Act.REPORT, {}, None, calendar, business_day(now), now)
    case.received_at, case.received_on = received_at, business_day(received_at)
    case.accepted_on, case.decided_on, case.done_on = days["accepted_on"], days["decided_on"], days["done_on"]
    case.outcome = str(row.get("outcome", ""))[:20]
    if case.accepted_on:
        found = limits(calendar, version, case.accepted_on, ())
        case.promise_due, case.statutory_due = found.promise_due, found.statutory_due
        case.is_provisional = found.is_provisional
        case.used_days = calendar.elapsed(case.accepted_on, case.decided_on) if case.decided_on else 0
    case.state = State.DONE if case.done_on else State.REVIEWING if case.accepted_on else State.RECEIVED
    case.next_check = now
    session.add(case)
    session.flush()
    doing.kept = {"reported": digest_of(str(dict(row)).encode())}
    append_event(doing, before, State(case.state))


def _take_application(
    session: Session, row: Mapping[str, Any], keys: PlatformKeys, calendar: Calendar, now: datetime
) -> None:
    """An application that came in on the outer network becomes a draft on the inner one, under its number."""
    names = ("name", "identity", "telephone")
    applicant = read_applicant(*(str(row.get(name, "")) for name in names))
    number = f"X-{str(row.get('number', ''))[:36]}"
    if cases.case_by_number(session, number) is not None:
        raise Refused(rule="exchange", why="this application was taken before")
    command = NewCase(str(row.get("item", "")), applicant, channel="online", number=number)
    open_case(session, actor=None, command=command, keys=keys, calendar=calendar, now=now)


def lock_peer(session: Session, name: str) -> PeerRecord:
    """A peer, locked until the transaction ends; raises NotFound."""
    found = session.exec(select(PeerRecord).where(PeerRecord.name == name).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(what="network", id=name[:60])
    return found

"""Acts on the whole catalogue: clean-up rounds, entry and exit of items, the frozen catalogue of a year."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.actions.catalogue import move_item
from approval.catalogue import item_body
from approval.item_life import ItemMove
from approval.queries import catalogue, organisation
from approval.queries.catalogue import Wanted
from approval.records.catalogue import EntryRecord, RoundRecord, YearlyCatalogueRecord
from approval.totals import Totals, add_up
from crypto.canonical import JsonValue, canonical
from kernel.errors import BadInput, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject

ROUND_MOVES = {"cancelled": ItemMove.CANCEL, "delegated": ItemMove.DELEGATE, "merged": ItemMove.MERGE}
TOTALS = frozenset({*asdict(Totals()), "reported_mean_tenths"})  # the last is only ever reported


@dataclass(frozen=True)
class Round:
    """One clean-up round: what it ends, and totals that were reported before the platform counted."""

    number: int
    held_on: date
    note: str
    ended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # cancelled, delegated, merged → codes
    before: Mapping[str, int] | None = None
    after: Mapping[str, int] | None = None


def hold_round(session: Session, *, actor: Actor, command: Round, now: datetime) -> None:
    """Carry out a clean-up round: end the items named and keep the totals before and after.

    Totals that are not given are counted from the catalogue itself.
    """
    actor.require(Duty.CENTRE_OFFICE)
    held = catalogue.rounds(session)
    if command.number != len(held) + 1:
        raise BadInput(where="number", why=f"the next round is number {len(held) + 1}")
    if not set(command.ended) <= set(ROUND_MOVES):
        raise BadInput(where="ended", why=f"it must be one of {', '.join(ROUND_MOVES)}")
    for side in (command.before, command.after):
        _check_totals(side)
    before = command.before if command.before is not None else _count(session, now)
    for word, codes in command.ended.items():
        for code in codes:
            item = catalogue.item_by_code(session, code)
            reason = command.note or word
            move_item(session, actor=actor, item_id=item.id, move=ROUND_MOVES[word], reason=reason, now=now)
    after = command.after if command.after is not None else _count(session, now)
    changes = {
        "before": dict(before),
        "after": dict(after),
        "ended": {word: list(codes) for word, codes in command.ended.items()},
        "is_reported": command.before is not None,
    }
    record = RoundRecord(number=command.number, held_on=command.held_on, note=command.note, changes=changes)
    session.add(record)
    session.flush()
    digest = sha256(canonical(changes)).hexdigest()
    audit_log.append(session, Fact("catalogue.round-held", str(command.number), data={"digest": digest}), now)


def ask_entry(session: Session, *, actor: Actor, item_id: str, kind: str, reason: str, now: datetime) -> str:
    """Ask that an item enters (进驻) or leaves (退出) the centre; a department's leader asks for its own items."""
    actor.require(Duty.CENTRE_OFFICE, Duty.LEADER)
    record = catalogue.item(session, item_id, lock=True)
    if not actor.holds(Duty.CENTRE_OFFICE) and record.department_id != actor.organisation_id:
        raise Refused(rule="entry and exit", why="a leader asks for items of their own department only")
    if kind not in ("entry", "exit") or record.in_centre == (kind == "entry"):
        raise Refused(rule="entry and exit", why="the item is where it is wanted already")
    if not 1 <= len(reason.strip()) <= 400:
        raise BadInput(where="reason", why="name the law or the reason in 1 to 400 characters")
    if any(entry.item_id == item_id for entry in catalogue.open_entries(session)):
        raise Refused(rule="entry and exit", why="a request for this item waits already")
    entry = EntryRecord(
        id=new_id(), item_id=item_id, kind=kind, reason=reason.strip(), asked_by=actor.person_id, asked_at=now
    )
    session.add(entry)
    session.flush()
    audit_log.append(session, Fact("item-entry.asked", entry.id, data={"item": item_id, "kind": kind}), now)
    return entry.id


def settle_entry(session: Session, *, actor: Actor, entry_id: str, approve: bool, now: datetime) -> None:
    """Approve or refuse a request of entry or exit; not by whoever asked."""
    actor.require(Duty.CENTRE_OFFICE)
    entry = next((one for one in catalogue.open_entries(session) if one.id == entry_id), None)
    if entry is None:
        raise Refused(rule="entry and exit", why="no such request waits")
    if entry.asked_by == actor.person_id:
        raise Refused(rule="four eyes", why="whoever asked does not approve")
    entry.settled_by, entry.settled_at, entry.is_approved = actor.person_id, now, approve
    if approve:
        item = catalogue.item(session, entry.item_id, lock=True)
        item.in_centre = entry.kind == "entry"
        item.outside_reason = "" if item.in_centre else entry.reason
        session.add(item)
    session.add(entry)
    data: dict[str, JsonValue] = {"item": entry.item_id, "kind": entry.kind, "approved": approve}
    audit_log.append(session, Fact("item-entry.settled", entry.id, data=data), now)


def freeze_year(session: Session, *, actor: Actor, year: int, now: datetime) -> str:
    """Freeze the catalogue of items and fees of a year (docs/formats/yearly-catalogue.md); returns its digest."""
    actor.require(Duty.CENTRE_OFFICE)
    if not 2000 <= year <= business_day(now).year:
        raise BadInput(where="year", why="a catalogue is frozen in its year or later")
    if any(year == frozen for frozen, _, _ in catalogue.frozen_years(session)):
        raise Refused(rule="yearly catalogue", why="the catalogue of this year is frozen already")
    rows = catalogue.items(session, Wanted())
    read = catalogue.versions_in_force(session, [row.id for row in rows], business_day(now))
    codes = {record.id: record.code for record in organisation.departments(session)}
    items = [
        {"department": codes[row.department_id], "site": row.site_code, "item": item_body(read[row.id])}
        for row in rows
        if row.id in read
    ]
    body = canonical({"v": 1, "year": year, "items": items})
    digest = sha256(body).hexdigest()
    session.add(
        YearlyCatalogueRecord(
            year=year,
            body=body,
            digest=digest,
            item_count=len(items),
            frozen_by=actor.person_id,
            frozen_at=now,
        )
    )
    session.flush()
    data: dict[str, JsonValue] = {"digest": digest, "items": len(items)}
    audit_log.append(session, Fact("catalogue.frozen", str(year), data=data), now)
    outbox.enqueue(session, "make_booklet", {"year": year}, now=now)
    return digest


def keep_booklet(session: Session, *, year: int, booklet: StoredObject) -> None:
    """Record the booklet of a year's catalogue."""
    record = catalogue.yearly(session, year)
    if record.booklet_digest is None:
        record.booklet_digest = booklet.digest
        session.add(record)


def _count(session: Session, now: datetime) -> Mapping[str, int]:
    rows = catalogue.items(session, Wanted())
    return asdict(
        add_up(catalogue.versions_in_force(session, [r.id for r in rows], business_day(now)).values())
    )


def _check_totals(side: Mapping[str, int] | None) -> None:
    if side is None:
        return
    if not set(side) <= TOTALS or any(value < 0 for value in side.values()):
        raise BadInput(where="before", why=f"totals are whole numbers named {', '.join(sorted(TOTALS))}")

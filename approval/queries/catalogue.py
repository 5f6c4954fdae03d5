"""Selects over items, their versions, and the history of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from approval.catalogue import read_item
from approval.item import ItemVersion
from approval.item_life import ItemStatus
from approval.records.catalogue import (
    EntryRecord,
    ItemChangeRecord,
    ItemRecord,
    ItemVersionRecord,
    RoundRecord,
    YearlyCatalogueRecord,
)
from approval.records.organisation import DepartmentRecord, SiteRecord, WindowRecord
from kernel.errors import NotFound


@dataclass(frozen=True)
class Wanted:
    """Which items a reader asks for; empty fields ask for all."""

    words: str = ""
    kind: str = ""
    item_class: str = ""
    department_id: str = ""
    level: str = ""
    hall: str = ""
    mode: str = ""
    status: str = ItemStatus.PUBLISHED


def item(session: Session, item_id: str, *, lock: bool = False) -> ItemRecord:
    """One item; raises NotFound."""
    found = select(ItemRecord).where(ItemRecord.id == item_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="item", id=item_id)
    return record


def item_by_code(session: Session, code: str) -> ItemRecord:
    """The item with an implementing code; raises NotFound."""
    record = find_item(session, code)
    if record is None:
        raise NotFound(what="item", id=code)
    return record


def find_item(session: Session, code: str) -> ItemRecord | None:
    """The item with an implementing code."""
    return session.exec(select(ItemRecord).where(ItemRecord.code == code)).one_or_none()


def version(session: Session, version_id: str) -> ItemVersionRecord:
    """One version; raises NotFound."""
    record = session.get(ItemVersionRecord, version_id)
    if record is None:
        raise NotFound(what="item version", id=version_id)
    return record


def versions(session: Session, item_id: str) -> list[ItemVersionRecord]:
    """All versions of an item, the newest first."""
    found = select(ItemVersionRecord).where(ItemVersionRecord.item_id == item_id)
    return list(session.exec(found.order_by(col(ItemVersionRecord.number).desc())))


def version_in_force(session: Session, item_code: str, day: date) -> ItemVersionRecord | None:
    """The version under which a case is received on a day; None while the item is not published.

    Raises:
        NotFound: there is no such item.
    """
    record = item_by_code(session, item_code)
    if record.status != ItemStatus.PUBLISHED:
        return None
    found = select(ItemVersionRecord).where(
        ItemVersionRecord.item_id == record.id,
        ItemVersionRecord.status == ItemStatus.PUBLISHED,
        col(ItemVersionRecord.effective_from) <= day,
    )
    newest = (col(ItemVersionRecord.effective_from).desc(), col(ItemVersionRecord.number).desc())
    return session.exec(found.order_by(*newest).limit(1)).one_or_none()


def versions_in_force(session: Session, item_ids: Iterable[str], day: date) -> dict[str, ItemVersion]:
    """The versions that hold on a day, read, keyed by item id."""
    found = select(ItemVersionRecord).where(
        ItemVersionRecord.status == ItemStatus.PUBLISHED, col(ItemVersionRecord.effective_from) <= day
    )
    wanted = list(item_ids)
    if len(wanted) <= 500:  # more than a database takes in one list are cheaper to read whole
        found = found.where(col(ItemVersionRecord.item_id).in_(wanted))
    newest: dict[str, ItemVersionRecord] = {}
    for record in session.exec(
        found.order_by(col(ItemVersionRecord.effective_from), col(ItemVersionRecord.number))
    ):
        newest[record.item_id] = record
    keep = set(wanted)
    return {item_id: read_item(record.body) for item_id, record in newest.items() if item_id in keep}


def items(session: Session, wanted: Wanted) -> list[ItemRecord]:
    """Items by code, as the reader asks for them."""
    found = select(ItemRecord)
    for name in ("kind", "item_class", "department_id", "mode", "status"):
        if value := getattr(wanted, name):
            found = found.where(getattr(ItemRecord, name) == value)
    if wanted.level:
        found = found.join(SiteRecord, col(SiteRecord.code) == ItemRecord.site_code)
        found = found.where(SiteRecord.level == wanted.level)
    rows = list(session.exec(found))
    if wanted.hall:
        there = set(session.exec(select(WindowRecord.id).where(WindowRecord.hall_code == wanted.hall)))
        rows = [row for row in rows if there & set(row.window_ids)]
    words = wanted.words.casefold().split()
    rows = [row for row in rows if all(word in _searched(row) for word in words)]
    return sorted(rows, key=lambda row: row.code)  # by code points, whatever the database's collation


def _searched(row: ItemRecord) -> str:
    return " ".join((row.code, *row.title.values())).casefold()


def same_business(session: Session, base_code: str) -> list[tuple[ItemRecord, SiteRecord]]:
    """The items of one base code at every level with their sites (四级四同), the highest level first."""
    rows = session.exec(
        select(ItemRecord, SiteRecord)
        .join(SiteRecord, col(SiteRecord.code) == ItemRecord.site_code)
        .where(ItemRecord.base_code == base_code, ItemRecord.status == ItemStatus.PUBLISHED)
        .order_by(ItemRecord.code)
    )
    order = ("city", "county", "town", "village")
    return sorted(rows, key=lambda row: (order.index(row[1].level), row[0].code))


def counts(session: Session, column: str) -> dict[str, int]:
    """How many items there are by kind, mode, class or status; published ones except for the status."""
    field = getattr(ItemRecord, column)
    found = select(field, func.count()).group_by(field)
    if column != "status":
        found = found.where(ItemRecord.status == ItemStatus.PUBLISHED)
    return dict(session.exec(found).all())


@dataclass(frozen=True)
class Gaps:
    """三集中: codes of published items that lack an office, a window or an online flow, and those outside."""

    count: int
    no_office: tuple[str, ...]
    no_window: tuple[str, ...]
    no_online: tuple[str, ...]
    outside: tuple[tuple[str, str], ...]  # code and the law that keeps it out


def gaps(session: Session, day: date) -> Gaps:
    """What keeps the catalogue from 三集中 = 100 %."""
    rows = items(session, Wanted())
    read = versions_in_force(session, [row.id for row in rows], day)
    offices = dict(session.exec(select(DepartmentRecord.id, DepartmentRecord.office_kind)).all())
    return Gaps(
        len(rows),
        tuple(row.code for row in rows if not offices.get(row.department_id)),
        tuple(row.code for row in rows if not row.window_ids),
        tuple(row.code for row in rows if row.id not in read or not read[row.id].online),
        tuple((row.code, row.outside_reason) for row in rows if not row.in_centre),
    )


def rounds(session: Session) -> list[RoundRecord]:
    """Every clean-up round, in order."""
    return list(session.exec(select(RoundRecord).order_by(col(RoundRecord.number))))


def changes(session: Session, item_id: str = "", limit: int = 200) -> list[ItemChangeRecord]:
    """The history of the catalogue or of one item, the newest first."""
    found = select(ItemChangeRecord).order_by(col(ItemChangeRecord.at).desc()).limit(limit)
    return list(session.exec(found.where(ItemChangeRecord.item_id == item_id) if item_id else found))


def open_entries(session: Session) -> list[EntryRecord]:
    """Requests of entry or exit that nobody has settled."""
    found = select(EntryRecord).where(col(EntryRecord.settled_at).is_(None))
    return list(session.exec(found.order_by(col(EntryRecord.asked_at))))


def yearly(session: Session, year: int) -> YearlyCatalogueRecord:
    """The frozen catalogue of a year; raises NotFound."""
    record = session.get(YearlyCatalogueRecord, year)
    if record is None:
        raise NotFound(what="yearly catalogue", id=year)
    return record


def frozen_years(session: Session) -> list[tuple[int, str, int]]:
    """Year, digest and number of items of every frozen catalogue, the newest first."""
    rows = session.exec(
        select(YearlyCatalogueRecord.year, YearlyCatalogueRecord.digest, YearlyCatalogueRecord.item_count)
    )
    return sorted(rows, reverse=True)

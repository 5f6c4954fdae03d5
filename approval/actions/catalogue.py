"""The centre office writes, reviews and publishes items; whoever wrote a version does not publish it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.catalogue import item_body, item_digest, read_item
from approval.item import ItemVersion
from approval.item_life import ITEM_MOVES, VERSION_MOVES, ItemMove, ItemStatus, moved
from approval.publication import check_publishable
from approval.queries import catalogue, organisation, settings
from approval.records.catalogue import GuideRecord, ItemChangeRecord, ItemRecord, ItemVersionRecord
from approval.settings import OPEN_BLOCKS
from crypto.canonical import JsonValue
from kernel.errors import BadInput, NameTaken, Refused
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.objects import StoredObject

RULE = "life of an item"
MOST_REASON = 1000  # characters


def draft_item(
    session: Session, *, actor: Actor, department_id: str, site_code: str, body: Any, now: datetime
) -> str:
    """Begin a new item of a department at a site; returns its id. It enters the centre by an approved request."""
    actor.require(Duty.CENTRE_OFFICE)
    version = read_item(_numbered(body, 1))
    organisation.department(session, department_id)
    organisation.site(session, site_code)
    if catalogue.find_item(session, version.code) is not None:
        raise NameTaken(name=version.code)
    record = ItemRecord(
        id=new_id(),
        code=version.code,
        base_code=version.base_code,
        department_id=department_id,
        site_code=site_code,
        kind=version.kind,
        status=ItemStatus.DRAFT,
        in_centre=False,
        created_at=now,
    )
    _describe(record, version)
    session.add(record)
    session.flush()
    _add_version(session, record, version, actor, now)
    return record.id


def draft_version(session: Session, *, actor: Actor, item_id: str, body: Any, now: datetime) -> str:
    """Begin the next version of a published item; returns its id. Nothing changes before it is published."""
    actor.require(Duty.CENTRE_OFFICE)
    record = catalogue.item(session, item_id, lock=True)
    newest = catalogue.versions(session, item_id)[0]
    if newest.status != ItemStatus.PUBLISHED:
        raise Refused(rule=RULE, why="a newer version is being written already")
    if record.status not in (ItemStatus.PUBLISHED, ItemStatus.PAUSED):
        raise Refused(rule=RULE, why="the item is not in the catalogue any more")
    version = read_item(_numbered(body, newest.number + 1))
    _check_code(record, version)
    return _add_version(session, record, version, actor, now)


def edit_version(session: Session, *, actor: Actor, version_id: str, body: Any, now: datetime) -> None:
    """Change a draft; whoever edits it counts as one of its writers."""
    actor.require(Duty.CENTRE_OFFICE)
    held = catalogue.version(session, version_id)
    record = catalogue.item(session, held.item_id, lock=True)
    if held.status != ItemStatus.DRAFT:
        raise Refused(rule=RULE, why="only a draft can be edited; write a new version")
    version = read_item(_numbered(body, held.number))
    _check_code(record, version)
    held.body, held.digest = item_body(version), item_digest(version)
    held.written_by = actor.person_id
    held.writers = sorted({*held.writers, actor.person_id})
    if record.status == ItemStatus.DRAFT:
        _describe(record, version)
    session.add_all([held, record])
    audit_log.append(session, Fact("item-version.edited", held.id, data={"digest": held.digest}), now)


def submit_version(session: Session, *, actor: Actor, version_id: str, now: datetime) -> None:
    """Hand a complete draft over for review."""
    held = catalogue.version(session, version_id)
    check_publishable(read_item(held.body), settings.value(session, OPEN_BLOCKS))
    _move_version(session, actor, held, ItemMove.SUBMIT, "", now)


def send_back_version(session: Session, *, actor: Actor, version_id: str, reason: str, now: datetime) -> None:
    """Give a version back to its writer, with the reason."""
    held = catalogue.version(session, version_id)
    _move_version(session, actor, held, ItemMove.SEND_BACK, _needed(reason), now)


def publish_version(
    session: Session,
    *,
    actor: Actor,
    version_id: str,
    effective_from: date | None = None,
    round_number: int = 0,
    now: datetime,
) -> None:
    """Publish a reviewed version, from a day that has not passed; somebody else than its writer does this.

    Raises:
        IncompleteItem: with everything that is missing.
    """
    held = catalogue.version(session, version_id)
    actor.require(Duty.CENTRE_OFFICE)
    if actor.person_id in (held.written_by, *held.writers):
        raise Refused(rule="four eyes", why="whoever wrote a version does not publish it")
    version = read_item(held.body)
    check_publishable(version, settings.value(session, OPEN_BLOCKS))
    today = business_day(now)
    effective = effective_from or today
    if effective < today:
        raise BadInput(where="effective_from", why="a version takes effect today or later")
    _move_version(session, actor, held, ItemMove.PUBLISH, "", now)
    held.effective_from, held.round_number = effective, round_number
    held.published_by, held.published_at = actor.person_id, now
    record = catalogue.item(session, held.item_id)
    _describe(record, version)
    record.current_version_id = held.id
    session.add_all([held, record])
    outbox.enqueue(session, "make_guides", {"version_id": held.id}, now=now)


def keep_guides(
    session: Session, *, version_id: str, papers: Mapping[tuple[str, str], StoredObject], now: datetime
) -> None:
    """Record the papers about a version, keyed by paper and language."""
    for (paper, language), stored in papers.items():
        if session.get(GuideRecord, (version_id, paper, language)) is None:
            session.add(
                GuideRecord(
                    version_id=version_id,
                    paper=paper,
                    language=language,
                    digest=stored.digest,
                    size=stored.size,
                    made_at=now,
                )
            )


def move_item(
    session: Session, *, actor: Actor, item_id: str, move: ItemMove, reason: str, now: datetime
) -> ItemStatus:
    """Pause, resume, cancel (取消), delegate (下放) or merge (合并) a published item, with the reason."""
    actor.require(Duty.CENTRE_OFFICE)
    record = catalogue.item(session, item_id, lock=True)
    before, after = record.status, moved(ITEM_MOVES, record.status, move)
    record.status = after
    session.add(record)
    _keep_change(session, record, None, move, before, after, _needed(reason), actor, now)
    return after


def set_windows(
    session: Session, *, actor: Actor, item_id: str, window_ids: list[str], now: datetime
) -> None:
    """Bind an item to the windows that receive it; each serves the item's department or everybody."""
    actor.require(Duty.CENTRE_OFFICE)
    record = catalogue.item(session, item_id, lock=True)
    for window_id in window_ids:
        window = organisation.window(session, window_id)
        if window.kind == "department" and record.department_id not in window.department_ids:
            raise BadInput(where="window_ids", why=f"window {window.number} does not serve this department")
    record.window_ids = sorted(set(window_ids))
    session.add(record)
    audit_log.append(session, Fact("item.windows-set", record.id, data={"windows": record.window_ids}), now)


def _add_version(
    session: Session, record: ItemRecord, version: ItemVersion, actor: Actor, now: datetime
) -> str:
    held = ItemVersionRecord(
        id=new_id(),
        item_id=record.id,
        number=version.number,
        body=item_body(version),
        digest=item_digest(version),
        status=ItemStatus.DRAFT,
        written_by=actor.person_id,
        writers=[actor.person_id],
    )
    session.add(held)
    session.flush()
    data: dict[str, JsonValue] = {"item": record.id, "number": held.number, "digest": held.digest}
    audit_log.append(session, Fact("item-version.drafted", held.id, data=data), now)
    return held.id


def _move_version(
    session: Session, actor: Actor, held: ItemVersionRecord, move: ItemMove, reason: str, now: datetime
) -> None:
    actor.require(Duty.CENTRE_OFFICE)
    record = catalogue.item(session, held.item_id, lock=True)
    before, after = held.status, moved(VERSION_MOVES, held.status, move)
    held.status = after
    if record.status not in (ItemStatus.PUBLISHED, ItemStatus.PAUSED):
        record.status = after
    session.add_all([held, record])
    _keep_change(session, record, held, move, before, after, reason, actor, now)


def _keep_change(
    session: Session,
    record: ItemRecord,
    held: ItemVersionRecord | None,
    move: ItemMove,
    before: str,
    after: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    session.add(
        ItemChangeRecord(
            id=new_id(),
            item_id=record.id,
            version_id=held.id if held else None,
            move=move,
            from_status=before,
            to_status=after,
            reason=reason,
            done_by=actor.person_id,
            at=now,
        )
    )
    data = {"move": str(move), "from": str(before), "to": str(after), "digest": held.digest if held else ""}
    audit_log.append(session, Fact("item.moved", record.id, data=data), now)


def _describe(record: ItemRecord, version: ItemVersion) -> None:
    record.kind, record.mode = version.kind, version.mode
    record.item_class, record.base_code = version.item_class, version.base_code
    record.title = dict(version.title)


def _check_code(record: ItemRecord, version: ItemVersion) -> None:
    if version.code != record.code:
        raise BadInput(where="code", why="an item keeps its code")


def _numbered(body: Any, number: int) -> Any:
    return {**body, "number": number} if isinstance(body, dict) else body


def _needed(reason: str) -> str:
    if not 1 <= len(reason.strip()) <= MOST_REASON:
        raise BadInput(where="reason", why=f"write 1 to {MOST_REASON} characters")
    return reason.strip()

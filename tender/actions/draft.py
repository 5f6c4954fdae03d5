"""Drafting: the tender office writes a tender until it is complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from crypto.suites import SUITES, installed_suites
from kernel.errors import BadInput, BadRulebook, ChangedMeanwhile, NotFound, RulebookFrozen
from kernel.ids import TenderId, new_id
from storage.objects import StoredObject
from tender import queries
from tender.envelopes import EnvelopeTerm, write_envelopes
from tender.failures import OpeningRule, write_opening_rule
from tender.lifecycle import Move, Stage, after
from tender.outages import OutageRule
from tender.records import DocumentRecord, LotRecord, OpenerRecord, TenderRecord
from tender.signing import SigningTerms
from tender.signing import write_terms as write_signing
from tender.stamps import StampTerms, write_terms
from tender.timetable import Periods, Timetable

OPENER_LIMIT = 32  # an envelope carries one encrypted share per opener


@dataclass(frozen=True)
class EditDraft:
    """What the office says of a tender; `None` leaves a field as it is."""

    reference: str | None = None
    title: dict[str, str] | None = None
    summary: dict[str, str] | None = None
    lots: tuple[dict[str, str], ...] | None = None
    timetable: Timetable | None = None
    periods: Periods | None = None
    shortening_reason: str | None = None
    suite: str | None = None
    threshold: int | None = None
    opener_ids: tuple[str, ...] | None = None
    award_rule: dict[str, Any] | None = None
    """read and found sound; empty where each lot stands alone"""
    envelopes: tuple[EnvelopeTerm, ...] | None = None
    """empty where one envelope holds everything"""
    outage_rule: OutageRule | None = None
    timestamps: StampTerms | None = None
    """without authorities: the platform's own alone"""
    opening_rule: OpeningRule | None = None
    signing: SigningTerms | None = None
    """without authorities: the account's key alone"""


@dataclass(frozen=True)
class FrozenRulebook:
    """A rulebook that was read and found sound, with what the tender needs of it."""

    body: dict[str, Any]
    digest: str
    currency: str
    price_places: int


def begin_draft(session: Session, *, actor: Actor, command: EditDraft, now: datetime) -> TenderId:
    """Start a tender of the actor's organisation."""
    actor.require(Duty.TENDER_OFFICE)
    record = TenderRecord(
        id=new_id(),
        tenderer_id=actor.organisation_id,
        created_by=actor.person_id,
        created_at=now,
        stage=Stage.DRAFT,
        periods=vars(Periods()),
        outage_rule=vars(OutageRule()),
    )
    session.add(record)
    session.flush()
    _apply(session, record, command)
    return TenderId(record.id)


def edit_draft(
    session: Session, *, actor: Actor, tender_id: str, command: EditDraft, version: int, now: datetime
) -> int:
    """Change a draft that still has the version the actor read; returns the new version."""
    record = own_tender(session, actor, tender_id)
    after(Stage(record.stage), Move.EDIT)
    if record.version != version:
        raise ChangedMeanwhile()
    _apply(session, record, command)
    return _touch(session, record)


def set_rulebook(session: Session, *, actor: Actor, tender_id: str, rulebook: FrozenRulebook) -> int:
    """Give the draft its rulebook; from publication on it is frozen.

    Raises:
        BadRulebook: a lot has a rulebook of its own in another currency or with other decimals.
        RulebookFrozen: the notice was published.
    """
    record = _with_open_rulebook(session, actor, tender_id)
    own = [lot.number for lot in queries.lots(session, tender_id) if lot.rulebook is not None]
    if own and (wrong := _other_scale(record, rulebook)):
        why = "the lots with a rulebook of their own have another one; take those away first"
        raise BadRulebook(where=f"{wrong} (lot {own[0]})", why=why)
    record.rulebook, record.rulebook_digest = rulebook.body, rulebook.digest
    record.currency, record.price_places = rulebook.currency, rulebook.price_places
    return _touch(session, record)


def set_lot_rulebook(
    session: Session, *, actor: Actor, tender_id: str, number: int, rulebook: FrozenRulebook | None
) -> int:
    """Give a lot of the draft a rulebook of its own, or take it away again with None.

    Raises:
        BadInput: the tender has no rulebook yet, from which the lot's could differ.
        BadRulebook: it has another currency or other decimals than the tender's.
        NotFound: there is no lot of this number.
        RulebookFrozen: the notice was published.
    """
    record = _with_open_rulebook(session, actor, tender_id)
    lot = next((lot for lot in queries.lots(session, tender_id) if lot.number == number), None)
    if lot is None:
        raise NotFound(what="lot", id=number)
    if rulebook is not None:
        if record.rulebook is None:
            raise BadInput(where="rulebook", why="give the tender its rulebook before a lot gets its own")
        if wrong := _other_scale(record, rulebook):
            raise BadRulebook(where=wrong, why="a lot keeps the tender's; all prices of a tender are alike")
    lot.rulebook = rulebook.body if rulebook else None
    lot.rulebook_digest = rulebook.digest if rulebook else None
    session.add(lot)
    return _touch(session, record)


def _with_open_rulebook(session: Session, actor: Actor, tender_id: str) -> TenderRecord:
    record = own_tender(session, actor, tender_id)
    if record.stage != Stage.DRAFT:
        raise RulebookFrozen()
    return record


def _other_scale(record: TenderRecord, rulebook: FrozenRulebook) -> str:
    """The field in which a rulebook counts prices otherwise than the tender does; empty where there is none."""
    if rulebook.currency != record.currency:
        return "currency"
    return "price_places" if rulebook.price_places != record.price_places else ""


def add_document(
    session: Session,
    *,
    actor: Actor,
    tender_id: str,
    name: str,
    media_type: str,
    stored: StoredObject,
    now: datetime,
) -> str:
    """Attach a stored file to the draft or to the next amendment."""
    record = own_tender(session, actor, tender_id)
    if record.stage not in (Stage.DRAFT, Stage.PUBLISHED):
        after(Stage(record.stage), Move.EDIT)
    if not 1 <= len(name) <= 200 or any(c in name for c in "/\\\0"):
        raise BadInput(where="name", why="use 1 to 200 characters without slashes")
    document = DocumentRecord(
        id=new_id(),
        tender_id=tender_id,
        name=name,
        media_type=media_type[:100],
        digest=stored.digest,
        size=stored.size,
        added_at=now,
    )
    session.add(document)
    _touch(session, record)
    return document.id


def own_tender(session: Session, actor: Actor, tender_id: str) -> TenderRecord:
    """The tender, locked, if it is the actor's to run; otherwise as if it did not exist."""
    actor.require(Duty.TENDER_OFFICE)
    record = queries.tender(session, tender_id, lock=True)
    if record.tenderer_id != actor.organisation_id:
        raise NotFound(what="tender", id=tender_id)
    return record


def _touch(session: Session, record: TenderRecord) -> int:
    record.version += 1
    session.add(record)
    return record.version


def _apply(session: Session, record: TenderRecord, command: EditDraft) -> None:
    for name in ("reference", "title", "summary", "shortening_reason", "suite", "threshold"):
        value = getattr(command, name)
        if value is not None:
            setattr(record, name, value)
    if command.suite is not None:
        _check_suite(command.suite)
    if command.timetable is not None:
        record.questions_until = command.timetable.questions_until
        record.closes_at = command.timetable.closes_at
        record.settle_seconds = command.timetable.settle_seconds
    if command.periods is not None:
        record.periods = dict(vars(command.periods))
    if command.award_rule is not None:
        record.award_rule = command.award_rule or None
    if command.timestamps is not None:
        record.timestamps = write_terms(command.timestamps) if command.timestamps.authorities else None
    if command.signing is not None:
        record.signing = write_signing(command.signing)
    if command.outage_rule is not None:
        record.outage_rule = dict(vars(command.outage_rule))
    if command.opening_rule is not None:
        record.opening_rule = {**write_opening_rule(command.opening_rule)} or None
    if command.envelopes is not None:
        record.envelopes = [*write_envelopes(command.envelopes)] or None
    if command.lots is not None:
        _replace_lots(session, record.id, command.lots)
    if command.opener_ids is not None:
        _replace_openers(session, record.id, command.opener_ids)


def _check_suite(name: str) -> None:
    """Refuse a suite that there is none of, or in which this platform could not rehearse with the openers."""
    if name not in SUITES:
        raise BadInput(where="suite", why="choose hybrid, classic or sm")
    if name not in installed_suites():
        why = "this platform lacks the package for SM2, gmssl-pyx; ask the operator to run make national"
        raise BadInput(where="suite", why=why)


def _replace_lots(session: Session, tender_id: str, titles: tuple[dict[str, str], ...]) -> None:
    if not 1 <= len(titles) <= 100:
        raise BadInput(where="lots", why="a tender has 1 to 100 lots")
    # A rulebook of a lot's own stays with the number of the lot; it is written out before the old rows go.
    own: dict[int, dict[str, Any]] = {
        lot.number: {"rulebook": lot.rulebook, "rulebook_digest": lot.rulebook_digest}
        for lot in queries.lots(session, tender_id)
    }
    session.exec(delete(LotRecord).where(col(LotRecord.tender_id) == tender_id))
    session.add_all(
        LotRecord(id=new_id(), tender_id=tender_id, number=number, title=title, **own.get(number, {}))
        for number, title in enumerate(titles, start=1)
    )


def _replace_openers(session: Session, tender_id: str, person_ids: tuple[str, ...]) -> None:
    if len(set(person_ids)) != len(person_ids) or len(person_ids) > OPENER_LIMIT:
        raise BadInput(where="openers", why=f"name up to {OPENER_LIMIT} different people")
    for person_id in person_ids:
        if not accounts.actor(session, person_id).holds(Duty.OPENER):
            raise BadInput(where="openers", why=f"person {person_id} does not hold the duty opener")
    session.exec(delete(OpenerRecord).where(col(OpenerRecord.tender_id) == tender_id))
    session.add_all(
        OpenerRecord(tender_id=tender_id, position=position, person_id=person_id)
        for position, person_id in enumerate(person_ids, start=1)
    )

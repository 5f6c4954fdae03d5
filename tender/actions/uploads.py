"""What a bidder does with an upload before it is submitted. Nobody else ever learns that there is one.

Nothing here is logged: an upload is no act of legal weight, and a line in the log would tell that somebody bids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import Session, col, delete, exists, select

from accounts.duties import Actor, Duty
from crypto.envelope_prefix import EnvelopePrefix
from kernel.errors import MalformedEnvelope, NotFound, UploadExpired, WrongOffset
from kernel.ids import new_id
from tender import queries
from tender.actions.submit_bid import check_arrival
from tender.drafts import AFTER_CLOSING, KEPT, Progress, check_room, expires_at
from tender.lifecycle import Stage
from tender.records import BidRecord, LotRecord, TenderRecord, UploadRecord
from tender.submission import SubmissionWindow, check_envelope, check_on_time, check_open, check_size


@dataclass(frozen=True)
class BeginUpload:
    """A file that is going to be uploaded for one lot."""

    tender_id: str
    lot_id: str
    size: int
    digest: bytes
    filename: str = ""
    replaces: str | None = None


@dataclass(frozen=True)
class Draft:
    """A file that is uploaded, or on its way, and not submitted."""

    upload: UploadRecord
    tender: TenderRecord
    lot: LotRecord
    has_bid: bool
    """whether an earlier bid stands for the lot"""


def begin_upload(
    session: Session, *, actor: Actor, command: BeginUpload, now: datetime
) -> tuple[UploadRecord, SubmissionWindow]:
    """Make room for an upload; refused at once when it could never be submitted."""
    actor.require(Duty.BIDDER)
    window = queries.submission_window(session, command.tender_id)
    if command.lot_id not in window.lot_ids:
        raise NotFound(what="lot", id=command.lot_id)
    check_open(window)
    check_on_time(window, now)
    check_size(window, command.size)
    if not command.size:
        raise MalformedEnvelope(why="the file is empty")
    check_room(len(_unfinished(session, actor.person_id, now)))
    upload = UploadRecord(
        id=new_id(),
        tender_id=command.tender_id,
        lot_id=command.lot_id,
        bidder_id=actor.organisation_id,
        begun_by=actor.person_id,
        filename=command.filename,
        size=command.size,
        digest=command.digest,
        replaces=command.replaces,
        begun_at=now,
        written_at=now,
    )
    session.add(upload)
    session.flush()
    return upload, window


def keep_form_upload(
    session: Session, *, actor: Actor, command: BeginUpload, prefixes: bytes, now: datetime
) -> UploadRecord:
    """Remember a file that came whole, by a form: it is a draft until it is submitted. The same file counts once."""
    same = select(UploadRecord).where(
        UploadRecord.bidder_id == actor.organisation_id,
        UploadRecord.lot_id == command.lot_id,
        UploadRecord.digest == command.digest,
        col(UploadRecord.stored_at).is_not(None),
    )
    if (known := session.exec(same).first()) is not None:
        known.written_at = now
        session.add(known)
        return known
    upload, _ = begin_upload(session, actor=actor, command=command, now=now)
    upload.received, upload.prefixes, upload.stored_at = upload.size, prefixes, now
    session.add(upload)
    return upload


def _unfinished(session: Session, person_id: str, now: datetime) -> Sequence[str]:
    found = select(UploadRecord.id).where(
        UploadRecord.begun_by == person_id,
        col(UploadRecord.written_at) > now - KEPT,
        col(UploadRecord.stored_at).is_(None),
    )
    return session.exec(found).all()


def own_upload(session: Session, *, actor: Actor, upload_id: str, now: datetime) -> UploadRecord:
    """The upload that a person began; another person's does not exist for them.

    Raises:
        NotFound: there is none of this person.
        UploadExpired: it was given up.
    """
    actor.require(Duty.BIDDER)
    found = session.get(UploadRecord, upload_id)
    if found is None or (found.begun_by, found.bidder_id) != (actor.person_id, actor.organisation_id):
        raise NotFound(what="upload", id=upload_id)
    if now >= expiry(session, found):
        raise UploadExpired(what="upload", id=upload_id)
    return found


def upload_of_firm(session: Session, *, actor: Actor, upload_id: str, now: datetime) -> UploadRecord:
    """A whole upload of the actor's organisation: whoever holds the duty there may submit or discard it.

    Raises:
        NotFound: there is none, or it is not whole and somebody else is sending it.
        UploadExpired: it was given up.
    """
    actor.require(Duty.BIDDER)
    found = session.get(UploadRecord, upload_id)
    if found is None or found.bidder_id != actor.organisation_id:
        raise NotFound(what="upload", id=upload_id)
    if now >= expiry(session, found):
        raise UploadExpired(what="upload", id=upload_id)
    return found


def upload_to_confirm(session: Session, upload_id: str) -> UploadRecord | None:
    """An upload that lies in the store and waits to be read; None when that is done, or it was discarded."""
    found = session.get(UploadRecord, upload_id)
    waits = found is not None and found.direct is not None and found.direct.get("state") == "checking"
    return found if waits else None


def expiry(session: Session, upload: UploadRecord) -> datetime:
    """When an upload is given up; moves with the closing time of its tender."""
    closes_at = queries.tender(session, upload.tender_id).closes_at
    return expires_at(upload.written_at, closes_at, is_stored=upload.stored_at is not None)


def progress_of(upload: UploadRecord) -> Progress:
    """How far an upload has come."""
    return Progress(upload.received, upload.peaks, upload.payload_peaks, upload.prefixes)


def advance(
    session: Session,
    *,
    upload_id: str,
    begun_at_byte: int,
    progress: Progress,
    pieces: Sequence[object],
    now: datetime,
) -> None:
    """Promise the bytes that have become safe; of two writers from the same byte, the second gets nothing.

    Raises:
        WrongOffset: somebody else has moved the upload on.
    """
    moved = (
        update(UploadRecord)
        .where(col(UploadRecord.id) == upload_id, col(UploadRecord.received) == begun_at_byte)
        .where(col(UploadRecord.stored_at).is_(None))
        .values(
            received=progress.received,
            peaks=progress.peaks,
            payload_peaks=progress.payload_peaks,
            prefixes=progress.prefixes,
            pieces=list(pieces),
            written_at=now,
        )
    )
    if session.connection().execute(moved).rowcount != 1:
        stands = session.exec(select(UploadRecord.received).where(UploadRecord.id == upload_id)).one_or_none()
        if stands is None:
            raise NotFound(what="upload", id=upload_id)
        raise WrongOffset(received=stands, offset=begun_at_byte)


def mark_stored(session: Session, *, upload_id: str, now: datetime, prefixes: bytes = b"") -> None:
    """Note that an upload lies whole and checked in the object store."""
    upload = session.get(UploadRecord, upload_id)
    if upload is not None and upload.stored_at is None:
        upload.stored_at = upload.written_at = now
        upload.received = upload.size
        upload.prefixes = prefixes or upload.prefixes
        session.add(upload)


def set_direct(session: Session, *, upload_id: str, state: Mapping[str, object]) -> None:
    """Note how far an upload is that goes to the store itself."""
    upload = session.get(UploadRecord, upload_id)
    if upload is None:
        raise NotFound(what="upload", id=upload_id)
    upload.direct = dict(state)
    session.add(upload)


def discard_upload(session: Session, *, upload_id: str) -> None:
    """Forget an upload; its bytes are removed first."""
    session.connection().execute(delete(UploadRecord).where(col(UploadRecord.id) == upload_id))


def _standing_bid(session: Session, upload: UploadRecord) -> str | None:
    """The bid that an upload would replace."""
    found = select(BidRecord.id).where(
        BidRecord.lot_id == upload.lot_id,
        BidRecord.bidder_id == upload.bidder_id,
        BidRecord.status == queries.SEALED,
    )
    return session.exec(found).first()


def check_prefixes(
    session: Session, *, actor: Actor, upload: UploadRecord, prefixes: Sequence[EnvelopePrefix], now: datetime
) -> SubmissionWindow:
    """Refuse an upload by the headers read so far, as any bid; which bid it replaces may be said later."""
    window = check_arrival(
        session,
        actor=actor,
        tender_id=upload.tender_id,
        lot_id=upload.lot_id,
        prefix=prefixes[0],
        digest=upload.digest,
        size_bytes=upload.size,
        replaces=upload.replaces or _standing_bid(session, upload),
        now=now,
    )
    if len(prefixes) > 1:
        bidder = queries.bidder(session, actor.organisation_id)
        check_envelope(window, upload.lot_id, bidder, prefixes[-1], len(prefixes) - 1)
    return window


def open_drafts(
    session: Session, *, bidder_id: str | None = None, now: datetime, closes_before: datetime | None = None
) -> list[Draft]:
    """What is uploaded and not submitted while bids are still taken, oldest first: of one bidder, or of all.

    An upload is no draft any more once it is submitted, or another bid of its bidder and lot came in after it.
    """
    later = (
        exists()
        .where(col(BidRecord.lot_id) == UploadRecord.lot_id)
        .where(col(BidRecord.bidder_id) == UploadRecord.bidder_id)
        .where(
            or_(
                col(BidRecord.received_at) >= col(UploadRecord.written_at),
                col(BidRecord.digest) == UploadRecord.digest,
            )
        )
    )
    stands = (
        exists()
        .where(col(BidRecord.lot_id) == UploadRecord.lot_id)
        .where(col(BidRecord.bidder_id) == UploadRecord.bidder_id)
        .where(col(BidRecord.status) == queries.SEALED)
    )
    found = (
        select(UploadRecord, TenderRecord, LotRecord, stands)
        .join(TenderRecord, col(TenderRecord.id) == UploadRecord.tender_id)
        .join(LotRecord, col(LotRecord.id) == UploadRecord.lot_id)
        .where(TenderRecord.stage == Stage.PUBLISHED, col(TenderRecord.closes_at) >= now)
        .where(or_(col(UploadRecord.written_at) > now - KEPT, col(UploadRecord.stored_at).is_not(None)))
        .where(~later)
        .order_by(col(UploadRecord.begun_at), col(UploadRecord.id))
    )
    if bidder_id is not None:
        found = found.where(UploadRecord.bidder_id == bidder_id)
    if closes_before is not None:
        found = found.where(col(TenderRecord.closes_at) <= closes_before)
    rows = [Draft(upload, tender, lot, bool(bid)) for upload, tender, lot, bid in session.exec(found)]
    return [row for row in rows if (row.upload.direct or {}).get("state") != "refused"]


def was_submitted(session: Session, upload: UploadRecord) -> bool:
    """Whether a bid came out of an upload."""
    found = select(BidRecord.id).where(
        BidRecord.bidder_id == upload.bidder_id, BidRecord.digest == upload.digest
    )
    return session.exec(found).first() is not None


def expired_uploads(session: Session, now: datetime) -> list[UploadRecord]:
    """The uploads to be given up."""
    found = (
        select(UploadRecord)
        .join(TenderRecord, col(TenderRecord.id) == UploadRecord.tender_id)
        .where(
            or_(
                (col(UploadRecord.written_at) <= now - KEPT) & col(UploadRecord.stored_at).is_(None),
                col(TenderRecord.closes_at) <= now - AFTER_CLOSING,
            )
        )
    )
    return list(session.exec(found))


def known_uploads(session: Session) -> set[str]:
    """The ids of all uploads that may still have bytes of their own."""
    return set(session.exec(select(UploadRecord.id)))

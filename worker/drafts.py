"""Jobs of uploads: reminders to their bidders, a look at what went straight to the store, the end of what expired."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from accounts import queries as accounts
from crypto.bid_file import BidFileReader
from crypto.envelope_prefix import EnvelopePrefix
from kernel.clock import BEIJING
from kernel.errors import BadInput, Refused
from storage import outbox
from storage.adapters import Adapters
from storage.database import Session
from storage.direct_uploads import DirectUploads
from storage.s3_drafts import S3Drafts
from tender.actions import reminders, uploads
from worker.jobs import Payload
from worker.messages import gateway_of, mail_of

MAIL = "-mail"


def send_reminder(adapters: Adapters, payload: Payload, now: datetime) -> int | None:
    """Remind everybody of the bidder who may submit; None where there is nothing to remind of any more."""
    with adapters.database.reading() as session:
        found = reminders.reminder(session, str(payload["reminder_id"]), now)
    if found is None:
        return None
    text, reached = reminder_text(adapters.settings.public_url, found.closes_at, now), 0
    for person_id, contact in found.contacts:
        # The key keeps each message from going out twice when the job is tried again.
        key = sha256(f"{found.reminder_id} {person_id}".encode()).hexdigest()[:32]
        if contact.telephone:
            gateway_of(adapters, now).send(key, contact.telephone, text)
        if contact.email:
            mail_of(adapters, now).send(key + MAIL, contact.email, text)
        reached += bool(contact.telephone or contact.email)
    return reached


def keep_reminder(
    session: Session, _: Adapters, payload: Payload, reached: int | None, now: datetime
) -> None:
    """Note how many were reminded."""
    if reached is not None:
        reminders.keep_sent(session, reminder_id=str(payload["reminder_id"]), people=reached, now=now)


def reminder_text(site: str, closes_at: datetime, now: datetime) -> str:
    """What a bidder reads: neither the tender nor the file is named, for messages pass through others' hands."""
    minutes = max(1, round((closes_at - now).total_seconds() / 60))
    at = closes_at.astimezone(BEIJING).strftime("%m-%d %H:%M")
    left, time_left = f"{minutes}分钟", f"{minutes} minutes"
    if minutes >= 120:
        left, time_left = f"{minutes // 60}小时", f"{minutes // 60} hours"
    url = f"{site}/bidder/uploads"
    return (
        f"【投标提醒】贵单位上传的文件尚未递交，不构成投标。距截止约{left}（北京时间{at}）。请登录检查并递交：{url}"
        f" REMINDER: a file that your firm uploaded is NO BID YET. Bids close in about {time_left}"
        f" ({at} Beijing time). Sign in, check it and press the last button: {url}"
    )


@dataclass(frozen=True)
class Confirmed:
    """What reading a whole upload has shown: its envelopes' prefixes, or the reason why it is no bid."""

    prefixes: bytes = b""
    problem: Mapping[str, Any] | None = None


def confirm_upload(adapters: Adapters, payload: Payload, now: datetime) -> Confirmed | None:
    """Read what went straight to the store, once: check it as any bid and put it among the objects as it is read."""
    with adapters.database.reading() as session:
        upload = uploads.upload_to_confirm(session, str(payload["upload_id"]))
        if upload is None:
            return None
        actor = accounts.actor(session, upload.begun_by)
    assert isinstance(adapters.drafts, S3Drafts)

    def check(prefixes: Sequence[EnvelopePrefix]) -> None:
        with adapters.database.reading() as session:
            uploads.check_prefixes(session, actor=actor, upload=upload, prefixes=prefixes, now=now)

    reader = BidFileReader(check)

    def chunks(area: S3Drafts) -> Iterator[bytes]:
        for chunk in area.read(DirectUploads.name(upload.id), 0, upload.size):
            reader.update(chunk)
            yield chunk
        reader.finish()

    try:
        adapters.objects.put_once(chunks(adapters.drafts), expected=upload.digest, limit_bytes=upload.size)
    except (BadInput, Refused) as error:
        return Confirmed(problem={"code": error.code, "detail": str(error)})
    return Confirmed(b"".join(prefix.to_bytes() for prefix in reader.prefixes))


def keep_confirmed(
    session: Session, adapters: Adapters, payload: Payload, found: Confirmed | None, now: datetime
) -> None:
    """Note that an upload is whole and a bid, or why it is none; its draft is removed either way."""
    if found is None:
        return
    upload_id = str(payload["upload_id"])
    if found.problem is not None:
        uploads.set_direct(session, upload_id=upload_id, state={"state": "refused", "problem": found.problem})
    else:
        uploads.set_direct(session, upload_id=upload_id, state={"state": "confirmed"})
        uploads.mark_stored(session, upload_id=upload_id, now=now, prefixes=found.prefixes)
    outbox.enqueue(session, "drop_draft", {"upload_id": upload_id}, now=now)


def drop_draft(adapters: Adapters, payload: Payload, now: datetime) -> None:
    """Remove the bytes of an upload that is settled."""
    adapters.drafts.drop(str(payload["upload_id"]))


def clear_drafts(adapters: Adapters, _: Payload, now: datetime) -> Sequence[str]:
    """Remove the bytes of uploads that have expired, and of those that nobody knows; their ids."""
    with adapters.database.reading() as session:
        expired = [upload.id for upload in uploads.expired_uploads(session, now)]
        known = uploads.known_uploads(session)
    for upload_id in expired:
        adapters.drafts.drop(upload_id)
    adapters.drafts.sweep(known)
    return expired


def forget_drafts(session: Session, _: Adapters, __: Payload, expired: Sequence[Any], now: datetime) -> None:
    """Forget the rows of uploads whose bytes are gone."""
    for upload in uploads.expired_uploads(session, now):
        if upload.id in expired:
            if not uploads.was_submitted(session, upload):
                reminders.log_ended_draft(session, upload, now)
            uploads.discard_upload(session, upload_id=upload.id)

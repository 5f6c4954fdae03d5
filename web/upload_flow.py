"""How bytes get into an upload, and what happens when all are there.

1. Lock the upload, then look where it stands: a part begins there or is refused.
2. As soon as the envelope's prefix is whole, judge it as any bid's (`uploads.check_prefixes`); a wrong envelope is
   given up at once.
3. Write and hash what comes; make it safe; only then promise it.
4. When all is there, compare both digests, give the file its place among the objects, and note that it lies there.

A process that dies anywhere leaves an upload that goes on from its last promised byte.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from accounts.duties import Actor
from crypto.envelope_prefix import EnvelopePrefix
from kernel.errors import BadInput, MalformedEnvelope, Refused, UploadBusy, WrongChecksum, WrongOffset
from storage.adapters import Adapters
from storage.drafts import DraftWriter
from storage.objects import StoredObject
from tender.actions import uploads
from tender.drafts import Arriving, Progress, Work
from tender.records import UploadRecord
from web.tus_protocol import Part

HASHERS = ThreadPoolExecutor(os.cpu_count() or 1, "hash")
PROMISERS = ThreadPoolExecutor(8, "promise")
"""Hash payloads while their files are hashed: hashing is what takes longest, and it leaves the interpreter free.
The others make uploads safe while more of them comes."""


@dataclass(frozen=True)
class Stand:
    """Where an upload stands after a part."""

    received: int
    is_stored: bool


class Appending:
    """One part on its way into one upload; its methods are called one after the other, from any thread."""

    def __init__(self, adapters: Adapters, actor: Actor, upload_id: str, part: Part) -> None:
        self._adapters, self._actor, self._upload_id, self._part = adapters, actor, upload_id, part
        self._held = ExitStack()
        self._upload: UploadRecord
        self._arriving: Arriving
        self._writer: DraftWriter
        self._promised = part.offset
        self._promising: Future[None] | None = None
        self._hasher: Any = part.checksum.hasher() if part.checksum else None

    def begin(self) -> None:
        """Lock the upload and see that the part begins where it stands."""
        self._look()
        area = self._adapters.drafts
        self._writer = self._held.enter_context(
            area.writing(self._upload_id, self._part.offset, self._upload.pieces)
        )
        self._look()  # nobody else moves it on from here
        self._arriving = resume(self._adapters, self._actor, self._upload)

    def _look(self) -> None:
        with self._adapters.database.reading() as session:
            now = self._adapters.clock.now()
            upload = uploads.own_upload(session, actor=self._actor, upload_id=self._upload_id, now=now)
        if upload.direct:
            raise Refused(rule="one way for an upload", why="this one goes straight to the object store")
        if upload.received != self._part.offset:
            raise WrongOffset(received=upload.received, offset=self._part.offset)
        self._upload = upload

    def take(self, data: bytes) -> None:
        """Check, hash and write the next bytes."""
        try:
            self._arriving.take(data, side_by_side)
        except (BadInput, Refused):
            self._give_up()
            raise
        if self._hasher:
            self._hasher.update(data)
        self._writer.write(data)
        # A part with a checksum is promised as a whole or not at all.
        ahead = self._arriving.received - self._promised
        if not self._hasher and ahead >= self._adapters.drafts.checkpoint_bytes:
            self._promise_meanwhile()

    def _promise_meanwhile(self) -> None:
        """Make safe and promise what has come, while more comes where the area allows it."""
        if not self._adapters.drafts.secures_beside:
            self._promise(self._arriving.progress())
        elif self._promising is None or self._promising.done():
            self._settle()
            self._promising = PROMISERS.submit(self._promise, self._arriving.progress())

    def _settle(self) -> None:
        promising, self._promising = self._promising, None
        if promising is not None:
            promising.result()

    def finish(self, *, is_cut: bool) -> Stand:
        """Keep what came; of a part with a checksum only when it is whole and right."""
        self._settle()
        if self._hasher and is_cut:
            return Stand(self._promised, is_stored=False)
        checksum = self._part.checksum
        if checksum and self._hasher.digest() != checksum.value:
            raise WrongChecksum(algorithm=checksum.algorithm, offset=self._part.offset)
        if self._arriving.received > self._promised:
            self._promise(self._arriving.progress())
        if self._arriving.received < self._upload.size:
            return Stand(self._promised, is_stored=False)
        self._complete()
        return Stand(self._promised, is_stored=True)

    def _promise(self, progress: Progress) -> None:
        pieces = self._writer.secure()
        with self._adapters.database.transaction() as session:
            uploads.advance(
                session,
                upload_id=self._upload_id,
                begun_at_byte=self._promised,
                progress=progress,
                pieces=pieces,
                now=self._adapters.clock.now(),
            )
        self._promised, self._upload.pieces = progress.received, list(pieces)

    def _complete(self) -> None:
        if self._upload.stored_at is None:
            try:
                self._arriving.check_whole()
            except BadInput:
                self._give_up()
                raise
            store(self._adapters, self._upload)

    def _give_up(self) -> None:
        self.close()
        drop(self._adapters, self._upload_id)

    def close(self) -> None:
        """Let others write."""
        if self._promising is not None:
            wait([self._promising])
        self._held.close()


def side_by_side(first: Work, second: Work) -> None:
    """Do both at the same time."""
    waiting = HASHERS.submit(first)
    second()
    waiting.result()


def resume(adapters: Adapters, actor: Actor, upload: UploadRecord) -> Arriving:
    """An upload's hashing where it stopped; the last unfinished parts are read again."""

    def reread(start: int, end: int) -> bytes:
        if start >= end:
            return b""
        with adapters.drafts.open(upload.id, upload.pieces, start, end) as file:
            return file.read()

    def check(prefixes: Sequence[EnvelopePrefix]) -> None:
        judge(adapters, actor, upload, prefixes)

    return Arriving(upload.size, upload.digest, uploads.progress_of(upload), reread, check)


def judge(adapters: Adapters, actor: Actor, upload: UploadRecord, prefixes: Sequence[EnvelopePrefix]) -> None:
    """The same rules as for a bid that is sent in one stream."""
    with adapters.database.reading() as session:
        window = uploads.check_prefixes(
            session, actor=actor, upload=upload, prefixes=prefixes, now=adapters.clock.now()
        )
    end = sum(prefix.total_size for prefix in prefixes)
    if len(prefixes) == len(window.kinds) and end != upload.size:
        raise MalformedEnvelope(why=f"{upload.size} bytes were announced, its header says {end}")


def store(adapters: Adapters, upload: UploadRecord) -> None:
    """Give a whole and checked upload its place among the objects; harmless when it has one."""
    adapters.drafts.keep(upload.id, upload.pieces, StoredObject(upload.digest, upload.size))
    with adapters.database.transaction() as session:
        uploads.mark_stored(session, upload_id=upload.id, now=adapters.clock.now())
    adapters.drafts.drop(upload.id)


def drop(adapters: Adapters, upload_id: str) -> None:
    """Give an upload up: its bytes first, then its row, so that no bytes are left without one.

    Raises:
        UploadBusy: it is still being written to.
    """
    adapters.drafts.drop(upload_id)
    with adapters.database.transaction() as session:
        uploads.discard_upload(session, upload_id=upload_id)


def complete(adapters: Adapters, actor: Actor, upload: UploadRecord) -> UploadRecord:
    """Do what a crash kept from being done after the last byte: check and store the whole."""
    if upload.stored_at is not None or upload.received < upload.size or upload.direct:
        return upload
    try:
        resume(adapters, actor, upload).check_whole()
    except BadInput:
        drop(adapters, upload.id)
        raise
    except (FileNotFoundError, UploadBusy) as error:  # another request has just done it
        raise UploadBusy() from error
    store(adapters, upload)
    upload.stored_at = adapters.clock.now()
    return upload

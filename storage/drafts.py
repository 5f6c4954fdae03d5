"""Where the bytes of an upload lie until it is whole: never promised before they are safe, never read by others.

`LocalDrafts` keeps one file for each upload. Whoever writes holds its lock, which ends with the process; a whole
file is handed over to the objects by its name, so it is written once. What lies behind the promised byte after a crash
is written over. `S3Drafts` is its twin for a site (storage/s3_drafts.py).
"""

import fcntl
import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from kernel.errors import Unavailable, UploadBusy
from kernel.window import window
from storage.local_objects import LocalObjects
from storage.objects import StoredObject

ORPHAN_SECONDS = 24 * 3600  # a file that no upload knows is removed after a day
Pieces = Sequence[Any]
"""What the area itself wants remembered of an upload."""


class DraftWriter(Protocol):
    """Adds bytes to one upload."""

    def write(self, data: bytes) -> None:
        """Add bytes; they are not safe yet."""
        ...

    def secure(self) -> Pieces:
        """Make safe what was added; only then may it be promised."""
        ...


class Drafts(Protocol):
    """The area of uploads that are not whole yet."""

    checkpoint_bytes: int
    """after so many bytes a writer should make them safe"""
    secures_beside: bool
    """whether a writer may make safe what has come while more is written"""

    def writing(self, upload_id: str, offset: int, pieces: Pieces) -> AbstractContextManager[DraftWriter]:
        """Write from a byte on.

        Raises:
            UploadBusy: another request is writing.
        """
        ...

    def is_free(self, upload_id: str) -> bool:
        """Whether nobody is writing; a writer whose line has just broken still keeps what had come."""
        ...

    def open(self, upload_id: str, pieces: Pieces, start: int, end: int) -> AbstractContextManager[BinaryIO]:
        """The safe bytes from `start` up to, not including, `end`."""
        ...

    def keep(self, upload_id: str, pieces: Pieces, whole: StoredObject) -> None:
        """Put a whole and checked upload among the objects, under its digest; the draft stays until `drop`."""
        ...

    def drop(self, upload_id: str) -> None:
        """Remove what there is of an upload; harmless when there is nothing."""
        ...

    def sweep(self, known: Collection[str]) -> int:
        """Remove what no upload knows and nobody has touched for a day; returns how many."""
        ...


class LocalDrafts:
    """Uploads as files in a folder."""

    checkpoint_bytes = 16 << 20
    secures_beside = True

    def __init__(self, folder: Path, objects: LocalObjects) -> None:
        self._folder, self._objects = folder, objects

    @contextmanager
    def writing(self, upload_id: str, offset: int, pieces: Pieces) -> Iterator[DraftWriter]:
        """Write from a byte on, alone."""
        with _disk():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._path(upload_id)
            is_new = not path.exists()
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UploadBusy() from None
            if is_new:
                self._sync_folder()
            with _disk():
                os.lseek(descriptor, offset, os.SEEK_SET)
            yield _LocalWriter(descriptor)
        finally:
            os.close(descriptor)

    def is_free(self, upload_id: str) -> bool:
        """Whether the lock could be had."""
        try:
            with self._path(upload_id).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except FileNotFoundError:
            pass
        return True

    @contextmanager
    def open(self, upload_id: str, pieces: Pieces, start: int, end: int) -> Iterator[BinaryIO]:
        """The safe bytes of a stretch."""
        if start >= end:
            yield window(lambda _: b"", 0)
            return
        with _disk():
            file = self._path(upload_id).open("rb")
        with file:
            file.seek(start)
            yield window(file.read, end - start)

    def keep(self, upload_id: str, pieces: Pieces, whole: StoredObject) -> None:
        """Give the file its name among the objects."""
        self._objects.adopt(self._path(upload_id), whole)

    def drop(self, upload_id: str) -> None:
        """Remove the file."""
        with suppress(FileNotFoundError), _disk():
            self._path(upload_id).unlink()

    def sweep(self, known: Collection[str]) -> int:
        """Remove files that no upload knows."""
        swept = 0
        for path in self._folder.iterdir() if self._folder.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.name not in known and time.time() - path.stat().st_mtime > ORPHAN_SECONDS:
                    path.unlink()
                    swept += 1
        return swept

    def _path(self, upload_id: str) -> Path:
        return self._folder / upload_id

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _LocalWriter:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Add bytes."""
        view = memoryview(data)
        while view:
            with _disk():
                view = view[os.write(self._descriptor, view) :]

    def secure(self) -> Pieces:
        """Sync the file."""
        with _disk():
            os.fdatasync(self._descriptor)
        return ()


@contextmanager
def _disk() -> Iterator[None]:
    """A failing or full disk is not the sender's fault: say that trying again may help."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable(what="The object store") from error

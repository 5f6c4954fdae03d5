"""The object store on a folder: for development, tests and small sites. It has no lock against its owner.

What makes an answered put survive a power cut, with no sync more than needed:
(1) the bytes are synced before they get their name, so a name never stands for half an object;
(2) the folder of the name is synced before the answer, so an answered object cannot lose its name.
"""

import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from kernel.errors import NotFound, Unavailable
from kernel.window import window
from storage.intake import Intake, StoredObject

STALE_SECONDS = 24 * 3600  # an upload that wrote nothing for a day lost its process
log = logging.getLogger(__name__)


class LocalObjects:
    """Objects as read-only files named by their digest, spread over 256 folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._make_folders()
        self.sweep()
        log.info("objects are kept in %s, without object lock", folder)

    def put_once(
        self, stream: Iterable[bytes] | BinaryIO, *, expected: bytes | None, limit_bytes: int
    ) -> StoredObject:
        """Store the bytes under their digest; an object that is there already stays as it is."""
        intake = Intake(stream, limit_bytes)
        temporary = self._incoming / uuid4().hex
        try:
            with _disk():
                file = os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb")
            with file:
                for chunk in intake:
                    with _disk():
                        file.write(chunk)
                stored = intake.finish(expected)
                with _disk():
                    self._keep(file, temporary, self._path(stored.digest))
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        return stored

    def adopt(self, path: Path, whole: StoredObject) -> None:
        """Give a checked file on the same disk its name here too; whoever made it removes its first name.

        Nobody may write to it any more. An object that is there already stays as it is.
        """
        with _disk():
            target = self._path(whole.digest)
            if not target.exists():
                path.chmod(0o600)  # an attempt that a crash ended may have locked it
                descriptor = os.open(path, os.O_RDWR)
                try:
                    os.ftruncate(descriptor, whole.size)  # what a crash left behind the last promised byte
                    os.fchmod(descriptor, 0o400)
                    os.fsync(descriptor)  # (1)
                finally:
                    os.close(descriptor)
                with suppress(FileExistsError):
                    os.link(path, target)
            _sync_folder(target.parent)  # (2)

    def _keep(self, file: BinaryIO, temporary: Path, path: Path) -> None:
        file.flush()
        if path.exists():
            temporary.unlink()
        else:
            os.fsync(file.fileno())  # (1)
            temporary.rename(path)
        # Also for an object that another put has just named and not yet synced.
        _sync_folder(path.parent)  # (2)

    @contextmanager
    def open(self, digest: bytes, start: int = 0, end: int | None = None) -> Iterator[BinaryIO]:
        """The bytes from `start` up to, not including, `end`.

        Raises:
            NotFound: there is no such object.
        """
        try:
            file = self._path(digest).open("rb")
        except FileNotFoundError:
            raise NotFound(what="object", id=digest.hex()) from None
        with file:
            file.seek(start)
            yield file if end is None else window(file.read, max(0, end - start))

    def stat(self, digest: bytes) -> StoredObject | None:
        """What is stored under a digest, if anything is."""
        try:
            return StoredObject(digest, self._path(digest).stat().st_size)
        except FileNotFoundError:
            return None

    def sweep(self) -> int:
        """Remove what uploads left behind whose process died; returns how many."""
        swept = 0
        for temporary in self._incoming.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - temporary.stat().st_mtime > STALE_SECONDS:
                    temporary.unlink()
                    swept += 1
        return swept

    def _path(self, digest: bytes) -> Path:
        key = digest.hex()
        return self._folder / key[:2] / key

    def _make_folders(self) -> None:
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        missing = [self._folder / f"{n:02x}" for n in range(256) if not (self._folder / f"{n:02x}").is_dir()]
        for folder in missing:
            folder.mkdir(exist_ok=True, mode=0o700)
        if missing:
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)


@contextmanager
def _disk() -> Iterator[None]:
    """A failing disk is not the sender's fault: say that trying again may help."""
    try:
        yield
    except OSError as error:
        raise Unavailable(what="The object store") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

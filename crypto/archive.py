"""What is inside an envelope: one deterministic archive of bid.json and the bid's files, padded to a size class.

    magic || uint32 manifest length || canonical manifest || bytes of bid.json || bytes of the other files || zeros

bid.json comes first, the others follow in the order of their names' bytes: the same files give the same archive.
Reading checks names, sizes, hashes and padding. Format: docs/formats/sealed-envelope.md, section "Archive".
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any, BinaryIO

from crypto.archive_names import check_names
from crypto.canonical import canonical, read_canonical
from crypto.envelope_prefix import MAGIC as ENVELOPE_MAGIC
from crypto.parts_digest import read_fully
from kernel.errors import BadInput, DoubleSealed, MalformedEnvelope

MAGIC = b"mingtang-archive/v1\n"
BID_NAME = "bid.json"
FIXED_BYTES = len(MAGIC) + 4
LEAST_BYTES = 16 * 1024
MAX_MANIFEST_BYTES = 4 << 20
MAX_BID_BYTES = 16 << 20
CHUNK_BYTES = 256 * 1024
HEX_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class ArchiveFile:
    """A file that goes into an archive; `open` gives its bytes from the start, each time it is called."""

    name: str
    size: int
    sha256: str
    open: Callable[[], BinaryIO] = field(repr=False, compare=False)


@dataclass
class ArchiveEntry:
    """A file that comes out of an archive; its bytes are there until the next entry is asked for."""

    name: str
    size: int
    sha256: str
    _source: BinaryIO = field(repr=False)
    _left: int = field(default=-1, repr=False)

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces of at most 256 KiB; the last piece comes only when the whole file is right.

        Raises:
            MalformedEnvelope: the bytes do not have the size or hash of the manifest.
            DoubleSealed: the file is an envelope itself.
        """
        if self._left >= 0:
            raise RuntimeError("internal: the bytes of an entry can be read once")
        self._left, hasher = self.size, sha256()
        while self._left:
            chunk = read_fully(self._source, min(self._left, CHUNK_BYTES))
            if not chunk:
                raise MalformedEnvelope(why="the archive is cut off")
            if self._left == self.size:
                _check_not_sealed(chunk)
            hasher.update(chunk)
            self._left -= len(chunk)
            if not self._left:
                self._check(hasher.hexdigest())
            yield chunk
        if not self.size:
            self._check(hasher.hexdigest())

    def read(self) -> bytes:
        """All bytes; only for files known to be small."""
        return b"".join(self.chunks())

    def _check(self, digest: str) -> None:
        if digest != self.sha256:
            raise MalformedEnvelope(why="a file in the archive does not have the hash of its manifest")


def bytes_file(name: str, data: bytes) -> ArchiveFile:
    """A file whose bytes are at hand."""
    return ArchiveFile(name, len(data), sha256(data).hexdigest(), lambda: io.BytesIO(data))


def stream_file(name: str, open: Callable[[], BinaryIO]) -> ArchiveFile:
    """A file that is read through once now, for its size and hash, and again when the archive is read."""
    hasher, size = sha256(), 0
    with open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            hasher.update(chunk)
            size += len(chunk)
    return ArchiveFile(name, size, hasher.hexdigest(), open)


def padded_size(size: int) -> int:
    """The size class: at least 16 KiB, then Padmé, which costs at most 12 % and hides all but a few bits."""
    if size <= LEAST_BYTES:
        return LEAST_BYTES
    exponent = size.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (size + mask) & ~mask


def archive_size(files: Sequence[ArchiveFile]) -> int:
    """The size of the archive of these files, padding included."""
    return padded_size(FIXED_BYTES + len(_manifest(_ordered(files))) + sum(file.size for file in files))


def open_archive(files: Sequence[ArchiveFile]) -> BinaryIO:
    """The archive of these files as a stream to read once, without a copy on disk.

    Raises:
        BadInput: bid.json is missing, a name cannot be used, or (while reading) a file has changed meanwhile.
        DoubleSealed: a file is an envelope already.
    """
    ordered = _ordered(files)
    return io.BufferedReader(_ChunkReader(_archive_chunks(ordered)), CHUNK_BYTES)


def write_archive(files: Sequence[ArchiveFile], target: BinaryIO) -> int:
    """Write the archive of these files and give its size."""
    size = 0
    for chunk in _archive_chunks(_ordered(files)):
        size += target.write(chunk)
    return size


def file_starts(files: Sequence[tuple[str, int, str]]) -> list[int]:
    """Where each file begins in the archive that lists these names, sizes and hashes in this order."""
    items = [{"name": name, "size": size, "sha256": digest} for name, size, digest in files]
    start = FIXED_BYTES + len(canonical({"v": 1, "files": items}))
    starts = []
    for _, size, _ in files:
        starts.append(start)
        start += size
    return starts


def read_archive(source: BinaryIO) -> Iterator[ArchiveEntry]:
    """Go through an archive, bid.json first; what an entry's reader leaves unread is read and checked here.

    Nothing is proven whole before the iteration ends without an error.

    Raises:
        MalformedEnvelope: not an archive in its one right form.
        DoubleSealed: a file is an envelope itself.
    """
    start = read_fully(source, FIXED_BYTES)
    if start.startswith(ENVELOPE_MAGIC):
        raise DoubleSealed(why="the sealed content is an envelope")
    if len(start) < FIXED_BYTES or not start.startswith(MAGIC):
        raise MalformedEnvelope(why="the sealed content is not a bid archive")
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if length > MAX_MANIFEST_BYTES:
        raise MalformedEnvelope(why=f"the manifest is longer than {MAX_MANIFEST_BYTES} bytes")
    size = FIXED_BYTES + length
    for item in _read_manifest(read_fully(source, length)):
        entry = ArchiveEntry(item["name"], item["size"], item["sha256"], source)
        yield entry
        _drain(entry)
        size += entry.size
    _check_padding(source, padded_size(size) - size)


def _ordered(files: Sequence[ArchiveFile]) -> list[ArchiveFile]:
    ordered = sorted(files, key=lambda file: _order(file.name))
    if not ordered or ordered[0].name != BID_NAME:
        raise BadInput(where="archive", why="bid.json is missing")
    check_names([file.name for file in ordered])
    if ordered[0].size > MAX_BID_BYTES or len(_manifest(ordered)) > MAX_MANIFEST_BYTES:
        raise BadInput(where="archive", why="bid.json or the list of files is too long")
    return ordered


def _order(name: str) -> tuple[bool, bytes]:
    return name != BID_NAME, name.encode("utf-8", "surrogatepass")


def _manifest(files: Sequence[ArchiveFile]) -> bytes:
    items = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files]
    return canonical({"v": 1, "files": items})


def _archive_chunks(files: Sequence[ArchiveFile]) -> Iterator[bytes]:
    manifest = _manifest(files)
    yield MAGIC + len(manifest).to_bytes(4, "big") + manifest
    size = FIXED_BYTES + len(manifest)
    for file in files:
        yield from _file_chunks(file)
        size += file.size
    padding = padded_size(size) - size
    while padding:
        piece = min(padding, CHUNK_BYTES)
        yield bytes(piece)
        padding -= piece


def _file_chunks(file: ArchiveFile) -> Iterator[bytes]:
    """The bytes of a file, hashed once more: a bid sealed with a wrong hash could never be opened."""
    with file.open() as stream:
        entry = ArchiveEntry(file.name, file.size, file.sha256, stream)
        try:
            yield from entry.chunks()
        except DoubleSealed:
            raise
        except MalformedEnvelope:
            raise BadInput(where="archive", why="a file changed while it was sealed") from None
        if stream.read(1):
            raise BadInput(where="archive", why="a file changed while it was sealed")


def _read_manifest(data: bytes) -> list[dict[str, Any]]:
    try:
        manifest = read_canonical(data)
        if set(manifest) != {"v", "files"} or type(manifest["v"]) is not int or manifest["v"] != 1:
            raise BadInput(where="manifest", why="it is not of version 1")
        files: list[dict[str, Any]] = manifest["files"]
        for item in files:
            _check_item(item)
        names = [item["name"] for item in files]
        check_names(names)
    except (BadInput, TypeError, KeyError, AttributeError) as error:
        why = (
            str(error)
            if isinstance(error, BadInput)
            else "its manifest does not have the fields of version 1"
        )
        raise MalformedEnvelope(why=why) from None
    if not names or names[0] != BID_NAME or any(_order(a) > _order(b) for a, b in pairwise(names)):
        raise MalformedEnvelope(why="bid.json must come first and the other names in order")
    if files[0]["size"] > MAX_BID_BYTES:
        raise MalformedEnvelope(why=f"bid.json is longer than {MAX_BID_BYTES} bytes")
    return files


def _check_item(item: dict[str, Any]) -> None:
    if set(item) != {"name", "size", "sha256"} or type(item["size"]) is not int or item["size"] < 0:
        raise BadInput(where="manifest", why="a file needs exactly name, size and sha256")
    if not HEX_DIGEST.fullmatch(item["sha256"]):
        raise BadInput(where="manifest", why="a hash has 64 lower-case hex digits")


def _drain(entry: ArchiveEntry) -> None:
    if entry._left < 0:
        for _ in entry.chunks():
            pass
    elif entry._left:
        raise RuntimeError("internal: read all bytes of an entry, or none")


def _check_padding(source: BinaryIO, padding: int) -> None:
    while padding:
        chunk = read_fully(source, min(padding, CHUNK_BYTES))
        if not chunk or chunk.count(0) != len(chunk):
            raise MalformedEnvelope(why="the padding of the archive is cut off or not zero")
        padding -= len(chunk)
    if source.read(1):
        raise MalformedEnvelope(why="the archive goes on after its end")


def _check_not_sealed(first_chunk: bytes) -> None:
    if first_chunk.startswith(ENVELOPE_MAGIC):
        raise DoubleSealed(why="one of the files is an envelope already")


class _ChunkReader(io.RawIOBase):
    """A stream over an iterator of byte chunks."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        piece = self._rest[: len(buffer)]
        buffer[: len(piece)] = piece
        self._rest = self._rest[len(piece) :]
        return len(piece)

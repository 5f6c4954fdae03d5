"""What a document says of its own making: metadata and text of PDF, DOCX, XLSX and plain text files.

Bytes in, values out; a file that cannot be read is a value with its reason. Hostile files may still cost time and
memory or break a library in a way of their own: the caller runs this in a process with limits (worker/reader.py).
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from evaluation.collusion.facts import PASSAGES, TEXT_LIMIT, Mark, marks_of

FILE_LIMIT = 64 << 20  # bytes of one file
UNPACKED_LIMIT = 256 << 20  # bytes that an Office file may unpack to, all parts together
PART_LIMIT = 32 << 20  # bytes of the one part that is read
LETTERS = 4_000_000  # characters of the text of one file
PAGES = 400  # pages of a PDF whose text is read
RSIDS = 300  # revision marks of one Word file that are kept

REASONS = ("broken", "encrypted", "large", "unpacks", "old", "archive", "slow", "memory", "budget")
"""Why a file could not be read: broken, encrypted, too large, unpacks to too much, an old or encrypted Office file,
an archive of other files, too slow, too much memory, or the time for the whole bid was used up."""

PDF, ZIP, OLE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_ENDINGS = (".txt", ".md")
SENTENCE_END = ("。", "！", "？", "；", ".", "!", "?", ";", ":", "：")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CORE = {  # local name in docProps/core.xml or app.xml: kind of mark
    "creator": "author",
    "lastModifiedBy": "author",
    "created": "created",
    "Company": "company",
    "Application": "tool",
}
PDF_INFO = {
    "/Author": "author",
    "/Creator": "tool",
    "/Producer": "tool",
    "/CreationDate": "created",
    "/Company": "company",
}


class Unreadable(Exception):
    """The file gives nothing, for a reason of REASONS."""


@dataclass(frozen=True)
class FileFacts:
    """What one file tells."""

    marks: tuple[Mark, ...] = ()
    passages: tuple[str, ...] = field(default=(), repr=False)
    why_unread: str = ""


def is_document(name: str, data_start: bytes) -> bool:
    """Whether the file is of a kind that is read; pictures and unknown kinds are not, and that says nothing."""
    return data_start.startswith((PDF, ZIP, OLE)) or name.casefold().endswith(TEXT_ENDINGS)


def needs_library(data_start: bytes) -> bool:
    """Whether reading it runs code that a hostile file may break."""
    return data_start.startswith((PDF, ZIP, OLE))


def read_marks(name: str, data: bytes) -> FileFacts:
    """The marks of one file; quick also for long files."""
    return _attempt(name, data, _marks)


def read_passages(name: str, data: bytes) -> FileFacts:
    """The text of one file in passages: paragraphs, cells, or lines joined up to the end of a sentence."""
    return _attempt(name, data, _passages)


def _attempt(name: str, data: bytes, read: Callable[[str, bytes], FileFacts]) -> FileFacts:
    if len(data) > FILE_LIMIT:
        return FileFacts(why_unread="large")
    try:
        return read(name, data)
    except Unreadable as error:
        return FileFacts(why_unread=str(error))
    except MemoryError:
        return FileFacts(why_unread="memory")
    except (PyPdfError, zipfile.BadZipFile, etree.LxmlError):
        return FileFacts(why_unread="broken")


def _marks(name: str, data: bytes) -> FileFacts:
    if data.startswith(PDF):
        return FileFacts(_pdf_marks(name, data))
    if data.startswith(ZIP):
        return FileFacts(_office_marks(name, data))
    if data.startswith(OLE):
        raise Unreadable("old")
    return FileFacts()


def _passages(name: str, data: bytes) -> FileFacts:
    if data.startswith(PDF):
        return FileFacts(passages=cut(pdf_passages(data)))
    if data.startswith(ZIP):
        return FileFacts(passages=cut(_office_passages(data)))
    if data.startswith(OLE):
        raise Unreadable("old")
    return FileFacts(passages=cut(plain_text(data).splitlines()))


def cut(lines: Iterator[str] | list[str]) -> tuple[str, ...]:
    """At most PASSAGES passages of at most TEXT_LIMIT characters and LETTERS in all, without empty ones."""
    found: list[str] = []
    room = LETTERS
    for line in lines:
        if text := " ".join(line.split())[:TEXT_LIMIT]:
            found.append(text.encode("utf-8", "replace").decode())  # a lone surrogate could not be kept
            room -= len(text)
        if len(found) == PASSAGES or room <= 0:
            break
    return tuple(found)


def plain_text(data: bytes) -> str:
    """Text as UTF-8 or else as GB 18030, which older Chinese programs write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _pdf(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted")
    return reader


def _pdf_marks(name: str, data: bytes) -> tuple[Mark, ...]:
    reader = PdfReader(io.BytesIO(data), strict=False)
    pairs: list[tuple[str, object]] = []
    first_id = reader.trailer.get("/ID")
    if first_id:
        text = first_id.get_object()[0]
        raw = text.original_bytes if hasattr(text, "original_bytes") else bytes(text)
        if len(set(raw)) > 4:  # some programs write zeros
            pairs.append(("pdf_id", raw.hex()))
    if reader.is_encrypted and not reader.decrypt(""):
        return marks_of(pairs, name)  # the id stands outside the encryption
    for key, value in (reader.metadata or {}).items():
        if kind := PDF_INFO.get(key):
            pairs.append((kind, str(value)))
    return marks_of(pairs, name)


def pdf_passages(data: bytes) -> Iterator[str]:
    """The text of a PDF, page by page, its lines joined to sentences; at most PAGES pages."""
    for number, page in enumerate(_pdf(data).pages):
        if number == PAGES:
            return
        yield from _joined(page.extract_text().splitlines())


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines of a page put together again up to the end of a sentence, or an empty line."""
    held: list[str] = []
    for line in lines:
        stripped = line.strip()
        if stripped:
            held.append(stripped)
        if held and (not stripped or stripped.endswith(SENTENCE_END)):
            yield "".join(held)
            held = []
    if held:
        yield "".join(held)


def office_parts(data: bytes) -> zipfile.ZipFile:
    """An Office file as a package; raises Unreadable when it is none, is encrypted or unpacks to too much."""
    package = zipfile.ZipFile(io.BytesIO(data))
    if sum(part.file_size for part in package.infolist()) > UNPACKED_LIMIT:
        raise Unreadable("unpacks")
    if any(part.flag_bits & 1 for part in package.infolist()):
        raise Unreadable("encrypted")
    if "[Content_Types].xml" not in package.namelist():
        raise Unreadable("archive")
    return package


def office_xml(package: zipfile.ZipFile, part: str) -> Any:
    """One part as an XML element, None where there is none; entities are never resolved, nothing is fetched."""
    if part not in package.namelist():
        return None
    if package.getinfo(part).file_size > PART_LIMIT:
        raise Unreadable("unpacks")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(package.read(part), parser)


def _office_marks(name: str, data: bytes) -> tuple[Mark, ...]:
    with office_parts(data) as package:
        pairs: list[tuple[str, object]] = []
        for part in ("docProps/core.xml", "docProps/app.xml"):
            root = office_xml(package, part)
            for element in root.iterchildren(tag=etree.Element) if root is not None else ():
                if kind := CORE.get(etree.QName(element).localname):
                    pairs.append((kind, element.text or ""))
        settings = office_xml(package, "word/settings.xml")
        if settings is not None:
            values = [e.get(f"{WORD}val") or "" for e in settings.iter(f"{WORD}rsidRoot", f"{WORD}rsid")]
            pairs += [("rsid", value.upper()) for value in values[:RSIDS] if value.strip("0")]
    return marks_of(pairs, name)


def _office_passages(data: bytes) -> Iterator[str]:
    with office_parts(data) as package:
        document = office_xml(package, "word/document.xml")
        if document is not None:
            for paragraph in document.iter(f"{WORD}p"):
                yield "".join(text.text or "" for text in paragraph.iter(f"{WORD}t"))
        for part in sorted(package.namelist()):
            if part == "xl/sharedStrings.xml" or part.startswith("xl/worksheets/sheet"):
                for entry in office_xml(package, part).iter(f"{SHEET}si", f"{SHEET}is"):
                    yield "".join(text.text or "" for text in entry.iter(f"{SHEET}t"))

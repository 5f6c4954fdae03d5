"""One file of a blind technical part: the marks in its text, its headers and footers, its metadata, and its pictures.

Reads as the search for collusion does (collusion/forensics.py), and what that leaves out: headers and footers.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from evaluation.blind import IdentifyingMark, strike_marks
from evaluation.collusion.forensics import PAGES, PART_LIMIT, PDF, WORD, ZIP, read_marks, read_passages

TELLING = ("author", "company")
"""kinds of metadata that name somebody"""
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".svg", ".webp", ".emf", ".wmf")
MARGINS = ("word/header", "word/footer", "word/footnotes", "word/comments")


@dataclass(frozen=True)
class FoundMark:
    """A mark with its place: `text` with the passage's number, `margin`, `metadata`, or `name` of the file."""

    place: str
    number: int
    kind: str
    found: str


@dataclass(frozen=True)
class BlindFile:
    """What one file would tell about its bidder."""

    name: str
    marks: tuple[FoundMark, ...]
    pictures: int
    why_unread: str = ""


def look_at(name: str, data: bytes, known: Iterable[str]) -> BlindFile:
    """Look for identifying marks in one file; what cannot be read is a value with its reason."""
    names = tuple(known)
    if name.casefold().endswith(PICTURES):
        return BlindFile(name, tuple(in_texts("name", [name], names)), 1)
    text, meta = read_passages(name, data), read_marks(name, data)
    margins, pictures = beside_the_text(data)
    marks = [
        *in_texts("name", [name], names),
        *in_texts("text", text.passages, names),
        *in_texts("margin", margins, names),
        *(FoundMark("metadata", 0, one.kind, one.value) for one in meta.marks if one.kind in TELLING),
    ]
    return BlindFile(name, tuple(marks), pictures, text.why_unread or meta.why_unread)


def in_texts(place: str, texts: Iterable[str], known: tuple[str, ...]) -> Iterator[FoundMark]:
    """The marks of several texts, each with the number of its text."""
    for number, text in enumerate(texts, start=1):
        marks: tuple[IdentifyingMark, ...] = strike_marks(text, known)[1]
        for mark in marks:
            yield FoundMark(place, number, mark.kind, mark.found)


def beside_the_text(data: bytes) -> tuple[list[str], int]:
    """Headers, footers, footnotes and comments of a Word file, and how many pictures a file holds."""
    try:
        if data.startswith(ZIP):
            return _word_margins(data)
        if data.startswith(PDF):
            return [], sum(_pdf_pictures(data))
    except (PyPdfError, zipfile.BadZipFile, etree.LxmlError, ValueError, KeyError, RuntimeError):
        pass  # the reader of the text says why the file cannot be read
    return [], 0


def _word_margins(data: bytes) -> tuple[list[str], int]:
    texts: list[str] = []
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        for part in parts:
            if part.filename.startswith(MARGINS) and part.filename.endswith(".xml"):
                if part.file_size > PART_LIMIT:
                    continue
                parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
                root = etree.fromstring(package.read(part), parser)
                for paragraph in root.iter(f"{WORD}p"):
                    texts.append("".join(text.text or "" for text in paragraph.iter(f"{WORD}t")))
    pictures = sum("/media/" in part.filename for part in parts)
    return texts, pictures


def _pdf_pictures(data: bytes) -> Iterator[int]:
    for page in PdfReader(io.BytesIO(data)).pages[:PAGES]:
        resources = page.get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        if objects is not None:
            held = objects.get_object().values()
            yield sum(one.get_object().get("/Subtype") == "/Image" for one in held)

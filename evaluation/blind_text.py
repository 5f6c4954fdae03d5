"""The text of one file of a technical part, ready for a fixed layout: blocks without marks, and what was found.

A block is one paragraph, or one row of a table with its cells. Headers, footers, comments, pictures and every layout
are left out: they are what tells bidders apart. Bytes in, values out; run it where collusion/forensics.py is run.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pypdf.errors import PyPdfError

from evaluation.blind import names_of, strike_folded
from evaluation.blind_files import PICTURES, TELLING, FoundMark, beside_the_text, in_texts
from evaluation.collusion.forensics import (
    FILE_LIMIT,
    OLE,
    PDF,
    TEXT_ENDINGS,
    WORD,
    ZIP,
    Unreadable,
    office_parts,
    office_xml,
    pdf_passages,
    plain_text,
    read_marks,
)

Block = tuple[str, ...]
FOLDERS = ("technical/", "技术/")
LETTERS = 500_000  # characters of one bid; what is beyond is left out, and that is said
KINDS = ("word", "pdf", "text", "picture", "other")


@dataclass(frozen=True)
class BlindText:
    """What one file gives: blocks with the marks struck out, the marks, and how many pictures are withheld."""

    blocks: tuple[Block, ...] = ()
    marks: tuple[FoundMark, ...] = ()
    pictures: int = 0
    why_unread: str = ""


def is_technical(name: str) -> bool:
    """Whether a file of a bid belongs to the blind part."""
    return name.casefold().startswith(FOLDERS)


def kind_of(name: str, data_start: bytes) -> str:
    """The kind of a file, for who may not see its name."""
    if data_start.startswith(PDF):
        return "pdf"
    if data_start.startswith(ZIP) and name.casefold().endswith(".docx"):
        return "word"
    folded = name.casefold()
    return "picture" if folded.endswith(PICTURES) else "text" if folded.endswith(TEXT_ENDINGS) else "other"


def normalise(name: str, data: bytes, known: Iterable[str], letters: int = LETTERS) -> BlindText:
    """One file as plain blocks; what cannot be read is a value with its reason. Ends soon after so many letters."""
    names, file_name = tuple(known), name.rpartition("/")[2]
    marks = list(in_texts("name", [file_name], names))
    kind = kind_of(name, data[:8])
    if kind == "picture":
        return BlindText(marks=tuple(marks), pictures=1)
    margins, pictures = beside_the_text(data)
    marks += in_texts("margin", margins, names)
    marks += [
        FoundMark("metadata", 0, one.kind, one.value)
        for one in read_marks(name, data).marks
        if one.kind in TELLING
    ]
    try:
        blocks = _struck(_blocks(kind, data), names_of(names), marks, letters)
    except Unreadable as error:
        return BlindText((), tuple(marks), pictures, str(error))
    except (PyPdfError, zipfile.BadZipFile, etree.LxmlError):
        return BlindText((), tuple(marks), pictures, "broken")
    return BlindText(blocks, tuple(marks), pictures)


def _struck(
    blocks: Iterable[Block], names: tuple[str, ...], marks: list[FoundMark], room: int
) -> tuple[Block, ...]:
    """The blocks without marks; the marks are added to the list."""
    found = []
    for number, block in enumerate(blocks, 1):
        cells = []
        for cell in block:
            clean, struck = strike_folded(_plain(cell), names)
            marks += [FoundMark("text", number, one.kind, one.found) for one in struck]
            cells.append(clean)
        if any(cells):
            found.append(tuple(cells))
            room -= sum(map(len, cells)) + 1
        if room < 0:
            break
    return tuple(found)


def _plain(text: str) -> str:
    """A text on one line, without control characters and lone surrogates."""
    joined = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return joined.encode("utf-8", "replace").decode()


def _blocks(kind: str, data: bytes) -> Iterator[Block]:
    if len(data) > FILE_LIMIT:
        raise Unreadable("large")
    if kind == "pdf":
        return ((text,) for text in pdf_passages(data))
    if kind == "word":
        return _word_blocks(data)
    if kind == "text":
        return ((line,) for line in plain_text(data).splitlines())
    raise Unreadable("old" if data.startswith(OLE) else "kind")


def _word_blocks(data: bytes) -> Iterator[Block]:
    with office_parts(data) as package:
        document = office_xml(package, "word/document.xml")
        if document is None:
            raise Unreadable("broken")
        row, paragraph = f"{WORD}tr", f"{WORD}p"
        for element in document.iter(row, paragraph):
            # What stands inside a row or a paragraph, a table in a cell or a box of text, comes with it.
            if next(element.iterancestors(row, paragraph), None) is None:
                yield _cells(element) if element.tag == row else (_text(element),)


def _cells(row: Any) -> Block:
    cells = (cell for cell in row.iter(f"{WORD}tc") if next(cell.iterancestors(f"{WORD}tr")) is row)
    return tuple(" ".join(_text(one) for one in cell.iter(f"{WORD}p")) for cell in cells)


def _text(element: Any) -> str:
    """The text of a paragraph; a tab or a line break parts words."""
    texts = element.iter(f"{WORD}t", f"{WORD}tab", f"{WORD}br")
    return "".join(one.text or "" if one.tag == f"{WORD}t" else " " for one in texts)

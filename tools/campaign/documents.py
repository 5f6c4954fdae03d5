"""Real documents with chosen traces, made by the libraries that people use: PDF, Word, Excel, plain text."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import docx
from openpyxl import Workbook
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
)


def pdf_file(
    lines: Sequence[str],
    *,
    author: str = "",
    producer: str = "Acrobat",
    file_id: bytes = b"",
    password: str = "",
) -> bytes:
    """A PDF of one page with Latin text and metadata."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 10 Tf 14 TL 40 800 Td {shown} ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(content)
    writer.add_metadata({"/Author": author, "/Producer": producer, "/Creator": "Writer"})
    if file_id:
        writer._ID = ArrayObject([ByteStringObject(file_id), ByteStringObject(file_id[::-1])])
    if password:
        writer.encrypt(password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def word_file(
    paragraphs: Sequence[str],
    *,
    author: str = "",
    last_author: str = "",
    rsids: Sequence[str] = (),
    created: str = "",
) -> bytes:
    """A Word document with its metadata and revision marks."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    core = document.core_properties
    core.author, core.last_modified_by = author, last_author
    core.created = datetime.fromisoformat(created) if created else datetime(2013, 12, 23, 23, 15, tzinfo=UTC)
    settings = document.settings.element
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for old in settings.findall(f"{name}rsids"):
        settings.remove(old)
    held = settings.makeelement(f"{name}rsids", {})
    settings.append(held)
    for rsid in rsids:
        held.append(settings.makeelement(f"{name}rsid", {f"{name}val": rsid}))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def sheet_file(rows: Sequence[Sequence[object]], *, author: str = "", last_author: str = "") -> bytes:
    """An Excel workbook with its metadata."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.properties.creator, book.properties.lastModifiedBy = author, last_author
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

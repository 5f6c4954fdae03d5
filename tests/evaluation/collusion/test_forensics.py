"""What documents say of their making: real files of each kind, and files made to break their reader."""

import io
import zipfile

import pytest

from evaluation.collusion.facts import Mark, mark
from evaluation.collusion.forensics import REASONS, FileFacts, read_marks, read_passages
from tools.campaign.documents import pdf_file, sheet_file, word_file

TEXT = ["The contractor builds the road.", "It has two lanes and", "a bridge."]
ID = bytes(range(16))


def values(facts: FileFacts, kind: str) -> set[str]:
    return {one.value for one in facts.marks if one.kind == kind}


def test_a_pdf_tells_its_id_author_tools_and_text() -> None:
    data = pdf_file(TEXT, author="Zhang San", producer="Pricing Suite 9", file_id=ID)
    found = read_marks("offer.pdf", data)
    assert values(found, "pdf_id") == {ID.hex()}
    assert values(found, "author") == {"Zhang San"}
    assert values(found, "tool") == {"Pricing Suite 9", "Writer"}
    assert {one.where for one in found.marks} == {"offer.pdf"}
    assert read_passages("offer.pdf", data).passages == (TEXT[0], "It has two lanes anda bridge.")


def test_an_id_of_zeros_names_no_file() -> None:
    assert values(read_marks("a.pdf", pdf_file(TEXT, file_id=bytes(16))), "pdf_id") == set()


def test_a_word_file_tells_its_authors_times_revisions_and_text() -> None:
    data = word_file(
        ["施工组织设计。", "", "第二段"],
        author="张三",
        last_author="李四",
        rsids=["00a1b2c3", "00D4E5F6"],
        created="2026-10-01T08:30:11",
    )
    found = read_marks("plan.docx", data)
    assert values(found, "author") == {"张三", "李四"}
    assert values(found, "rsid") == {"00A1B2C3", "00D4E5F6"}
    assert values(found, "created") == {"2026-10-01T08:30:11Z"}
    assert read_passages("plan.docx", data).passages == ("施工组织设计。", "第二段")


def test_a_workbook_tells_its_authors_and_text() -> None:
    data = sheet_file([["挖土方", 12.5], ["浇筑混凝土", 3]], author="王五", last_author="赵六")
    assert values(read_marks("bill.xlsx", data), "author") == {"王五", "赵六"}
    assert read_passages("bill.xlsx", data).passages == ("挖土方", "浇筑混凝土")


def test_plain_text_is_read_in_both_encodings() -> None:
    for encoding in ("utf-8", "gb18030", "utf-8-sig"):
        assert read_passages("a.txt", "甲方\n乙方 丙方".encode(encoding)).passages == ("甲方", "乙方 丙方")
    assert read_marks("a.txt", b"x") == FileFacts()


def test_names_that_software_gives_name_nobody() -> None:
    assert mark("author", "Administrator", "a") is None
    assert mark("author", " ", "a") is None
    assert mark("author", True, "a") is None
    assert mark("phone", "+86 138-0000-0000", "a") == Mark("phone", "13800000000", "a")
    assert mark("phone", "12", "a") is None
    assert mark("email", "A＠b.cn", "a") == Mark("email", "a@b.cn", "a")
    assert mark("author", "x\ud800y", "a") == Mark("author", "xy", "a")


def bomb() -> bytes:
    """A Word file one of whose parts unpacks to more than the limit, by its own directory."""
    data = bytearray(packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}))
    last = data.rindex(b"PK\x01\x02")
    data[last + 24 : last + 28] = (257 << 20).to_bytes(4, "little")
    return bytes(data)


def entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE d [<!ENTITY e0 "lol">{lines}]><d><creator>&e9;</creator></d>'
    return packed({"[Content_Types].xml": "<Types/>", "docProps/core.xml": xml})


def packed(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7\nrubbish", "broken"),
        (b"PK\x03\x04rubbish", "broken"),
        (packed({"a.txt": "an archive of others"}), "archive"),
        (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:p>"}), "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old document", "old"),
        (pdf_file(TEXT, password="secret"), "encrypted"),
        (b"%PDF-" + bytes(64 << 20), "large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, why: str) -> None:
    assert why in REASONS
    assert read_passages("file", data).why_unread == why


def test_a_file_that_unpacks_to_too_much_is_not_unpacked() -> None:
    data = bomb()
    assert len(data) < 1000
    assert read_marks("bomb.docx", data).why_unread == "unpacks"


def test_entities_are_not_resolved() -> None:
    assert read_marks("entities.docx", entities()).marks == ()

"""The text of blind parts: real Word, PDF and text files become plain blocks; what cannot be read says why."""

import pytest
from weasyprint import HTML  # type: ignore[import-untyped]

from evaluation.blind import BAR
from evaluation.blind_text import BlindText, is_technical, kind_of, normalise
from evaluation.collusion import forensics
from tests.flows.blind import word
from worker.blind_pdf import render_blind

NAMES = ("华夏建设有限公司", "Harbour Works Ltd")


def marks(found: BlindText) -> list[tuple[str, str]]:
    return [(mark.place, mark.kind) for mark in found.marks]


def test_a_word_file_gives_paragraphs_and_rows_in_their_order() -> None:
    data = word("华夏建设有限公司的方案", "电话 13800138000", row=("塔吊", "2", "Harbour Works"))
    found = normalise("technical/plan.docx", data, NAMES)
    assert found.blocks == ((f"{BAR}的方案",), (f"电话 {BAR}",), ("塔吊", "2", BAR))
    assert marks(found) == [
        ("metadata", "author"),
        ("text", "name"),
        ("text", "phone"),
        ("text", "name"),
    ]


def test_a_pdf_gives_its_text_and_counts_its_pictures() -> None:
    dot = "data:image/gif;base64,R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs="
    html = f"<meta name=author content=Me><p>Harbour Works pours concrete.</p><img src='{dot}'>"
    found = normalise("technical/plan.pdf", HTML(string=html).write_pdf(), NAMES)
    assert (found.blocks, found.pictures) == (((f"{BAR} pours concrete.",),), 1)
    assert marks(found) == [("metadata", "author"), ("text", "name")]


def test_the_plain_part_has_the_same_bytes_and_tells_nothing_of_its_maker() -> None:
    blocks = (("一段文字 <b>",), ("塔吊", "2"), ("another",))
    made = render_blind(blocks)
    assert made == render_blind(blocks)
    assert forensics.read_passages("x.pdf", made).passages == ("一段文字 <b>塔吊 2another1",)
    assert {mark.kind for mark in forensics.read_marks("x.pdf", made).marks} <= {"pdf_id", "tool"}
    assert forensics.read_passages("x.pdf", render_blind(())).passages == ("（没有可读取的文字内容）1",)


@pytest.mark.parametrize(
    ("name", "data", "why", "pictures"),
    [
        ("technical/a.docx", b"PK\x03\x04broken", "broken", 0),
        ("technical/a.pdf", b"%PDF-1.7 broken", "broken", 0),
        ("technical/a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old", 0),
        ("technical/a.bin", b"\x00", "kind", 0),
        ("technical/logo.png", b"\x89PNG", "", 1),
    ],
)
def test_what_cannot_be_read_says_why(name: str, data: bytes, why: str, pictures: int) -> None:
    found = normalise(name, data, NAMES)
    assert (found.blocks, found.why_unread, found.pictures) == ((), why, pictures)


def test_the_name_of_a_file_is_looked_at_but_not_its_folder() -> None:
    assert marks(normalise("技术/华夏建设/图.png", b"", NAMES)) == []
    assert marks(normalise("技术/华夏建设图.png", b"", NAMES)) == [("name", "name")]


def test_control_characters_do_not_reach_the_layout() -> None:
    found = normalise("技术/a.txt", "one\x00 \ttwo\x1b\n\n\u202ethree".encode(), NAMES)
    assert found.blocks == (("one two",), ("three",))


def test_reading_ends_soon_after_the_limit() -> None:
    line = "x" * 99 + "\n"
    lengths = [
        len(normalise("技术/a.txt", (line * lines).encode(), NAMES, 1000).blocks) for lines in (9, 10, 11, 90)
    ]
    assert lengths == [9, 10, 11, 11]


@pytest.mark.parametrize(
    ("name", "technical"),
    [
        ("technical/a.txt", True),
        ("Technical/a.txt", True),
        ("技术/a.txt", True),
        ("technical", False),
        ("technical.txt", False),
        ("price/technical/a.txt", False),
    ],
)
def test_the_folder_says_what_belongs_to_the_blind_part(name: str, technical: bool) -> None:
    assert is_technical(name) is technical


def test_kinds_are_told_without_names() -> None:
    names = {"a.docx": b"PK\x03\x04", "a.pdf": b"%PDF-", "a.txt": b"", "a.PNG": b"", "a.zip": b"PK\x03\x04"}
    assert [kind_of(name, data) for name, data in names.items()] == [
        "word",
        "pdf",
        "text",
        "picture",
        "other",
    ]

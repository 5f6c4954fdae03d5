"""`mingtang blind check`: everything that would tell whose technical part it is, in every kind of file."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfWriter
from typer.testing import CliRunner

from client.blind import BLIND

NAMES = ("--name", "宜昌大地建设有限公司", "--name", "Li Wei")


def word(body: str = "施工方案", header: str = "", author: str = "", picture: bool = False) -> bytes:
    """A Word file."""
    made, target = docx.Document(), io.BytesIO()
    made.add_paragraph(body)
    made.core_properties.author = author
    if header:
        made.sections[0].header.paragraphs[0].text = header
    made.save(target)
    if picture:
        with zipfile.ZipFile(target, "a") as package:
            package.writestr("word/media/image1.png", b"\x89PNG")
    return target.getvalue()


def pdf(author: str) -> bytes:
    """A PDF of one empty page."""
    made, target = PdfWriter(), io.BytesIO()
    made.add_blank_page(100, 100)
    made.add_metadata({"/Author": author})
    made.write(target)
    return target.getvalue()


def check(folder: Path, **files: bytes) -> tuple[int, dict[str, Any]]:
    for name, body in files.items():
        (folder / name.replace("_", ".")).write_bytes(body)
    done = CliRunner().invoke(BLIND, [str(folder), *NAMES, "--json"])
    return done.exit_code, json.loads(done.output)


def test_a_part_without_marks_has_exit_code_0(tmp_path: Path) -> None:
    code, found = check(tmp_path, plan_txt="分三段施工。".encode(), plan_docx=word(), plan_pdf=pdf(""))
    assert (code, found["files"], found["marks"], found["unread"]) == (0, 3, [], [])


@pytest.mark.parametrize(
    ("name", "body", "place", "what"),
    [
        ("a_txt", "第一段\n大地公司，即宜昌 大地建设\n".encode(), "text", "宜昌 大地建设"),
        ("a_txt", "致电 13800000000".encode("gb18030"), "text", "13800000000"),
        ("a_docx", word(body="项目经理 LI WEI"), "text", "LI WEI"),
        ("a_docx", word(header="宜昌大地建设有限公司"), "margin", "宜昌大地建设有限公司"),
        ("a_docx", word(author="王五"), "metadata", "王五"),
        ("a_pdf", pdf("赵六"), "metadata", "赵六"),
        ("宜昌大地建设_png", b"\x89PNG", "name", "宜昌大地建设"),
    ],
)
def test_a_mark_is_found_wherever_it_stands(
    tmp_path: Path, name: str, body: bytes, place: str, what: str
) -> None:
    code, found = check(tmp_path, **{name: body})
    assert (code, [(one["place"], one["found"]) for one in found["marks"]]) == (1, [(place, what)])


def test_pictures_are_counted_and_unreadable_files_are_told(tmp_path: Path) -> None:
    broken = b"PK\x03\x04 broken"
    code, found = check(tmp_path, a_docx=word(picture=True), b_png=b"\x89PNG", c_docx=broken)
    assert (code, found["pictures"], found["unread"]) == (1, 2, [{"file": "c.docx", "why": "broken"}])


def test_nothing_to_look_at_is_refused(tmp_path: Path) -> None:
    assert CliRunner().invoke(BLIND, [str(tmp_path)]).exit_code == 1
    assert CliRunner().invoke(BLIND, [str(tmp_path / "nowhere.txt")]).exit_code == 1

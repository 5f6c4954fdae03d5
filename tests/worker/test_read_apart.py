"""The reader in a process of its own: it survives what breaks it, and gives what it had before."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from evaluation.collusion.forensics import FileFacts
from kernel.money import PriceScale
from tools.campaign.documents import pdf_file, word_file
from worker import read_apart
from worker.read_apart import Reader
from worker.reader import attempt

PLAN = word_file(["施工组织设计。"], author="张三")


def test_files_of_all_kinds_go_through_one_process() -> None:
    with Reader() as reader:
        first = reader.read("plan.docx", PLAN)
        assert first.passages == ("施工组织设计。",)
        assert [one.value for one in first.marks if one.kind == "author"] == ["张三"]
        process = reader._process
        assert reader.read("offer.pdf", pdf_file(["A road."], file_id=bytes(range(16)))).passages == (
            "A road.",
        )
        assert reader.read("broken.pdf", b"%PDF-1.4 nothing").why_unread == "broken"
        assert reader.read("plan.docx", PLAN) == first
        assert reader._process is process


def test_pictures_and_text_need_no_process() -> None:
    with Reader() as reader:
        assert reader.read("photo.jpg", b"\xff\xd8\xff") == FileFacts()
        assert reader.read("note.txt", "说明".encode()).passages == ("说明",)
        assert reader._process is None


def test_a_reader_that_was_killed_is_begun_anew() -> None:
    with Reader() as reader:
        reader.read("plan.docx", PLAN)
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGSTOP)
        reader._file_seconds = 0.2
        assert reader.read("plan.docx", PLAN).why_unread == "slow"
        reader._file_seconds = 20.0
        assert reader.read("plan.docx", PLAN).passages == ("施工组织设计。",)


def test_marks_stay_when_the_text_takes_too_long() -> None:
    long = pdf_file(["a"] * 60_000, author="Zhang San")
    with Reader() as reader:
        reader.read("plan.docx", PLAN)
        reader._file_seconds = 0.3
        found = reader.read("long.pdf", long)
    assert found.why_unread == "slow"
    assert [one.value for one in found.marks if one.kind == "author"] == ["Zhang San"]


def test_a_bid_has_a_time_for_all_its_files() -> None:
    with Reader(seconds=0.0) as reader:
        assert reader.read("plan.docx", PLAN).why_unread == "budget"


@pytest.mark.parametrize("extra", [0, 1])
def test_a_file_may_have_sixty_four_mebibytes(extra: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_apart, "FILE_LIMIT", len(PLAN))
    with Reader() as reader:
        found = reader.read("plan.docx", PLAN + bytes(extra))
    assert found.why_unread == ("large" if extra else "")


def test_whatever_a_library_raises_is_a_value() -> None:
    def raising(error: Exception) -> Any:
        def read(name: str, data: bytes) -> FileFacts:
            raise error

        return read

    assert attempt(raising(KeyError("x")), "a", b"").why_unread == "broken"
    assert attempt(raising(RecursionError()), "a", b"").why_unread == "memory"
    assert attempt(raising(MemoryError()), "a", b"").why_unread == "memory"


def test_the_reader_sees_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGTANG_S3_SECRET_KEY_FILE", "/secret")
    with Reader() as reader:
        reader.read("plan.docx", PLAN)
        assert reader._process is not None
        environment = Path(f"/proc/{reader._process.pid}/environ").read_bytes()
    assert b"MINGTANG" not in environment


def test_a_priced_bill_gives_its_unit_prices_in_hundredths() -> None:
    bill = "item,quantity,unit_price,total,kind\n1,2,12.34,24.68,\n2,1,0.125,0.13,\nsum,,,24.81,sum\n"
    scale = PriceScale("CNY", 2)
    with Reader() as reader:
        assert reader.read_unit_prices("bill.csv", bill.encode(), scale) == {"1": 1234, "2": 13}
        assert reader.read_unit_prices("bill.csv", b"no bill", scale) == {}
        assert reader.read("plan.docx", PLAN).passages == ("施工组织设计。",)

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from crypto.canonical import canonical
from evaluation.report.signatures import Signature, Signing, make_form
from tests.evaluation.reports import report_of
from worker import report_pdf
from worker.apart import LANGUAGES
from worker.report_pdf import form_html, refuse_to_fetch, render_report, report_html


def test_the_same_report_gives_the_same_pdf_bytes_and_each_language_its_own() -> None:
    report = report_of("small")
    zh, en = (render_report(report, language) for language in LANGUAGES)
    assert zh.startswith(b"%PDF-1.7")
    assert en.startswith(b"%PDF-1.7")
    assert zh != en
    assert render_report(report, "zh") == zh


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["评标报告", "否决投标", "乙公司"]), ("en", ["Rejected bids", "乙公司"])]
)
def test_a_page_speaks_the_readers_language(language: str, words: list[str]) -> None:
    html = report_html(report_of("small"), language)
    assert all(word in html for word in words)
    assert "86.86" in html


def test_what_a_bidder_wrote_cannot_become_markup_or_load_anything() -> None:
    evil = '<img src="http://example.com/x"><script>x</script>"; } @import "file:///etc/passwd";'
    report: Any = report_of("small", title=evil)
    html = report_html(report, "zh")
    assert "<img" not in html
    assert "<script" not in html


def test_the_pdf_is_tagged_speaks_its_language_and_carries_its_data() -> None:
    report = report_of("small")
    pdf = PdfReader(BytesIO(render_report(report, "zh")))
    root: Any = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "zh-CN"
    assert "/StructTreeRoot" in root
    assert pdf.attachments["report.json"] == [canonical(report)]
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part(=\"|>)3", metadata)
    assert re.search(r"pdfaid:conformance(=\"|>)A", metadata)


def test_a_large_lot_writes_its_scores_as_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    small = report_html(report_of("small"), "en")
    monkeypatch.setattr(report_pdf, "MOST_CELLS", 0)
    large = report_html(report_of("small"), "en")
    assert 'class="lines"' not in small
    assert large.count('class="lines"') == 3
    assert 'class="n s' not in large


def test_the_form_of_signatures_prints_who_counts_as_what() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    lines = (
        Signature("seat-1", "roads", "专家一", "sign", "", at),
        Signature("seat-2", "roads", "专家二", "refuse", "我不同意。", at),
        Signature("seat-3", "roads", "专家三", "silent", "", None),
    )
    title = {"zh": "桥", "en": "Bridge"}
    form = make_form(Signing("t", "T-1", title, "0" * 64, at, at + timedelta(hours=24), lines))
    html = form_html(form, "en")
    assert [word in html for word in ("refuses to sign", "did not answer", "我不同意。")] == [True] * 3
    assert render_report(form, "zh") == render_report(form, "zh")


def test_nothing_is_fetched() -> None:
    for url in ("http://example.com/", "file:///etc/passwd", "data:text/plain,x"):
        with pytest.raises(ValueError, match="loads nothing"):
            refuse_to_fetch(url)

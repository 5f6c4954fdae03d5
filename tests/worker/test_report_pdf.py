from typing import Any

import pytest

from tests.evaluation.reports import report_of
from worker.apart import LANGUAGES
from worker.report_pdf import refuse_to_fetch, render_report, report_html


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


def test_nothing_is_fetched() -> None:
    for url in ("http://example.com/", "file:///etc/passwd", "data:text/plain,x"):
        with pytest.raises(ValueError, match="loads nothing"):
            refuse_to_fetch(url)

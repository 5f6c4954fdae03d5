import pytest

from evaluation.actions.clarify import RULINGS
from evaluation.actions.collusion import OUTCOMES
from evaluation.actions.reopen import COMPLIANCE, SHEET
from evaluation.collusion.signals import KINDS as SIGNALS
from evaluation.findings.abnormally_low import KINDS as LOW
from evaluation.findings.lot_findings import NOT_BY_TOTAL, ONE_PART
from evaluation.findings.low_limits import NO_CEILING, TOO_FEW
from evaluation.lots.award import METHODS
from evaluation.queries.lots import POINTS_UNIT
from tests.evaluation.reports import report_of
from worker.report_pdf import report_html
from worker.report_words import known, seat, word

CODES = [
    *RULINGS,
    *OUTCOMES,
    *SIGNALS,
    *LOW,
    *METHODS,
    *(NOT_BY_TOTAL, ONE_PART, NO_CEILING, TOO_FEW, POINTS_UNIT, COMPLIANCE, SHEET, "votes", "blind_sheet"),
]


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_a_report_has_words_in_both_languages(code: str) -> None:
    assert known(code)
    assert word(code, "zh") != code
    assert word(code, "en")


def test_what_is_no_code_stays_as_it_is() -> None:
    assert word("CNY", "zh") == "CNY"
    assert seat("the supervisor", "en") == "the supervisor"
    assert (seat("seat-12", "zh"), seat("seat-12", "en")) == ("席位 12", "Seat 12")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_shows_a_code(language: str) -> None:
    html = report_html(report_of("small"), language)
    assert [
        code for code in ("seat-", "lower_price", "higher_technical", "trimmed_mean") if code in html
    ] == []

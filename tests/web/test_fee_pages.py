"""The pages of fees: the bill of a case, the cashier, the bank and its twin."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from approval.records.fees import FeeAttemptRecord, PaymentRecord
from tests.web.staff import Staff, rows, staff_at_work


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staff_at_work(tmp_path) as made:
        yield made


def test_only_fees_of_the_schedule_are_charged_and_an_attempt_stays(staff: Staff) -> None:
    case = staff.centre.accepted("P-1")
    form = staff.go("chief-a", f"/cases/{case}/bill")
    assert "amount" not in re.findall(r"name=\"(\w+)", form.text)
    refused = staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "1", "units-secret": "1"})
    assert refused.status_code == 409
    assert "does not have this fee" in refused.text
    assert len(rows(staff.centre, FeeAttemptRecord)) == 1
    assert "25.00" in staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "2"}).text


def test_a_free_item_has_no_form_of_fees_and_refuses_a_charge(staff: Staff) -> None:
    case = staff.centre.accepted("A-1")
    assert "free of charge" in staff.go("chief-a", f"/cases/{case}/bill").text
    assert staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "1"}).status_code == 409
    assert [row.why for row in rows(staff.centre, FeeAttemptRecord)] == ["free_item"]


def bill_of(staff: Staff) -> str:
    case = staff.centre.accepted("P-1")
    page = staff.go("chief-a", f"/cases/{case}/bill", {"units-f1": "2"})
    return str(re.findall(r"B2026\d{4}-\w+", page.text)[0])


@pytest.mark.parametrize(("amount", "status"), [("24.99", 409), ("25.00", 200), ("25.01", 409), ("x", 422)])
def test_the_cashier_takes_the_total_to_the_fen(staff: Staff, amount: str, status: int) -> None:
    number = bill_of(staff)
    assert number in staff.go("cashier", "/fees").text
    answer = staff.go("cashier", f"/fees/bills/{number}", {"amount": amount})
    assert answer.status_code == status
    assert len(rows(staff.centre, PaymentRecord)) == (status == 200)


def test_a_difference_of_one_fen_to_the_bank_shows(staff: Staff) -> None:
    number = bill_of(staff)
    staff.go("cashier", f"/fees/bills/{number}", {"amount": "25"})
    day = {"day": "2026-04-01"}
    same = staff.go("cashier", "/fees/reconciliation", {**day, "file": f"cash-{number},25.00"})
    assert "Everything agrees" in same.text
    other = staff.go("cashier", "/fees/reconciliation", {**day, "file": f"cash-{number},25.01"})
    assert "1 difference" in other.text
    assert "0.01" in other.text
    wrong = staff.go("cashier", "/fees/reconciliation", {**day, "file": "a,1.00\ncash"})
    assert wrong.status_code == 422


def test_the_bank_twin_pays_once_however_often_it_is_pressed(staff: Staff) -> None:
    number = bill_of(staff)
    assert "25.00" in staff.go("", f"/bank/pay?bill={number}").text
    for _ in range(3):
        assert "The bill is paid" in staff.go("", "/bank/pay", {"bill": number}).text
    [payment] = rows(staff.centre, PaymentRecord)
    assert (payment.channel, payment.amount_fen) == ("bank", 2500)


def test_a_message_that_the_bank_did_not_sign_pays_nothing(staff: Staff) -> None:
    number = bill_of(staff)
    message = f'{{"amount_fen":2500,"bill":"{number}","reference":"R","v":1}}'
    body = {"message": message, "proof": "00" * 32}
    assert staff.client.post("/api/bank/payments", json=body).status_code == 403
    assert rows(staff.centre, PaymentRecord) == []


def test_the_finance_bureau_gets_the_paid_bills_as_csv(staff: Staff) -> None:
    number = bill_of(staff)
    staff.go("cashier", f"/fees/bills/{number}", {"amount": "25"})
    rows_of_today = staff.go("cashier", "/api/bills.csv?day=2026-04-01").text.splitlines()
    assert rows_of_today[1].startswith(f"{number},P-1,f1,")

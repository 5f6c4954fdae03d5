"""Lawful charges only, one bill, one payment, reconciled to the last fen."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from accounts.duties import Actor, Duty
from approval.actions import fees
from approval.fees import Charge, Difference, bill_rows, read_bank_file, reconcile, yuan
from approval.records.fees import BillRecord, FeeAttemptRecord, PaymentRecord
from kernel.errors import BadInput, NotAllowed, Refused, UnlistedFee
from tests.approval.centre import Centre, make_centre
from web.fees import keep_refused

FEE = {
    "code": "survey",
    "title": {"zh": "勘测费", "en": "survey"},
    "basis": "price bureau 2009-3",
    "unit": "亩",
    "unit_fen": 12_345,
    "most_units": 100,
}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = make_centre(tmp_path)
    made.item("F-1", fees=[FEE], is_free=False)
    return made


def bill(centre: Centre, case: str, units: int = 2, **more: Any) -> BillRecord:
    charge = Charge(centre.case(case).item_code, more.pop("fee", "survey"), units, **more)
    with centre.platform.database.transaction() as session:
        return fees.issue_bill(
            session, actor=centre.platform.people["chief-a"], charges=[(case, charge)], now=centre.now
        )


def pay(centre: Centre, number: str, amount: int, reference: str = "R-1") -> PaymentRecord:
    with centre.platform.database.transaction() as session:
        return fees.record_payment(
            session,
            bill_number=number,
            channel="bank",
            reference=reference,
            amount_fen=amount,
            by="bank",
            now=centre.now,
        )


def test_a_bill_is_the_exact_sum_of_its_lines(centre: Centre) -> None:
    issued = bill(centre, centre.accepted("F-1"))
    assert (issued.total_fen, issued.lines[0]["basis"]) == (24_690, "price bureau 2009-3")


@pytest.mark.parametrize(
    ("item", "charge", "why"),
    [
        ("F-1", {"fee": "invented"}, "unlisted"),
        ("F-1", {"amount_fen": 24_691}, "over_standard"),
        ("A-1", {"fee": "survey"}, "free_item"),
    ],
)
def test_a_charge_outside_the_schedule_is_refused_and_kept(
    centre: Centre, item: str, charge: dict[str, Any], why: str
) -> None:
    case = centre.accepted(item)
    with pytest.raises(UnlistedFee, match=why) as refused:
        bill(centre, case, **charge)
    actor: Actor = centre.platform.people["chief-a"]
    tried = [(case, Charge(item, str(refused.value.facts["fee"]), 2))]
    keep_refused(centre.platform.adapters, actor, tried, refused.value)
    with centre.platform.database.reading() as session:
        assert session.exec(select(BillRecord)).all() == []
        [attempt] = session.exec(select(FeeAttemptRecord))
    assert (attempt.why, attempt.case_id, attempt.tried_by) == (why, case, actor.person_id)


@pytest.mark.parametrize(("units", "may"), [(0, False), (1, True), (100, True), (101, False)])
def test_units_stay_within_the_schedule(centre: Centre, units: int, may: bool) -> None:
    case = centre.accepted("F-1")
    if may:
        assert bill(centre, case, units).total_fen == 12_345 * units
    else:
        with pytest.raises(BadInput, match="1 to 100"):
            bill(centre, case, units)


def test_a_case_stands_on_one_bill(centre: Centre) -> None:
    case = centre.accepted("F-1")
    first = bill(centre, case)
    with pytest.raises(Refused, match="another bill already"):
        bill(centre, case)
    with centre.platform.database.transaction() as session:
        fees.cancel_bill(session, actor=centre.platform.people["chief-a"], bill_id=first.id, now=centre.now)
    bill(centre, case)


def test_the_bank_may_tell_of_a_payment_as_often_as_it_likes(centre: Centre) -> None:
    issued = bill(centre, centre.accepted("F-1"))
    first = pay(centre, issued.number, issued.total_fen)
    assert pay(centre, issued.number, issued.total_fen).id == first.id
    with pytest.raises(Refused, match="is paid"):
        pay(centre, issued.number, issued.total_fen, reference="R-2")


@pytest.mark.parametrize("off", [-1, 1])
def test_one_fen_too_little_or_too_much_is_refused(centre: Centre, off: int) -> None:
    issued = bill(centre, centre.accepted("F-1"))
    with pytest.raises(Refused, match="the bill is over 24690 fen"):
        pay(centre, issued.number, issued.total_fen + off)


def test_only_the_fee_window_takes_money(centre: Centre) -> None:
    issued = bill(centre, centre.accepted("F-1"))
    cashier = centre.person("cashier", Duty.CASHIER)
    with centre.platform.database.transaction() as session:
        with pytest.raises(NotAllowed):
            fees.take_payment(
                session,
                actor=centre.platform.people["chief-a"],
                bill_number=issued.number,
                amount_fen=issued.total_fen,
                now=centre.now,
            )
        fees.take_payment(
            session,
            actor=cashier,
            bill_number=issued.number,
            amount_fen=issued.total_fen,
            now=centre.now,
        )
    with pytest.raises(Refused, match="it was paid"), centre.platform.database.transaction() as session:
        fees.cancel_bill(session, actor=cashier, bill_id=issued.id, now=centre.now)


def test_a_difference_of_one_fen_is_reported() -> None:
    booked = {"a": 10_000, "b": 5_000, "c": 1}
    bank = read_bank_file("reference,amount\na,100.00\nb,50.01\nd,0.02\n")
    assert reconcile(booked, bank) == (
        Difference("b", 5_000, 5_001),
        Difference("c", 1, 0),
        Difference("d", 0, 2),
    )


@pytest.mark.parametrize("line", ["a", "a,1,2", "a,x", "a,1.234", "a,-1", "a,1\na,1"])
def test_a_bad_line_of_the_bank_is_named(line: str) -> None:
    with pytest.raises(BadInput, match="line"):
        read_bank_file("h,1\n" + line)


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**9)))
def test_equal_books_have_no_difference(booked: dict[str, int]) -> None:
    text = "".join(f"{reference},{yuan(amount)}\n" for reference, amount in booked.items())
    assert reconcile(booked, read_bank_file(text)) == ()


def test_the_export_has_one_line_for_each_fee(centre: Centre) -> None:
    issued = bill(centre, centre.accepted("F-1"))
    text = bill_rows([{"number": issued.number, "lines": issued.lines, "paid_at": "2026-04-01T01:00:00Z"}])
    assert (
        text.splitlines()[1]
        == f"{issued.number},F-1,survey,price bureau 2009-3,亩,2,123.45,246.90,2026-04-01T01:00:00Z"
    )

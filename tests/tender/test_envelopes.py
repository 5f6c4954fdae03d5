"""Which envelopes a tender may ask for, and which of them come in."""

from dataclasses import replace
from typing import Any

import pytest

from kernel.errors import BadInput, MalformedEnvelope, WrongEnvelope
from tender.envelopes import ONE_ENVELOPE, Moment, envelopes_of, read_envelopes, write_envelopes
from tender.submission import check_envelope, check_envelopes, sealing_terms
from tests.tender.test_submission import BIDDER, WINDOW, prefix_of


def term(kind: str, opens: str = "closing", price: bool = False, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "title": {"zh": "封", "en": "Envelope"}, "opens": opens, "price": price} | changes


TECHNICAL, PRICE = term("technical"), term("price", "scores-locked", price=True)


def test_envelopes_are_read_as_they_are_written() -> None:
    terms = read_envelopes([term("qualification"), TECHNICAL, PRICE])
    assert [one.kind for one in terms] == ["qualification", "technical", "price"]
    assert [one.opens for one in terms] == [Moment.CLOSING, Moment.CLOSING, Moment.SCORES_LOCKED]
    assert read_envelopes(write_envelopes(terms)) == terms


def test_a_tender_that_says_nothing_asks_for_one_envelope() -> None:
    assert read_envelopes([]) == ()
    assert envelopes_of({"sealing": {}}) == ONE_ENVELOPE


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("technical", "envelopes"),
        ([term(f"part-{n}") for n in range(9)], "envelopes"),
        ([TECHNICAL, TECHNICAL, PRICE], "envelopes"),
        ([TECHNICAL], "envelopes"),
        ([term("technical", price=True), PRICE], "envelopes"),
        ([PRICE], r"envelopes\[0\].opens"),
        ([TECHNICAL, PRICE, term("extra")], "envelopes"),
        ([TECHNICAL, term("samples", "scores-locked"), PRICE], "envelopes"),
        ([term("Technical"), PRICE], r"envelopes\[0\].kind"),
        ([term(""), PRICE], r"envelopes\[0\].kind"),
        ([term("a" * 33), PRICE], r"envelopes\[0\].kind"),
        ([TECHNICAL, term("price", "later", price=True)], r"envelopes\[1\].opens"),
        ([TECHNICAL, {**PRICE, "price": 1}], r"envelopes\[1\].price"),
        ([TECHNICAL, {**PRICE, "title": {"zh": "封"}}], r"envelopes\[1\].title"),
        ([TECHNICAL, {**PRICE, "title": {"zh": "封", "en": "x" * 61}}], r"envelopes\[1\].title"),
        ([TECHNICAL, {**PRICE, "more": 1}], r"envelopes\[1\]"),
        ([TECHNICAL, "price"], r"envelopes\[1\]"),
    ],
)
def test_envelopes_that_make_no_sense_are_refused_by_field(body: object, where: str) -> None:
    with pytest.raises(BadInput, match=f"^{where}: "):
        read_envelopes(body)


STAGED = replace(WINDOW, kinds=("technical", "price"))


def test_the_envelopes_of_the_notice_come_in_in_its_order() -> None:
    technical, price = prefix_of(kind="technical"), prefix_of(kind="price")
    check_envelopes(STAGED, "lot-1", BIDDER, [technical, price])
    for wrong in ([price, technical], [technical, technical], [technical, price, price]):
        with pytest.raises(WrongEnvelope):
            check_envelopes(STAGED, "lot-1", BIDDER, wrong)
    with pytest.raises(MalformedEnvelope, match="missing: price"):
        check_envelopes(STAGED, "lot-1", BIDDER, [technical])


def test_a_tender_with_one_envelope_takes_no_staged_bid() -> None:
    with pytest.raises(WrongEnvelope):
        check_envelope(WINDOW, "lot-1", BIDDER, prefix_of(kind="technical"))


def test_the_notice_says_which_kinds_are_asked_for() -> None:
    sealing = {"openers": [], "limit_bytes": "1"}
    assert sealing_terms({"lots": [], "sealing": sealing}).kinds == ("bid",)
    staged = sealing_terms({"lots": [], "sealing": {**sealing, "envelopes": [TECHNICAL, PRICE]}})
    assert staged.kinds == ("technical", "price")

"""Which envelopes may come in, and when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopeHeader, EnvelopePrefix, read_prefix
from crypto.signatures import Signer, fingerprint
from crypto.suites import suite
from kernel.errors import (
    SubmissionClosed,
    SubmissionNotOpen,
    TooLarge,
    UnsignedEnvelope,
    WrongBidder,
    WrongOpeningKey,
    WrongSuite,
    WrongTender,
)
from tender.lifecycle import Stage
from tender.submission import (
    Bidder,
    SubmissionWindow,
    check_envelope,
    check_on_time,
    check_open,
    check_size,
)

CLOSES = datetime(2026, 12, 2, 1, 0, tzinfo=UTC)
SIGNER = Signer("bidder", b"\x01" * 32)
OTHER = Signer("other", b"\x02" * 32)
PUBLICS = tuple(suite("classic").public_of(bytes([i]) * 32) for i in (1, 2, 3))
KEYS = tuple(fingerprint(public) for public in PUBLICS)
WINDOW = SubmissionWindow(
    "tender-1", frozenset({"lot-1", "lot-2"}), Stage.PUBLISHED, CLOSES, "classic", 2, KEYS, 1000
)
BIDDER = Bidder("org-1", frozenset({SIGNER.public}))
HEADER = EnvelopeHeader(
    "classic", "tender-1", "lot-1", "bid", "org-1", SIGNER.public, "submission-1", 2, 3, KEYS
)


def prefix_of(**changes: object) -> EnvelopePrefix:
    """The prefix of an envelope sealed with a changed header."""
    header = replace(HEADER, **changes)  # type: ignore[arg-type]
    signer = OTHER if header.bidder_key == OTHER.public else SIGNER
    publics = [suite(header.suite).public_of(bytes([i]) * 32) for i in range(1, header.n + 1)]
    if header.suite != "classic" or header.n != 3:
        header = replace(header, opener_keys=tuple(fingerprint(public) for public in publics))
    envelope = seal_bytes(
        b"bid", header=header, opener_publics=publics, signer=signer, seed=b"\x07" * 32, announcement=b"{}"
    )
    return read_prefix(envelope)


@pytest.mark.parametrize("late_by", [timedelta(microseconds=-1), timedelta(0)])
def test_bid_stamped_until_the_closing_time_is_on_time(late_by: timedelta) -> None:
    check_on_time(WINDOW, CLOSES + late_by)


@pytest.mark.parametrize(
    "late_by", [timedelta(microseconds=1), timedelta(milliseconds=1), timedelta(seconds=1)]
)
def test_bid_stamped_any_fraction_after_the_closing_time_is_late(late_by: timedelta) -> None:
    with pytest.raises(SubmissionClosed) as refusal:
        check_on_time(WINDOW, CLOSES + late_by)
    assert refusal.value.facts["closes_at"] == "2026-12-02T01:00:00.000000Z"


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.OPENED, Stage.EVALUATED, Stage.FAILED])
def test_no_stamp_helps_once_the_closing_is_recorded(stage: Stage) -> None:
    with pytest.raises(SubmissionClosed):
        check_on_time(replace(WINDOW, stage=stage), CLOSES - timedelta(days=1))


def test_draft_takes_no_bids() -> None:
    with pytest.raises(SubmissionNotOpen):
        check_open(replace(WINDOW, stage=Stage.DRAFT))


@pytest.mark.parametrize(("size", "fits"), [(999, True), (1000, True), (1001, False)])
def test_limit_is_the_largest_size_taken(size: int, fits: bool) -> None:
    if fits:
        check_size(WINDOW, size)
    else:
        with pytest.raises(TooLarge):
            check_size(WINDOW, size)


def test_envelope_sealed_for_this_tender_lot_and_bidder_is_taken() -> None:
    check_envelope(WINDOW, "lot-1", BIDDER, prefix_of())


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"tender_id": "tender-2"}, WrongTender),
        ({"lot_id": "lot-2"}, WrongTender),
        ({"suite": "hybrid"}, WrongSuite),
        ({"bidder_id": "org-2"}, WrongBidder),
        ({"bidder_key": OTHER.public}, WrongBidder),
        ({"k": 3}, WrongOpeningKey),
        ({"n": 2}, WrongOpeningKey),
    ],
)
def test_envelope_sealed_for_anything_else_is_refused(
    changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_envelope(WINDOW, "lot-1", BIDDER, prefix_of(**changes))


def test_lot_of_another_tender_is_refused() -> None:
    with pytest.raises(WrongTender):
        check_envelope(WINDOW, "lot-9", BIDDER, prefix_of(lot_id="lot-9"))


def test_opener_keys_in_another_order_are_refused() -> None:
    window = replace(WINDOW, opener_keys=KEYS[::-1])
    with pytest.raises(WrongOpeningKey):
        check_envelope(window, "lot-1", BIDDER, prefix_of())


def test_unsigned_envelope_is_refused() -> None:
    with pytest.raises(UnsignedEnvelope):
        check_envelope(WINDOW, "lot-1", BIDDER, replace(prefix_of(), signature=bytes(64)))

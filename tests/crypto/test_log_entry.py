"""Facts and leaves of the log."""

from datetime import UTC, datetime
from typing import Any

import pytest

from crypto.canonical import canonical, tagged_hash
from crypto.log_entry import LoggedFact, fact_bytes, leaf_data, read_fact
from kernel.errors import BadInput

AT = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
FACT = fact_bytes("bid.sealed", "bid-1", "tender-1", AT, {"digest": "00"})


def test_a_fact_reads_as_it_was_written() -> None:
    assert read_fact(FACT) == LoggedFact("bid.sealed", "bid-1", "tender-1", AT, {"digest": "00"})
    assert read_fact(fact_bytes("log.started", "log", None, AT, {})).tender_id is None


def test_the_time_may_be_given_in_its_printed_form() -> None:
    assert (
        fact_bytes("bid.sealed", "bid-1", "tender-1", "2026-11-21T01:30:00.000000Z", {"digest": "00"}) == FACT
    )


def test_a_leaf_is_a_salted_commitment() -> None:
    assert leaf_data(bytes(32), FACT) == tagged_hash("leaf", bytes(32), FACT)
    assert leaf_data(b"\1" * 32, FACT) != leaf_data(bytes(32), FACT)


@pytest.mark.parametrize("size", [31, 33])
def test_a_salt_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        leaf_data(bytes(size), FACT)


BODY: dict[str, Any] = {
    "v": 1,
    "kind": "k",
    "subject": "s",
    "tender": None,
    "at": "2026-11-21T01:30:00.000000Z",
    "data": {},
}


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"extra": 1},
        {"kind": 5},
        {"subject": None},
        {"tender": 5},
        {"data": []},
        {"at": 5},
        {"at": "yesterday"},
        {"at": "2026-11-21T01:30:00"},
        {"at": "2026-11-21T01:30:00Z"},
        {"at": "2026-11-21T09:30:00.000000+08:00"},
    ],
)
def test_a_fact_in_any_other_shape_is_refused(change: dict[str, Any]) -> None:
    read_fact(canonical(BODY))
    with pytest.raises(BadInput):
        read_fact(canonical(BODY | change))


@pytest.mark.parametrize("data", [b"", b"[]", FACT + b" "])
def test_what_is_no_fact_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        read_fact(data)

"""A tender in SM2, SM3 and SM4: the office's choice, sealed bids, the opening."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kernel.errors import BadInput
from tender import queries
from tender.actions import draft
from tests.builders import (
    CLOSES,
    make_bid,
    make_draft,
    make_platform,
    make_tender,
    open_all,
    release,
    submit,
)


def test_two_of_three_open_every_bid(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = make_tender(platform, suite="sm")
    for number in (1, 2, 3):
        submit(platform, make_bid(platform, tender, f"bidder-{number}", price=f"{number}00.00"), tender)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 3)
    release(platform, tender, 1)
    open_all(platform, tender)
    with platform.database.reading() as session:
        record = queries.opening_record(session, tender.tender_id)
    assert record is not None
    assert [bid["price"] for bid in record.body["bids"]] == ["100.00", "200.00", "300.00"]


def test_the_office_chooses_only_what_the_platform_can_rehearse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = make_platform(tmp_path)
    made = make_draft(platform)

    def choose(suite: str) -> None:
        with platform.database.transaction() as session:
            version = queries.tender(session, made.tender_id).version
            draft.edit_draft(
                session,
                actor=made.office,
                tender_id=made.tender_id,
                command=draft.EditDraft(suite=suite),
                version=version,
                now=platform.clock.now(),
            )

    choose("sm")
    with pytest.raises(BadInput, match="choose hybrid, classic or sm"):
        choose("sm2")
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    choose("hybrid")
    with pytest.raises(BadInput, match="gmssl-pyx"):
        choose("sm")
    with platform.database.reading() as session:
        assert queries.tender(session, made.tender_id).suite == "hybrid"

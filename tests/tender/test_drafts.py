"""An upload that stops anywhere and goes on in another process ends as if it had come in one stream."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.bid_file import read_prefixes
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopePrefix
from crypto.parts_digest import parts_digest
from kernel.errors import BadInput, MalformedEnvelope, Refused, TooLarge, WrongTender
from tender.drafts import KEPT, MOST_DRAFTS, Arriving, Progress, check_room, expires_at
from tests.builders import CLOSES, NOW, make_bid, make_platform, make_tender

SIZES = (2_300_000, 900_000)  # of the payloads of two envelopes
MICRO = timedelta(microseconds=1)
START = Progress()


@cache
def bid_file() -> bytes:
    """A bid of two envelopes that share no part of a digest."""
    platform = make_platform(Path(mkdtemp()))
    tender = make_tender(platform)
    bid = make_bid(platform, tender, "bidder")
    return b"".join(
        seal_bytes(
            os.urandom(size),
            header=replace(bid.header, kind=kind),
            opener_publics=[key.public.hpke_public for key in tender.keys],
            signer=bid.signer,
            seed=os.urandom(32),
            announcement=b"{}",
        )
        for kind, size in zip(("technical", "price"), SIZES, strict=True)
    )


def accept(_: Sequence[EnvelopePrefix]) -> None:
    """A tender that wants what comes."""


def arriving(body: bytes, progress: Progress = START, **changes: object) -> Arriving:
    size, digest = changes.get("size", len(body)), changes.get("digest", parts_digest(body))
    assert isinstance(size, int)
    assert isinstance(digest, bytes)
    return Arriving(size, digest, progress, lambda start, end: body[start:end], accept)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, sum(SIZES)), max_size=6).map(sorted))
def test_stops_anywhere_change_nothing(cuts: list[int]) -> None:
    body, progress = bid_file(), Progress()
    for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True):
        upload = arriving(body, progress)
        upload.take(body[start:end])
        progress = upload.progress()
    upload.check_whole()
    assert len(read_prefixes(progress.prefixes)) == 2
    assert progress.whole.size == len(body) >> 20


@pytest.mark.parametrize("place", ["magic", "prefix", "payload", "second prefix", "end"])
def test_stop_at_every_seam_is_gone_on_from(place: str) -> None:
    body = bid_file()
    first = len(body) - SIZES[1] - 3000
    at = {"magic": 5, "prefix": 700, "payload": 3000, "second prefix": first + 2000, "end": len(body) - 1}[
        place
    ]
    before = arriving(body)
    before.take(body[:at])
    after = arriving(body, before.progress())
    after.take(body[at:])
    after.check_whole()


def test_what_does_not_fit_is_refused_as_soon_as_it_shows() -> None:
    body = bid_file()
    with pytest.raises(TooLarge):
        arriving(body, size=10).take(body[:11])
    with pytest.raises(MalformedEnvelope):
        arriving(body, size=5000).take(body[:4000])
    with pytest.raises(MalformedEnvelope):
        arriving(body).take(b"%PDF")
    short = arriving(body)
    short.take(body[:-1])
    with pytest.raises(MalformedEnvelope):
        short.check_whole()
    other = arriving(body, digest=bytes(32))
    other.take(body)
    with pytest.raises(BadInput, match="was declared"):
        other.check_whole()


def test_refusal_of_the_rules_stops_it_before_a_byte_is_kept() -> None:
    body = bid_file()

    def refuse(prefixes: Sequence[EnvelopePrefix]) -> None:
        raise WrongTender(sealed_for="a", tender="b")

    upload = Arriving(len(body), parts_digest(body), Progress(), lambda start, end: b"", refuse)
    with pytest.raises(WrongTender):
        upload.take(body[:5000])
    assert upload.received == 0


@pytest.mark.parametrize(("late", "is_over"), [(-MICRO, False), (timedelta(0), True), (MICRO, True)])
def test_unfinished_upload_is_kept_for_seven_days(late: timedelta, is_over: bool) -> None:
    assert (expires_at(NOW, CLOSES) <= NOW + KEPT + late) == is_over


@pytest.mark.parametrize(("drafts", "has_room"), [(MOST_DRAFTS - 1, True), (MOST_DRAFTS, False), (11, False)])
def test_room_is_for_ten_uploads(drafts: int, has_room: bool) -> None:
    if has_room:
        check_room(drafts)
    else:
        with pytest.raises(Refused):
            check_room(drafts)

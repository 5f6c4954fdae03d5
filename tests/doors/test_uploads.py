"""Envelopes over real sockets: what must not come in is refused by name and leaves nothing behind."""

import io
import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from client.seal import collect
from crypto.archive import ArchiveFile, bytes_file, open_archive, stream_file
from crypto.canonical import canonical
from crypto.envelope import seal_bytes
from crypto.parts_digest import parts_digest
from kernel.errors import DoubleSealed
from tender import queries
from tender.actions import publish
from tender.timetable import Timetable
from tests.builders import (
    CLOSES,
    NOW,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_bidder,
    make_draft,
    make_platform,
    make_tender,
    open_all,
    release,
)
from tests.doors.door import Door, kept, serving
from tests.doors.wrong_uploads import LIMIT, REFUSALS, Site, closing, flip, large_bid, payload_start
from web.app import create_app

PLACES = 20
WAIT_SECONDS = 5.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    platform = make_platform(tmp_path_factory.mktemp("uploads"))
    tender = make_draft(platform, timetable=Timetable(CLOSES, CLOSES + timedelta(days=30)))
    with platform.database.transaction() as session:
        publish.publish(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            bid_limit_bytes=LIMIT,
            now=platform.clock.now(),
        )
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Site(platform, tender, Door(client, platform), url)


@pytest.fixture(autouse=True)
def now(site: Site) -> Iterator[None]:
    yield
    site.platform.clock.at = NOW


@pytest.mark.parametrize(("act", "status", "code"), REFUSALS, ids=[act.__name__ for act, _, _ in REFUSALS])
def test_refused_upload_is_named_and_leaves_nothing(
    site: Site, act: Callable[[Site], httpx.Response], status: int, code: str
) -> None:
    made: list[tuple[list[str], int, int]] = []
    send = site.door.client.send

    def observed(*args: Any, **kwargs: Any) -> httpx.Response:
        made.append(
            kept(site.platform)
        )  # people and tenders are there; only the upload itself may add nothing
        return send(*args, **kwargs)

    site.door.client.send = observed  # type: ignore[method-assign]
    try:
        answer = act(site)
    finally:
        del site.door.client.send  # type: ignore[method-assign]
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert kept(site.platform) == made[-1]


def test_bit_flipped_anywhere_is_refused_and_leaves_nothing(site: Site) -> None:
    dice = random.Random(20)
    bid = make_bid(site.platform, site.tender, "flipped")
    site.door.token(bid.bidder)
    start, before = payload_start(bid), kept(site.platform)
    places = [dice.randrange(start) for _ in range(PLACES // 2)]
    places += [dice.randrange(start, len(bid.envelope)) for _ in range(PLACES // 2)]
    for place in places:
        body = flip(bid.envelope, place, dice.randrange(8))
        for declared in (body, bid.envelope):
            answer = site.send(bid, body, Idempotency_Key=parts_digest(declared).hex())
            assert answer.status_code in (409, 422), (place, answer.text)
            named = {"malformed-envelope", "unsigned-envelope", "wrong-bidder", "wrong-suite"}
            named |= {"wrong-tender", "wrong-opening-key"}
            assert answer.json()["code"] in named
        assert kept(site.platform) == before, place
    assert site.send(bid).status_code == 201


def raw(site: Site, bid: SealedBid, body: bytes, length: str, *, vanish: bool = False) -> bytes:
    """Send a request by hand, perhaps vanish after these bytes, and read whatever comes back."""
    host, _, port = site.url.removeprefix("http://").partition(":")
    head = [
        f"POST {site.path} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {site.door.token(bid.bidder)}",
        f"Idempotency-Key: {parts_digest(bid.envelope).hex()}",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    with socket.create_connection((host, int(port)), timeout=WAIT_SECONDS) as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        if vanish:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:
            pass
        return answer


def settled(site: Site, before: object) -> bool:
    """Whether the platform comes to keep what it kept before, within some seconds."""
    until = time.monotonic() + WAIT_SECONDS
    while kept(site.platform) != before:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("size", [10_000, 2_500_000], ids=["small", "large"])
def test_length_that_says_too_little_is_a_cut_off_envelope(site: Site, size: int) -> None:
    bid = large_bid(site, f"too-little-{size}", size)
    site.door.token(bid.bidder)
    before = kept(site.platform)
    answer = raw(site, bid, bid.envelope, str(len(bid.envelope) - 100))
    assert b" 422 " in answer.splitlines()[0]
    assert b"malformed-envelope" in answer
    assert settled(site, before)


@pytest.mark.parametrize("size", [10_000, 2_500_000], ids=["small", "large"])
def test_client_that_vanishes_in_the_middle_leaves_nothing(site: Site, size: int) -> None:
    bid = large_bid(site, f"vanished-{size}", size)
    site.door.token(bid.bidder)
    before = kept(site.platform)
    for sent in (0, 10, 900, len(bid.envelope) // 2, len(bid.envelope) - 1):
        answer = raw(site, bid, bid.envelope[:sent], str(len(bid.envelope)), vanish=True)
        assert b" 201 " not in answer
    assert settled(site, before)
    # The same envelope comes in when it is sent again, whole.
    assert site.send(bid).status_code == 201


@pytest.mark.parametrize("length", ["-1", "abc", "1e6", "0x10", "٣", "9" * 400])
def test_length_that_is_no_number_is_refused(site: Site, length: str) -> None:
    bid = make_bid(site.platform, site.tender, "no-number")
    site.door.token(bid.bidder)
    before = kept(site.platform)
    answer = raw(site, bid, bid.envelope, length)
    assert b" 201 " not in answer
    assert b" 500 " not in answer
    assert settled(site, before)


def test_envelope_over_the_limit_is_refused_before_its_payload_is_sent(site: Site) -> None:
    bid = large_bid(site, "announced-too-large", LIMIT)
    answer = raw(site, bid, bid.envelope[: payload_start(bid)], str(len(bid.envelope)))
    assert b" 413 " in answer.splitlines()[0]


def test_late_envelope_is_refused_before_its_payload_is_sent(site: Site) -> None:
    site = closing(site)
    bid = large_bid(site, "announced-late")
    site.door.token(bid.bidder)
    site.platform.clock.at = CLOSES + timedelta(microseconds=1)
    answer = raw(site, bid, bid.envelope[: payload_start(bid)], str(len(bid.envelope)))
    assert b"submission-closed" in answer


def test_envelope_that_another_bidder_submitted_is_refused_even_with_its_digest(site: Site) -> None:
    bid = make_bid(site.platform, site.tender, "first-owner")
    assert site.send(bid).status_code == 201
    thief = replace(bid, bidder=make_bidder(site.platform, "thief")[0])
    site.door.token(thief.bidder)
    before = kept(site.platform)
    for body in (bid.envelope, b"something else"):
        answer = site.send(thief, body, Idempotency_Key=parts_digest(bid.envelope).hex())
        assert answer.json()["code"] in ("wrong-bidder", "malformed-envelope")
        assert kept(site.platform) == before


def test_same_envelope_again_gives_the_same_receipt_even_after_the_closing(site: Site) -> None:
    site = closing(site)
    bid = large_bid(site, "repeated")
    first = site.send(bid)
    assert first.status_code == 201
    before = kept(site.platform)
    assert site.send(bid).content == first.content
    site.platform.clock.at = CLOSES + timedelta(hours=1)
    assert site.send(bid).content == first.content
    assert kept(site.platform) == before


def double(platform: Platform, tender: PublishedTender, name: str, inner: bytes) -> SealedBid:
    """What a hostile client seals that leaves the check for double sealing out."""
    bid = make_bid(platform, tender, name)
    envelope = seal_bytes(
        inner,
        header=bid.header,
        opener_publics=[key.public.hpke_public for key in tender.keys],
        signer=bid.signer,
        seed=os.urandom(32),
        announcement=canonical({"price": {"amount": "1.00", "currency": "CNY"}}),
    )
    return replace(bid, envelope=envelope)


def test_sealing_twice_is_refused_by_the_client(site: Site, tmp_path: Any) -> None:
    sealed = tmp_path / "bid.sealed"
    sealed.write_bytes(make_bid(site.platform, site.tender, "doubled").envelope)
    members: list[ArchiveFile] = [bytes_file("bid.json", b"{}")]
    with pytest.raises(DoubleSealed), open_archive([*members, *collect([sealed])]) as archive:
        archive.read()
    body = sealed.read_bytes()
    with (
        pytest.raises(DoubleSealed),
        open_archive([*members, stream_file("x", lambda: io.BytesIO(body))]) as a,
    ):
        a.read()


def test_envelope_sealed_twice_by_a_hostile_client_is_named_at_the_opening(tmp_path: Any) -> None:
    platform = make_platform(tmp_path)
    tender = make_tender(platform)
    inner = make_bid(platform, tender, "bidder-1").envelope
    bids = [double(platform, tender, "bidder-1", inner)]
    bids += [make_bid(platform, tender, f"bidder-{n}") for n in (2, 3)]
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        site = Site(platform, tender, Door(client, platform), url)
        # Nobody can see through the outer seal before the opening, so it comes in.
        assert [site.send(bid).status_code for bid in bids] == [201] * 3
        platform.clock.at = CLOSES + timedelta(seconds=2)
        release(platform, tender, 1)
        release(platform, tender, 2)
        open_all(platform, tender)
        with platform.database.reading() as session:
            rows = queries.opened_bids(session, tender.tender_id)
    outcomes = {bid.bidder_id: (row.outcome, row.cause, row.problem) for row, bid in rows}
    blamed = outcomes.pop(bids[0].bidder.organisation_id)
    assert blamed == ("malformed", "bidder", "the sealed content is an envelope")
    assert {outcome for outcome, _, _ in outcomes.values()} == {"opened"}

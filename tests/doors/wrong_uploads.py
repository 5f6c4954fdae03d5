"""Everything that may be wrong with an upload, and how it is refused."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx

from crypto.envelope import seal_bytes
from crypto.envelope_prefix import MAGIC, read_prefix
from crypto.parts_digest import parts_digest
from tests.builders import CLOSES, Platform, PublishedTender, SealedBid, make_bid, make_bidder, make_tender
from tests.doors.door import Door

LIMIT = 3_000_000


@dataclass
class Site:
    """A platform behind sockets, and one tender that takes bids."""

    platform: Platform
    tender: PublishedTender
    door: Door
    url: str

    @property
    def path(self) -> str:
        return f"/api/tenders/{self.tender.tender_id}/lots/{self.tender.lot_id}/bids"

    def send(self, bid: SealedBid, body: bytes | None = None, **headers: str) -> httpx.Response:
        """Upload an envelope as its bidder; `body` is what really goes over the wire."""
        sent = bid.envelope if body is None else body
        headers.setdefault("Idempotency_Key", parts_digest(sent).hex())
        answer: httpx.Response = self.door.call(bid.bidder, "POST", self.path, sent, **headers)
        return answer


def large_bid(site: Site, name: str, size: int = 2_500_000) -> SealedBid:
    """A bid of more than one part, so that it is not read whole before anything is checked."""
    bid = make_bid(site.platform, site.tender, name)
    envelope = seal_bytes(
        os.urandom(size),
        header=bid.header,
        opener_publics=[key.public.hpke_public for key in site.tender.keys],
        signer=bid.signer,
        seed=os.urandom(32),
        announcement=b"{}",
    )
    return replace(bid, envelope=envelope)


def payload_start(bid: SealedBid) -> int:
    return read_prefix(bid.envelope).length


def flip(data: bytes, place: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def closing(site: Site) -> Site:
    """The same site with a tender that closes earlier, so that the clock may pass its closing."""
    return replace(site, tender=make_tender(site.platform))


def late(site: Site) -> httpx.Response:
    site = closing(site)
    bid = make_bid(site.platform, site.tender, "late")
    site.platform.clock.at = CLOSES + timedelta(microseconds=1)
    return site.send(bid)


def wrong_tender(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, make_tender(site.platform), "wrong-tender"))


def wrong_lot(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "wrong-lot", lot_id="another-lot"))


def wrong_keys(site: Site) -> httpx.Response:
    other = make_tender(site.platform)
    mixed = replace(site.tender, keys=other.keys)
    return site.send(make_bid(site.platform, mixed, "wrong-keys"))


def wrong_order_of_keys(site: Site) -> httpx.Response:
    mixed = replace(site.tender, keys=site.tender.keys[::-1])
    return site.send(make_bid(site.platform, mixed, "wrong-order"))


def wrong_threshold(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "wrong-threshold", k=1))


def cut_off(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "cut-off")
    return site.send(bid, bid.envelope[:-1])


def cut_off_in_the_prefix(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "cut-prefix")
    return site.send(bid, bid.envelope[:700])


def cut_off_large(site: Site) -> httpx.Response:
    bid = large_bid(site, "cut-large")
    return site.send(bid, bid.envelope[: 2 << 20])


def goes_on(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "goes-on")
    return site.send(bid, bid.envelope + b"\0")


def twice_in_a_row(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "twice")
    return site.send(bid, bid.envelope + bid.envelope)


def unsealed(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "unsealed")
    return site.send(bid, b"%PDF-1.7 our offer: 1000000.00 CNY")


def magic_only(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "magic"), MAGIC)


def huge_prefix(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "huge-prefix"), MAGIC + b"\xff" * 100)


def empty(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "empty"), b"")


def unsigned(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "unsigned")
    prefix = replace(read_prefix(bid.envelope), signature=bytes(64))
    return site.send(bid, prefix.to_bytes() + bid.envelope[prefix.length :])


def signed_by_another(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "signed-by")
    prefix = read_prefix(bid.envelope)
    rival = make_bidder(site.platform, "rival")[1]
    forged = replace(prefix, signature=rival.sign(prefix.signed()))
    return site.send(bid, forged.to_bytes() + bid.envelope[prefix.length :])


def unregistered_key(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "registered")
    stranger = site.platform.person("keyless", *bid.bidder.duties)
    return site.send(replace(bid, bidder=stranger))


def replayed(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "copied-from")
    return site.send(replace(bid, bidder=make_bidder(site.platform, "copier")[0]))


def payload_changed(site: Site) -> httpx.Response:
    bid = large_bid(site, "changed-payload")
    return site.send(bid, flip(bid.envelope, len(bid.envelope) - 5))


def too_large(site: Site) -> httpx.Response:
    bid = large_bid(site, "too-large", LIMIT)
    return site.send(bid)


def too_large_without_length(site: Site) -> httpx.Response:
    bid = large_bid(site, "too-large-chunked", LIMIT)
    digest = parts_digest(bid.envelope).hex()
    chunks = (bid.envelope[at : at + 65536] for at in range(0, len(bid.envelope), 65536))
    headers = {"Authorization": f"Bearer {site.door.token(bid.bidder)}", "Idempotency-Key": digest}
    return site.door.client.post(site.path, content=chunks, headers=headers)


def other_digest_declared(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "other-digest"), Idempotency_Key="0" * 64)


def no_digest_declared(site: Site) -> httpx.Response:
    return site.send(make_bid(site.platform, site.tender, "no-digest"), Idempotency_Key="once")


def upper_case_digest(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "upper-digest")
    return site.send(bid, Idempotency_Key=parts_digest(bid.envelope).hex().upper())


def no_such_tender(site: Site) -> httpx.Response:
    bid = make_bid(site.platform, site.tender, "nowhere")
    digest = parts_digest(bid.envelope).hex()
    path = "/api/tenders/none/lots/none/bids"
    answer: httpx.Response = site.door.call(bid.bidder, "POST", path, bid.envelope, Idempotency_Key=digest)
    return answer


REFUSALS: list[tuple[Callable[[Site], httpx.Response], int, str]] = [
    (late, 409, "submission-closed"),
    (wrong_tender, 409, "wrong-tender"),
    (wrong_lot, 409, "wrong-tender"),
    (wrong_keys, 409, "wrong-opening-key"),
    (wrong_order_of_keys, 409, "wrong-opening-key"),
    (wrong_threshold, 409, "wrong-opening-key"),
    (cut_off, 422, "malformed-envelope"),
    (cut_off_in_the_prefix, 422, "malformed-envelope"),
    (cut_off_large, 422, "malformed-envelope"),
    (goes_on, 422, "malformed-envelope"),
    (twice_in_a_row, 422, "malformed-envelope"),
    (unsealed, 422, "malformed-envelope"),
    (magic_only, 422, "malformed-envelope"),
    (huge_prefix, 422, "malformed-envelope"),
    (empty, 422, "malformed-envelope"),
    (unsigned, 409, "unsigned-envelope"),
    (signed_by_another, 409, "unsigned-envelope"),
    (unregistered_key, 409, "wrong-bidder"),
    (replayed, 409, "wrong-bidder"),
    (payload_changed, 422, "malformed-envelope"),
    (too_large, 413, "too-large"),
    (too_large_without_length, 413, "too-large"),
    (other_digest_declared, 422, "bad-input"),
    (no_digest_declared, 422, "bad-input"),
    (upper_case_digest, 422, "bad-input"),
    (no_such_tender, 404, "not-found"),
]

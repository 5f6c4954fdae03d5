"""A tender whose opening needs its bidders or fails, step by step: for whoever looks at what comes of it."""

from datetime import datetime, timedelta
from typing import Any

from accounts.duties import Actor, Duty
from crypto.own_secrets import own_part, own_seed
from tender import queries
from tender.actions import failures, own_secrets
from tender.failures import OpeningRule
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_tender,
    release,
    submit,
)

SECOND = timedelta(seconds=1)
ALSO = OpeningRule(bidder_also=30)
BOTH = OpeningRule(bidder_also=30, remedy=60)
REMEDY = OpeningRule(remedy=60)


def closed(
    platform: Platform, rule: OpeningRule, count: int = 3, **changes: Any
) -> tuple[PublishedTender, list[SealedBid]]:
    tender = make_tender(platform, opening_rule=rule, **changes)
    header = {"bidder_also": rule.bidder_also is not None, "k": changes.get("threshold", 2)}
    bids = [
        make_bid(platform, tender, f"bidder-{n}", price=f"{n}00.00", **header) for n in range(1, count + 1)
    ]
    for bid in bids:
        submit(platform, bid, tender)
    platform.clock.at = CLOSES + SECOND
    return tender, bids


def give(platform: Platform, tender: PublishedTender, bid: SealedBid, *, seed: bool = False) -> int:
    """Hand in what a bidder's own program makes of the key."""
    with platform.database.transaction() as session:
        mine = own_secrets.own_envelopes(
            session,
            keys=platform.adapters.keys,
            actor=bid.bidder,
            tender_id=tender.tender_id,
            now=platform.clock.now(),
        )
        make = own_seed if seed else own_part
        secrets = {one.key: make(bid.signer, one.place.prefix.ctx) for one in mine}
        return own_secrets.give_own(
            session,
            keys=platform.adapters.keys,
            actor=bid.bidder,
            tender_id=tender.tender_id,
            parts={} if seed else secrets,
            seeds=secrets if seed else {},
            now=platform.clock.now(),
        )


def lines(platform: Platform, tender: PublishedTender) -> list[dict[str, Any]]:
    with platform.database.reading() as session:
        found = queries.opening_record(session, tender.tender_id)
        return [] if found is None else found.body["bids"]


def outcomes(platform: Platform, tender: PublishedTender) -> list[tuple[str, str, str | None]]:
    return [(line["outcome"], line["cause"], line.get("consequence")) for line in lines(platform, tender)]


def released(platform: Platform, tender: PublishedTender, *positions: int) -> None:
    for position in positions:
        release(platform, tender, position)


def declare(
    platform: Platform, tender: PublishedTender, failing: str = "openers", bid: str | None = None
) -> str:
    with platform.database.transaction() as session:
        return failures.declare(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            failing=failing,
            bid_id=bid,
            reason="two openers lost their keys",
            now=platform.clock.now(),
        )


def confirm(platform: Platform, failure: str, actor: Actor | None = None) -> datetime:
    who = actor or platform.person("supervisor", Duty.SUPERVISOR)
    with platform.database.transaction() as session:
        return failures.confirm(session, actor=who, failure_id=failure, now=platform.clock.now())


def undecryptable(platform: Platform, tender: PublishedTender, *positions: int, ids: list[str]) -> None:
    for position in positions:
        release(platform, tender, position, **dict.fromkeys(ids))


def bid_ids(platform: Platform, tender: PublishedTender) -> list[str]:
    with platform.database.transaction() as session:
        own_secrets.close(
            session, keys=platform.adapters.keys, tender_id=tender.tender_id, now=platform.clock.now()
        )
        return [bid.id for bid in queries.sealed_bids(session, tender.tender_id)]


def spoil(platform: Platform, digest: bytes) -> None:
    folder = platform.adapters.settings.var / "objects"
    [path] = [
        one for one in folder.rglob("*") if digest.hex() in one.as_posix().replace("/", "") and one.is_file()
    ]
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

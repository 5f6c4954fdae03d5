"""What bidders hand in for the opening of their own envelopes: the own part, the seed as a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.bid_file import Place
from crypto.envelope import is_dealt, is_own_part
from kernel.clock import write_time
from kernel.errors import BadInput, NotFound, Refused, TooFewBids
from storage import audit_log, outbox
from storage.audit_log import Fact
from storage.keys import PlatformKeys
from tender import queries
from tender.actions.close import close
from tender.failures import PART, SEED
from tender.lifecycle import Stage
from tender.queries import failures, stages
from tender.records import BidRecord
from tender.records.failures import OwnSecretRecord


@dataclass(frozen=True)
class OwnEnvelope:
    """One envelope of the bidder that opens now: until when what of it can be handed in, and whether it was."""

    key: str
    bid: BidRecord
    place: Place
    part_until: datetime | None
    seed_until: datetime | None
    given: frozenset[str]
    is_opened: bool

    def until(self, what: str) -> datetime | None:
        """Until when a part or a seed can be handed in; None where it is not wanted."""
        return self.part_until if what == PART else self.seed_until

    def is_wanted(self, what: str, now: datetime) -> bool:
        """Whether this can be handed in now and was not."""
        until = self.until(what)
        return not self.is_opened and until is not None and now <= until and what not in self.given


def own_envelopes(
    session: Session, *, keys: PlatformKeys, actor: Actor, tender_id: str, now: datetime
) -> list[OwnEnvelope]:
    """The actor's envelopes that open now, after the closing.

    Raises:
        NotYetClosed: before the closing nothing may leave the bidder's machine.
        TooFewBids: the envelopes stay sealed.
    """
    actor.require(Duty.BIDDER)
    closing = close(session, keys=keys, tender_id=tender_id, now=now)
    record = queries.tender(session, tender_id, lock=True)
    if record.stage == Stage.FAILED:
        raise TooFewBids(bids=closing.bids, minimum=record.periods["minimum_bids"])
    moment = failures.moment_of(session, tender_id)
    part_until = failures.own_parts_until(session, tender_id, moment)
    has_remedy = failures.opening_rule(record).remedy is not None
    opened = stages.opened_at(session, tender_id, moment)
    found = []
    for bid in stages.bids_at(session, tender_id, moment):
        if bid.bidder_id != actor.organisation_id:
            continue
        failed = failures.failure_of(session, tender_id, bid.id, moment) if has_remedy else None
        seed_until, secrets = failed.until if failed else None, failures.own_secrets(session, bid.id)
        for key, place in stages.envelopes_of_bid(session, bid, moment).items():
            given = frozenset(what for kind, what in secrets if kind == place.prefix.header.kind)
            found.append(OwnEnvelope(key, bid, place, part_until, seed_until, given, bid.id in opened))
    return found


def give_own(
    session: Session,
    *,
    keys: PlatformKeys,
    actor: Actor,
    tender_id: str,
    parts: Mapping[str, bytes],
    seeds: Mapping[str, bytes],
    now: datetime,
) -> int:
    """Take own parts and seeds, by envelope as the openers name it; returns how many were new.

    Raises:
        NotFound: an envelope that is not the actor's, or does not open now.
        BadInput: what was handed in is not what the envelope commits to.
        Refused: it is not wanted, or its time is over.
    """
    own = {
        one.key: one for one in own_envelopes(session, keys=keys, actor=actor, tender_id=tender_id, now=now)
    }
    new = 0
    for what, given in ((PART, parts), (SEED, seeds)):
        for key, secret in sorted(given.items()):
            if key not in own:
                raise NotFound(what="envelope", id=key[:80])
            new += _take(session, actor, own[key], what, secret, now)
    for bid_id in sorted({own[key].bid.id for key in {**parts, **seeds}} if new else set()):
        outbox.enqueue(session, "open_bid", {"bid_id": bid_id}, now=now)
    return new


def _take(session: Session, actor: Actor, own: OwnEnvelope, what: str, secret: bytes, now: datetime) -> bool:
    prefix = own.place.prefix
    is_right = is_own_part(prefix, secret) if what == PART else is_dealt(prefix, secret)
    if not is_right:
        why = "this is not what the envelope commits to; use the key with which you sealed it"
        raise BadInput(where=f"{what}s.{own.key}", why=why)
    if what in own.given:
        return False
    _check_wanted(own, what, now)
    kind = prefix.header.kind
    session.add(
        OwnSecretRecord(
            bid_id=own.bid.id, kind=kind, what=what, secret=secret, given_by=actor.person_id, given_at=now
        )
    )
    data = {"kind": kind, "what": what, "sha256": sha256(secret).hexdigest()}
    audit_log.append(session, Fact("own-secret.given", own.bid.id, own.bid.tender_id, {**data}), now)
    return True


def _check_wanted(own: OwnEnvelope, what: str, now: datetime) -> None:
    until = own.until(what)
    if own.is_opened or until is None:
        raise Refused(rule="own-secrets", why="nothing of this kind is wanted of this envelope")
    if not own.is_wanted(what, now):
        raise Refused(rule="own-secrets", why=f"it could be handed in until {write_time(until)}")

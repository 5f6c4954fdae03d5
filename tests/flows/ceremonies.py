"""Builders for the ceremony of a draw: the parties with their keys and secrets, and each of their acts."""

import os
from dataclasses import dataclass, field
from typing import Any

from accounts.duties import Actor, Duty
from crypto.draw_keys import DrawKey, draw_key_of, offer_draw_key
from expert_pool import actions, queries
from expert_pool.draw import commitment
from expert_pool.escrow import (
    deal_secret,
    dealing_digest,
    open_dealt,
    sign_dealing,
    sign_receipt,
)
from tests.builders import Platform

PARTIES = {"office": Duty.TENDER_OFFICE, "witness": Duty.WITNESS, "supervisor": Duty.SUPERVISOR}


@dataclass
class Ceremony:
    """A requested draw with the parties' secrets and keys, each on its own machine."""

    draw_id: str
    tender_id: str
    people: dict[str, Actor]
    secrets: dict[str, bytes] = field(default_factory=dict)
    keys: dict[str, DrawKey] = field(default_factory=dict)


def begin(platform: Platform, draw_id: str, tender_id: str) -> Ceremony:
    """The parties of a draw that was asked for, each with a registered key."""
    people = {party: platform.person(party, duty) for party, duty in PARTIES.items()}
    keys = {
        party: draw_key_of(one.person_id, os.urandom(32), os.urandom(32)) for party, one in people.items()
    }
    with platform.database.transaction() as session:
        for party, key in keys.items():
            actions.register_draw_key(
                session, actor=people[party], statement=offer_draw_key(key), now=platform.clock.now()
            )
    return Ceremony(draw_id, tender_id, people, {party: os.urandom(32) for party in PARTIES}, keys)


def countersign(platform: Platform, ceremony: Ceremony) -> None:
    """The supervisor agrees to the request."""
    with platform.database.transaction() as session:
        actions.countersign(
            session,
            actor=ceremony.people["supervisor"],
            draw_id=ceremony.draw_id,
            request_hash=queries.draw(session, ceremony.draw_id).request_hash,
            now=platform.clock.now(),
        )


def commit(platform: Platform, ceremony: Ceremony, party: str, **changes: Any) -> None:
    """One party commits."""
    with platform.database.transaction() as session:
        hash = queries.draw(session, ceremony.draw_id).request_hash
        values = {
            "actor": ceremony.people[party],
            "party": party,
            "commitment": commitment(hash, party, ceremony.secrets[party]),
            **changes,
        }
        actions.commit(session, draw_id=ceremony.draw_id, now=platform.clock.now(), **values)


def deal(platform: Platform, ceremony: Ceremony, party: str, secret: bytes = b"") -> None:
    """One party deals shares of its secret, or of another one."""
    with platform.database.transaction() as session:
        hash = queries.draw(session, ceremony.draw_id).request_hash
        keys = queries.party_keys(queries.parties(session, ceremony.draw_id))
        dealt = deal_secret(hash, party, secret or ceremony.secrets[party], keys)
        statement = sign_dealing(ceremony.keys[party], hash, party, dealt)
        actions.deal(
            session,
            actor=ceremony.people[party],
            draw_id=ceremony.draw_id,
            party=party,
            statement=statement,
            now=platform.clock.now(),
        )


def receive(platform: Platform, ceremony: Ceremony, party: str) -> None:
    """One party signs for all its shares."""
    with platform.database.transaction() as session:
        draw, found = queries.draw(session, ceremony.draw_id), queries.parties(session, ceremony.draw_id)
        digests = {one.party: dealing_digest(one.dealing) for one in found}
        receipt = sign_receipt(ceremony.keys[party], draw.request_hash, party, digests)
        actions.receive(
            session,
            actor=ceremony.people[party],
            draw_id=draw.id,
            party=party,
            statement=receipt,
            now=platform.clock.now(),
        )


def opened_share(platform: Platform, ceremony: Ceremony, party: str, dealer: str) -> bytes | None:
    """A party's own share of a dealing, opened on its machine."""
    with platform.database.reading() as session:
        draw, found = queries.draw(session, ceremony.draw_id), queries.parties(session, ceremony.draw_id)
        silent = next(one for one in found if one.party == dealer)
        dealt = queries.dealt_shares(draw, silent, queries.party_keys(found))
    own = next(one for one in dealt if one.party == party)
    return open_dealt(ceremony.keys[party], draw.request_hash, dealer, own)


def bring_share(
    platform: Platform, ceremony: Ceremony, party: str, dealer: str, share: bytes = b""
) -> actions.Rescue:
    """One party brings its share of another one back."""
    brought = share or opened_share(platform, ceremony, party, dealer)
    assert brought is not None
    with platform.database.transaction() as session:
        return actions.bring_share(
            session,
            actor=ceremony.people[party],
            draw_id=ceremony.draw_id,
            party=party,
            dealer=dealer,
            share=brought,
            now=platform.clock.now(),
        )


def reveal(platform: Platform, ceremony: Ceremony, party: str, **changes: Any) -> bool:
    """One party reveals."""
    with platform.database.transaction() as session:
        values = {
            "actor": ceremony.people[party],
            "party": party,
            "secret": ceremony.secrets[party],
            **changes,
        }
        return actions.reveal(session, draw_id=ceremony.draw_id, now=platform.clock.now(), **values)


def escrow(platform: Platform, ceremony: Ceremony) -> None:
    """Everybody deals, then everybody signs for the shares."""
    for party in PARTIES:
        deal(platform, ceremony, party)
    for party in PARTIES:
        receive(platform, ceremony, party)


def commit_all(platform: Platform, ceremony: Ceremony) -> None:
    """Everybody commits."""
    for party in PARTIES:
        commit(platform, ceremony, party)


def hold(platform: Platform, ceremony: Ceremony) -> list[bool]:
    """The whole ceremony of honest parties after the countersignature; what each reveal answered."""
    commit_all(platform, ceremony)
    escrow(platform, ceremony)
    return [reveal(platform, ceremony, party) for party in PARTIES]

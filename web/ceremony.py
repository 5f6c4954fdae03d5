"""The ceremony of a draw over JSON: keys, countersignature, commitments, shares, receipts, reveals, rescue, voiding."""

from datetime import datetime
from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import unb64
from expert_pool import actions, queries
from expert_pool.ceremony import due
from expert_pool.escrow import dealing_digest
from expert_pool.nonces import read_nonce
from expert_pool.records import DrawRecord
from kernel.clock import write_time
from kernel.errors import BadInput
from storage.database import Session
from web.draw_room import DRAW_ROOM
from web.guards import adapters_of, caller
from web.routes import get, post, put
from web.shapes import Shape


class DrawKeyShape(Shape):
    """The public half of a draw key, signed with it."""

    statement: dict[str, Any]


class ChainShape(Shape):
    """The head of a hash chain in hex."""

    head: str


class CountersignatureShape(Shape):
    """The hash of the request to which the supervisor agrees, in hex."""

    request_hash: str


class CommitmentShape(Shape):
    """A party's commitment in hex."""

    commitment: str


class StatementShape(Shape):
    """A signed dealing or receipt."""

    statement: dict[str, Any]


class DisputeShape(Shape):
    """The party whose share does not open or does not fit."""

    dealer: str


class RevealShape(Shape):
    """A party's secret, 32 bytes as base64url."""

    secret: str


class ShareShape(Shape):
    """A share that is brought back, 64 bytes as base64url."""

    share: str


class LateValueShape(Shape):
    """The signature of the drand round, in hex."""

    value: str


class NonceShape(Shape):
    """A bidder's nonce, 64 hex digits."""

    nonce: str


class VoidShape(Shape):
    """Why a draw cannot go on."""

    reason: str


@put("/api/draw-key")
def register_key(request: Request[Any, Any, Any], data: JSONBody[DrawKeyShape]) -> dict[str, str]:
    """Register the public half of one's draw key."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        key = actions.register_draw_key(
            session, actor=actor, statement=data.statement, now=adapters.clock.now()
        )
    return {"fingerprint": key}


@put("/api/draw-chain")
def register_chain(request: Request[Any, Any, Any], data: JSONBody[ChainShape]) -> dict[str, str]:
    """Register the head of one's hash chain."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    head = read_hex("head", data.head)
    with adapters.database.transaction() as session:
        actions.register_draw_chain(session, actor=actor, head=head, now=adapters.clock.now())
    return {"head": data.head}


@get("/api/draw-chain")
def show_chain(request: Request[Any, Any, Any]) -> dict[str, str | None]:
    """The value of one's chain that is in force: the next secret is the one that hashes to it."""
    actor = caller(request).may(Scope.DRAW)
    actor.require(*actions.PARTY_DUTIES.values())
    with adapters_of(request).database.reading() as session:
        chain = queries.draw_chain(session, actor.person_id)
    return {"head": chain.head.hex() if chain else None}


@put("/api/tenders/{tender_id:str}/draw-nonce")
def give_nonce(
    request: Request[Any, Any, Any], tender_id: FromPath[str], data: JSONBody[NonceShape]
) -> dict[str, str]:
    """Hand in one's own number for the draw of the panel, as a bidder; until the request is frozen it may change."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.BID)
    nonce, now = read_nonce(data.nonce), adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.give_nonce(session, actor=actor, tender_id=tender_id, nonce=nonce, now=now)
    return {"nonce": nonce.hex()}


@get("/api/tenders/{tender_id:str}/draw-nonce")
def show_nonce(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> dict[str, str | None]:
    """The number that one's own organisation has handed in."""
    actor = caller(request).may(Scope.BID)
    actor.require(Duty.BIDDER)
    with adapters_of(request).database.reading() as session:
        kept = queries.own_nonce(session, tender_id, actor.organisation_id)
    return {"nonce": kept.nonce.hex() if kept else None}


@put("/api/draws/{draw_id:str}/countersignature")
def countersign(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: JSONBody[CountersignatureShape]
) -> dict[str, Any]:
    """Agree to the frozen request, as the supervisor."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    hash, now = read_hex("request_hash", data.request_hash), adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.countersign(session, actor=actor, draw_id=draw_id, request_hash=hash, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/commitments/{party:str}")
def commit(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[CommitmentShape],
) -> dict[str, Any]:
    """Commit to a secret that stays on the party's machine."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    value, now = read_hex("commitment", data.commitment), adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.commit(session, actor=actor, draw_id=draw_id, party=party, commitment=value, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@get("/api/draws/{draw_id:str}/dealings")
def show_dealings(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, Any]:
    """The parties' keys, and the sealed shares that were dealt: each opens with one party's key only."""
    actor = caller(request).may(Scope.DRAW)
    actor.require(*actions.PARTY_DUTIES.values())
    with adapters_of(request).database.reading() as session:
        record, found = queries.draw(session, draw_id), queries.parties(session, draw_id)
    return {
        "request_hash": record.request_hash.hex(),
        "keys": {one.party: one.key for one in found if one.key},
        "dealings": {one.party: one.dealing for one in found if one.dealing},
    }


@put("/api/draws/{draw_id:str}/dealings/{party:str}")
def deal(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[StatementShape],
) -> dict[str, Any]:
    """Hand the sealed shares of one's secret over."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.deal(session, actor=actor, draw_id=draw_id, party=party, statement=data.statement, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/receipts/{party:str}")
def receive(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[StatementShape],
) -> dict[str, Any]:
    """Sign for the shares that one received."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.receive(session, actor=actor, draw_id=draw_id, party=party, statement=data.statement, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/disputes/{party:str}")
def dispute(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[DisputeShape],
) -> dict[str, Any]:
    """Say that another party's share does not open or does not fit; it has to deal again."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.dispute_shares(
            session, actor=actor, draw_id=draw_id, party=party, dealer=data.dealer, now=now
        )
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/reveals/{party:str}", opt=DRAW_ROOM)
def reveal(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[RevealShape],
) -> dict[str, Any]:
    """Reveal the secret, in the order of the parties; the last reveal draws the panel."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    secret, now = unb64(data.secret, length=32), adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.reveal(session, actor=actor, draw_id=draw_id, party=party, secret=secret, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/shares/{dealer:str}/{party:str}", opt=DRAW_ROOM)
def bring_share(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    dealer: FromPath[str],
    party: FromPath[str],
    data: JSONBody[ShareShape],
) -> dict[str, Any]:
    """Bring back one's share of a party that stayed silent; two good ones rebuild its secret."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    share, now = unb64(data.share, length=64), adapters.clock.now()
    with adapters.database.transaction() as session:
        found = actions.bring_share(
            session, actor=actor, draw_id=draw_id, party=party, dealer=dealer, share=share, now=now
        )
        described = describe_draw(session, queries.draw(session, draw_id), now)
    return described | {"outcome": found.outcome, "at_fault": found.at_fault}


@put("/api/draws/{draw_id:str}/late-value/{party:str}", opt=DRAW_ROOM)
def bring_late_value(
    request: Request[Any, Any, Any],
    draw_id: FromPath[str],
    party: FromPath[str],
    data: JSONBody[LateValueShape],
) -> dict[str, Any]:
    """Bring the signature of the drand round that the request names; it draws the panel."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.bring_late_value(
            session, actor=actor, draw_id=draw_id, party=party, given=data.value, now=now
        )
        return describe_draw(session, queries.draw(session, draw_id), now)


@put("/api/draws/{draw_id:str}/void-request")
def ask_void(
    request: Request[Any, Any, Any], draw_id: FromPath[str], data: JSONBody[VoidShape]
) -> dict[str, Any]:
    """Ask to void a draw that cannot go on, as the office."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        actions.ask_void(session, actor=actor, draw_id=draw_id, reason=data.reason, now=now)
        return describe_draw(session, queries.draw(session, draw_id), now)


@post("/api/draws/{draw_id:str}/voiding", status_code=200)
def confirm_void(request: Request[Any, Any, Any], draw_id: FromPath[str]) -> dict[str, str]:
    """Agree to void a draw, as the supervisor."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.DRAW)
    with adapters.database.transaction() as session:
        actions.confirm_void(session, actor=actor, draw_id=draw_id, now=adapters.clock.now())
    return {"voided": draw_id}


@get("/api/tenders/{tender_id:str}/voided-draws")
def list_voided(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> list[dict[str, Any]]:
    """The draws of a tender that were voided: what each party had done, why, and when."""
    with adapters_of(request).database.reading() as session:
        found = queries.voided_draws(session, tender_id)
    return [
        {
            "id": one.id,
            "number": one.number,
            "request_hash": one.body["request_hash"],
            "parties": one.body["parties"],
            "reason": one.reason,
            "asked_at": write_time(one.asked_at),
            "voided_at": write_time(one.voided_at),
        }
        for one in found
    ]


def read_hex(where: str, typed: str) -> bytes:
    """A hash as people paste it."""
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise BadInput(where=where, why="64 hex digits are needed") from None


def filled_seats(record: DrawRecord) -> list[str]:
    """The vacant seats that a further round fills; none in the first."""
    continues = record.request.get("continues")
    return list(continues["seats"]) if continues else []


def describe_draw(session: Session, record: DrawRecord, now: datetime) -> dict[str, Any]:
    """What everybody may know of a draw while it runs; no leaf, no secret, no name."""
    found = due(queries.ceremony_state(session, record), now)
    return {
        "id": record.id,
        "tender": record.tender_id,
        "number": record.number,
        "round": record.round,
        "fills": filled_seats(record),
        "groups": record.groups,
        "request": record.request,
        "request_hash": record.request_hash.hex(),
        "requested_at": write_time(record.opened_at),
        "reveal_minutes": record.reveal_minutes,
        "restart_of": record.restart_of or None,
        "countersigned_at": write_time(record.countersigned_at) if record.countersigned_at else None,
        "due": {
            "step": found.step,
            "parties": list(found.parties),
            "until": write_time(found.until) if found.until else None,
        },
        "parties": [
            {
                "party": party.party,
                "commitment": party.commitment.hex() if party.commitment else None,
                "dealing": dealing_digest(party.dealing) if party.dealing else None,
                "receipt": dealing_digest(party.receipt) if party.receipt else None,
                "has_revealed": party.secret is not None,
                "is_rescued": party.is_rescued,
                "is_false": party.is_false,
            }
            for party in queries.parties(session, record.id)
        ],
        "drawn_at": write_time(record.drawn_at) if record.drawn_at else None,
    }


ROUTES = [
    register_key,
    register_chain,
    show_chain,
    give_nonce,
    show_nonce,
    countersign,
    commit,
    show_dealings,
    deal,
    receive,
    dispute,
    reveal,
    bring_share,
    bring_late_value,
    ask_void,
    confirm_void,
    list_voided,
]

"""Selects over draws: the frozen request, its parties, the record."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from crypto.canonical import JsonValue
from crypto.draw_keys import DrawPublic, draw_public_of
from expert_pool.ceremony import CeremonyState, PartyState
from expert_pool.draw import ABSENT, DrawRequest, Reveal
from expert_pool.escrow import DealtShare, read_dealing
from expert_pool.late_value import DRAND
from expert_pool.nonces import read_nonces
from expert_pool.queries.sealed import rows_of
from expert_pool.records.agencies import AgencyDrawRecord
from expert_pool.records.draws import (
    DrawChainRecord,
    DrawKeyRecord,
    DrawNonceRecord,
    DrawPartyRecord,
    DrawRecord,
    DrawShareRecord,
    VoidedDrawRecord,
)
from expert_pool.rounds import DrawnRound
from expert_pool.transcript import read_request, read_result, write_transcript
from kernel.errors import NotFound
from storage import audit_log


def next_number(session: Session) -> int:
    """The number of the next draw of this installation; a voided draw keeps its own."""
    standing = session.exec(select(func.max(DrawRecord.number))).one() or 0
    return max(standing, session.exec(select(func.max(VoidedDrawRecord.number))).one() or 0) + 1


def draw(session: Session, draw_id: str, *, lock: bool = False) -> DrawRecord:
    """One draw; raises NotFound."""
    found = select(DrawRecord).where(DrawRecord.id == draw_id)
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="draw", id=draw_id)
    return record


def rounds(session: Session, tender_id: str) -> list[DrawRecord]:
    """The draw of a tender and its further rounds, in order; empty before the first request."""
    found = select(DrawRecord).where(DrawRecord.tender_id == tender_id)
    return list(session.exec(found.order_by(col(DrawRecord.round))))


def find_draw(session: Session, tender_id: str) -> DrawRecord | None:
    """The newest round of a tender's draw, if one was requested: the one in which somebody may have to act."""
    found = select(DrawRecord).where(DrawRecord.tender_id == tender_id)
    return session.exec(found.order_by(col(DrawRecord.round).desc()).limit(1)).first()


def drawn_rounds(session: Session, tender_id: str) -> list[DrawnRound]:
    """The rounds that were drawn, whole; raises NoCallersKey while their tables are sealed to others."""
    return [
        DrawnRound(request_value(session, one), read_result(one.result))
        for one in rounds(session, tender_id)
        if one.result is not None
    ]


def draws(session: Session) -> list[DrawRecord]:
    """Every draw, newest first."""
    return list(session.exec(select(DrawRecord).order_by(col(DrawRecord.number).desc())))


def parties(session: Session, draw_id: str) -> list[DrawPartyRecord]:
    """The parties of a draw in the order of revealing."""
    found = select(DrawPartyRecord).where(DrawPartyRecord.draw_id == draw_id)
    return list(session.exec(found.order_by(col(DrawPartyRecord.position))))


def request_value(session: Session, record: DrawRecord | AgencyDrawRecord) -> DrawRequest:
    """The frozen request of a draw with its table; raises NoCallersKey while that is sealed to others."""
    rows = rows_of(session, record) if isinstance(record, DrawRecord) else record.rows
    return read_request(record.request, rows)


def reveals(session: Session, draw_id: str) -> list[Reveal]:
    """The secrets revealed so far, in order."""
    return [Reveal(p.party, p.secret) for p in parties(session, draw_id) if p.secret is not None]


def transcript(session: Session, record: DrawRecord) -> dict[str, JsonValue]:
    """The full record of a finished draw, as it is published after the evaluation."""
    if record.result is None:
        raise NotFound(what="draw record", id=record.id)
    committed = {p.party: p.commitment for p in parties(session, record.id) if p.commitment is not None}
    request = request_value(session, record)
    revealed, nonces = seed_reveals(session, record), read_nonces(record.nonces) if record.nonces else None
    result = read_result(record.result)
    return write_transcript(request, committed, revealed, result, record.late_value, nonces)


def nonces_given(session: Session, tender_id: str) -> list[DrawNonceRecord]:
    """What the bidders of a tender have handed in for its draw, in ascending order."""
    found = session.exec(select(DrawNonceRecord).where(DrawNonceRecord.tender_id == tender_id))
    return sorted(found, key=lambda one: one.nonce)


def own_nonce(
    session: Session, tender_id: str, bidder_id: str, *, lock: bool = False
) -> DrawNonceRecord | None:
    """What one bidder has handed in, if anything."""
    return session.get(DrawNonceRecord, (tender_id, bidder_id), with_for_update=lock)


def seed_reveals(session: Session, record: DrawRecord) -> list[Reveal]:
    """What goes into the seed: with a late value a party that stayed silent is absent."""
    return [Reveal(one.party, one.secret or ABSENT) for one in parties(session, record.id)]


def ceremony_state(session: Session, record: DrawRecord) -> CeremonyState:
    """A draw as the rules of the ceremony see it."""
    found = parties(session, record.id)
    committed = [one.committed_at for one in found if one.committed_at is not None]
    terms = record.request.get("late")
    return CeremonyState(
        tuple(
            PartyState(
                one.party,
                one.commitment is not None,
                one.dealing is not None,
                one.received_at,
                one.revealed_at,
            )
            for one in found
        ),
        record.countersigned_at is not None,
        timedelta(minutes=record.reveal_minutes),
        terms is not None and terms["kind"] == DRAND,
        max(committed) if len(committed) == len(found) else None,
        record.result is not None,
    )


def party_keys(found: Sequence[DrawPartyRecord]) -> dict[str, DrawPublic]:
    """The keys with which the parties of a draw committed, in order."""
    return {one.party: draw_public_of(one.key) for one in found if one.key is not None}


def dealt_shares(
    record: DrawRecord, party: DrawPartyRecord, keys: dict[str, DrawPublic]
) -> Sequence[DealtShare]:
    """The shares that a party dealt."""
    return read_dealing(party.dealing, record.request_hash, party.party, keys)


def draw_key(session: Session, person_id: str) -> DrawKeyRecord | None:
    """The draw key that a person registered last."""
    return session.get(DrawKeyRecord, person_id)


def draw_chain(session: Session, person_id: str) -> DrawChainRecord | None:
    """The head of a person's hash chain."""
    return session.get(DrawChainRecord, person_id)


def chain_entries(session: Session, tender_id: str) -> list[audit_log.LogRecord]:
    """The log's entries that fixed the chains from which the parties of a tender's draws took their secrets."""
    found = {one.chain_index for draw in rounds(session, tender_id) for one in parties(session, draw.id)}
    return audit_log.entries_at(session, {index for index in found if index is not None})


def shares_given(session: Session, draw_id: str, dealer: str = "") -> list[DrawShareRecord]:
    """The shares that were brought back, of one dealer or of all."""
    found = select(DrawShareRecord).where(DrawShareRecord.draw_id == draw_id)
    if dealer:
        found = found.where(DrawShareRecord.dealer == dealer)
    return list(session.exec(found.order_by(DrawShareRecord.dealer, DrawShareRecord.party)))


def voided_draws(session: Session, tender_id: str = "", round: int = 0) -> list[VoidedDrawRecord]:
    """Voided draws, of one tender (or of one of its rounds) or of all, newest first."""
    found = select(VoidedDrawRecord)
    if tender_id:
        found = found.where(VoidedDrawRecord.tender_id == tender_id)
    if round:
        found = found.where(VoidedDrawRecord.round == round)
    return list(session.exec(found.order_by(col(VoidedDrawRecord.number).desc())))

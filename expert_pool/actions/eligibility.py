"""Eligibility around a draw: what is sealed beside it, what is checked again after the opening, what is recomputed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlmodel import Session

from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue, b64, canonical, read_canonical
from expert_pool.conflicts import ties_finder, write_parties
from expert_pool.draw import kin_tag
from expert_pool.eligibility import judge, rules_for
from expert_pool.eligibility_rules import EligibilityRules, write_rules
from expert_pool.entry_form import read_expert
from expert_pool.experts import expert_leaf, leaf_salt
from expert_pool.kin import families
from expert_pool.queries import candidates, ceremony, panels, pool
from expert_pool.queries.candidates import Candidate, JudgedPool
from expert_pool.queries.sealed import expert_id_of, open_table
from expert_pool.records.draws import DrawRecord
from expert_pool.records.eligibility import AvoidanceRecord, DrawEligibilityRecord, PoolRulesRecord
from expert_pool.rounds import misfits
from expert_pool.transcript import read_result
from kernel.fields import Fields
from kernel.ids import new_id
from kernel.working_days import business_day
from storage import audit_log
from storage.audit_log import Fact
from storage.database import CALLER_KEY, seal, unseal


@dataclass(frozen=True)
class Avoidance:
    """A tie found after the opening: whose leaf, which seat (empty: a reserve), which kinds of tie. No name."""

    leaf: str
    seat: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Recomputation:
    """The frozen table against the rules applied again: counts by code, and the leaves where they differ."""

    experts: int
    frozen: dict[str, int]
    again: dict[str, int]
    differing: tuple[str, ...]


def seal_candidate(session: Session, draw_id: str, candidate: Candidate) -> list[str]:
    """What a draw keeps under a leaf: the expert's id, and the entry sealed."""
    return [candidate.expert_id, b64(seal(session, candidates.entry_context(draw_id), candidate.entry))]


def keep_judgement(session: Session, *, draw_id: str, judged: JudgedPool) -> str:
    """Seal what a draw judged its pool by beside it; returns the digest of the rules, for the log."""
    rules = write_rules(judged.rules)
    avoided = canonical(write_parties(judged.parties))
    session.add(
        DrawEligibilityRecord(
            draw_id=draw_id,
            rules=rules,
            day=judged.day,
            avoided=seal(session, candidates.avoided_context(draw_id), avoided, key=CALLER_KEY),
            sealed_with=CALLER_KEY,
        )
    )
    session.flush()
    return sha256(canonical(rules)).hexdigest()


def set_rules(session: Session, *, actor: Actor, rules: EligibilityRules, now: datetime) -> None:
    """Set the limits of draws from now on; draws that were requested keep theirs.

    The office that asks for a draw cannot choose them, so that no panel is shaped by its own limits.
    """
    actor.require(Duty.POOL_MANAGER)
    newest = candidates.rules_history(session, 1)
    number = newest[0].number + 1 if newest else 1
    written = write_rules(rules)
    session.add(PoolRulesRecord(number=number, rules=written, set_by=actor.person_id, set_at=now))
    session.flush()
    audit_log.append(session, Fact("pool.rules-set", actor.person_id, None, {"rules": written}), now)


def recheck_avoidance(session: Session, tender_id: str, now: datetime) -> tuple[Avoidance, ...]:
    """Look again at everybody seated or in reserve, now that the bids lie open; returns every tie found so far.

    A seat named here is given to the next reserve with the reason `avoided after opening`, a reserve named here is
    passed over. Repeatable: what was found before stays found, and only something new is written to the log.
    """
    drawn = _drawn(session, tender_id)
    if not drawn:
        return ()
    parties, rules = candidates.avoided_parties(session, tender_id), _rules(session, tender_id)
    find = ties_finder(parties, business_day(now), rules.tie_years)
    known = {row.leaf for row in candidates.avoidances(session, tender_id)}
    fresh = Counter[str]()
    for leaf, (seat, expert_id) in drawn.items():
        ties = find(pool.expert_value(session, pool.expert(session, expert_id))) if leaf not in known else ()
        if not ties:
            continue
        body: list[JsonValue] = [{"kind": tie.kind, "role": tie.role, "party": tie.party} for tie in ties]
        # A tie says more than a name hides: beside an open pool its party may fit one expert only.
        sealed = seal(session, tie_context(tender_id, leaf), canonical(body), key=CALLER_KEY)
        session.add(
            AvoidanceRecord(
                id=new_id(),
                tender_id=tender_id,
                leaf=leaf,
                seat=seat,
                ties=sealed,
                sealed_with=CALLER_KEY,
                found_at=now,
            )
        )
        fresh["seats" if seat else "reserves"] += 1
    session.flush()
    if fresh:
        data: dict[str, JsonValue] = {"seats": fresh["seats"], "reserves": fresh["reserves"]}
        audit_log.append(session, Fact("panel.avoidance-found", tender_id, tender_id, data), now)
    return found_avoidances(session, tender_id)


def found_avoidances(session: Session, tender_id: str) -> tuple[Avoidance, ...]:
    """What the check after the opening found: kinds of ties without any party's name."""
    found = []
    for row in candidates.avoidances(session, tender_id):
        ties = read_canonical(
            unseal(session, tie_context(tender_id, row.leaf), row.ties, key=row.sealed_with)
        )
        found.append(Avoidance(row.leaf, row.seat, tuple(sorted({str(tie["kind"]) for tie in ties}))))
    return tuple(found)


def recompute_eligibility(session: Session, *, actor: Actor, draw_id: str, now: datetime) -> Recomputation:
    """Apply the frozen rules again to the frozen entries, with full data; the look is logged with who took it.

    A leaf differs when its entry does not give it, or when the rules give another line than the table, or what the
    frozen entries say of relatives another family. The table of a further round differs where it is not what the
    first one leaves; its entries are looked at in the first round.
    """
    actor.require(Duty.SUPERVISOR)
    record = ceremony.draw(session, draw_id)
    if record.round > 1:
        return _recompute_round(session, actor, record, now)
    rules, parties, day = candidates.frozen_judgement(session, draw_id)
    groups = candidates.frozen_groups(record)
    checks = rules_for(rules, groups, parties, day)
    frozen, again = Counter[str](), Counter[str]()
    differing: list[str] = []
    table = open_table(session, record)
    rows = ceremony.request_value(session, record).rows
    entries = [candidates.frozen_entry(session, draw_id, table.experts[row.leaf]) for row in rows]
    experts = [read_expert(Fields(read_canonical(entry))) for entry in entries]
    kin = families(experts)
    for row, entry, expert in zip(rows, entries, experts, strict=True):
        line = judge(expert, groups, checks)
        family = "" if row.excluded else kin.get(expert.number, "")
        tag = kin_tag(table.leaf_key, draw_id, family) if family else ""
        salt = leaf_salt(table.leaf_key, draw_id, expert.number)
        frozen[row.excluded or ""] += 1
        again[line.excluded or ""] += 1
        told, again_told = (row.mask, row.excluded, row.kin), (line.mask, line.excluded, tag)
        if told != again_told or expert_leaf(salt, entry) != row.leaf:
            differing.append(row.leaf)
    return _told(session, actor, record, frozen, again, differing, now)


def _recompute_round(session: Session, actor: Actor, record: DrawRecord, now: datetime) -> Recomputation:
    request = ceremony.request_value(session, record)
    earlier = ceremony.drawn_rounds(session, record.tender_id)[: record.round - 1]
    frozen = Counter(row.excluded or "" for row in request.rows)
    return _told(session, actor, record, frozen, frozen, misfits(earlier, request), now)


def _told(
    session: Session,
    actor: Actor,
    record: DrawRecord,
    frozen: Counter[str],
    again: Counter[str],
    differing: list[str],
    now: datetime,
) -> Recomputation:
    """The recomputation, logged."""
    data: dict[str, JsonValue] = {"by": actor.person_id, "differing": len(differing)}
    audit_log.append(session, Fact("draw.eligibility-recomputed", record.id, record.tender_id, data), now)
    return Recomputation(frozen.total(), dict(frozen), dict(again), tuple(differing))


def tie_context(tender_id: str, leaf: str) -> str:
    """What a tie found after the opening is sealed to."""
    return f"avoidance {tender_id} {leaf}"


def _drawn(session: Session, tender_id: str) -> dict[str, tuple[str, str]]:
    """Seat and expert of every leaf that is seated or may still be: reserves have no seat."""
    found: dict[str, tuple[str, str]] = {}
    rounds = ceremony.rounds(session, tender_id)
    experts = open_table(session, rounds[0]).experts if rounds else {}
    for record in rounds:
        reserves = read_result(record.result).reserves if record.result is not None else {}
        for leaves in reserves.values():
            found.update((leaf, ("", experts[leaf][0])) for leaf in leaves)
    for seat, _ in panels.all_seats(session, tender_id):
        if seat.replaced_by is None:
            found[seat.leaf] = (seat.seat, expert_id_of(session, seat))
        else:
            found.pop(seat.leaf, None)
    return found


def _rules(session: Session, tender_id: str) -> EligibilityRules:
    return candidates.frozen_judgement(session, ceremony.rounds(session, tender_id)[0].id)[0]

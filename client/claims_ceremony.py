"""The claim about the ceremony of a draw: countersigned, committed, dealt, received, revealed, in this order.

1. The draw whose record is in the capsule is the last one asked for in its round; one before it was voided first, once
   at most.
2. The supervisor countersigned the request that the record holds, before anybody committed.
3. Everybody dealt after the last commitment and signed after the last dealing; nobody revealed before that. A draw
   with a late value has no dealings: who stayed silent there is absent in the record and in the log.
4. Each party revealed once or was rebuilt once, in the order of the request; the late value came last.
5. A secret of a hash chain is the value after the head that was in force when its party committed, and that head
   follows from the one that was registered; how many were so before the draw was asked for is told.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NoReturn

from client.claims import Evidence
from crypto.canonical import unb64
from crypto.log_entry import LoggedFact
from expert_pool.escrow import chain_value
from kernel.errors import IntegrityBroken

MOST_VOIDED = 1
MOST_DRAWS_OF_CHAIN = 100_000
Logged = list[tuple[int, LoggedFact]]


def ceremony_was_kept(evidence: Evidence, record: Any) -> str:
    """Check the ceremony of the draw in the record against the log; says how it went."""
    draw_id = record["request"]["draw_id"]
    voided = _check_restarts(evidence, draw_id, record["request"].get("round", 1))
    commits = _of(evidence, "draw.committed", draw_id)
    _check_countersigned(evidence, record, commits)
    parties = list(record["request"]["parties"])
    revealed = _of(evidence, "draw.revealed", draw_id) + _of(evidence, "draw.rescued", draw_id)
    absent = _absent(evidence, record, revealed)
    if not record["request"].get("late"):
        _check_escrow(evidence, draw_id, parties, commits, revealed)
    told = [fact.data["party"] for _, fact in sorted(revealed, key=lambda one: one[0])]
    if told != [party for party in parties if party not in absent]:
        _broken("the parties did not reveal once each, in the order of the request")
    fixed = _check_chains(evidence, record, commits)
    rescued = len(_of(evidence, "draw.rescued", draw_id))
    found = f"countersigned, {rescued} rebuilt, {len(absent)} absent, {voided} voided before"
    return f"{found}, {fixed} from chains fixed before" if fixed else found


def _check_restarts(evidence: Evidence, draw_id: str, round: int) -> int:
    asked = [one for one in evidence.of_kind("draw.requested") if one[1].data.get("round", 1) == round]
    subjects = {fact.subject for _, fact in asked}
    voided = {
        fact.subject: index for index, fact in evidence.of_kind("draw.voided") if fact.subject in subjects
    }
    if not asked or asked[-1][1].subject != draw_id or draw_id in voided or len(voided) > MOST_VOIDED:
        _broken("the draw in the capsule is not the one that was asked for last")
    for (_, earlier), (index, later) in pairwise(asked):
        if voided.get(earlier.subject, index) >= index or later.data["restart_of"] != earlier.subject:
            _broken("a draw was asked for again without the first one being voided")
    return len(voided)


def _check_countersigned(evidence: Evidence, record: Any, commits: Logged) -> None:
    signed = _of(evidence, "draw.countersigned", record["request"]["draw_id"])
    if len(signed) != 1 or signed[0][1].data["request"] != record["request_hash"]:
        _broken("the supervisor did not countersign this request")
    if signed[0][0] > min(index for index, _ in commits):
        _broken("somebody committed before the request was countersigned")


def _check_escrow(
    evidence: Evidence, draw_id: str, parties: list[str], commits: Logged, revealed: Logged
) -> None:
    dealt = {fact.data["party"]: index for index, fact in _of(evidence, "draw.shares-dealt", draw_id)}
    signed = {fact.data["party"]: index for index, fact in _of(evidence, "draw.shares-received", draw_id)}
    if sorted(dealt) != sorted(parties) or sorted(signed) != sorted(parties):
        _broken("not every party dealt shares and signed for those it received")
    order = (
        max(index for index, _ in commits),
        max(dealt.values()),
        max(signed.values()),
        min(index for index, _ in revealed),
    )
    first_dealt = min(index for index, _ in _of(evidence, "draw.shares-dealt", draw_id))
    # A dispute clears the receipts, so the last ones of all come after the last dealing.
    if list(order) != sorted(order) or first_dealt < order[0] or min(signed.values()) < order[1]:
        _broken("shares were dealt, received or revealed out of order")


def _absent(evidence: Evidence, record: Any, revealed: Logged) -> list[str]:
    silent = [line["party"] for line in record["reveals"] if line["secret"] is None]
    late = _of(evidence, "draw.late-value", record["request"]["draw_id"])
    if not record["request"].get("late"):
        if late or silent:
            _broken("a late value was used that the request does not name")
        return []
    told = [(fact.data["value"], fact.data["absent"]) for _, fact in late]
    if told != [(record["late"], silent)] or late[0][0] < max(index for index, _ in revealed):
        _broken("the late value or the absent parties are not the logged ones")
    return silent


def _check_chains(evidence: Evidence, record: Any, commits: Logged) -> int:
    heads = {fact.data["party"]: fact.data.get("chain") for _, fact in commits}
    for line in record["reveals"]:
        head = heads.get(line["party"])
        if head and line["secret"] and chain_value(unb64(line["secret"], length=32)).hex() != head:
            _broken(f"the secret of {line['party']} is not the next value of its chain")
    [asked] = [index for index, _ in _of(evidence, "draw.requested", record["request"]["draw_id"])]
    known = {
        fact.data["head"]: index for index, fact in evidence.chains if fact.kind == "draw-chain.registered"
    }
    return sum(
        _registered(bytes.fromhex(head), known, party) < asked for party, head in heads.items() if head
    )


def _registered(head: bytes, known: Mapping[str, int], party: str) -> int:
    """Where the chain of a head was registered: some values before the head in force, as each draw used up one."""
    for _ in range(MOST_DRAWS_OF_CHAIN):
        if head.hex() in known:
            return known[head.hex()]
        head = chain_value(head)
    raise IntegrityBroken(what=f"the chain of {party} was never registered")


def _of(evidence: Evidence, kind: str, draw_id: str) -> Logged:
    return [(index, fact) for index, fact in evidence.of_kind(kind) if fact.subject == draw_id]


def _broken(what: str) -> NoReturn:
    raise IntegrityBroken(what=what)

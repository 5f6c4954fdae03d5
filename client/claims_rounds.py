"""The records of a draw and of its further rounds in a capsule, each recomputed, each continuing the one before."""

from collections import Counter
from typing import Any

from client.claims import Evidence, digest_of
from expert_pool.nonces import nonce_digest, read_nonces
from expert_pool.rounds import DrawnRound, check_rounds
from expert_pool.transcript import check_transcript, read_request
from kernel.errors import IntegrityBroken

FIRST = "draw.json"


def draw_records(evidence: Evidence) -> list[Any]:
    """The records of all rounds, in order, as the log names them; raises IntegrityBroken where one is missing."""
    drawn = [fact for _, fact in evidence.of_kind("panel.drawn")]
    if not drawn or round_part(len(drawn) + 1) in evidence.capsule.parts:
        raise IntegrityBroken(what="the capsule does not hold exactly the rounds that were drawn")
    records = [evidence.capsule.json(round_part(number)) for number in range(1, len(drawn) + 1)]
    for fact, record in zip(drawn, records, strict=True):
        if digest_of(record) != fact.data["record"] or record["request"]["draw_id"] != fact.subject:
            raise IntegrityBroken(what="the draw record is not the one that was logged")
    return records


def round_part(number: int) -> str:
    """The part of the capsule that holds the record of a round."""
    return FIRST if number == 1 else f"draw_round_{number}.json"


def checked_rounds(evidence: Evidence) -> list[DrawnRound]:
    """Recompute every round; raises IntegrityBroken or BadInput where one does not hold."""
    found = [
        DrawnRound(read_request(record["request"], record["table"]), check_transcript(record))
        for record in draw_records(evidence)
    ]
    check_rounds(found)
    return found


def check_nonces(evidence: Evidence, record: Any) -> None:
    """The nonces in a record are all that stood when its request was frozen: none is left out, none was made up."""
    asked = [
        index
        for index, fact in evidence.of_kind("draw.requested")
        if fact.subject == record["request"]["draw_id"]
    ]
    standing = Counter[str]()
    for index, fact in evidence.of_kind("draw.nonce-given"):
        if index < asked[-1]:
            standing[fact.data["nonce"]] += 1
            standing[fact.data["replaces"] or ""] -= 1
    del standing[""]
    told = read_nonces(record["nonces"]).given if "nonces" in record else ()
    if +standing != Counter(map(nonce_digest, told)):
        raise IntegrityBroken(what="the bidders' nonces in the draw are not those that the log holds")

"""The records of a draw and of its further rounds in a capsule, each recomputed, each continuing the one before."""

from typing import Any

from client.claims import Evidence
from expert_pool.rounds import DrawnRound, check_rounds
from expert_pool.transcript import check_transcript, read_request

FIRST = "draw.json"


def draw_records(evidence: Evidence) -> list[Any]:
    """The records of all rounds, in order; raises IntegrityBroken where the first one is missing."""
    records: list[Any] = []
    name = FIRST
    while not records or name in evidence.capsule.parts:
        records.append(evidence.capsule.json(name))
        name = round_part(len(records) + 1)
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

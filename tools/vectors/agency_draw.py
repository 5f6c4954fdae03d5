"""Write the vectors of docs/formats/agency-draw.md: python -m tools.vectors.agency_draw."""

import json
from hashlib import sha256
from pathlib import Path

from crypto.canonical import JsonValue
from crypto.log_entry import fact_bytes, leaf_data
from crypto.log_seed import Freeze, SeedRoot
from crypto.merkle import inclusion_proof, leaf_hash, root_of
from expert_pool.agency_draw import (
    FROZEN,
    check_agency_transcript,
    freeze_request,
    listed,
    write_agency_transcript,
)
from expert_pool.draw import request_hash

FOLDER = Path("tests/vectors/agency-draw")
DAY = "2026-04-01"
CASES = {"one": (1, 0), "five": (5, 6), "barred": (3, 9)}


def vector(name: str, able: int, before: int) -> dict[str, object]:
    """A whole draw after `before` other entries of a log; salts follow from the name."""
    rows = [
        {
            "code": f"A{n}",
            "name": f"设计院{n}",
            "qualification": "甲级",
            "service": "design",
            "valid_until": "2026-03-31" if n == able else "2026-12-31",
            "blacklisted_for": "forgery" if n == able + 1 else "",
        }
        for n in range(able + 2 * (name == "barred"))
    ]
    agencies = listed(rows, "design")
    request = freeze_request(f"draw-{name}", 1, "case:1", "design", DAY, agencies)
    data: dict[str, JsonValue] = {"request_hash": request_hash(request).hex(), "day": DAY}
    fact = fact_bytes(FROZEN, request.draw_id, None, "2026-04-01T01:00:00.000000Z", data)
    salt = sha256(name.encode()).digest()
    leaves = [leaf_hash(f"{name} entry {n}".encode()) for n in range(before + 2)]
    leaves[before] = leaf_hash(leaf_data(salt, fact))

    def node(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    seed = SeedRoot(root_of(leaves), inclusion_proof(before, before + 2, node))
    record = write_agency_transcript(request, DAY, agencies, Freeze(before, fact, salt), seed)
    return {"agency": check_agency_transcript(record)["code"], "record": record}


def main() -> None:
    """Write every vector file."""
    for name, (able, before) in CASES.items():
        text = json.dumps(vector(name, able, before), ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Write the vectors of docs/formats/evaluation-draw.md: python -m tools.vectors.evaluation_draw."""

import json
from hashlib import sha256
from pathlib import Path

from crypto.canonical import JsonValue
from crypto.log_entry import fact_bytes, leaf_data
from crypto.log_seed import Freeze, SeedRoot
from crypto.merkle import inclusion_proof, leaf_hash, root_of
from evaluation.drawing import (
    COEFFICIENT,
    FORMULA,
    FROZEN,
    SAMPLE,
    TIE,
    TIES,
    DrawItem,
    DrawRequest,
    check_transcript,
    request_hash,
    write_transcript,
)

FOLDER = Path("tests/vectors/evaluation-draw")
BIDS = tuple(f"bid-{n:02}" for n in range(1, 13))
CASES: dict[str, tuple[str, tuple[DrawItem, ...], int]] = {
    "coefficient": (FORMULA, (DrawItem(COEFFICIENT, "K", ("0.95", "0.955", "0.96", "0.965", "0.97")),), 0),
    "formula": (
        FORMULA,
        (
            DrawItem(COEFFICIENT, "K1", ("0.95", "0.96", "0.97")),
            DrawItem(COEFFICIENT, "Q1", ("0.3", "0.35", "0.4", "0.45", "0.5", "0.55", "0.6")),
            DrawItem(SAMPLE, "nine", BIDS),
        ),
        6,
    ),
    "ties": (TIES, (DrawItem(TIE, "1", BIDS[:2]), DrawItem(TIE, "3", BIDS[2:5])), 9),
}


def vector(name: str, stage: str, items: tuple[DrawItem, ...], before: int) -> dict[str, JsonValue]:
    """A whole draw after `before` other entries of a log; salts follow from the name."""
    request = DrawRequest(f"draw-{name}", "tender-1", "lot-1", stage, sha256(b"rests").hexdigest(), items)
    data: dict[str, JsonValue] = {"request": request_hash(request).hex(), "lot": "lot-1", "stage": stage}
    fact = fact_bytes(FROZEN, request.draw_id, "tender-1", "2026-11-22T01:00:00.000000Z", data)
    salt = sha256(name.encode()).digest()
    leaves = [leaf_hash(f"{name} entry {n}".encode()) for n in range(before + 2)]
    leaves[before] = leaf_hash(leaf_data(salt, fact))

    def node(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    seed = SeedRoot(root_of(leaves), tuple(inclusion_proof(before, before + 2, node)))
    record = write_transcript(request, Freeze(before, fact, salt), seed)
    check_transcript(record)
    return record


def main() -> None:
    """Write every vector file."""
    FOLDER.mkdir(exist_ok=True)
    for name, (stage, items, before) in CASES.items():
        text = json.dumps(vector(name, stage, items, before), ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

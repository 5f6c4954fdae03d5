"""Write the vectors of docs/formats/draw-record.md: python -m tools.vectors.draw."""

import json
from hashlib import sha256
from pathlib import Path

from crypto.canonical import b64
from expert_pool.draw import (
    DrawGroup,
    Reveal,
    Row,
    commitment,
    make_request,
    request_hash,
    seed_of,
)
from expert_pool.drawing import draw_panel
from expert_pool.transcript import write_transcript

FOLDER = Path("tests/vectors/draw")
PARTIES = ("office", "supervisor", "witness")
CASES = {
    "c1": ([1, 1], [1, 1, 3, 2]),
    "c2": ([1, 1], [1, 1, 1, 1, 2, 3]),
    "three-groups": ([3, 1, 1], [1, 1, 1, 3, 3, 5, 7, 2, 6, 4, 4, 0, 0, 1, 3]),
    "one-group": ([5], [1] * 12),
}


def vector(name: str, quotas: list[int], masks: list[int]) -> dict[str, object]:
    """One whole draw with leaves and secrets that follow from its name."""
    groups = [DrawGroup("abc"[g], quota, 2) for g, quota in enumerate(quotas)]
    rows = [
        Row(sha256(f"{name} expert {i}".encode()).hexdigest(), mask, None if mask else "specialty")
        for i, mask in enumerate(masks)
    ]
    request = make_request(f"draw-{name}", 1, "tender-1", groups, PARTIES, rows)
    hash = request_hash(request)
    reveals = [Reveal(party, sha256(f"{name} {party}".encode()).digest()) for party in PARTIES]
    committed = {reveal.party: commitment(hash, reveal.party, reveal.secret) for reveal in reveals}
    seed = seed_of(hash, reveals)
    return {
        "seed": b64(seed),
        "record": write_transcript(request, committed, reveals, draw_panel(request, seed)),
    }


def main() -> None:
    """Write every vector file."""
    for name, (quotas, masks) in CASES.items():
        text = json.dumps(vector(name, quotas, masks), ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

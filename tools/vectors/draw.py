"""Write the vectors of docs/formats/draw-record.md: python -m tools.vectors.draw."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from crypto.canonical import b64
from expert_pool.drand import QUICKNET_KEY
from expert_pool.draw import (
    ABSENT,
    DrawGroup,
    DrawRequest,
    DrawTerms,
    Reveal,
    Round,
    Row,
    commitment,
    make_request,
    request_hash,
    seed_of,
)
from expert_pool.drawing import draw_panel
from expert_pool.late_value import DrandRule, LateRule, TypedRule, late_value
from expert_pool.nonces import Nonces, nonces_hash
from expert_pool.rounds import DrawnRound, later_groups, later_rows
from expert_pool.transcript import read_request, read_result, write_transcript

FOLDER = Path("tests/vectors/draw")
PARTIES = ("office", "supervisor", "witness")
QUICKNET_1000 = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)


@dataclass(frozen=True)
class Case:
    """A draw in short: masks of experts, and since version 2 an employer's (or company's) letter for each cap."""

    quotas: Sequence[int]
    masks: Sequence[int]
    version: int = 1
    caps: tuple[int, ...] = ()
    employers: Sequence[str] = ()
    kin: str = ""
    late: LateRule | None = None
    given: str | None = None
    absent: str = ""


CASES = {
    "c1": Case([1, 1], [1, 1, 3, 2]),
    "c2": Case([1, 1], [1, 1, 1, 1, 2, 3]),
    "three-groups": Case([3, 1, 1], [1, 1, 1, 3, 3, 5, 7, 2, 6, 4, 4, 0, 0, 1, 3]),
    "one-group": Case([5], [1] * 12),
    "v2-c3": Case([2], [1] * 5, 2, (1,), "XXXYZ"),
    "v2-no-cap": Case([3, 1, 1], [1, 1, 1, 3, 3, 5, 7, 2, 6, 4, 4, 0, 0, 1, 3], 2),
    "v2-kept-cap": Case([3, 2], [1, 1, 1, 1, 3, 3, 2, 2], 2, (2,), "XXXXXYYZ"),
    "v2-nested": Case(
        [2, 2], [1, 1, 1, 2, 3, 3, 2, 1, 2], 2, (1, 2), ["XC", "XC", "YC", "YC", "ZC", "VD", "VD", "WD", "UE"]
    ),
    "v2-relatives": Case([1, 1], [1, 1, 1, 1, 2, 2, 2, 3], 2, (1,), "XXYZVWUT", kin="---k--k-"),
    "v2-drand-absent": Case(
        [1, 1], [1, 1, 3, 2], 2, late=DrandRule(QUICKNET_KEY, 1000), given=QUICKNET_1000, absent="witness"
    ),
    "v2-typed": Case(
        [1, 1], [1, 1, 3, 2], 2, late=TypedRule("the seven figures of the lottery"), given="0412233"
    ),
    "v3-round-1": Case(
        [2, 1], [3, 3, 3, 3, 1, 1, 1, 2, 2, 2, 2, 2, 3, 0], 3, (1,), "XXXXYZWVUTSRQP", "----k----k----"
    ),
    "v4-family-and-colleagues": Case([3, 1], [1, 1, 1, 1, 1, 2, 3], 4, (1,), "XYYZVWU", kin="kk-----"),
    "v4-nested": Case(
        [3], [1, 1, 1, 1, 1, 1, 1], 4, (1, 2), ["XC", "YC", "YC", "ZC", "VD", "WD", "UE"], kin="k--l-kl"
    ),
}
ROUND_2 = "v3-round-2"
SEATED = 2
"""How many members of the first round still sit when the second one is asked for: the others' seats are vacant."""


def rows_of(name: str, case: Case) -> list[Row]:
    """The table: leaves and tags that follow from the name of the case."""
    tags = [tuple(_tag(letters[level:]) for level in range(len(case.caps))) for letters in case.employers]
    return [
        Row(
            sha256(f"{name} expert {i}".encode()).hexdigest(),
            mask,
            None if mask else "specialty",
            tags[i] if mask and case.caps else (),
            _tag("kin " + case.kin[i]) if mask and case.kin and case.kin[i] != "-" else "",
        )
        for i, mask in enumerate(case.masks)
    ]


def vector(name: str, case: Case, number: int) -> dict[str, object]:
    """One whole draw with secrets that follow from its name."""
    groups = [DrawGroup("abc"[g], quota, 2) for g, quota in enumerate(case.quotas)]
    round = Round(nonces=nonces_hash(nonces_of(name))) if case.version > 2 else None
    terms = DrawTerms(case.caps, case.late, "", round) if case.version > 1 else None
    request = make_request(f"draw-{name}", number, "tender-1", groups, PARTIES, rows_of(name, case), terms)
    return drawn(name, request, case)


def second_round(number: int = 12) -> dict[str, object]:
    """The second round of `v3-round-1`, for the seats of those who sit no more, with what was drawn in the first."""
    case = CASES["v3-round-1"]
    first = read_drawn(vector("v3-round-1", case, number - 1))
    gone = first.result.seats[SEATED:]
    groups = later_groups(first.request, Counter(seat.group for seat in gone))
    rows = later_rows([first], groups, {seat.leaf for seat in first.result.seats[:SEATED]})
    seats = tuple(f"seat-{place}" for place in range(SEATED + 1, SEATED + 1 + len(gone)))
    round = Round(2, request_hash(first.request).hex(), seats, nonces_hash(nonces_of(ROUND_2)))
    terms = DrawTerms(case.caps, None, "", round)
    request = make_request(f"draw-{ROUND_2}", number, "tender-1", groups, PARTIES, rows, terms)
    return drawn(ROUND_2, request, case)


def nonces_of(name: str) -> Nonces:
    """What two bidders have handed in, under a salt that follows from the name of the case."""
    given = sorted(sha256(f"nonce of bidder {n}".encode()).digest() for n in (1, 2))
    return Nonces(sha256(f"{name} salt".encode()).digest(), tuple(given))


def read_drawn(found: dict[str, object]) -> DrawnRound:
    """A vector's request and result."""
    record: Any = found["record"]
    return DrawnRound(read_request(record["request"], record["table"]), read_result(record["result"]))


def drawn(name: str, request: DrawRequest, case: Case, nonces_from: str = "") -> dict[str, object]:
    """The seed and the whole record of a request, with secrets (and nonces) that follow from its name."""
    hash = request_hash(request)
    secrets = {party: sha256(f"{name} {party}".encode()).digest() for party in PARTIES}
    committed = {party: commitment(hash, party, secret) for party, secret in secrets.items()}
    reveals = [Reveal(party, ABSENT if party == case.absent else secrets[party]) for party in PARTIES]
    late = late_value(case.late, case.given) if case.late and case.given else None
    seed, nonces = seed_of(hash, reveals, late), nonces_of(nonces_from or name) if case.version > 2 else None
    result = draw_panel(request, seed)
    return {
        "seed": b64(seed),
        "record": write_transcript(request, committed, reveals, result, case.given, nonces),
    }


def _tag(letters: str) -> str:
    return sha256(letters.encode()).hexdigest()[:16]


def main() -> None:
    """Write every vector file."""
    for position, (name, case) in enumerate(CASES.items()):
        number = 1 if case.version == 1 else position
        _write(name, vector(name, case, number))
    _write(ROUND_2, second_round())


def _write(name: str, made: dict[str, object]) -> None:
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

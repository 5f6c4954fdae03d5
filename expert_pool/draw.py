"""The draw: a request that fixes everything but the seed, a seed that several parties make, a panel that follows.

1. The request names the groups, their seats and reserves, the parties, and the digest of the table of all experts
   (leaf, mask, exclusion code); it states each class's chance and its spread over the groups.
2. Each party commits to a secret, bound to this request and to its name.
3. When all have committed, each reveals; the seed is the hash of the request and of all secrets in the order of the
   request. One honest party is enough: nobody else can then have chosen or foreseen the seed.
4. The seed draws the panel and its reserves (`drawing`).

Format, with the normative order of the rounding: docs/formats/draw-record.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Final

from crypto.canonical import JsonValue, canonical, expand, tagged_hash
from expert_pool.chances import Member, Path
from expert_pool.conflicts import same_name
from expert_pool.late_value import LateRule, write_late_rule
from expert_pool.leximin import MOST_GROUPS, check_fillable, leximin
from expert_pool.lottery import Lottery, binding, exact_chances
from expert_pool.split import split_chances, split_kinds
from kernel.errors import BadInput, WrongReveal

SECRET_BYTES = 32
ABSENT: Final = b"ABSENT"
"""What stands in the seed for a party that never revealed; only a request with a late public value allows it."""


@dataclass(frozen=True)
class DrawGroup:
    """What the draw must know of a seat group."""

    id: str
    quota: int
    reserves: int


@dataclass(frozen=True)
class Row:
    """One expert of the pool in the table: an excluded one has a code, an eligible one a mask.

    `employers` are the tags of the employer and of what is around it, from the inside out, one for each cap of the
    request; `kin` is the tag that relatives in the pool share. An excluded expert has neither.
    """

    leaf: str
    mask: int
    excluded: str | None = None
    employers: Path = ()
    kin: str = ""


@dataclass(frozen=True)
class DrawClass:
    """Experts with the same mask: how many, the chance of each, and its spread over groups (by number)."""

    mask: int
    experts: int
    chance: Fraction
    split: Mapping[int, Fraction]
    employer: Path = ()
    """The employer (or what is around it) whose cap binds and whose experts have a row of their own."""
    kin: str = ""
    """The relatives, where a lottery tells them apart (version 4)."""


@dataclass(frozen=True)
class Round:
    """What a request of version 3 adds: which round of its tender it is, and what the bidders' nonces hash to.

    A later round names the request that it continues, by its hash in hex, and the vacant seats that it fills.
    """

    number: int = 1
    continues: str = ""
    seats: tuple[str, ...] = ()
    nonces: str = ""


@dataclass(frozen=True)
class DrawTerms:
    """What a request of version 2 fixes beyond groups, parties and experts; with `round` it is of version 3.

    `caps[i]` limits the experts whose `employers[i:]` are the same: one cap is a cap for each employer, none is no
    limit. `verifier` is the SHA-256 of the program that checks the record, in hex.
    """

    caps: tuple[int, ...] = ()
    late: LateRule | None = None
    verifier: str = ""
    round: Round | None = None


@dataclass(frozen=True)
class DrawRequest:
    """Everything but the seed. Without `terms` it is of version 1, which knows no caps and no late value."""

    draw_id: str
    number: int
    tender_id: str
    groups: tuple[DrawGroup, ...]
    parties: tuple[str, ...]
    rows: tuple[Row, ...]
    classes: tuple[DrawClass, ...]
    terms: DrawTerms | None = None
    bound: tuple[Path, ...] = ()
    lottery: Lottery | None = None

    @property
    def version(self) -> int:
        """Which version of the format the request is written in: 4 where a lottery of committees decides."""
        if self.terms is None:
            return 1
        return 4 if self.lottery else 2 if self.terms.round is None else 3

    @property
    def eligible(self) -> list[Row]:
        """Who can be drawn, in the order of the table."""
        return [row for row in self.rows if row.excluded is None]

    @property
    def seats(self) -> int:
        """How many experts the draw seats."""
        return sum(group.quota for group in self.groups)


@dataclass(frozen=True)
class Reveal:
    """A party's secret, known to all from its publication on; `ABSENT` where it never came."""

    party: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Seat:
    """One drawn expert."""

    group: str
    leaf: str


@dataclass(frozen=True)
class PanelDraw:
    """Seats by group, then by leaf; reserves of each group in the order in which they are called."""

    seats: tuple[Seat, ...]
    reserves: Mapping[str, tuple[str, ...]]


def make_request(
    draw_id: str,
    number: int,
    tender_id: str,
    groups: Sequence[DrawGroup],
    parties: Sequence[str],
    rows: Sequence[Row],
    terms: DrawTerms | None = None,
) -> DrawRequest:
    """Fix a request and compute its chances; the order in which the rows come does not matter.

    Raises:
        BadInput: more groups than the exact method can take, or none.
        TooFewEligibleExperts: the pool cannot fill the seats (within the caps).
        Refused: relatives would have to share a seat.
    """
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise BadInput(where="groups", why=f"from 1 to {MOST_GROUPS} groups are allowed")
    ordered = tuple(sorted(rows, key=lambda row: row.leaf))
    bound: tuple[Path, ...] = ()
    lottery = None
    if terms is None:
        classes = _classes_of_masks(groups, rows)
    else:
        eligible = [row for row in ordered if row.excluded is None]
        classes, bound, lottery = _classes(groups, eligible, terms.caps)
    return DrawRequest(
        draw_id, number, tender_id, tuple(groups), tuple(parties), ordered, classes, terms, bound, lottery
    )


def _classes_of_masks(groups: Sequence[DrawGroup], rows: Sequence[Row]) -> tuple[DrawClass, ...]:
    counts = Counter(row.mask for row in rows if row.excluded is None)
    quotas = [group.quota for group in groups]
    check_fillable(quotas, counts, [group.id for group in groups])
    chances = leximin(quotas, counts)
    split = split_chances(quotas, counts, chances)
    return tuple(DrawClass(mask, counts[mask], chances[mask], split[mask]) for mask in sorted(counts))


def _classes(
    groups: Sequence[DrawGroup], rows: Sequence[Row], caps: Sequence[int]
) -> tuple[tuple[DrawClass, ...], tuple[Path, ...], Lottery | None]:
    quotas, members = [group.quota for group in groups], members_of(rows)
    found = exact_chances(quotas, members, caps, [group.id for group in groups])
    if isinstance(found, Lottery):
        of_lottery = tuple(
            DrawClass(mask, count, chance, {}, path, kin)
            for (mask, path, kin), count, chance in zip(found.kinds, found.counts, found.chances, strict=True)
        )
        return of_lottery, tuple(sorted(binding([member.path for member in members], caps))), found
    split = split_kinds(quotas, found.counts, found.of_kind)
    classes = tuple(
        DrawClass(kind[0], found.counts[kind], found.of_kind[kind], split[kind], kind[1])
        for kind in sorted(found.counts)
    )
    return classes, tuple(sorted(found.bound)), None


def employer_tag(draw_key: bytes, draw_id: str, employer: str) -> str:
    """What stands for an employer (or a company, a city, a family) in the table of one draw: 16 hex digits."""
    return expand(draw_key, "employer-tag", draw_id.encode(), same_name(employer).encode(), length=8).hex()


def kin_tag(draw_key: bytes, draw_id: str, family: str) -> str:
    """What relatives share in the table of one draw: 16 hex digits."""
    return expand(draw_key, "kin-tag", draw_id.encode(), family.encode(), length=8).hex()


def members_of(rows: Sequence[Row]) -> list[Member]:
    """Eligible rows as the chances see them."""
    return [Member(row.mask, row.employers, row.kin) for row in rows]


def write_row(row: Row, version: int = 1) -> str:
    """One line of the table; versions from 2 on add the tags of employers and of relatives."""
    line = f"{row.leaf} {row.mask} {row.excluded or '-'}"
    return line if version == 1 else f"{line} {'.'.join(row.employers) or '-'} {row.kin or '-'}"


def write_table(request: DrawRequest) -> list[str]:
    """The lines of a request's table."""
    return [write_row(row, request.version) for row in request.rows]


def table_digest(lines: Sequence[str]) -> str:
    """SHA-256 of the table's lines, each ended by a line feed, in lower-case hex."""
    return sha256("".join(line + "\n" for line in lines).encode("ascii")).hexdigest()


def write_request(request: DrawRequest) -> dict[str, JsonValue]:
    """The published form of a request; the table stays sealed until the award and is named by its digest."""
    terms = request.terms
    limits: dict[str, JsonValue] = {"employer_cap": None}
    if terms is not None:
        limits = {
            "caps": list(terms.caps),
            "bound": [".".join(path) for path in request.bound],
            "late": write_late_rule(terms.late),
            "verifier": terms.verifier,
            **_write_round(terms.round or (Round() if request.lottery else None)),
        }
    return {
        "v": request.version,
        "draw_id": request.draw_id,
        "number": request.number,
        "tender_id": request.tender_id,
        "groups": [{"id": g.id, "quota": g.quota, "reserves": g.reserves} for g in request.groups],
        "parties": list(request.parties),
        **limits,
        "table_digest": table_digest(write_table(request)),
        "classes": [_write_class(request, cls) for cls in request.classes],
        **_write_lottery(request),
    }


def _write_round(round: Round | None) -> dict[str, JsonValue]:
    if round is None:
        return {}
    continues: JsonValue = {"request": round.continues, "seats": list(round.seats)} if round.seats else None
    return {"round": round.number, "continues": continues, "nonces": round.nonces}


def _write_class(request: DrawRequest, cls: DrawClass) -> dict[str, JsonValue]:
    written: dict[str, JsonValue] = {"mask": cls.mask, "experts": cls.experts, "chance": str(cls.chance)}
    if request.lottery is None:
        written["split"] = {request.groups[g].id: str(share) for g, share in cls.split.items()}
    if request.version > 1:
        written["employer"] = ".".join(cls.employer)
    if request.lottery is not None:
        written["kin"] = cls.kin
    return written


def _write_lottery(request: DrawRequest) -> dict[str, JsonValue]:
    if request.lottery is None:
        return {}
    return {
        "committees": [
            {"weight": str(one.weight), "seats": [[*kinds] for kinds in one.seats]}
            for one in request.lottery.committees
        ],
        "proofs": [[str(weight) for weight in weights] for weights in request.lottery.proofs],
    }


def request_hash(request: DrawRequest) -> bytes:
    """What commitments bind to: 32 bytes over the whole request."""
    return tagged_hash("draw-request", canonical(write_request(request)))


def commitment(hash: bytes, party: str, secret: bytes) -> bytes:
    """A party's commitment to its secret, for this request only."""
    if len(secret) != SECRET_BYTES:
        raise BadInput(where="secret", why=f"it must have exactly {SECRET_BYTES} bytes")
    return tagged_hash("draw-commit", hash, party.encode(), secret)


def check_reveal(hash: bytes, committed: bytes, reveal: Reveal) -> None:
    """Accept a reveal that matches what its party committed to; a secret rebuilt from shares is checked the same way.

    Raises:
        WrongReveal: another secret, another party or another request.
    """
    if commitment(hash, reveal.party, reveal.secret) != committed:
        raise WrongReveal(party=reveal.party)


def seed_of(hash: bytes, reveals: Sequence[Reveal], late: bytes | None = None) -> bytes:
    """The seed from all reveals, in the order in which the request names the parties, and the late value if any."""
    parts = [part for reveal in reveals for part in (reveal.party.encode(), reveal.secret)]
    return tagged_hash("draw-seed", hash, *parts, *([] if late is None else [b"late", late]))

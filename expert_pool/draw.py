"""The draw: a request that fixes everything but the seed, a seed that several parties make, a panel that follows.

1. The request names the groups, their seats and reserves, the parties, and the digest of the table of all experts
   (leaf, mask, exclusion code); it states each class's chance and its spread over the groups.
2. Each party commits to a secret, bound to this request and to its name.
3. When all have committed, each reveals; the seed is the hash of the request and of all secrets in the order of the
   request. One honest party is enough: nobody else can then have chosen or foreseen the seed.
4. The seed shuffles the eligible experts, the shares are rounded to seats, tickets put the reserves in order.

Format, with the normative order of the rounding: docs/formats/draw-record.md.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from math import lcm

from crypto.canonical import JsonValue, canonical, tagged_hash
from crypto.seeded_random import SeededRandom
from expert_pool.leximin import MOST_GROUPS, check_fillable, leximin
from expert_pool.rounding import round_shares
from expert_pool.split import split_chances
from kernel.errors import BadInput, WrongReveal

SECRET_BYTES = 32


@dataclass(frozen=True)
class DrawGroup:
    """What the draw must know of a seat group."""

    id: str
    quota: int
    reserves: int


@dataclass(frozen=True)
class Row:
    """One expert of the pool in the table: an excluded one has a code, an eligible one a mask."""

    leaf: str
    mask: int
    excluded: str | None = None


@dataclass(frozen=True)
class DrawClass:
    """Experts with the same mask: how many, the chance of each, and its spread over groups (by number)."""

    mask: int
    experts: int
    chance: Fraction
    split: Mapping[int, Fraction]


@dataclass(frozen=True)
class DrawRequest:
    """Everything but the seed. `employer_cap` is None: this version sets no limit per employer."""

    draw_id: str
    number: int
    tender_id: str
    groups: tuple[DrawGroup, ...]
    parties: tuple[str, ...]
    rows: tuple[Row, ...]
    classes: tuple[DrawClass, ...]

    @property
    def seats(self) -> int:
        """How many experts the draw seats."""
        return sum(group.quota for group in self.groups)


@dataclass(frozen=True)
class Reveal:
    """A party's secret, known to all from its publication on."""

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
) -> DrawRequest:
    """Fix a request and compute its chances; the order in which the rows come does not matter.

    Raises:
        BadInput: more groups than the exact method can take, or none.
        TooFewEligibleExperts: the pool cannot fill the seats.
    """
    if not 1 <= len(groups) <= MOST_GROUPS:
        raise BadInput(where="groups", why=f"from 1 to {MOST_GROUPS} groups are allowed")
    counts = Counter(row.mask for row in rows if row.excluded is None)
    quotas = [group.quota for group in groups]
    check_fillable(quotas, counts, [group.id for group in groups])
    chances = leximin(quotas, counts)
    split = split_chances(quotas, counts, chances)
    classes = tuple(DrawClass(mask, counts[mask], chances[mask], split[mask]) for mask in sorted(counts))
    ordered = tuple(sorted(rows, key=lambda row: row.leaf))
    return DrawRequest(draw_id, number, tender_id, tuple(groups), tuple(parties), ordered, classes)


def write_row(row: Row) -> str:
    """One line of the table."""
    return f"{row.leaf} {row.mask} {row.excluded or '-'}"


def table_digest(rows: Sequence[Row]) -> str:
    """SHA-256 of the table's lines, each ended by a line feed, in lower-case hex."""
    return sha256("".join(write_row(row) + "\n" for row in rows).encode("ascii")).hexdigest()


def write_request(request: DrawRequest) -> dict[str, JsonValue]:
    """The published form of a request; the table stays sealed until the award and is named by its digest."""
    return {
        "v": 1,
        "draw_id": request.draw_id,
        "number": request.number,
        "tender_id": request.tender_id,
        "groups": [{"id": g.id, "quota": g.quota, "reserves": g.reserves} for g in request.groups],
        "parties": list(request.parties),
        "employer_cap": None,
        "table_digest": table_digest(request.rows),
        "classes": [
            {
                "mask": cls.mask,
                "experts": cls.experts,
                "chance": str(cls.chance),
                "split": {request.groups[g].id: str(share) for g, share in cls.split.items()},
            }
            for cls in request.classes
        ],
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
    """Accept a reveal that matches what its party committed to.

    Raises:
        WrongReveal: another secret, another party or another request.
    """
    if commitment(hash, reveal.party, reveal.secret) != committed:
        raise WrongReveal(party=reveal.party)


def seed_of(hash: bytes, reveals: Sequence[Reveal]) -> bytes:
    """The seed from all reveals, in the order in which the request names the parties."""
    parts = [part for reveal in reveals for part in (reveal.party.encode(), reveal.secret)]
    return tagged_hash("draw-seed", hash, *parts)


def draw_panel(request: DrawRequest, seed: bytes) -> PanelDraw:
    """The panel and its reserves: the same request and seed give the same panel, for anyone."""
    random = SeededRandom(seed)
    shares = {cls.mask: cls.split for cls in request.classes}
    eligible = random.shuffle(row for row in request.rows if row.excluded is None)
    unit = lcm(*(share.denominator for split in shares.values() for share in split.values()))
    whole = {mask: {g: int(share * unit) for g, share in split.items()} for mask, split in shares.items()}
    edges = round_shares((whole[row.mask] for row in eligible), unit, lambda c, n: random.below(n) < c)
    chosen = sorted((group, eligible[block].leaf) for block, group in edges)
    seats = tuple(Seat(request.groups[group].id, leaf) for group, leaf in chosen)
    return PanelDraw(seats, _reserves(request, seed, {seat.leaf for seat in seats}))


def _reserves(request: DrawRequest, seed: bytes, seated: set[str]) -> dict[str, tuple[str, ...]]:
    """Each group's reserves by ticket; who fits two groups may stand in both lists and is called once."""
    reserves = {}
    for number, group in enumerate(request.groups):
        tickets = sorted(
            (tagged_hash("draw-ticket", seed, group.id.encode(), bytes.fromhex(row.leaf)), row.leaf)
            for row in request.rows
            if row.excluded is None and row.mask >> number & 1 and row.leaf not in seated
        )
        reserves[group.id] = tuple(leaf for _, leaf in tickets[: group.reserves])
    return reserves

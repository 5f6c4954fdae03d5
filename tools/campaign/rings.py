"""Planted rings: tenders of independent bidders and rings that each leak some of their traces; are they found?

Each ring leaks a random choice of its traces, each by most of its members. Innocent bidders share what honest ones
share: the template of the tender, common software, the network address of an office building, a designer's name.
A ring is found when one group holds at least half of its members; a group is right when it holds no one else.
`python -m tools.campaign.rings` measures many tenders from one seed; documents of some of them are really written
and read back by the reader's process.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from evaluation.collusion.facts import BidFacts, Mark, marks_of
from evaluation.collusion.graph import make_graph
from evaluation.collusion.signals import Lot, find_signals
from tools.campaign.documents import pdf_file, sheet_file, word_file
from worker.read_apart import Reader

SEED, TENDERS, WRITTEN = 20261122, 400, 12
RECALL, PRECISION = 0.95, 0.80
HARD = ("machine", "lock", "email", "phone", "account", "pdf_id")
SOFT = ("network", "author", "address", "text", "unit_prices", "rsid", "person")
LEAK = 0.85  # chance that a member shows a trace that its ring leaks
ITEMS, PARAGRAPHS, TEMPLATE = 60, 12, 6
CHARACTERS = np.array([chr(0x4E00 + place) for place in range(3000)])
FREQUENCY = (1 / np.arange(1, 3001)) / (1 / np.arange(1, 3001)).sum()
TOOLS = ("Microsoft Word", "WPS Office", "Adobe Acrobat")
Chance = np.random.Generator


@dataclass(frozen=True)
class Planted:
    """One made tender and the truth about it."""

    lot: Lot
    rings: tuple[frozenset[str], ...]


@dataclass
class Made:
    """One bid in the making."""

    bid: str
    marks: list[tuple[str, str]]
    text: list[str]
    prices: dict[str, int] = field(default_factory=dict)


def make_tender(chance: Chance, number: int) -> Planted:
    """Independent bids, and up to three rings among them."""
    count = int(chance.integers(5, 31))
    template = [_paragraph(chance) for _ in range(TEMPLATE)]
    base = {f"item-{n}": int(price) for n, price in enumerate(chance.integers(20_000, 9_000_000, ITEMS))}
    bids = [_independent(chance, f"bid-{number:03}-{n:02}", template, base) for n in range(count)]
    _share_as_honest_ones_do(chance, number, bids)
    order, rings = [int(place) for place in chance.permutation(count)], []
    for ring in range(int(chance.integers(0, 4))):
        size = int(chance.integers(2, 6))
        if len(order) - size < 2:
            break
        members, order = order[:size], order[size:]
        _leak(chance, f"{number}-{ring}", [bids[place] for place in members])
        rings.append(frozenset(bids[place].bid for place in members))
    return Planted(_lot(chance, bids, template), tuple(rings))


def _paragraph(chance: Chance) -> str:
    return "".join(chance.choice(CHARACTERS, size=int(chance.integers(50, 120)), p=FREQUENCY))


def _edited(chance: Chance, text: str, share: float) -> str:
    letters = np.array(list(text))
    moved = chance.random(len(letters)) < share
    letters[moved] = chance.choice(CHARACTERS, size=int(moved.sum()), p=FREQUENCY)
    return "".join(letters)


def _independent(chance: Chance, bid: str, template: Sequence[str], base: dict[str, int]) -> Made:
    marks = [
        *((kind, f"{kind}-{bid}") for kind in ("machine", "lock", "account", "person", "address", "author")),
        ("email", f"{bid}@example.cn"),
        ("phone", f"13{int(chance.integers(10**8, 10**9))}"),
        (
            "network",
            f"10.{int(chance.integers(256))}.{int(chance.integers(256))}.{int(chance.integers(256))}",
        ),
        ("pdf_id", chance.bytes(16).hex()),
        ("tool", str(chance.choice(TOOLS))),
        *(("rsid", chance.bytes(4).hex().upper()) for _ in range(3)),
    ]
    text = [_edited(chance, one, 0.03) for one in template] + [_paragraph(chance) for _ in range(PARAGRAPHS)]
    level = chance.normal(1.0, 0.05)
    prices = {item: int(price * level * chance.normal(1.0, 0.08)) for item, price in base.items()}
    return Made(
        bid, [one for one in marks if chance.random() < 0.9], text, prices
    )  # what is missing is unknown


def _share_as_honest_ones_do(chance: Chance, number: int, bids: Sequence[Made]) -> None:
    """An office building's address, a designer of documents whom some pay, a law that some quote."""
    quoted = _paragraph(chance)
    for bid in bids:
        if chance.random() < 0.2:
            _set(bid, "network", f"203.0.113.{number % 250}")
        if chance.random() < 0.05:
            _set(bid, "author", f"print-shop-{number}")
        if chance.random() < 0.15:
            bid.text.append(quoted)
        if chance.random() < 0.3:
            _set(bid, "author", "Administrator")


def _set(bid: Made, kind: str, value: str) -> None:
    bid.marks = [one for one in bid.marks if one[0] != kind] + [(kind, value)]


def _leak(chance: Chance, ring: str, members: Sequence[Made]) -> None:
    """One hard trace with others, or two soft ones at least."""
    hard = [str(one) for one in chance.choice(HARD, size=int(chance.integers(0, 3)), replace=False)]
    soft = [
        str(one) for one in chance.choice(SOFT, size=int(chance.integers(1 if hard else 3, 6)), replace=False)
    ]
    shared_text = [_paragraph(chance) for _ in range(5)]
    for kind in [*hard, *soft]:
        showing = [member for member in members if chance.random() < LEAK]
        showing = showing if len(showing) > 1 else list(members)
        for member in showing:
            if kind == "text":
                member.text[-5:] = [_edited(chance, one, 0.05) for one in shared_text]
            elif kind == "unit_prices":
                factor = chance.normal(1.0, 0.03)
                member.prices = {item: round(price * factor) for item, price in showing[0].prices.items()}
            elif kind == "phone":
                _set(member, kind, f"139{abs(hash_of(ring)):08}"[:11])
            else:
                _set(member, kind, f"{kind} of ring {ring}")


def hash_of(text: str) -> int:
    """Eight digits that depend on the text alone."""
    return sum((place + 1) * 7919 * ord(character) for place, character in enumerate(text)) % 10**8


def _lot(chance: Chance, bids: Sequence[Made], template: Sequence[str]) -> Lot:
    facts = tuple(
        BidFacts(
            one.bid, f"bidder of {one.bid}", marks_of(one.marks, "bid.json"), tuple(one.text), one.prices
        )
        for one in bids
    )
    prices = {one.bid: sum(one.prices.values()) for one in bids}
    names = {one.bid: f"第{one.bid}号建设有限公司" for one in bids}
    known = template if chance.random() < 0.5 else ()  # not every tender has its template as text
    return Lot(facts, names, prices, tender_passages=tuple(known))


def written(lot: Lot, reader: Reader) -> Lot:
    """The same bids as documents: their metadata and text written by the libraries and read back."""
    return replace(lot, bids=tuple(_written(bid, reader) for bid in lot.bids))


def _written(bid: BidFacts, reader: Reader) -> BidFacts:
    of = {
        kind: [one.value for one in bid.marks if one.kind == kind]
        for kind in ("author", "rsid", "pdf_id", "tool")
    }
    author, file_id = "".join(of["author"][:1]), "".join(of["pdf_id"][:1])
    word = reader.read("plan.docx", word_file(bid.passages, rsids=of["rsid"]))
    sheet = reader.read("prices.xlsx", sheet_file([["总价"]], last_author=author))
    raw = bytes.fromhex(file_id) if len(file_id) == 32 and " " not in file_id else file_id.encode()
    pdf = reader.read("offer.pdf", pdf_file(["Offer"], producer="".join(of["tool"][:1]), file_id=raw))
    kept = tuple(one for one in bid.marks if one.kind not in of)
    marks: tuple[Mark, ...] = (*kept, *word.marks, *sheet.marks, *pdf.marks)
    return replace(bid, marks=marks, passages=word.passages)


@dataclass
class Score:
    """How many rings were planted and found, how many groups were shown and right."""

    rings: int = 0
    found: int = 0
    groups: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """Found of planted."""
        return self.found / max(1, self.rings)

    @property
    def precision(self) -> float:
        """Right of shown."""
        return self.right / max(1, self.groups)


def judge(score: Score, planted: Planted, lot: Lot) -> None:
    """Add one tender to the score."""
    groups = [set(one) for one in make_graph(sorted(lot.names), find_signals(lot)).groups]
    score.rings += len(planted.rings)
    score.found += sum(
        any(len(ring & group) >= 2 and 2 * len(ring & group) >= len(ring) for group in groups)
        for ring in planted.rings
    )
    score.groups += len(groups)
    score.right += sum(any(group <= ring for ring in planted.rings) for group in groups)


def measure(seed: int, tenders: int, documents: int) -> Score:
    """Play this many tenders from one seed; the first ones with real documents."""
    chance, score = np.random.Generator(np.random.PCG64(seed)), Score()
    for number in range(tenders):
        planted = make_tender(chance, number)
        lot = planted.lot
        if number < documents:
            with Reader() as reader:
                lot = written(lot, reader)
        judge(score, planted, lot)
    return score


def main() -> int:
    """Measure and print; exit code 1 when a target is missed."""
    score = measure(SEED, TENDERS, WRITTEN)
    print(
        f"{TENDERS} tenders, {score.rings} rings: {score.found} found, recall {score.recall:.3f} (target {RECALL}); "
        f"{score.groups} groups, {score.right} right, precision {score.precision:.3f} (target {PRECISION})"
    )
    return 0 if score.recall >= RECALL and score.precision >= PRECISION else 1


if __name__ == "__main__":
    sys.exit(main())

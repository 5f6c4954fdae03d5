"""Signals of collusion in one lot: typed evidence with its clause, its strength and how rare the coincidence is.

1. A signal names at least two bids of different bidders; what is missing in a bid is unknown and never counts.
2. Hard evidence (one machine, one account, one file) ranks above likeness (text, prices).
3. What the tender's own documents hold, what many bids of the lot hold, and what many other bidders of the platform
   held before, is common and weighs less.
4. Every detector looks at every lot: there is no setting that leaves one out.
5. A signal changes no score; people judge it, in writing.

Source: 招标投标法实施条例 art. 39 and 40 · docs/formats/collusion-signals.md.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from crypto.canonical import JsonValue, canonical
from evaluation.collusion.facts import BidFacts
from evaluation.collusion.price_patterns import find_patterns
from evaluation.collusion.text_overlap import find_overlaps, fold
from evaluation.collusion.unit_prices import proportions

ARTICLES = ("39", "40")  # of 招标投标法实施条例
MANY_BIDS, MANY_SHARE = 5, (3, 10)  # a value in five bids and more than 30 % of them is common
MANY_ELSEWHERE = 3  # bidders of earlier tenders, and at least one in a hundred of them
STRONG_COPIES, STRONG_LETTERS = 3, 200  # copied passages and their letters
STRONG_SHARE, WEAK_SHARE = 0.5, 0.2  # of proportional unit prices
RARE_PATTERN = 1000  # a regular price pattern that chance gives in one lot of so many is strong
LEAST_NAME = 4  # folded characters of a bidder's name that is looked for in other bids
SAMPLES = 5  # values or passages that a signal shows
SHOWN_LETTERS = 200  # of a passage that a signal shows


class Strength(StrEnum):
    """How much a signal weighs; a hard one alone makes a group."""

    HARD = "hard"
    STRONG = "strong"
    WEAK = "weak"


ORDER = {strength: place for place, strength in enumerate(Strength)}


@dataclass(frozen=True)
class Kind:
    """One kind of evidence: its strength, what it is independent of, and the condition of art. 40 it speaks to."""

    strength: Strength
    family: str
    """signals of one family have one cause; two families are independent"""
    condition: str
    may_be_common: bool = False
    """whether values that many share weigh less"""


KINDS: Mapping[str, Kind] = {
    "machine": Kind(Strength.HARD, "device", "author"),
    "lock": Kind(Strength.HARD, "software", "author"),
    "account": Kind(Strength.HARD, "money", "account"),
    "email": Kind(Strength.HARD, "contact", "agent"),
    "phone": Kind(Strength.HARD, "contact", "agent"),
    "pdf_id": Kind(Strength.HARD, "document", "author", True),
    "file": Kind(Strength.HARD, "document", "mixed", True),
    "person": Kind(Strength.STRONG, "people", "staff"),
    "address": Kind(Strength.STRONG, "place", "agent", True),
    "network": Kind(Strength.STRONG, "network", "agent", True),
    "author": Kind(Strength.STRONG, "document", "author", True),
    "rsid": Kind(Strength.STRONG, "document", "author", True),
    "created": Kind(Strength.STRONG, "document", "author", True),
    "named": Kind(Strength.STRONG, "mixed", "mixed"),
    "text": Kind(Strength.STRONG, "text", "similarity"),
    "unit_prices": Kind(Strength.STRONG, "prices", "similarity"),
    "prices": Kind(Strength.STRONG, "prices", "prices"),
    "company": Kind(Strength.WEAK, "document", "author", True),
    "tool": Kind(Strength.WEAK, "document", "author", True),
    "browser": Kind(Strength.WEAK, "network", "agent", True),
}


@dataclass(frozen=True)
class Rarity:
    """How rare a coincidence is; None where nothing is known of it."""

    bids_with: int
    bids: int
    bidders_elsewhere: int | None = None
    """other bidders of earlier tenders that had the same"""
    bidders_seen: int = 0
    chance_ppm: int | None = None
    """of price patterns: how many of them chance gives in a million such lots, at most a million"""


@dataclass(frozen=True)
class Signal:
    """One coincidence between bids."""

    kind: str
    bids: tuple[str, ...]
    strength: Strength
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    rarity: Rarity = Rarity(0, 0)

    @property
    def family(self) -> str:
        """What kinds have one cause with it."""
        return KINDS[self.kind].family


@dataclass(frozen=True)
class Lot:
    """All that the detectors look at: the bids of one lot and what is common beside them."""

    bids: tuple[BidFacts, ...]
    names: Mapping[str, str]
    """the bidder's name by bid"""
    prices: Mapping[str, int]
    """units of the tender's scale by bid, where a price could be read"""
    tender_marks: frozenset[tuple[str, str]] = frozenset()
    """kind and value of every mark of the tender's own documents"""
    tender_passages: Collection[str] = field(default=(), repr=False)
    elsewhere: Mapping[tuple[str, str], Collection[str]] = field(default_factory=dict, repr=False)
    """bidders of earlier tenders by kind and value"""
    bidders_seen: int = 0
    """bidders of earlier tenders in all"""


def find_signals(lot: Lot) -> tuple[Signal, ...]:
    """Every signal of one lot, the weightiest and rarest first."""
    found = [signal for detect in DETECTORS for signal in detect(lot)]
    return tuple(sorted(found, key=_rank))


def _rank(signal: Signal) -> tuple[int, float, str, tuple[str, ...], bytes]:
    share = signal.rarity.bids_with / max(1, signal.rarity.bids)
    return ORDER[signal.strength], share, signal.kind, signal.bids, canonical(dict(signal.facts))


def shared_values(lot: Lot) -> Iterator[Signal]:
    """Values that stand in bids of several bidders; values of one kind in the same bids make one signal."""
    holders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for bid in lot.bids:
        for mark in bid.marks:
            if mark.kind in KINDS and (mark.kind, mark.value) not in lot.tender_marks:
                holders[mark.kind, mark.value].setdefault(bid.bid_id, mark.where)
    together: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (kind, value), where in sorted(holders.items()):
        if _bidders(lot, where) > 1:
            together[kind, tuple(sorted(where))].append(value)
    for (kind, bids), values in together.items():
        rarity = min((_rarity(lot, kind, value, bids) for value in values), key=_elsewhere)
        strength = _weighed(kind, rarity)
        if strength is Strength.WEAK and KINDS[kind].strength is Strength.WEAK and not _is_rare(rarity):
            continue
        places = {bid: holders[kind, values[0]][bid] for bid in bids}
        facts: dict[str, JsonValue] = {
            "values": list(values[:SAMPLES]),
            "count": len(values),
            "places": dict(places),
        }
        yield Signal(kind, bids, strength, facts, rarity)


def _bidders(lot: Lot, bids: Collection[str]) -> int:
    return len({bid.bidder_id for bid in lot.bids if bid.bid_id in bids})


def _rarity(lot: Lot, kind: str, value: str, bids: tuple[str, ...]) -> Rarity:
    own = {bid.bidder_id for bid in lot.bids if bid.bid_id in bids}
    others = set(lot.elsewhere.get((kind, value), ())) - own
    return Rarity(len(bids), len(lot.bids), len(others) if lot.bidders_seen else None, lot.bidders_seen)


def _elsewhere(rarity: Rarity) -> int:
    return rarity.bidders_elsewhere or 0


def is_common(rarity: Rarity) -> bool:
    """Whether many bids of the lot, or many other bidders before, hold the same."""
    share, of = MANY_SHARE
    in_lot = rarity.bids_with >= MANY_BIDS and rarity.bids_with * of > rarity.bids * share
    elsewhere = rarity.bidders_elsewhere or 0
    return in_lot or (elsewhere >= MANY_ELSEWHERE and elsewhere * 100 >= rarity.bidders_seen)


def _is_rare(rarity: Rarity) -> bool:
    share, of = MANY_SHARE
    return not is_common(rarity) and rarity.bids_with * of <= rarity.bids * share


def _weighed(kind: str, rarity: Rarity) -> Strength:
    rule = KINDS[kind]
    return Strength.WEAK if rule.may_be_common and is_common(rarity) else rule.strength


def named_others(lot: Lot) -> Iterator[Signal]:
    """Another bidder of the lot named in a bid: in its files' metadata or its text (documents mixed up)."""
    names = {bid: fold(name) for bid, name in lot.names.items() if len(fold(name)) >= LEAST_NAME}
    known = {fold(text) for text in lot.tender_passages}
    mentions: dict[str, dict[str, str]] = defaultdict(dict)  # named bid: naming bid: where it stands
    for bid in lot.bids:
        own = names.get(bid.bid_id, "")
        texts = [(mark.value, mark.where) for mark in bid.marks if mark.kind in ("company", "author")]
        texts += [(text, "") for text in bid.passages]
        folded = [(fold(text), text, where) for text, where in texts]
        kept = [
            (f.replace(own, "\n") if own else f, text, where) for f, text, where in folded if f not in known
        ]
        whole = "\n".join(f for f, _, _ in kept)
        for named, name in names.items():
            if named != bid.bid_id and name not in own and name in whole:
                mentions[named][bid.bid_id] = next(text for f, text, _ in kept if name in f)
    for named, naming in sorted(mentions.items()):
        rarity = Rarity(len(naming) + 1, len(lot.bids))
        if is_common(rarity):
            continue  # a maker or a well-known house that everybody writes of
        for naming_bid, text in sorted(naming.items()):
            shown = text[:SHOWN_LETTERS]
            facts: dict[str, JsonValue] = {"named": lot.names[named], "in": naming_bid, "text": shown}
            pair = (min(naming_bid, named), max(naming_bid, named))
            yield Signal("named", pair, Strength.STRONG, facts, rarity)


def copied_text(lot: Lot) -> Iterator[Signal]:
    """Passages that two bids share beyond the template."""
    passages = {bid.bid_id: bid.passages for bid in lot.bids if bid.passages}
    for overlap in find_overlaps(passages, lot.tender_passages):
        strong = len(overlap.copies) >= STRONG_COPIES and overlap.letters >= STRONG_LETTERS
        samples: list[JsonValue] = [
            [one.first[:SHOWN_LETTERS], one.second[:SHOWN_LETTERS], int(one.alike)]
            for one in overlap.copies[:SAMPLES]
        ]
        facts: dict[str, JsonValue] = {
            "copies": len(overlap.copies),
            "letters": overlap.letters,
            "samples": samples,
        }
        strength = Strength.STRONG if strong else Strength.WEAK
        yield Signal("text", overlap.bids, strength, facts, Rarity(2, len(lot.bids)))


def proportional_bills(lot: Lot) -> Iterator[Signal]:
    """Unit prices of two bids that differ by one factor."""
    for one in proportions({bid.bid_id: bid.unit_prices for bid in lot.bids if bid.unit_prices}):
        if one.share >= WEAK_SHARE:
            facts: dict[str, JsonValue] = {
                "items": one.items,
                "near": one.near,
                "ratio_ppm": round(one.ratio * 1_000_000),
            }
            strength = Strength.STRONG if one.share >= STRONG_SHARE else Strength.WEAK
            yield Signal("unit_prices", one.bids, strength, facts, Rarity(2, len(lot.bids)))


def regular_prices(lot: Lot) -> Iterator[Signal]:
    """Equal prices and progressions; what chance gives in every such lot is not shown."""
    for one in find_patterns(lot.prices):
        if one.chance >= 1:
            continue
        facts: dict[str, JsonValue] = {
            "pattern": str(one.pattern),
            "prices": [str(price) for price in one.prices],
            "step": str(one.step),
            "ratio_ppm": one.ratio_ppm,
        }
        strength = Strength.STRONG if one.chance * RARE_PATTERN <= 1 else Strength.WEAK
        rarity = Rarity(len(one.bids), len(lot.prices), chance_ppm=int(one.chance * 1_000_000))
        yield Signal("prices", tuple(sorted(one.bids)), strength, facts, rarity)


DETECTORS: tuple[Callable[[Lot], Iterator[Signal]], ...] = (
    shared_values,
    named_others,
    copied_text,
    proportional_bills,
    regular_prices,
)
"""All of them look at every lot; no tender can leave one out."""


def write_signal(signal: Signal) -> dict[str, JsonValue]:
    """A signal as JSON, as it is kept and hashed."""
    rarity = signal.rarity
    return {
        "v": 1,
        "kind": signal.kind,
        "strength": str(signal.strength),
        "bids": list(signal.bids),
        "articles": list(ARTICLES),
        "condition": KINDS[signal.kind].condition,
        "facts": dict(signal.facts),
        "rarity": {name: value for name, value in vars(rarity).items() if value is not None},
    }


def read_signal(body: Mapping[str, Any]) -> Signal:
    """A signal from the JSON that `write_signal` made."""
    return Signal(
        str(body["kind"]),
        tuple(body["bids"]),
        Strength(body["strength"]),
        dict(body["facts"]),
        Rarity(**body["rarity"]),
    )


def signal_digest(signal: Signal) -> str:
    """SHA-256 of the canonical form: the same evidence found again is the same signal."""
    return sha256(canonical(write_signal(signal))).hexdigest()

"""What a capsule claims, and how each claim is checked without our server: PASS, FAIL or NOT PROVEN.

A check returns what it found, raises an error of the tree (FAIL, with the first thing that does not fit), or
`NotProven` where the capsule does not hold what a proof would need. No check trusts what another one failed to show:
what a part says is read only when the log, or a signature, names that very part. The same claims are written a second
time, in JavaScript (web/frontend/verifier), and both have to agree on every capsule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from crypto.bid_file import Place, places, read_prefixes
from crypto.canonical import canonical, unb64
from crypto.checkpoint import Checkpoint, read_checkpoint
from crypto.envelope_prefix import EnvelopePrefix, check_signature
from crypto.log_entry import LoggedFact, leaf_data, read_fact
from crypto.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto.witnessing import Witness
from evaluation.capsule import Capsule, check_whole
from kernel.clock import SystemClock, read_time
from kernel.errors import IntegrityBroken
from tender.envelopes import EnvelopeTerm, Moment, envelope_key, envelopes_of
from tender.notice import lot_rulebook

MORE_OF_A_BID = {"timestamps": "tokens", "signing": "signing"}
"""What the part of a bid has besides, where the notice asks for it."""
KEYS = ("log_vkey", "receipts_public", "timestamp_certificate")
PASS, FAIL, NOT_PROVEN = "PASS", "FAIL", "NOT PROVEN"


class NotProven(Exception):
    """The capsule does not hold what a proof of the claim would need."""


@dataclass(frozen=True)
class Verdict:
    """How one claim stands, and why."""

    claim: str
    result: str
    detail: str


@dataclass
class Evidence:
    """A capsule under examination, with what its reader brings along."""

    capsule: Capsule
    pinned: Mapping[str, str] | None = None
    envelopes: Mapping[str, str] = field(default_factory=dict)
    """Paths of sealed envelopes by bid id."""
    witnesses: tuple[Witness, ...] = ()
    """The witnesses whom the reader trusts."""
    cosigned: Mapping[str, Any] | None = None
    """A head that witnesses signed, as /log/cosigned gave it for the capsule's head."""
    now: datetime = field(default_factory=SystemClock().now)
    """When the capsule is examined."""

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The platform's public keys: the reader's own where there are any."""
        found: Mapping[str, str] = self.pinned or self.capsule.json("keys.json")
        return known_keys(found)

    @cached_property
    def head(self) -> Checkpoint:
        """The signed head of the log."""
        return read_checkpoint(self.text("log/head"), self.keys["log_vkey"])

    @cached_property
    def closing_head(self) -> Checkpoint:
        """The signed head of the log at the closing."""
        return read_checkpoint(str(self.closing["checkpoint"]), self.keys["log_vkey"])

    @property
    def closing(self) -> Mapping[str, Any]:
        """The head frozen at the closing, and the way from it to the head."""
        return exactly(self.capsule.json("log/closing.json"), "checkpoint", "consistency")

    @cached_property
    def facts(self) -> list[tuple[int, LoggedFact]]:
        """Every disclosed fact of the tender with its place in the log, each proven to be in the head."""
        found = self._proven("log/facts.json")
        for index, fact in found:
            if fact.tender_id != self.capsule.tender_id:
                raise IntegrityBroken(what=f"log entry {index} is of another tender")
        return found

    @cached_property
    def chains(self) -> list[tuple[int, LoggedFact]]:
        """The facts that fixed the chains of the draw's parties, proven likewise; none in a capsule without them."""
        return self._proven("log/chains.json") if "log/chains.json" in self.capsule.parts else []

    def _proven(self, name: str) -> list[tuple[int, LoggedFact]]:
        found = [proven_entry(line, self.head) for line in self.capsule.json(name)]
        if [index for index, _ in found] != sorted({index for index, _ in found}):
            raise IntegrityBroken(what="the log entries are doubled or out of order")
        return found

    def of_kind(self, *kinds: str) -> list[tuple[int, LoggedFact]]:
        """The proven facts of some kinds, in the order they happened."""
        return [(index, fact) for index, fact in self.facts if fact.kind in kinds]

    def one(self, kind: str) -> tuple[int, LoggedFact]:
        """The only proven fact of a kind."""
        found = self.of_kind(kind)
        if len(found) != 1:
            raise IntegrityBroken(what=f"the log has {len(found)} entries {kind} for this tender, not one")
        return found[0]

    def text(self, name: str) -> str:
        """A part as text."""
        try:
            return self.capsule.parts[name].decode()
        except (KeyError, UnicodeDecodeError):
            raise IntegrityBroken(what=f"the part {name} is missing or no text") from None

    @cached_property
    def notice(self) -> dict[str, Any]:
        """The last published notice, as logged."""
        published = self.of_kind("tender.published", "tender.amended")
        if not published:
            raise IntegrityBroken(what="the log has no publication of this tender")
        notices = []
        for _, fact in published:
            body = self.capsule.json(f"notices/{fact.data['version']}.json")
            if digest_of(body) != fact.data["notice"]:
                raise IntegrityBroken(what=f"notice {fact.data['version']} is not the one that was published")
            notices.append(body)
        last: dict[str, Any] = notices[-1]
        if last["tender"] != self.capsule.tender_id:
            raise IntegrityBroken(what="the notice is of another tender")
        return last

    @cached_property
    def closes_at(self) -> datetime:
        """The closing time in force."""
        return read_time(self.notice["timetable"]["closes_at"])

    @cached_property
    def sealed(self) -> dict[str, tuple[int, LoggedFact]]:
        """The log entries of the bids that count: neither replaced nor withdrawn; keyed by bid."""
        standing = {fact.subject: (index, fact) for index, fact in self.of_kind("bid.sealed")}
        for _, fact in self.of_kind("bid.sealed"):
            standing.pop(str(fact.data["replaces"]), None)
        for _, fact in self.of_kind("bid.withdrawn"):
            standing.pop(fact.subject, None)
        return standing

    @cached_property
    def terms(self) -> tuple[EnvelopeTerm, ...]:
        """The envelopes that the notice asks for."""
        return envelopes_of(self.notice)

    @cached_property
    def places(self) -> dict[str, tuple[Place, ...]]:
        """Where the envelopes of each bid lie; those of the notice in its order, signed by the keys they name."""
        found = {bid: places(read_prefixes(unb64(self.bid(bid)["prefix"]))) for bid in self.sealed}
        kinds = [term.kind for term in self.terms]
        for bid, own in found.items():
            for place in own:
                check_signature(place.prefix)
            if [place.prefix.header.kind for place in own] != kinds:
                raise IntegrityBroken(what=f"the bid {bid} does not have the envelopes of the notice")
        return found

    @cached_property
    def prefixes(self) -> dict[str, EnvelopePrefix]:
        """The prefixes of the sealed envelopes, as openers name them."""
        return {
            envelope_key(bid, place.prefix.header.kind): place.prefix
            for bid, own in self.places.items()
            for place in own
        }

    def keys_at(self, moment: Moment) -> set[str]:
        """The envelopes that open at a moment, as openers name them, whatever came out of others."""
        kinds = [term.kind for term in self.terms if term.opens is moment]
        return {envelope_key(bid, kind) for bid in self.sealed for kind in kinds}

    def bid(self, bid: str) -> Mapping[str, Any]:
        """What the capsule holds of one sealed bid."""
        sealing = self.notice["sealing"]
        more = [name for asked, name in MORE_OF_A_BID.items() if asked in sealing]
        body = exactly(self.capsule.json(f"bids/{bid}.json"), "bid", "prefix", "token", *more)
        if body["bid"] != bid:
            raise IntegrityBroken(what=f"the part of bid {bid} is another bid's")
        return body

    @cached_property
    def opening(self) -> dict[str, Any]:
        """The opening record, as logged."""
        return self._recorded("opening", "the opening record")

    @cached_property
    def prices(self) -> dict[str, Any]:
        """The record of the second opening, as logged."""
        return self._recorded("prices", "the record of the prices")

    def _recorded(self, name: str, called: str) -> dict[str, Any]:
        body: dict[str, Any] = self.capsule.json(f"{name}.json")
        if digest_of(body) != self.one(f"{name}.recorded")[1].data["record"]:
            raise IntegrityBroken(what=f"{called} is not the one that was logged")
        return body

    @cached_property
    def cases(self) -> dict[str, dict[str, Any]]:
        """The evaluation case of each lot of the notice, as logged, under the lot's published rulebook."""
        for lot in self.notice["lots"]:
            if self.capsule.json(f"lots/{lot['id']}/case.json")["rulebook"] != lot_rulebook(
                self.notice, lot["id"]
            ):
                raise IntegrityBroken(what="the case has another rulebook than the published one")
        found = self._of_each_lot("case")
        for lot_id, body in found.items():
            if (body["tender_id"], body["lot_id"]) != (self.capsule.tender_id, lot_id):
                raise IntegrityBroken(what=f"the case of lot {lot_id} is another lot's")
        return found

    @cached_property
    def rankings(self) -> dict[str, dict[str, Any]]:
        """The ranking of each lot of the notice, as logged."""
        return self._of_each_lot("ranking")

    def _of_each_lot(self, part: str) -> dict[str, dict[str, Any]]:
        ranked = {fact.subject: fact.data for _, fact in self.of_kind("lot.ranked")}
        lots = [str(lot["id"]) for lot in self.notice["lots"]]
        if sorted(ranked) != sorted(lots):
            raise IntegrityBroken(what="the log does not rank exactly the lots of the notice")
        found = {lot: self.capsule.json(f"lots/{lot}/{part}.json") for lot in lots}
        for lot, body in found.items():
            if digest_of(body) != ranked[lot][part]:
                raise IntegrityBroken(what=f"the {part} of lot {lot} is not the one that was logged")
        return found


def known_keys(found: Any) -> Mapping[str, str]:
    """The keys of a platform; a log without a national head has none for it."""
    more = ("national_vkey",) if isinstance(found, Mapping) and "national_vkey" in found else ()
    return exactly(found, *KEYS, *more)


def exactly(body: Any, *names: str) -> Mapping[str, Any]:
    """An object that must have these fields and no other."""
    if not isinstance(body, Mapping) or set(body) != set(names):
        raise IntegrityBroken(what=f"an object does not have exactly the fields {', '.join(names)}")
    return body


def proven_entry(line: Any, head: Checkpoint) -> tuple[int, LoggedFact]:
    """The place and the fact of a disclosed log entry, once it is proven to stand in a head."""
    entry = exactly(line, "index", "fact", "salt", "proof")
    body = unb64(entry["fact"])
    leaf = leaf_hash(leaf_data(unb64(entry["salt"], length=32), body))
    proof = [unb64(step, length=32) for step in entry["proof"]]
    verify_inclusion(leaf, entry["index"], head.size, proof, head.root)
    return entry["index"], read_fact(body)


def digest_of(body: Any) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(body)).hexdigest()


def is_whole(evidence: Evidence) -> str:
    """Every part is there, unchanged, and named in the platform's signature."""
    count = check_whole(evidence.capsule, unb64(evidence.keys["receipts_public"], length=32))
    return f"{count} parts"


def keys_are_pinned(evidence: Evidence) -> str:
    """The platform's keys are the ones that the reader got elsewhere."""
    if evidence.pinned is None:
        raise NotProven("no pinned keys were given; compare keys.json with what you know, or pass --keys")
    told = known_keys(evidence.capsule.json("keys.json"))
    # A national head may have come later than the reader's keys; its own claim then stays open.
    if dict(evidence.pinned) != {name: told[name] for name in told if name in {*KEYS, *evidence.pinned}}:
        raise IntegrityBroken(what="the capsule names other platform keys than the pinned ones")
    return "keys.json equals the pinned keys"


def log_holds_every_fact(evidence: Evidence) -> str:
    """Every disclosed fact is in the signed head, and the head grew from the closing's head without a change."""
    count = len(evidence.facts)
    head, closing = evidence.head, evidence.closing_head
    way = [unb64(step, length=32) for step in evidence.closing["consistency"]]
    verify_consistency(closing.size, head.size, way, closing.root, head.root)
    return f"{count} facts in a log of {head.size}; head at the closing {closing.size}"


def notice_is_published(evidence: Evidence) -> str:
    """The notice and its rulebook are the ones that were published."""
    notice = evidence.notice
    if notice["reference"] != evidence.capsule.statement["body"]["reference"]:
        raise IntegrityBroken(what="the capsule names another reference than the notice")
    if digest_of(notice["rulebook"]) != notice["rulebook_digest"]:
        raise IntegrityBroken(what="the rulebook does not fit the digest in the notice")
    own = [lot for lot in notice["lots"] if "rulebook" in lot or "rulebook_digest" in lot]
    for lot in own:
        if digest_of(lot["rulebook"]) != lot["rulebook_digest"]:
            raise IntegrityBroken(
                what=f"the rulebook of lot {lot['number']} does not fit its digest in the notice"
            )
    told = "".join(f", lot {lot['number']} {lot['rulebook_digest'][:16]}…" for lot in own)
    return f"notice version {notice['version']}, rulebook {notice['rulebook_digest'][:16]}…{told}"


Check = Callable[[Evidence], str]

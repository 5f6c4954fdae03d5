"""Claims about who opened what and when, and about tenders whose prices open after the scores."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from client.claims import Evidence, digest_of, exactly
from client.claims_failures import check_quorum, check_unopened
from crypto.bid_file import BID
from crypto.canonical import JsonValue, unb64
from crypto.checkpoint import Checkpoint, read_checkpoint
from crypto.envelope import check_announcement
from crypto.merkle import verify_consistency
from crypto.signatures import check_statement
from kernel.errors import IntegrityBroken
from kernel.money import PriceScale
from tender.envelopes import Moment, envelope_key, opens_in_stages
from tender.opening import RELEASE_TYPE, Closing, LockedScores, join_announced, read_announced


def check_releases(
    evidence: Evidence,
    statements: Sequence[Any],
    closing: Closing,
    kind: str,
    after: int,
    wanted: Collection[str],
) -> str:
    """At least k openers of the notice signed these releases, about this closing and exactly these envelopes."""
    sealing = evidence.notice["sealing"]
    openers = {opener["position"]: opener for opener in sealing["openers"]}
    logged = {
        fact.data["position"]: (place, fact.data["statement"]) for place, fact in evidence.of_kind(kind)
    }
    names: list[str] = []
    for statement in statements:
        opener = openers.get(statement["body"]["opener"])
        if opener is None or opener["name"] in names:
            raise IntegrityBroken(what="a release is not by an opener of the notice, or is there twice")
        body = check_statement(statement, RELEASE_TYPE, unb64(opener["ed25519"], length=32))
        if {name: value for name, value in body.items() if name not in ("opener", "shares")} != about(
            closing
        ):
            raise IntegrityBroken(what=f"the release of {opener['name']} is about another closing")
        if set(body["shares"]) != set(wanted):
            raise IntegrityBroken(what=f"the release of {opener['name']} names other bids")
        place, digest = logged.get(opener["position"], (-1, ""))
        if place <= after or digest != digest_of(statement):
            raise IntegrityBroken(what=f"the release of {opener['name']} is not logged after the closing")
        names.append(opener["name"])
    instead = check_quorum(evidence, names, wanted, opened_outcomes(evidence))
    return f"{len(names)} of {len(openers)} openers, {sealing['k']} needed: {', '.join(names)}{instead}"


def about(closing: Closing) -> Mapping[str, JsonValue]:
    """What a release says of the moment at which it was made."""
    locked: dict[str, JsonValue] = {"locked": {**vars(closing.locked)}} if closing.locked else {}
    heads: dict[str, JsonValue] = {
        "bids": closing.bids,
        "log_size": closing.log_size,
        "log_root": closing.log_root,
    }
    return {"tender": closing.tender_id, "closing": heads, **locked}


def lock_head(evidence: Evidence) -> Checkpoint:
    """The signed head of the log at the lock of the scores, from which the log grew without a change."""
    lock = evidence.prices["locked"]
    head = read_checkpoint(str(lock["checkpoint"]), evidence.keys["log_vkey"])
    if (head.size, head.root.hex()) != (lock["log_size"], lock["log_root"]):
        raise IntegrityBroken(what="the lock of the scores names another head than its checkpoint")
    if head.size != evidence.one("scores.locked")[0] + 1:
        raise IntegrityBroken(what="the head of the lock is not the one right after it")
    locked = exactly(evidence.capsule.json("log/locked.json"), "consistency")
    way = [unb64(step, length=32) for step in locked["consistency"]]
    verify_consistency(head.size, evidence.head.size, way, head.root, evidence.head.root)
    return head


def prices_opened_by_quorum(evidence: Evidence) -> str:
    """The scores were locked first; then at least k openers signed releases that name the head with the lock."""
    head, closed = lock_head(evidence), evidence.closing_head
    tender, bids = evidence.capsule.tender_id, len(evidence.sealed)
    locked = LockedScores(head.size, head.root.hex())
    closing = Closing(tender, bids, closed.size, closed.root.hex(), locked)
    readable = readable_bids(evidence)
    wanted = {key for key in evidence.keys_at(Moment.SCORES_LOCKED) if key.partition("/")[0] in readable}
    if wanted:
        found = check_releases(
            evidence, evidence.prices["releases"], closing, "prices.released", head.size - 1, wanted
        )
        return f"the prices after the scores were locked, by {found}"
    return "no prices were left to open"


def readable_bids(evidence: Evidence) -> set[str]:
    """The bids of which the first opening could read every envelope."""
    return {
        line["bid"]
        for line in evidence.opening["bids"]
        if all(one["outcome"] == "opened" for one in line["envelopes"])
    }


def check_stages(evidence: Evidence, bid: str, line: Mapping[str, Any], scale: PriceScale) -> int:
    """What was read out of a bid at each opening is what its envelopes commit to; 1 where it has a price, else 0."""
    kinds = [term.kind for term in evidence.terms if term.opens is Moment.CLOSING]
    if [one["kind"] for one in line["envelopes"]] != kinds or line["price"]:
        raise IntegrityBroken(what=f"the first opening of bid {bid} told of other envelopes, or of a price")
    for key, one in parts_of(evidence, line).items():
        announced_in(evidence, key, one)
    priced = {one["bid"]: one for one in evidence.prices["bids"]}
    if set(priced) != readable_bids(evidence) or len(priced) != len(evidence.prices["bids"]):
        raise IntegrityBroken(what="the record of the prices does not list exactly the readable bids")
    if bid not in priced:
        return 0
    late = priced[bid]
    if late["digest"] != line["digest"] or [one["kind"] for one in late["envelopes"]] != [
        term.kind for term in evidence.terms if term.opens is Moment.SCORES_LOCKED
    ]:
        raise IntegrityBroken(what=f"the record of the prices gives bid {bid} other envelopes")
    check_unopened(evidence, bid, late)
    if (evidence.prices["currency"], evidence.prices["price_places"]) != (scale.currency, scale.places):
        raise IntegrityBroken(what="the two records are in different currencies or scales")
    for one in late["envelopes"]:
        announced_in(evidence, envelope_key(bid, one["kind"]), one)
    if late["outcome"] != "opened":
        return 0
    read = read_announced(together(evidence, line, late), scale)
    if (read.price_text, read.problem) != (late["price"], late["problem"]):
        raise IntegrityBroken(what=f"the price read out for bid {bid} is not the sealed one")
    return 1


def announced_in(evidence: Evidence, key: str, line: Mapping[str, Any]) -> bytes:
    """The announced part of one envelope, which must be the committed one where it was opened."""
    if line["outcome"] != "opened":
        return b""
    body = unb64(line["bid_json"])
    check_announcement(evidence.prefixes[key], unb64(line["blind"], length=32), body)
    return body


def parts_of(evidence: Evidence, line: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What a record's line tells of each envelope of a bid, as openers name them."""
    if [term.kind for term in evidence.terms] == [BID]:
        return {line["bid"]: line}
    return {envelope_key(line["bid"], one["kind"]): one for one in line["envelopes"]}


def announced_at_once(evidence: Evidence, line: Mapping[str, Any]) -> bytes:
    """What a bid announced whose envelopes opened all together, each as it was sealed."""
    parts = parts_of(evidence, line)
    if list(parts) != [envelope_key(line["bid"], term.kind) for term in evidence.terms]:
        raise IntegrityBroken(what=f"the opening of bid {line['bid']} told of other envelopes")
    bodies = [announced_in(evidence, key, one) for key, one in parts.items()]
    return bodies[0] if len(bodies) == 1 else join_announced(bodies)


def announced_by_stages(evidence: Evidence) -> dict[str, bytes]:
    """What each readable bid announced over all the envelopes that could be opened, keyed by bid."""
    first = {line["bid"]: line for line in evidence.opening["bids"]}
    return {late["bid"]: together(evidence, first[late["bid"]], late) for late in evidence.prices["bids"]}


def together(evidence: Evidence, line: Mapping[str, Any], late: Mapping[str, Any]) -> bytes:
    """What one bid announced at the first opening and, where that could be read, at the second; each as sealed."""
    parts = {**parts_of(evidence, line), **(parts_of(evidence, late) if late["outcome"] == "opened" else {})}
    return join_announced([announced_in(evidence, key, one) for key, one in parts.items()])


def released_hashes(evidence: Evidence) -> dict[str, dict[str, str]]:
    """What each opener signed of each share that was released, by position and envelope."""
    found: dict[str, dict[str, str]] = {}
    records = [evidence.opening, *([evidence.prices] if opens_in_stages(evidence.terms) else ())]
    for statement in (one for record in records for one in record["releases"]):
        found.setdefault(str(statement["body"]["opener"]), {}).update(statement["body"]["shares"])
    return found


def opened_outcomes(evidence: Evidence) -> dict[str, str]:
    """What came out of each envelope whose shares were released, as the records say."""
    lines = [*evidence.opening["bids"]]
    if opens_in_stages(evidence.terms):
        lines += evidence.prices["bids"]
    return {key: one["outcome"] for line in lines for key, one in parts_of(evidence, line).items()}


def check_locked_scores(evidence: Evidence, scored: Mapping[str, Mapping[str, str]]) -> None:
    """Raise unless what the panel concluded on each bid is what was locked before the prices were opened.

    The case leaves out the sheets of a bid that its price rejected.
    """
    locked = evidence.prices["locked"]["scores"]
    if digest_of(locked) != evidence.one("scores.locked")[1].data["scores"]:
        raise IntegrityBroken(what="the locked scores are not the ones that were logged")
    for bid, own in scored.items():
        if (
            bid not in locked
            or locked[bid] != {**locked[bid], **own}
            or own.get("votes") != locked[bid].get("votes")
        ):
            raise IntegrityBroken(what=f"the scores of bid {bid} are not the ones that were locked")


def check_review(evidence: Evidence) -> None:
    """Raise unless the panel had closed its look at the opened prices before any lot was ranked."""
    reviewed, recorded = evidence.one("prices.reviewed")[0], evidence.one("prices.recorded")[0]
    if not recorded < reviewed < min(index for index, _ in evidence.of_kind("lot.ranked")):
        raise IntegrityBroken(what="a lot was ranked before the panel had looked at the prices")

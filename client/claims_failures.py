"""What claims say of bids that were not opened, and of those that their bidders opened with the openers or instead.

1. Who handed in an own part or a seed did so in the log; in a full capsule these are the very secrets.
2. A bid that was not opened has a cause that the log bears out, and the consequence that follows from it.
3. Fewer than k openers are enough only where their failure was confirmed, and then for envelopes whose seed was given.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

from client.claims import Evidence
from crypto.canonical import unb64
from crypto.envelope import is_dealt, is_own_part
from evaluation.capsule import FULL
from kernel.errors import IntegrityBroken
from tender.envelopes import envelope_key
from tender.failures import PART, SEED, Failing, consequence
from tender.opening import BidOutcome, Cause

OWN = "own-secrets.json"


def given(evidence: Evidence, what: str) -> dict[str, str]:
    """The SHA-256 of each own part or seed that was handed in, by envelope, as logged."""
    return {
        envelope_key(fact.subject, str(fact.data["kind"])): str(fact.data["sha256"])
        for _, fact in evidence.of_kind("own-secret.given")
        if fact.data["what"] == what
    }


def own_secrets(evidence: Evidence) -> dict[tuple[str, str], bytes]:
    """The secrets themselves, by envelope and what they are; only a full capsule holds any, and exactly the logged."""
    logged = {(key, what): hash for what in (PART, SEED) for key, hash in given(evidence, what).items()}
    is_full = evidence.capsule.statement["body"]["scope"] == FULL
    if (OWN in evidence.capsule.parts) != (is_full and bool(logged)):
        raise IntegrityBroken(what="a full capsule holds what bidders handed in, and no other does")
    if OWN not in evidence.capsule.parts:
        return {}
    held = {
        (key, what): unb64(str(text), length=32)
        for key, line in evidence.capsule.json(OWN).items()
        for what, text in line.items()
    }
    if {one: sha256(secret).hexdigest() for one, secret in held.items()} != logged:
        raise IntegrityBroken(what="what bidders handed in is not what was logged")
    for (key, what), secret in held.items():
        prefix = evidence.prefixes[key]
        if not (is_own_part(prefix, secret) if what == PART else is_dealt(prefix, secret)):
            raise IntegrityBroken(what=f"the own {what} of bid {key} is not what its envelope commits to")
    return held


def check_quorum(
    evidence: Evidence, names: list[str], wanted: Collection[str], opened: Mapping[str, str]
) -> str:
    """Raise unless enough openers acted, or they failed for certain and bidders gave the seeds of what was opened."""
    needed = evidence.notice["sealing"]["k"]
    if len(names) >= needed:
        return ""
    seeds = given(evidence, SEED)
    own = [key for key in wanted if opened.get(key) == BidOutcome.OPENED]
    if not is_confirmed(evidence, Failing.OPENERS) or any(key not in seeds for key in own):
        raise IntegrityBroken(what=f"{len(names)} openers released, {needed} are needed")
    return f", {len(own)} opened by their bidders' seeds after the openers failed"


def check_unopened(evidence: Evidence, bid: str, line: Mapping[str, Any]) -> None:
    """Raise unless the cause of a bid that was not opened is borne out, and its consequence follows from it."""
    follows = consequence(str(line["cause"]))
    # Records from before consequences were written name none.
    if line.get("consequence", follows) != follows:
        raise IntegrityBroken(what=f"the consequence for bid {bid} does not follow from its cause")
    if (line["outcome"] == BidOutcome.OPENED) != (not line["cause"]):
        raise IntegrityBroken(what=f"the bid {bid} was opened and has a cause of failure, or neither")
    if line["outcome"] == BidOutcome.MALFORMED and line["cause"] != Cause.BIDDER:
        raise IntegrityBroken(what=f"the bid {bid} is malformed, and not by its bidder")
    if line["outcome"] == BidOutcome.UNOPENED and not _is_borne_out(evidence, bid, str(line["cause"])):
        raise IntegrityBroken(what=f"nothing in the log bears out why bid {bid} was not opened")


def _is_borne_out(evidence: Evidence, bid: str, cause: str) -> bool:
    if cause == Cause.PLATFORM:
        return is_confirmed(evidence, Failing.STORED_BID, bid)
    openers = len(evidence.notice["sealing"]["openers"])
    acted = max(len(evidence.of_kind(kind)) for kind in ("shares.released", "prices.released"))
    if acted == openers or is_confirmed(evidence, Failing.OPENERS, bid):
        return True
    parts = given(evidence, PART)
    own = [key for key, prefix in evidence.prefixes.items() if key.partition("/")[0] == bid]
    return cause == Cause.BIDDER and any(
        evidence.prefixes[key].header.bidder_also and key not in parts for key in own
    )


def is_confirmed(evidence: Evidence, failing: Failing, bid: str | None = None) -> bool:
    """Whether this failure was confirmed: of every bid, or of this one."""
    return any(
        fact.data["failing"] == failing and fact.data.get("bid") in (None, bid)
        for _, fact in evidence.of_kind("opening.failed")
    )

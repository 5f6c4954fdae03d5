"""Claims about sealed bids and their opening."""

import tempfile
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from client.claims import Evidence, NotProven
from client.claims_certificates import check_certificates
from client.claims_failures import check_unopened, is_confirmed, own_secrets
from client.claims_stages import (
    announced_at_once,
    announced_by_stages,
    check_releases,
    check_stages,
    opened_outcomes,
    prices_opened_by_quorum,
    readable_bids,
    released_hashes,
)
from crypto.bid_contents import open_contents
from crypto.bid_file import Place
from crypto.canonical import unb64
from crypto.envelope import join_shares
from crypto.envelope_prefix import read_prefix
from crypto.log_entry import LoggedFact
from crypto.parts_digest import file_parts_digest
from crypto.signatures import fingerprint
from crypto.timestamps import check_token
from evaluation.capsule import FULL
from kernel.clock import write_time
from kernel.errors import IntegrityBroken, MalformedEnvelope
from kernel.money import PriceScale, write_units
from kernel.window import window
from tender.envelopes import Moment, envelope_key, opens_in_stages
from tender.failures import PART, SEED, Failing
from tender.opening import BidOutcome, Closing, read_announced
from tender.stamps import check_near, read_terms

Secrets = Mapping[tuple[str, str], bytes]


def sealed_before_closing(evidence: Evidence) -> str:
    """Every bid's log entry stands before the frozen head, and the closing counts exactly these bids."""
    index, closed = evidence.one("tender.closed")
    if evidence.closing_head.size != index + 1:
        raise IntegrityBroken(what="the frozen head is not the one right after the closing")
    if any(place > index for place, _ in evidence.of_kind("bid.sealed", "bid.withdrawn")):
        raise IntegrityBroken(what="bids changed after the closing")
    every = len(evidence.of_kind("bid.sealed"))
    if closed.data != {"last_sequence": every, "bids": len(evidence.sealed)}:
        raise IntegrityBroken(
            what=f"the closing counted {closed.data}, the log has {every} and {len(evidence.sealed)}"
        )
    return f"{len(evidence.sealed)} bids count, of {every} received"


def on_time(evidence: Evidence) -> str:
    """Every bid's timestamp, over its envelope's digest, is not later than the closing time."""
    certificate = unb64(evidence.keys["timestamp_certificate"])
    last = ""
    for bid, (_, fact) in evidence.sealed.items():
        token = unb64(evidence.bid(bid)["token"])
        if sha256(token).hexdigest() != fact.data["token"]:
            raise IntegrityBroken(what=f"the timestamp of bid {bid} is not the logged one")
        at = check_token(token, bytes.fromhex(str(fact.data["digest"])), certificate)
        if write_time(at) != fact.data["received_at"]:
            raise IntegrityBroken(what=f"the log gives bid {bid} another time than its timestamp")
        if at > evidence.closes_at:
            raise IntegrityBroken(
                what=f"the bid {bid} was stamped at {write_time(at)}, after the closing time"
            )
        check_outside(evidence, bid, fact, at)
        last = max(last, write_time(at))
    return f"the last at {last}, closing time {write_time(evidence.closes_at)}"


def check_outside(evidence: Evidence, bid: str, fact: LoggedFact, own: datetime) -> None:
    """Every outside authority of the notice stamped the bid too, near the platform's own time unless it was awaited."""
    terms = read_terms(evidence.notice["sealing"].get("timestamps"))
    logged, held = fact.data.get("tokens") or {}, evidence.bid(bid).get("tokens") or {}
    names = {one.name for one in terms.authorities}
    if not isinstance(logged, dict) or set(logged) != names or set(held) != names:
        raise IntegrityBroken(what=f"the bid {bid} was not stamped by exactly the authorities of the notice")
    fetched = {
        one.data["authority"]: one.data["token"]
        for _, one in evidence.of_kind("token.fetched")
        if one.subject == bid
    }
    for authority in terms.authorities:
        said = logged[authority.name] or fetched.get(authority.name)
        if said is None:
            raise NotProven(f"the token of {authority.name} for bid {bid} is still awaited")
        token = unb64(held[authority.name])
        if sha256(token).hexdigest() != said:
            raise IntegrityBroken(what=f"the token of {authority.name} for bid {bid} is not the logged one")
        at = authority.check(token, bytes.fromhex(str(fact.data["digest"])))
        if logged[authority.name] is not None:
            check_near(authority.name, at, own)


def signed_by_bidders(evidence: Evidence) -> str:
    """Every envelope was sealed for this tender, to its openers, and signed by its bidder."""
    sealing = evidence.notice["sealing"]
    keys = tuple(opener["fingerprint"] for opener in sealing["openers"])
    if keys != tuple(fingerprint(unb64(opener["hpke"])) for opener in sealing["openers"]):
        raise IntegrityBroken(what="an opener key of the notice does not have its fingerprint")
    for key, prefix in evidence.prefixes.items():
        bid = key.partition("/")[0]
        header, logged = prefix.header, evidence.sealed[bid][1].data
        asked = (evidence.capsule.tender_id, keys, sealing["k"])
        if (header.tender_id, header.opener_keys, header.k) != asked:
            raise IntegrityBroken(
                what=f"the envelope of bid {bid} was sealed for another tender or other openers"
            )
        if header.bidder_also != ("bidder_also" in sealing):
            raise IntegrityBroken(what=f"the envelope of bid {bid} does not keep to the notice's bidder_also")
        said = (header.lot_id, header.bidder_id, header.submission_id)
        if said != (logged["lot"], logged["bidder"], logged["submission"]):
            raise IntegrityBroken(
                what=f"the envelope of bid {bid} is another bidder's, lot's or submission's"
            )
    certificates = check_certificates(evidence)
    return f"{len(evidence.prefixes)} signatures" + (f", {certificates} certificates" if certificates else "")


def opened_by_quorum(evidence: Evidence) -> str:
    """At least k openers of the notice signed releases that name the frozen head and exactly these envelopes."""
    index, head = evidence.one("tender.closed")[0], evidence.closing_head
    closing = Closing(evidence.capsule.tender_id, len(evidence.sealed), head.size, head.root.hex())
    wanted = evidence.keys_at(Moment.CLOSING)
    found = check_releases(evidence, evidence.opening["releases"], closing, "shares.released", index, wanted)
    return found if not opens_in_stages(evidence.terms) else f"{found}; {prices_opened_by_quorum(evidence)}"


def announced_was_sealed(evidence: Evidence) -> str:
    """What was read out of each bid is what its signed envelope commits to; none was left out or added."""
    record = evidence.opening
    scale = PriceScale(record["currency"], record["price_places"])
    if (scale.currency, scale.places) != (evidence.notice["currency"], evidence.notice["price_places"]):
        raise IntegrityBroken(what="the opening record is in another currency or scale than the notice")
    lines = {line["bid"]: line for line in record["bids"]}
    if set(lines) != set(evidence.sealed) or len(record["bids"]) != len(lines):
        raise IntegrityBroken(what="the opening record does not list exactly the sealed bids")
    opened = 0
    for bid, line in lines.items():
        if line["digest"] != evidence.sealed[bid][1].data["digest"]:
            raise IntegrityBroken(what=f"the opening record gives bid {bid} another envelope")
        check_unopened(evidence, bid, line)
        if opens_in_stages(evidence.terms):
            opened += check_stages(evidence, bid, line, scale)
        elif line["outcome"] == "opened":
            read = read_announced(announced_at_once(evidence, line), scale)
            if (read.price_text, read.problem) != (line["price"], line["problem"]):
                raise IntegrityBroken(what=f"the price read out for bid {bid} is not the sealed one")
            opened += 1
    return f"{opened} of {len(lines)} bids opened, each with the price that was sealed"


def contents_were_sealed(evidence: Evidence) -> str:
    """Every envelope that counts decrypts, with the released shares, to contents that hold what was read out."""
    is_full = evidence.capsule.statement["body"]["scope"] == FULL
    if is_full != ("shares.json" in evidence.capsule.parts):
        raise IntegrityBroken(what="a full capsule holds the released shares, and no other does")
    secrets = own_secrets(evidence)
    if not is_full:
        raise NotProven("the public capsule holds no shares; a supervisor's full capsule does")
    seeds = _joined(evidence, evidence.capsule.json("shares.json"), secrets)
    missing = [bid for bid in evidence.sealed if bid not in evidence.envelopes]
    if missing:
        raise NotProven(f"{len(missing)} sealed envelopes were not given; pass their folder with --envelopes")
    for bid, path in evidence.envelopes.items():
        if bid in evidence.sealed:
            _check_contents(evidence, bid, Path(path), seeds, secrets)
    return f"{len(evidence.sealed)} envelopes opened again"


def _joined(
    evidence: Evidence, shares: Mapping[str, Mapping[str, str | None]], secrets: Secrets
) -> dict[str, bytes]:
    """The seed of each envelope that can be opened; shares are those signed for, and do what the record says."""
    told, outcomes = released_hashes(evidence), opened_outcomes(evidence)
    if set(shares) != set(told) or any(set(shares[position]) != set(told[position]) for position in told):
        raise IntegrityBroken(what="the shares are not those of the openers who released")
    seeds = {}
    for key, outcome in outcomes.items():
        given: dict[int, bytes] = {}
        for position in (one for one in shares if key in shares[one]):
            text = shares[position][key]
            share = None if text is None else unb64(str(text), length=64)
            if told[position][key] != (sha256(share).hexdigest() if share else "undecryptable"):
                raise IntegrityBroken(what=f"a share of bid {key} is not the one that its opener signed")
            given |= {int(position): share} if share else {}
        prefix, bid = evidence.prefixes[key], key.partition("/")[0]
        seed = join_shares(prefix, given).seed or secrets.get((key, SEED))
        if prefix.header.bidder_also and (key, PART) not in secrets:
            seed = None
        is_lost = outcome == BidOutcome.UNOPENED and is_confirmed(evidence, Failing.STORED_BID, bid)
        if (
            outcome != BidOutcome.MALFORMED
            and not is_lost
            and (seed is None) == (outcome == BidOutcome.OPENED)
        ):
            raise IntegrityBroken(what=f"the shares do not do to bid {key} what the opening record says")
        if seed is not None:
            seeds[key] = seed
    return seeds


def _check_contents(
    evidence: Evidence, bid: str, path: Path, seeds: Mapping[str, bytes], secrets: Secrets
) -> None:
    if file_parts_digest(path).hex() != evidence.sealed[bid][1].data["digest"]:
        raise IntegrityBroken(what=f"the file given for bid {bid} is not the envelope that was received")
    outcomes = opened_outcomes(evidence)
    for place in evidence.places[bid]:
        key = envelope_key(bid, place.prefix.header.kind)
        with path.open("rb") as file:
            file.seek(place.start)
            if read_prefix(file) != place.prefix:
                raise IntegrityBroken(
                    what=f"the envelope of bid {bid} starts otherwise than the capsule says"
                )
            if key not in seeds or outcomes.get(key) == BidOutcome.UNOPENED:
                continue  # of what was not opened nobody may know the contents
            is_whole = _opens_whole(place, file, seeds[key], secrets.get((key, PART), b""))
        if is_whole != (outcomes[key] == BidOutcome.OPENED):
            raise IntegrityBroken(what=f"bid {key} does not open as the opening record says")


def _opens_whole(place: Place, file: BinaryIO, seed: bytes, part: bytes) -> bool:
    """Whether an envelope decrypts to an archive with the bid.json that it commits to."""
    payload = window(file.read, place.prefix.payload_size)
    with tempfile.TemporaryFile() as plain:
        try:
            open_contents(place.prefix, seed, payload, plain, part=part)
        except MalformedEnvelope:
            return False
    return True


def opened_json(evidence: Evidence) -> dict[str, bytes]:
    """What each readable bid announced over all its envelopes, keyed by bid."""
    if opens_in_stages(evidence.terms):
        return announced_by_stages(evidence)
    opened = [line for line in evidence.opening["bids"] if line["outcome"] == "opened"]
    return {line["bid"]: announced_at_once(evidence, line) for line in opened}


def bids_at_work(evidence: Evidence) -> set[str]:
    """The bids that the panel worked on: with a price, or readable where prices open after the scores."""
    return readable_bids(evidence) if opens_in_stages(evidence.terms) else set(price_units(evidence))


def price_units(evidence: Evidence) -> dict[str, str]:
    """The price of each bid as its sealed announcement gives it, as decimal text, where it can be read; by bid."""
    scale = PriceScale(evidence.opening["currency"], evidence.opening["price_places"])
    found: dict[str, str] = {}
    for bid, body in opened_json(evidence).items():
        units = read_announced(body, scale).price_units
        if units is not None:
            found[bid] = write_units(units, scale.places)
    return found

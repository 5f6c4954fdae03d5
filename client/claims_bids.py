"""Claims about sealed bids and their opening."""

import tempfile
from hashlib import sha256
from pathlib import Path

from client.claims import Evidence, NotProven, digest_of
from crypto.canonical import unb64
from crypto.envelope import Outcome, check_announcement, join_shares, open_payload
from crypto.envelope_prefix import check_signature, read_prefix
from crypto.parts_digest import file_parts_digest
from crypto.signatures import check_statement, fingerprint
from crypto.timestamps import check_token
from kernel.clock import write_time
from kernel.errors import IntegrityBroken
from kernel.money import PriceScale, write_units
from tender.opening import RELEASE_TYPE, read_announced


def sealed_before_closing(evidence: Evidence) -> str:
    """Every bid's log entry stands before the frozen head, and the closing counts exactly these bids."""
    index, closed = evidence.one("tender.closed")
    if evidence.closing_head.size != index + 1:
        raise IntegrityBroken(what="the frozen head is not the one right after the closing")
    late = [bid for bid, (place, _) in evidence.sealed.items() if place >= index]
    if late:
        raise IntegrityBroken(what=f"the bid {late[0]} entered the log after the closing")
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
        last = max(last, write_time(at))
    return f"the last at {last}, closing time {write_time(evidence.closes_at)}"


def signed_by_bidders(evidence: Evidence) -> str:
    """Every envelope was sealed for this tender, to its openers, and signed by its bidder."""
    sealing = evidence.notice["sealing"]
    keys = tuple(opener["fingerprint"] for opener in sealing["openers"])
    if keys != tuple(fingerprint(unb64(opener["hpke"])) for opener in sealing["openers"]):
        raise IntegrityBroken(what="an opener key of the notice does not have its fingerprint")
    for bid, prefix in evidence.prefixes.items():
        header, logged = prefix.header, evidence.sealed[bid][1].data
        if (header.tender_id, header.opener_keys, header.k) != (
            evidence.capsule.tender_id,
            keys,
            sealing["k"],
        ):
            raise IntegrityBroken(
                what=f"the envelope of bid {bid} was sealed for another tender or other openers"
            )
        said = (header.lot_id, header.bidder_id, header.submission_id)
        if said != (logged["lot"], logged["bidder"], logged["submission"]):
            raise IntegrityBroken(
                what=f"the envelope of bid {bid} is another bidder's, lot's or submission's"
            )
        check_signature(prefix)
    return f"{len(evidence.prefixes)} signatures"


def opened_by_quorum(evidence: Evidence) -> str:
    """At least k openers of the notice signed releases that name the frozen head and exactly these bids."""
    sealing, index = evidence.notice["sealing"], evidence.one("tender.closed")[0]
    openers = {opener["position"]: opener for opener in sealing["openers"]}
    logged = {
        fact.data["position"]: (place, fact.data["statement"])
        for place, fact in evidence.of_kind("shares.released")
    }
    names = []
    for statement in evidence.opening["releases"]:
        opener = openers.get(statement["body"]["opener"])
        if opener is None or opener["name"] in names:
            raise IntegrityBroken(what="a release is not by an opener of the notice, or is there twice")
        body = check_statement(statement, RELEASE_TYPE, unb64(opener["ed25519"], length=32))
        head = evidence.closing_head
        closing = {"bids": len(evidence.sealed), "log_size": head.size, "log_root": head.root.hex()}
        if body["tender"] != evidence.capsule.tender_id or body["closing"] != closing:
            raise IntegrityBroken(what=f"the release of {opener['name']} is about another closing")
        if set(body["shares"]) != set(evidence.sealed):
            raise IntegrityBroken(what=f"the release of {opener['name']} names other bids")
        place, digest = logged.get(opener["position"], (-1, ""))
        if place <= index or digest != digest_of(statement):
            raise IntegrityBroken(what=f"the release of {opener['name']} is not logged after the closing")
        names.append(opener["name"])
    if len(names) < sealing["k"]:
        raise IntegrityBroken(what=f"{len(names)} openers released, {sealing['k']} are needed")
    return f"{len(names)} of {len(openers)} openers, {sealing['k']} needed: {', '.join(names)}"


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
        if line["outcome"] == "opened":
            bid_json = unb64(line["bid_json"])
            check_announcement(evidence.prefixes[bid], unb64(line["blind"], length=32), bid_json)
            read = read_announced(bid_json, scale)
            if (read.price_text, read.problem) != (line["price"], line["problem"]):
                raise IntegrityBroken(what=f"the price read out for bid {bid} is not the sealed one")
            opened += 1
    return f"{opened} of {len(lines)} bids opened, each with the price that was sealed"


def contents_were_sealed(evidence: Evidence) -> str:
    """Every envelope that counts decrypts, with the released shares, to contents that hold what was read out."""
    if "shares.json" not in evidence.capsule.parts:
        raise NotProven("the public capsule holds no shares; a supervisor's full capsule does")
    missing = [bid for bid in evidence.sealed if bid not in evidence.envelopes]
    if missing:
        raise NotProven(f"{len(missing)} sealed envelopes were not given; pass their folder with --envelopes")
    shares = evidence.capsule.json("shares.json")
    for bid, path in evidence.envelopes.items():
        if bid in evidence.sealed:
            _check_contents(evidence, bid, Path(path), {int(p): line[bid] for p, line in shares.items()})
    return f"{len(evidence.sealed)} envelopes opened again"


def _check_contents(evidence: Evidence, bid: str, path: Path, shares: dict[int, str | None]) -> None:
    if file_parts_digest(path).hex() != evidence.sealed[bid][1].data["digest"]:
        raise IntegrityBroken(what=f"the file given for bid {bid} is not the envelope that was received")
    with path.open("rb") as file, tempfile.TemporaryFile() as plain:
        prefix = read_prefix(file)
        if prefix != evidence.prefixes[bid]:
            raise IntegrityBroken(what=f"the envelope of bid {bid} starts otherwise than the capsule says")
        joined = join_shares(prefix, {p: unb64(text, length=64) for p, text in shares.items() if text})
        if joined.outcome is not Outcome.OPENED or joined.seed is None:
            raise IntegrityBroken(what=f"the shares do not open bid {bid}")
        open_payload(prefix, joined.seed, file, plain)


def price_units(evidence: Evidence) -> dict[str, str | None]:
    """The price of each bid as its sealed announcement gives it, as decimal text, keyed by bid."""
    record = evidence.opening
    scale = PriceScale(record["currency"], record["price_places"])
    found: dict[str, str | None] = {}
    for line in record["bids"]:
        units = read_announced(unb64(line["bid_json"]), scale).price_units if line["bid_json"] else None
        found[line["bid"]] = None if units is None else write_units(units, scale.places)
    return found

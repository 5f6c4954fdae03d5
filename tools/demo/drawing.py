"""The panel: a pool of 500 experts, three parties who commit and reveal, seven seats drawn."""

import random
import secrets
from hashlib import sha256
from typing import Any

from crypto.canonical import b64
from crypto.draw_keys import DrawKey, draw_key_of, offer_draw_key
from expert_pool.draw import commitment
from expert_pool.escrow import deal_secret, dealing_digest, sign_dealing, sign_receipt
from tools.demo.bidding import Bidding
from tools.demo.cast import Cast, Person
from tools.demo.stage import Stage

POOL_SIZE = 500
SPECIALTIES = ("A0403", "A0503", "A0301", "A06", "A0803", "A0901")
REGIONS = ("north", "south", "east", "west")
PARTIES = ("office", "witness", "supervisor")
GROUPS = [
    {
        "id": "technical",
        "name": {"zh": "技术", "en": "Technical"},
        "quota": 4,
        "specialties": ["A0403", "A0503"],
    },
    {"id": "cost", "name": {"zh": "造价", "en": "Cost"}, "quota": 2, "specialties": ["A06"]},
    {
        "id": "quality",
        "name": {"zh": "质量", "en": "Quality"},
        "quota": 1,
        "specialties": ["A0803", "A0901"],
    },
]


def make_pool(bidders: list[Person]) -> list[dict[str, Any]]:
    """A pool that is the same each time: some experts work for bidders and must be avoided, a few are suspended."""
    dice = random.Random(28341)  # noqa: S311 - a fixture, not a draw
    employers = [f"Institute {n}" for n in range(1, 61)] + [bidder.organisation for bidder in bidders]
    return [
        {
            "number": f"E{number:04}",
            "name": f"Expert {number:04}",
            "employer": dice.choice(employers),
            "specialties": dice.sample(SPECIALTIES, dice.randint(1, 3)),
            "region": dice.choice(REGIONS),
            "standing": "suspended" if dice.random() < 0.03 else "active",
        }
        for number in range(1, POOL_SIZE + 1)
    ]


def draw_panel(cast: Cast, bidding: Bidding, stage: Stage) -> list[Person]:
    """Import the pool, hold the draw, call the drawn experts; returns them signed in."""
    manager = cast.add("pool-manager", "Pool manager", "Expert pool", "pool_manager")
    supervisor = cast.add("supervisor", "Supervisor", "Supervising body", "supervisor")
    witness = cast.add("witness", "Witness of the exchange centre", "Exchange centre", "witness")
    pool = make_pool(bidding.bidders)
    manager.call("PUT", "/api/experts", {"experts": pool})
    path = f"/api/tenders/{bidding.tender_id}"
    asked = bidding.office.call("POST", f"{path}/draw", {"groups": GROUPS})
    stage.say(f"draw of 7 from {len(pool)} experts frozen, request {asked['request_hash'][:16]}…")
    people = dict(zip(PARTIES, (bidding.office, witness, supervisor), strict=True))
    values = {party: secrets.token_bytes(32) for party in PARTIES}
    frozen = bytes.fromhex(asked["request_hash"])
    base = f"/api/draws/{asked['id']}"
    supervisor.call("PUT", f"{base}/countersignature", {"request_hash": asked["request_hash"]})
    keys = {
        party: draw_key_of(
            person.call("GET", "/api/me")["id"], secrets.token_bytes(32), secrets.token_bytes(32)
        )
        for party, person in people.items()
    }
    for party, person in people.items():
        person.call("PUT", "/api/draw-key", {"statement": offer_draw_key(keys[party])})
        hidden = commitment(frozen, party, values[party])
        person.call("PUT", f"{base}/commitments/{party}", {"commitment": hidden.hex()})
    stage.say("request countersigned; office, witness and supervisor committed to secrets of their own")
    escrow(people, keys, values, frozen, base)
    stage.say("each dealt shares of its secret to all, any two of whom can rebuild it")
    for party, person in people.items():
        person.call("PUT", f"/api/draws/{asked['id']}/reveals/{party}", {"secret": b64(values[party])})
    seats = manager.call("POST", f"{path}/call-out")["seats"]
    stage.say(f"all revealed; {len(seats)} seats drawn, names known to the caller only")
    return [call_expert(cast, manager, pool, seat) for seat in seats]


def escrow(
    people: dict[str, Person],
    keys: dict[str, DrawKey],
    values: dict[str, bytes],
    frozen: bytes,
    base: str,
) -> None:
    """Everybody deals shares of its secret and signs for those it received."""
    publics = {party: key.public for party, key in keys.items()}
    for party, person in people.items():
        dealt = deal_secret(frozen, party, values[party], publics)
        statement = sign_dealing(keys[party], frozen, party, dealt)
        person.call("PUT", f"{base}/dealings/{party}", {"statement": statement})
    for party, person in people.items():
        dealings = person.call("GET", f"{base}/dealings")["dealings"]
        digests = {dealer: dealing_digest(statement) for dealer, statement in dealings.items()}
        receipt = sign_receipt(keys[party], frozen, party, digests)
        person.call("PUT", f"{base}/receipts/{party}", {"statement": receipt})


def call_expert(cast: Cast, manager: Person, pool: list[dict[str, Any]], seat: dict[str, str]) -> Person:
    """A drawn expert gets an account and takes the seat."""
    entry = next(expert for expert in pool if expert["number"] == seat["number"])
    name = f"expert-{entry['number'].lower()}"
    person = cast.add(name, entry["name"], entry["employer"] + " (experts)", "expert")
    manager.call("PUT", "/api/experts", {"experts": [{**entry, "sign_in": name}]})
    return person


def opinion(member: str, bid: str, criterion: str, maximum: float) -> str:
    """What an expert of the demonstration thinks: the same in each run, between 60 and 100 % of the maximum."""
    mark = sha256(f"{member}/{bid}/{criterion}".encode()).digest()[0] / 255
    return f"{round(maximum * (0.6 + 0.4 * mark) * 2) / 2:.1f}"

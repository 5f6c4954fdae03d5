"""What a party of a draw does with keys: make one, deal shares of its secret, sign for shares, bring one back.

Private keys, secrets and opened shares stay on this machine until the party itself hands one over.
"""

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from client.console import plain_errors, say
from client.files import read_object
from client.hold_key import write_private
from client.passphrases import passphrase
from client.server import Profile, Server, connect
from crypto.canonical import b64, unb64
from crypto.draw_keys import DrawPublic, draw_public_of, make_draw_key, offer_draw_key, open_draw_key
from expert_pool.draw import SECRET_BYTES
from expert_pool.escrow import (
    DealtShare,
    deal_secret,
    dealing_digest,
    make_chain,
    open_dealt,
    read_dealing,
    sign_dealing,
    sign_receipt,
)
from kernel.errors import BadInput

CHAINS = typer.Typer(no_args_is_help=True, help="Fix secrets long before they are used.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
Tender = Annotated[str, typer.Argument(help="Tender id")]
KeyFile = Annotated[Path, typer.Option(help="File with your draw key")]
SecretFile = Annotated[Path, typer.Option(help="File with your secret")]
OWN_KEY = Path("draw.key")
PARTY_OF_DUTY = {"tender_office": "office", "witness": "witness", "supervisor": "supervisor"}
CHAIN_LENGTH = 100  # draws that one chain lasts for


def key_command(
    out: Annotated[Path, typer.Option(help="Where the key goes")] = OWN_KEY, as_json: AsJson = False
) -> None:
    """Make your draw key, if the file does not exist, and register its public half."""
    with plain_errors(as_json):
        server = connect()
        if not out.exists():
            write_private(out, make_draw_key(server.profile.person["id"], passphrase(confirm=True)))
        held = open_draw_key(out.read_bytes(), passphrase())
        answer = server.put("/api/draw-key", {"statement": offer_draw_key(held)})
        facts = {"key": str(out), "fingerprint": answer["fingerprint"]}
        say(facts, as_json=as_json, title="Registered. Keep the file and the passphrase.")


def countersign_command(
    tender: Tender,
    request_hash: Annotated[str, typer.Option(help="The hash that you were told, to be compared")] = "",
    as_json: AsJson = False,
) -> None:
    """Agree to the frozen request of a draw, as the supervisor."""
    with plain_errors(as_json):
        server = connect()
        draw = server.get(f"/api/tenders/{tender}/draw")
        if request_hash and request_hash != draw["request_hash"]:
            raise BadInput(where="request-hash", why="the server shows another request")
        body = {"request_hash": draw["request_hash"]}
        server.put(f"/api/draws/{draw['id']}/countersignature", body)
        facts = {"draw": draw["id"], "request_hash": draw["request_hash"]}
        say(facts, as_json=as_json, title="Countersigned.")


def deal_command(
    tender: Tender,
    secret: SecretFile = Path("draw-secret.json"),
    key: KeyFile = OWN_KEY,
    as_json: AsJson = False,
) -> None:
    """Deal shares of your secret to all parties, any two of whom can rebuild it."""
    with plain_errors(as_json):
        server, kept = connect(), read_secret(secret)
        draw, keys, _ = ceremony_of(server, tender, kept["request_hash"])
        held, party = open_draw_key(key.read_bytes(), passphrase()), kept["party"]
        hash = bytes.fromhex(kept["request_hash"])
        dealt = deal_secret(hash, party, unb64(kept["secret"], length=SECRET_BYTES), keys)
        statement = sign_dealing(held, hash, party, dealt)
        server.put(f"/api/draws/{draw['id']}/dealings/{party}", {"statement": statement})
        facts = {"draw": draw["id"], "party": party, "dealing": dealing_digest(statement)}
        say(facts, as_json=as_json, title="Dealt.")


def receive_command(tender: Tender, key: KeyFile = OWN_KEY, as_json: AsJson = False) -> None:
    """Open your share of every dealing and sign for them, or say whose does not fit."""
    with plain_errors(as_json):
        server = connect()
        draw, keys, dealings = ceremony_of(server, tender)
        held, party = open_draw_key(key.read_bytes(), passphrase()), own_party(server.profile)
        hash = bytes.fromhex(draw["request_hash"])
        for dealer, statement in dealings.items():
            own = own_share(statement, hash, dealer, party, keys)
            if open_dealt(held, hash, dealer, own) is None:
                server.put(f"/api/draws/{draw['id']}/disputes/{party}", {"dealer": dealer})
                raise BadInput(where=dealer, why="its share does not fit; it was told to deal again")
        digests = {dealer: dealing_digest(statement) for dealer, statement in dealings.items()}
        receipt = sign_receipt(held, hash, party, digests)
        server.put(f"/api/draws/{draw['id']}/receipts/{party}", {"statement": receipt})
        say({"draw": draw["id"], "party": party, "shares": len(digests)}, as_json=as_json, title="Received.")


def rescue_command(
    tender: Tender,
    dealer: Annotated[str, typer.Argument(help="The party that stays silent")],
    key: KeyFile = OWN_KEY,
    as_json: AsJson = False,
) -> None:
    """Bring back your share of a party that let its window pass."""
    with plain_errors(as_json):
        server = connect()
        draw, keys, dealings = ceremony_of(server, tender)
        held, party = open_draw_key(key.read_bytes(), passphrase()), own_party(server.profile)
        hash = bytes.fromhex(draw["request_hash"])
        if dealer not in dealings:
            raise BadInput(where="dealer", why="this party has dealt no shares")
        share = open_dealt(held, hash, dealer, own_share(dealings[dealer], hash, dealer, party, keys))
        if share is None:
            raise BadInput(where="key", why="the share does not open with this key")
        path = f"/api/draws/{draw['id']}/shares/{dealer}/{party}"
        answer = server.put(path, {"share": b64(share)})
        facts = {"draw": draw["id"], "outcome": answer["outcome"], "at_fault": answer["at_fault"]}
        say(facts, as_json=as_json)


def late_command(
    tender: Tender,
    signature: Annotated[str, typer.Argument(help="Signature of the drand round, 96 hex digits")],
    as_json: AsJson = False,
) -> None:
    """Bring the late value that the request names."""
    with plain_errors(as_json):
        server = connect()
        draw, party = server.get(f"/api/tenders/{tender}/draw"), own_party(server.profile)
        answer = server.put(f"/api/draws/{draw['id']}/late-value/{party}", {"value": signature})
        say({"draw": draw["id"], "is_drawn": answer["drawn_at"] is not None}, as_json=as_json)


@CHAINS.command("new")
def new_chain_command(
    out: Annotated[Path, typer.Option(help="Where the chain goes")] = Path("draw-chain.json"),
    length: Annotated[int, typer.Option(help="For how many draws", min=1, max=10_000)] = CHAIN_LENGTH,
    as_json: AsJson = False,
) -> None:
    """Make a chain of secrets and register its head; from then on each draw takes the next value."""
    with plain_errors(as_json):
        server, root = connect(), os.urandom(SECRET_BYTES)
        head = make_chain(root, length)[0].hex()
        kept = {"v": 1, "root": b64(root), "length": length}
        write_private(out, json.dumps(kept).encode())
        server.put("/api/draw-chain", {"head": head})
        say({"chain": str(out), "head": head, "draws": length}, as_json=as_json, title="Registered.")


def next_value(server: Server, path: Path) -> bytes:
    """The value of a chain that comes after the one in force on the platform.

    Raises:
        BadInput: the chain is used up, it is another one, or the file is no chain.
    """
    kept = read_object(path)
    if set(kept) != {"v", "root", "length"}:
        raise BadInput(where=str(path), why="this is not the file of a chain")
    values = make_chain(unb64(kept["root"], length=SECRET_BYTES), kept["length"])
    head = server.get("/api/draw-chain")["head"]
    following = next((later for value, later in pairwise(values) if value.hex() == head), None)
    if following is None:
        raise BadInput(where=str(path), why="the chain is used up or was not registered; make a new one")
    return following


def ceremony_of(
    server: Server, tender: str, request_hash: str = ""
) -> tuple[dict[str, Any], dict[str, DrawPublic], dict[str, Any]]:
    """A draw, the keys of its parties in order, and what was dealt so far."""
    draw = server.get(f"/api/tenders/{tender}/draw")
    if request_hash and draw["request_hash"] != request_hash:
        raise BadInput(where="secret", why="the secret was made for another draw")
    found = server.get(f"/api/draws/{draw['id']}/dealings")
    keys = {
        one["party"]: draw_public_of(found["keys"][one["party"]])
        for one in draw["parties"]
        if one["party"] in found["keys"]
    }
    return draw, keys, found["dealings"]


def own_share(
    statement: Any, request_hash: bytes, dealer: str, party: str, keys: dict[str, DrawPublic]
) -> DealtShare:
    """The share of a dealing that is sealed to a party."""
    return next(one for one in read_dealing(statement, request_hash, dealer, keys) if one.party == party)


def own_party(profile: Profile) -> str:
    """The party that the signed-in person is; raises BadInput for none."""
    for duty, party in PARTY_OF_DUTY.items():
        if duty in profile.person["duties"]:
            return party
    raise BadInput(where="party", why="you hold no duty that takes part in draws")


def read_secret(path: Path) -> dict[str, Any]:
    """A kept secret; raises BadInput for another file."""
    try:
        kept: dict[str, Any] = json.loads(path.read_text())
        if {"party", "request_hash", "secret"} <= set(kept):
            return kept
    except (ValueError, TypeError):
        pass
    raise BadInput(where=str(path), why="this is not the file of a draw secret")

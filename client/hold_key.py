"""Bidders and openers make keys; openers prove theirs in a rehearsal and release shares after the closing.

A private key never leaves this machine: it lies in a file under a passphrase.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from client.console import plain_errors, say
from client.passphrases import passphrase
from client.server import connect
from crypto.canonical import b64, unb64
from crypto.envelope import open_share
from crypto.envelope_prefix import read_prefix
from crypto.opener_keys import (
    OpenerKey,
    make_bidder_key,
    make_opener_key,
    offer_key,
    open_opener_key,
    read_bidder_public,
    read_opener_public,
)
from crypto.signatures import fingerprint, sign_statement
from crypto.suites import suite
from kernel.errors import BadInput, WrongOpeningKey
from tender.opening import RELEASE_TYPE, Closing, LockedScores, release_body
from tender.rehearsal import rehearsal_info

KEYS = typer.Typer(no_args_is_help=True, help="Make keys, rehearse, release shares.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


def write_private(path: Path, content: bytes) -> None:
    """Write a new key file, readable by its owner only; an existing one is never overwritten."""
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError:
        raise BadInput(where=str(path), why="the file exists; a key is never overwritten") from None


@KEYS.command("new")
def new_key(
    tender: Annotated[str, typer.Option(help="Tender id; without it a bidder's signing key is made")] = "",
    out: Annotated[Path | None, typer.Option(help="Where the key goes")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an opener's key for a tender, or a bidder's signing key, and register the public half of the latter."""
    with plain_errors(as_json):
        server = connect()
        person = server.profile.person
        if tender:
            path = out or Path("opener.key")
            described = server.get(f"/api/tenders/{tender}")
            write_private(
                path, make_opener_key(described["suite"], tender, person["id"], passphrase(confirm=True))
            )
            public = read_opener_public(path.read_bytes())
            facts = {
                "key": str(path),
                "fingerprint": public.fingerprint,
                "next": f"mingtang key rehearse {path}",
            }
        else:
            path = out or Path("bidder.key")
            write_private(path, make_bidder_key(person["organisation_id"], passphrase(confirm=True)))
            bidder_public = read_bidder_public(path.read_bytes())[1]
            server.create("/api/signing-keys", {"public": b64(bidder_public)})
            facts = {
                "key": str(path),
                "fingerprint": fingerprint(bidder_public),
                "next": "mingtang seal TENDER ...",
            }
        say(facts, as_json=as_json, title="Keep the file and the passphrase: nobody can restore them.")


@KEYS.command("rehearse")
def rehearse_key(
    key: Annotated[Path, typer.Argument(help="Your opener key file")], as_json: AsJson = False
) -> None:
    """Register an opener key and prove that it opens envelopes."""
    with plain_errors(as_json):
        server, held = connect(), open_opener_key(key.read_bytes(), passphrase())
        tender = held.public.tender_id
        test = server.create(f"/api/tenders/{tender}/opener-key", {"statement": offer_key(held)})
        answer = suite(held.public.suite).open_with(
            held.hpke_private, rehearsal_info(tender), unb64(test["rehearsal"])
        )
        server.create(f"/api/tenders/{tender}/rehearsal", {"answer": b64(answer)})
        say({"tender": tender, "rehearsed": True}, as_json=as_json, title="Your key opens envelopes.")


@KEYS.command("release")
def release_shares(
    key: Annotated[Path, typer.Argument(help="Your opener key file")], as_json: AsJson = False
) -> None:
    """Decrypt your shares here and release them, once bidding has closed."""
    with plain_errors(as_json):
        server, held = connect(), open_opener_key(key.read_bytes(), passphrase())
        tender = held.public.tender_id
        found = server.get(f"/api/tenders/{tender}/closing")
        locked = LockedScores(**found["locked"]) if found.get("locked") else None
        closing = Closing(tender, found["bids"], found["log_size"], found["log_root"], locked)
        shares = {
            item["bid"]: decrypt_share(held, found["opener"], unb64(item["prefix"]))
            for item in found["sealed"]
        }
        statement = sign_statement(held.signer, RELEASE_TYPE, release_body(closing, found["opener"], shares))
        body = {
            "statement": statement,
            "shares": {bid: b64(share) if share else None for bid, share in shares.items()},
        }
        answer = server.create(f"/api/tenders/{tender}/releases", body)
        facts = {
            "tender": tender,
            "what": "prices" if locked else "bids",
            "shares": len(shares),
            "undecryptable": sum(share is None for share in shares.values()),
            "openers_so_far": answer["released"],
        }
        say(facts, as_json=as_json, title="Released.")


def decrypt_share(key: OpenerKey, position: int, prefix: bytes) -> bytes | None:
    """The opener's share of one envelope, or None where the bidder sealed it wrongly."""
    try:
        return open_share(read_prefix(prefix), position, key.hpke_private)
    except WrongOpeningKey:
        return None

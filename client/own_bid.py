"""Bidders open their own sealed file again, and hand in what the opening needs of them.

Both need the key alone with which the bid was sealed: no file, no note, no machine of then.
"""

import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from client.console import plain_errors, say
from client.passphrases import passphrase
from client.server import connect
from crypto.bid_contents import open_contents
from crypto.bid_file import BidFileReader, Place, places
from crypto.canonical import b64, read_json, unb64
from crypto.envelope import is_dealt
from crypto.envelope_prefix import EnvelopePrefix, read_prefix
from crypto.opener_keys import open_bidder_key
from crypto.own_secrets import own_part, own_seed
from crypto.parts_digest import PART_BYTES, PartsDigest
from crypto.signatures import Signer
from kernel.errors import BadInput, WrongBidder
from kernel.window import window

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
KeyFile = Annotated[Path, typer.Option(help="The key with which you sealed it")]


def reopen_command(
    sealed: Annotated[Path, typer.Argument(help="Your sealed bid, from your disk or downloaded")],
    key: KeyFile = Path("bidder.key"),
    out: Annotated[Path | None, typer.Option(help="A new folder for its files")] = None,
    as_json: AsJson = False,
) -> None:
    """Open your own sealed bid again on this machine: what is in it is what you meant to submit."""
    with plain_errors(as_json):
        signer = open_bidder_key(key.read_bytes(), passphrase())
        if out is not None and out.exists():
            raise BadInput(where=str(out), why="the folder exists; name a new one")
        with sealed.open("rb") as file:
            envelopes, digest = _looked_through(file)
            found = [_reopened(file, place, signer, out) for place in envelopes]
        facts = {"sealed": str(sealed), "digest": digest, "envelopes": found}
        say(facts, as_json=as_json, title="This is what it holds.")


def _looked_through(file: BinaryIO) -> tuple[tuple[Place, ...], str]:
    """Where the envelopes lie, each signed and as it was signed, and the digest of the whole file."""
    reader, digest = BidFileReader(), PartsDigest()
    while chunk := file.read(PART_BYTES):
        reader.update(chunk)
        digest.update(chunk)
    return places(reader.finish()), digest.digest().hex()


def _reopened(file: BinaryIO, place: Place, signer: Signer, out: Path | None) -> dict[str, Any]:
    prefix, header = place.prefix, place.prefix.header
    seed = _own_seed(prefix, signer)
    part = own_part(signer, prefix.ctx) if header.bidder_also else b""
    keep = None if out is None else partial(_keep, out / header.kind)
    file.seek(place.payload_start)
    payload = window(file.read, prefix.payload_size)
    with tempfile.TemporaryFile() as plain:
        held = open_contents(prefix, seed, payload, plain, part=part, keep=keep)
    where = {"kind": header.kind, "tender": header.tender_id, "lot": header.lot_id}
    files = [one._asdict() for one in held.files]
    return {**where, "submission": header.submission_id, "bid": read_json(held.announced), "files": files}


def _own_seed(prefix: EnvelopePrefix, signer: Signer) -> bytes:
    if prefix.header.bidder_key != signer.public:
        raise WrongBidder()
    seed = own_seed(signer, prefix.ctx)
    if not is_dealt(prefix, seed):
        why = "it was sealed with a seed of its own, by another program; only its openers open it"
        raise BadInput(where="sealed", why=why)
    return seed


def _keep(folder: Path, name: str, chunks: Iterable[bytes]) -> None:
    path = folder / name  # the archive's reader refuses every name that leads elsewhere
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        target.writelines(chunks)


def hand_in_command(
    tender: Annotated[str, typer.Argument(help="Tender id")],
    key: KeyFile = Path("bidder.key"),
    seeds: Annotated[
        bool,
        typer.Option("--seeds", help="Also hand in the seeds of envelopes that the openers could not open"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Hand in, after the closing, your own part of the keys of your envelopes."""
    with plain_errors(as_json):
        server, signer = connect(), open_bidder_key(key.read_bytes(), passphrase())
        found = server.get(f"/api/tenders/{tender}/own-envelopes")["envelopes"]
        wanted = [one for one in found if not one["opened"]]
        body = {
            "parts": _made(wanted, "part", own_part, signer),
            "seeds": _made(wanted, "seed", own_seed, signer) if seeds else {},
        }
        taken = (
            server.create(f"/api/tenders/{tender}/own-secrets", body)["taken"] if any(body.values()) else 0
        )
        facts: dict[str, Any] = {
            "tender": tender,
            "parts": len(body["parts"]),
            "seeds": len(body["seeds"]),
            "new": taken,
            "until": {one["envelope"]: one["part_until"] for one in wanted},
        }
        could = sum(one["seed_until"] is not None and "seed" not in one["given"] for one in wanted)
        if could and not seeds:
            facts["hint"] = (
                f"{could} envelopes wait for a seed; run it again with --seeds before the time is over"
            )
        say(facts, as_json=as_json, title="Handed in." if taken else "Nothing was left to hand in.")


def _made(wanted: list[dict[str, Any]], what: str, make: Any, signer: Signer) -> dict[str, str]:
    """What of this kind is asked for and was not handed in yet, by envelope."""
    made = {}
    for one in wanted:
        if one[f"{what}_until"] is None or what in one["given"]:
            continue
        prefix = read_prefix(unb64(one["prefix"]))
        if prefix.header.bidder_key == signer.public:
            made[one["envelope"]] = b64(make(signer, prefix.ctx))
    return made

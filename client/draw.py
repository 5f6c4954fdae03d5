"""The parties of a draw commit to a secret made on this machine, and reveal it when it is their turn."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from client.console import ServerRefused, plain_errors, say
from client.draw_chances import explain_command, probabilities_command, rfc3797_command, simulate_command
from client.draw_escrow import (
    CHAINS,
    countersign_command,
    deal_command,
    key_command,
    late_command,
    next_value,
    own_party,
    read_secret,
    receive_command,
    rescue_command,
)
from client.hold_key import write_private
from client.server import connect
from crypto.canonical import b64
from expert_pool.draw import SECRET_BYTES, commitment
from expert_pool.nonces import NONCE_BYTES, read_nonce
from kernel.errors import BadInput

DRAWS = typer.Typer(no_args_is_help=True, help="Take part in the draw of a panel; work out chances.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
Tender = Annotated[str, typer.Argument(help="Tender id")]
Party = Annotated[str, typer.Option(help="office, witness or supervisor; by default what you are")]
SecretFile = Annotated[Path, typer.Option(help="File with your secret")]

DRAWS.command("probabilities")(probabilities_command)
DRAWS.command("explain")(explain_command)
DRAWS.command("simulate")(simulate_command)
DRAWS.command("rfc3797")(rfc3797_command)
DRAWS.command("key")(key_command)
DRAWS.command("countersign")(countersign_command)
DRAWS.command("escrow")(deal_command)
DRAWS.command("receive")(receive_command)
DRAWS.command("rescue")(rescue_command)
DRAWS.command("late")(late_command)
DRAWS.add_typer(CHAINS, name="chain")


@DRAWS.command("commit")
def commit_command(
    tender: Tender,
    party: Party = "",
    secret: SecretFile = Path("draw-secret.json"),
    chain: Annotated[Path | None, typer.Option(help="Take the next value of this hash chain")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a secret, keep it in a file, and send only its commitment."""
    with plain_errors(as_json):
        server = connect()
        draw = server.get(f"/api/tenders/{tender}/draw")
        acting = party or own_party(server.profile)
        value = next_value(server, chain) if chain else os.urandom(SECRET_BYTES)
        kept = {
            "v": 1,
            "draw": draw["id"],
            "party": acting,
            "request_hash": draw["request_hash"],
            "secret": b64(value),
        }
        write_private(secret, json.dumps(kept).encode())
        made = commitment(bytes.fromhex(draw["request_hash"]), acting, value).hex()
        try:
            server.put(f"/api/draws/{draw['id']}/commitments/{acting}", {"commitment": made})
        except ServerRefused:
            secret.unlink()  # nothing was committed to it, and its file must not stand in the way of the next try
            raise
        facts = {"draw": draw["id"], "party": acting, "commitment": made, "secret": str(secret)}
        say(facts, as_json=as_json, title="Committed. Keep the file: without it you cannot reveal.")


@DRAWS.command("nonce")
def nonce_command(
    tender: Tender,
    nonce: Annotated[str, typer.Option(help="64 hexadecimal digits; a random one by default")] = "",
    as_json: AsJson = False,
) -> None:
    """Hand in a number of your own for the draw of the panel, as a bidder, before its request is frozen."""
    with plain_errors(as_json):
        value = read_nonce(nonce) if nonce else os.urandom(NONCE_BYTES)
        answer = connect().put(f"/api/tenders/{tender}/draw-nonce", {"nonce": value.hex()})
        title = "Handed in. Keep the number: you find it in the record of the draw."
        say({"tender": tender, "nonce": answer["nonce"]}, as_json=as_json, title=title)


@DRAWS.command("reveal")
def reveal_command(
    tender: Tender, secret: SecretFile = Path("draw-secret.json"), as_json: AsJson = False
) -> None:
    """Reveal the secret of the file, once everybody has committed and it is your turn."""
    with plain_errors(as_json):
        server, kept = connect(), read_secret(secret)
        draw = server.get(f"/api/tenders/{tender}/draw")
        if draw["request_hash"] != kept["request_hash"]:
            raise BadInput(where=str(secret), why="the secret was made for another draw")
        path = f"/api/draws/{draw['id']}/reveals/{kept['party']}"
        answer = server.put(path, {"secret": kept["secret"]})
        facts = {"draw": draw["id"], "party": kept["party"], "is_drawn": answer["drawn_at"] is not None}
        say(facts, as_json=as_json, title="Revealed.")

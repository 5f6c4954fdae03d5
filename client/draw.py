"""The parties of a draw commit to a secret made on this machine, and reveal it when it is their turn."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from client.console import plain_errors, say
from client.hold_key import write_private
from client.server import Profile, connect
from crypto.canonical import b64
from expert_pool.draw import SECRET_BYTES, commitment
from kernel.errors import BadInput

DRAWS = typer.Typer(no_args_is_help=True, help="Take part in the draw of a panel.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
Tender = Annotated[str, typer.Argument(help="Tender id")]
Party = Annotated[str, typer.Option(help="office, witness or supervisor; by default what you are")]
SecretFile = Annotated[Path, typer.Option(help="File with your secret")]
PARTY_OF_DUTY = {"tender_office": "office", "witness": "witness", "supervisor": "supervisor"}


@DRAWS.command("commit")
def commit_command(
    tender: Tender,
    party: Party = "",
    secret: SecretFile = Path("draw-secret.json"),
    as_json: AsJson = False,
) -> None:
    """Make a secret, keep it in a file, and send only its commitment."""
    with plain_errors(as_json):
        server = connect()
        draw = server.get(f"/api/tenders/{tender}/draw")
        acting = party or own_party(server.profile)
        value = os.urandom(SECRET_BYTES)
        kept = {
            "v": 1,
            "draw": draw["id"],
            "party": acting,
            "request_hash": draw["request_hash"],
            "secret": b64(value),
        }
        write_private(secret, json.dumps(kept).encode())
        made = commitment(bytes.fromhex(draw["request_hash"]), acting, value).hex()
        server.put(f"/api/draws/{draw['id']}/commitments/{acting}", {"commitment": made})
        facts = {"draw": draw["id"], "party": acting, "commitment": made, "secret": str(secret)}
        say(facts, as_json=as_json, title="Committed. Keep the file: without it you cannot reveal.")


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

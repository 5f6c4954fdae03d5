"""The `mingtang` command: everything a bidder, an opener or a stranger runs on their own machine."""

import json
from pathlib import Path
from typing import Annotated

import typer

from client.bill import BILL
from client.blind import BLIND
from client.case import case_command
from client.console import plain_errors, say
from client.draw import DRAWS
from client.due import due_command
from client.hold_key import KEYS
from client.lots import lots_command
from client.passphrases import passphrase
from client.rulebook import RULEBOOKS
from client.score import score_command
from client.seal import seal_command
from client.server import connect, sign_in
from client.submit import check_command, submit_command, withdraw_command
from client.verify import verify_command

APP = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Mingtang on your own machine.")
RECEIPTS = typer.Typer(no_args_is_help=True, help="Check receipts.")
SCOPES = ["read", "bid", "open", "draw", "evaluate"]


@APP.command("sign-in")
def sign_in_command(
    server: Annotated[str, typer.Argument(help="Address of the platform")],
    name: Annotated[str, typer.Argument(help="Your sign-in name")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Sign in once; the token and the platform's public keys are kept for the other commands."""
    with plain_errors(as_json):
        profile = sign_in(server, name, passphrase(), SCOPES)
        facts = {"server": profile.server, "name": profile.person["name"], "duties": profile.person["duties"]}
        say(facts, as_json=as_json, title="Signed in.")


@APP.command("notice")
def notice_command(
    tender: Annotated[str, typer.Argument(help="Tender id")],
    out: Annotated[Path, typer.Option(help="Where the notice goes")] = Path("notice.json"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Keep a tender's notice, so that a bid can be sealed without a connection."""
    with plain_errors(as_json):
        answer = connect().get(f"/api/tenders/{tender}/notice")
        out.write_text(json.dumps(answer, ensure_ascii=False, indent=1))
        say({"notice": str(out), "digest": answer["digest"]}, as_json=as_json)


APP.command("seal")(seal_command)
APP.command("submit")(submit_command)
APP.command("withdraw")(withdraw_command)
APP.command("verify")(verify_command)
APP.command("due")(due_command)
APP.command("case")(case_command)
APP.command("score")(score_command)
APP.command("lots")(lots_command)
RECEIPTS.command("check")(check_command)
APP.add_typer(RECEIPTS, name="receipt")
APP.add_typer(BILL, name="bill")
APP.add_typer(BLIND, name="blind")
APP.add_typer(KEYS, name="key")
APP.add_typer(DRAWS, name="draw")
APP.add_typer(RULEBOOKS, name="rulebook")


def run() -> None:
    """Run the command line."""
    APP()

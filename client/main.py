"""The `mingtang` command: everything a bidder, an opener or a stranger runs on their own machine."""

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from client.console import plain_errors, say
from client.passphrases import passphrase
from client.server import Server, connect, keep_token, sign_in, warn_of_drafts

COMMANDS = {
    "version": "client.main:version_command",
    "sign-in": "client.main:sign_in_command",
    "notice": "client.main:notice_command",
    "seal": "client.seal:seal_command",
    "submit": "client.submit:submit_command",
    "drafts": "client.submit:drafts_command",
    "reopen": "client.own_bid:reopen_command",
    "hand-in": "client.own_bid:hand_in_command",
    "withdraw": "client.submit:withdraw_command",
    "verify": "client.verify:verify_command",
    "monitor": "client.monitor:monitor_command",
    "due": "client.due:due_command",
    "case": "client.case:case_command",
    "score": "client.score:score_command",
    "lots": "client.lots:lots_command",
}
GROUPS = {
    "receipt": "client.submit:RECEIPTS",
    "bill": "client.bill:BILL",
    "blind": "client.blind:BLIND",
    "key": "client.hold_key:KEYS",
    "draw": "client.draw:DRAWS",
    "rulebook": "client.rulebook:RULEBOOKS",
    "witness": "client.witness:WITNESS",
}
"""Where each word is built; only the one that was typed is loaded, for they stand on much."""
OF_BIDDERS = ("seal", "submit", "reopen", "hand-in", "drafts", "withdraw", "receipt")
ONE_FILE = ("version", "sign-in", "notice", *OF_BIDDERS, "key", "verify", "score", "witness", "monitor")
"""The words of the file that people keep on their machines (tools/one_file): what bidders, openers and strangers do."""
VERSION = "0.1.0"
BUILD = Path(__file__).with_name("BUILD")
"""In the one file: the digest over all that is in it."""
SCOPES = ["read", "bid", "open", "draw", "evaluate"]


def version_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Say which build of the program this is."""
    with plain_errors(as_json):
        build = BUILD.read_text(encoding="ascii") if BUILD.exists() else "run from its sources"
        say({"version": VERSION, "build": build}, as_json=as_json)


def sign_in_command(
    server: Annotated[str, typer.Argument(help="Address of the platform")],
    name: Annotated[str, typer.Argument(help="Your sign-in name")],
    token: Annotated[
        bool, typer.Option("--token", help="Ask for a token of the site, not a password")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Sign in once; the token and the platform's public keys are kept for the other commands."""
    with plain_errors(as_json):
        secret = passphrase()
        profile = keep_token(server, secret) if token else sign_in(server, name, secret, SCOPES)
        facts = {"server": profile.server, "name": profile.person["name"], "duties": profile.person["duties"]}
        say(facts, as_json=as_json, title="Signed in.")
        if not as_json and "bidder" in profile.person["duties"]:
            warn_of_drafts(Server(profile))


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


def run() -> None:
    """Run the command line."""
    app(sys.argv[1:])()


def run_one_file() -> None:
    """Run the command line of the one file."""
    app(sys.argv[1:], ONE_FILE)(prog_name="mingtang")


def app(words: list[str], offered: Sequence[str] = (*COMMANDS, *GROUPS)) -> typer.Typer:
    """The command that the words begin with and, where they name none, all that are offered."""
    made = typer.Typer(
        no_args_is_help=True, pretty_exceptions_enable=False, help="Mingtang on your own machine."
    )
    made.callback()(lambda: None)
    for word in words[:1] if set(words[:1]) & set(offered) else offered:
        if word in COMMANDS:
            made.command(word)(_load(COMMANDS[word]))
        else:
            made.add_typer(_load(GROUPS[word]), name=word)
    return made


def _load(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)

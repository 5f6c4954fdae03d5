"""`mingtang verify capsule.zip`: check a tender without our server, our database or our word."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from client.claims import (
    FAIL,
    NOT_PROVEN,
    PASS,
    Check,
    Evidence,
    NotProven,
    Verdict,
    is_whole,
    keys_are_pinned,
    log_holds_every_fact,
    notice_is_published,
)
from client.claims_archive import archive_is_stamped
from client.claims_bids import (
    announced_was_sealed,
    contents_were_sealed,
    on_time,
    opened_by_quorum,
    sealed_before_closing,
    signed_by_bidders,
)
from client.claims_draws import draws_came_from_the_log
from client.claims_findings import findings_are_logged
from client.claims_national import national_head_holds
from client.claims_result import (
    award_follows_ranking,
    panel_was_drawn,
    ranking_follows_rulebook,
    report_is_logged,
    report_was_signed,
    sheets_were_signed,
    witnesses_cosigned,
)
from client.console import OUT, plain_errors
from client.files import read_object
from crypto.witnessing import Witness
from evaluation.capsule import unpack
from kernel.errors import TenderingError

CLAIMS: tuple[tuple[str, Check], ...] = (
    ("the capsule is whole and signed", is_whole),
    ("the platform's keys are the pinned ones", keys_are_pinned),
    ("every fact is in the append-only log", log_holds_every_fact),
    ("the notice and rulebook are the published ones", notice_is_published),
    ("all bids were sealed before the closing", sealed_before_closing),
    ("all bids were on time", on_time),
    ("all envelopes were signed by their bidders", signed_by_bidders),
    ("the bids were opened by the named openers", opened_by_quorum),
    ("the announced prices are the sealed ones", announced_was_sealed),
    ("the whole contents are the sealed ones", contents_were_sealed),
    ("the panel is the draw's result", panel_was_drawn),
    ("votes and sheets are as signed", sheets_were_signed),
    ("the ranking is the rulebook's result", ranking_follows_rulebook),
    ("whatever was drawn came from the log", draws_came_from_the_log),
    ("the report is the logged one", report_is_logged),
    ("the findings are the logged ones", findings_are_logged),
    ("the members signed or dissented", report_was_signed),
    ("the award follows the ranking", award_follows_ranking),
    ("independent witnesses saw the log", witnesses_cosigned),
    ("the log is stamped for the archive", archive_is_stamped),
    ("the national head holds every fact", national_head_holds),
)
"""Every claim in the order of the story; names are part of the JSON answer."""

BROKEN_SHAPE = (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError)
"""What reading a hostile capsule may raise where a part has another shape than the format says."""


def examine(evidence: Evidence) -> list[Verdict]:
    """Check every claim, each on its own."""
    return [judge(claim, check, evidence) for claim, check in CLAIMS]


def judge(claim: str, check: Check, evidence: Evidence) -> Verdict:
    """One claim's verdict."""
    try:
        return Verdict(claim, PASS, check(evidence))
    except NotProven as gap:
        return Verdict(claim, NOT_PROVEN, str(gap))
    except TenderingError as error:
        return Verdict(claim, FAIL, str(error.facts.get("what") or error))
    except BROKEN_SHAPE as error:
        return Verdict(claim, FAIL, f"a part does not have the shape of its format ({type(error).__name__})")


def verify_command(
    capsule: Annotated[Path, typer.Argument(help="The capsule")],
    keys: Annotated[Path | None, typer.Option(help="The platform's public keys that you trust")] = None,
    envelopes: Annotated[Path | None, typer.Option(help="Folder of sealed envelopes, BID.sealed")] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a witness that you trust; repeat it")
    ] = None,
    cosigned: Annotated[
        Path | None, typer.Option(help="A head that they signed: /log/cosigned?at_least=N&since=SIZE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Check every claim of a capsule; exit code 1 if one fails."""
    with plain_errors(as_json):
        pinned: dict[str, str] | None = read_object(keys) if keys else None
        given = {path.stem: str(path) for path in envelopes.glob("*.sealed")} if envelopes else {}
        known = tuple(Witness("", key) for key in witness or ())
        seen = read_object(cosigned) if cosigned else None
        verdicts = examine(Evidence(unpack(capsule.read_bytes()), pinned, given, known, seen))
    failed = [verdict for verdict in verdicts if verdict.result == FAIL]
    answer: dict[str, Any] = {
        "holds": not failed,
        "first_failure": vars(failed[0]) if failed else None,
        "claims": [vars(verdict) for verdict in verdicts],
    }
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        show(verdicts)
    raise typer.Exit(1 if failed else 0)


def show(verdicts: list[Verdict]) -> None:
    """A line per claim."""
    colours = {PASS: "green", FAIL: "bold red", NOT_PROVEN: "yellow"}
    table = Table(show_header=False)
    for verdict in verdicts:
        table.add_row(f"[{colours[verdict.result]}]{verdict.result}[/]", verdict.claim, verdict.detail)
    OUT.print(table)

"""Bidders upload a sealed bid, keep and check the receipt, withdraw."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from client.console import ERR, OUT, plain_errors, progress, say
from client.direct import NoWayToStore, is_offered, send_direct
from client.files import read_object
from client.seal import THREADS
from client.server import Profile, Server, connect, load_profile
from client.uploads import SealedFile, send, speaks_tus
from crypto.canonical import unb64
from crypto.checkpoint import read_proof
from crypto.envelope_prefix import check_signature, read_prefix
from crypto.parts_digest import file_parts_digest
from crypto.receipts import check_receipt
from crypto.witnessing import Witness, check_quorum
from kernel.clock import write_time

CHUNK_BYTES = 256 * 1024

RECEIPTS = typer.Typer(no_args_is_help=True, help="Check receipts.")


def checked_receipt(
    receipt: dict[str, Any], platform: dict[str, str], digest: bytes | None
) -> dict[str, Any]:
    """Check a receipt against pinned keys; raises IntegrityBroken with the first thing that does not fit."""
    facts = check_receipt(
        receipt,
        log_vkey=platform["log_vkey"],
        platform_public=unb64(platform["receipts_public"], length=32),
        tsa_certificate=unb64(platform["timestamp_certificate"]),
        envelope_digest=digest,
    )
    return {
        name: write_time(value)
        if hasattr(value, "astimezone")
        else value.hex()
        if isinstance(value, bytes)
        else value
        for name, value in vars(facts).items()
    }


def submit_command(
    sealed: Annotated[Path, typer.Argument(help="The sealed bid")],
    replaces: Annotated[str | None, typer.Option(help="Id of your bid that this one replaces")] = None,
    receipt: Annotated[Path | None, typer.Option(help="Where the receipt goes")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Submit a sealed bid and keep the receipt that proves it."""
    with plain_errors(as_json):
        server = connect()
        with sealed.open("rb") as file:
            prefix = read_prefix(file)
        check_signature(prefix)
        header = prefix.header
        bid = SealedFile(
            sealed,
            header.tender_id,
            header.lot_id,
            sealed.stat().st_size,
            file_parts_digest(sealed, THREADS),
        )
        with not_submitted(as_json), progress(as_json) as bar:
            answer = deliver(server, bid, bar, replaces)
        digest = bid.digest
        target = receipt or sealed.with_name(sealed.name + ".receipt.json")
        target.write_text(json.dumps(answer, ensure_ascii=False, indent=1))
        facts = checked_receipt(answer, server.profile.platform, digest)
        say({"receipt": str(target), **facts}, as_json=as_json, title="SUBMITTED. The receipt was checked.")


@contextmanager
def not_submitted(as_json: bool) -> Iterator[None]:
    """Say in plain words, whatever stops the command, that nothing has been submitted yet."""
    try:
        yield
    except BaseException:
        if not as_json:
            ERR.print("[bold red]NOT SUBMITTED.[/] Only a receipt says that a bid is submitted.")
            ERR.print("What was sent is kept: run the same command again to go on.")
        raise


def deliver(server: Server, file: SealedFile, bar: Progress, replaces: str | None) -> Any:
    """Upload and submit; an older platform takes both in one stream. Returns the receipt."""
    task = bar.add_task("Uploading", total=file.size)
    query = f"?replaces={replaces}" if replaces else ""
    if speaks_tus(server, file.place):
        upload = upload_file(server, file, lambda sent: bar.update(task, completed=sent), replaces)
        answer = server.create(f"{upload}/bid{query}")
        file.note.unlink(missing_ok=True)
        return answer

    def chunks() -> Iterator[bytes]:
        bar.reset(task)
        with file.path.open("rb") as opened:
            while chunk := opened.read(CHUNK_BYTES):
                yield chunk
                bar.advance(task, len(chunk))

    path = f"/api/tenders/{file.tender_id}/lots/{file.lot_id}/bids{query}"
    return server.upload(path, chunks, file.size, file.digest.hex())


def upload_file(server: Server, file: SealedFile, tell: Callable[[int], None], replaces: str | None) -> str:
    """Upload by the shortest way there is; returns the upload's path."""
    if is_offered(server, file.place):
        with suppress(NoWayToStore):
            return send_direct(server, file, tell, replaces)
    return send(server, file, tell, replaces)


def drafts_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """List what your organisation has uploaded and NOT SUBMITTED."""
    with plain_errors(as_json):
        found = connect().get("/api/uploads")["items"]
        if as_json:
            say({"not_submitted": found}, as_json=True)
        for draft in [] if as_json else found:
            done = (
                "whole" if draft["state"] == "complete" else f"{100 * draft['received'] // draft['size']} %"
            )
            facts = {
                "file": f"{draft['filename']}, {done}",
                "tender": f"{draft['reference']}, lot {draft['lot_number']}",
                "bids close": draft["closes_at"],
                "check and submit": connect().profile.server + draft["check"],
            }
            say(facts, as_json=False, title="NOT SUBMITTED")
        if not as_json and not found:
            OUT.print("Nothing is uploaded and not submitted.")


def withdraw_command(
    bid: Annotated[str, typer.Argument(help="Id of your bid, from its receipt")],
    receipt: Annotated[Path, typer.Option(help="Where the receipt of the withdrawal goes")] = Path(
        "withdrawal.json"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Withdraw a bid before the closing time."""
    with plain_errors(as_json):
        answer = connect().create(f"/api/bids/{bid}/withdrawal")
        receipt.write_text(json.dumps(answer, ensure_ascii=False, indent=1))
        say({"withdrawn": bid, "receipt": str(receipt)}, as_json=as_json, title="WITHDRAWN")


@RECEIPTS.command("check")
def check_command(
    receipt: Annotated[Path, typer.Argument(help="The receipt")],
    envelope: Annotated[Path | None, typer.Option(help="The sealed bid it is about")] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Public keys of the platform, as /api/platform gave them")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Verifier key of a witness that you trust; repeat it")
    ] = None,
    quorum: Annotated[int, typer.Option(help="How many of them must have signed the log's head")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Check a receipt without any connection."""
    with plain_errors(as_json):
        platform = read_object(keys) if keys else pinned(load_profile())
        digest = file_parts_digest(envelope, THREADS) if envelope else None
        body = read_object(receipt)
        facts = checked_receipt(body, platform, digest)
        if witness or quorum:
            known = [Witness("", key) for key in witness or []]
            signed = check_quorum(read_proof(body["proof"]).checkpoint, known, quorum or len(known))
            facts["witnesses"] = ", ".join(sorted(signed))
        say({"result": "PASS", **facts}, as_json=as_json, title="The receipt holds.")


@RECEIPTS.command("fetch")
def fetch_command(
    bid: Annotated[str, typer.Argument(help="Id of your bid")],
    cosigned: Annotated[int, typer.Option(help="How many witnesses must have signed the log's head")] = 0,
    out: Annotated[Path, typer.Option(help="Where the receipt goes")] = Path("receipt.json"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Fetch the receipt of a bid again, with the proof in a head that witnesses have signed."""
    with plain_errors(as_json):
        server = connect()
        answer = server.get(f"/api/bids/{bid}/receipt" + (f"?cosigned={cosigned}" if cosigned else ""))
        facts = checked_receipt(answer, server.profile.platform, None)
        out.write_text(json.dumps(answer, ensure_ascii=False, indent=1))
        say({"receipt": str(out), **facts}, as_json=as_json, title="The receipt holds.")


def pinned(profile: Profile) -> dict[str, str]:
    """The platform keys pinned at the first sign-in."""
    return profile.platform

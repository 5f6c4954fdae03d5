"""`mingtang monitor`: follow a log, and say so loudly when it forgets, forks, or changes an entry of mine.

1. The head must be signed by the log's key and contain the last head seen here.
2. What witnesses signed must be part of the same history.
3. The entry of every receipt in a folder must stand where the receipt says, unchanged, and the head that was signed
   for the receipt must be part of the same history. The public sees a new head about once a minute: an entry that is
   not there yet is waited for, ten minutes at most.
An alarm keeps both heads as evidence beside the state: two signed heads that do not fit convict the log.
"""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from client.console import plain_errors, say
from client.files import read_object
from client.head_state import HeadStore
from client.log_reader import LogReader, SignedHead
from client.server import load_profile
from crypto.canonical import unb64
from crypto.checkpoint import read_checkpoint, read_proof, read_vkey
from crypto.log_entry import SALT_BYTES, leaf_data
from crypto.merkle import inclusion_proof as path_of
from crypto.merkle import leaf_hash, verify_consistency, verify_inclusion
from crypto.witnessing import SeenHead, Witness, check_quorum, way_between
from kernel.clock import read_time
from kernel.errors import BadInput, IntegrityBroken

ALARM = 3
"""Exit code of an alarm; 1 is an error of the command itself."""
PATIENCE = timedelta(minutes=10)
"""How long after its receipt an entry may be missing from the published heads."""


@dataclass(frozen=True)
class OwnEntry:
    """An entry that a receipt speaks of."""

    receipt: str
    index: int
    leaf: bytes
    note: str
    """the head that was signed for it at once"""
    received_at: datetime


@dataclass
class Look:
    """What one look found."""

    size: int
    grew_by: int
    cosigned: int
    entries: int
    waiting: int = 0
    """entries that no published head holds yet"""
    alarms: list[str] = field(default_factory=list)


def own_entries(folder: Path) -> list[OwnEntry]:
    """The entries of every receipt in a folder; files that are no receipts are passed over."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            body = read_object(path)
            fact, salt = unb64(body["fact"]), unb64(body["salt"], length=SALT_BYTES)
            told = body["statement"]["body"]
            index, received_at = int(told["log_index"]), read_time(told["received_at"])
            note = read_proof(body["proof"]).checkpoint
        except (BadInput, IntegrityBroken, KeyError, TypeError, ValueError, AttributeError):
            continue
        found.append(OwnEntry(path.name, index, leaf_hash(leaf_data(salt, fact)), note, received_at))
    return found


def look(
    reader: LogReader,
    store: HeadStore,
    entries: list[OwnEntry],
    witnesses: list[Witness],
    quorum: int,
    now: datetime | None = None,
) -> Look:
    """Look at the log once and remember its head, unless it contradicts what was seen before."""
    moment = now or datetime.now(UTC)
    found = reader.head()
    origin, last = found.head.origin, store.load(found.head.origin)
    seen = Look(found.head.size, found.head.size - (last.size if last else 0), 0, len(entries))
    seen.alarms += grown(reader, found, last)
    if not seen.alarms:
        seen.alarms += cosigned(reader, found, witnesses, quorum, seen)
        published = [one for one in entries if one.index < found.head.size]
        missing = [one for one in entries if one.index >= found.head.size]
        late = [one for one in missing if moment - one.received_at > PATIENCE]
        seen.waiting = len(missing) - len(late)
        seen.alarms += [
            f"{one.receipt}: entry {one.index} is gone or was never published, the log has {seen.size}"
            for one in late
        ]
        seen.alarms += filter(None, (changed(reader, found, one) for one in published))
    if not seen.alarms:
        store.save(origin, SeenHead(found.head.size, found.head.root))
    return seen


def grown(reader: LogReader, found: SignedHead, last: SeenHead | None) -> list[str]:
    """Why the head does not contain the last one; empty when it does."""
    if last is None:
        return []
    if found.head.size < last.size:
        return [f"the log shrank from {last.size} to {found.head.size} entries"]
    if found.head.size == last.size:
        return [] if found.head.root == last.root else ["the log shows two heads of one size"]
    try:
        way = way_between(last.size, found.head.size, reader.nodes(found.head.size))
        verify_consistency(last.size, found.head.size, way, last.root, found.head.root)
    except IntegrityBroken as broken:
        return [
            f"the head of {found.head.size} entries does not contain the one of {last.size}: {broken.facts['what']}"
        ]
    return []


def cosigned(
    reader: LogReader, found: SignedHead, witnesses: list[Witness], quorum: int, seen: Look
) -> list[str]:
    """Why what witnesses signed is not part of this history, or too little of it."""
    if not witnesses:
        return []
    note = reader.cosigned(quorum)
    if not note:
        return [f"no head of the log carries the signatures of {quorum} witnesses"]
    try:
        signed = read_checkpoint(note, reader.vkey)
        check_quorum(note, witnesses, quorum)
        seen.cosigned = signed.size
        old, new = sorted([signed, found.head], key=lambda head: head.size)
        way = way_between(old.size, new.size, reader.nodes(new.size))
        if old.size == new.size and old.root != new.root:
            raise IntegrityBroken(what="two heads of one size")
        if old.size < new.size:
            verify_consistency(old.size, new.size, way, old.root, new.root)
    except IntegrityBroken as broken:
        return [f"what witnesses signed does not fit this log: {broken.facts['what']}"]
    return []


def changed(reader: LogReader, found: SignedHead, entry: OwnEntry) -> str:
    """Why the entry of a receipt is not what it was; empty when it is."""
    size = found.head.size
    try:
        nodes = reader.nodes(size)
        if nodes(0, entry.index) != entry.leaf:
            return f"{entry.receipt}: entry {entry.index} was changed"
        verify_inclusion(entry.leaf, entry.index, size, path_of(entry.index, size, nodes), found.head.root)
        own = read_checkpoint(entry.note, reader.vkey)
        if own.size < size:
            way = way_between(own.size, size, nodes)
            verify_consistency(own.size, size, way, own.root, found.head.root)
        elif own.size == size and own.root != found.head.root:
            raise IntegrityBroken(what="two heads of one size")
    except IntegrityBroken as broken:
        return f"{entry.receipt}: entry {entry.index} is not in the signed head: {broken.facts['what']}"
    return ""


def monitor_command(
    server: Annotated[str, typer.Argument(help="Address of the platform; empty: the one signed in to")] = "",
    log: Annotated[str, typer.Option("--log", help="Verifier key of its log; empty: the one pinned")] = "",
    receipts: Annotated[Path | None, typer.Option(help="Folder with receipts of yours")] = None,
    witness: Annotated[list[str] | None, typer.Option(help="Verifier key of a witness; repeat it")] = None,
    quorum: Annotated[int, typer.Option(help="How many of them must have signed")] = 1,
    state: Annotated[Path, typer.Option(help="Folder with the last head seen")] = Path("monitor-state"),
    every: Annotated[int, typer.Option(help="Seconds between two looks")] = 300,
    once: Annotated[bool, typer.Option("--once", help="Look once and end")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a look")] = False,
) -> None:
    """Follow a log; exit code 3 and both heads kept when it forgets, forks or changes an entry of yours."""
    with plain_errors(as_json):
        if not (server and log):
            profile = load_profile()
            server, log = server or profile.server, log or profile.platform["log_vkey"]
        read_vkey(log)
        known = [Witness("", key) for key in witness or []]
        reader, store = LogReader(server, log), HeadStore(state)
        while True:
            try:
                report(
                    look(reader, store, own_entries(receipts) if receipts else [], known, quorum),
                    reader,
                    state,
                    as_json,
                )
            except httpx.HTTPError as error:
                if once:
                    raise
                say({"unreachable": type(error).__name__, "next_try_in": every}, as_json=as_json)
            except IntegrityBroken as broken:
                raise_alarm([str(broken.facts["what"])], {}, as_json)
            if once:
                return
            time.sleep(every)


def report(seen: Look, reader: LogReader, state: Path, as_json: bool) -> None:
    """Say what was found; an alarm ends the program."""
    if seen.alarms:
        state.mkdir(parents=True, exist_ok=True)
        evidence = state / f"alarm-{int(time.time())}.json"
        evidence.write_text(json.dumps({"alarms": seen.alarms, "head": reader.head().note}, indent=1))
        raise_alarm(seen.alarms, {"evidence": str(evidence)}, as_json)
    facts: dict[str, Any] = {
        "entries_in_log": seen.size,
        "new_since_last_look": seen.grew_by,
        "own_entries_unchanged": seen.entries - seen.waiting,
    }
    if seen.waiting:
        facts["not_yet_published"] = f"{seen.waiting}; look again in a minute"
    say(facts | ({"cosigned_up_to": seen.cosigned} if seen.cosigned else {}), as_json=as_json)


def raise_alarm(alarms: list[str], more: dict[str, Any], as_json: bool) -> None:
    """Print the alarms and end with the exit code of an alarm."""
    say(
        {"ALARM": alarms if as_json else "\n".join(alarms), **more},
        as_json=as_json,
        title="THE LOG IS NOT WHAT IT WAS",
    )
    raise typer.Exit(ALARM)

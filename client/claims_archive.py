"""The claim about stamps of the archive: the head of the log was stamped, and stamped anew before a stamp ran out."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from client.claims import Evidence, NotProven, exactly, proven_entry
from crypto.canonical import unb64
from crypto.checkpoint import Checkpoint, read_checkpoint
from crypto.merkle import verify_consistency
from crypto.timestamps import check_token, validity_of
from kernel.errors import IntegrityBroken

PART = "log/archive.json"
STAMPED = "archive.stamped"


def archive_is_stamped(evidence: Evidence) -> str:
    """A stamp whose certificate holds today covers the head, over an unbroken chain from the first one."""
    evidence.head  # noqa: B018 - a head that is not signed has no stamps
    if PART not in evidence.capsule.parts:
        raise NotProven(
            "the log was not stamped since; a capsule that is fetched a month later has the first stamp"
        )
    lines = evidence.capsule.json(PART)
    if not isinstance(lines, list) or not lines:
        raise IntegrityBroken(what="there are no stamps of the archive")
    last: tuple[Mapping[str, Any], datetime] | None = None
    for line in lines:
        exactly(line, "token", "certificate", "checkpoint", "consistency", "entry")
        head = stamped_head(evidence, line)
        at = check_token(unb64(line["token"]), head.root, unb64(line["certificate"]))
        if last is not None:
            check_renewal(last[0], last[1], head, at)
        last = line, at
    assert last is not None
    if last[0]["entry"] is not None or last[0]["certificate"] != evidence.keys["timestamp_certificate"]:
        raise IntegrityBroken(what="the newest stamp is not by the platform's authority")
    until = validity_of(unb64(last[0]["certificate"]))[1]
    if until < evidence.now:
        raise NotProven(f"the certificate of the newest stamp ran out on {until:%Y-%m-%d}")
    return f"{len(lines)} stamps, the newest of {last[1]:%Y-%m-%d}, its certificate until {until:%Y-%m-%d}"


def stamped_head(evidence: Evidence, line: Mapping[str, Any]) -> Checkpoint:
    """The signed head that was stamped, which grew from the capsule's."""
    head = read_checkpoint(str(line["checkpoint"]), evidence.keys["log_vkey"])
    way = [unb64(step, length=32) for step in line["consistency"]]
    verify_consistency(evidence.head.size, head.size, way, evidence.head.root, head.root)
    return head


def check_renewal(line: Mapping[str, Any], before: datetime, head: Checkpoint, at: datetime) -> None:
    """Raise unless the next stamp came while the certificate held, over a log that tells of the stamp before it."""
    if not before < at <= validity_of(unb64(line["certificate"]))[1]:
        raise IntegrityBroken(what="a stamp of the archive was not renewed before its certificate ran out")
    _, fact = proven_entry(line["entry"], head)
    if fact.kind != STAMPED or fact.data["token"] != sha256(unb64(line["token"])).hexdigest():
        raise IntegrityBroken(what="a stamp of the archive is not the one that the log tells of")

"""Showing the log's head to witnesses (C2SP tlog-witness): asked with each beat, kept when they sign."""

from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog

from crypto.witnessing import Witness, way_between, write_request
from storage import audit_log, cosignatures, published_heads
from storage.adapters import Adapters
from storage.database import Session
from worker.jobs import Payload

ASK = "ask_witnesses"
SECONDS = 20.0
CONFLICT, SIZE_TYPE = 409, "text/x.tlog.size"
LOG = structlog.get_logger("worker")


@dataclass(frozen=True)
class Shown:
    """A head with the lines that witnesses put under it."""

    note: str


def ask_witnesses(adapters: Adapters, payload: Payload, now: datetime) -> Shown | None:
    """Show the head published last to every witness with an address that has not signed it; None when nobody signed."""
    with adapters.database.reading() as session:
        size = published_heads.public_size(session)
        if not size:
            return None
        last = {one.name: cosignatures.last_signed(session, one.name) for one in adapters.witnesses}
        note = cosignatures.head_note(session, adapters.keys, size)
    lines = [
        _show(adapters, witness, last[witness.name], size, note)
        for witness in adapters.witnesses
        if witness.url and last[witness.name] < size
    ]
    return Shown(note + "".join(lines)) if any(lines) else None


def _show(adapters: Adapters, witness: Witness, old: int, size: int, note: str) -> str:
    """The witness's line; empty when it did not sign, which the next beat tries again."""
    try:
        answer = _post(adapters, witness, old, size, note)
        if answer.status_code == CONFLICT and answer.headers.get("content-type", "").startswith(SIZE_TYPE):
            # It signed more than it told us, or less than we remember: go on from where it is.
            known = int(answer.text[:20])
            if known > size:
                LOG.critical("a witness saw a longer log than ours", witness=witness.name)
                return ""
            answer = _post(adapters, witness, known, size, note)
    except (httpx.HTTPError, ValueError) as error:
        LOG.warning("a witness could not be asked", witness=witness.name, kind=type(error).__name__)
        return ""
    if answer.status_code != httpx.codes.OK:
        LOG.error("a witness refused the head of the log", witness=witness.name, status=answer.status_code)
        return ""
    return answer.text


def _post(adapters: Adapters, witness: Witness, old: int, size: int, note: str) -> httpx.Response:
    with adapters.database.reading() as session:
        proof = way_between(old, size, audit_log.node_reader(session))
    return httpx.post(
        f"{witness.url}/add-checkpoint", content=write_request(old, proof, note).encode(), timeout=SECONDS
    )


def keep_cosignatures(
    session: Session, adapters: Adapters, payload: Payload, shown: Shown | None, now: datetime
) -> None:
    """Keep what the witnesses signed."""
    if shown is not None:
        cosignatures.keep(session, keys=adapters.keys, witnesses=adapters.witnesses, note=shown.note)

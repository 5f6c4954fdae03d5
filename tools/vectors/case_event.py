"""Write the vectors of case events, sealed fields and receipts of the exchange: python -m tools.vectors.case_event."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from approval.event import FIRST, Event, chain, event_bytes
from approval.exchange import Sender, receipt
from crypto.field_seal import keyed_digest
from crypto.signatures import Signer

FOLDER = Path("tests/vectors")
CASE = "1f6f3f1e-7c44-4a86-9b53-0a4b1f1f6a01"
STEPS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("apply", "draft", "received", {"item": "420500-XK-001", "papers": {"form": "ab" * 32}}),
    ("accept", "received", "reviewing", {"accepted_on": "2026-04-01"}),
    ("pass_step", "reviewing", "deciding", {"step": "review", "opinion": "同意"}),
    ("grant", "deciding", "granted", {"conditions": ["c1"], "used_days": 3}),
]


def events() -> list[Event]:
    """Four events of one case."""
    return [
        Event(
            CASE,
            number,
            datetime(2026, 4, number, 1, 30, tzinfo=UTC),
            date(2026, 4, number),
            act,
            "0c0ffee0-0000-4000-8000-000000000001",
            "window",
            before,
            after,
            data,
        )
        for number, (act, before, after, data) in enumerate(STEPS, start=1)
    ]


def main() -> None:
    """Write the files."""
    rows, previous = [], FIRST
    for event in events():
        previous = chain(previous, event)
        rows.append({"bytes": event_bytes(event).decode(), "hash": previous.hex()})
    _write("case-event/chain.json", {"first": FIRST.hex(), "events": rows})
    key = bytes(range(32))
    digests = [
        {"tag": tag, "value": value, "digest": keyed_digest(key, tag, value).hex()}
        for tag, value in (
            ("applicant", "CREDIT001"),
            ("applicant", "credit001"),
            ("query-code", f"{CASE} AB23CD45"),
        )
    ]
    _write("field-seal/digests.json", {"key": key.hex(), "digests": digests})

    signer = Signer("outer", bytes(range(32)))
    bundle = b'{"a":"bundle"}'
    answer = receipt(Sender("outer", signer), bundle, 1, 2, ["N-3: not-found"])
    kept = {"seed": bytes(range(32)).hex(), "public": signer.public.hex(), "bundle": bundle.decode()}
    _write("exchange-bundle/receipt.json", {**kept, "receipt": answer.decode()})


def _write(name: str, content: object) -> None:
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()

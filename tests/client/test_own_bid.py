"""Bidders reopen a file of several envelopes: each with the files that were sealed in it, and none that was changed."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.own_bid import reopen_command
from crypto.archive import bytes_file, write_archive
from crypto.envelope import seal_bytes
from crypto.opener_keys import make_bidder_key, open_bidder_key
from crypto.own_secrets import own_seed
from crypto.parts_digest import parts_digest
from crypto.signatures import Signer
from tests.builders import CHEAP, PASSPHRASE
from tests.crypto.parties import Parties

SAID = {"technical": b'{"answers":{}}', "price": b'{"price":{"amount":"7.00","currency":"CNY"}}'}


def envelope(signer: Signer, kind: str, *, also: bool) -> bytes:
    """One of a bid's envelopes, with a file in a folder."""
    parties, plain = Parties(bidder=signer, kind=kind), io.BytesIO()
    write_archive([bytes_file("bid.json", SAID[kind]), bytes_file(f"{kind}/plan.txt", kind.encode())], plain)
    header = replace(parties.header(), bidder_also=also)
    changes = {"header": header, "seed": own_seed(signer, header.ctx())}
    return seal_bytes(plain.getvalue(), **parties.arguments(SAID[kind]) | changes)


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """The bidder's key, in a file behind a passphrase."""
    (tmp_path / "words").write_text(PASSPHRASE)
    monkeypatch.setenv("MT_PASSPHRASE_FILE", str(tmp_path / "words"))
    monkeypatch.chdir(tmp_path)
    Path("bidder.key").write_bytes(key := make_bidder_key("bidder", PASSPHRASE, cost=CHEAP))
    return open_bidder_key(key, PASSPHRASE)


def reopen(data: bytes, *words: str) -> dict[str, Any]:
    """What the command says of a file."""
    Path("bid.sealed").write_bytes(data)
    app = typer.Typer()
    app.command()(reopen_command)
    said: dict[str, Any] = json.loads(CliRunner().invoke(app, ["bid.sealed", "--json", *words]).stdout)
    return said


@pytest.mark.parametrize("also", [False, True])
def test_every_envelope_of_a_file_is_opened_into_a_folder_of_its_kind(signer: Signer, also: bool) -> None:
    data = b"".join(envelope(signer, kind, also=also) for kind in SAID)
    seen = reopen(data, "--out", "again")
    assert seen["digest"] == parts_digest(data).hex()
    assert {one["kind"]: one["bid"] for one in seen["envelopes"]} == {
        kind: json.loads(said) for kind, said in SAID.items()
    }
    for one in seen["envelopes"]:
        kind, folder = one["kind"], Path("again") / one["kind"]
        assert [(file["name"], file["size"]) for file in one["files"]] == [
            ("bid.json", len(SAID[kind])),
            (f"{kind}/plan.txt", len(kind)),
        ]
        assert (folder / "bid.json").read_bytes() == SAID[kind]
        assert (folder / kind / "plan.txt").read_text() == kind
    assert reopen(data)["envelopes"] == seen["envelopes"]


def test_a_changed_envelope_leaves_no_file_of_any(signer: Signer) -> None:
    data = bytearray(b"".join(envelope(signer, kind, also=False) for kind in SAID))
    data[-1] ^= 1
    assert reopen(bytes(data), "--out", "again")["error"]["code"] == "malformed-envelope"
    assert not Path("again").exists()

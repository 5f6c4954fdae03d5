"""Before sealing, answers are held against the rulebook of the notice."""

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.seal import check_answers, seal_command
from crypto.archive import read_archive
from crypto.bid_file import BidFileReader, places
from crypto.canonical import b64, canonical
from crypto.envelope import join_shares, open_bytes, open_share
from crypto.opener_keys import make_bidder_key
from crypto.signatures import fingerprint
from crypto.suites import suite
from kernel.errors import BadInput
from tests.builders import CHEAP, PASSPHRASE
from tests.evaluation.ready_made import load

WORKS = load("cn-reviewed-lowest-works")


def test_good_answers_say_nothing() -> None:
    assert check_answers(WORKS, {"months": "15", "other_items": "0"}, anyway=False) == []


def test_a_missing_required_answer_stops_the_sealing_unless_it_is_wanted_so() -> None:
    with pytest.raises(BadInput) as refused:
        check_answers(WORKS, {"other_items": "0"}, anyway=False)
    assert refused.value.facts["where"] == "answers.months"
    assert len(check_answers(WORKS, {"other_items": "0"}, anyway=True)) == 1


def test_what_only_loses_points_is_a_warning() -> None:
    said = check_answers(WORKS, {"months": "15", "other_items": "1e5", "colour": "red"}, anyway=False)
    assert [line.partition(":")[0] for line in said] == ["other_items", "colour"]


def test_a_rulebook_of_an_unknown_version_keeps_nobody_from_bidding() -> None:
    assert "not checked" in check_answers({"v": 99}, {}, anyway=False)[0]


@pytest.mark.parametrize(
    ("lot", "where"),
    [
        (1, "files"),  # this lot asks for nothing, so the sealing goes on to the limit
        (2, "answers.months"),
    ],
)
def test_a_lot_with_its_own_rulebook_asks_for_its_own_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lot: int, where: str
) -> None:
    lots = [{"id": "a", "number": 1}, {"id": "b", "number": 2, "rulebook": WORKS}]
    notice: dict[str, Any] = {"tender": "t", "currency": "CNY", "price_places": 2, "lots": lots}
    notice |= {"rulebook": load("eu-linear"), "sealing": {"limit_bytes": "0"}}
    kept = {"notice": notice, "digest": sha256(canonical(notice)).hexdigest()}
    files = {"notice": json.dumps(kept), "words": PASSPHRASE}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "key").write_bytes(make_bidder_key("bidder", PASSPHRASE, cost=CHEAP))
    monkeypatch.setenv("MT_PASSPHRASE_FILE", str(tmp_path / "words"))
    app = typer.Typer()
    app.command()(seal_command)
    words = ["t", "--price", "100.00", "--lot", str(lot), "--json"]
    words += ["--key", str(tmp_path / "key"), "--notice", str(tmp_path / "notice")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code != 0
    assert f"{where}:" in done.output or f'"{where}"' in done.output


STAGED = [
    {"kind": "technical", "title": {"zh": "技术标", "en": "Technical"}, "opens": "closing", "price": False},
    {"kind": "price", "title": {"zh": "报价标", "en": "Price"}, "opens": "scores-locked", "price": True},
]


def seal_staged(folder: Path, monkeypatch: pytest.MonkeyPatch, bid: Path, *words: str) -> Any:
    """Run the command on a notice in two envelopes whose only opener has the key of 32 bytes 01."""
    public = suite("classic").public_of(b"\x01" * 32)
    other = suite("classic").public_of(b"\x02" * 32)
    openers = [{"fingerprint": fingerprint(one), "hpke": b64(one)} for one in (public, other)]
    sealing = {"limit_bytes": "1000000", "suite": "classic", "k": 1, "openers": openers, "envelopes": STAGED}
    notice = {"tender": "t", "currency": "CNY", "price_places": 2, "lots": [{"id": "a", "number": 1}]}
    notice |= {"rulebook": load("cn-reviewed-lowest-works"), "sealing": sealing}
    (folder / "notice").write_text(
        json.dumps({"notice": notice, "digest": sha256(canonical(notice)).hexdigest()})
    )
    (folder / "words").write_text(PASSPHRASE)
    (folder / "key").write_bytes(make_bidder_key("bidder", PASSPHRASE, cost=CHEAP))
    (folder / "answers").write_text(json.dumps({"months": "15", "other_items": "0"}))
    monkeypatch.setenv("MT_PASSPHRASE_FILE", str(folder / "words"))
    app = typer.Typer()
    app.command()(seal_command)
    options = [
        "--price",
        "100.00",
        "--json",
        "--key",
        str(folder / "key"),
        "--notice",
        str(folder / "notice"),
    ]
    options += ["--answers", str(folder / "answers"), "--out", str(folder / "bid.sealed")]
    return CliRunner().invoke(app, ["t", str(bid), *options, *words])


def test_a_staged_bid_is_sealed_folder_by_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bid = tmp_path / "bid"
    for name in ("technical/plan.txt", "technical/deep/more.txt", "price/bill.csv"):
        (bid / name).parent.mkdir(parents=True, exist_ok=True)
        (bid / name).write_text(name)
    done = seal_staged(tmp_path, monkeypatch, bid)
    assert done.exit_code == 0, done.output
    file = (tmp_path / "bid.sealed").read_bytes()
    reader = BidFileReader()
    reader.update(file)
    found: dict[str, dict[str, bytes]] = {}
    for place in places(reader.finish()):
        share = open_share(place.prefix, 1, b"\x01" * 32)
        seed = join_shares(place.prefix, {1: share}).seed
        assert seed is not None
        end = place.start + place.prefix.total_size
        plain = open_bytes(file[place.start : end], seed)
        found[place.prefix.header.kind] = {
            entry.name: entry.read() for entry in read_archive(io.BytesIO(plain))
        }
    assert set(found["technical"]) >= {"bid.json", "plan.txt", "deep/more.txt"}
    assert set(found["price"]) == {"bid.json", "bill.csv"}
    technical, price = (json.loads(found[kind]["bid.json"]) for kind in ("technical", "price"))
    assert "price" not in technical
    assert price["price"] == {"amount": "100.00", "currency": "CNY"}
    assert set(technical["answers"]).isdisjoint(price["answers"])
    assert set(technical["answers"]) | set(price["answers"]) == {"months", "other_items"}


def test_a_file_outside_the_envelopes_folders_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = tmp_path / "bid"
    bid.mkdir()
    (bid / "plan.txt").write_text("plan")
    done = seal_staged(tmp_path, monkeypatch, bid)
    assert done.exit_code != 0
    assert "technical, price" in done.output
    assert not (tmp_path / "bid.sealed").exists()

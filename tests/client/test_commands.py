"""The `mingtang` command against a real server process: the whole of a bidder's and an opener's work, and refusals."""

import json
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import client.server
from accounts.duties import Duty
from crypto.opener_keys import open_opener_key
from kernel.clock import FixedClock
from tender import queries
from tender.failures import OpeningRule
from tests.builders import (
    PASSWORD,
    PublishedTender,
    make_bid,
    make_platform,
    pass_closing,
    release,
    submit,
)
from tests.client.people import KEY_PASSPHRASE, LIMIT, OFFER, Place, Someone
from tests.real_parts.platform import start_web
from tests.real_parts.process import free_port


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("commands")
    platform = make_platform(folder / "var", clock=FixedClock(datetime.now(UTC)))
    server, url = start_web(folder / "log", {"MINGTANG_VAR": str(folder / "var")})
    made = Place(platform, url, folder)
    yield made
    server.stop()
    # Whatever was done above: no command may print what only its user may know.
    token = [json.loads(path.read_text())["token"] for path in folder.glob("*/home/profile.json")]
    assert len(token) > 3
    printed = "".join(made.said)
    assert not [secret for secret in (OFFER, KEY_PASSPHRASE, PASSWORD, *token) if secret in printed]


@pytest.fixture(scope="module")
def tender(place: Place) -> PublishedTender:
    return place.tender()


@pytest.fixture(scope="module")
def bidder(place: Place) -> Someone:
    """A bidder who asks for what is refused."""
    return place.bidder("bidder")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_bidder_goes_from_sign_in_to_withdrawal_with_processes(place: Place, tender: PublishedTender) -> None:
    place.platform.person("walker", Duty.BIDDER)
    (place.folder / "walker").mkdir()
    walker = Someone("walker", place.folder / "walker", place.said)
    signed = walker.process("sign-in", place.url, "walker", "--json", passphrase=PASSWORD)
    assert signed.facts == {"server": place.url, "name": "walker", "duties": ["bidder"]}
    assert mode(walker.folder / "home/profile.json") == 0o600
    made = walker.process("key", "new", "--json")
    assert (made.code, made.facts["key"]) == (0, "bidder.key")
    assert mode(walker.folder / "bidder.key") == 0o600
    assert walker.run("notice", tender.tender_id, "--json").facts["notice"] == "notice.json"

    (walker.folder / "offer.txt").write_text(OFFER)
    sealed = walker.process(
        "seal", tender.tender_id, "offer.txt", "--price", "1250000.00", "--notice", "notice.json", "--json"
    )
    assert sealed.code == 0, sealed.err
    assert [member["name"] for member in sealed.facts["files"]] == ["bid.json", "offer.txt"]
    assert OFFER.encode() not in (walker.folder / "bid.sealed").read_bytes()
    taken = walker.process("submit", "bid.sealed", "--json")
    assert taken.code == 0, taken.err
    assert taken.facts["envelope_digest"] == sealed.facts["digest"]

    again = walker.run("submit", "bid.sealed", "--receipt", "again.json", "--json")
    assert again.facts["bid_id"] == taken.facts["bid_id"]
    first, second = walker.folder / "bid.sealed.receipt.json", walker.folder / "again.json"
    assert first.read_bytes() == second.read_bytes()
    checked = walker.process("receipt", "check", first.name, "--envelope", "bid.sealed", "--json")
    assert (checked.code, checked.facts["result"]) == (0, "PASS")

    assert walker.run("seal", tender.tender_id, "--price", "2.00", "--out", "two.sealed", "--json").code == 0
    assert walker.run("submit", "two.sealed", "--json").error == "refused"
    replaced = walker.run("submit", "two.sealed", "--replaces", taken.facts["bid_id"], "--json")
    assert (replaced.code, replaced.facts["replaces"]) == (0, taken.facts["bid_id"])
    gone = walker.run("withdraw", replaced.facts["bid_id"], "--json")
    assert gone.facts == {"withdrawn": replaced.facts["bid_id"], "receipt": "withdrawal.json"}
    kept = walker.run("receipt", "check", "withdrawal.json", "--json")
    assert kept.facts["kind"] == "bid.withdrawn"
    assert walker.run("withdraw", taken.facts["bid_id"], "--json").error == "bid-already-withdrawn"


def test_openers_rehearse_and_release_after_the_closing(place: Place, bidder: Someone) -> None:
    openers = [place.someone(f"opener-{number}", Duty.OPENER) for number in (1, 2, 3)]
    made = place.draft(timedelta(days=1), suite="sm")  # sealed in hybrid: the demo
    for position, opener in enumerate(openers[:2]):
        new = opener.run("key", "new", "--tender", made.tender_id, "--json")
        assert (new.code, mode(opener.folder / "opener.key")) == (0, 0o600)
        assert opener.run("key", "rehearse", "opener.key", "--json").facts["rehearsed"] is True
        made.keys[position] = open_opener_key((opener.folder / "opener.key").read_bytes(), KEY_PASSPHRASE)
        assert made.keys[position].public.suite == "sm"
        assert made.keys[position].public.fingerprint == new.facts["fingerprint"]
    place.publish(made)
    for number in (1, 2):
        submit(place.platform, make_bid(place.platform, made, f"rival-{number}"), made)
    assert (
        bidder.run("seal", made.tender_id, "offer.txt", "--price", "9.00", "--out", "in-time.sealed").code
        == 0
    )
    assert bidder.run("submit", "in-time.sealed", "--json").code == 0
    assert (
        bidder.run("seal", made.tender_id, "offer.txt", "--price", "8.00", "--out", "late.sealed").code == 0
    )
    assert openers[0].run("key", "release", "opener.key", "--json").error == "not-yet-closed"

    pass_closing(place.platform, made)
    assert bidder.run("submit", "late.sealed", "--json").error == "submission-closed"
    wrong = openers[0].run("key", "release", "opener.key", "--json", passphrase="not the words")
    assert wrong.error == "bad-input"
    one = openers[0].run("key", "release", "opener.key", "--json")
    assert (one.facts["shares"], one.facts["undecryptable"], one.facts["openers_so_far"]) == (3, 0, 1)
    two = openers[1].run("key", "release", "opener.key")
    assert two.code == 0
    record = None
    until = time.monotonic() + 20
    while record is None:
        assert time.monotonic() < until
        with place.platform.database.reading() as session:
            record = queries.opening_record(session, made.tender_id)
        time.sleep(0.05)
    assert [line["outcome"] for line in record.body["bids"]] == ["opened"] * 3


@pytest.mark.parametrize(
    "price",
    ["1250000.001", "1,250,000.00", "1e6", "-5.00", "0.00", "", ".5", "１２.00", "12.00 ", "NaN", "1_0"],
)
def test_price_in_another_form_is_refused_before_anything_is_sealed(
    bidder: Someone, tender: PublishedTender, price: str
) -> None:
    arguments = [
        "seal",
        tender.tender_id,
        "offer.txt",
        f"--price={price}",
        "--out",
        "priced.sealed",
        "--json",
    ]
    assert bidder.run(*arguments).error == "bad-price"
    assert not (bidder.folder / "priced.sealed").exists()


def test_sealing_what_is_sealed_is_refused_and_keeps_the_first_seal(
    bidder: Someone, tender: PublishedTender
) -> None:
    assert bidder.run("seal", tender.tender_id, "offer.txt", "--price", "5.00").code == 0
    before = (bidder.folder / "bid.sealed").read_bytes()
    again = bidder.run("seal", tender.tender_id, "bid.sealed", "--price", "5.00", "--json")
    assert again.error == "double-sealed"
    assert (bidder.folder / "bid.sealed").read_bytes() == before
    assert [path.name for path in bidder.folder.iterdir() if path.name.startswith(".")] == []


def test_bid_over_the_limit_is_refused_here_and_there(
    place: Place, bidder: Someone, tender: PublishedTender
) -> None:
    (bidder.folder / "large").write_bytes(bytes(LIMIT))
    large = bidder.run("seal", tender.tender_id, "large", "--price", "5.00", "--out", "l.sealed", "--json")
    assert large.error == "bad-input"
    assert str(LIMIT) in large.facts["error"]["detail"]
    # Its contents alone would fit; with the seal around them they do not.
    (bidder.folder / "large").write_bytes(bytes(LIMIT - 2_000))
    tight = bidder.run("seal", tender.tender_id, "large", "--price", "5.00", "--out", "l.sealed", "--json")
    assert tight.error == "bad-input"
    assert not (bidder.folder / "l.sealed").exists()
    forged = make_bid(place.platform, tender, "bidder").envelope + bytes(LIMIT)
    (bidder.folder / "forged.sealed").write_bytes(forged)
    assert bidder.run("submit", "forged.sealed", "--json").error == "too-large"


def test_refusals_have_a_code_a_sentence_and_exit_code_1(
    place: Place, bidder: Someone, tender: PublishedTender
) -> None:
    (bidder.folder / "text").write_text("no JSON, no key, no envelope")
    (bidder.folder / "list").write_text("[]")
    (bidder.folder / "bytes").write_bytes(b"\xff\xfe")
    seal = ["seal", tender.tender_id, "offer.txt", "--price", "5.00", "--out", "refused.sealed"]
    cases: list[tuple[list[str], str]] = [
        ([*seal, "--lot", "2"], "bad-input"),
        ([*seal, "--lot", "0"], "bad-input"),
        ([*seal, "--key", "nowhere"], "file"),
        ([*seal, "--key", "text"], "bad-input"),
        ([*seal, "--answers", "text"], "bad-input"),
        ([*seal, "--answers", "list"], "bad-input"),
        ([*seal, "--answers", "bytes"], "bad-input"),
        ([*seal, "--notice", "text"], "bad-input"),
        ([*seal, "--notice", "bytes"], "bad-input"),
        (["seal", tender.tender_id, "nowhere.txt", "--price", "5.00"], "file"),
        (["seal", "no-such-tender", "offer.txt", "--price", "5.00"], "not-found"),
        (["notice", "no-such-tender"], "not-found"),
        (["key", "new"], "bad-input"),
        (["key", "rehearse", "bidder.key"], "bad-input"),
        (["key", "release", "nowhere.key"], "file"),
        (["submit", "nowhere.sealed"], "file"),
        (["submit", "text"], "malformed-envelope"),
        (["submit", "bytes"], "malformed-envelope"),
        (["withdraw", "no-such-bid"], "not-found"),
        (["receipt", "check", "text"], "bad-input"),
        (["receipt", "check", "list"], "bad-input"),
        (["receipt", "check", "text", "--keys", "text"], "bad-input"),
        (["verify", "text"], "malformed-capsule"),
        (["verify", "nowhere.zip"], "file"),
        (["verify", "text", "--keys", "bytes"], "bad-input"),
    ]
    key = (bidder.folder / "bidder.key").read_bytes()
    for arguments, code in cases:
        outcome = bidder.run(*arguments, "--json")
        assert outcome.error == code, (arguments, outcome.out)
    for arguments, code in cases[-4:]:
        plain = bidder.run(*arguments)
        assert (plain.code, plain.out) == (1, ""), arguments
        assert f"{code}:" in " ".join(plain.err.split()), (arguments, plain.err)
    assert (bidder.folder / "bidder.key").read_bytes() == key
    assert not (bidder.folder / "refused.sealed").exists()


def test_wrong_words_open_nothing(place: Place, bidder: Someone, tender: PublishedTender) -> None:
    seal = ["seal", tender.tender_id, "offer.txt", "--price", "5.00", "--json"]
    assert bidder.run(*seal, passphrase="wrong words").error == "bad-input"
    assert bidder.run(*seal, passphrase="").error == "bad-input"
    stranger = Someone("stranger", place.folder / "stranger", place.said)
    stranger.folder.mkdir()
    refused = stranger.run("sign-in", place.url, "bidder", "--json", passphrase="not the password")
    assert refused.error == "not-signed-in"
    assert not (stranger.folder / "home").exists()
    for arguments in (["notice", tender.tender_id], ["key", "new"], ["withdraw", "x"]):
        early = stranger.run(*arguments, "--json")
        assert early.error == "bad-input"
        assert "sign-in" in early.facts["error"]["detail"]


def test_changed_receipt_or_another_envelope_is_found(
    place: Place, bidder: Someone, tender: PublishedTender
) -> None:
    assert bidder.run("seal", tender.tender_id, "offer.txt", "--price", "7.00", "--out", "a.sealed").code == 0
    assert bidder.run("submit", "a.sealed", "--json").code == 0
    receipt = bidder.folder / "a.sealed.receipt.json"
    honest = receipt.read_text()
    (bidder.folder / "b.sealed").write_bytes((bidder.folder / "a.sealed").read_bytes() + b"\0")
    other = bidder.run("receipt", "check", receipt.name, "--envelope", "b.sealed", "--json")
    assert other.error == "integrity-broken"
    body = json.loads(honest)
    body["statement"]["body"]["received_at"] = "2026-01-01T00:00:00.000000Z"
    receipt.write_text(json.dumps(body))
    assert bidder.run("receipt", "check", receipt.name, "--json").error == "integrity-broken"
    receipt.write_text(honest)
    assert bidder.run("receipt", "check", receipt.name, "--json").code == 0


def test_server_out_of_reach_loses_nothing(
    place: Place, bidder: Someone, tender: PublishedTender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.server, "FIRST_WAIT_SECONDS", 0.001)
    nobody = f"http://127.0.0.1:{free_port()}"
    for server in (nobody, "127.0.0.1:1", "ftp://127.0.0.1", "http://[::1"):
        away = bidder.run("sign-in", server, "bidder", "--json", passphrase=PASSWORD)
        assert away.error in ("unreachable", "bad-input"), server
    profile = bidder.folder / "home/profile.json"
    kept = profile.read_text()
    assert json.loads(kept)["server"] == place.url
    profile.write_text(json.dumps({**json.loads(kept), "server": nobody}))
    try:
        assert bidder.run("notice", tender.tender_id, "--json").error == "unreachable"
        assert bidder.run("submit", "in-time.sealed", "--json").error == "unreachable"
        assert bidder.run("withdraw", "some-bid", "--json").error == "unreachable"
    finally:
        profile.write_text(kept)


def test_platform_that_shows_other_keys_is_refused(place: Place, bidder: Someone) -> None:
    profile = bidder.folder / "home/profile.json"
    kept = profile.read_text()
    changed = json.loads(kept)
    changed["platform"]["log_vkey"] = "another+key"
    profile.write_text(json.dumps(changed))
    try:
        again = bidder.run("sign-in", place.url, "bidder", "--json", passphrase=PASSWORD)
        assert again.error == "bad-input"
        assert "other keys" in again.facts["error"]["detail"]
        assert json.loads(profile.read_text()) == changed
        profile.write_text("{}")
        assert bidder.run("notice", "x", "--json").error == "bad-input"
    finally:
        profile.write_text(kept)


def test_a_bidder_reopens_the_own_file_and_hands_in_the_own_part(place: Place, bidder: Someone) -> None:
    rule = OpeningRule(bidder_also=30, remedy=60)
    made = place.publish(place.draft(timedelta(days=1), opening_rule=rule))
    for number in (1, 2):
        submit(place.platform, make_bid(place.platform, made, f"joint-{number}", bidder_also=True), made)
    sealed = bidder.run(
        "seal", made.tender_id, "offer.txt", "--price", "7.00", "--out", "joint.sealed", "--json"
    )
    assert bidder.run("submit", "joint.sealed", "--json").code == 0
    seen = bidder.run("reopen", "joint.sealed", "--out", "again", "--json").facts
    assert seen["digest"] == sealed.facts["digest"]
    assert seen["envelopes"][0]["bid"]["price"] == {"amount": "7.00", "currency": "CNY"}
    assert (bidder.folder / "again/bid/offer.txt").read_text() == OFFER
    assert "exists" in bidder.run("reopen", "joint.sealed", "--out", "again", "--json").out
    assert bidder.run("hand-in", made.tender_id, "--json").error == "not-yet-closed"

    pass_closing(place.platform, made)
    release(place.platform, made, 1)
    done = bidder.run("hand-in", made.tender_id, "--seeds", "--json").facts
    assert (done["parts"], done["seeds"], done["new"]) == (1, 0, 1)
    assert bidder.run("hand-in", made.tender_id, "--json").facts["new"] == 0


def test_reopening_needs_the_key_of_the_sealing(
    place: Place, bidder: Someone, tender: PublishedTender
) -> None:
    sealed = bidder.run("seal", tender.tender_id, "offer.txt", "--price", "3.00", "--out", "mine.sealed")
    assert sealed.code == 0
    assert bidder.run("key", "new", "--out", "other.key").code == 0
    assert bidder.run("reopen", "mine.sealed", "--key", "other.key", "--json").error == "wrong-bidder"
    (bidder.folder / "cut.sealed").write_bytes((bidder.folder / "mine.sealed").read_bytes()[:-1])
    assert bidder.run("reopen", "cut.sealed", "--json").error == "malformed-envelope"
    foreign = make_bid(place.platform, tender, "foreign")
    (bidder.folder / "foreign.sealed").write_bytes(foreign.envelope)
    assert bidder.run("reopen", "foreign.sealed", "--json").error == "wrong-bidder"

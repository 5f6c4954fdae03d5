"""Sealing with a certificate's key from a file, as the bidder runs the command."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from typer.testing import CliRunner

from client.seal import seal_command
from crypto.canonical import b64, canonical
from crypto.envelope_prefix import check_signature, read_prefix
from crypto.opener_keys import make_bidder_key
from crypto.signatures import fingerprint
from crypto.signing_certificate import check_signature as check_certificate
from crypto.suites import suite
from tender.signing import SigningAuthority, SigningTerms, write_terms
from tests.builders import CHEAP, PASSPHRASE
from tests.evaluation.ready_made import load
from tests.issuers import Issuer, Leaf, rsa_key

NOW = datetime.now(UTC)
VALID = (NOW - timedelta(days=1), NOW + timedelta(days=1))
ROOT, STRANGER = Issuer(), Issuer("Another CA")
MIDDLE = Issuer("Issuing CA", above=ROOT)
ASKED = SigningTerms((SigningAuthority("Root of trust", (ROOT.certificate,), 24),))
WORDS = "words of the signing key"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, words in (("words", PASSPHRASE), ("signing-words", WORDS)):
        (tmp_path / name).write_text(words + "\n")
    (tmp_path / "key").write_bytes(make_bidder_key("bidder", PASSPHRASE, cost=CHEAP))
    (tmp_path / "offer.txt").write_text("offer")
    monkeypatch.setenv("MT_PASSPHRASE_FILE", str(tmp_path / "words"))
    monkeypatch.setenv("MT_SIGNING_PASSPHRASE_FILE", str(tmp_path / "signing-words"))
    return tmp_path


def seal(folder: Path, *words: str, terms: SigningTerms = ASKED) -> Any:
    publics = [suite("classic").public_of(bytes([n]) * 32) for n in (1, 2)]
    openers = [{"fingerprint": fingerprint(one), "hpke": b64(one)} for one in publics]
    sealing: dict[str, Any] = {"limit_bytes": "1000000", "suite": "classic", "k": 1, "openers": openers}
    if terms.authorities:
        sealing["signing"] = write_terms(terms)
    notice = {"tender": "t", "currency": "CNY", "price_places": 2, "lots": [{"id": "a", "number": 1}]}
    notice |= {"rulebook": load("eu-linear"), "sealing": sealing}
    kept = {"notice": notice, "digest": sha256(canonical(notice)).hexdigest()}
    (folder / "notice").write_text(json.dumps(kept))
    app = typer.Typer()
    app.command()(seal_command)
    options = ["--price", "100.00", "--anyway", "--json", "--key", str(folder / "key")]
    options += ["--notice", str(folder / "notice"), "--out", str(folder / "bid.sealed")]
    return CliRunner().invoke(app, ["t", str(folder / "offer.txt"), *options, *words])


def sealed_by(folder: Path, leaf: Leaf, *words: str) -> None:
    done = seal(folder, *words)
    assert done.exit_code == 0, done.output
    prefix = read_prefix((folder / "bid.sealed").read_bytes())
    check_signature(prefix)
    assert prefix.certificate is not None
    assert prefix.certificate.chain[0] == leaf.certificate
    check_certificate(prefix.certificate, prefix.bare())
    assert "CN=bidder Ltd" in json.loads(done.output)["signed by certificate"]


def bundle(leaf: Leaf, *more: Issuer, words: str = WORDS) -> bytes:
    own = x509.load_der_x509_certificate(leaf.certificate)
    others = [x509.load_der_x509_certificate(one.certificate) for one in more]
    lock = BestAvailableEncryption(words.encode())
    return serialize_key_and_certificates(b"bidder", leaf.key, own, others, lock)


def test_a_locked_bundle_holds_key_and_chain(folder: Path) -> None:
    leaf = MIDDLE.issue(key=rsa_key(), valid=VALID)
    (folder / "key.p12").write_bytes(bundle(leaf, MIDDLE, ROOT))
    sealed_by(folder, leaf, "--sign-with", str(folder / "key.p12"))


def test_a_key_in_pem_takes_its_chain_in_any_order_from_another_file(folder: Path) -> None:
    leaf = MIDDLE.issue(valid=VALID)
    own = x509.load_der_x509_certificate(leaf.certificate).public_bytes(Encoding.PEM)
    locked = leaf.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(WORDS.encode())
    )
    plain = leaf.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (folder / "chain.pem").write_bytes(STRANGER.pem + ROOT.pem + MIDDLE.pem + own)
    for body in (locked, plain):
        (folder / "key.pem").write_bytes(body)
        sealed_by(
            folder, leaf, "--sign-with", str(folder / "key.pem"), "--certificate", str(folder / "chain.pem")
        )


GONE = (NOW - timedelta(days=2), NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (b"no key", "no private key in PEM or PKCS #12"),
        (bundle(ROOT.issue(valid=VALID), words="other words"), "the passphrase is wrong"),
        (ROOT.issue(valid=VALID).pem.split(b"-----BEGIN CERT")[0], "no certificate was given for this key"),
        (STRANGER.issue(valid=VALID).pem, "does not lead to an authority"),
        (MIDDLE.issue(valid=VALID).pem, "does not lead to an authority"),
        (ROOT.issue(valid=GONE).pem, "it expired at"),
        (ROOT.issue(valid=VALID, key=rsa_key(1024)).pem, "1024 bits"),
    ],
)  # fmt: skip
def test_a_key_that_the_platform_would_refuse_seals_nothing(folder: Path, made: bytes, why: str) -> None:
    (folder / "signing.key").write_bytes(made)
    done = seal(folder, "--sign-with", str(folder / "signing.key"))
    assert done.exit_code == 1
    assert why in done.output
    assert not (folder / "bid.sealed").exists()
    assert WORDS not in done.output


def test_a_tender_that_asks_for_a_certificate_is_told_and_one_that_does_not_too(folder: Path) -> None:
    assert "a certificate of Root of trust" in seal(folder).output
    (folder / "signing.key").write_bytes(ROOT.issue(valid=VALID).pem)
    done = seal(folder, "--sign-with", str(folder / "signing.key"), terms=SigningTerms())
    assert "the account's key alone" in done.output.replace("\\u2019", "'")

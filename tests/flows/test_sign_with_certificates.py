"""Bids signed by certificates, from the revocation list that the worker fetches to the proof without a network."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import select

from client.claims import FAIL, NOT_PROVEN, PASS, Evidence
from client.verify import examine
from crypto.canonical import b64, canonical, read_canonical
from crypto.certificate_keys import HASHES
from crypto.envelope_prefix import EnvelopePrefix
from crypto.signing_certificate import CertificateSigner
from crypto.signing_keys import open_signing_key
from evaluation.capsule import PUBLIC, pack, unpack
from kernel.errors import Refused, Unavailable
from storage import audit_log, revocation_lists
from storage.outbox import JobRecord
from storage.revocation_lists import RevocationListRecord
from tender.signing import SigningTerms, choose_terms
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    SealedBid,
    make_bid,
    make_platform,
    make_tender,
    open_all,
    prefixes_in,
    release,
    submit,
)
from tests.flows.panels import published_tender
from tests.issuers import AT, Issuer, ec_key, rsa_key
from tests.sm2_issuer import Sm2Issuer
from tools.second_verifier import SecondVerifier
from web.capsules import log_parts, tender_parts
from web.draft_shapes import known_issuers
from worker.jobs import carry_out
from worker.tasks import JOBS
from worker.ticker import Ticker

CLAIM = "all envelopes were signed by their bidders"
HOUR = timedelta(hours=1)
ROOT = Issuer()
SOME = ("rsa-pss-sha256", "rsa-pkcs1-sha512", "ecdsa-p256-sha256", "ecdsa-p384-sha384")


@dataclass
class Site:
    """A platform that trusts an authority and reads its list from a file."""

    platform: Platform
    folder: Path

    def put(self, body: bytes, name: str = "root.crl") -> None:
        (self.folder / name).write_bytes(body)

    def beat(self) -> None:
        Ticker(self.platform.adapters).tick()
        with self.platform.database.reading() as session:
            found = session.exec(select(JobRecord).where(JobRecord.name == "fetch_revocation_lists"))
            waiting = [row.id or 0 for row in found if row.state == "waiting"]
        for job in waiting:
            carry_out(JOBS, self.platform.adapters, job)

    def terms(self, *names: str) -> SigningTerms:
        return choose_terms(names or ("ca",), known_issuers(self.platform.adapters))

    def held(self) -> list[bytes]:
        with self.platform.database.reading() as session:
            return [row.content for row in session.exec(select(RevocationListRecord))]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    platform = make_platform(tmp_path / "site")
    (tmp_path / "ca.pem").write_bytes(ROOT.pem)
    (tmp_path / "authorities").write_text("ca certificates=ca.pem lists=root.crl hours=24\n")
    name = "signing_authorities_file"
    object.__setattr__(platform.adapters.settings, name, str(tmp_path / "authorities"))
    made = Site(platform, tmp_path)
    made.put(ROOT.revocations())
    made.beat()
    return made


def signer(name: str, **changes: Any) -> CertificateSigner:
    return ROOT.issue(f"{name} Ltd", **changes).signer([ROOT.certificate])


def send(
    site: Site, tender: PublishedTender, name: str, certificate: CertificateSigner | None
) -> dict[str, Any]:
    bid = make_bid(site.platform, tender, name, certificate=certificate)
    receipt: dict[str, Any] = json.loads(submit(site.platform, bid, tender))
    return receipt


def test_a_bid_is_admitted_by_a_good_certificate_and_refused_by_any_other(site: Site) -> None:
    tender = make_tender(site.platform, signing=site.terms())
    assert send(site, tender, "bidder-1", signer("bidder-1"))
    revoked = signer("bidder-2")
    site.put(ROOT.revocations((revoked.chain[0], AT - HOUR), this=AT - HOUR))
    site.platform.clock.advance(hours=1)
    site.beat()
    for name, certificate, why in (
        ("bidder-2", revoked, "it was revoked at"),
        ("bidder-3", signer("bidder-1"), "names another organisation"),
        ("bidder-4", None, "--sign-with"),
    ):
        with pytest.raises(Refused, match=why):
            send(site, tender, name, certificate)


def test_a_bid_waits_while_no_recent_list_can_be_had(site: Site) -> None:
    tender = make_tender(site.platform, signing=site.terms())
    site.platform.clock.at = AT + 22 * HOUR
    assert send(site, tender, "bidder-1", signer("bidder-1"))
    site.platform.clock.at = AT + 22 * HOUR + timedelta(seconds=1)
    with pytest.raises(Unavailable, match="revocation list"):
        send(site, tender, "bidder-2", signer("bidder-2"))
    site.put(ROOT.revocations(this=AT + 22 * HOUR))
    site.beat()
    assert send(site, tender, "bidder-3", signer("bidder-3"))


def test_lists_are_fetched_each_hour_and_kept_where_a_bid_rests_on_them(site: Site) -> None:
    first = site.held()
    assert len(first) == 1
    site.put(second := ROOT.revocations(this=AT - HOUR))
    site.platform.clock.advance(minutes=59)
    site.beat()
    assert site.held() == first
    site.platform.clock.advance(minutes=1)
    site.beat()
    assert site.held() == [second]
    send(site, make_tender(site.platform, signing=site.terms()), "bidder-1", signer("bidder-1"))
    site.put(third := ROOT.revocations(this=AT))
    site.platform.clock.advance(hours=1)
    site.beat()
    assert sorted(site.held()) == sorted([second, third])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        Issuer().revocations(),
        ROOT.revocations(this=AT - 3 * HOUR),
        ROOT.revocations(following=AT),
    ],
)
def test_a_list_that_does_not_hold_leaves_the_last_one_in_force(site: Site, body: bytes) -> None:
    before = site.held()
    site.put(body)
    site.platform.clock.advance(hours=1)
    site.beat()
    assert site.held() == before


def test_a_list_that_has_just_gone_is_told_as_unavailable(site: Site) -> None:
    with site.platform.database.transaction() as session, pytest.raises(Unavailable):
        revocation_lists.mark_used(session, [os.urandom(32)])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, PublishedTender]:
    """A tender with bids by RSA, ECDSA under an issuing authority, and SM2, from notice to opening."""
    folder = tmp_path_factory.mktemp("certificates")
    middle = Issuer("Issuing CA", above=ROOT)
    foreign = Sm2Issuer(folder / "sm2", "bidder-3 Ltd")
    platform = make_platform(folder / "site")
    site = Site(platform, folder)
    (folder / "ca.pem").write_bytes(ROOT.pem + middle.pem)
    site.put(ROOT.revocations())
    site.put(middle.revocations(), "middle.crl")
    site.put(foreign.revocations(), "sm2/root.der")
    (folder / "authorities").write_text(
        "ca certificates=ca.pem lists=root.crl,middle.crl hours=24\n"
        "national certificates=sm2/root.pem lists=sm2/root.der hours=48\n"
    )
    name = "signing_authorities_file"
    object.__setattr__(platform.adapters.settings, name, str(folder / "authorities"))
    site.beat()
    tender = published_tender(platform, {"signing": site.terms("ca", "national")})
    trusted = [ROOT.certificate, middle.certificate]
    signers = [
        signer("bidder-1", key=rsa_key()),
        middle.issue("bidder-2 Ltd").signer(trusted),
        open_signing_key(
            foreign.file("leaf.key"), foreign.file("leaf.pem"), None, [trusted, [foreign.der("root")]]
        ),
    ]
    for number, certificate in enumerate(signers, 1):
        bid = make_bid(
            platform, tender, f"bidder-{number}", price=f"{number}00000.00", certificate=certificate
        )
        submit(platform, bid, tender)
    open_bids(platform, tender)
    return site, tender


def open_bids(platform: Platform, tender: PublishedTender) -> None:
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)


def capsule(opened: Sequence[Any]) -> bytes:
    """The parts that the claim rests on; what follows the opening is of no matter to it."""
    (_site, tender), adapters = opened, opened[0].platform.adapters
    with adapters.database.reading() as session:
        entries = audit_log.entries_of(session, tender.tender_id)
        size = entries[-1].index + 1
        parts = {
            **log_parts(session, adapters, tender.tender_id, entries, size),
            **tender_parts(session, tender.tender_id),
        }
    return packed(opened, parts)


def packed(opened: Sequence[Any], parts: Mapping[str, bytes]) -> bytes:
    site, tender = opened
    keys = site.platform.adapters.keys
    return pack(parts, tender_id=tender.tender_id, reference="T-1", scope=PUBLIC, signer=keys.receipts)


def told(data: bytes) -> tuple[str, str]:
    [found] = [one for one in examine(Evidence(unpack(data))) if one.claim == CLAIM]
    return found.result, found.detail


def test_the_capsule_proves_each_certificate_without_a_network(
    opened: tuple[Site, PublishedTender],
) -> None:
    made = capsule(opened)
    assert told(made) == (PASS, "3 signatures, 3 certificates")
    parts = unpack(made).parts
    lists = [name for name in parts if name.startswith("signing/")]
    assert len(lists) == 3


Parts = dict[str, bytes]


def bid_part(parts: Parts) -> tuple[str, Any]:
    name = next(name for name in sorted(parts) if name.startswith("bids/"))
    return name, read_canonical(parts[name])


def other_list(parts: Parts) -> None:
    name = next(name for name in sorted(parts) if name.startswith("signing/"))
    parts[name] = ROOT.revocations(this=AT - HOUR)


def no_list(parts: Parts) -> None:
    del parts[next(name for name in sorted(parts) if name.startswith("signing/"))]


def other_holder(parts: Parts) -> None:
    name, body = bid_part(parts)
    body["signing"]["holder"] = {"name": "another Ltd"}
    parts[name] = canonical(body)


def no_account(parts: Parts) -> None:
    name, body = bid_part(parts)
    del body["signing"]
    parts[name] = canonical(body)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other_list, "a revocation list that a bid rests on is missing or another one"),
        (no_list, "a revocation list that a bid rests on is missing or another one"),
        (other_holder, "the log does not say why the certificate of bid"),
        (no_account, "does not have exactly the fields"),
    ],
)
def test_each_change_of_the_evidence_is_named(
    opened: tuple[Site, PublishedTender], change: Callable[[Parts], None], why: str
) -> None:
    parts = dict(unpack(capsule(opened)).parts)
    change(parts)
    result, detail = told(packed(opened, parts))
    assert result == FAIL
    assert why in detail


def test_the_log_holds_the_digest_of_why_each_certificate_was_accepted(
    opened: tuple[Site, PublishedTender],
) -> None:
    found = unpack(capsule(opened))
    evidence = Evidence(found)
    for bid, (_, fact) in evidence.sealed.items():
        account = found.json(f"bids/{bid}.json")["signing"]
        assert fact.data["signing"] == hashlib.sha256(canonical(account)).hexdigest()


def by_each_kind(folder: Path) -> tuple[Site, PublishedTender, dict[str, SealedBid]]:
    """A tender with a bid by each kind of key but SM2, under roots of both kinds, opened; the bids by their ids."""
    roots = {
        "rsa": Issuer("RSA CA", key=rsa_key(3072)),
        "ecdsa": Issuer("P-384 CA", key=ec_key(ec.SECP384R1())),
    }
    site = Site(make_platform(folder / "site"), folder)
    for name, root in roots.items():
        (folder / f"{name}.pem").write_bytes(root.pem)
        site.put(root.revocations(), f"{name}.crl")
    lines = [f"{name} certificates={name}.pem lists={name}.crl hours=24\n" for name in roots]
    (folder / "authorities").write_text("".join(lines))
    path = str(folder / "authorities")
    object.__setattr__(site.platform.adapters.settings, "signing_authorities_file", path)
    site.beat()
    tender = published_tender(site.platform, {"signing": site.terms(*roots)})
    bids = {}
    for number, how in enumerate(SOME):
        curve = ec.SECP384R1() if "p384" in how else ec.SECP256R1()
        root, key = list(roots.values())[number % 2], rsa_key() if how.startswith("rsa") else ec_key(curve)
        leaf = root.issue(f"bidder-{number} Ltd", key, hash=HASHES[how.rpartition("-")[2]])
        bid = make_bid(
            site.platform,
            tender,
            f"bidder-{number}",
            certificate=leaf.signer([root.certificate], algorithm=how),
        )
        receipt = json.loads(submit(site.platform, bid, tender))
        bids[receipt["statement"]["body"]["bid"]] = bid
    open_bids(site.platform, tender)
    return site, tender, bids


def test_the_second_verifier_knows_rsa_and_ecdsa_and_claims_no_more_than_it_checks(tmp_path: Path) -> None:
    *made, bids = by_each_kind(tmp_path)
    path, parts = tmp_path / "capsule.zip", unpack(capsule(made)).parts
    with SecondVerifier() as second:

        def judged(changed: Mapping[str, bytes]) -> tuple[str, str]:
            path.write_bytes(packed(made, changed))
            second.ask(path, None)
            [found] = [one for one in second.answer()["claims"] if one["claim"] == CLAIM]
            return found["result"], found["detail"]

        result, detail = judged(parts)
        assert result == NOT_PROVEN
        assert "signatures and chains hold" in detail
        for bid, sealed in bids.items():
            [prefix] = prefixes_in(sealed.envelope)
            forged = canonical(
                read_canonical(parts[f"bids/{bid}.json"]) | {"prefix": b64(forged_by(sealed, prefix))}
            )
            result, detail = judged({**parts, f"bids/{bid}.json": forged})
            assert (result, bid in detail) == (FAIL, True), prefix.certificate
            assert told(packed(made, {**parts, f"bids/{bid}.json": forged}))[0] == FAIL


def forged_by(bid: SealedBid, prefix: EnvelopePrefix) -> bytes:
    """The bidder's account signs the envelope again, with another signature in the certificate's place."""
    assert prefix.certificate is not None
    signature = prefix.certificate.signature
    other = replace(prefix.certificate, signature=signature[:-1] + bytes([signature[-1] ^ 1]))
    unsigned = replace(prefix, certificate=other)
    return replace(unsigned, signature=bid.signer.sign(unsigned.signed())).to_bytes()


def test_without_the_package_for_sm2_nothing_is_proven_and_nothing_fails(
    opened: tuple[Site, PublishedTender], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = capsule(opened)
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    result, detail = told(made)
    assert result == NOT_PROVEN
    assert "gmssl-pyx" in detail

"""Who may sign: what a tender's terms say, and a bid's certificate at the moment of its stamp."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crypto.canonical import unb64
from crypto.certificates import read_certificate
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import EnvelopePrefix, read_prefix
from crypto.signing_certificate import CertificateSigner, signed_bytes
from kernel.clock import read_time
from kernel.errors import BadInput, IntegrityBroken, Refused, Unavailable
from tender.signing import (
    ACCOUNT_KEY,
    Holder,
    SigningAuthority,
    SigningTerms,
    check_signed,
    choose_terms,
    read_proof,
    read_terms,
    write_terms,
)
from tests.crypto.parties import Parties
from tests.issuers import AT, NUMBER, Issuer, Leaf, rsa_key

ROOT, STRANGER = Issuer(), Issuer("Another CA")
MIDDLE = Issuer("Issuing CA", above=ROOT)
PINNED = SigningAuthority("ca", (ROOT.certificate, MIDDLE.certificate), 24)
OTHER = SigningAuthority("other", (STRANGER.certificate,), 24)
TERMS = SigningTerms((OTHER, PINNED))
BIDDER = Holder("bidder Ltd", NUMBER)
LEAF = ROOT.issue(number=NUMBER)
LIST = ROOT.revocations()
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def sealed(signer: CertificateSigner | None, kind: str = "bid") -> EnvelopePrefix:
    parties = Parties("classic", k=1, n=1, kind=kind)
    return read_prefix(seal_bytes(b"content", **parties.arguments(), certificate=signer))


def by(leaf: Leaf, *chain: Issuer) -> EnvelopePrefix:
    signer = leaf.signer([Issuer(leaf_issuer(leaf)).certificate])
    return sealed(replace(signer, chain=(leaf.certificate, *(one.certificate for one in chain))))


def leaf_issuer(leaf: Leaf) -> str:
    return str(next(iter(read_certificate(leaf.certificate).issuer)).value)


def judge(
    *prefixes: EnvelopePrefix, lists: Sequence[bytes] = (LIST,), holder: Holder = BIDDER, at: Any = AT
) -> Any:
    return check_signed(TERMS, holder, prefixes, {"ca": lists}, at)


GOOD = by(LEAF)


def test_a_valid_certificate_of_a_named_authority_is_accepted_with_an_account_of_why() -> None:
    proof = judge(GOOD)
    assert proof.to_json()["authority"] == "ca"
    assert proof.to_json()["holder"] == {"number": NUMBER}
    assert len(proof.lists) == 1
    assert read_proof(proof.to_json()) == proof


def test_each_authority_on_the_way_needs_a_list_of_its_own() -> None:
    prefix = by(MIDDLE.issue(number=NUMBER), MIDDLE)
    own = MIDDLE.revocations()
    assert len(judge(prefix, lists=[LIST, own]).lists) == 2
    for one in ([LIST], [own]):
        with pytest.raises(Unavailable):
            judge(prefix, lists=one)
    fallen = ROOT.revocations((MIDDLE.certificate, AT - HOUR))
    with pytest.raises(Refused, match="it was revoked at"):
        judge(prefix, lists=[fallen, own])


@pytest.mark.parametrize(("since", "is_accepted"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_a_revocation_counts_from_its_moment_on(since: timedelta, is_accepted: bool) -> None:
    listed = [ROOT.revocations((LEAF.certificate, AT + since))]
    if is_accepted:
        assert judge(GOOD, lists=listed)
    else:
        with pytest.raises(Refused, match="it was revoked at"):
            judge(GOOD, lists=listed)


@pytest.mark.parametrize("lists", [[], [ROOT.revocations(this=AT - 25 * HOUR)], [STRANGER.revocations()]])
def test_without_a_recent_list_a_bid_waits(lists: list[bytes]) -> None:
    with pytest.raises(Unavailable, match="revocation list"):
        judge(GOOD, lists=lists)


def under(leaf: Leaf) -> EnvelopePrefix:
    """As if signed under another certificate."""
    assert GOOD.certificate is not None
    return replace(GOOD, certificate=replace(GOOD.certificate, chain=(leaf.certificate,)))


REFUSED: dict[str, tuple[EnvelopePrefix, str]] = {
    "no certificate": (sealed(None), "mingtang seal --sign-with"),
    "wrong CA": (by(Issuer("Third CA").issue(number=NUMBER)), "not issued by an authority"),
    "another bidder's": (
        by(ROOT.issue("rival Ltd", number="91310000MA1FL0XX6X")),
        "names another organisation",
    ),
    "nobody's number": (by(ROOT.issue("bidder Ltd")), "names another organisation"),
    "weak key": (under(ROOT.issue(number=NUMBER, key=rsa_key(1024))), "1024 bits"),
    "over other bytes": (replace(GOOD, payload_size=GOOD.payload_size + 1), "over this envelope"),
    "a chain with a stranger": (by(LEAF, Issuer("Third CA")), "wrong order or holds a stranger"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_flaw_has_one_clear_refusal(name: str) -> None:
    prefix, why = REFUSED[name]
    with pytest.raises(Refused, match=why):
        judge(prefix)


def test_an_organisation_without_a_number_is_known_by_its_name() -> None:
    assert judge(GOOD, holder=Holder("bidder Ltd")).to_json()["holder"] == {"name": "bidder Ltd"}
    with pytest.raises(Refused, match="names another organisation"):
        judge(GOOD, holder=Holder("bidder"))


def test_all_envelopes_of_a_bid_are_signed_by_one_certificate() -> None:
    signer, second = LEAF.signer([ROOT.certificate]), ROOT.issue(number=NUMBER).signer([ROOT.certificate])
    both = sealed(signer, "technical"), sealed(signer, "price")
    assert judge(*both)
    with pytest.raises(Refused, match="different certificates"):
        judge(both[0], sealed(second, "price"))
    with pytest.raises(Refused, match="--sign-with"):
        judge(both[0], sealed(None, "price"))


def test_a_tender_that_asks_for_none_takes_none() -> None:
    assert check_signed(ACCOUNT_KEY, BIDDER, [sealed(None)], {}, AT) is None
    with pytest.raises(Refused, match="account's key alone"):
        check_signed(ACCOUNT_KEY, BIDDER, [GOOD], {}, AT)


def test_terms_are_read_as_they_were_written() -> None:
    assert read_terms(write_terms(TERMS)) == TERMS
    assert write_terms(ACCOUNT_KEY) is None
    assert read_terms(None) == ACCOUNT_KEY


ONE = write_terms(SigningTerms((OTHER,)))
assert ONE is not None


@pytest.mark.parametrize(
    "change",
    [
        {"by": "key"},
        {"more": 1},
        {"authorities": [{"name": "", "certificates": [], "list_hours": 1}]},
        {"authorities": [{"name": "ca", "certificates": [], "list_hours": 1}]},
        {"authorities": [{**ONE["authorities"][0], "list_hours": 0}]},  # type: ignore[index, dict-item]
        {"authorities": [{**ONE["authorities"][0], "list_hours": 745}]},  # type: ignore[index, dict-item]
        {"authorities": [{**ONE["authorities"][0], "list_hours": "1"}]},  # type: ignore[index, dict-item]
    ],
)
def test_terms_of_another_form_are_refused(change: dict[str, Any]) -> None:
    assert ONE is not None
    with pytest.raises(BadInput, match="signing"):
        read_terms({**ONE, **change})


def test_only_authorities_that_the_site_trusts_can_be_chosen() -> None:
    known = {"ca": PINNED, "other": OTHER}
    assert choose_terms(["other", "ca"], known) == TERMS
    assert choose_terms([], known) == ACCOUNT_KEY
    for names in (["third"], ["ca", "ca"], ["ca"] * 9):
        with pytest.raises(BadInput):
            choose_terms(names, known)


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"authority": "ca", "holder": {"number": "1", "name": "x"}, "lists": []},
        {"authority": "ca", "holder": {}, "lists": [], "more": 1},
        {"authority": "ca", "holder": [], "lists": []},
        {"authority": "ca", "holder": {"name": "x"}, "lists": 7},
    ],
)
def test_an_account_of_another_form_proves_nothing(body: Any) -> None:
    with pytest.raises(IntegrityBroken):
        read_proof(body)


VECTORS = sorted((Path(__file__).parents[1] / "vectors" / "signing-certificate").glob("*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_vectors_of_the_format_hold(path: Path) -> None:
    said = json.loads(path.read_text())
    prefix, terms, at = read_prefix(unb64(said["prefix"])), read_terms(said["terms"]), read_time(said["at"])
    assert prefix.certificate is not None
    assert signed_bytes(prefix.certificate.chain[0], prefix.bare()).hex() == said["covered"]
    holder = Holder(said["holder"].get("name", ""), said["holder"].get("number", ""))
    lists = [unb64(one) for one in said["lists"]]
    proof = check_signed(terms, holder, [prefix], {"authority": lists}, at)
    assert proof is not None
    assert (proof.to_json(), proof.digest()) == (said["account"], said["account_digest"])

"""Chains of certificates: which hold at a moment, and one clear reason for each that does not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import ObjectIdentifier

from crypto.certificates import check_chain, has_name, has_number, read_certificate
from kernel.errors import BadInput, Refused
from tests.issuers import AT, DAY, NUMBER, Issuer, ec_key, rsa_key, usage

ROOT = Issuer()
MIDDLE = Issuer("Issuing CA", above=ROOT)
SECOND = timedelta(seconds=1)
BEGIN, END = AT - 30 * DAY, AT + 335 * DAY
Chain = tuple[bytes, ...]


def alone(**changes: object) -> Chain:
    return (ROOT.issue(**changes).certificate,)  # type: ignore[arg-type]


def below(**changes: object) -> Chain:
    return MIDDLE.issue(**changes).certificate, MIDDLE.certificate  # type: ignore[arg-type]


def by_a_bidder() -> Chain:
    leaf = ROOT.issue()
    return Issuer("bidder Ltd", key=leaf.key).issue("x").certificate, leaf.certificate


def by_sha1(certificate: bytes) -> bytes:
    """As if signed with SHA-1, which the library refuses to make."""
    with_rsa = bytes.fromhex("2a864886f70d0101")
    return certificate.replace(with_rsa + b"\x0b", with_rsa + b"\x05")


@pytest.mark.parametrize("make", [alone, below])
@pytest.mark.parametrize("key", [ec_key, lambda: ec_key(ec.SECP384R1()), rsa_key])
def test_a_chain_from_a_pinned_authority_holds(make: Callable[..., Chain], key: Callable[[], object]) -> None:
    chain = make(key=key())
    path = check_chain(chain, [ROOT.certificate], AT)
    assert list(path) == [read_certificate(one) for one in (*chain, ROOT.certificate)]


def test_an_authority_that_is_no_root_may_be_pinned_by_itself() -> None:
    leaf = MIDDLE.issue().certificate
    assert len(check_chain([leaf], [MIDDLE.certificate], AT)) == 2
    with pytest.raises(Refused, match="not issued by an authority"):
        check_chain([leaf], [ROOT.certificate, MIDDLE.certificate], AT)


STRANGER = Issuer("Another CA")
NAMESAKE = Issuer()
SHORT = Issuer("Short CA", path_length=0)
BELOW_SHORT = Issuer("Too deep", above=SHORT)
RSA_ROOT = Issuer(key=rsa_key())
UNKNOWN = x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00")

BAD: dict[str, tuple[Chain, str]] = {
    "wrong CA": ((STRANGER.issue().certificate,), "not issued by an authority that the tender accepts"),
    "namesake of the CA": ((NAMESAKE.issue().certificate,), "not issued by an authority that the tender accepts"),
    "weak key": (alone(key=rsa_key(1024)), "1024 bits; 2048 are needed"),
    "a curve nobody asked for": (alone(key=ec_key(ec.SECP521R1())), "neither on P-256 nor on P-384"),
    "SHA-1": ((by_sha1(RSA_ROOT.issue().certificate),), "weaker than SHA-256"),
    "encipherment only": (alone(kind=usage("key_encipherment")), "not meant for signing"),
    "servers only": (alone(more=[(x509.ExtendedKeyUsage([Usage.SERVER_AUTH]), False)]), "not meant for signing"),
    "authority as signer": (alone(ca=True), "certificate of an authority"),
    "unknown critical extension": (alone(more=[(UNKNOWN, True)]), "critical extension 1.2.3.4"),
    "wrong order": (below()[::-1], "wrong order or holds a stranger"),
    "a stranger in it": ((*alone(), STRANGER.certificate), "wrong order or holds a stranger"),
    "the authority itself": ((*alone(), ROOT.certificate), "leave out the certificate of the authority"),
    "nothing": ((), "1 to 5 certificates"),
    "six": (below() * 3, "1 to 5 certificates"),
    "issued by a bidder": (by_a_bidder(), "may not issue others"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_flaw_has_one_clear_reason(name: str) -> None:
    chain, why = BAD[name]
    with pytest.raises(Refused, match=why):
        check_chain(chain, [RSA_ROOT.certificate if name == "SHA-1" else ROOT.certificate], AT)


def test_a_chain_may_not_be_longer_than_its_authorities_allow() -> None:
    leaf = BELOW_SHORT.issue().certificate
    with pytest.raises(Refused, match="longer than an authority of it allows"):
        check_chain([leaf, BELOW_SHORT.certificate], [SHORT.certificate], AT)
    check_chain([SHORT.issue().certificate], [SHORT.certificate], AT)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (BEGIN - SECOND, "not valid before"),
        (BEGIN, ""),
        (BEGIN + SECOND, ""),
        (END - SECOND, ""),
        (END + SECOND / 2, ""),  # the last second counts as a whole
        (END + SECOND, "expired at"),
    ],
)
def test_the_moment_must_lie_within_the_validity(at: datetime, why: str) -> None:
    chain = alone(valid=(BEGIN, END))
    if not why:
        check_chain(chain, [ROOT.certificate], at)
        return
    with pytest.raises(Refused, match=why):
        check_chain(chain, [ROOT.certificate], at)


@pytest.mark.parametrize(
    "cut", [lambda der: der[:-1], lambda der: der + b"\0", lambda der: b"", lambda der: b"\x30\x00"]
)
def test_malformed_certificates_are_told_as_such(cut: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        check_chain([cut(alone()[0])], [ROOT.certificate], AT)


def test_a_changed_certificate_was_not_signed() -> None:
    [leaf] = alone()
    changed = leaf.replace(b"bidder Ltd", b"hidder Ltd")
    with pytest.raises(Refused, match="not issued by"):
        check_chain([changed], [ROOT.certificate], AT)


@pytest.mark.parametrize(
    ("subject", "has"),
    [
        ({"number": NUMBER}, True),
        ({"number": f"NTRCN-{NUMBER}"}, True),
        ({"number": NUMBER.lower()}, True),
        ({"serial": NUMBER}, True),
        ({"number": f"{NUMBER}0"}, False),
        ({"number": f"X{NUMBER}"}, False),
        ({"organisation": NUMBER}, False),
        ({}, False),
    ],
)
def test_the_number_of_the_organisation_must_stand_in_the_subject(subject: dict[str, str], has: bool) -> None:
    assert has_number(read_certificate(ROOT.issue(**subject).certificate), NUMBER) is has  # type: ignore[arg-type]


def test_a_name_must_be_the_same_to_the_letter() -> None:
    found = read_certificate(ROOT.issue("signer 1", organisation="Bau AG").certificate)
    assert has_name(found, "Bau AG")
    assert has_name(found, "signer 1")
    assert not has_name(found, "Bau")
    assert not has_name(found, "bau ag")

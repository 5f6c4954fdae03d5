"""A signature by certificate in the prefix of an envelope: every algorithm, nothing loose, nothing taken away."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from crypto.canonical import b64, canonical
from crypto.certificate_keys import algorithms_of, key_of
from crypto.certificates import MAX_CERTIFICATE_BYTES, read_certificate
from crypto.envelope import seal_bytes
from crypto.envelope_prefix import MAGIC, EnvelopePrefix, check_signature, read_prefix
from crypto.signing_certificate import CertificateSignature, CertificateSigner
from crypto.signing_certificate import check_signature as check_certificate
from kernel.errors import BadInput, MalformedEnvelope, Refused, UnsignedEnvelope
from tests.crypto.parties import Parties
from tests.issuers import Issuer, Leaf, ec_key, rsa_key

ROOT = Issuer()
PARTIES = Parties("classic", k=2, n=3)
LEAVES = {
    "rsa": ROOT.issue(key=rsa_key()),
    "p256": ROOT.issue(),
    "p384": ROOT.issue(key=ec_key(ec.SECP384R1())),
}
EVERY = [
    (name, how)
    for name, leaf in LEAVES.items()
    for how in algorithms_of(key_of(read_certificate(leaf.certificate)))
]


def sealed(signer: CertificateSigner | None, content: bytes = b"content") -> EnvelopePrefix:
    made = seal_bytes(content, **PARTIES.arguments(), certificate=signer)
    return read_prefix(made)


def signer_of(leaf: Leaf, how: str = "") -> CertificateSigner:
    return leaf.signer([ROOT.certificate], algorithm=how)


@pytest.mark.parametrize(("name", "how"), EVERY)
def test_a_signature_by_each_algorithm_is_checked_and_covered_by_the_account_key(name: str, how: str) -> None:
    prefix = sealed(signer_of(LEAVES[name], how))
    assert prefix.certificate is not None
    assert prefix.certificate.algorithm == how
    check_signature(prefix)
    check_certificate(prefix.certificate, prefix.bare())


def test_an_envelope_without_a_certificate_has_the_bytes_of_older_ones() -> None:
    prefix = sealed(None)
    assert prefix.certificate is None
    assert set(prefix.unsigned()) == set(prefix.bare())


def changed(prefix: EnvelopePrefix, **changes: Any) -> EnvelopePrefix:
    assert prefix.certificate is not None
    return replace(prefix, certificate=replace(prefix.certificate, **changes))


PREFIX = sealed(signer_of(LEAVES["p256"]))


@pytest.mark.parametrize(
    "other",
    [
        replace(PREFIX, certificate=None),
        replace(PREFIX, certificate=sealed(signer_of(LEAVES["rsa"])).certificate),
        changed(PREFIX, chain=(LEAVES["p256"].certificate, ROOT.certificate)),
        changed(PREFIX, algorithm="ecdsa-p256-sha512"),
    ],
)
def test_a_certificate_can_neither_be_taken_away_nor_exchanged(other: EnvelopePrefix) -> None:
    with pytest.raises(UnsignedEnvelope):
        check_signature(other)


def flaws() -> list[CertificateSignature]:
    good = PREFIX.certificate
    assert good is not None
    flipped = bytes([good.signature[0] ^ 1]) + good.signature[1:]
    elsewhere = sealed(signer_of(LEAVES["p256"]), b"other content").certificate
    assert elsewhere is not None
    return [
        replace(good, signature=flipped),
        replace(good, signature=good.signature[:-1]),
        replace(good, signature=bytes(64)),
        replace(good, algorithm="ecdsa-p256-sha384"),
        replace(good, algorithm="rsa-pss-sha256"),
        replace(good, algorithm="sm2-sm3"),
        replace(good, chain=(ROOT.issue().certificate,)),
        replace(good, chain=(ROOT.issue(key=LEAVES["p256"].key).certificate,)),  # same key, other certificate
        elsewhere,
    ]


@pytest.mark.parametrize("flaw", flaws())
def test_a_signature_holds_for_one_envelope_one_certificate_and_one_algorithm(
    flaw: CertificateSignature,
) -> None:
    with pytest.raises(Refused):
        check_certificate(flaw, PREFIX.bare())


def written(body: dict[str, Any]) -> bytes:
    data = canonical(body)
    return MAGIC + len(data).to_bytes(4, "big") + data


CERTIFICATE = {"algorithm": "ecdsa-p256-sha256", "chain": [b64(b"1")], "signature": b64(b"1")}


@pytest.mark.parametrize(
    "certificate",
    [
        {**CERTIFICATE, "more": 1},
        {"chain": [b64(b"1")], "signature": b64(b"1")},
        {**CERTIFICATE, "algorithm": "rsa-pkcs1-sha1"},
        {**CERTIFICATE, "algorithm": ["ecdsa-p256-sha256"]},
        {**CERTIFICATE, "chain": []},
        {**CERTIFICATE, "chain": [b64(bytes([n])) for n in range(6)]},
        {**CERTIFICATE, "chain": [b64(b"1"), b64(b"1")]},
        {**CERTIFICATE, "chain": [b64(bytes(MAX_CERTIFICATE_BYTES + 1))]},
        {**CERTIFICATE, "chain": [""]},
        {**CERTIFICATE, "chain": [1]},
        {**CERTIFICATE, "chain": b64(b"1")},
        {**CERTIFICATE, "signature": ""},
        {**CERTIFICATE, "signature": b64(bytes(1025))},
        {**CERTIFICATE, "signature": "AB=="},
        None,
        [],
        "certificate",
    ],
)  # fmt: skip
def test_the_member_has_one_form_and_limits(certificate: Any) -> None:
    body = PREFIX.bare() | {"signature": b64(PREFIX.signature)}
    with pytest.raises(MalformedEnvelope):
        read_prefix(written(body | {"certificate": certificate}))
    assert read_prefix(written(body | {"certificate": CERTIFICATE})).certificate is not None


def test_a_member_that_is_there_twice_is_refused() -> None:
    data = PREFIX.to_bytes()[len(MAGIC) + 4 :]
    again = b'{"certificate":' + canonical(CERTIFICATE) + b"," + data[1:]
    assert json.loads(again)
    with pytest.raises(MalformedEnvelope):
        read_prefix(MAGIC + len(again).to_bytes(4, "big") + again)


def test_a_chain_that_leaves_no_room_is_refused_before_anything_is_sealed() -> None:
    huge = CertificateSigner(
        "ecdsa-p256-sha256", (LEAVES["p256"].certificate, *(bytes([n]) * 12000 for n in range(4))), bytes
    )
    with pytest.raises(BadInput, match="65536 bytes"):
        sealed(huge)

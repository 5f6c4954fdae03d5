"""Timestamps: our authority, our checks, and OpenSSL as the second judge."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from crypto import asn1_forms as asn1
from crypto import timestamps
from crypto.asn1_forms import context, der, integer, oid
from crypto.canonical import canonical
from crypto.timestamps import (
    MAX_REQUEST_BYTES,
    POLICY,
    AuthorityKey,
    check_token,
    issue,
    issue_response,
    make_authority,
    read_authority,
    write_authority,
)
from kernel.errors import BadInput, IntegrityBroken

AT = datetime(2026, 11, 21, 1, 30, 0, 123400, tzinfo=UTC)
DATA = b"sealed bid"
DIGEST = hashlib.sha256(DATA).digest()
AUTHORITY = make_authority("Test authority", AT)
TOKEN = issue(AUTHORITY, DIGEST, AT, serial=7)


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def pem_of(folder: Path, authority: AuthorityKey) -> str:
    (folder / "tsa.der").write_bytes(authority.certificate)
    openssl(folder, "x509", "-inform", "der", "-in", "tsa.der", "-out", "tsa.pem")
    return "tsa.pem"


@pytest.mark.parametrize("micros", [0, 1, 10, 500_000, 999_999])
def test_a_token_keeps_the_fractions_of_its_second(micros: int) -> None:
    at = AT.replace(microsecond=micros)
    assert check_token(issue(AUTHORITY, DIGEST, at, serial=1), DIGEST, AUTHORITY.certificate) == at


def test_a_certificate_need_not_be_valid_now_but_at_the_stamped_time() -> None:
    past = datetime(2016, 1, 1, tzinfo=UTC)
    old = make_authority("Old authority", past)
    assert check_token(issue(old, DIGEST, past, serial=1), DIGEST, old.certificate) == past
    for never in (past - timedelta(days=2), past + timedelta(days=30 * 365)):
        with pytest.raises(IntegrityBroken):
            check_token(issue(old, DIGEST, never, serial=1), DIGEST, old.certificate)


def test_openssl_accepts_our_token(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "token").write_bytes(TOKEN)
    pem = pem_of(tmp_path, AUTHORITY)
    common = ("ts", "-verify", "-in", "token", "-CAfile", pem, "-attime", str(int(AT.timestamp())))
    assert openssl(tmp_path, *common, "-data", "data").returncode == 0
    (tmp_path / "data").write_bytes(b"another bid")
    assert openssl(tmp_path, *common, "-data", "data").returncode != 0
    assert "01:30:00.1234 2026 GMT" in openssl(tmp_path, "ts", "-reply", "-in", "token", "-text").stdout


@pytest.mark.parametrize("flags", [("-cert",), (), ("-no_nonce", "-cert"), ("-tspolicy", POLICY, "-cert")])
def test_openssl_accepts_our_answer_to_its_request(tmp_path: Path, flags: tuple[str, ...]) -> None:
    (tmp_path / "data").write_bytes(DATA)
    openssl(tmp_path, "ts", "-query", "-data", "data", "-sha256", *flags, "-out", "query")
    answer = issue_response(AUTHORITY, (tmp_path / "query").read_bytes(), AT, serial=9)
    (tmp_path / "answer").write_bytes(answer)
    pem = pem_of(tmp_path, AUTHORITY)
    at = str(int(AT.timestamp()))
    verify = ("ts", "-verify", "-in", "answer", "-CAfile", pem, "-untrusted", pem, "-attime", at)
    result = openssl(tmp_path, *verify, "-queryfile", "query")
    assert result.returncode == 0, result.stderr
    assert check_token(answer, DIGEST, AUTHORITY.certificate) == AT


def test_the_client_library_reads_our_answer() -> None:
    request = (
        TimestampRequestBuilder().data(DATA).nonce(nonce=True).hash_algorithm(HashAlgorithm.SHA256).build()
    )
    answer = decode_timestamp_response(issue_response(AUTHORITY, request.as_bytes(), AT, serial=2**63))
    assert (answer.tst_info.nonce, answer.tst_info.serial_number) == (request.nonce, 2**63)
    assert answer.tst_info.policy == x509.ObjectIdentifier(POLICY)


@pytest.mark.parametrize("at", range(0, len(TOKEN), 23))
def test_a_flipped_bit_never_changes_what_a_token_says(at: int) -> None:
    changed = TOKEN[:at] + bytes([TOKEN[at] ^ 4]) + TOKEN[at + 1 :]
    try:
        assert check_token(changed, DIGEST, AUTHORITY.certificate) == AT
    except IntegrityBroken:
        return


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b"0",
        b"0\x00",
        TOKEN[:-1],
        TOKEN + b"0",
        TOKEN[:40],
        der(asn1.SEQUENCE, der(asn1.SEQUENCE, integer(0))),
    ],
    ids=["nothing", "one byte", "an empty frame", "one byte less", "one byte more", "its start", "no token"],
)
def test_what_is_no_token_is_refused(token: bytes) -> None:
    with pytest.raises(IntegrityBroken):
        check_token(token, DIGEST, AUTHORITY.certificate)


def test_a_token_over_another_digest_is_refused() -> None:
    for digest in (bytes(32), DIGEST[:-1], b""):
        with pytest.raises(IntegrityBroken):
            check_token(TOKEN, digest, AUTHORITY.certificate)


def test_a_token_that_brings_its_own_root_is_refused() -> None:
    forger = make_authority("Test authority", AT)
    forged = issue(forger, DIGEST, AT - timedelta(days=1), serial=7)
    with pytest.raises(IntegrityBroken):
        check_token(forged, DIGEST, AUTHORITY.certificate)
    swapped = AuthorityKey(AUTHORITY.certificate, forger.private)
    with pytest.raises(IntegrityBroken):
        check_token(issue(swapped, DIGEST, AT, serial=7), DIGEST, AUTHORITY.certificate)


def signed_by(
    name: str, serial: int, subject_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey
) -> bytes:
    """A certificate for `subject_key` under any name and serial number, issued by `key`; a root without purposes."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(subject_key.public_key())
        .serial_number(serial)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
    )
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    is_root = subject_key is key
    builder = builder.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    builder = builder if is_root else builder.add_extension(purpose, critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_token_that_embeds_a_forged_chain_is_refused() -> None:
    """rfc3161-client 1.0.6 to 1.0.8 trusted the root that such a token brings along."""
    pinned = x509.load_der_x509_certificate(AUTHORITY.certificate)
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = signed_by("Test authority", 1, root_key, root_key)
    leaf = signed_by("Test authority", pinned.serial_number, leaf_key, root_key)
    private = leaf_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    forged = issue(AuthorityKey(leaf, private), DIGEST, AT, serial=7)
    for added in (root, AUTHORITY.certificate):
        doubled = with_second_certificate(forged, leaf, added)
        assert len(decode_timestamp_response(doubled).signed_data.certificates) == 2
        with pytest.raises(IntegrityBroken):
            check_token(doubled, DIGEST, AUTHORITY.certificate)


def with_second_certificate(token: bytes, old: bytes, added: bytes) -> bytes:
    """The same token with one more certificate in it, which no signature covers."""
    status, content_info = asn1.read_values(asn1.read_one(token, asn1.SEQUENCE))
    kind, wrapped = asn1.read_values(content_info[1])
    values = [whole for _, _, whole in asn1.read_values(asn1.read_one(wrapped[1], asn1.SEQUENCE))]
    values[3] = der(context(0), *sorted([added, old]))
    signed_data = der(asn1.SEQUENCE, *values)
    return der(asn1.SEQUENCE, status[2], der(asn1.SEQUENCE, kind[2], der(context(0), signed_data)))


def imprint(algorithm: str = "2.16.840.1.101.3.4.2.1", digest: bytes = DIGEST) -> bytes:
    return der(asn1.SEQUENCE, der(asn1.SEQUENCE, oid(algorithm)), der(asn1.OCTET_STRING, digest))


def request(*values: bytes) -> bytes:
    return der(asn1.SEQUENCE, *values)


NONCE = integer(5)


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (b"", 5),
        (b"GET / HTTP/1.1", 5),
        (bytes(MAX_REQUEST_BYTES + 1), 5),
        (request(integer(1), imprint(), der(asn1.INTEGER, b"\xff")), 5),
        (request(), 2),
        (request(integer(2), imprint()), 2),
        (request(integer(1), NONCE), 2),
        (request(integer(1), imprint(), der(asn1.BOOLEAN, b"\xff"), NONCE), 2),
        (request(integer(1), imprint(), NONCE, NONCE), 2),
        (request(integer(1), imprint("1.3.14.3.2.26", bytes(20))), 0),
        (request(integer(1), imprint(digest=bytes(31))), 0),
        (request(integer(1), der(asn1.SEQUENCE)), 0),
        (request(integer(1), imprint(), oid("1.2.3.4")), 15),
        (request(integer(1), imprint(), NONCE, der(context(0), b"")), 16),
    ],
)
def test_requests_that_we_cannot_serve_are_rejected_with_the_reason(
    tmp_path: Path, asked: bytes, failure: int
) -> None:
    answer = issue_response(AUTHORITY, asked, AT, serial=1)
    (status,) = asn1.read_values(asn1.read_one(answer, asn1.SEQUENCE))
    values = list(asn1.read_values(status[1]))
    assert values[0][1] == b"\x02"
    unused, bits = values[1][1][0], int.from_bytes(values[1][1][1:], "big")
    assert bits == 1 << unused
    assert len(values[1][1][1:]) * 8 - unused - 1 == failure
    with pytest.raises(IntegrityBroken):
        check_token(answer, DIGEST, AUTHORITY.certificate)


def test_a_plain_request_is_granted() -> None:
    for algorithm_bare in (
        imprint(),
        der(
            asn1.SEQUENCE,
            der(asn1.SEQUENCE, oid("2.16.840.1.101.3.4.2.1"), der(asn1.NULL)),
            der(asn1.OCTET_STRING, DIGEST),
        ),
    ):
        answer = issue_response(AUTHORITY, request(integer(1), algorithm_bare, NONCE), AT, serial=1)
        assert check_token(answer, DIGEST, AUTHORITY.certificate) == AT


def test_a_token_over_a_digest_of_another_algorithm_is_refused() -> None:
    other = timestamps._grant(AUTHORITY, imprint("2.16.840.1.101.3.4.2.8"), AT, serial=1, nonce=None)
    with pytest.raises(IntegrityBroken, match="SHA-256"):
        check_token(other, DIGEST, AUTHORITY.certificate)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (oid("1.2.840.113549.1.9.16.1.4"), oid("1.2.840.113549.1.9.16.1.5")),
        (b"\x18\x1420261121", b"\x13\x1420261121"),
    ],
)
def test_signed_content_that_is_no_timestamp_is_refused(old: bytes, new: bytes) -> None:
    assert old in TOKEN
    with pytest.raises(BadInput):
        timestamps._read_token(TOKEN.replace(old, new))


@pytest.mark.parametrize("size", [31, 33])
def test_only_sha_256_digests_are_stamped(size: int) -> None:
    with pytest.raises(BadInput):
        issue(AUTHORITY, bytes(size), AT, serial=1)


def test_an_authority_is_kept_in_a_file_and_shows_nothing() -> None:
    assert read_authority(write_authority(AUTHORITY)) == AUTHORITY
    assert "private" not in repr(AUTHORITY)
    for data in (canonical([]), canonical({"v": 1}), canonical({"v": 2, "certificate": "", "private": ""})):
        with pytest.raises(BadInput):
            read_authority(data)


def test_the_same_request_gives_the_same_token() -> None:
    assert issue(AUTHORITY, DIGEST, AT, serial=7) == TOKEN

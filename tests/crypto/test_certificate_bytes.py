"""Whatever bytes come as certificate, list or key, the answer is an error of the tree and never anything else."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.certificates import check_chain, has_number, read_certificate
from crypto.revocation import check_fetched, check_status
from crypto.signing_keys import needs_passphrase, open_signing_key
from kernel.errors import TenderingError
from tests.issuers import AT, DAY, NUMBER, Issuer, rsa_key

ROOT = Issuer()
RSA_ROOT = Issuer("RSA CA", key=rsa_key())
SM2_KEY = bytes.fromhex("06072a8648ce3d020106082a811ccf5501822d")
EC_KEY = bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107")
CERTIFICATES = [
    ROOT.issue(number=NUMBER).certificate,
    RSA_ROOT.issue(key=rsa_key(3072)).certificate,
    ROOT.issue().certificate.replace(EC_KEY, SM2_KEY),
]
LISTS = [ROOT.revocations((CERTIFICATES[0], AT)), RSA_ROOT.revocations(), ROOT.revocations(invalid_since=AT)]
KEYS = [ROOT.issue().pem, RSA_ROOT.issue(key=rsa_key()).pem]

changes = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=4)
cuts = st.one_of(st.none(), st.integers(0, 2**12))


def changed(data: bytes, places: list[tuple[int, int]], cut: int | None) -> bytes:
    found = bytearray(data)
    for place, byte in places:
        found[place % len(found)] = byte
    return bytes(found[:cut])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(CERTIFICATES), changes, cuts)
def test_changed_certificates(data: bytes, places: list[tuple[int, int]], cut: int | None) -> None:
    body = changed(data, places, cut)
    with suppress(TenderingError):
        has_number(read_certificate(body), NUMBER)
        check_chain([body], [ROOT.certificate, RSA_ROOT.certificate], AT)
    with suppress(TenderingError):
        check_chain([CERTIFICATES[0]], [body], AT)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LISTS), changes, cuts)
def test_changed_lists(data: bytes, places: list[tuple[int, int]], cut: int | None) -> None:
    body, root = changed(data, places, cut), read_certificate(ROOT.certificate)
    with suppress(TenderingError):
        check_fetched(body, [root], AT)
    with suppress(TenderingError):
        check_status(read_certificate(CERTIFICATES[0]), root, [body], AT, DAY)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KEYS), changes, cuts)
def test_changed_keys(data: bytes, places: list[tuple[int, int]], cut: int | None) -> None:
    body = changed(data, places, cut)
    with suppress(TenderingError):
        needs_passphrase(body)
        open_signing_key(body, b"", None, [[ROOT.certificate]])

"""Certificates that bidders send, lists that authorities publish, signatures in a prefix."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509

from crypto.canonical import read_json
from crypto.certificate_keys import is_issued, key_of
from crypto.certificates import check_chain, has_name, has_number, read_certificate
from crypto.revocation import check_fetched, check_status, read_list
from crypto.signing_certificate import check_signature, read_signature
from kernel.errors import BadInput, Refused, TenderingError

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LIMIT = timedelta(days=1)


def certificate(data: bytes) -> None:
    """A certificate in every place of a chain."""
    found = read_certificate(data)
    has_number(found, "91310000MA1FL0XX5K")
    has_name(found, "bidder Ltd")
    refused: list[TenderingError] = []
    for chain, trusted in (([data], [data[:]]), ([data, data], [data]), ([data], [])):
        try:
            check_chain(chain, trusted, AT)
        except (BadInput, Refused) as error:
            refused.append(error)
    key_of(found)
    is_issued(found, found)
    raise refused[0]


def revocation_list(data: bytes) -> None:
    """A list as it was fetched, held against a certificate of its own name."""
    found = read_list(data)
    named = [one for one in _known() if one.subject == found.content.issuer]
    for one in named or _known():
        check_status(one, one, [data], AT, LIMIT)
    check_fetched(data, _known(), AT)


KNOWN: list[x509.Certificate] = []


def _known() -> list[x509.Certificate]:
    """The certificates that the campaign starts from."""
    if not KNOWN:
        from tools.campaign.fuzz.corpus import KEPT

        KNOWN.extend(
            x509.load_der_x509_certificate(path.read_bytes())
            for path in sorted((KEPT / "certificate").glob("good_*"))
        )
    return KNOWN


def certificate_signature(data: bytes) -> None:
    """A second signature as it stands in a prefix."""
    check_signature(read_signature(read_json(data)), {"header": {}})


CERTIFICATES: dict[str, Callable[[bytes], object]] = {
    one.__name__: one for one in (certificate, revocation_list, certificate_signature)
}

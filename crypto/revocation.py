"""Revocation lists (RFC 5280, section 5): is a list sound, and was a certificate revoked at one moment?

1. A list counts when the issuer of the certificate signed it, it covers the certificate and nothing critical in it
   is unknown: no deltas, no indirect lists, no lists of some reasons only.
2. At the moment it is not past its nextUpdate, and not older than the tender allows.
3. Revoked at or before the moment: refused. Revoked later: it was good when it signed.
Format: docs/formats/signing-certificate.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography import x509

from crypto.certificate_keys import RULE, is_issued
from crypto.certificates import UNREADABLE
from kernel.clock import write_time
from kernel.errors import BadInput, IntegrityBroken, Refused, Unavailable

MAX_LIST_BYTES = 16 << 20
CLOCKS = timedelta(minutes=5)
"""How far the clock of an authority may go ahead of ours."""


@dataclass(frozen=True)
class RevocationList:
    """A list with its two moments; `covered` are the addresses that it is for, none where it is for all."""

    content: x509.CertificateRevocationList
    this_update: datetime
    next_update: datetime
    covered: frozenset[str] = frozenset()
    only: str = ""
    """`users` or `authorities` where it lists only these"""


@lru_cache(maxsize=64)
def read_list(der: bytes) -> RevocationList:
    """A list in DER; its signature is not checked here.

    Raises:
        BadInput: malformed, without its moments, or with something critical that is not understood.
    """
    try:
        content = x509.load_der_x509_crl(der)
        content.issuer, content.signature_algorithm_oid  # noqa: B018
        extensions, this, following = content.extensions, content.last_update_utc, content.next_update_utc
    except UNREADABLE:
        raise BadInput(where="revocation list", why="it cannot be read as an X.509 list in DER") from None
    if following is None or following <= this:
        raise BadInput(where="revocation list", why="it does not say until when it holds")
    covered: frozenset[str] = frozenset()
    only = ""
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.IssuingDistributionPoint):
            covered, only = _scope(value)
        elif extension.critical:
            raise BadInput(where="revocation list", why="it has a critical extension that is not understood")
    return RevocationList(content, this, following, covered, only)


def _scope(point: x509.IssuingDistributionPoint) -> tuple[frozenset[str], str]:
    partly = point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs
    if partly or point.relative_name:
        raise BadInput(where="revocation list", why="it is indirect, or lists some reasons only")
    names = frozenset(
        str(name.value) for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)
    )
    if point.full_name and not names:
        raise BadInput(where="revocation list", why="it is indirect, or lists some reasons only")
    return (
        names,
        "users" if point.only_contains_user_certs else "authorities" if point.only_contains_ca_certs else "",
    )


def check_fetched(der: bytes, trusted: Sequence[x509.Certificate], now: datetime) -> RevocationList:
    """A list that was just fetched: by a pinned authority, and in force.

    Raises:
        BadInput: malformed, or not in force now.
        IntegrityBroken: no pinned authority signed it.
    """
    found = read_list(der)
    issuers = [one for one in trusted if one.subject == found.content.issuer]
    if not any(is_issued(found.content, one) for one in issuers):
        raise IntegrityBroken(what="a revocation list was not signed by the authority it belongs to")
    if found.this_update > now + CLOCKS or found.next_update <= now:
        raise BadInput(where="revocation list", why="it is not in force now")
    return found


def check_status(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: Sequence[bytes],
    at: datetime,
    max_age: timedelta,
) -> bytes:
    """The list that shows that a certificate was not revoked at a moment; the newest that can.

    Raises:
        Unavailable: no list covers it, or only one that is too old.
        Refused: it was revoked.
    """
    fitting = [der for der in lists if _fits(read_list(der), certificate, issuer)]
    usable = [der for der in fitting if _is_fresh(read_list(der), certificate, at, max_age)]
    if not usable:
        raise Unavailable(what="The revocation list of the certificate's authority")
    newest = max(usable, key=lambda der: read_list(der).this_update)
    revoked_at = _revoked_at(read_list(newest), certificate)
    if revoked_at is not None and revoked_at <= at:
        raise Refused(rule=RULE, why=f"it was revoked at {write_time(revoked_at)}")
    return newest


def _fits(found: RevocationList, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if found.content.issuer != issuer.subject or not _may_list(issuer):
        return False
    if found.only and (found.only == "authorities") != _is_authority(certificate):
        return False
    if found.covered and not found.covered & _points(certificate):
        return False
    return is_issued(found.content, issuer)


def _is_fresh(found: RevocationList, certificate: x509.Certificate, at: datetime, max_age: timedelta) -> bool:
    # A list from after the moment says more than one from before, until expired certificates leave the lists.
    not_too_old = at - found.this_update <= max_age and at <= found.next_update
    return not_too_old and found.this_update <= certificate.not_valid_after_utc


def _revoked_at(found: RevocationList, certificate: x509.Certificate) -> datetime | None:
    try:
        entry = found.content.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is None:
            return None
        entry.extensions, entry.revocation_date_utc  # noqa: B018
    except UNREADABLE:
        raise BadInput(where="revocation list", why="it cannot be read as an X.509 list in DER") from None
    said = [
        one.value.invalidity_date_utc
        for one in entry.extensions
        if isinstance(one.value, x509.InvalidityDate)
    ]
    return min([entry.revocation_date_utc, *said])


def _may_list(issuer: x509.Certificate) -> bool:
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _points(certificate: x509.Certificate) -> set[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for point in points for name in point.full_name or ()}

"""Revocation lists: which count, how old they may be, and what a revocation before and after the signing means."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from crypto.certificates import read_certificate
from crypto.revocation import check_fetched, check_status, read_list
from kernel.errors import BadInput, IntegrityBroken, Refused, Unavailable
from tests.issuers import AT, DAY, Issuer, usage

ROOT = Issuer()
LEAF = ROOT.issue().certificate
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
POINT = "http://ca.example/1.crl"


def scope(**changes: Any) -> x509.IssuingDistributionPoint:
    values: dict[str, Any] = {
        "full_name": None, "relative_name": None, "only_contains_user_certs": False,
        "only_contains_ca_certs": False, "only_some_reasons": None, "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }  # fmt: skip
    return x509.IssuingDistributionPoint(**{**values, **changes})


def at_point(address: str) -> list[x509.UniformResourceIdentifier]:
    return [x509.UniformResourceIdentifier(address)]


def status(
    *lists: bytes, leaf: bytes = LEAF, at: datetime = AT, hours: int = 24, issuer: Issuer = ROOT
) -> bytes:
    certificate, above = read_certificate(leaf), read_certificate(issuer.certificate)
    return check_status(certificate, above, lists, at, timedelta(hours=hours))


def test_a_certificate_that_no_list_names_is_good() -> None:
    listed = ROOT.revocations((ROOT.issue().certificate, AT - DAY))
    assert status(listed) == listed


@pytest.mark.parametrize(("since", "is_revoked"), [(-SECOND, True), (0 * SECOND, True), (SECOND, False)])
def test_what_was_revoked_up_to_the_moment_is_refused(since: timedelta, is_revoked: bool) -> None:
    listed = ROOT.revocations((LEAF, AT + since))
    if is_revoked:
        with pytest.raises(Refused, match="it was revoked at"):
            status(listed)
    else:
        assert status(listed)


def test_a_later_list_shows_that_it_was_good_when_it_signed() -> None:
    listed = ROOT.revocations((LEAF, AT + HOUR), this=AT + 2 * HOUR, following=AT + 3 * DAY)
    assert status(listed) == listed


def test_a_key_known_to_be_stolen_before_counts_from_then() -> None:
    listed = ROOT.revocations((LEAF, AT + HOUR), invalid_since=AT - HOUR)
    with pytest.raises(Refused):
        status(listed)


@pytest.mark.parametrize(
    ("age", "is_usable"), [(24 * HOUR - SECOND, True), (24 * HOUR, True), (24 * HOUR + SECOND, False)]
)
def test_a_list_may_be_so_old_and_no_older(age: timedelta, is_usable: bool) -> None:
    listed = ROOT.revocations(this=AT - age)
    if is_usable:
        assert status(listed)
    else:
        with pytest.raises(Unavailable):
            status(listed)


@pytest.mark.parametrize(("left", "is_usable"), [(SECOND, True), (0 * SECOND, True), (-SECOND, False)])
def test_a_list_holds_until_its_next_update(left: timedelta, is_usable: bool) -> None:
    listed = ROOT.revocations(following=AT + left)
    if is_usable:
        assert status(listed)
    else:
        with pytest.raises(Unavailable):
            status(listed)


def test_without_a_list_of_its_own_issuer_nothing_is_known() -> None:
    stranger, namesake = Issuer("Another CA").revocations(), Issuer().revocations()
    may_not = Issuer("No lists")
    for lists in ((), (stranger,), (namesake,)):
        with pytest.raises(Unavailable):
            status(*lists)
    assert status(stranger, namesake, may_not.revocations(), good := ROOT.revocations()) == good


def test_the_newest_list_decides() -> None:
    old = ROOT.revocations(this=AT - 3 * HOUR)
    new = ROOT.revocations((LEAF, AT - 2 * HOUR), this=AT - HOUR)
    for lists in ((old, new), (new, old)):
        with pytest.raises(Refused):
            status(*lists)


def test_a_list_of_an_expired_certificate_says_nothing() -> None:
    leaf = ROOT.issue(valid=(AT - DAY, AT + DAY)).certificate
    with pytest.raises(Unavailable):
        status(ROOT.revocations(this=AT + 2 * DAY, following=AT + 3 * DAY), leaf=leaf)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"only_contains_user_certs": True}, True),
        ({"only_contains_ca_certs": True}, False),
        ({"full_name": at_point(POINT)}, True),
        ({"full_name": at_point("http://ca.example/2.crl")}, False),
    ],
)
def test_a_list_for_some_certificates_counts_for_these_alone(changes: dict[str, Any], fits: bool) -> None:
    point = x509.DistributionPoint(at_point(POINT), None, None, None)
    leaf = ROOT.issue(more=[(x509.CRLDistributionPoints([point]), False)]).certificate
    listed = ROOT.revocations(more=[(scope(**changes), True)])
    if fits:
        assert status(listed, leaf=leaf)
    else:
        with pytest.raises(Unavailable):
            status(listed, leaf=leaf)


@pytest.mark.parametrize(
    "extension",
    [
        scope(indirect_crl=True),
        scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])),
        scope(only_contains_attribute_certs=True),
        x509.DeltaCRLIndicator(7),
    ],
)
def test_lists_that_are_not_whole_are_not_read(extension: x509.ExtensionType) -> None:
    with pytest.raises(BadInput):
        read_list(ROOT.revocations(more=[(extension, True)]))


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"no list", ROOT.certificate, ROOT.revocations()[:-1]])
def test_bytes_that_are_no_list_are_told_as_such(body: bytes) -> None:
    with pytest.raises(BadInput, match="revocation list"):
        read_list(body)


def test_only_a_list_in_force_of_a_pinned_authority_is_taken() -> None:
    trusted = [read_certificate(ROOT.certificate)]
    assert check_fetched(ROOT.revocations(), trusted, AT).this_update == AT - 2 * HOUR
    for stranger in (Issuer("Another CA"), Issuer()):
        with pytest.raises(IntegrityBroken):
            check_fetched(stranger.revocations(), trusted, AT)
    changed = bytearray(ROOT.revocations((LEAF, AT)))
    changed[-1] ^= 1
    with pytest.raises((IntegrityBroken, BadInput)):
        check_fetched(bytes(changed), trusted, AT)


@pytest.mark.parametrize(
    ("this", "following", "is_taken"),
    [
        (AT + timedelta(minutes=5), AT + DAY, True),
        (AT + timedelta(minutes=5) + SECOND, AT + DAY, False),
        (AT - DAY, AT + SECOND, True),
        (AT - DAY, AT, False),
        (AT - DAY, AT - SECOND, False),
    ],
)
def test_a_list_is_taken_while_it_is_in_force(this: datetime, following: datetime, is_taken: bool) -> None:
    listed, trusted = ROOT.revocations(this=this, following=following), [read_certificate(ROOT.certificate)]
    if is_taken:
        assert check_fetched(listed, trusted, AT)
    else:
        with pytest.raises(BadInput, match="not in force"):
            check_fetched(listed, trusted, AT)


def test_an_authority_that_may_not_list_is_not_heard() -> None:
    silent = Issuer("Silent", above=None)
    silent.certificate = silent._issue(
        x509.load_der_x509_certificate(silent.certificate).subject, silent.key.public_key(), ca=True,
        kind=usage("key_cert_sign"), valid=(AT - DAY, AT + DAY),
    )  # fmt: skip
    leaf = silent.issue().certificate
    with pytest.raises(Unavailable):
        status(silent.revocations(), leaf=leaf, issuer=silent)

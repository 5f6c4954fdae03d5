"""What browsers send about passkeys, read strictly; and the address that passkeys belong to."""

from contextlib import suppress
from typing import Any

import pytest

from accounts.passkeys import credential_id, read_assertion, read_registration, site_of
from crypto.canonical import b64
from kernel.errors import BadInput, Refused
from tests.accounts.authenticator import Authenticator

SITE = site_of("https://bids.example.cn")
OTHER = Authenticator(SITE.host, SITE.origin)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Bids.example.cn/", "https://bids.example.cn"),
        ("https://bids.example.cn:443", "https://bids.example.cn"),
        ("https://bids.example.cn:8443/x", "https://bids.example.cn:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_site_is_its_public_address(url: str, origin: str) -> None:
    assert site_of(url).origin == origin


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000"])
def test_a_number_is_no_site(url: str) -> None:
    with pytest.raises(Refused):
        site_of(url)


HOSTILE: list[Any] = [
    None,
    True,
    7,
    1.5,
    "",
    "====",
    "\ud800",
    "é",
    [],
    [1],
    {},
    {"x": {}},
    "A" * 5000,
    b64(bytes(37)),
]
"""What stands in for one field after the other."""


@pytest.mark.parametrize("field", ["id", "rawId", "type", "response"])
def test_a_malformed_answer_is_bad_input(field: str) -> None:
    for value in HOSTILE:
        check_refused({**OTHER.sign(bytes(32)), field: value})


@pytest.mark.parametrize("field", ["clientDataJSON", "authenticatorData", "signature", "attestationObject"])
def test_a_malformed_part_of_an_answer_is_bad_input(field: str) -> None:
    for value in HOSTILE:
        for made in (OTHER.sign(bytes(32)), OTHER.make(bytes(32))):
            check_refused({**made, "response": {**made["response"], field: value}})


def check_refused(credential: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        read_registration(credential, site=SITE, challenge=bytes(31))
    with pytest.raises(BadInput):
        read_assertion(credential, site=SITE, challenge=bytes(31), public_key=b"")
    with suppress(BadInput):
        assert isinstance(credential_id(credential), bytes)

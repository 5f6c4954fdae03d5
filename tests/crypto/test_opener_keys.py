"""Key files: they open with their passphrase and with nothing else, and nothing in them can be exchanged."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto.canonical import b64, canonical, read_canonical
from crypto.opener_keys import (
    check_offer,
    make_bidder_key,
    make_opener_key,
    offer_key,
    open_bidder_key,
    open_opener_key,
    read_bidder_public,
    read_opener_public,
)
from crypto.passphrase import PassphraseCost, lock_secret
from crypto.signatures import fingerprint, verify
from crypto.suites import suite
from kernel.errors import BadInput, IntegrityBroken, WrongSuite

COST = PassphraseCost(memory_kib=64, passes=1, lanes=1)


class Counter:
    """Bytes that tests can foresee."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, size: int) -> bytes:
        self.calls += 1
        return bytes([self.calls]) * size


def opener_file(suite_name: str = "classic") -> bytes:
    return make_opener_key(suite_name, "tender-1", "opener-1", "密码 1", cost=COST, randomness=Counter())


def bidder_file() -> bytes:
    return make_bidder_key("bidder-1", "密码 1", cost=COST, randomness=Counter())


@pytest.mark.parametrize("name", ["classic", "hybrid", "sm"])
def test_an_opener_key_opens_with_its_passphrase(name: str) -> None:
    key = open_opener_key(opener_file(name), "密码 1")
    assert key.public == read_opener_public(opener_file(name))
    assert (key.public.suite, key.public.tender_id, key.public.opener_id) == (name, "tender-1", "opener-1")
    assert suite(name).public_of(key.hpke_private) == key.public.hpke_public
    assert key.public.fingerprint == fingerprint(key.public.hpke_public)
    verify(key.public.signing_public, key.signer.sign(b"x"), b"x")


def test_a_bidder_key_opens_with_its_passphrase() -> None:
    signer = open_bidder_key(bidder_file(), "密码 1")
    assert (signer.name, signer.public) == read_bidder_public(bidder_file())


def test_a_passphrase_may_be_typed_in_either_unicode_form() -> None:
    file = make_bidder_key("bidder-1", "caf\u00e9", cost=COST)
    assert open_bidder_key(file, "cafe\u0301").name == "bidder-1"


def test_keys_are_drawn_afresh() -> None:
    assert make_bidder_key("b", "x", cost=COST) != make_bidder_key("b", "x", cost=COST)


@pytest.mark.parametrize("passphrase", ["", "密码 2", "密码 1 "])
def test_another_passphrase_is_refused(passphrase: str) -> None:
    with pytest.raises(BadInput, match="passphrase"):
        open_opener_key(opener_file(), passphrase)


def test_an_empty_passphrase_is_never_used() -> None:
    with pytest.raises(BadInput, match="empty"):
        make_bidder_key("b", "", cost=COST)


def test_private_parts_never_show() -> None:
    shown = repr(open_opener_key(opener_file(), "密码 1"))
    assert "private" not in shown
    assert "seed" not in shown


def changed(file: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    content = read_canonical(file.strip())
    change(content)
    return canonical(content)


def set_in(half: str, **fields: Any) -> Callable[[dict[str, Any]], object]:
    return lambda content: content[half].update(fields)


CHANGES = [
    lambda content: content.update(extra=1),
    lambda content: content.pop("lock"),
    lambda content: content.update(lock=[]),
    lambda content: content.update(public=[]),
    set_in("public", tender="tender-2"),
    set_in("public", opener="opener-2"),
    set_in("public", type="mingtang-bidder-key"),
    set_in("public", v=2),
    set_in("public", v=True),
    set_in("public", extra=1),
    set_in("public", opener=5),
    set_in("public", hpke_public=b64(bytes(31))),
    set_in("public", hpke_public=b64(bytes(32))),
    set_in("public", signing_public=b64(bytes(32))),
    set_in("lock", extra=1),
    set_in("lock", kdf="scrypt"),
    set_in("lock", passes=2),
    set_in("lock", passes=0),
    set_in("lock", passes=True),
    set_in("lock", passes=65),
    set_in("lock", lanes=17),
    set_in("lock", lanes=9),
    set_in("lock", memory_kib=1 << 21),
    set_in("lock", memory_kib="64"),
    set_in("lock", salt=b64(bytes(16))),
    set_in("lock", salt=b64(bytes(15))),
    set_in("lock", sealed=b64(bytes(80))),
    set_in("lock", sealed=""),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_key_file_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(BadInput):
        open_opener_key(changed(opener_file(), change), "密码 1")


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(WrongSuite):
        read_opener_public(changed(opener_file(), set_in("public", suite="sm2")))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"-----BEGIN"])
def test_what_is_no_key_file_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        open_bidder_key(data, "x")


def relocked(file: bytes, secret: bytes) -> bytes:
    """A file whose maker knew the passphrase and locked other private parts into it."""
    content = read_canonical(file.strip())
    content["lock"] = lock_secret(secret, "密码 1", bytes(16), content["public"], COST)
    return canonical(content)


@pytest.mark.parametrize("secret", [bytes(64), b"\x01" * 32 + bytes(32), bytes(63)])
def test_private_parts_of_another_key_are_refused(secret: bytes) -> None:
    with pytest.raises(BadInput):
        open_opener_key(relocked(opener_file(), secret), "密码 1")
    with pytest.raises(BadInput):
        open_bidder_key(relocked(bidder_file(), bytes(32)), "密码 1")


def test_a_key_is_offered_by_whoever_holds_it() -> None:
    key = open_opener_key(opener_file(), "密码 1")
    statement = offer_key(key)
    assert check_offer(statement) == key.public
    with pytest.raises(IntegrityBroken):
        check_offer(statement | {"body": statement["body"] | {"tender": "tender-2"}})
    for malformed in (None, {}, {"body": 5}):
        with pytest.raises(BadInput):
            check_offer(malformed)

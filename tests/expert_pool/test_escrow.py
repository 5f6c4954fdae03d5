"""Shares of a draw's secrets: any two rebuild, one does not, and each lie names who told it."""

from itertools import combinations, permutations

import pytest

from crypto.draw_keys import draw_key_of
from expert_pool.draw import commitment
from expert_pool.escrow import (
    chain_value,
    check_receipt,
    deal_secret,
    dealing_digest,
    is_good,
    make_chain,
    open_dealt,
    read_dealing,
    restore,
    sign_dealing,
    sign_receipt,
)
from kernel.errors import BadInput, IntegrityBroken

NAMES = ("office", "witness", "supervisor")
KEYS = {name: draw_key_of(name, name[:1].encode() * 32, name[:1].encode() * 32) for name in NAMES}
PUBLICS = {name: key.public for name, key in KEYS.items()}
HASH, OTHER, SECRET = b"h" * 32, b"o" * 32, b"s" * 32
DEALT = deal_secret(HASH, "office", SECRET, PUBLICS)
SHARES = {one.index: open_dealt(KEYS[one.party], HASH, "office", one) or b"" for one in DEALT}
COMMITTED = commitment(HASH, "office", SECRET)


@pytest.mark.parametrize("pair", list(combinations(SHARES, 2)))
def test_any_two_shares_rebuild_the_committed_secret(pair: tuple[int, int]) -> None:
    given = {index: SHARES[index] for index in pair}
    assert restore(HASH, "office", COMMITTED, DEALT, given) == SECRET


def test_shares_of_another_secret_do_not_pass_for_the_committed_one() -> None:
    other = deal_secret(HASH, "office", b"x" * 32, PUBLICS)
    given = {
        one.index: open_dealt(KEYS[one.party], HASH, "office", one) or b"" for one in other if one.index < 3
    }
    assert restore(HASH, "office", COMMITTED, other, given) is None
    # Shares of the right secret under commitments of another dealing are no faithful dealing either.
    assert restore(HASH, "office", COMMITTED, other, {1: SHARES[1], 2: SHARES[2]}) is None


@pytest.mark.parametrize(("holder", "wanted"), list(permutations(range(3), 2)))
def test_a_share_opens_for_its_party_only(holder: int, wanted: int) -> None:
    assert open_dealt(KEYS[NAMES[holder]], HASH, "office", DEALT[wanted]) is None


@pytest.mark.parametrize("bad", [b"", bytes(64), SHARES[2], SHARES[1][:-1]])
def test_a_share_that_is_not_the_committed_one_is_known(bad: bytes) -> None:
    assert not is_good(HASH, "office", DEALT[0], bad)
    assert is_good(HASH, "office", DEALT[0], SHARES[1])


def test_a_dealing_is_read_for_its_draw_and_dealer_only() -> None:
    statement = sign_dealing(KEYS["office"], HASH, "office", DEALT)
    assert read_dealing(statement, HASH, "office", PUBLICS) == DEALT
    with pytest.raises(BadInput, match="another draw"):
        read_dealing(statement, OTHER, "office", PUBLICS)
    with pytest.raises(IntegrityBroken):
        read_dealing(statement, HASH, "witness", PUBLICS)
    with pytest.raises(BadInput, match="exactly one share"):
        short = sign_dealing(KEYS["office"], HASH, "office", DEALT[:2])
        read_dealing(short, HASH, "office", PUBLICS)


def test_a_receipt_is_for_exactly_the_dealings_in_force() -> None:
    digests = {"office": dealing_digest({"a": 1})}
    receipt = sign_receipt(KEYS["witness"], HASH, "witness", digests)
    check_receipt(receipt, HASH, "witness", PUBLICS["witness"], digests)
    with pytest.raises(BadInput, match="other dealings"):
        check_receipt(receipt, HASH, "witness", PUBLICS["witness"], {"office": dealing_digest({"a": 2})})
    with pytest.raises(IntegrityBroken):
        check_receipt(receipt, HASH, "witness", PUBLICS["office"], digests)


def test_each_value_of_a_chain_is_the_hash_of_the_next() -> None:
    values = make_chain(b"r" * 32, 4)
    assert len(values) == 5
    assert [chain_value(later) for later in values[1:]] == list(values[:-1])

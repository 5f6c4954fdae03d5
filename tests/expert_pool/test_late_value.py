"""Real rounds of the chain quicknet (as api.drand.sh gives them), and what must not pass for one."""

from datetime import UTC, datetime, timedelta

import pytest

from expert_pool.drand import QUICKNET_GENESIS, QUICKNET_KEY, check_round, first_round_after, round_time
from expert_pool.late_value import DrandRule, TypedRule, is_too_late_for, late_rule_of, late_value
from kernel.errors import BadInput, IntegrityBroken

KEY = bytes.fromhex(QUICKNET_KEY)
ROUND_1000 = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
)
RANDOMNESS_1000 = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"


def test_a_real_round_gives_its_published_randomness() -> None:
    assert check_round(KEY, 1000, bytes.fromhex(ROUND_1000)).hex() == RANDOMNESS_1000
    assert late_value(DrandRule(QUICKNET_KEY, 1000), ROUND_1000).hex() == RANDOMNESS_1000


@pytest.mark.parametrize(
    "signature",
    ["00" * 48, "c0" + "00" * 47, ROUND_1000[:-2], ROUND_1000 + "00", f"{ROUND_1000[:-1]}8"],
    ids=["no point", "infinity", "short", "long", "one bit"],
)
def test_what_is_no_signature_is_refused(signature: str) -> None:
    with pytest.raises(IntegrityBroken):
        check_round(KEY, 1000, bytes.fromhex(signature))


def test_the_signature_of_another_round_is_refused() -> None:
    with pytest.raises(IntegrityBroken, match="not that of round 1001"):
        check_round(KEY, 1001, bytes.fromhex(ROUND_1000))
    with pytest.raises(IntegrityBroken, match="round 1000"):
        late_value(DrandRule(QUICKNET_KEY, 1000), "xyz")


def test_a_typed_value_is_its_text() -> None:
    assert late_value(TypedRule("the lottery"), " 0412233\n") == b"0412233"


SECOND = timedelta(seconds=1)


def test_a_round_has_its_moment() -> None:
    assert round_time(1) == QUICKNET_GENESIS
    assert round_time(1000) == datetime(2023, 8, 23, 15, 59, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "first"), [(-SECOND, 1000), (0 * SECOND, 1001), (SECOND, 1001), (-3 * SECOND, 1000)]
)
def test_the_first_round_after_a_moment_is_later_than_it(after: timedelta, first: int) -> None:
    moment = round_time(1000) + after
    assert first_round_after(moment) == first
    assert round_time(first) > moment


def test_before_the_chain_began_its_first_round_is_the_first() -> None:
    assert first_round_after(QUICKNET_GENESIS - timedelta(days=9)) == 1


@pytest.mark.parametrize(("ends", "is_allowed"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)])
def test_a_round_must_come_after_the_last_window(ends: timedelta, is_allowed: bool) -> None:
    last = round_time(1000) + ends
    assert is_too_late_for(DrandRule(QUICKNET_KEY, 1000), last) is not is_allowed
    if is_allowed:
        assert late_rule_of(1000, last) == DrandRule(QUICKNET_KEY, 1000)
    else:
        with pytest.raises(BadInput, match="the first round allowed is 1001"):
            late_rule_of(1000, last)


def test_no_round_is_no_rule_and_a_round_beyond_all_calendars_is_refused() -> None:
    assert late_rule_of(0, round_time(5)) is None
    assert not is_too_late_for(None, round_time(5))
    for round in (-1, 10**10 + 1):
        with pytest.raises(BadInput, match="late_round"):
            late_rule_of(round, round_time(5))

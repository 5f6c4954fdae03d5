"""Real rounds of the chain quicknet (as api.drand.sh gives them), and what must not pass for one."""

import pytest

from expert_pool.drand import QUICKNET_KEY, check_round
from expert_pool.late_value import DrandRule, TypedRule, late_value
from kernel.errors import IntegrityBroken

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

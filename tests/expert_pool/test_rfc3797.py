import pytest

from expert_pool.rfc3797 import MOST, key_of, select
from kernel.errors import BadInput

KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"


def test_the_worked_example_of_section_6_comes_out() -> None:
    assert key_of([[9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45]]) == KEY
    assert select(KEY, 25, 11) == [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22]


def test_selecting_all_gives_everybody_once() -> None:
    assert sorted(select(KEY, 25, 25)) == list(range(1, 26))


@pytest.mark.parametrize(
    ("key", "pool", "count"), [("", 5, 1), ("é", 5, 1), (KEY, 5, 6), (KEY, 5, 0), (KEY, MOST + 1, 1)]
)
def test_what_the_rfc_cannot_answer_is_refused(key: str, pool: int, count: int) -> None:
    with pytest.raises(BadInput):
        select(key, pool, count)

"""Further rounds: who can still be drawn, and forged rounds, whole in themselves, that both programs refuse."""

import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from expert_pool.draw import DrawGroup, DrawRequest, DrawTerms, PanelDraw, Round, Row, Seat, make_request
from expert_pool.rounds import (
    BESIDE,
    EARLIER,
    NO_SEAT,
    DrawnRound,
    check_rounds,
    later_groups,
    later_rows,
    misfits,
    number_of,
)
from expert_pool.transcript import check_transcript, read_request
from kernel.errors import IntegrityBroken
from tools.vectors.draw import CASES, ROUND_2, drawn, read_drawn, second_round, vector

PROGRAM = Path(__file__).parents[2] / "client" / "verify_draw.py"
FIRST, SECOND = vector("v3-round-1", CASES["v3-round-1"], 11), second_round()
FREE, TURN = "952a8176594410b8", "d26772a427f307bd"
"""The beginnings of two leaves: free in both rounds, in reserve in the first."""


def load() -> Any:
    spec = importlib.util.spec_from_file_location("verify_draw", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, *records: Any) -> int:
    """The exit code of the stand-alone program."""
    paths = []
    for place, record in enumerate(records):
        paths.append(folder / f"{place}.json")
        paths[-1].write_text(json.dumps(record))
    return load().main(list(map(str, paths)))  # type: ignore[no-any-return]


def request() -> DrawRequest:
    return read_drawn(SECOND).request


def changed(rows: Callable[[Row], Row] = lambda row: row, **round: Any) -> DrawRequest:
    """The second request, drawn up anew with another table or another round."""
    kept = request()
    assert kept.terms is not None
    assert kept.terms.round is not None
    terms = replace(kept.terms, round=replace(kept.terms.round, **round))
    table = [rows(row) for row in kept.rows]
    return make_request("forged", 12, "tender-1", kept.groups, kept.parties, table, terms)


def with_row(leaf: str, row: Row) -> Callable[[Row], Row]:
    return lambda one: replace(row, leaf=one.leaf) if one.leaf.startswith(leaf) else one


def test_who_can_be_drawn_again_is_what_the_first_round_leaves() -> None:
    codes = {row.leaf[:16]: row.excluded for row in request().rows}
    assert codes[TURN] == EARLIER
    assert codes[FREE] is None
    assert sorted(filter(None, codes.values())).count(EARLIER) == 7
    assert {BESIDE, NO_SEAT, "specialty"} <= set(codes.values())
    assert [number_of(one.request) for one in (read_drawn(FIRST), read_drawn(SECOND))] == [1, 2]


def test_both_programs_accept_the_rounds_in_order_only(tmp_path: Path) -> None:
    check_transcript(FIRST["record"])
    check_transcript(SECOND["record"])
    check_rounds([read_drawn(FIRST), read_drawn(SECOND)])
    assert run(tmp_path, FIRST["record"], SECOND["record"]) == 0
    assert run(tmp_path, FIRST["record"]) == 0
    for wrong in ([SECOND], [SECOND, FIRST], [FIRST, SECOND, SECOND]):
        assert run(tmp_path, *(one["record"] for one in wrong)) == 1
        with pytest.raises(IntegrityBroken):
            check_rounds([read_drawn(one) for one in wrong])


FORGED: dict[str, Callable[[], DrawRequest]] = {
    "round number": lambda: changed(number=3),
    "predecessor": lambda: changed(continues="0" * 64),
    "too many seats": lambda: changed(seats=("seat-3", "seat-4")),
    "a member of before": lambda: changed(with_row(TURN, Row("", 1, None, ("4ae81572f06e1b88",)))),
    "somebody new": lambda: changed(lambda row: replace(row, leaf=row.leaf.replace(FREE, "0" * 16))),
    "another code": lambda: changed(with_row(TURN, Row("", 0, "ban"))),
    "excluded without a reason": lambda: changed(with_row(FREE, Row("", 0, BESIDE))),
    "another employer": lambda: changed(with_row(FREE, Row("", 1, None, ("0" * 16,)))),
    "a relative made up": lambda: changed(with_row(FREE, Row("", 1, None, ("de5a6f78116eca62",), "0" * 16))),
    "another tender": lambda: replace(changed(), tender_id="tender-2"),
    "a lower number": lambda: replace(changed(), number=10),
    "no cap": lambda: no_cap(changed()),
}


def no_cap(kept: DrawRequest) -> DrawRequest:
    rows = [replace(row, employers=()) for row in kept.rows]
    assert kept.terms is not None
    terms = replace(kept.terms, caps=())
    return make_request("forged", 12, "tender-1", kept.groups, kept.parties, rows, terms)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_round_holds_by_itself_but_not_after_the_first(name: str, tmp_path: Path) -> None:
    forged = drawn("forged", FORGED[name](), CASES["v3-round-1"], ROUND_2)
    check_transcript(forged["record"])
    with pytest.raises(IntegrityBroken):
        check_rounds([read_drawn(FIRST), read_drawn(forged)])
    assert run(tmp_path, FIRST["record"], forged["record"]) == 1


def test_the_same_request_drawn_up_anew_holds(tmp_path: Path) -> None:
    again = drawn("again", changed(), CASES["v3-round-1"], ROUND_2)
    check_rounds([read_drawn(FIRST), read_drawn(again)])
    assert run(tmp_path, FIRST["record"], again["record"]) == 0


@pytest.mark.parametrize(
    ("continues", "number"), [(None, 2), ({"request": "0" * 64, "seats": ["seat-1"]}, 1), (None, 0)]
)
def test_only_a_later_round_continues_one(continues: Any, number: int) -> None:
    record: Any = json.loads(json.dumps(FIRST["record"]))
    record["request"].update(round=number, continues=continues)
    with pytest.raises(Exception, match="round"):
        read_request(record["request"], record["table"])


@pytest.mark.parametrize(("seated", "vacant", "free"), [(0, 2, 3), (1, 1, 3), (1, 2, 0), (2, 1, 0)], ids=str)
def test_colleagues_of_the_seated_are_out_where_the_cap_leaves_too_few_seats(
    seated: int, vacant: int, free: int
) -> None:
    rows = [Row(f"{n:064x}", 1, None, ("a" * 16,)) for n in range(5)]
    others = [Row(f"{n:064x}", 1, None, (f"{n:016x}",)) for n in range(5, 12)]
    terms = DrawTerms((2,), round=Round())
    first = make_request("d", 1, "t", [DrawGroup("a", 2, 0)], ["office"], rows + others, terms)
    members = tuple(Seat("a", row.leaf) for row in rows[:2])
    groups = later_groups(first, {"a": vacant})
    assert groups == (DrawGroup("a", vacant, 0),)
    round = DrawnRound(first, PanelDraw(members, {"a": ()}))
    later = later_rows([round], groups, {seat.leaf for seat in members[:seated]})
    codes = [row.excluded for row in later]
    assert (codes[:2], codes[2:5].count(None)) == ([EARLIER] * 2, free)
    assert codes[5:] == [None] * 7
    made = replace(first, rows=later, groups=groups)
    assert misfits([round], made) == []

"""The panel's facts replayed: what counted at the ranking, and every way in which the facts may not fit."""

from datetime import UTC, datetime
from typing import Any

import pytest

from client.panel_log import PanelLog
from crypto.log_entry import LoggedFact
from expert_pool.draw import PanelDraw, Seat
from expert_pool.reserves import employers_of
from kernel.errors import IntegrityBroken
from tools.vectors.draw import CASES, read_drawn, second_round, vector

DRAW = PanelDraw(
    tuple(Seat("roads", leaf) for leaf in ("a", "b", "c")), {"roads": ("d", "e"), "costs": ("f",)}
)
ELECTED = ("chair.elected", "t", {"seat": "seat-1", "round": 1, "votes": 2, "seats": 3})
REPLACED = {"seat": "seat-2", "replacement": "seat-4", "group": "roads", "leaf": "d", "absence": "x"}


def vote(seat: str, digest: str = "v") -> tuple[str, str, dict[str, Any]]:
    return ("compliance.voted", "lot", {"seat": seat, "votes": digest})


def sign(seat: str, digest: str = "s") -> tuple[str, str, dict[str, Any]]:
    return ("sheet.signed", "bid", {"seat": seat, "sheet": digest})


def reopen_sheet(seat: str, digest: str = "s") -> tuple[str, str, dict[str, Any]]:
    return ("sheet.reopened", "bid", {"seat": seat, "by": "seat-1", "reason": "r", "sheet": digest})


def reopen_votes(**kept: str) -> tuple[str, str, dict[str, Any]]:
    votes = {seat.replace("_", "-"): digest for seat, digest in kept.items()}
    return ("compliance.reopened", "lot", {"by": "supervisor", "reason": "r", "votes": votes})


RANKED = ("lot.ranked", "lot", {"case": "c", "ranking": "r"})
VOIDED = ("ranking.voided", "t", {"ranking": "r"})
ALL_VOTE = [vote(f"seat-{n}") for n in (1, 2, 3)]


def replay(*facts: tuple[str, str, dict[str, Any]]) -> PanelLog:
    log = PanelLog(DRAW)
    for kind, subject, data in facts:
        log.take(LoggedFact(kind, subject, "t", datetime(2026, 12, 3, tzinfo=UTC), data))
    return log


def test_what_stands_at_the_ranking_counts() -> None:
    log = replay(ELECTED, *ALL_VOTE, sign("seat-1"), RANKED, sign("seat-2"))
    work = log.counted["lot"]
    assert work.votes == {"seat-1": "v", "seat-2": "v", "seat-3": "v"}
    assert work.sheets == {("bid", "seat-1"): "s"}
    assert work.seats == {"seat-1", "seat-2", "seat-3"}


def test_a_sheet_signed_again_after_a_reopening_replaces_the_earlier_one() -> None:
    log = replay(ELECTED, sign("seat-1"), reopen_sheet("seat-1"), sign("seat-1", "new"), RANKED)
    assert log.counted["lot"].sheets == {("bid", "seat-1"): "new"}


def test_reopened_verdicts_count_only_once_handed_in_again() -> None:
    log = replay(ELECTED, vote("seat-1", "v"), reopen_votes(seat_1="v"), vote("seat-1", "w"), RANKED)
    assert log.counted["lot"].votes == {"seat-1": "w"}


def test_a_ranking_that_was_put_aside_is_forgotten() -> None:
    assert replay(ELECTED, *ALL_VOTE, RANKED, VOIDED).counted == {}
    again = ("lot.ranked", "lot", {"case": "d", "ranking": "q"})
    assert replay(ELECTED, *ALL_VOTE, RANKED, VOIDED, again).counted["lot"].ranked["ranking"] == "q"


ROUNDS = [read_drawn(vector("v3-round-1", CASES["v3-round-1"], 11)), read_drawn(second_round())]
USED_UP = {"seat": "seat-3", "group": "b", "passed_over": list(ROUNDS[0].result.reserves["b"])}
FURTHER = "draw-v3-round-2"
DRAWN_AGAIN = {
    "seat": "seat-3",
    "replacement": "seat-4",
    "group": "b",
    "leaf": ROUNDS[1].result.seats[0].leaf,
    "draw": FURTHER,
}
STORY: list[tuple[str, str, dict[str, Any]]] = [
    ("draw.requested", "draw-v3-round-1", {}),
    ("panel.drawn", "draw-v3-round-1", {}),
    ("panel.reserves-used-up", "t", USED_UP),
    ("draw.requested", "a round that was voided", {}),
    ("draw.requested", FURTHER, {}),
    ("panel.drawn", FURTHER, {}),
    ("seat.replaced", "t", DRAWN_AGAIN),
]


def replay_rounds(*facts: tuple[str, str, dict[str, Any]]) -> PanelLog:
    log = PanelLog(ROUNDS[0].result, employers_of(ROUNDS[0].request), ROUNDS)
    for kind, subject, data in facts:
        log.take(LoggedFact(kind, subject, "t", datetime(2026, 12, 3, tzinfo=UTC), data))
    return log


def test_a_further_round_fills_the_vacant_seat_and_its_reserves_follow() -> None:
    log = replay_rounds(*STORY)
    assert (log.seats, log.vacant) == ({"seat-1": "a", "seat-2": "a", "seat-4": "b"}, {})
    reserve = ROUNDS[1].result.reserves["b"][0]
    passed = list(ROUNDS[0].result.reserves["b"])
    left = {"seat": "seat-4", "replacement": "seat-5", "leaf": reserve, "passed_over": passed}
    assert replay_rounds(*STORY, ("seat.replaced", "t", left)).leaves["seat-5"] == reserve


@pytest.mark.parametrize(
    ("place", "fact", "said"),
    [
        (2, ("panel.reserves-used-up", "t", {**USED_UP, "passed_over": []}), "although a reserve was left"),
        (2, ("panel.reserves-used-up", "t", {**USED_UP, "group": "a"}), "although a reserve was left"),
        (2, ("panel.reserves-used-up", "t", {**USED_UP, "seat": "seat-9"}), "although a reserve was left"),
        (2, ELECTED, "other seats"),
        (3, ("panel.reserves-used-up", "t", {"seat": "seat-1", "group": "a"}), "table of a further round"),
        (5, ELECTED, "next reserve"),
        (6, ("seat.replaced", "t", {**DRAWN_AGAIN, "leaf": ROUNDS[0].result.seats[0].leaf}), "next reserve"),
        (6, ("seat.replaced", "t", {**DRAWN_AGAIN, "seat": "seat-2"}), "next reserve"),
    ],
)
def test_a_further_round_that_the_log_does_not_bear_is_found(
    place: int, fact: tuple[str, str, dict[str, Any]], said: str
) -> None:
    story = [*STORY[:place], fact, *STORY[place + 1 :]]
    with pytest.raises(IntegrityBroken, match=said):
        replay_rounds(*story)


def test_a_replaced_member_counts_no_more_and_the_reserve_does() -> None:
    seated = ("seat.replaced", "t", REPLACED)
    log = replay(ELECTED, *ALL_VOTE, sign("seat-2"), seated, vote("seat-4", "own"), RANKED)
    work = log.counted["lot"]
    assert work.seats == {"seat-1", "seat-3", "seat-4"}
    assert work.votes == {"seat-1": "v", "seat-3": "v", "seat-4": "own"}
    assert work.sheets == {}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([vote("seat-1")], "before the panel had a chair"),
        ([sign("seat-1")], "before the panel had a chair"),
        ([("chair.elected", "t", {"seat": "seat-1", "votes": 1})], "more than half"),
        ([("chair.elected", "t", {"seat": "seat-9", "votes": 3})], "more than half"),
        ([ELECTED, vote("seat-4")], "does not sit"),
        ([ELECTED, vote("seat-1"), vote("seat-1")], "voted twice"),
        ([ELECTED, sign("seat-1"), sign("seat-1")], "signed twice"),
        ([ELECTED, sign("seat-1"), reopen_sheet("seat-1", "other")], "not the one that stood"),
        ([ELECTED, reopen_sheet("seat-1")], "not the one that stood"),
        ([ELECTED, vote("seat-1"), reopen_votes(seat_1="other")], "not those that stood"),
        ([("seat.replaced", "t", {**REPLACED, "leaf": "e"})], "next reserve"),
        ([("seat.replaced", "t", {**REPLACED, "leaf": "f"})], "next reserve"),
        ([("seat.replaced", "t", {**REPLACED, "seat": "seat-7"})], "next reserve"),
        ([("seat.replaced", "t", {**REPLACED, "replacement": "seat-3"})], "next reserve"),
        ([ELECTED, ("seat.replaced", "t", REPLACED), vote("seat-2")], "does not sit"),
        ([ELECTED, ("seat.replaced", "t", {**REPLACED, "seat": "seat-1"}), vote("seat-3")], "had a chair"),
    ],
)
def test_facts_that_break_a_rule_are_found(facts: list[tuple[str, str, dict[str, Any]]], said: str) -> None:
    with pytest.raises(IntegrityBroken, match=said):
        replay(*facts)

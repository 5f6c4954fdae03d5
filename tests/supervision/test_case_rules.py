"""Each rule of supervision about cases: just before, at, just after; once for each breach; run thrice, the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from approval.lifecycle import State
from kernel.working_days import national_calendar
from supervision.alerts import Against, Alert
from supervision.rules import RULES, case_alerts, next_check
from supervision.snapshot import (
    AttemptFact,
    CaseSnapshot,
    EventFact,
    FeeFact,
    HopFact,
    PledgeFact,
    StopFact,
    TaskFact,
)
from supervision.words import RULES as RULE_WORDS
from supervision.words import clause

CALENDAR = national_calendar()
RUNNING = CaseSnapshot(
    id="c",
    number="C-1",
    state=State.REVIEWING,
    mode="promised",
    against=Against("dep", "city", "win", "per"),
    sequence=2,
    accepted_on=date(2026, 9, 18),
    received_on=date(2026, 9, 18),
    answer_due=date(2026, 9, 25),
    promise_due=date(2026, 9, 29),
    statutory_due=date(2026, 10, 22),
)


def at(day: str, hour: int = 1) -> datetime:
    """Nine o'clock in Beijing unless another hour (UTC) is named."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def found(case: CaseSnapshot, day: str) -> set[tuple[str, str]]:
    return {(alert.rule, alert.severity) for alert in case_alerts(case, at(day), CALENDAR)}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-09-27", set()),
        ("2026-09-28", {("R1", "hint")}),
        ("2026-09-29", {("R1", "hint")}),
        ("2026-09-30", {("R3", "yellow")}),
        ("2026-10-22", {("R3", "yellow")}),
        ("2026-10-23", {("R4", "red")}),
    ],
)
def test_cards_follow_the_promise_then_the_statute(day: str, expected: set[tuple[str, str]]) -> None:
    # accepted 2026-09-18 with 7 and 20 working days: hint 09-28, yellow 09-30, red 10-23
    assert found(RUNNING, day) == expected


def test_a_stopped_or_provisional_case_gets_no_card_for_time() -> None:
    stopped = replace(RUNNING, is_stopped=True, promise_due=None, statutory_due=None)
    assert found(stopped, "2026-12-01") == set()
    assert found(replace(RUNNING, is_provisional=True), "2026-12-01") == set()


@pytest.mark.parametrize(
    ("decided", "rule"), [("2026-09-29", None), ("2026-09-30", "R3"), ("2026-10-23", "R4")]
)
def test_a_decision_is_held_against_the_limits_whenever_one_looks(decided: str, rule: str | None) -> None:
    case = replace(RUNNING, state=State.DONE, decided_on=date.fromisoformat(decided))
    assert found(case, "2026-12-30") == ({(rule, "red" if rule == "R4" else "yellow")} if rule else set())


@pytest.mark.parametrize(
    ("day", "is_late"), [("2026-09-22", False), ("2026-09-23", False), ("2026-09-24", True)]
)
def test_a_step_late_inside_the_promise_is_yellow(day: str, is_late: bool) -> None:
    case = replace(RUNNING, step=1, step_due=date(2026, 9, 23))
    assert (("R2", "yellow") in found(case, day)) is is_late


@pytest.mark.parametrize(
    ("day", "is_red"), [("2026-09-24", False), ("2026-09-25", False), ("2026-09-28", True)]
)
def test_an_unanswered_application_is_red_on_the_sixth_day(day: str, is_red: bool) -> None:
    case = replace(RUNNING, state=State.RECEIVED, accepted_on=None, promise_due=None, statutory_due=None)
    assert (("R9", "red") in found(case, day)) is is_red


def test_deeming_it_accepted_makes_no_second_card() -> None:
    waiting = replace(RUNNING, state=State.RECEIVED, accepted_on=None, promise_due=None)
    before = [a.key for a in case_alerts(waiting, at("2026-09-28"), CALENDAR) if a.rule == "R9"]
    deemed = replace(RUNNING, is_deemed=True)
    assert [a.key for a in case_alerts(deemed, at("2026-09-28"), CALENDAR) if a.rule == "R9"] == before


def event(sequence: int, action: str, before: str, after: str, **more: Any) -> EventFact:
    values: dict[str, Any] = {"at": at("2026-09-21"), "happened_on": date(2026, 9, 21), "data": {}, **more}
    return EventFact(
        sequence, values["at"], values["happened_on"], action, "p", before, after, values["data"]
    )


def r6(**changes: Any) -> list[Any]:
    alerts = case_alerts(replace(RUNNING, **changes), at("2026-09-21"), CALENDAR)
    return [(a.severity, a.facts["why"]) for a in alerts if a.rule == "R6"]


def test_an_acceptance_after_the_end_is_outside_the_loop() -> None:
    assert r6(state=State.DONE, done_on=date(2026, 9, 17)) == [("red", "accepted_after_end")]
    assert r6(state=State.DONE, done_on=date(2026, 9, 18)) == []


@pytest.mark.parametrize(
    ("entered", "late"), [("2026-09-18", False), ("2026-09-20", False), ("2026-09-21", True)]
)
def test_an_act_entered_more_than_a_working_day_later_is_found(entered: str, late: bool) -> None:
    # Friday 18 September, then Sunday 20, a make-up day, then Monday
    accept = event(1, "accept", "received", "reviewing", at=at(entered), happened_on=date(2026, 9, 18))
    assert r6(events=(accept,)) == ([("yellow", "entered_late")] if late else [])
    grant = event(2, "grant", "reviewing", "granted", at=at(entered), happened_on=date(2026, 9, 18))
    assert (("red", "entered_late") in r6(events=(accept, grant))) is late


def test_an_offline_decision_a_skipped_step_and_a_twin_are_found() -> None:
    accept = event(1, "accept", "received", "reviewing")
    offline = event(2, "grant", "reviewing", "granted", data={"offline": True})
    assert r6(events=(accept, offline)) == [("red", "offline")]
    assert r6(events=(event(1, "grant", "deciding", "granted"),)) == [("red", "step_skipped")]
    assert r6(events=(accept, event(2, "grant", "deciding", "granted"))) == [("red", "step_skipped")]
    assert r6(twins=("C-0",)) == [("yellow", "accepted_twice")]


def test_a_second_notice_for_an_old_gap_is_yellow() -> None:
    first = event(1, "tell_missing", "received", "correcting", data={"codes": ["a"], "old": []})
    second = event(2, "tell_missing", "correcting", "correcting", data={"codes": ["a"], "old": ["a"]})
    assert ("R7", "yellow") not in found(replace(RUNNING, events=(first,)), "2026-09-21")
    assert ("R7", "yellow") in found(replace(RUNNING, events=(first, second)), "2026-09-21")


@pytest.mark.parametrize("action", ["not_accept", "refuse", "end"])
def test_a_refusal_needs_a_condition_or_a_reason(action: str) -> None:
    accept = event(1, "accept", "received", "deciding")
    for data, is_found in (
        ({}, True),
        ({"reason": " "}, True),
        ({"reason": "no"}, False),
        ({"conditions": ["c"]}, False),
    ):
        case = replace(RUNNING, events=(accept, event(2, action, "deciding", "refused", data=data)))
        assert (("R8", "yellow") in found(case, "2026-09-21")) is is_found


@pytest.mark.parametrize(
    ("day", "is_long"),
    [("2026-09-23", False), ("2026-09-24", False), ("2026-09-25", False), ("2026-09-28", True)],
)
def test_a_stop_longer_than_announced_is_yellow(day: str, is_long: bool) -> None:
    # from the 22nd, three working days: the 23rd, the 24th, the holiday does not count, the 28th is the fourth
    stop = StopFact("s", "inspection", 3, date(2026, 9, 22), None)
    case = replace(RUNNING, is_stopped=True, promise_due=None, statutory_due=None, stops=(stop,))
    used = CALENDAR.between(date(2026, 9, 22), date.fromisoformat(day))
    assert (("R10", "yellow") in found(case, day)) is (used > 3)


def test_an_unlawful_kind_of_stop_is_yellow() -> None:
    stop = StopFact("s", "lunch", 3, date(2026, 9, 21), date(2026, 9, 22))
    assert ("R10", "yellow") in found(replace(RUNNING, stops=(stop,)), "2026-09-21")


def task(kind: str, due: str | None, **more: Any) -> TaskFact:
    due_on = date.fromisoformat(due) if due else None
    values: dict[str, Any] = {"taken_at": at("2026-09-18"), "done_on": None, **more}
    return TaskFact("t", kind, "dep", None, at("2026-09-18"), due_on, values["taken_at"], values["done_on"])


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("default_paper", ("R14", "red")), ("bad_rating", ("R12", "yellow")), ("call_back", None)],
)
def test_a_task_left_undone_makes_its_card_the_day_after(kind: str, rule: tuple[str, str] | None) -> None:
    for day, is_late in (("2026-09-20", False), ("2026-09-21", False), ("2026-09-22", True)):
        case = replace(RUNNING, tasks=(task(kind, "2026-09-21"),))
        assert found(case, day) == ({rule} if rule and is_late else set())
    done = task(kind, "2026-09-21", done_on=date(2026, 9, 21))
    assert found(replace(RUNNING, tasks=(done,)), "2026-09-22") == set()


def test_a_task_nobody_takes_in_two_hours_is_a_hint() -> None:
    open_task = task("copy_out", None, taken_at=None)
    case = replace(RUNNING, tasks=(open_task,))
    for after, is_found in ((timedelta(hours=2), False), (timedelta(hours=2, seconds=1), True)):
        alerts = case_alerts(case, open_task.made_at + after, CALENDAR)
        assert ([a.rule for a in alerts] == ["R11"]) is is_found


def test_fees_extensions_pledges_and_receipts_have_their_cards() -> None:
    fee = FeeFact("f", "x", 100, "unlisted", "p")
    late = AttemptFact("a", "extend", "extension before expiry", "p")
    other = AttemptFact("b", "stop", "lawful stop", "p")
    assert found(replace(RUNNING, fees=(fee,)), "2026-09-21") == {("R5", "red")}
    assert found(replace(RUNNING, attempts=(late, other)), "2026-09-21") == {("R13", "red")}
    pledge = PledgeFact("p", "pledge", date(2026, 9, 18), False)
    assert found(replace(RUNNING, pledges=(pledge,)), "2026-09-18") == set()
    assert found(replace(RUNNING, pledges=(pledge,)), "2026-09-21") == {("R15", "yellow")}
    hop = HopFact("h", date(2026, 9, 18), "county")
    assert found(replace(RUNNING, hops=(hop,)), "2026-09-20") == set()
    assert found(replace(RUNNING, hops=(hop,)), "2026-09-21") == {("R16", "hint")}


def test_three_runs_find_the_same() -> None:
    case = replace(RUNNING, fees=(FeeFact("f", "x", 1, "unlisted", "p"),), twins=("C-0",))
    runs: list[list[Alert]] = [case_alerts(case, at("2026-09-30"), CALENDAR) for _ in range(3)]
    assert runs[0] == runs[1] == runs[2]
    assert len({alert.key for alert in runs[0]}) == len(runs[0])


def test_the_next_look_is_when_time_alone_changes_something() -> None:
    days = []
    now = at("2026-09-18")
    case = replace(RUNNING, step_due=date(2026, 9, 23))
    while (then := next_check(case, now, CALENDAR)) is not None:
        days.append(then.astimezone().date() if then.tzinfo is None else (then + timedelta(hours=8)).date())
        now = then
    assert [str(day) for day in days] == ["2026-09-24", "2026-09-28", "2026-09-30", "2026-10-23"]
    assert next_check(replace(RUNNING, state=State.DONE), at("2026-09-18"), CALENDAR) is None


def test_no_look_misses_a_card() -> None:
    case = replace(RUNNING, step_due=date(2026, 9, 23))
    seen, looked = set(), set()
    now: datetime | None = at("2026-09-18")
    while now is not None:
        looked |= {alert.key for alert in case_alerts(case, now, CALENDAR)}
        now = next_check(case, now, CALENDAR)
    for number in range(60):
        seen |= {a.key for a in case_alerts(case, at("2026-09-18") + timedelta(days=number), CALENDAR)}
    assert looked == seen


def test_every_rule_names_its_clause() -> None:
    assert all(row.clause for row in RULES.values())
    assert clause(RULES["R9"].clause) == {
        "zh": "行政许可法第32(4)条",
        "en": "Administrative Licensing Law art. 32(4)",
    }
    assert not [row.clause for row in RULES.values() if clause(row.clause)["zh"] == row.clause]
    assert set(RULE_WORDS) == set(RULES)
    assert {row.family for row in RULES.values()} == {"procedure", "fee", "time"}

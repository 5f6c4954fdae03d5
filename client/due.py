"""Count a limit in working days on this machine, and say day by day why the date is what it is."""

import os
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.table import Table

from client.console import OUT, plain_errors, say
from kernel.working_days import DayKind, DueDate, ExplainedDay, national_calendar
from kernel.written_days import read_day, read_stop, write_due

CHINESE: dict[str, str] = {
    "Due": "到期日",
    "provisional": "暂定",
    "The clock stands: no due date.": "停表中，暂无到期日。",
    "working days used": "已用工作日",
    "remaining": "剩余",
    "Date": "日期",
    "Day": "第几日",
    "Why": "原因",
    DayKind.START: "起算日，不计",
    DayKind.WORKING: "工作日",
    DayKind.MAKE_UP: "调休上班",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "放假",
    DayKind.EXPECTED: "法定节日（通知未发布）",
    DayKind.STOPPED: "停表，不计",
}
ENGLISH: dict[str, str] = {
    DayKind.START: "day of the event, not counted",
    DayKind.WORKING: "working day",
    DayKind.MAKE_UP: "make-up day, works",
    DayKind.EXPECTED: "holiday by law, notice not yet published",
    DayKind.STOPPED: "clock stopped, not counted",
}
WEEKDAYS = (
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
)


def due_command(
    start: Annotated[str, typer.Option(help="Day of the event, such as 2026-02-13")],
    days: Annotated[int, typer.Option(help="Limit in working days")],
    stop: Annotated[
        list[str] | None, typer.Option(help="A stop, FROM:TO, or FROM: while it is open; may be repeated")
    ] = None,
    extension: Annotated[int, typer.Option(help="Further working days by extension")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Tell when a limit in working days ends, and why; needs no server."""
    with plain_errors(as_json):
        begun, stops = read_day(start, "start"), [read_stop(text) for text in stop or ()]
        calendar = national_calendar()
        found = calendar.due(begun, days, stops, extension)
        explanation = calendar.explain(begun, days, stops, extension)
        if as_json:
            say(write_due(found, explanation), as_json=True)
        else:
            show(found, explanation)


def show(found: DueDate, explanation: Sequence[ExplainedDay]) -> None:
    """Print the date and every day of the count."""
    if found.day:
        OUT.print(f"[bold]{said('Due')}: {written(found.day)}[/]{provisional(found.provisional)}")
    else:
        OUT.print(f"[bold]{said('The clock stands: no due date.')}[/]{provisional(found.provisional)}")
        OUT.print(f"{said('working days used')}: {found.used} · {said('remaining')}: {found.remaining}")
    table = Table(said("Date"), said("Day"), said("Why"))
    for each in explanation:
        why = said(each.kind) + (f" · {each.notice}" if each.notice else "")
        table.add_row(written(each.day), str(each.number or ""), why + provisional(each.provisional))
    OUT.print(table)


def in_chinese() -> bool:
    """Whether the reader's terminal speaks Chinese."""
    return os.environ.get("LANG", "").startswith("zh")


def said(word: str) -> str:
    """A word in the reader's language."""
    return CHINESE[word] if in_chinese() else ENGLISH.get(word, word)


def written(day: date) -> str:
    """A date with its weekday."""
    return f"{day} {WEEKDAYS[in_chinese()][day.weekday()]}"


def provisional(is_provisional: bool) -> str:
    """The mark of a date that rests on no notice yet."""
    return f" ({said('provisional')})" if is_provisional else ""

"""Rule R11 about the desk itself: tickets that wait, tasks that nobody takes, posts where A and B are both away."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from kernel.working_days import Calendar, business_day
from supervision.alerts import Against, Alert, Severity, printed
from supervision.snapshot import CaseSnapshot, PostSnapshot, TicketSnapshot

TAKE_HOURS = 2  # in which a task is taken
HAS_DAYS = "call_back"  # a kind of task that has days, so nobody need take it at once
WAIT_MINUTES = 60  # that a ticket may wait

Found = Iterator[Alert]


def task_not_taken(case: CaseSnapshot, now: datetime) -> Found:
    """R11: a task that nobody has taken in two hours."""
    for task in case.tasks:
        is_open = task.taken_at is None and task.done_on is None and task.kind != HAS_DAYS
        if is_open and now > task.made_at + timedelta(hours=TAKE_HOURS):
            against = Against(task.department_id, case.against.site_code, None, task.person_id)
            facts = printed(why="task_not_taken", kind=task.kind)
            yield Alert("R11", Severity.HINT, "case", case.id, f"task:{task.id}", against, facts)


def both_absent(post: PostSnapshot, today: date, calendar: Calendar) -> Found:
    """R11: neither A nor B is there on a working day."""
    if post.holders and calendar.is_working(today) and set(post.holders) <= post.absent:
        facts = printed(why="both_absent", post=post.code)
        yield Alert("R11", Severity.HINT, "post", post.id, today.isoformat(), post.against, facts)


def ticket_waits(ticket: TicketSnapshot, now: datetime) -> Found:
    """R11: somebody has waited at the window for an hour."""
    if now > ticket.waiting_since + timedelta(minutes=WAIT_MINUTES):
        facts = printed(why="ticket_waits", day=business_day(ticket.waiting_since))
        yield Alert("R11", Severity.HINT, "ticket", ticket.id, "waiting", ticket.against, facts)

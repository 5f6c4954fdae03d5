"""The department: tasks with urged ones first, the cases at the steps that one holds today, meetings."""

from typing import Any

from litestar import Request, Response

from accounts.duties import Duty
from approval.lifecycle import State
from approval.queries import cases, organisation, work_lists
from kernel.working_days import business_day
from web.guards import adapters_of
from web.pages.render import actor_of, render
from web.routes import get

AT_STEPS = (State.RECEIVED, State.REVIEWING, State.EXAMINING, State.FORWARDED)


@get("/department")
def show_department(request: Request[Any, Any, Any]) -> Response[str]:
    """What the department's officer has to do today, by post."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.CASE_OFFICER)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        mine, others = work_lists.posts_today(session, actor, today)
        rows = work_lists.at_my_steps(session, actor, today, AT_STEPS)
        granted = cases.page(
            session,
            limit=100,
            after=None,
            department_id=actor.organisation_id,
            state=[State.GRANTED, State.REFUSED, State.CERTIFIED],
        )
        tasks = work_lists.tasks(session, actor.organisation_id)
        values: dict[str, Any] = {
            "held": sorted(mine),
            "held_by_others": sorted(others),
            "posts": organisation.posts(session, actor.organisation_id),
            "empty_posts": empty_posts(session, actor.organisation_id, today),
            "rows": rows,
            "steps": {row.id: step_of(session, row) for row in rows},
            "granted": granted,
            "titles": {
                row.version_id: cases.version(session, row.version_id).title for row in (*rows, *granted)
            },
            "tasks": tasks,
            "numbers": {t.case_id: cases.case(session, t.case_id).number for t in tasks if t.case_id},
            "meetings": [m for m in work_lists.meetings(session, actor) if m.closed_at is None],
            "today": today,
            "now": adapters.clock.now(),
        }
    return render(request, "department.html", **values)


def step_of(session: Any, case: Any) -> Any:
    """The step that a case waits in; None before it is accepted."""
    steps = cases.version(session, case.version_id).steps
    return steps[case.step] if case.accepted_on and case.step < len(steps) else None


def empty_posts(session: Any, department_id: str, today: Any) -> list[str]:
    """Posts whose A and B are both away today: nobody can act on their cases."""
    return [
        post.code
        for post in organisation.posts(session, department_id)
        if (post.a_person_id or post.b_person_id) and organisation.on_duty(session, post, today) is None
    ]


ROUTES = [show_department]

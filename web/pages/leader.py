"""The leader's desk, made for a phone: what waits for a signature, one case on one screen."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, FromQuery, URLEncodedBody

from accounts.duties import Duty
from approval.lifecycle import Act, State
from approval.queries import cases, work_lists
from kernel.errors import NotFound, TenderingError
from kernel.working_days import business_day
from web.cases import carry_out
from web.guards import adapters_of
from web.pages.act_forms import read_data
from web.pages.case_view import case_values, with_titles
from web.pages.cases import read_form_act
from web.pages.render import actor_of, refuse, render, see
from web.routes import get, post

SIGNED = (Act.GRANT, Act.PASS_STEP, Act.REFUSE, Act.SEND_BACK, Act.EXTEND)
"""What a leader signs, in the order of the page."""


@get("/decide")
def list_waiting(request: Request[Any, Any, Any], done: FromQuery[str] = "") -> Response[str]:
    """What waits for the leader's decision or examination; then what runs out, for an extension."""
    adapters, actor = adapters_of(request), actor_of(request, Duty.LEADER)
    today = business_day(adapters.clock.now())
    with adapters.database.reading() as session:
        due = work_lists.due_soon(session, [actor.organisation_id])
        waiting = [row for row in due if row.state in (State.DECIDING, State.EXAMINING)]
        others = [row for row in due if row.state not in (State.DECIDING, State.EXAMINING)]
        titles = {row.version_id: cases.version(session, row.version_id).title for row in due}
        meetings = [m for m in work_lists.meetings(session, actor) if m.closed_at is None]
    values: dict[str, Any] = {
        "waiting": waiting,
        "others": others,
        "titles": titles,
        "today": today,
        "meetings": meetings,
    }
    return render(request, "decide-list.html", done=done if done in list(Act) else "", **values)


@get("/decide/{case_id:str}")
def show_waiting(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[str]:
    """One case with what a decision needs, and nothing else."""
    return render(request, "decide-case.html", typed={}, open_act="", **leader_values(request, case_id))


def leader_values(request: Request[Any, Any, Any], case_id: str) -> dict[str, Any]:
    """The case with the acts that a leader signs, and what was said before."""
    values = case_values(request, actor_of(request, Duty.LEADER), case_id)
    offered = {act: (act, *rest) for act, *rest in values["acts"]}
    values["acts"] = [offered[act] for act in SIGNED if act in offered]
    values["said"] = [
        (event, event["data"].get("opinion") or event["data"].get("note") or event["data"].get("reason"))
        for event in values["detail"]["events"]
        if event["act"] in ("pass_step", "send_back", "grant", "refuse", "forward_reply")
    ]
    return values


@post("/decide/{case_id:str}/acts/{name:str}")
def sign(
    request: Request[Any, Any, Any],
    case_id: FromPath[str],
    name: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Sign: grant, refuse, pass, send back or extend."""
    actor, act = actor_of(request, Duty.LEADER), read_form_act(name)
    try:
        carry_out(adapters_of(request), actor, case_id, act, read_data(act, data))
    except NotFound:
        raise
    except TenderingError as error:
        values = leader_values(request, case_id)
        where = str(error.facts.get("where", ""))
        shown = with_titles(request, values["version"], error)
        offered = act in [each for each, *_ in values["acts"]]
        field = (f"{act}-{where}" if where.isidentifier() else f"{act}-form") if offered else ""
        return refuse(
            request, "decide-case.html", shown, field=field, typed={act: data}, open_act=act, **values
        )
    return see(f"/decide?done={act}")


ROUTES = [list_waiting, show_waiting, sign]

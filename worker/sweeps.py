"""Jobs of supervision: the sweep, and the bulletins of a month or quarter."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from accounts import queries as accounts
from approval.queries import organisation, settings
from approval.queries.calendar import calendar
from approval.settings import CENTRE
from crypto.canonical import canonical
from expert_pool.actions.calls import close_calls
from kernel.working_days import business_day
from storage import outbox
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from supervision.actions import bulletins, month_sums, sweep
from supervision.bulletin import bulletin_letter
from supervision.periods import read_period
from supervision.queries import bulletins as kept
from tender.actions.reminders import ask_for_reminders
from worker.apart import run_apart
from worker.jobs import Payload

CLEAR = "clear_drafts"
KEPT = timedelta(hours=1)  # of sweeps of drafts that are done
BULLETIN_LIMIT = 64 << 20  # bytes of one PDF


def sweep_all(session: Session, _: Adapters, payload: Payload, __: None, now: datetime) -> None:
    """Sweep once; while cases are left, ask for another sweep at once."""
    close_calls(session, now)
    ask_for_reminders(session, now)
    outbox.forget_done(session, CLEAR, now - KEPT)
    outbox.enqueue_once(session, CLEAR, {}, now=now)
    days = calendar(session)
    swept = sweep.sweep_cases(session, calendar=days, now=now)
    if swept.cases == sweep.CASES_AT_A_TIME:
        outbox.enqueue(session, "sweep", dict(payload), now=now)
        return
    sweep.sweep_tenders(session, calendar=days, now=now)
    sweep.sweep_desks(session, calendar=days, now=now)
    sweep.sweep_decoys(session, calendar=days, now=now)
    month_sums.sum_months(session, now=now)
    bulletins.ask_for_bulletins(session, calendar=days, now=now)


def write_bulletins(adapters: Adapters, payload: Payload, now: datetime) -> dict[str, bulletins.Made]:
    """Print the bulletins of a period into the object store, by department; "" is the centre."""
    period = read_period(str(payload["period"]))
    with adapters.database.transaction() as session:
        bulletins.keep_scores(session, period=period, now=now)
    with adapters.database.reading() as session:
        departments = [row.id for row in organisation.departments(session)]
        bodies = {d: kept.body(session, period, d) for d in ["", *departments]}
        names = accounts.organisation_names(session, set(departments))
        centre = settings.value(session, CENTRE)["name"]["zh"]
    made_on = business_day(now).isoformat()
    made: dict[str, bulletins.Made] = {}
    for department_id, body in bodies.items():
        digest = sha256(canonical(body)).hexdigest()
        url = f"{adapters.settings.public_url}/bulletins"
        letter = bulletin_letter(body, names=names, centre=centre, made_on=made_on, digest=digest, url=url)
        made[department_id] = body, _store(adapters, letter)
    return made


def keep_bulletins(
    session: Session, _: Adapters, payload: Payload, made: Mapping[str, bulletins.Made], now: datetime
) -> None:
    """Record the bulletins."""
    bulletins.keep_bulletins(session, period=str(payload["period"]), made=made, now=now)


def _store(adapters: Adapters, letter: dict[str, object]) -> StoredObject:
    body = run_apart("worker.letter_pdf", letter)
    return adapters.objects.put_once(iter([body]), expected=None, limit_bytes=BULLETIN_LIMIT)

"""What applicants and the public see of cases, projects and queues; no names, no ids of people."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from accounts import queries as accounts
from approval.item import OnlineMode
from approval.lifecycle import State
from approval.papers import gaps
from approval.parallel import ENDED
from approval.queries import cases, views
from approval.queries.organisation import halls
from approval.records.cases import (
    CaseEventRecord,
    CaseRecord,
    ProjectRecord,
    TicketRecord,
)
from approval.records.organisation import WindowRecord
from kernel.clock import BEIJING, write_time
from kernel.working_days import business_day

SLOT_HOURS = range(9, 17)  # Beijing
CHANGES_READ = 200  # newest events among which the wall screen looks for cases


def case_seen(session: Session, case: CaseRecord) -> dict[str, Any]:
    """A case for whoever holds its number and code."""
    stops = [s for s in cases.stops(session, case.id) if s.ended_on is None]
    told = _last(session, case.id, "tell_missing") if case.state == State.CORRECTING else None
    delivered = _last(session, case.id, "deliver")
    version = cases.version(session, case.version_id)
    seen = views.tracked(session, case)
    certified = _last(session, case.id, "certify")
    actual = {"decide": _iso(case.decided_on), "certify": _iso(certified.happened_on) if certified else None}
    return {
        **seen,
        "steps": [{**step, "done_on": step["done_on"] or actual.get(step["kind"])} for step in seen["steps"]],
        "kind": "case",
        "received_on": _iso(case.received_on),
        "answer_due": _iso(case.answer_due),
        "statutory_due": _iso(case.statutory_due),
        "department_name": accounts.organisation(session, case.department_id).name,
        "stop": {"kind": stops[0].kind, "from": _iso(stops[0].started_on), "days": stops[0].planned_days}
        if stops
        else None,
        "missing": told.data["codes"] if told else [],
        "missing_titles": [_title(version, code) for code in told.data["codes"]] if told else [],
        "remarks": told.data.get("remarks", {}) if told else {},
        "delivery": {"way": delivered.data.get("way"), "courier": delivered.data.get("courier_number")}
        if delivered
        else None,
        "helped": case.service_mode == "helped",
        "confirmed_at": case.facts.get("confirmed_at"),
        "visits": case.visits,
    }


def _title(version: Any, code: str) -> dict[str, str]:
    spec = version.material(code)
    return spec.title if spec else {"zh": code, "en": code}


def _last(session: Session, case_id: str, action: str) -> CaseEventRecord | None:
    rows = select(CaseEventRecord).where(CaseEventRecord.case_id == case_id, CaseEventRecord.action == action)
    return session.exec(rows.order_by(col(CaseEventRecord.sequence).desc()).limit(1)).first()


def project_seen(session: Session, project: ProjectRecord) -> dict[str, Any]:
    """A project for whoever holds its number and code: its children and for whom it waits."""
    rows = own_children(session, project.id)
    names = accounts.organisation_names(session, {row.department_id for row in rows})
    return {
        "kind": "project",
        "number": project.number,
        "title": project.title,
        "state": project.state,
        "started_on": _iso(project.started_on),
        "due": _iso(project.due),
        "children": [
            {
                **{name: value for name, value in views.summary(row).items() if name not in ("id",)},
                "title": cases.version(session, row.version_id).title,
                "department_name": names.get(row.department_id, ""),
                "waiting": State(row.state) not in ENDED,
            }
            for row in rows
        ],
    }


def own_children(session: Session, project_id: str) -> list[CaseRecord]:
    """The cases of a project by item."""
    rows = select(CaseRecord).where(CaseRecord.project_id == project_id).order_by(CaseRecord.item_code)
    return list(session.exec(rows))


def project_by_number(session: Session, number: str) -> ProjectRecord | None:
    """The project with this number."""
    return session.exec(select(ProjectRecord).where(ProjectRecord.number == number)).one_or_none()


def own_cases(session: Session, person_id: str, limit: int = 200) -> list[CaseRecord]:
    """The cases of an applicant outside projects: drafts first, then the newest."""
    rows = select(CaseRecord).where(
        CaseRecord.applicant_id == person_id, col(CaseRecord.project_id).is_(None)
    )
    ordered = rows.order_by(
        col(CaseRecord.received_at).is_not(None), col(CaseRecord.received_at).desc(), CaseRecord.number
    )
    return list(session.exec(ordered.limit(limit)))


def own_projects(session: Session, person_id: str) -> list[ProjectRecord]:
    """The projects of an applicant, newest first."""
    rows = select(ProjectRecord).where(ProjectRecord.applicant_id == person_id)
    return list(session.exec(rows.order_by(col(ProjectRecord.created_at).desc())))


def waiting_pre_checks(session: Session, department_id: str) -> list[CaseRecord]:
    """Drafts whose applicants asked a department for a pre-check that nobody has made yet."""
    rows = select(CaseRecord).where(
        CaseRecord.department_id == department_id,
        CaseRecord.state == State.DRAFT,
        CaseRecord.online_mode == OnlineMode.PRE_CHECKED,
    )
    found = session.exec(rows.order_by(CaseRecord.number))
    return [row for row in found if "pre_check_asked_at" in row.facts and "pre_checked" not in row.facts]


def papers_seen(session: Session, case: CaseRecord) -> list[dict[str, Any]]:
    """Each paper of a case's item: whether it is here, asked for, held by the government or told as missing."""
    version = cases.version(session, case.version_id)
    rows = {row.code: row for row in cases.materials(session, case.id)}
    lacking = gaps(version, {code: row.status for code, row in rows.items()}).all
    told = _last(session, case.id, "tell_missing") if case.state == State.CORRECTING else None
    codes, remarks = (told.data["codes"], told.data.get("remarks", {})) if told else ([], {})
    found = []
    for spec in version.materials:
        row = rows.get(spec.code)
        found.append(
            {
                "code": spec.code,
                "title": spec.title,
                "is_main": spec.is_main,
                "trust": spec.trust,
                "copies": spec.copies,
                "is_missing": spec.code in lacking,
                "is_told": spec.code in codes,
                "remark": remarks.get(spec.code, ""),
                "status": row.status if row else "",
                "name": row.name if row else "",
                "size": row.size if row and row.digest else 0,
                "has_file": bool(row and row.digest),
                "provided_at": write_time(row.provided_at) if row and row.provided_at else None,
            }
        )
    return found


def newest_changes(session: Session, limit: int) -> list[dict[str, Any]]:
    """The public cases that something happened to last, without anything that points to a person."""
    rows = session.exec(
        select(CaseEventRecord.case_id, CaseEventRecord.at)
        .order_by(col(CaseEventRecord.at).desc())
        .limit(CHANGES_READ)
    ).all()
    latest: dict[str, datetime] = {}
    for case_id, at in rows:
        latest.setdefault(case_id, at)
    found = session.exec(
        select(CaseRecord).where(
            col(CaseRecord.id).in_(list(latest)),
            col(CaseRecord.received_at).is_not(None),
            col(CaseRecord.is_public),
        )
    )
    ordered = sorted(found, key=lambda row: (latest[row.id], row.id), reverse=True)
    return [
        {
            "number": "…" + row.number[-4:],
            "title": cases.version(session, row.version_id).title,
            "state": row.state,
            "stopped": row.is_stopped,
            "due": _iso(row.promise_due),
            "at": write_time(latest[row.id]),
        }
        for row in ordered[:limit]
    ]


def called_today(session: Session, hall_code: str, day: date, limit: int) -> dict[str, Any]:
    """The queue of a hall: the numbers called last with their windows, and how many wait."""
    rows = session.exec(
        select(TicketRecord, WindowRecord.number)
        .join(WindowRecord, col(TicketRecord.window_id) == WindowRecord.id)
        .where(
            TicketRecord.hall_code == hall_code,
            TicketRecord.day == day,
            col(TicketRecord.called_at).is_not(None),
            TicketRecord.state == "called",
        )
        .order_by(col(TicketRecord.called_at).desc())
        .limit(limit)
    ).all()
    waiting = select(func.count()).where(
        TicketRecord.hall_code == hall_code, TicketRecord.day == day, TicketRecord.state == "waiting"
    )
    return {
        "called": [{"number": ticket.number, "window": window} for ticket, window in rows],
        "waiting": session.exec(waiting).one(),
    }


def screen(session: Session, *, hall: str, cases: int, called: int, now: datetime) -> dict[str, Any]:
    """What a wall screen shows of one hall, or of all."""
    wanted = [one for one in halls(session) if hall in ("", one.code)]
    day = business_day(now)
    return {
        "at": write_time(now),
        "cases": newest_changes(session, cases),
        "halls": [
            {"code": one.code, "name": one.name, **called_today(session, one.code, day, called)}
            for one in wanted
        ],
    }


def ahead_of(session: Session, ticket: TicketRecord) -> int:
    """How many wait before a ticket."""
    rows = select(func.count()).where(
        TicketRecord.hall_code == ticket.hall_code,
        TicketRecord.day == ticket.day,
        TicketRecord.state == "waiting",
        TicketRecord.taken_at < ticket.taken_at,
    )
    return session.exec(rows).one()


def slots(
    session: Session, hall_code: str, day: date, places: int, now: datetime
) -> list[tuple[datetime, int]]:
    """The half hours of a day that are still to come, each with its free places."""
    rows = session.exec(
        select(TicketRecord.slot, func.count())
        .where(
            TicketRecord.hall_code == hall_code,
            TicketRecord.day == day,
            col(TicketRecord.slot).is_not(None),
            TicketRecord.state != "missed",
        )
        .group_by(col(TicketRecord.slot))
    ).all()
    taken = dict(rows)
    begin = datetime(day.year, day.month, day.day, SLOT_HOURS.start, tzinfo=BEIJING)
    count = 2 * len(SLOT_HOURS)
    moments = [begin + timedelta(minutes=30 * n) for n in range(count)]
    return [(at, places - taken.get(at, 0)) for at in moments if at > now]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

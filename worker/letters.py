"""Jobs that write the papers of cases: read the facts of an event, render apart, keep the PDF once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from accounts import queries as accounts
from approval.actions import letters as kept_letters
from approval.actions import meetings, projects, reception
from approval.applicant import open_applicant
from approval.fees import yuan
from approval.item import ItemVersion
from approval.letters import letter
from approval.queries import bills, cases
from approval.records.cases import CaseEventRecord, CaseRecord
from kernel.clock import BEIJING
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from worker.apart import render_letter_apart
from worker.jobs import Payload

LETTER_LIMIT = 64 << 20  # bytes of one letter


def write_letter(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the letter of one event."""
    with adapters.database.reading() as session:
        facts = event_facts(adapters, session, str(payload["case_id"]), int(str(payload["sequence"])))
    return _stored(adapters, letter(_kind(payload, facts), facts))


def keep_letter(session: Session, _: Adapters, payload: Payload, stored: StoredObject, now: datetime) -> None:
    """Record the letter, and the use of the seal where it carries one."""
    kept_letters.keep_letter(
        session,
        case_id=str(payload["case_id"]),
        sequence=int(str(payload["sequence"])),
        kind=str(payload["kind"]),
        stored=stored,
        now=now,
    )


def _kind(payload: Payload, facts: Mapping[str, Any]) -> str:
    kind = str(payload["kind"])
    return "tolerant_acceptance" if kind == "acceptance" and facts["committed"] else kind


def _stored(adapters: Adapters, content: Mapping[str, Any]) -> StoredObject:
    body = render_letter_apart(content)
    return adapters.objects.put_once(iter([body]), expected=None, limit_bytes=LETTER_LIMIT)


def event_facts(adapters: Adapters, session: Session, case_id: str, sequence: int) -> dict[str, Any]:
    """What a letter may say about one event of a case."""
    case = cases.case(session, case_id)
    version = cases.version(session, case.version_id)
    event = next(row for row in cases.events(session, case_id) if row.sequence == sequence)
    seal = cases.seal_in_force(session, case.department_id, event.happened_on)
    return {
        "number": case.number,
        "title": version.title,
        "applicant": open_applicant(adapters.keys.people, case.id, case.applicant).name
        if case.applicant
        else "–",
        "department": accounts.organisation(session, case.department_id).name,
        "made_on": event.happened_on.isoformat(),
        "event_hash": event.hash.hex(),
        "url": f"{adapters.settings.public_url}/track?number={case.number}",
        "seal": seal.name if seal else "",
        **_dates(case, version),
        **_said(version, event),
        "list": _listed(version, event),
    }


def _dates(case: CaseRecord, version: ItemVersion) -> dict[str, Any]:
    return {
        "accepted_on": _iso(case.accepted_on),
        "promised_days": version.promised_days if case.custom_days is None else case.custom_days,
        "statutory_days": version.statutory_days,
        "promise_due": _iso(case.promise_due),
        "statutory_due": _iso(case.statutory_due),
        "provisional": case.is_provisional,
        "is_deemed": case.is_deemed,
        "decided_on": _iso(case.decided_on),
        "outcome": case.outcome,
        "result": version.result,
        "valid": f"{version.result_valid_days} 天 / days"
        if version.result_valid_days
        else "长期 / without end",
    }


def _said(version: ItemVersion, event: CaseEventRecord) -> dict[str, Any]:
    data = event.data
    texts = {c.code: c.text.get("zh", c.code) for c in version.conditions}
    reasons = [
        data.get(k) for k in ("reason", "law", "minutes", "text", "error", "correction") if data.get(k)
    ]
    return {
        "reason": "；".join(str(reason) for reason in reasons) or "–",
        "conditions": "；".join(texts.get(code, code) for code in data.get("conditions", [])) or "–",
        "days": data.get("days") or data.get("planned_days") or 0,
        "before": data.get("before", ""),
        "stop_kind": data.get("kind", ""),
        "way": data.get("way") or data.get("delivery", "window"),
        "courier_number": data.get("courier_number", ""),
        "committed": bool(data.get("committed")),
    }


def _listed(version: ItemVersion, event: CaseEventRecord) -> list[tuple[str, str]]:
    codes = event.data.get("codes") or event.data.get("committed") or []
    remarks = event.data.get("remarks", {})
    found = []
    for code in codes:
        spec = version.material(code)
        title = spec.title if spec else {"zh": code, "en": code}
        remark = f"：{remarks[code]}" if remarks.get(code) else ""
        found.append((title.get("zh", code) + remark, title.get("en", code)))
    return found


def _iso(day: date | None) -> str:
    return day.isoformat() if day else "–"


def write_project_letter(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render a paper of a whole project: the merged one-time notice, the copies to the departments."""
    kind = str(payload["kind"])
    with adapters.database.reading() as session:
        project = projects.find_project(session, str(payload["project_id"]))
        rows = projects.child_records(session, project.id)
        papers = projects.missing_papers(session, project.id)
        names = accounts.organisation_names(session, {row.department_id for row in rows})
        lead = accounts.organisation(session, project.lead_department_id).name
    listed = (
        [(p.spec.title.get("zh", ""), p.spec.title.get("en", "")) for p in papers]
        if kind == "one_time_notice"
        else [(f"{names[row.department_id]}：{row.item_code}", row.item_code) for row in rows]
    )
    facts = {
        "number": project.number,
        "title": {"zh": project.title, "en": project.title},
        "applicant": open_applicant(adapters.keys.people, project.id, project.applicant).name,
        "department": lead,
        "made_on": business_day(now).isoformat(),
        "url": f"{adapters.settings.public_url}/track?number={project.number}",
        "seal": "",
        "list": listed,
    }
    return _stored(adapters, letter(kind, facts))


def write_bill(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render a bill with its lines."""
    with adapters.database.reading() as session:
        bill = bills.bill(session, str(payload["bill_id"]))
        paid = bills.payment(session, bill.id)
        case = cases.case(session, bill.lines[0]["case_id"])
        version = cases.version(session, case.version_id)
        department = accounts.organisation(session, case.department_id).name
    facts = {
        "number": case.number,
        "title": version.title,
        "applicant": open_applicant(adapters.keys.people, case.id, case.applicant).name,
        "department": department,
        "made_on": business_day(bill.issued_at).isoformat(),
        "url": f"{adapters.settings.public_url}/track?number={case.number}",
        "seal": "",
        "bill": bill.number,
        "total": yuan(bill.total_fen),
        "paid_at": paid.paid_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if paid else "未缴 / not paid",
        "list": [
            (
                f"{line['title'].get('zh', '')} {line['units']} × ¥{yuan(line['unit_fen'])}/{line['unit']} = "
                f"¥{yuan(line['amount_fen'])}（{line['basis']}）",
                line["title"].get("en", ""),
            )
            for line in bill.lines
        ],
    }
    return _stored(adapters, letter("bill", facts))


def write_minutes(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the minutes of a joint review with each department's opinion."""
    with adapters.database.reading() as session:
        meeting = meetings.find_meeting(session, str(payload["meeting_id"]))
        numbers = {case_id: cases.case(session, case_id).number for case_id in meeting.case_ids}
        names = accounts.organisation_names(session, set(meeting.called))
        chair = accounts.person_names(session, {meeting.chair_id})[meeting.chair_id]
    listed = []
    for department, spoken in meeting.opinions.items():
        for case_id, opinion in spoken.items():
            what = "缺席" if case_id == "absent" else f"{numbers.get(case_id, case_id)}：{opinion}"
            listed.append((f"{names.get(department, department)}　{what}", ""))
    facts = {
        "number": "、".join(numbers.values()),
        "title": {"zh": "会审", "en": "Joint review"},
        "applicant": "–",
        "department": "政务服务中心",
        "made_on": meeting.held_on.isoformat(),
        "url": adapters.settings.public_url,
        "seal": "",
        "list": listed,
        "rows": [("主持人", "Chair", chair), ("纪要", "Minutes", meeting.minutes)],
    }
    return _stored(adapters, letter("minutes", facts))


def write_explanation(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the written explanation that ends a first contact."""
    with adapters.database.reading() as session:
        contact = reception.find_contact(session, str(payload["contact_id"]))
    facts = {
        "number": "–",
        "title": {"zh": contact.subject, "en": contact.subject},
        "applicant": "–",
        "department": "政务服务中心",
        "made_on": business_day(now).isoformat(),
        "url": adapters.settings.public_url,
        "seal": "",
        "rows": [("说明", "Explanation", contact.explanation)],
    }
    return _stored(adapters, letter("explanation", facts))


def keep_paper(subject: str) -> Callable[[Session, Adapters, Payload, StoredObject, datetime], None]:
    """Record a paper that belongs to a project, a bill, a meeting or a contact."""

    def keep(session: Session, _: Adapters, payload: Payload, stored: StoredObject, now: datetime) -> None:
        kind = str(payload.get("kind", subject.removesuffix("_id")))
        kept_letters.keep_paper(session, owner_id=str(payload[subject]), kind=kind, stored=stored, now=now)

    return keep

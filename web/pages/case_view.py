"""What the pages of a case show to those who handle it or watch."""

from typing import Any

from litestar import Request

from accounts import queries as accounts
from accounts.duties import Actor, Duty
from approval.actions.act import LETTERS
from approval.actions.allowed import allowed_acts
from approval.applicant import open_applicant
from approval.item import ItemVersion
from approval.letters import TITLES
from approval.lifecycle import Act
from approval.limits import STOP_KINDS
from approval.papers import Gaps, gaps
from approval.queries import cases, organisation, views, work_lists
from approval.queries.calendar import calendar
from approval.records.cases import CaseRecord, ProjectRecord
from expert_pool.actions.reviews import may_ask
from expert_pool.queries.reviews import find_review
from kernel.errors import IncompletePapers, TenderingError
from kernel.working_days import business_day
from storage.adapters import Adapters
from storage.database import Session
from web.guards import adapters_of
from web.language import language_of
from web.pages.act_forms import FIELDS, ORDER
from web.pages.words import said

STAFF = (
    Duty.WINDOW_STAFF,
    Duty.CASE_OFFICER,
    Duty.LEADER,
    Duty.CASHIER,
    Duty.CENTRE_OFFICE,
    Duty.SUPERVISOR,
    Duty.AUDITOR,
)
"""Who has pages of cases: the staff who handle them and those who watch."""


def case_values(request: Request[Any, Any, Any], actor: Actor, case_id: str) -> dict[str, Any]:
    """The whole page of one case; raises NotFound for a case that is not theirs to see."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        case = views.case_for(session, actor, case_id)
        version = cases.version(session, case.version_id)
        detail = views.detail(session, case)
        days = calendar(session)
        allowed = allowed_acts(session, actor=actor, case=case, calendar=days, now=adapters.clock.now())
        made = {(letter["kind"], letter["sequence"]) for letter in detail["letters"]}
        values = {
            "case": case,
            "version": version,
            "detail": detail,
            "acts": [(act, FIELDS[act], *allowed[act]) for act in ORDER if act in allowed],
            "lacking": lacking_of(session, case, version),
            "statuses": {m.code: m for m in cases.materials(session, case.id)},
            "letters": expected_letters(detail["events"], made),
            "choices": choices_of(session, case, version),
            "department": accounts.organisation(session, case.department_id).name,
            "project": session.get(ProjectRecord, case.project_id) if case.project_id else None,
            "refusals": work_lists.refusals(session, case.id),
            "names": names_in(session, detail["events"]),
            "review": find_review(session, case.id),
            "may_ask_review": may_ask(session, actor, case, adapters.clock.now()),
        }
    values["applicant"] = applicant_of(adapters, actor, case)
    values["today"] = business_day(adapters.clock.now())
    values["stops_query"] = stops_query(detail["stops"])
    values["paper_options"] = paper_options(request, version)
    return values


def stops_query(stops: list[dict[str, Any]]) -> str:
    """The stops of a case as the calendar's calculator takes them; it has room for three."""
    pairs = enumerate(stops[:3], start=1)
    return "".join(f"&from_{n}={stop['from']}&to_{n}={stop['to'] or ''}" for n, stop in pairs)


def paper_options(request: Request[Any, Any, Any], version: ItemVersion) -> list[tuple[str, str]]:
    """The papers of an item to choose from."""
    language = language_of(request)
    return [(spec.code, said(spec.title, language=language)) for spec in version.materials]


def lacking_of(session: Session, case: CaseRecord, version: ItemVersion) -> Gaps:
    """The papers that a case lacks now."""
    statuses = {row.code: row.status for row in cases.materials(session, case.id)}
    return gaps(version, statuses, cases.committed_codes(session, case.id))


def applicant_of(adapters: Adapters, actor: Actor, case: CaseRecord) -> Any:
    """Who applied, for those who handle the case; None for others."""
    if not (case.applicant and views.knows_applicant(actor, case)):
        return None
    return open_applicant(adapters.keys.people, case.id, case.applicant)


def expected_letters(events: list[dict[str, Any]], made: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """The letter of every event that leads to one, and whether it is written yet."""
    found = []
    for event in events:
        kind = LETTERS.get(Act(event["act"]))
        if kind in TITLES:
            found.append({"kind": kind, "seq": event["seq"], "ready": (kind, event["seq"]) in made})
    return found


def choices_of(session: Session, case: CaseRecord, version: ItemVersion) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in the fields of acts, as (value, text); texts of codes are put in by the template."""
    staff = [
        person
        for person in accounts.people_with_duty(session, Duty.WINDOW_STAFF)
        if person.organisation_id == case.department_id
    ]
    return {
        "window": [(w.id, f"{w.number} {w.name}") for w in organisation.windows(session)],
        "person": [(person.id, person.name) for person in staff],
        "stop": [(kind, kind) for kind in STOP_KINDS],
        "way": [(way, way) for way in version.deliveries],
    }


def names_in(session: Session, events: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the staff who did the events."""
    return accounts.person_names(
        session, {event["actor"] for event in events if event["role"] != "applicant"}
    )


def with_titles(
    request: Request[Any, Any, Any], version: ItemVersion, error: TenderingError
) -> TenderingError:
    """The same refusal, with missing papers called by their titles."""
    if not isinstance(error, IncompletePapers):
        return error
    language = language_of(request)
    titles = {spec.code: said(spec.title, language=language) for spec in version.materials}
    named = [titles.get(code, code) for code in str(error.facts["missing"]).split(", ")]
    return IncompletePapers(missing=", ".join(named))

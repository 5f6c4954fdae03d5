"""The evaluation report and the form of its signatures: rendered outside any transaction, then recorded."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crypto.canonical import JsonValue, canonical
from evaluation.actions import report as actions
from evaluation.actions.appraisal import appraise_panel
from evaluation.queries import report_facts as queries
from evaluation.report.contents import make_report
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from worker.apart import render_apart
from worker.jobs import Payload

REPORT_LIMIT = 1 << 30  # bytes of one form


def write_report(adapters: Adapters, payload: Payload, now: datetime) -> dict[str, StoredObject]:
    """Write the evaluation report as JSON and as PDF in both languages into the object store."""
    tender_id = str(payload["tender_id"])
    with adapters.database.reading() as session:
        facts, lots = queries.report_facts(session, tender_id), queries.lot_results(session, tender_id)
    return _store(adapters, make_report(facts, lots), "json", "pdf")


def keep_report(
    session: Session, adapters: Adapters, payload: Payload, forms: dict[str, StoredObject], now: datetime
) -> None:
    """Record the forms of the report and open it for signature."""
    actions.keep_report(
        session,
        tender_id=str(payload["tender_id"]),
        ranking=str(payload["ranking"]),
        forms=forms,
        sign_within=timedelta(hours=adapters.settings.report_sign_hours),
        now=now,
    )


def write_signatures(adapters: Adapters, payload: Payload, now: datetime) -> dict[str, StoredObject] | None:
    """Write the form of signatures, where it is time for it."""
    with adapters.database.reading() as session:
        form = actions.form_to_make(
            session, tender_id=str(payload["tender_id"]), report=str(payload["report"]), now=now
        )
    return None if form is None else _store(adapters, form, "sign-json", "sign")


def keep_signatures(
    session: Session,
    adapters: Adapters,
    payload: Payload,
    forms: dict[str, StoredObject] | None,
    now: datetime,
) -> None:
    """Record the form of signatures."""
    if forms is not None:
        tender_id, report = str(payload["tender_id"]), str(payload["report"])
        actions.keep_signatures(session, tender_id=tender_id, report=report, forms=forms, now=now)
        appraise_panel(session, tender_id=tender_id, now=now)


def _store(
    adapters: Adapters, content: Mapping[str, JsonValue], json_form: str, pdf_form: str
) -> dict[str, StoredObject]:
    pages = {f"{pdf_form}-{language}": pdf for language, pdf in render_apart(content).items()}
    return {
        form: adapters.objects.put_once(iter([body]), expected=None, limit_bytes=REPORT_LIMIT)
        for form, body in {json_form: canonical(dict(content)), **pages}.items()
    }

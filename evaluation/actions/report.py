"""The report before its panel: kept, read, signed or dissented from, closed.

Each member signs the digest of the report's JSON. When all have decided, or the limit passed, a form with every
member's line is made; the report itself never changes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from accounts.actions.passkeys import check_step_up
from accounts.duties import Actor, Duty
from crypto.canonical import JsonValue
from evaluation.actions.ranking import rankings_digest
from evaluation.actions.reopen import MOST_WORDS
from evaluation.queries import judging
from evaluation.queries import report as queries
from evaluation.records.judging import ReportRecord
from evaluation.records.report import ReportSignatureRecord, ReportSigningRecord
from evaluation.report.signatures import check_decision, is_over, make_form
from evaluation.signed_work import words_digest
from expert_pool import queries as experts
from kernel.errors import BadInput, Refused
from storage import audit_log, outbox, published_heads
from storage.audit_log import Fact
from storage.objects import StoredObject
from tender import queries as tenders

JSON_FORM = "json"


def keep_report(
    session: Session,
    *,
    tender_id: str,
    ranking: str,
    forms: Mapping[str, StoredObject],
    sign_within: timedelta,
    now: datetime,
) -> None:
    """Record the report's forms, which lie in the object store, and open it for signature; once.

    A report on a ranking that was put aside meanwhile is dropped: the new ranking asks for its own.
    """
    tenders.tender(session, tender_id, lock=True)
    standing = {record.lot_id: record.digest for record in judging.rankings(session, tender_id)}
    if session.get(ReportRecord, (tender_id, JSON_FORM)) is not None or rankings_digest(standing) != ranking:
        return
    _keep_forms(session, "report.made", tender_id, forms, now)
    report = forms[JSON_FORM].digest.hex()
    if session.get(ReportSigningRecord, (tender_id, report)) is None:
        session.add(
            ReportSigningRecord(
                tender_id=tender_id, report=report, opened_at=now, sign_until=now + sign_within
            )
        )
    payload: dict[str, JsonValue] = {"tender_id": tender_id, "report": report}
    outbox.enqueue(session, "close_signatures", payload, now=now, due_at=now + sign_within)


def sign_report(
    session: Session, *, actor: Actor, tender_id: str, decision: str, text: str, now: datetime
) -> str:
    """Decide about the report, once: sign, dissent with reasons, or refuse; returns the digest that was signed.

    Raises:
        NotFound: the actor does not sit on the panel, or there is no report.
        BadInput: the words do not fit the decision.
        Refused: the member decided before, or the time is over.
    """
    actor.require(Duty.EXPERT)
    seat, words = experts.seat_of(session, tender_id, actor.person_id), text.strip()
    tenders.tender(session, tender_id, lock=True)
    signing = queries.signing(session, tender_id, lock=True)
    check_decision(decision, words)
    check_step_up(session, actor=actor, duty=Duty.EXPERT, now=now)
    if len(words) > MOST_WORDS:
        raise BadInput(where="text", why="at most 10000 characters are allowed")
    if signing.closed_at is not None or now >= signing.sign_until:
        raise Refused(rule="sign-in-time", why="the time to sign the report is over")
    signed = queries.signatures(session, tender_id, signing.report)
    if seat in signed:
        raise Refused(rule="sign-once", why="you have decided about this report already")
    session.add(
        ReportSignatureRecord(
            tender_id=tender_id,
            report=signing.report,
            seat=seat,
            decision=decision,
            text=words,
            person_id=actor.person_id,
            signed_at=now,
        )
    )
    session.flush()
    data: dict[str, JsonValue] = {
        "seat": seat,
        "decision": decision,
        "report": signing.report,
        "text": words_digest(words) if words else None,
    }
    audit_log.append(session, Fact("report.signed", tender_id, tender_id, data), now)
    if set(judging.seats(session, tender_id)) <= {*signed, seat}:
        payload: dict[str, JsonValue] = {"tender_id": tender_id, "report": signing.report}
        outbox.enqueue(session, "close_signatures", payload, now=now)
    return signing.report


def form_to_make(
    session: Session, *, tender_id: str, report: str, now: datetime
) -> dict[str, JsonValue] | None:
    """The form of signatures, once all have decided or the limit passed; None before, or when it was made."""
    signing = queries.find_signing(session, tender_id)
    if signing is None or signing.report != report or signing.closed_at is not None:
        return None
    signed = list(queries.signatures(session, tender_id, report))
    if not is_over(judging.seats(session, tender_id), signed, signing.sign_until, now):
        return None
    return make_form(queries.signing_value(session, signing))


def keep_signatures(
    session: Session, *, tender_id: str, report: str, forms: Mapping[str, StoredObject], now: datetime
) -> None:
    """Record the form of signatures in all its forms and close the signing; a repeated job changes nothing."""
    tenders.tender(session, tender_id, lock=True)
    signing = queries.find_signing(session, tender_id)
    if signing is None or signing.report != report or signing.closed_at is not None:
        return
    signing.closed_at = now
    session.add(signing)
    _keep_forms(session, "report.closed", tender_id, forms, now)


def _keep_forms(
    session: Session, kind: str, tender_id: str, forms: Mapping[str, StoredObject], now: datetime
) -> None:
    for form, stored in forms.items():
        row = ReportRecord(
            tender_id=tender_id, form=form, digest=stored.digest, size=stored.size, made_at=now
        )
        session.add(row)
    data: dict[str, JsonValue] = {form: stored.digest.hex() for form, stored in sorted(forms.items())}
    audit_log.append(session, Fact(kind, tender_id, tender_id, data), now)
    published_heads.publish(session, now)  # the capsule can be had from now on

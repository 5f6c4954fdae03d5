"""Selects over the signatures under a report."""

from sqlmodel import Session, col, select

from evaluation.queries import judging
from evaluation.records.report import ReportSignatureRecord, ReportSigningRecord
from evaluation.report.signatures import SILENT, Signature, Signing
from expert_pool import queries as experts
from kernel.errors import NotFound
from tender import queries as tenders

JSON_FORM = "json"


def open_report(session: Session, tender_id: str) -> str:
    """The digest of the report that stands; raises NotFound until it was made."""
    return judging.report(session, tender_id, JSON_FORM).digest.hex()


def signing(session: Session, tender_id: str, *, lock: bool = False) -> ReportSigningRecord:
    """The signing of the report that stands; raises NotFound until it was made."""
    report = open_report(session, tender_id)
    found = select(ReportSigningRecord).where(
        ReportSigningRecord.tender_id == tender_id, ReportSigningRecord.report == report
    )
    record = session.exec(found.with_for_update() if lock else found).one_or_none()
    if record is None:
        raise NotFound(what="report of tender", id=tender_id)
    return record


def find_signing(session: Session, tender_id: str) -> ReportSigningRecord | None:
    """The signing of the report that stands, if there is one."""
    try:
        return signing(session, tender_id)
    except NotFound:
        return None


def signatures(session: Session, tender_id: str, report: str) -> dict[str, ReportSignatureRecord]:
    """What the members decided about a report, by seat."""
    found = select(ReportSignatureRecord).where(
        ReportSignatureRecord.tender_id == tender_id, ReportSignatureRecord.report == report
    )
    return {row.seat: row for row in session.exec(found.order_by(col(ReportSignatureRecord.seat)))}


def signing_value(session: Session, record: ReportSigningRecord) -> Signing:
    """The report with every member's line; who has not decided is silent."""
    tender, decided = (
        tenders.tender(session, record.tender_id),
        signatures(session, record.tender_id, record.report),
    )
    lines = []
    for seat, expert in experts.disclosed(session, record.tender_id):
        row = decided.get(seat.seat)
        lines.append(
            Signature(
                seat=seat.seat,
                group=seat.seat_group,
                name=experts.name_of(session, expert),
                decision=row.decision if row else SILENT,
                text=row.text if row else "",
                signed_at=row.signed_at if row else None,
            )
        )
    return Signing(
        tender_id=record.tender_id,
        reference=tender.reference,
        title=tender.title,
        report=record.report,
        opened_at=record.opened_at,
        sign_until=record.sign_until,
        lines=tuple(lines),
    )

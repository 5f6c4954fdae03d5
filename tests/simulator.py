"""A whole tender in memory, from draft to report, by the same actions and jobs as a real one."""

from sqlmodel import select

from storage.outbox import JobRecord, failed_jobs
from tests.builders import Platform, PublishedTender
from tests.flows.panels import bids_of, draw_panel, opened_tender, score, sign_reports, vote
from worker.jobs import carry_out
from worker.tasks import JOBS

PRICES = ["300.00", "100.00", "200.00"]


def whole_tender(platform: Platform, prices: list[str] | None = None) -> PublishedTender:
    """Publish, seal, close, open, draw, review, score, rank, report and sign."""
    tender = opened_tender(platform, prices or PRICES)
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
    for number, bid in enumerate(bids_of(platform, tender)):
        for place, member in enumerate(panel):
            score(platform, tender, member, bid, str(60 + 10 * number + place))
    do_jobs(platform)
    sign_reports(platform, tender)
    do_jobs(platform)
    return tender


def do_jobs(platform: Platform) -> None:
    """Carry out whatever waits, as the worker does, until nothing is left."""
    while True:
        with platform.database.reading() as session:
            found = session.exec(select(JobRecord.id).where(JobRecord.state == "waiting")).all()
        if not found:
            return
        for job_id in found:
            carry_out(JOBS, platform.adapters, job_id or 0)
        with platform.database.reading() as session:
            assert failed_jobs(session) == []

"""Four bids, two of them by one hand, and what the worker does after their opening."""

from typing import Any

from sqlmodel import select

from storage.outbox import JobRecord, failed_jobs
from tender.traces import SubmissionTrace
from tests.builders import Platform, PublishedTender
from tests.evaluation.collusion.sealed import hand_in
from tests.evaluation.collusion.texts import chance_of, paragraph
from tools.campaign.documents import pdf_file, word_file
from worker.jobs import carry_out
from worker.tasks import JOBS

CHANCE = chance_of(9)
TEXTS = [paragraph(CHANCE) for _ in range(7)]
TERMS = paragraph(CHANCE)
"""stands in the tender's own document, and every bid repeats it"""
OFFICE_NAT = SubmissionTrace("203.0.113.9", "mingtang/1")
SECRET = "198.51.100.77"


def works(session: Any) -> list[int]:
    names = ("read_bid_facts", "find_signals")
    found = session.exec(select(JobRecord).where(JobRecord.state == "waiting")).all()
    return [job.id for job in found if job.name in names]


def look(platform: Platform) -> None:
    """What the worker does after the opening."""
    while True:
        with platform.database.reading() as session:
            waiting = works(session)
            assert failed_jobs(session) == []
        if not waiting:
            return
        for job_id in waiting:
            carry_out(JOBS, platform.adapters, job_id)


def bids(platform: Platform, tender: PublishedTender) -> None:
    """Two bids of one hand, two of their own."""
    ring = {"announced": {"answers": {"contact": {"name": "王经理", "phone": "138-0000-1111"}}}}
    plan = word_file([TERMS, *TEXTS[:4]], author="张三")
    hand_in(
        platform,
        tender,
        "ring-one",
        "1000000.37",
        {"plan.docx": plan, "trace.json": b'{"machine": "5e1f"}'},
        trace=SubmissionTrace(SECRET, "browser one"),
        **ring,
    )
    hand_in(
        platform,
        tender,
        "ring-two",
        "1010000.91",
        {
            "plan.docx": word_file([TERMS, *TEXTS[1:5]], author="张三"),
            "broken.pdf": b"%PDF-1.7 nothing in it",
            "trace.json": b'{"machine": "5E1F"}',
        },
        trace=SubmissionTrace(SECRET, "browser two"),
        **ring,
    )
    hand_in(
        platform,
        tender,
        "lone-one",
        "1100000.13",
        {"a.pdf": pdf_file(["A road."], author="Li")},
        trace=OFFICE_NAT,
    )
    hand_in(platform, tender, "lone-two", "1200000.77", {"b.txt": f"{TERMS}\n{TEXTS[6]}".encode()})

"""Jobs that make the papers of the catalogue: rendered apart, stored once, recorded in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from approval.actions import catalogue, catalogue_rounds, mandates
from approval.guide import Paper
from approval.queries import papers
from storage.adapters import Adapters
from storage.database import Session
from storage.objects import StoredObject
from worker.apart import run_apart
from worker.jobs import Payload

PAPER_LIMIT = 64 << 20  # bytes of one paper
WANTED = (
    (Paper.CARD, "zh"),
    (Paper.CARD, "en"),
    (Paper.GUIDE, "zh"),
    (Paper.HANDOUT, "zh"),
    (Paper.MANUAL, "zh"),
)
Papers = Mapping[tuple[str, str], StoredObject]


def write_guides(adapters: Adapters, payload: Payload, now: datetime) -> Papers:
    """Render every paper about a version into the object store."""
    version_id = str(payload["version_id"])
    with adapters.database.reading() as session:
        sheets = {
            (str(paper), language): papers.sheet_of(
                session, version_id, paper, language, adapters.settings.public_url
            )
            for paper, language in WANTED
            if papers.guide(session, version_id, paper, language) is None
        }
    return {key: _store(adapters, sheet) for key, sheet in sheets.items()}


def keep_guides(session: Session, adapters: Adapters, payload: Payload, made: Papers, now: datetime) -> None:
    """Record the papers about a version."""
    catalogue.keep_guides(session, version_id=str(payload["version_id"]), papers=made, now=now)


def write_booklet(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the booklet of a frozen year into the object store."""
    with adapters.database.reading() as session:
        sheet = papers.booklet(session, int(str(payload["year"])), "zh")
    return _store(adapters, sheet)


def keep_booklet(
    session: Session, adapters: Adapters, payload: Payload, made: StoredObject, now: datetime
) -> None:
    """Record the booklet."""
    catalogue_rounds.keep_booklet(session, year=int(str(payload["year"])), booklet=made)


def write_letter(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the letter of a mandate into the object store."""
    with adapters.database.reading() as session:
        sheet = papers.mandate_letter(session, str(payload["mandate_id"]), "zh")
    return _store(adapters, sheet)


def keep_letter(
    session: Session, adapters: Adapters, payload: Payload, made: StoredObject, now: datetime
) -> None:
    """Record the letter, which makes the mandate hold."""
    mandates.keep_letter(session, mandate_id=str(payload["mandate_id"]), letter=made, now=now)


def write_commitment(adapters: Adapters, payload: Payload, now: datetime) -> StoredObject:
    """Render the integrity commitment of a post into the object store."""
    with adapters.database.reading() as session:
        sheet = papers.commitment(session, str(payload["post_id"]), "zh")
    return _store(adapters, sheet)


def keep_commitment(
    session: Session, adapters: Adapters, payload: Payload, made: StoredObject, now: datetime
) -> None:
    """Record the commitment."""
    mandates.keep_commitment(session, post_id=str(payload["post_id"]), paper=made, now=now)


def _store(adapters: Adapters, sheet: dict[str, Any]) -> StoredObject:
    body = run_apart("worker.guide_pdf", sheet)
    return adapters.objects.put_once(iter([body]), expected=None, limit_bytes=PAPER_LIMIT)

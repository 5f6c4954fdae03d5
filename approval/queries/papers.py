"""What the papers of the catalogue need, as values for the renderer."""

import json
from typing import Any

from sqlmodel import Session, col, select

from accounts import queries as accounts
from approval.catalogue import read_item
from approval.guide import Paper, guide_sheet
from approval.queries import catalogue, organisation, settings
from approval.records.catalogue import GuideRecord
from approval.records.organisation import WindowRecord
from approval.register_list import register_named
from approval.settings import CENTRE, OPEN_BLOCKS
from kernel.working_days import business_day


def sheet_of(session: Session, version_id: str, paper: Paper, language: str, site_url: str) -> dict[str, Any]:
    """The content of one paper about a version."""
    held = catalogue.version(session, version_id)
    item = catalogue.item(session, held.item_id)
    numbers = session.exec(select(WindowRecord.number).where(col(WindowRecord.id).in_(item.window_ids)))
    return guide_sheet(
        read_item(held.body),
        paper=paper,
        language=language,
        department=accounts.organisation(session, item.department_id).name,
        windows=sorted(numbers),
        centre=settings.value(session, CENTRE),
        url=f"{site_url.rstrip('/')}/items/{item.code}",
        blocks=settings.value(session, OPEN_BLOCKS),
    )


def guide(session: Session, version_id: str, paper: str, language: str) -> GuideRecord | None:
    """A paper that has been made."""
    return session.get(GuideRecord, (version_id, paper, language))


def papers_made(session: Session, paper: str) -> int:
    """How many versions have this paper."""
    return len(set(session.exec(select(GuideRecord.version_id).where(GuideRecord.paper == paper))))


def booklet(session: Session, year: int, language: str) -> dict[str, Any]:
    """The content of the booklet of a frozen year."""
    record = catalogue.yearly(session, year)
    names = {d.code: d.id for d in organisation.departments(session)}
    titles = accounts.organisation_names(session, set(names.values()))

    def entry(row: dict[str, Any]) -> dict[str, Any]:
        item = row["item"]
        return {
            "title": item["title"][language if language in item["title"] else "zh"],
            "code": item["code"],
            "department": titles.get(names.get(row["department"], ""), row["department"]),
            "basis": [f"{b['law']} {b['article']}" for b in item["basis"]],
            "conditions": [c["text"]["zh"] for c in item["conditions"]],
            "materials": [m["title"]["zh"] for m in item["materials"]],
            "promised_days": item["promised_days"],
            "statutory_days": item["statutory_days"],
            "fees": [f"{f['title']['zh']} {f['basis']}" for f in item["fees"]],
        }

    return {
        "paper": "booklet",
        "language": language,
        "year": year,
        "digest": record.digest,
        "centre": settings.value(session, CENTRE)["name"][language],
        "entries": [entry(row) for row in json.loads(record.body)["items"]],
    }


def commitment(session: Session, post_id: str, language: str) -> dict[str, Any]:
    """The content of a post's integrity commitment: who holds it, and each risk point with its control."""
    post = organisation.post_by_id(session, post_id)
    levels = register_named("risk_points").column("level").choices
    return {
        "paper": "commitment",
        "language": language,
        "id": post.id,
        "post": post.title.get(language) or post.title.get("zh") or post.code,
        "department": accounts.organisation(session, post.department_id).name,
        "person": accounts.person_names(session, {post.a_person_id})[post.a_person_id]
        if post.a_person_id
        else "",
        "points": [
            {"point": row["point"], "level": levels[row["level"]][language], "control": row["control"]}
            for row in organisation.risk_points(session, post)
        ],
    }


def mandate_letter(session: Session, mandate_id: str, language: str) -> dict[str, Any]:
    """The content of a mandate's letter."""
    record = organisation.mandate(session, mandate_id)
    return {
        "paper": "mandate",
        "language": language,
        "id": record.id,
        "person": accounts.person_names(session, {record.person_id})[record.person_id],
        "department": accounts.organisation(session, record.department_id).name,
        "powers": sorted(record.powers),
        "valid_from": record.valid_from.isoformat(),
        "valid_to": record.valid_to.isoformat(),
        "granted_on": business_day(record.granted_at).isoformat(),
    }

"""Selects over the rows of registers."""

from typing import Any

from sqlmodel import Session, col, func, select

from approval.records.organisation import RegisterRecord


def rows(
    session: Session, name: str, *, site: str = "", words: str = "", first: int = 0, limit: int | None = None
) -> list[RegisterRecord]:
    """Rows by key; of one site, or that hold some words, where these are given."""
    found = _chosen(name, site).order_by(RegisterRecord.site_code, RegisterRecord.key)
    if not words:
        return list(session.exec(found.offset(first).limit(limit)))
    wanted = words.casefold()
    hits = [row for row in session.exec(found) if wanted in " ".join(map(str, row.body.values())).casefold()]
    return hits[first : None if limit is None else first + limit]


def count(session: Session, name: str, *, site: str = "", words: str = "") -> int:
    """How many rows there are."""
    if words:
        return len(rows(session, name, site=site, words=words))
    return session.exec(select(func.count()).select_from(_chosen(name, site).subquery())).one()


def bodies(session: Session, name: str, *, site: str = "") -> list[dict[str, Any]]:
    """What every row says, for figures."""
    return [row.body for row in session.exec(_chosen(name, site).order_by(RegisterRecord.key))]


def counts(session: Session) -> dict[str, int]:
    """How many rows each register has."""
    found = select(RegisterRecord.register_name, func.count()).group_by(RegisterRecord.register_name)
    return dict(session.exec(found).all())


def row(session: Session, name: str, key: str) -> RegisterRecord | None:
    """One row by its key."""
    return session.exec(
        select(RegisterRecord).where(RegisterRecord.register_name == name, RegisterRecord.key == key)
    ).first()


def _chosen(name: str, site: str) -> Any:
    found = select(RegisterRecord).where(RegisterRecord.register_name == name)
    return found.where(col(RegisterRecord.site_code) == site) if site else found

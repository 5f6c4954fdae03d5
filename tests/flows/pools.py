"""Builders for flows of the pool: entries added, a tender whose evaluation is over."""

from accounts.duties import Actor
from expert_pool import actions, queries
from tender import queries as tenders
from tender.lifecycle import Stage
from tests.builders import Platform, PublishedTender


def add(platform: Platform, manager: Actor, *entries: actions.PoolEntry) -> None:
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())


def expert_id(platform: Platform, number: str) -> str:
    with platform.database.reading() as session:
        found = queries.expert_by_number(session, number)
    assert found is not None
    return found.id


def over(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        record = tenders.tender(session, tender.tender_id)
        record.stage = Stage.EVALUATED
        session.add(record)

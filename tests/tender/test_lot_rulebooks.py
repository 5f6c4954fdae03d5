"""A lot with a rulebook of its own: what a draft takes, what the notice says, and whose rulebook holds for a lot."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import BadInput, BadRulebook, NotFound, RulebookFrozen, TenderingError
from kernel.ids import new_id
from tender import queries
from tender.actions import draft, publish
from tender.notice import Draft, lot_rulebook, missing, notice_body, notice_digest
from tests.builders import NOW, Platform, PublishedTender, make_draft, make_platform, make_rulebook

LOTS = ({"zh": "一标段", "en": "Lot 1"}, {"zh": "二标段", "en": "Lot 2"})
OLDER = "d7b9be0c8caeb9b17e9e7ae1d6f32877f889902e04e574080ca9102c6f58bfed"
OWN = make_rulebook(body={"name": "own"}, digest="1" * 64)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Platform:
    return make_platform(tmp_path_factory.mktemp("lot-rulebooks"))


@pytest.fixture(scope="module")
def tender(platform: Platform) -> PublishedTender:
    """A draft of two lots; tests take back what they give it."""
    return make_draft(platform, openers=2, lots=LOTS)


def give(platform: Platform, tender: PublishedTender, number: int, book: draft.FrozenRulebook | None) -> int:
    values: dict[str, Any] = {"actor": tender.office, "tender_id": tender.tender_id, "rulebook": book}
    with platform.database.transaction() as session:
        if number:
            return draft.set_lot_rulebook(session, number=number, **values)
        return draft.set_rulebook(session, **values)


def drafted(platform: Platform, tender: PublishedTender) -> Draft:
    with platform.database.reading() as session:
        return queries.draft(session, queries.tender(session, tender.tender_id), 10_000_000)


def edit(platform: Platform, tender: PublishedTender, version: int, *lots: dict[str, str]) -> None:
    with platform.database.transaction() as session:
        command = draft.EditDraft(lots=lots)
        draft.edit_draft(
            session,
            actor=tender.office,
            tender_id=tender.tender_id,
            command=command,
            version=version,
            now=NOW,
        )


def test_a_lots_rulebook_is_given_kept_by_its_number_and_taken_away(
    platform: Platform, tender: PublishedTender
) -> None:
    version = give(platform, tender, 2, OWN)
    first, second = drafted(platform, tender).lots
    assert "rulebook" not in first
    assert (second["rulebook"], second["rulebook_digest"]) == (OWN.body, OWN.digest)
    edit(platform, tender, version, *reversed(LOTS))
    first, second = drafted(platform, tender).lots
    assert ("rulebook" in first, second["rulebook"], second["title"]) == (False, OWN.body, LOTS[0])
    edit(platform, tender, version + 1, LOTS[0])
    assert give(platform, tender, 1, OWN) == version + 3
    give(platform, tender, 1, None)
    edit(platform, tender, version + 4, *LOTS)
    assert all(set(lot) == {"id", "number", "title"} for lot in drafted(platform, tender).lots)


@pytest.mark.parametrize(
    ("number", "changes", "error", "where"),
    [
        (2, {"currency": "USD"}, BadRulebook, "currency"),
        (2, {"price_places": 1}, BadRulebook, "price_places"),
        (2, {"price_places": 3}, BadRulebook, "price_places"),
        (0, {"currency": "USD"}, BadRulebook, "currency (lot 2)"),
        (0, {"price_places": 0}, BadRulebook, "price_places (lot 2)"),
        (3, {}, NotFound, ""),
    ],
)
def test_all_prices_of_a_tender_are_counted_alike(
    platform: Platform,
    tender: PublishedTender,
    number: int,
    changes: dict[str, Any],
    error: type[TenderingError],
    where: str,
) -> None:
    give(platform, tender, 2, OWN)
    with pytest.raises(error) as refusal:
        give(platform, tender, number, make_rulebook(**changes))
    assert refusal.value.facts.get("where", "") == where
    give(platform, tender, 2, None)


def test_the_tender_takes_another_currency_once_no_lot_has_its_own(
    platform: Platform, tender: PublishedTender
) -> None:
    give(platform, tender, 0, make_rulebook(currency="USD"))
    give(platform, tender, 0, make_rulebook())


def test_a_lot_gets_its_own_only_after_the_tender(platform: Platform, tender: PublishedTender) -> None:
    with platform.database.transaction() as session:
        command = draft.EditDraft(lots=LOTS)
        empty = draft.begin_draft(session, actor=tender.office, command=command, now=NOW)
    with pytest.raises(BadInput, match="give the tender its rulebook"):
        give(platform, replace(tender, tender_id=empty), 1, OWN)


def test_a_published_lot_keeps_its_rulebook_and_the_log_names_its_digest(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = make_draft(platform, openers=2, lots=LOTS)
    give(platform, tender, 2, OWN)
    values: dict[str, Any] = {"actor": tender.office, "bid_limit_bytes": 10_000_000, "now": NOW}
    with platform.database.transaction() as session:
        body = publish.publish(session, tender_id=tender.tender_id, **values).body
    for book in (OWN, None):
        with pytest.raises(RulebookFrozen):
            give(platform, tender, 2, book)
    first, second = (lot["id"] for lot in body["lots"])
    assert lot_rulebook(body, first) == body["rulebook"]
    assert lot_rulebook(body, second) == OWN.body
    with platform.database.reading() as session:
        assert queries.rulebook_of_lot(session, tender.tender_id, first) == body["rulebook"]
        assert queries.rulebook_of_lot(session, tender.tender_id, second) == OWN.body
        for tender_id, lot_id in ((tender.tender_id, new_id()), (new_id(), second)):
            with pytest.raises(NotFound):
                queries.rulebook_of_lot(session, tender_id, lot_id)
    with pytest.raises(NotFound):
        lot_rulebook(body, new_id())


def test_the_notice_of_a_tender_with_one_rulebook_has_the_bytes_of_older_ones(
    platform: Platform, tender: PublishedTender
) -> None:
    """Their digest was worked out before a lot could have a rulebook."""
    plain = replace(
        drafted(platform, tender),
        tender_id="t",
        tenderer={"id": "o", "name": "Office"},
        lots=({"id": "a", "number": 1, "title": {"en": "A"}},),
        openers=(),
        documents=(),
        outage_rule=None,
    )
    body = notice_body(plain, 1, NOW)
    assert body["lots"] == [{"id": "a", "number": 1, "title": {"en": "A"}}]
    assert notice_digest(body) == OLDER


@pytest.mark.parametrize(
    ("objective", "marks", "is_missing"),
    [
        ("points", ("100", "100"), False),
        ("points", ("100", "120"), True),
        ("price", ("100", "120"), False),
    ],
)
def test_points_are_weighed_only_where_every_lot_has_the_same_full_mark(
    platform: Platform, tender: PublishedTender, objective: str, marks: tuple[str, str], is_missing: bool
) -> None:
    of_tender, of_lot = marks
    found = replace(
        drafted(platform, tender),
        award_rule={"method": "sequential", "cap": 1, "objective": objective, "bundles": []},
        rulebook={"total_maximum": of_tender},
        lots=(
            {"id": "a", "number": 1, "title": {}},
            {"id": "b", "number": 2, "title": {}, "rulebook": {"total_maximum": of_lot}},
        ),
    )
    assert any(one.startswith("award_rule.objective") for one in missing(found, NOW)) is is_missing

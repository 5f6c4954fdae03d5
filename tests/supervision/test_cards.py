"""发牌 → 申辩/整改 → 核销/处理 → 通报: who may do which move, and who sees which card."""

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from accounts.duties import Duty
from approval.lifecycle import Act
from approval.records.organisation import SiteRecord
from kernel.errors import BadInput, NotAllowed, WrongCaseState
from supervision.actions.cards import Accountability, add_clip, move_card, report_cards
from supervision.card_life import CARD_MOVES, CardMove, CardState, card_rule
from supervision.queries import cards
from supervision.records import CardRecord
from tests.approval.centre import Centre
from tests.supervision.house import make_house, sweep


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_house(tmp_path)


def late_card(centre: Centre) -> CardRecord:
    """The yellow card of a broken promise, issued on Tuesday 14 April."""
    centre.accepted()
    sweep(centre)
    centre.go_to("2026-04-14")
    sweep(centre)
    with centre.platform.database.reading() as session:
        return next(card for card in cards.page(session, limit=10) if card.rule == "R3")


def move(centre: Centre, card: CardRecord, what: CardMove, by: str, **more: Any) -> CardRecord:
    with centre.platform.database.transaction() as session:
        return move_card(
            session,
            actor=centre.platform.people[by],
            card_id=card.id,
            move=what,
            calendar=centre.calendar,
            now=centre.now,
            **{"text": "because", **more},
        )


def test_a_card_is_answered_within_five_working_days(centre: Centre) -> None:
    card = late_card(centre)
    assert str(card.reply_due) == "2026-04-21"
    assert move(centre, card, CardMove.DEFEND, "leader-a").state == CardState.ANSWERED


def test_a_card_lives_from_issue_to_bulletin(centre: Centre) -> None:
    card = late_card(centre)
    move(centre, card, CardMove.RECTIFY, "leader-a")
    centre.go_to("2026-04-15")
    ordered = move(centre, card, CardMove.ORDER, "inspector")
    assert (str(ordered.reply_due), ordered.answered_on) == ("2026-04-22", None)
    move(centre, card, CardMove.RECTIFY, "leader-a")
    officer = centre.platform.people["officer-a"]
    held = Accountability(officer.person_id, "criticism", date(2026, 4, 15))
    move(centre, card, CardMove.HANDLE, "inspector", accountability=held)
    with centre.platform.database.transaction() as session:
        report_cards(session, card_ids=[card.id], now=centre.now)
        assert cards.card(session, card.id).state == CardState.REPORTED
        told = [event.move for event in cards.card_events(session, card.id)]
    assert told == ["issue", "rectify", "order", "rectify", "handle", "report"]


def test_holding_to_account_needs_person_kind_and_day(centre: Centre) -> None:
    card, officer = late_card(centre), centre.platform.people["officer-a"]
    for held in (
        None,
        Accountability("", "talk", date(2026, 4, 14)),
        Accountability(officer.person_id, "beheading", date(2026, 4, 14)),
        Accountability(officer.person_id, "talk", None),
        Accountability(officer.person_id, "talk", date(2026, 4, 15)),  # tomorrow
    ):
        with pytest.raises(BadInput):
            move(centre, card, CardMove.HANDLE, "inspector", accountability=held)
    held = Accountability(officer.person_id, "talk", date(2026, 4, 14))
    assert move(centre, card, CardMove.HANDLE, "inspector", accountability=held).ended_at == centre.now


def test_each_does_only_what_is_theirs(centre: Centre) -> None:
    card = late_card(centre)
    centre.department("b")
    for what, by in (
        (CardMove.DEFEND, "inspector"),
        (CardMove.CANCEL, "leader-a"),
        (CardMove.DEFEND, "leader-b"),
        (CardMove.CANCEL, "monitor"),
    ):
        with pytest.raises(NotAllowed):
            move(centre, card, what, by)
    with pytest.raises(BadInput):
        move(centre, card, CardMove.CANCEL, "inspector", text=" ")


def test_only_table_pairs_are_possible() -> None:
    for state, what in product(CardState, CardMove):
        if (state, what) not in CARD_MOVES:
            with pytest.raises(WrongCaseState):
                card_rule(state, what)


def test_the_city_sees_its_counties_and_a_county_only_itself(centre: Centre) -> None:
    with centre.platform.database.transaction() as session:
        session.add(SiteRecord(code="county", level="county", name="County", parent_code="city"))
    centre.department("county")
    with centre.platform.database.transaction() as session:
        from approval.queries.organisation import department

        department(session, centre.departments["county"]).site_code = "county"
    card = late_card(centre)
    city = centre.person("city-inspector", Duty.SUPERVISOR, department="a")
    county = centre.person("county-inspector", Duty.SUPERVISOR, department="county")
    with centre.platform.database.reading() as session:
        assert cards.visible_sites(session, city) == {"city", "county", ""}
        assert cards.visible_sites(session, county) == {"county", ""}
        seen = cards.page(session, limit=10, site_code=cards.visible_sites(session, county))
    assert card.id not in {row.id for row in seen}
    with pytest.raises(NotAllowed):
        move(centre, card, CardMove.CANCEL, "county-inspector")
    move(centre, card, CardMove.CANCEL, "city-inspector")


def test_a_clip_is_found_by_window_and_moment(centre: Centre) -> None:
    window, inspector = centre.windows["a"], centre.platform.people["inspector"]
    begins, ends = datetime(2026, 4, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, 2, tzinfo=UTC)
    with centre.platform.database.transaction() as session:
        add_clip(
            session,
            actor=inspector,
            window_id=window,
            starts_at=begins,
            ends_at=ends,
            reference="camera-7/0401.mp4",
            digest="0" * 64,
            now=centre.now,
        )
        assert [c.reference for c in cards.clips_at(session, window, begins)] == ["camera-7/0401.mp4"]
        assert cards.clips_at(session, window, datetime(2026, 4, 1, 3, tzinfo=UTC)) == []
        with pytest.raises(BadInput):
            add_clip(
                session,
                actor=inspector,
                window_id=window,
                starts_at=ends,
                ends_at=begins,
                reference="x",
                digest="",
                now=centre.now,
            )


def test_breaches_are_counted_by_window(centre: Centre) -> None:
    late_card(centre)
    centre.act(centre.received(identity="ID0009", papers=("form", "plan")), Act.ACCEPT)
    with centre.platform.database.reading() as session:
        found = cards.breaches(session, date(2026, 4, 1), date(2026, 4, 30))
    assert sum(number for (_, rule), number in found.items() if rule == "R3") == 1
    assert all(rule != "R1" for _, rule in found)

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approval.catalogue import item_body, item_digest, read_day, read_item
from kernel.errors import BadInput
from kernel.working_days import national_calendar
from tests.approval.items import item, item_data, step


def test_a_version_written_and_read_again_is_the_same() -> None:
    version = item()
    assert read_item(item_body(version)) == version
    assert item_body(read_item(item_body(version))) == item_body(version)
    assert item_digest(version) == item_digest(read_item(item_body(version)))


@given(days=st.integers(0, 1000), promised=st.integers(0, 1000))
def test_a_promise_above_the_law_is_refused_when_saving(days: int, promised: int) -> None:
    data = item_data(statutory_days=days, promised_days=promised)
    if promised <= days:
        assert read_item(data).promised_days == promised
    else:
        with pytest.raises(BadInput) as error:
            read_item(data)
        assert error.value.facts["where"] == "promised_days"


@pytest.mark.parametrize("promised", [19, 20, 21])
def test_a_promise_just_above_the_statutory_limit_is_refused(promised: int) -> None:
    data = item_data(promised_days=promised)
    if promised > 20:
        with pytest.raises(BadInput):
            read_item(data)
    else:
        read_item(data)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "permit"}, "kind"),
    ({"code": "a/b"}, "code"),
    ({"code": ".."}, "code"),
    ({"base_code": "a b"}, "base_code"),
    ({"promised_days": "7"}, "promised_days"),
    ({"promised_days": True}, "promised_days"),
    ({"statutory_days": 1001}, "statutory_days"),
    ({"title": {"en": "Only English"}}, "title.zh"),
    ({"title": {"zh": "题", "fr": "non"}}, "title.fr"),
    ({"steps": [step("a", "walk", 1)]}, "steps[0].kind"),
    ({"steps": [step("a", "review", 1), step("a", "decide", 1)]}, "steps"),
    ({"steps": {}}, "steps"),
    ({"materials": [{"code": "m"}]}, "materials[0].title"),
    ({"fees": [{"code": "f", "title": {"zh": "费"}, "unit_fen": -1}]}, "fees[0].unit_fen"),
    ({"online": ["direct", "direct"]}, "online"),
    ({"deliveries": ["pigeon"]}, "deliveries"),
    ({"pre_conditions": [" "]}, "pre_conditions"),
    ({"facts": []}, "facts"),
    ({"facts": {"share": 0.5}}, "canonical JSON"),
    ({"unknown": 1}, "unknown"),
    ({"basis": [{"law": "", "article": "1"}]}, "basis[0].law"),
]


@pytest.mark.parametrize(("changes", "where"), WRONG)
def test_a_wrong_field_is_named_by_its_path(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(BadInput) as error:
        read_item(item_data(**changes))
    assert error.value.facts["where"] == where


def test_something_else_than_an_object_is_refused() -> None:
    with pytest.raises(BadInput):
        read_item([])


@pytest.mark.parametrize("text", ["2026-13-01", "20261201", "", None, "2026-12-01T00:00"])
def test_only_a_day_is_a_day(text: object) -> None:
    with pytest.raises(BadInput):
        read_day(text, "day")
    assert read_day("2026-12-01", "day").isoformat() == "2026-12-01"


def test_the_published_vector_has_its_digest() -> None:
    file = Path(__file__).parents[1] / "vectors/item-version/item.json"
    vector = json.loads(file.read_text(encoding="utf-8"))
    assert item_digest(read_item(vector["item"])) == vector["digest"]
    assert item_body(read_item(vector["item"])) == vector["item"]


LIMITS = [
    # statutory days, promise before, promise now, accepted on, due by law, due by promise
    (60, 7, 3, "2025-09-01", "2025-11-28", "2025-09-04"),
    (55, 20, 5, "2024-12-20", "2025-03-14", "2024-12-27"),
    (5, 5, 1, "2025-09-30", "2025-10-14", "2025-10-09"),
    (5, 5, 5, "2025-09-26", "2025-10-10", "2025-10-10"),
]


@pytest.mark.parametrize(("law", "before", "now", "accepted", "due_by_law", "due"), LIMITS)
def test_items_of_the_reports_are_due_on_their_days(
    law: int, before: int, now: int, accepted: str, due_by_law: str, due: str
) -> None:
    calendar, start = national_calendar(), read_day(accepted, "day")
    old, new = (item(number=n, statutory_days=law, promised_days=p) for n, p in ((1, before), (2, now)))
    assert (old.promised_days, new.promised_days) == (before, now)
    assert str(calendar.due(start, new.statutory_days).day) == due_by_law
    assert str(calendar.due(start, new.promised_days).day) == due

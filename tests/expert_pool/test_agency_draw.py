"""Agencies are drawn from a frozen list, with a seed that the public log gives afterwards."""

import json
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from accounts.duties import Duty
from approval.actions.registers import import_rows
from approval.register_list import register_named
from expert_pool import actions, queries
from expert_pool.agency_draw import check_agency_transcript, draw_agency, freeze_request, listed
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, Refused, TenderingError
from storage import audit_log
from storage.audit_log import Fact
from tests.approval.centre import Centre, make_centre

VECTORS = Path(__file__).parent.parent / "vectors" / "agency-draw"


def agency(code: str, **changes: Any) -> dict[str, Any]:
    row = {
        "code": code,
        "service": "design",
        "name": f"设计院{code}",
        "qualification": "甲级",
        "valid_until": "2026-12-31",
        "promise_days": 5,
        "price_fen": "100.00",
        "unit": "项",
    }
    return row | changes


ROWS = [
    *(agency(f"A{n}") for n in range(5)),
    agency("B1", valid_until="2026-03-31"),
    agency("B2", blacklisted_for="forgery"),
    agency("C1", service="audit"),
]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    centre = make_centre(tmp_path)
    office = centre.person("office", Duty.CENTRE_OFFICE)
    with centre.platform.database.transaction() as session:
        register = register_named("intermediaries")
        content = json.dumps(ROWS).encode()
        import_rows(session, actor=office, register=register, content=content, now=centre.now)
    return centre


def freeze(centre: Centre, subject: str, who: str = "office", service: str = "design") -> str:
    with centre.platform.database.transaction() as session:
        actor = centre.person(who, Duty.CENTRE_OFFICE)
        return actions.freeze_agencies(session, actor=actor, subject=subject, service=service, now=centre.now)


def draw(centre: Centre, draw_id: str) -> str:
    with centre.platform.database.transaction() as session:
        actor = centre.person("office", Duty.CENTRE_OFFICE)
        return actions.draw_frozen_agency(session, actor=actor, draw_id=draw_id, now=centre.now)


def record(centre: Centre, draw_id: str) -> dict[str, Any]:
    with centre.platform.database.reading() as session:
        return dict(queries.agency_transcript(session, queries.agency_draw(session, draw_id)))


def new_case(centre: Centre) -> str:
    return f"case:{centre.received()}"


def test_the_record_of_a_draw_recomputes_for_anybody(centre: Centre) -> None:
    draw_id = freeze(centre, new_case(centre))
    assert "result" not in record(centre, draw_id)
    code = draw(centre, draw_id)
    published = json.loads(json.dumps(record(centre, draw_id)))
    assert check_agency_transcript(published)["code"] == code
    assert code in {f"A{n}" for n in range(5)}  # neither expired nor blacklisted nor of another service
    assert len(published["agencies"]) == 7


def test_the_root_that_draws_did_not_exist_when_the_list_was_frozen(centre: Centre) -> None:
    draw_id = freeze(centre, new_case(centre))
    with centre.platform.database.transaction() as session:
        frozen = queries.agency_draw(session, draw_id).log_index
        assert audit_log.frontier(session).size == frozen + 1
        audit_log.append(session, Fact("other.act", "x"), centre.now)
        first = audit_log.root_at(session, frozen + 2)
        audit_log.append(session, Fact("other.act", "y"), centre.now)
    draw(centre, draw_id)
    # Waiting for more entries does not change the root: it is the one after the first.
    assert record(centre, draw_id)["tree"] == record(centre, draw_id)["tree"] | {
        "size": frozen + 2,
        "root": first.hex(),
    }


def test_one_case_gets_one_draw_of_a_service(centre: Centre) -> None:
    subject = new_case(centre)
    draw_id = freeze(centre, subject)
    with pytest.raises(Refused):
        freeze(centre, subject)
    draw(centre, draw_id)
    with pytest.raises(Refused):
        draw(centre, draw_id)
    freeze(centre, subject, service="audit")


@pytest.mark.parametrize(
    ("subject", "service", "error"),
    [
        ("case:nobody", "design", NotFound),
        ("tender:nobody", "tender_agency", NotFound),
        ("person:x", "design", BadInput),
    ],
)
def test_a_draw_is_for_something_that_exists(
    centre: Centre, subject: str, service: str, error: type[TenderingError]
) -> None:
    with pytest.raises(error):
        freeze(centre, subject, service=service)


def test_a_service_without_agency_and_an_unknown_one_are_refused(centre: Centre) -> None:
    subject = new_case(centre)
    with pytest.raises(Refused):
        freeze(centre, subject, service="tender_agency")
    with pytest.raises(BadInput):
        freeze(centre, subject, service="magic")
    with pytest.raises(NotAllowed), centre.platform.database.transaction() as session:
        chief = centre.person("clerk", Duty.WINDOW_STAFF)
        actions.freeze_agencies(session, actor=chief, subject=subject, service="design", now=centre.now)


@pytest.mark.parametrize(
    ("until", "there"), [("2026-03-31", False), ("2026-04-01", True), ("2026-04-02", True)]
)
def test_an_agency_can_be_drawn_until_its_last_day(until: str, there: bool) -> None:
    agencies = listed([agency("A", valid_until=until), agency("Z")], "design")
    request = freeze_request("d", 1, "case:x", "design", "2026-04-01", agencies)
    assert sum(row.excluded is None for row in request.rows) == 1 + there


def test_every_agency_has_the_same_chance() -> None:
    agencies = listed([agency(f"A{n}") for n in range(4)], "design")
    request = freeze_request("d", 1, "case:x", "design", "2026-04-01", agencies)
    seats = Counter(draw_agency(request, sha256(str(n).encode()).digest()).seats[0].leaf for n in range(400))
    assert len(seats) == 4
    assert all(70 <= count <= 130 for count in seats.values())


def other(record: dict[str, Any], *path: Any, value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(record))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return dict(copy)


CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "an agency": lambda r: other(r, "agencies", 0, "name", value="another"),
    "one agency less": lambda r: other(r, "agencies", value=r["agencies"][1:]),
    "the day": lambda r: other(r, "day", value="2027-06-01"),
    "the subject": lambda r: other(r, "request", "tender_id", value="case:other"),
    "the entry": lambda r: other(r, "freeze", "index", value=r["freeze"]["index"] + 1),
    "a later tree": lambda r: other(r, "tree", "size", value=r["tree"]["size"] + 1),
    "the root": lambda r: other(r, "tree", "root", value="00" * 32),
    "the result": lambda r: other(
        r, "result", "seats", 0, "leaf", value=r["result"]["reserves"]["design"][0]
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_record_does_not_recompute(change: str) -> None:
    held = json.loads((VECTORS / "five.json").read_text())["record"]
    with pytest.raises(IntegrityBroken):
        check_agency_transcript(CHANGES[change](held))


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_vectors_give_the_agency_they_state(path: Path) -> None:
    vector = json.loads(path.read_text())
    assert check_agency_transcript(vector["record"])["code"] == vector["agency"]

"""Creating requests of approvals and supervision for test_repeats, and the posts that need no key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import delete

from accounts.duties import Actor, Duty
from approval.records.organisation import HallRecord, SiteRecord
from crypto.canonical import b64
from crypto.signatures import Signer
from crypto.suites import suite
from kernel.ids import new_id
from storage.outbox import JobRecord
from tests.approval.centre import Centre, item_data
from tests.doors.door import Door

PERSON = {"name": "申请人", "identity": "CREDIT001"}
FEE = {
    "code": "f",
    "title": {"zh": "费", "en": "fee"},
    "basis": "price bureau 1",
    "unit": "件",
    "unit_fen": 100,
    "most_units": 9,
}

STATE_DECIDES = "an act: the state it leaves behind refuses it the second time, or gives the same answer"
SECRET = "a secret is never stored to be shown again"
LOOK = "creates nothing"
WITHOUT_KEY = {
    "POST /api/cases/{case_id}/acts": STATE_DECIDES,
    "POST /api/cases/{case_id}/materials": "the same paper again replaces itself",
    "POST /api/applicants": "the sign-in name is taken then",
    "POST /api/claims": STATE_DECIDES,
    "POST /api/cases/{case_id}/review-panel/draw": STATE_DECIDES,
    "POST /api/cases/{case_id}/review-panel/members": "each look at names is logged",
    "POST /api/cases/{case_id}/review-panel/replacements": STATE_DECIDES,
    "POST /api/cases/{case_id}/pre-check": STATE_DECIDES,
    "POST /api/cases/{case_id}/confirmation": STATE_DECIDES,
    "POST /api/track": LOOK,
    "POST /api/track/letter": LOOK,
    "POST /api/track/confirmation": STATE_DECIDES,
    "POST /api/projects/{project_id}/materials": "the same paper again replaces itself",
    "POST /api/projects/{project_id}/start": STATE_DECIDES,
    "POST /api/projects/{project_id}/one-time-notice": STATE_DECIDES,
    "POST /api/projects/{project_id}/stage": STATE_DECIDES,
    "POST /api/projects/{project_id}/deliver": STATE_DECIDES,
    "POST /api/hops/{hop_id}/receipt": STATE_DECIDES,
    "POST /api/exchange/{peer}/bundles": "nothing has changed since the last bundle then",
    "POST /api/exchange/{peer}/inbox": "the same bundle gets the same receipt",
    "POST /api/exchange/{peer}/receipts/{number}": STATE_DECIDES,
    "POST /api/bills/{bill_id}/cancel": STATE_DECIDES,
    "POST /api/payments": "the bank's reference is the key",
    "POST /api/bank/payments": "the bank's reference is the key",
    "POST /api/reconciliation": LOOK,
    "POST /api/contacts/{contact_id}/ending": STATE_DECIDES,
    "POST /api/contacts/{contact_id}/confirmation": STATE_DECIDES,
    "POST /api/tickets": "everybody may take another number",
    "POST /api/windows/{window_id}/next": "each call calls the next",
    "POST /api/tickets/{ticket_id}/ending": STATE_DECIDES,
    "POST /api/tasks/{task_id}/taken": STATE_DECIDES,
    "POST /api/tasks/{task_id}/done": STATE_DECIDES,
    "POST /api/sign-offs": "one a day and person: the last one counts",
    "POST /api/meetings/{meeting_id}/opinions": "the last opinion on a case counts",
    "POST /api/meetings/{meeting_id}/minutes": STATE_DECIDES,
    "POST /api/complaints": SECRET,
    "POST /api/complaints/follow": LOOK,
    "POST /api/ratings/offers": SECRET,
    "POST /api/ratings": "the token works once",
}
"""Posts that take no Idempotency-Key, and why."""

MOVES = frozenset(
    {
        "POST /api/items/{code}/versions",
        "POST /api/item-versions/{version_id}/moves",
        "POST /api/items/{code}/moves",
        "POST /api/complaints/{complaint_id}/moves",
        "POST /api/cards/{card_id}/moves",
        "POST /api/clips",
        "POST /api/cases/{case_id}/review-panel",
        "POST /api/tenders/{tender_id}/draw-rounds",
        "POST /api/agency-draws",
        "POST /api/agency-draws/{draw_id}/draw",
    }
)
"""Posts through the same `create_once` whose repetition the tests of their own door examine."""


@dataclass
class Creation:
    """One creating request that the platform would carry out now, and another body for the same key."""

    who: Actor
    path: str
    body: Any
    other: Any = None
    other_path: str = ""


def centre_of(door: Door) -> Centre:
    """A centre on the platform of the door, made once; no job is left behind."""
    centre = Centre(door.platform)
    if "chief-a" not in door.platform.people:
        with door.platform.database.transaction() as session:
            session.add(SiteRecord(code="city", level="city", name="City"))
            session.add(HallRecord(code="hall", site_code="city", name="Hall"))
        centre.department("a")
        for code in ("A-1", "A-2"):
            centre.item(code, fees=[FEE], is_free=False)
    centre.departments["a"] = door.platform.people["chief-a"].organisation_id
    return centre


def draft_of(door: Door) -> str:
    """A fresh draft of a case."""
    case = centre_of(door).open(identity=f"ID{new_id()[:8]}").case.id
    with door.platform.database.transaction() as session:
        session.exec(delete(JobRecord))
    return case


def a_case(door: Door) -> Creation:
    chief = centre_of(door).platform.people["chief-a"]
    return Creation(chief, "/api/cases", {**PERSON, "item": "A-1"}, {**PERSON, "item": "A-2"})


def a_project(door: Door) -> Creation:
    chief = centre_of(door).platform.people["chief-a"]
    body = {**PERSON, "title": "P", "lead": chief.organisation_id, "site": "city", "items": ["A-1", "A-2"]}
    return Creation(chief, "/api/projects", body, {**body, "title": "Q"})


def a_bill(door: Door) -> Creation:
    case = draft_of(door)
    body = {"charges": [{"case": case, "fee": "f"}]}
    return Creation(
        door.platform.people["chief-a"],
        "/api/bills",
        body,
        {"charges": [{"case": case, "fee": "f", "units": 2}]},
    )


def a_contact(door: Door) -> Creation:
    chief = centre_of(door).platform.people["chief-a"]
    return Creation(chief, "/api/contacts", {"subject": "a licence"}, {"subject": "a permit"})


def a_meeting(door: Door) -> Creation:
    case = draft_of(door)
    chief = door.platform.people["chief-a"]
    body = {
        "kind": "joint_review",
        "cases": [case],
        "departments": [chief.organisation_id],
        "held_on": "2027-01-10",
    }
    return Creation(chief, "/api/meetings", body, {**body, "held_on": "2027-01-11"})


def a_hop(door: Door) -> Creation:
    case = draft_of(door)
    body = {"what": "papers", "from_code": "county", "to_code": "city"}
    return Creation(
        door.platform.people["chief-a"], f"/api/cases/{case}/hops", body, {**body, "what": "certificate"}
    )


def a_peer(door: Door) -> Creation:
    private = suite("hybrid").make_private()
    body = {
        "name": "outer",
        "sign_public": b64(Signer("outer", bytes(32)).public),
        "seal_public": b64(suite("hybrid").public_of(private)),
    }
    return Creation(door.platform.operator, "/api/exchange/peers", body, {**body, "name": "other"})


def an_opinion(door: Door) -> Creation:
    monitor = door.platform.person("monitor", Duty.MONITOR)
    return Creation(
        monitor, "/api/opinions", {"text": "More windows, please."}, {"text": "Fewer papers, please."}
    )


def a_notice(door: Door) -> Creation:
    office = door.platform.person("centre-office", Duty.CENTRE_OFFICE)
    body = {"notice_no": "Flood order 3", "days": [{"date": "2026-12-07", "working": False}]}
    return Creation(office, "/api/calendar", body, {**body, "notice_no": "Flood order 4"})


def an_item(door: Door) -> Creation:
    centre_of(door)
    office = door.platform.person("centre-office", Duty.CENTRE_OFFICE)
    body = {"department": "a", "site": "city", "item": item_data("N-1")}
    return Creation(office, "/api/items", body, {**body, "item": item_data("N-2")})


CREATIONS: dict[str, Callable[[Door], Any]] = {
    "POST /api/cases": a_case,
    "POST /api/projects": a_project,
    "POST /api/bills": a_bill,
    "POST /api/contacts": a_contact,
    "POST /api/meetings": a_meeting,
    "POST /api/cases/{case_id}/hops": a_hop,
    "POST /api/exchange/peers": a_peer,
    "POST /api/opinions": an_opinion,
    "POST /api/calendar": a_notice,
    "POST /api/items": an_item,
}

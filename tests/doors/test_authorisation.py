"""Every route of the application: closed unless listed as public, and open only to its duty and its scope."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlmodel import delete

from accounts.actions import begin_session, issue_token
from accounts.credentials import Scope
from accounts.duties import Actor, Duty
from approval.records.organisation import HallRecord
from crypto.parts_digest import parts_digest
from storage.outbox import JobRecord
from tests.approval.centre import Centre
from tests.builders import Platform, SealedBid, make_bid, make_draft, make_platform, make_tender, submit
from tests.doors.applicant_pages import APPLICANT_AREAS
from tests.doors.closed_blind import BLIND_IDS
from tests.doors.closed_cases import OF_ONE_THING
from tests.doors.closed_ceremony import OF_ONE_DRAW
from tests.doors.closed_findings import FINDING_AREAS, FINDING_IDS
from tests.doors.closed_openings import OPENING_AREAS, OPENING_IDS
from tests.doors.closed_panel import PANEL_AREAS, PANEL_IDS
from tests.doors.closed_passkeys import PASSKEY_AREAS, PASSKEY_IDS
from tests.doors.closed_pool import OF_ONE_ENTRY, POOL_AREAS, POOL_IDS
from tests.doors.closed_price_checks import PRICE_CHECK_AREAS
from tests.doors.closed_routes import CLOSED, TEXT, Route
from tests.doors.closed_signals import SIGNAL_AREAS, SIGNAL_IDS
from tests.doors.closed_supervision import (
    OF_ONE_CARD,
    SUPERVISION_AREAS,
    SUPERVISION_IDS,
)
from tests.doors.closed_uploads import LOOKS, OF_ONE_UPLOAD, UPLOAD_IDS
from tests.doors.door import Door, kept
from tests.doors.public_routes import PUBLIC, PUBLIC_PAGES
from tests.doors.staff_pages import STAFF_AREAS, STAFF_IDS
from web.app import create_app
from web.guards import SESSION_COOKIE

SCHEMA = "/api/schema"
AREAS = (
    STAFF_AREAS
    | APPLICANT_AREAS
    | SIGNAL_AREAS
    | FINDING_AREAS
    | SUPERVISION_AREAS
    | PANEL_AREAS
    | OPENING_AREAS
    | PASSKEY_AREAS
    | PRICE_CHECK_AREAS
    | POOL_AREAS
    | {
        "office": {Duty.TENDER_OFFICE},
        "bidder": {Duty.BIDDER},
        "opener": {Duty.OPENER},
        "expert": {Duty.EXPERT},
        "pool": {Duty.POOL_MANAGER},
        "operator": {Duty.OPERATOR},
        "centre": {Duty.CENTRE_OFFICE},
        "agency-draws": {Duty.CENTRE_OFFICE, Duty.APPLICANT},
        "intermediaries": {Duty.CENTRE_OFFICE, Duty.APPLICANT},
        "draws": {Duty.TENDER_OFFICE, Duty.WITNESS, Duty.SUPERVISOR},
        "calls": {Duty.POOL_MANAGER, Duty.SUPERVISOR, Duty.TENDER_OFFICE},
    }
)
"""First part of a page's path: the duties that have such pages."""
FRAGMENTS = {"POST /expert/tenders/{tender_id}/bids/{bid_id}/draft"}
"""Posts of a script in the page: a refusal is a line of text for the page, and nothing is kept."""


NOWHERE = dict.fromkeys(
    (
        "hop_id",
        "project_id",
        "bill_id",
        "contact_id",
        "window_id",
        "ticket_id",
        "task_id",
        "meeting_id",
        "peer",
    ),
    "none",
)
NOWHERE |= BLIND_IDS | FINDING_IDS | SIGNAL_IDS | SUPERVISION_IDS | STAFF_IDS | PANEL_IDS | POOL_IDS
NOWHERE |= UPLOAD_IDS | PASSKEY_IDS | OPENING_IDS
"""Ids of things that do not exist."""


def make_case(platform: Platform) -> str:
    """An accepted case of a department that none of the strangers belongs to."""
    centre = Centre(platform)
    with platform.database.transaction() as session:
        session.add(HallRecord(code="hall", site_code="city", name="Hall"))
    centre.department("a")
    centre.item()
    case_id = centre.accepted()
    with platform.database.transaction() as session:
        session.exec(delete(JobRecord))  # nothing may be written while refusals are counted
    return case_id


class Scene:
    """A platform with one published tender, one bid in it, and somebody for each duty who has nothing to do with it."""

    def __init__(self, platform: Platform, client: Any, case_id: str) -> None:
        self.platform, self.client, self.door = platform, client, Door(client, platform)
        self.case_id = case_id
        self.tender = make_tender(platform)
        self.bid: SealedBid = make_bid(platform, self.tender, "bidder-1")
        receipt = json.loads(submit(platform, self.bid, self.tender))
        self.bid_id = receipt["statement"]["body"]["bid"]
        self.spare = make_bid(platform, self.tender, "bidder-2")
        self.strangers = {duty: platform.person(f"other-{duty.replace('_', '-')}", duty) for duty in Duty}
        self.question_id = self.door.call(
            self.bid.bidder, "POST", f"/api/tenders/{self.tender.tender_id}/questions", TEXT
        ).json()["id"]

    def ask(self, closed: Route, token: str | None, **headers: str) -> httpx.Response:
        """Call a closed route with a body that its handler takes."""
        method, path = closed.name.split()
        path = path.format(
            tender_id=self.tender.tender_id,
            lot_id=self.tender.lot_id,
            bid_id=self.bid_id,
            question_id=self.question_id,
            draw_id="none",
            post_id="none",
            case_id=self.case_id,
            party="office",
            dealer="witness",
            code="none",
            name="devices",
            version_id="none",
            number=0,
            **NOWHERE,
        )
        sent = {**closed.headers, **headers, "Idempotency-Key": "a key of the test"}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        body: dict[str, Any] = {"json": closed.body}
        if closed.body == "bid":
            sent["Idempotency-Key"] = parts_digest(self.spare.envelope).hex()
            body = {"content": self.spare.envelope}
        elif isinstance(closed.body, bytes):
            body = {"content": closed.body}
        elif closed.body is None:
            body = {}
        answer: httpx.Response = self.client.request(method, path + closed.query, headers=sent, **body)
        return answer


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    platform = make_platform(tmp_path_factory.mktemp("authorisation"))
    case_id = make_case(platform)
    with TestClient(create_app(platform.adapters)) as client:
        yield Scene(platform, client, case_id)


def all_routes(scene: Scene) -> set[str]:
    found = set()
    for each in scene.client.app.routes:
        for method in set(getattr(each, "methods", ())) - {"OPTIONS"}:
            found.add(f"{method} {each.path_format}")
    found -= LOOKS
    return {name for name in found if not name.split()[1].startswith(SCHEMA)}


def is_api(name: str) -> bool:
    return name.split()[1].startswith(("/api/", "/log/", "/health"))


def test_every_route_of_the_api_is_either_public_or_closed(scene: Scene) -> None:
    api = {name for name in all_routes(scene) if is_api(name)}
    assert PUBLIC & {closed.name for closed in CLOSED} == set()
    assert api == PUBLIC | {closed.name for closed in CLOSED}


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: closed.name)
def test_closed_route_asks_for_a_token(scene: Scene, closed: Route) -> None:
    before = kept(scene.platform)
    wrong = "mt_" + "A" * 43
    for token in (None, "", "nonsense", wrong, "mt_"):
        answer = scene.ask(closed, token)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), token
    assert kept(scene.platform) == before


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: closed.name)
def test_expired_token_is_no_token(scene: Scene, closed: Route) -> None:
    now = scene.platform.clock.now()
    person = scene.platform.person("expired", Duty.BIDDER)
    for age in (timedelta(days=1), timedelta(days=2)):
        with scene.platform.database.transaction() as opened:
            token = issue_token(
                opened, person_id=person.person_id, label="old", scopes=list(Scope), days=1, now=now - age
            )
        assert scene.ask(closed, token).status_code == 401


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: closed.name)
def test_no_other_duty_opens_the_route(scene: Scene, closed: Route) -> None:
    before = kept(scene.platform)
    for duty, person in scene.strangers.items():
        if duty not in closed.duties:
            answer = scene.ask(closed, scene.door.token(person))
            assert answer.status_code in (403, 404), (duty, answer.text)
            assert answer.json()["code"] in ("not-allowed", "not-found")
    assert kept(scene.platform) == before


@pytest.mark.parametrize("closed", CLOSED, ids=lambda closed: closed.name)
def test_no_other_scope_opens_the_route(scene: Scene, closed: Route) -> None:
    if closed.scope is None:
        return
    before = kept(scene.platform)
    for duty in closed.duties:
        for scope in set(Scope) - {closed.scope}:
            answer = scene.ask(closed, scene.door.token(scene.strangers[duty], scope))
            assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), (duty, scope)
    assert kept(scene.platform) == before


OTHERS = [
    ("GET /api/tenders/{tender_id}/missing", Duty.TENDER_OFFICE),
    ("PUT /api/tenders/{tender_id}", Duty.TENDER_OFFICE),
    ("POST /api/tenders/{tender_id}/publish", Duty.TENDER_OFFICE),
    ("POST /api/tenders/{tender_id}/amendments", Duty.TENDER_OFFICE),
    ("POST /api/tenders/{tender_id}/documents", Duty.TENDER_OFFICE),
    ("POST /api/questions/{question_id}/answer", Duty.TENDER_OFFICE),
    ("POST /api/tenders/{tender_id}/draw", Duty.TENDER_OFFICE),
    ("GET /api/tenders/{tender_id}/evaluation", Duty.TENDER_OFFICE),
    ("GET /api/tenders/{tender_id}/bids/{bid_id}/files", Duty.TENDER_OFFICE),
    ("GET /api/bids/{bid_id}/receipt", Duty.BIDDER),
    ("GET /api/bids/{bid_id}/tokens", Duty.BIDDER),
    ("POST /api/bids/{bid_id}/withdrawal", Duty.BIDDER),
    ("GET /api/bids/{bid_id}/envelope", Duty.BIDDER),
    ("GET /api/bids/{bid_id}/envelope", Duty.SUPERVISOR),
    ("GET /api/tenders/{tender_id}/closing", Duty.OPENER),
    ("POST /api/tenders/{tender_id}/releases", Duty.OPENER),
    ("GET /api/tenders/{tender_id}/evaluation", Duty.EXPERT),
    ("GET /api/tenders/{tender_id}/bids/{bid_id}/sheet", Duty.EXPERT),
    ("PUT /api/tenders/{tender_id}/bids/{bid_id}/sheet", Duty.EXPERT),
]


@pytest.mark.parametrize(("name", "duty"), OTHERS)
def test_what_belongs_to_another_does_not_exist_for_the_same_duty(
    scene: Scene, name: str, duty: Duty
) -> None:
    before = kept(scene.platform)
    closed = next(closed for closed in CLOSED if closed.name == name)
    answer = scene.ask(closed, scene.door.token(scene.strangers[duty]))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), answer.text
    assert kept(scene.platform) == before


def test_own_duty_and_scope_open_the_route(scene: Scene) -> None:
    """So that the refusals above are not refusals of everybody."""
    people = {Duty.TENDER_OFFICE: scene.tender.office, Duty.BIDDER: scene.bid.bidder}
    people[Duty.OPENER] = scene.tender.openers[0]
    for closed in CLOSED:
        person = next((people[duty] for duty in closed.duties if duty in people), None)
        person = person or scene.strangers[min(closed.duties)]
        reading = closed.name.startswith("GET") and closed.scope not in (Scope.EVALUATE, None)
        if (
            reading
            and "capsule" not in closed.name
            and closed.name not in OF_ONE_THING | OF_ONE_UPLOAD | OF_ONE_CARD | OF_ONE_DRAW | OF_ONE_ENTRY
        ):
            answer = scene.ask(closed, scene.door.token(person, closed.scope or Scope.READ))
            is_early = any(word in closed.name for word in ("closing", "own-envelopes"))
            assert answer.status_code == (409 if is_early else 200), (
                closed.name,
                answer.text,
            )


def test_draft_is_seen_by_its_office_and_its_openers_only(scene: Scene) -> None:
    draft = make_draft(scene.platform)
    insiders = [draft.office, *draft.openers]
    for person in [None, *insiders, *scene.strangers.values()]:
        for path in ("", "/events", "/opening", "/notice"):
            answer = scene.door.call(person, "GET", f"/api/tenders/{draft.tender_id}{path}")
            expected = 200 if person in insiders and not path else 404
            assert answer.status_code == expected, (person, path)


def session(scene: Scene, person: Actor) -> str:
    with scene.platform.database.transaction() as opened:
        return begin_session(opened, person_id=person.person_id, hours=1, now=scene.platform.clock.now())


def pages(scene: Scene) -> list[str]:
    return sorted(name for name in all_routes(scene) - PUBLIC_PAGES - FRAGMENTS if not is_api(name))


def test_public_pages_exist(scene: Scene) -> None:
    assert PUBLIC_PAGES - all_routes(scene) == set()


def visit(scene: Scene, name: str, cookie: str = "", **headers: str) -> httpx.Response:
    method, path = name.split()
    path = path.format(
        tender_id=scene.tender.tender_id,
        lot_id=scene.tender.lot_id,
        bid_id=scene.bid_id,
        question_id=scene.question_id,
        draw_id="none",
        post_id="none",
        case_id="none",
        document_id="none",
        which="eu-linear",
        person_id="none",
        organisation_id="none",
        **NOWHERE,
        party="office",
        dealer="witness",
        code="none",
        name="devices",
        version_id="none",
        number=0,
        job_id=0,
    )
    sent = {"Accept": "text/html", **headers}
    if cookie:
        sent["Cookie"] = f"{SESSION_COOKIE}={cookie}"
    if method == "POST":
        sent.setdefault("Sec-Fetch-Site", "same-origin")
    body: dict[str, Any] = {"data": {"x": "y"}} if method == "POST" else {}
    if method == "POST" and path.endswith(
        ("/upload", "/documents", "/file", "/pool", "/papers", "/certificates", "/window/new")
    ):
        body = {"files": {"file": ("bid.sealed", scene.spare.envelope)}}
    answer: httpx.Response = scene.client.request(method, path, headers=sent, follow_redirects=False, **body)
    return answer


def test_closed_page_sends_the_public_to_sign_in(scene: Scene) -> None:
    before = kept(scene.platform)
    for name in pages(scene):
        for cookie in ("", "A" * 43):
            answer = visit(scene, name, cookie)
            assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/sign-in"), name
    assert kept(scene.platform) == before


def test_page_of_an_area_is_closed_to_all_other_duties(scene: Scene) -> None:
    before, seen = kept(scene.platform), set()
    for number, (duty, person) in enumerate(scene.strangers.items()):
        cookie = session(scene, person)
        for position, name in enumerate(pages(scene)):
            area = name.split()[1].split("/")[1]
            # Every duty meets every area, and every page a third of the duties.
            if duty in AREAS[area] or ((area, duty) in seen and (position + number) % 3):
                continue
            seen.add((area, duty))
            answer = visit(scene, name, cookie)
            assert answer.status_code in (403, 404), (name, duty)
    assert kept(scene.platform) == before


def test_fragment_keeps_nothing_of_others(scene: Scene) -> None:
    assert FRAGMENTS - all_routes(scene) == set()
    before = kept(scene.platform)
    cookies = ["", *(session(scene, person) for person in scene.strangers.values())]
    said = {visit(scene, name, cookie).text for name in FRAGMENTS for cookie in cookies}
    assert kept(scene.platform) == before
    assert not [text for text in said if "T-1" in text or scene.bid.bidder.name in text]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_session_does_not_act_for_another_site(scene: Scene, headers: dict[str, str]) -> None:
    before = kept(scene.platform)
    cookie = session(scene, scene.tender.office)
    for name in pages(scene):
        if name.startswith("POST"):
            assert visit(scene, name, cookie, **headers).status_code == 403, name
    for closed in CLOSED:
        if not closed.name.startswith("GET"):
            answer = scene.ask(closed, None, Cookie=f"{SESSION_COOKIE}={cookie}", **headers)
            assert answer.status_code == 403, closed.name
    assert kept(scene.platform) == before


def test_session_does_not_act_for_a_foreign_origin(scene: Scene) -> None:
    cookie = session(scene, scene.tender.office)
    closed = next(closed for closed in CLOSED if closed.name == "POST /api/tenders")
    for origin in ("https://evil.example", "null", "http://testserver.local.evil.example"):
        answer = scene.ask(closed, None, Cookie=f"{SESSION_COOKIE}={cookie}", Origin=origin)
        assert answer.status_code == 403

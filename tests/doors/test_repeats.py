"""Creating requests: each needs an Idempotency-Key, repeating gives the first answer, another body is refused."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from accounts.duties import Duty
from crypto.canonical import b64, unb64
from crypto.envelope import open_share
from crypto.opener_keys import make_opener_key, offer_key, open_opener_key
from crypto.own_secrets import own_part
from crypto.signatures import sign_statement
from crypto.suites import suite
from tender import queries
from tender.actions import close, draft
from tender.failures import OpeningRule
from tender.opening import RELEASE_TYPE, release_body
from tender.queries import stages
from tender.rehearsal import rehearsal_info
from tests.builders import (
    CHEAP,
    CLOSES,
    NOW,
    PASSPHRASE,
    PublishedTender,
    make_bid,
    make_bidder,
    make_draft,
    make_platform,
    make_tender,
    submit,
)
from tests.doors import repeats_of_approval, repeats_of_panel, repeats_of_price_checks, repeats_of_signals
from tests.doors.closed_openings import OPENINGS_WITHOUT_KEY
from tests.doors.closed_passkeys import PASSKEYS_WITHOUT_KEY
from tests.doors.closed_pool import POOL_WITHOUT_KEY
from tests.doors.closed_uploads import UPLOADS_WITHOUT_KEY
from tests.doors.door import Door, facts, serving
from tests.doors.repeats_of_approval import Creation
from tests.flows.ceremonies import PARTIES
from tests.flows.panels import draw_panel, fill_pool, opened_tender
from web.app import create_app

WITHOUT_KEY = {
    "POST /api/tokens": "a secret is never stored to be shown again",
    "POST /api/tenders/{tender_id}/lots/{lot_id}/bids": "the key is the envelope's digest",
    "POST /api/bids/{bid_id}/withdrawal": "a second withdrawal gives the first receipt",
    "POST /api/tenders/{tender_id}/bids/{bid_id}/sheet/signature": "If-Match names the version",
    "POST /api/tenders/{tender_id}/call-out": "creates nothing: a look that is logged",
    "POST /api/rulebooks/lint": "creates nothing: it looks at a rulebook",
    "POST /api/rulebooks/try": "creates nothing: it works out made-up points",
    "POST /api/rulebooks/stress": "creates nothing: it counts on made-up lots",
    **repeats_of_approval.WITHOUT_KEY,
    **repeats_of_panel.WITHOUT_KEY,
    **POOL_WITHOUT_KEY,
    **OPENINGS_WITHOUT_KEY,
    **PASSKEYS_WITHOUT_KEY,
    **UPLOADS_WITHOUT_KEY,
    "POST /api/draws/{draw_id}/voiding": "the draw is there once only",
    "POST /api/tenders/{tender_id}/calls": "a panel is called once",
    "POST /api/call-reports": "a call is answered once",
}
"""The posts of the API that take no Idempotency-Key of the caller's choice, and why."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    platform = make_platform(tmp_path_factory.mktemp("repeats"))
    with serving(create_app(platform.adapters)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield Door(client, platform)


@pytest.fixture
def door(served: Door) -> Iterator[Door]:
    yield served
    served.platform.clock.at = NOW


def organisation(door: Door) -> Creation:
    return Creation(door.platform.operator, "/api/organisations", {"name": "One"}, {"name": "Two"})


def person(door: Door) -> Creation:
    firm = door.platform.operator.organisation_id
    body = {"name": "P", "sign_in": "newcomer", "password": "long enough words", "duties": []}
    body["organisation_id"] = firm
    return Creation(door.platform.operator, "/api/people", body, {**body, "name": "Q"})


def signing_key(door: Door) -> Creation:
    actor = door.platform.person("bidder", Duty.BIDDER)
    bodies = [{"public": b64(bytes([number] * 32))} for number in (1, 2)]
    return Creation(actor, "/api/signing-keys", *bodies)


def new_tender(door: Door) -> Creation:
    office = door.platform.person("office", Duty.TENDER_OFFICE)
    return Creation(office, "/api/tenders", {"reference": "T-1"}, {"reference": "T-2"})


def document(door: Door) -> Creation:
    made = make_draft(door.platform)
    path = f"/api/tenders/{made.tender_id}/documents?name=terms.txt"
    return Creation(made.office, path, b"one", b"two")


def publication(door: Door) -> Creation:
    made, other = make_draft(door.platform), make_draft(door.platform)
    path = "/api/tenders/{}/publish"
    return Creation(made.office, path.format(made.tender_id), None, other_path=path.format(other.tender_id))


def amendment(door: Door) -> Creation:
    made = make_tender(door.platform)
    times = {"questions_until": "2026-12-20T00:00:00Z", "closes_at": "2027-01-10T00:00:00Z"}
    body = {"changes": "more time", "timetable": times}
    return Creation(
        made.office, f"/api/tenders/{made.tender_id}/amendments", body, {**body, "changes": "much more time"}
    )


def question(door: Door) -> Creation:
    made = make_tender(door.platform)
    actor = door.platform.person("bidder", Duty.BIDDER)
    return Creation(actor, f"/api/tenders/{made.tender_id}/questions", {"text": "Why?"}, {"text": "When?"})


def answer(door: Door) -> Creation:
    asked = question(door)
    question_id = door.call(asked.who, "POST", asked.path, asked.body).json()["id"]
    office = door.platform.people["office"]
    return Creation(office, f"/api/questions/{question_id}/answer", {"text": "So."}, {"text": "Then."})


def opener_key(door: Door) -> Creation:
    made = make_draft(door.platform)
    opener = made.openers[0]
    bodies = []
    for _ in range(2):
        file = make_opener_key("classic", made.tender_id, opener.person_id, PASSPHRASE, cost=CHEAP)
        bodies.append({"statement": offer_key(open_opener_key(file, PASSPHRASE))})
    return Creation(opener, f"/api/tenders/{made.tender_id}/opener-key", *bodies)


def rehearsal(door: Door) -> Creation:
    made = make_draft(door.platform)
    opener, key = made.openers[0], made.keys[0]
    path = f"/api/tenders/{made.tender_id}"
    test = door.call(opener, "POST", f"{path}/opener-key", {"statement": offer_key(key)}).json()
    opened = suite("classic").open_with(
        key.hpke_private, rehearsal_info(made.tender_id), unb64(test["rehearsal"])
    )
    return Creation(opener, f"{path}/rehearsal", {"answer": b64(opened)}, {"answer": b64(os.urandom(32))})


def share_release(door: Door) -> Creation:
    platform = door.platform
    made = make_tender(platform)
    for number in range(3):
        submit(platform, make_bid(platform, made, f"bidder-{number}"), made)
    platform.clock.at = CLOSES + timedelta(seconds=2)
    with platform.database.transaction() as session:
        record = close.close(
            session, keys=platform.adapters.keys, tender_id=made.tender_id, now=platform.clock.now()
        )
        closing, prefixes = queries.closing_value(record), stages.prefixes(session, made.tender_id)
    key = made.keys[0]
    shares: dict[str, bytes | None] = {
        bid: open_share(prefix, 1, key.hpke_private) for bid, prefix in prefixes.items()
    }
    body = {
        "statement": sign_statement(key.signer, RELEASE_TYPE, release_body(closing, 1, shares)),
        "shares": {bid: b64(share or b"") for bid, share in shares.items()},
    }
    return Creation(made.openers[0], f"/api/tenders/{made.tender_id}/releases", body, {**body, "shares": {}})


def own_secrets(door: Door) -> Creation:
    made = make_tender(door.platform, opening_rule=OpeningRule(bidder_also=30))
    for _ in range(3):
        bid = make_bid(door.platform, made, f"joint-{uuid4().hex[:8]}", bidder_also=True)
        submit(door.platform, bid, made)
    door.platform.clock.at = CLOSES + timedelta(seconds=1)
    path = f"/api/tenders/{made.tender_id}"
    [own] = door.call(bid.bidder, "GET", f"{path}/own-envelopes").json()["envelopes"]
    parts = {own["envelope"]: b64(own_part(bid.signer, bid.header.ctx()))}
    return Creation(bid.bidder, f"{path}/own-secrets", {"parts": parts}, {"parts": {}})


def opening_failure(door: Door) -> Creation:
    made = own_secrets(door)
    office = door.platform.people["office"]
    bodies = [{"failing": "openers", "reason": f"opener {n} lost the key"} for n in (1, 2)]
    return Creation(office, made.path.replace("own-secrets", "opening-failures"), *bodies)


def panel_draw(door: Door) -> Creation:
    made = opened_tender(door.platform, ["300.00", "100.00", "200.00"])
    fill_pool(door.platform, [f"Institute {n}" for n in range(7)])
    for party, duty in PARTIES.items():
        door.platform.person(party, duty)
    groups = [{"id": "g", "name": {"en": "g"}, "quota": 5, "specialties": ["A08"]}]
    path = f"/api/tenders/{made.tender_id}/draw"
    return Creation(made.office, path, {"groups": groups}, {"groups": [{**groups[0], "quota": 7}]})


def votes(door: Door) -> Creation:
    checks = [{"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "51"}]
    made: PublishedTender = opened_tender(door.platform, ["300.00", "100.00", "200.00"], checks=checks)
    member = next(iter(draw_panel(door.platform, made).values()))
    base = f"/api/tenders/{made.tender_id}"
    desk = door.call(member, "GET", f"{base}/evaluation").json()
    given = [{"bid": bid["bid"], "check": "signed", "passed": True} for bid in desk["lots"][0]["bids"]]
    return Creation(
        member, f"{base}/lots/{made.lot_id}/votes", {"votes": given}, {"votes": [*given[1:], given[0]]}
    )


CREATIONS = {
    "POST /api/organisations": organisation,
    "POST /api/people": person,
    "POST /api/signing-keys": signing_key,
    "POST /api/tenders": new_tender,
    "POST /api/tenders/{tender_id}/documents": document,
    "POST /api/tenders/{tender_id}/publish": publication,
    "POST /api/tenders/{tender_id}/amendments": amendment,
    "POST /api/tenders/{tender_id}/questions": question,
    "POST /api/questions/{question_id}/answer": answer,
    "POST /api/tenders/{tender_id}/opener-key": opener_key,
    "POST /api/tenders/{tender_id}/rehearsal": rehearsal,
    "POST /api/tenders/{tender_id}/releases": share_release,
    "POST /api/tenders/{tender_id}/own-secrets": own_secrets,
    "POST /api/tenders/{tender_id}/opening-failures": opening_failure,
    "POST /api/tenders/{tender_id}/draw": panel_draw,
    "POST /api/tenders/{tender_id}/lots/{lot_id}/votes": votes,
    **repeats_of_approval.CREATIONS,
    **repeats_of_panel.CREATIONS,
    **repeats_of_price_checks.CREATIONS,
    **repeats_of_signals.CREATIONS,
}


def test_every_post_of_the_api_is_examined_here(door: Door) -> None:
    posts = {
        f"POST {each.path_format}"
        for each in create_app(door.platform.adapters).routes
        if "POST" in getattr(each, "methods", ()) and each.path_format.startswith("/api/")
    }
    assert posts == CREATIONS.keys() | WITHOUT_KEY.keys() | repeats_of_approval.MOVES


@pytest.mark.parametrize("name", CREATIONS)
def test_creation_needs_a_key_happens_once_and_keeps_its_key(door: Door, name: str) -> None:
    made = CREATIONS[name](door)
    platform = door.platform
    token = {"Authorization": f"Bearer {door.token(made.who)}"}
    before = facts(platform)
    content = {"content": made.body} if isinstance(made.body, bytes) else {"json": made.body}
    for key in ({}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "x" * 201}):
        refused = door.client.post(made.path, headers={**token, **key}, **content)
        assert (refused.status_code, refused.json()["code"]) == (422, "bad-input")
        assert refused.json()["facts"]["where"] == "Idempotency-Key"
        assert facts(platform) == before

    first = door.call(made.who, "POST", made.path, made.body, Idempotency_Key=f"key of {name}")
    assert first.status_code == 201, first.text
    once = facts(platform)
    again = door.call(made.who, "POST", made.path, made.body, Idempotency_Key=f"key of {name}")
    assert (again.status_code, again.content) == (201, first.content)
    assert facts(platform) == once

    path = made.other_path or made.path
    other = door.call(made.who, "POST", path, made.other, Idempotency_Key=f"key of {name}")
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")
    assert facts(platform) == once


def test_key_of_one_person_means_nothing_for_another(door: Door) -> None:
    tender = make_tender(door.platform)
    path = f"/api/tenders/{tender.tender_id}/questions"
    answers = [
        door.call(
            make_bidder(door.platform, name)[0],
            "POST",
            path,
            {"text": name},
            Idempotency_Key="key_of_one_person_means_nothing_for_anot",
        )
        for name in ("bidder-1", "bidder-2")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() != answers[1].json()


def test_key_used_on_another_route_is_refused(door: Door) -> None:
    asked = question(door)
    assert (
        door.call(
            asked.who, "POST", asked.path, asked.body, Idempotency_Key="key_used_on_another_route_is_refused"
        ).status_code
        == 201
    )
    other = door.call(
        asked.who,
        "POST",
        "/api/signing-keys",
        {"public": b64(bytes(32))},
        Idempotency_Key="key_used_on_another_route_is_refused",
    )
    assert (other.status_code, other.json()["code"]) == (409, "key-reused")


def test_refused_creation_does_not_use_its_key_up(door: Door) -> None:
    asked = question(door)
    refused = door.call(
        asked.who,
        "POST",
        asked.path,
        {"text": ""},
        Idempotency_Key="refused_creation_does_not_use_its_key_up",
    )
    assert refused.status_code == 422
    assert (
        door.call(
            asked.who,
            "POST",
            asked.path,
            asked.body,
            Idempotency_Key="refused_creation_does_not_use_its_key_up",
        ).status_code
        == 201
    )


def test_equal_requests_at_the_same_moment_create_one_thing(door: Door) -> None:
    asked = question(door)
    door.token(asked.who)

    def ask(_: int) -> Any:
        return door.call(asked.who, "POST", asked.path, asked.body, Idempotency_Key="one and the same key")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_withdrawal_and_submission_repeat_by_themselves(door: Door) -> None:
    tender = make_tender(door.platform)
    bid = make_bid(door.platform, tender, "bidder")
    submit(door.platform, bid, tender)
    with door.platform.database.reading() as session:
        bid_id = queries.bids_of_bidder(session, tender.tender_id, bid.bidder.organisation_id)[0].id
    receipts = [door.call(bid.bidder, "POST", f"/api/bids/{bid_id}/withdrawal") for _ in range(3)]
    assert {receipt.status_code for receipt in receipts} == {201}
    assert len({receipt.content for receipt in receipts}) == 1


def test_draft_is_edited_only_as_it_was_read(door: Door) -> None:
    made = make_draft(door.platform)
    path = f"/api/tenders/{made.tender_id}"
    tag = door.call(made.office, "GET", path).headers["etag"]
    assert door.call(made.office, "PUT", path, {"reference": "A"}).status_code == 422
    for wrong in ('"99999"', "W/x", '""', "-1", "9" * 5000):
        stale = door.call(made.office, "PUT", path, {"reference": "A"}, If_Match=wrong)
        assert (stale.status_code, stale.json()["code"]) == (412, "changed-meanwhile")
    edited = door.call(made.office, "PUT", path, {"reference": "A"}, If_Match=tag)
    assert edited.status_code == 200
    assert door.call(made.office, "PUT", path, {"reference": "B"}, If_Match=tag).status_code == 412
    with door.platform.database.transaction() as session:
        assert draft.own_tender(session, made.office, made.tender_id).reference == "A"

"""The draw and the evaluation through the HTTP door: each route parses, authorises, calls its action, answers."""

import time
from typing import Any

from accounts.duties import Actor, Duty
from crypto.canonical import b64
from crypto.draw_keys import draw_key_of, offer_draw_key
from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.result import ranking_digest
from expert_pool.draw import commitment
from expert_pool.escrow import deal_secret, dealing_digest, sign_dealing, sign_receipt
from expert_pool.transcript import check_transcript
from tests.doors.door import Door
from tests.flows.ceremonies import PARTIES
from tests.flows.panels import call_by_hand, opened_tender

CHECKS = [{"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "条例 51(1)"}]
GROUPS = [
    {"id": "roads", "name": {"zh": "公路", "en": "Roads"}, "quota": 3, "specialties": ["A08"]},
    {"id": "costs", "name": {"zh": "造价", "en": "Costs"}, "quota": 2, "specialties": ["B02"]},
]


def import_experts(door: Door, count: int) -> list[Actor]:
    platform = door.platform
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    people = [platform.person(f"expert-{n}", Duty.EXPERT) for n in range(count)]
    experts = [
        {
            "number": f"E{n}",
            "name": f"Name {n}",
            "employer": f"Institute {n}",
            "specialties": ["A0801", "B02"],
            "sign_in": f"expert-{n}",
        }
        for n in range(count)
    ]
    answer = door.call(manager, "PUT", "/api/experts", {"experts": experts})
    assert (answer.status_code, answer.json()) == (200, {"experts": count})
    page = door.call(manager, "GET", "/api/experts?limit=2").json()
    assert [row["number"] for row in page["items"]] == ["E0", "E1"]
    assert door.call(people[0], "GET", "/api/experts").status_code == 403
    return people


def draw(door: Door, tender_id: str, office: Actor) -> dict[str, Any]:
    """The whole ceremony over HTTP; the draw as it was answered last."""
    people = {party: door.platform.person(party, duty) for party, duty in PARTIES.items()}
    short = door.call(
        office, "POST", f"/api/tenders/{tender_id}/draw", {"groups": [{**GROUPS[0], "quota": 4}]}
    )
    assert (short.status_code, short.json().get("facts", {}).get("rule")) == (409, "panel-size")
    asked = door.call(office, "POST", f"/api/tenders/{tender_id}/draw", {"groups": GROUPS})
    assert asked.status_code == 201
    found = asked.json()
    hash = bytes.fromhex(found["request_hash"])
    secrets = {party: bytes([number]) * 32 for number, party in enumerate(PARTIES)}
    keys = {
        party: draw_key_of(one.person_id, secrets[party], secrets[party]) for party, one in people.items()
    }
    base = f"/api/draws/{found['id']}"

    def put(party: str, path: str, body: dict[str, Any]) -> Any:
        answer = door.call(people[party], "PUT", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    put("supervisor", f"{base}/countersignature", {"request_hash": hash.hex()})
    for party, secret in secrets.items():
        put(party, "/api/draw-key", {"statement": offer_draw_key(keys[party])})
        body = {"commitment": commitment(hash, party, secret).hex()}
        assert put(party, f"{base}/commitments/{party}", body)["due"]["until"] is None
    publics = {party: key.public for party, key in keys.items()}
    for party, secret in secrets.items():
        dealt = deal_secret(hash, party, secret, publics)
        body = {"statement": sign_dealing(keys[party], hash, party, dealt)}
        put(party, f"{base}/dealings/{party}", body)
    listed = door.call(people["witness"], "GET", f"{base}/dealings").json()
    digests = {party: dealing_digest(one) for party, one in listed["dealings"].items()}
    for party in PARTIES:
        body = {"statement": sign_receipt(keys[party], hash, party, digests)}
        ready = put(party, f"{base}/receipts/{party}", body)
    assert (ready["due"]["step"], ready["due"]["parties"]) == ("reveal", ["office"])
    for party, secret in secrets.items():
        path = f"/api/draws/{found['id']}/reveals/{party}"
        answer = door.call(people[party], "PUT", path, {"secret": b64(secret)})
        assert answer.status_code == 200
    public = door.call(None, "GET", f"/api/tenders/{tender_id}/draw").json()
    assert public["request"] is None
    assert public["drawn_at"] is not None
    return dict(answer.json())


def wait_for(door: Door, path: str) -> Any:
    for _ in range(300):
        answer = door.call(None, "GET", path)
        if answer.status_code == 200:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{path} never came")


def test_a_tender_is_drawn_scored_ranked_and_reported_over_http(door: Door) -> None:
    tender = opened_tender(door.platform, ["300.00", "100.00", "200.00"], checks=CHECKS)
    people = import_experts(door, 7)
    drawn = draw(door, tender.tender_id, tender.office)
    base = f"/api/tenders/{tender.tender_id}"

    # Before the result nobody learns a name, a leaf or the record; a member learns his own seat once people call.
    panel = door.call(None, "GET", f"{base}/panel").json()
    assert [seat["name"] for seat in panel["seats"]] == [None] * 5
    assert door.call(None, "GET", f"/api/draws/{drawn['id']}/record").status_code == 404
    assert not any(door.call(person, "GET", "/api/my-seats").json() for person in people)
    call_by_hand(door.platform, tender)
    members = [person for person in people if door.call(person, "GET", "/api/my-seats").json()]
    outsiders = [person for person in people if person not in members]
    assert len(members) == 5
    assert door.call(outsiders[0], "GET", f"{base}/evaluation").status_code == 404
    assert door.call(None, "GET", f"{base}/evaluation").status_code == 401

    early = door.call(members[0], "POST", f"{base}/lots/{tender.lot_id}/votes", {"votes": []})
    assert (early.status_code, early.json()["facts"]["rule"]) == (409, "chair-first")
    for member in members:
        choice = {"round": 1, "choice": "seat-2"}
        assert door.call(member, "POST", f"{base}/chair-votes", choice).status_code == 201
    for member in members:
        desk = door.call(member, "GET", f"{base}/evaluation").json()
        assert desk["chair"] == "seat-2"
        votes = [{"bid": bid["bid"], "check": "signed", "passed": True} for bid in desk["lots"][0]["bids"]]
        path = f"{base}/lots/{tender.lot_id}/votes"
        assert door.call(member, "POST", path, {"votes": votes}).status_code == 201
    files = f"{base}/bids/{desk['lots'][0]['bids'][0]['bid']}/files"
    listed = door.call(members[0], "GET", files).json()
    assert [one["name"] for one in listed] == ["bid.json", "offer.txt"]
    offer = door.call(members[0], "GET", f"{files}/1")
    assert (offer.content, offer.headers["content-disposition"][:10]) == (b"our offer", "attachment")
    assert door.call(tender.office, "GET", f"{files}/1").status_code == 200
    assert door.call(members[0], "GET", f"{files}/2").status_code == 404
    for stranger, status in ((outsiders[0], 404), (door.platform.people["bidder-1"], 403), (None, 401)):
        assert door.call(stranger, "GET", files).status_code == status
        assert door.call(stranger, "GET", f"{files}/1").status_code == status
    first = f"{base}/bids/{desk['lots'][0]['bids'][0]['bid']}/sheet"
    too_much = door.call(members[0], "PUT", first, {"points": {"plan": "101"}}, If_Match='"0"')
    assert (too_much.status_code, too_much.json()["code"]) == (422, "bad-sheet")
    assert door.call(members[0], "GET", first).status_code == 404
    for member in members:
        for bid in desk["lots"][0]["bids"]:
            sheet = f"{base}/bids/{bid['bid']}/sheet"
            saved = door.call(member, "PUT", sheet, {"points": {"plan": "80"}}, If_Match='"0"')
            assert saved.headers["etag"] == '"1"'
            again = door.call(member, "PUT", sheet, {"points": {"plan": "80"}}, If_Match='"0"')
            assert (again.status_code, again.headers["etag"]) == (200, '"1"')
            stale = door.call(member, "PUT", sheet, {"points": {"plan": "81"}}, If_Match='"0"')
            assert stale.status_code == 412
            signed = door.call(member, "POST", f"{sheet}/signature", None, If_Match='"1"')
            assert signed.json()["signed_at"] is not None

    report = wait_for(door, f"{base}/report/json").json()
    assert [part["number"] for part in report["parts"]] == list(range(1, 11))
    (ranked,) = door.call(None, "GET", f"{base}/rankings").json()
    case = door.call(None, "GET", f"{base}/lots/{tender.lot_id}/evaluation-case").json()
    assert ranking_digest(evaluate(read_case(case))) == ranked["digest"]
    record = door.call(None, "GET", f"/api/draws/{drawn['id']}/record").json()
    assert len(check_transcript(record).seats) == 5
    panel = door.call(None, "GET", f"{base}/panel").json()
    assert all(seat["name"].startswith("Name ") for seat in panel["seats"])
    pdf = door.call(None, "GET", f"{base}/report/pdf-zh")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert door.call(None, "GET", f"{base}/report/docx").status_code == 404


def test_malformed_requests_are_refused_with_their_field(door: Door) -> None:
    tender = opened_tender(door.platform, ["300.00", "100.00", "200.00"])
    base = f"/api/tenders/{tender.tender_id}"
    for groups in ([{**GROUPS[0], "quota": 0}], [{**GROUPS[0], "specialties": []}], [GROUPS[0], GROUPS[0]]):
        answer = door.call(tender.office, "POST", f"{base}/draw", {"groups": groups})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad-input")
    assert door.call(tender.office, "POST", f"{base}/draw", {"groups": [], "odd": 1}).status_code in (
        400,
        422,
    )
    assert door.call(None, "GET", f"{base}/draw").status_code == 404
    assert door.call(None, "GET", f"{base}/rankings").json() == []
    assert door.call(None, "GET", f"{base}/report/json").status_code == 404

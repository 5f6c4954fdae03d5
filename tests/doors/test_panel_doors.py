"""A panel at work through the HTTP door: each route authorises and calls its action; nobody sees another's figures."""

from typing import Any

from accounts.duties import Duty
from tests.doors.door import Door
from tests.flows.panels import bids_of, draw_panel, opened_tender

CHECKS = [{"id": "signed", "text": {"zh": "签章", "en": "Signed"}, "clause": "条例 51(1)"}]


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: Any, rule: str) -> None:
    assert (answer.status_code, answer.json()["facts"].get("rule")) == (409, rule), answer.text


def test_a_panel_elects_drafts_asks_reopens_and_replaces_over_http(door: Door) -> None:
    platform = door.platform
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"], checks=CHECKS)
    panel = draw_panel(platform, tender, experts=7, chair="")
    supervisor = platform.person("supervisor", Duty.SUPERVISOR)
    cheap, *_ = bids = bids_of(platform, tender)
    base, lot = f"/api/tenders/{tender.tender_id}", f"/api/tenders/{tender.tender_id}/lots/{tender.lot_id}"
    head, second = panel["seat-1"], panel["seat-2"]

    vote = {"round": 1, "choice": "seat-1"}
    assert ok(door.call(head, "POST", f"{base}/chair-votes", vote), 201) == {"chair": None}
    seen = ok(door.call(second, "GET", f"{base}/panel-work"))
    assert (seen["rounds"][0]["voted"], seen["rounds"][0]["votes"], seen["rounds"][0]["own"]) == (
        ["seat-1"],
        None,
        None,
    )
    for member in list(panel.values())[1:]:
        done = ok(door.call(member, "POST", f"{base}/chair-votes", vote), 201)
    assert done == {"chair": "seat-1"}
    assert ok(door.call(tender.office, "GET", f"{base}/panel-work"))["rounds"][0]["votes"]["seat-1"] == 5

    cast = [{"bid": bid, "check": "signed", "passed": True} for bid in bids]
    draft = {"votes": [{**cast[0], "passed": None, "reason": "page 3?"}]}
    saved = door.call(second, "PUT", f"{lot}/votes", draft, If_Match='"0"')
    assert (ok(saved), saved.headers["etag"]) == ({"version": 1}, '"1"')
    again = door.call(second, "PUT", f"{lot}/votes", draft, If_Match='"0"')
    assert (ok(again), again.headers["etag"]) == ({"version": 1}, '"1"')
    other = {"votes": [cast[0]]}
    assert door.call(second, "PUT", f"{lot}/votes", other, If_Match='"0"').status_code == 412
    own = ok(door.call(second, "GET", f"{base}/evaluation"))["lots"][0]
    assert own["ballot"] == {"version": 1, "votes": [{**draft["votes"][0]}]}
    assert "page 3?" not in door.call(head, "GET", f"{base}/evaluation").text

    question = {"kind": "price_correction", "text": "The items add up to 99.50.", "corrected_price": "99.50"}
    path = f"{base}/bids/{cheap}/clarifications"
    refused(door.call(second, "POST", path, question), "chair-only")
    asked = ok(door.call(head, "POST", path, question), 201)["id"]
    mine = {
        name: ok(door.call(platform.people[name], "GET", f"{base}/my-clarifications"))
        for name in ("bidder-1", "bidder-2", "bidder-3")
    }
    (firm,) = [name for name, found in mine.items() if found]
    assert mine[firm][0]["corrected_price"] == "99.50"
    reply = {"text": "Yes.", "confirms": True}
    ok(door.call(platform.people[firm], "POST", f"/api/clarifications/{asked}/answer", reply), 201)
    ruling = {"ruling": "accepted", "reason": "the bidder confirms"}
    ok(door.call(head, "POST", f"/api/clarifications/{asked}/ruling", ruling), 201)
    for reader in (second, tender.office, supervisor):
        assert ok(door.call(reader, "GET", f"{base}/clarifications"))[0]["ruling"] == "accepted"

    for member in panel.values():
        ok(door.call(member, "POST", f"{lot}/votes", {"votes": cast}), 201)
    sheets = {bid: {"points": {"plan": "61.5"}, "version": 0} for bid in bids}
    kept = ok(door.call(second, "PUT", f"{lot}/sheets", {"sheets": sheets}))
    assert kept["saved"] == dict.fromkeys(bids, 1)
    stale = {bid: {"points": {"plan": "62"}, "version": 0} for bid in bids}
    again = ok(door.call(second, "PUT", f"{lot}/sheets", {"sheets": stale}))["refused"][cheap]
    assert (again["code"], again["version"], again["points"]) == ("changed-meanwhile", 1, {"plan": "61.50"})
    ok(door.call(second, "POST", f"{lot}/signatures", {"versions": dict.fromkeys(bids, 1)}), 201)
    for reader in (head, tender.office, supervisor):
        for part in ("evaluation", "panel-work", "clarifications"):
            assert "61.5" not in door.call(reader, "GET", f"{base}/{part}").text

    reopening = {"step": "sheet", "bid": cheap, "seat": "seat-2", "reason": "a slip of the pen"}
    refused(door.call(second, "POST", f"{base}/reopenings", reopening), "chair-only")
    ok(door.call(head, "POST", f"{base}/reopenings", reopening), 201)
    review = {"step": "compliance", "lot": tender.lot_id, "reason": "a page was overlooked"}
    ok(door.call(supervisor, "POST", f"{base}/reopenings", review), 201)
    unknown = door.call(supervisor, "POST", f"{base}/reopenings", {**review, "step": "opening"})
    assert unknown.status_code == 422
    assert door.call(head, "GET", f"{base}/earlier-work").status_code == 403
    earlier = ok(door.call(supervisor, "GET", f"{base}/earlier-work"))
    assert sorted(row["kind"] for row in earlier) == ["sheet", *["votes"] * 5]

    told = {"seat": "seat-2", "cause": "ill", "reason": "in hospital"}
    first = ok(door.call(tender.office, "POST", f"{base}/absences", told), 201)["id"]
    ok(door.call(supervisor, "POST", f"/api/absences/{first}/refusal", {"reason": "back already"}), 201)
    absence = ok(door.call(tender.office, "POST", f"{base}/absences", told), 201)["id"]
    assert ok(door.call(supervisor, "POST", f"/api/absences/{absence}/confirmation"), 201) == {
        "seat": "seat-6"
    }
    refused(door.call(supervisor, "POST", f"/api/absences/{absence}/confirmation"), "settled")
    assert door.call(second, "GET", f"{base}/panel-work").status_code == 404
    work = ok(door.call(supervisor, "GET", f"{base}/panel-work"))
    assert work["absences"][1]["reason"] == "in hospital"
    assert "hospital" not in door.call(head, "GET", f"{base}/panel-work").text
    assert (work["replaced"], work["chair"]) == ({"seat-2": "seat-6"}, "seat-1")

    ok(door.call(head, "POST", f"{base}/dissent", {"text": "I do not agree."}), 201)
    refused(door.call(head, "POST", f"{base}/dissent", {"text": "Still not."}), "one-dissent")
    assert ok(door.call(panel["seat-3"], "GET", f"{base}/panel-work"))["dissents"] == []
    assert ok(door.call(supervisor, "GET", f"{base}/panel-work"))["dissents"][0]["seat"] == "seat-1"

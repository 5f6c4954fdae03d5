"""The blind step through the doors: labels and texts for members, progress for others, names only after the reveal."""

from accounts.duties import Duty
from tests.builders import Platform
from tests.doors.door import Door
from tests.doors.test_price_check_doors import page
from tests.flows.blind import blind_tender, prepare
from tests.flows.panels import bids_of, draw_panel

IF_NEW = {"If_Match": '"0"'}


def test_members_score_labels_and_see_names_after_the_last_signature(platform: Platform, door: Door) -> None:
    tender = blind_tender(platform)
    prepare(platform, tender)
    panel = draw_panel(platform, tender)
    member = panel["seat-1"]
    supervisor = platform.person("another-supervisor", Duty.SUPERVISOR)
    api = f"/api/tenders/{tender.tender_id}"
    lot, bid = f"{api}/lots/{tender.lot_id}", bids_of(platform, tender)[0]
    closed = (
        f"{api}/bids/{bid}/files",
        f"{api}/bids/{bid}/files/0",
        f"{api}/price-checks",
        f"{lot}/signals",
    )
    for path in closed:
        refused = door.call(member, "GET", path)
        assert (refused.status_code, refused.json()["facts"]["rule"]) == (409, "blind-first"), path
    assert "bidder-" not in door.call(member, "GET", f"{api}/evaluation").text
    assert door.call(tender.office, "GET", closed[0]).status_code == 200
    for path in (f"/expert/tenders/{tender.tender_id}", f"/expert/tenders/{tender.tender_id}/clarifications"):
        assert "bidder-" not in page(door, member, path, "en").text
    assert page(door, member, f"/price-checks/tenders/{tender.tender_id}").status_code == 409
    assert (
        "Scored under labels, 15 signatures missing"
        in page(door, tender.office, f"/panels/{tender.tender_id}").text
    )
    for who in (tender.office, supervisor):
        (told,) = door.call(who, "GET", f"{api}/blind-parts").json()["lots"]
        assert (told["labels"], told["signatures_missing"], "parts" in told) == (3, 15, False)
        assert door.call(who, "GET", f"{lot}/blind-parts/1/text").status_code == 403
    assert door.call(member, "GET", f"{lot}/blind-parts/1/text").status_code == 200
    assert door.call(member, "GET", f"{lot}/blind-parts/4/text").status_code == 404
    points = {"points": {"plan": "61"}}
    for actor in panel.values():
        for label in (1, 2, 3):
            saved = door.call(actor, "PUT", f"{lot}/blind-parts/{label}/sheet", points, **IF_NEW)
            assert saved.json()["points"] == {"plan": "61.00"}
        body = {"versions": {"1": 1, "2": 1, "3": 1}}
        signed = door.call(actor, "POST", f"{lot}/blind-signatures", body)
        assert signed.json() == {"signed": [1, 2, 3], "is_hidden": actor is not panel["seat-5"]}
    assert door.call(member, "GET", closed[0]).status_code == 200
    (seen,) = door.call(member, "GET", f"{api}/evaluation").json()["lots"]
    assert seen["fixed"] == ["plan"]
    assert {sheet["points"]["plan"] for sheet in seen["sheets"]} == {"61.00"}
    assert "bidder-1 Ltd" in page(door, member, f"/expert/tenders/{tender.tender_id}/blind").text

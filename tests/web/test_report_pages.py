"""Pages of draws and of the report: what the office freezes and draws, what a member signs, what everybody reads."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor
from evaluation.actions import ranking
from evaluation.actions.report import keep_report
from evaluation.result import ranking_digest
from tests.builders import Platform, PublishedTender, make_platform
from tests.flows.panels import bids_of, draw_panel, members, opened_tender, score, vote
from tests.flows.test_draw_of_evaluation import COEFFICIENT, DRAWN_PRICE
from tests.flows.test_sign_report import FORMS, HOURS
from web.app import create_app
from web.guards import SESSION_COOKIE

PRICES = ["100.00", "200.00", "210.00"]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    """No database differs here."""
    return make_platform(tmp_path)


def visit(
    platform: Platform, client: Any, path: str, who: Actor | None = None, data: dict[str, str] | None = None
) -> httpx.Response:
    """A page in English, or a form sent, as somebody or nobody."""
    cookie = "language=en"
    if who is not None:
        with platform.database.transaction() as session:
            now = platform.clock.now()
            secret = begin_session(session, person_id=who.person_id, hours=1, now=now)
        cookie = f"{SESSION_COOKIE}={secret}; {cookie}"
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    method = "GET" if data is None else "POST"
    answer: httpx.Response = client.request(method, path, headers=headers, data=data, follow_redirects=False)
    if answer.status_code in (302, 303):
        return visit(platform, client, answer.headers["location"], who)
    return answer


def rated(platform: Platform, **rules: Any) -> PublishedTender:
    """A tender with every sheet signed."""
    tender = opened_tender(platform, PRICES, **rules)
    panel = list(draw_panel(platform, tender).values())
    for member in panel:
        vote(platform, tender, member)
        for bid in bids_of(platform, tender):
            score(platform, tender, member, bid, "80")
    return tender


def test_the_office_freezes_and_draws_in_front_of_everybody(platform: Platform) -> None:
    tender = rated(platform, price=DRAWN_PRICE, drawn=COEFFICIENT)
    path, office = f"/tenders/{tender.tender_id}/evaluation-draws", tender.office
    with TestClient(create_app(platform.adapters)) as client:
        assert "The office still has to draw." in visit(platform, client, path).text
        assert "Freeze the draw of lot 1" in visit(platform, client, path, office).text
        freeze = f"/office/tenders/{tender.tender_id}/lots/{tender.lot_id}/evaluation-draws"
        frozen = visit(platform, client, freeze, office, {})
        assert frozen.status_code == 200
        assert "Draw now" in frozen.text
        assert "Draw now" not in visit(platform, client, path).text
        assert "frozen already" in visit(platform, client, freeze, office, {}).text
        (record,) = client.get(f"/api{path}").json()
        draw = f"/office{path}/{record['request']['draw_id']}"
        drawn = visit(platform, client, draw, office, {})
        assert "Coefficient K" in drawn.text
        assert "made already" in visit(platform, client, draw, office, {}).text
        (record,) = client.get(f"/api{path}").json()
        assert record["tree"]["root"] in visit(platform, client, path).text
        with platform.database.transaction() as session:
            ranking.score_and_rank(session, tender_id=tender.tender_id, now=platform.clock.now())
        result = visit(platform, client, f"/tenders/{tender.tender_id}/result").text
    assert "How the benchmark came about" in result
    assert "What a public draw decided here" in result
    assert "It gets" in result


def test_a_member_reads_and_decides_and_the_office_sees_it(platform: Platform) -> None:
    tender = rated(platform)
    with platform.database.transaction() as session:
        (made,) = ranking.score_and_rank(session, tender_id=tender.tender_id, now=platform.clock.now())
        put = platform.adapters.objects.put_once
        keep_report(
            session,
            tender_id=tender.tender_id,
            ranking=ranking.rankings_digest({tender.lot_id: ranking_digest(made)}),
            forms={form: put(iter([form.encode()]), expected=None, limit_bytes=100) for form in FORMS},
            sign_within=HOURS,
            now=platform.clock.now(),
        )
    path, panel = f"/expert/tenders/{tender.tender_id}/report", members(platform, tender)
    with TestClient(create_app(platform.adapters)) as client:
        assert "Your decision" in visit(platform, client, path, panel["seat-1"]).text
        refused = visit(platform, client, path, panel["seat-1"], {"decision": "dissent", "text": ""})
        assert (refused.status_code, "gives its reasons" in refused.text) == (422, True)
        assert visit(platform, client, path, panel["seat-1"], {"decision": ""}).status_code == 422
        words = {"decision": "dissent", "text": "The plan was misread."}
        assert "Your dissent stands" in visit(platform, client, path, panel["seat-1"], words).text
        signed = visit(platform, client, path, panel["seat-2"], {"decision": "sign"}).text
        assert "You have signed" in signed
        assert "misread" not in signed
        status = visit(platform, client, f"/office/tenders/{tender.tender_id}/report", tender.office)
        assert "misread" in status.text
        assert status.text.count("no answer yet") == 3
        assert "Signatures under the report" in (
            visit(platform, client, f"/office/tenders/{tender.tender_id}", tender.office).text
        )
        platform.clock.at += HOURS
        assert "The time to sign is over" in visit(platform, client, path, panel["seat-3"]).text

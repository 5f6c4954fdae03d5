"""Two lots under different rulebooks, from the draft to the capsule: one by lowest price, one scored by experts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from accounts.duties import Actor
from client.claims import FAIL, Evidence, notice_is_published
from client.verify import examine
from crypto.canonical import canonical, read_canonical
from evaluation.actions import scoring
from evaluation.capsule import PUBLIC, pack, unpack
from evaluation.lots.rule import read_rule, write_rule
from evaluation.queries import blind, judging
from evaluation.queries.lots import award_proposal
from evaluation.rulebook import read_rulebook, rulebook_digest, write_rulebook
from kernel.errors import IntegrityBroken, Refused
from supervision.queries.snapshots import tender_snapshot
from tender import queries as tenders
from tender.actions import draft, publish
from tests.builders import (
    CLOSES,
    Platform,
    PublishedTender,
    make_bid,
    make_draft,
    make_platform,
    open_all,
    release,
    submit,
)
from tests.evaluation.cases import rulebook_data
from tests.flows.blind import blind_rulebook, prepare, score_blind
from tests.flows.panels import bids_of, draw_panel, members, score, vote
from tests.simulator import do_jobs
from web.app import create_app
from web.capsules import make_capsule
from web.guards import SESSION_COOKIE

TITLES = ({"zh": "货物", "en": "Goods"}, {"zh": "设计", "en": "Design"})
PRICES = (["100.00", "110.00", "120.00"], ["100.00", "200.00", "300.00"])
LOWEST: dict[str, Any] = {
    "name": {"zh": "最低价法", "en": "Lowest price"},
    "groups": [],
    "price__weight": 10000,
    "places__price": 4,
    "places__weighted": 4,
    "places__total": 4,
}


def frozen(data: dict[str, Any]) -> draft.FrozenRulebook:
    rules = read_rulebook(data)
    return draft.FrozenRulebook(
        write_rulebook(rules), rulebook_digest(rules), rules.currency, rules.price_places
    )


def opened(
    platform: Platform, own: tuple[int, dict[str, Any]], **changes: Any
) -> tuple[PublishedTender, PublishedTender]:
    """A tender under the usual rulebook whose one lot has its own, with three open bids in each lot."""
    tender = make_draft(platform, openers=2, lots=TITLES, **changes)
    values: dict[str, Any] = {"actor": tender.office, "tender_id": tender.tender_id}
    with platform.database.transaction() as session:
        draft.set_rulebook(session, rulebook=frozen(rulebook_data()), **values)
        draft.set_lot_rulebook(session, number=own[0], rulebook=frozen(own[1]), **values)
        publish.publish(session, bid_limit_bytes=10_000_000, now=platform.clock.now(), **values)
        first, second = (replace(tender, lot_id=lot.id) for lot in tenders.lots(session, tender.tender_id))
    for lot, prices in zip((first, second), PRICES, strict=True):
        for number, price in enumerate(prices, 1):
            submit(platform, make_bid(platform, lot, f"bidder-{number}", price=price), lot)
    platform.clock.at = CLOSES + timedelta(seconds=1)
    release(platform, tender, 1)
    release(platform, tender, 2)
    open_all(platform, tender)
    return first, second


def score_at_once(platform: Platform, lot: PublishedTender, member: Actor, points: dict[str, str]) -> None:
    """One member's points for all bids of a lot, saved and signed."""
    values: dict[str, Any] = {"actor": member, "tender_id": lot.tender_id, "lot_id": lot.lot_id}
    values["now"] = platform.clock.now()
    with platform.database.transaction() as session:
        drafts = {bid: scoring.SheetDraft({"plan": text}, 0) for bid, text in points.items()}
        scoring.save_sheets(session, drafts=drafts, **values)
        scoring.sign_sheets(session, versions=dict.fromkeys(points, 1), **values)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> tuple[Platform, PublishedTender, PublishedTender]:
    platform = make_platform(tmp_path_factory.mktemp("lot-rulebooks"))
    rule: Any = write_rule(read_rule({"method": "sequential", "cap": 1, "objective": "points"}))
    goods, design = opened(platform, (1, rulebook_data(**LOWEST)), award_rule=rule)
    panel, bids = draw_panel(platform, goods).values(), bids_of(platform, design)
    for member in panel:
        vote(platform, goods, member)
        vote(platform, design, member)
    for member in panel:
        score_at_once(platform, design, member, dict(zip(bids, ("60", "80", "100"), strict=True)))
    do_jobs(platform)
    return platform, goods, design


def test_each_lot_is_ranked_by_its_own_rulebook(story: Any) -> None:
    platform, goods, _ = story
    with platform.database.reading() as session:
        by_price, by_value = judging.lot_results(session, goods.tender_id)
    assert [line.total for line in by_price.ranking.lines] == [100_0000, 90_9091, 83_3333]
    # 0.3 * price points + 0.7 * points: 30 + 42, 15 + 56, 10 + 70
    assert [line.total for line in by_value.ranking.lines] == [80_00, 72_00, 71_00]
    assert not by_price.case.sheets
    assert len(by_value.case.sheets) == 15


def test_points_of_lots_with_other_decimals_are_brought_to_the_finest(story: Any) -> None:
    platform, goods, _ = story
    with platform.database.reading() as session:
        found = award_proposal(session, goods.tender_id)
    # The dear offer wins the design; the cheap one has the goods. 0 + 20 points are lacking.
    assert [found.amount(one.cost or 0) for one in found.own.awards] == ["0.0000", "20.0000"]
    assert (found.places, found.amount(found.own.total)) == (4, "20.0000")


def test_the_report_and_the_pages_tell_each_lots_method(story: Any) -> None:
    platform, goods, _ = story
    with platform.database.reading() as session:
        digest = judging.report(session, goods.tender_id, "json").digest
        notice = tenders.current_notice(session, goods.tender_id).body
    with platform.adapters.objects.open(digest) as stored:
        parts = {part["id"]: part["content"] for part in read_canonical(stored.read())["parts"]}
    assert [one["rulebook"]["name"]["en"] for one in parts["method"]] == ["Lowest price", "Combined scoring"]
    assert [one["rulebook_digest"] for one in parts["facts"]["lots"]] == [
        notice["lots"][0]["rulebook_digest"],
        notice["rulebook_digest"],
    ]
    client = TestClient(create_app(platform.adapters))
    page = client.get(f"/tenders/{goods.tender_id}?lang=en").text
    assert "How bids for lot 1 are evaluated" in page
    assert notice["lots"][0]["rulebook_digest"] in page
    lots = client.get(f"/api/tenders/{goods.tender_id}").json()["lots"]
    assert [lot["rulebook_digest"] for lot in lots] == [notice["lots"][0]["rulebook_digest"], None]


def test_supervision_compares_each_lots_rulebook_with_the_published_one(story: Any) -> None:
    platform, goods, _ = story
    with platform.database.reading() as session:
        found = tender_snapshot(session, goods.tender_id)
    digest = frozen(rulebook_data(**LOWEST)).digest
    assert (found.lot_digests, found.published_lot_digests) == ({1: digest}, ({1: digest},))


def test_pages_of_the_panel_and_of_bidders_go_by_each_lots_rulebook(story: Any) -> None:
    platform, goods, design = story
    client, base = TestClient(create_app(platform.adapters)), f"tenders/{goods.tender_id}"

    def page(who: Actor, path: str) -> str:
        with platform.database.transaction() as session:
            secret = begin_session(session, person_id=who.person_id, hours=9, now=platform.clock.now())
        cookie = f"{SESSION_COOKIE}={secret}; language=en"
        answer = client.get(f"/{path}", headers={"Accept": "text/html", "Cookie": cookie})
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    member = members(platform, goods)["seat-1"]
    desk = page(member, f"expert/{base}")
    assert desk.count("The platform scores every criterion of this lot") == 1
    assert page(member, f"expert/{base}/lots/{design.lot_id}/scores").count("data-row=") == 1
    assert "data-row=" not in page(member, f"expert/{base}/lots/{goods.lot_id}/scores")
    assert "Plan" in page(member, f"findings/{base}")
    assert "./mingtang seal" in page(platform.people["bidder-1"], f"bidder/{base}/seal")


def failures(story: Any, name: str = "", rulebook: Any = None) -> dict[str, str]:
    """What the verifier finds after the platform puts another rulebook into a part and signs again."""
    platform, goods, _ = story
    data = make_capsule(platform.adapters, goods.tender_id, PUBLIC)
    if name:
        parts = dict(unpack(data).parts)
        body = read_canonical(parts[name])
        (body["lots"][0] if "lots" in body else body)["rulebook"] = rulebook
        parts[name] = canonical(body)
        signer = platform.adapters.keys.receipts
        data = pack(parts, tender_id=goods.tender_id, reference="T-1", scope=PUBLIC, signer=signer)
    return {one.claim: one.detail for one in examine(Evidence(unpack(data))) if one.result == FAIL}


def test_the_capsule_holds_and_a_changed_rulebook_of_a_lot_is_found(story: Any) -> None:
    _, goods, _ = story
    assert failures(story) == {}
    changed = frozen(rulebook_data()).body
    case = failures(story, f"lots/{goods.lot_id}/case.json", changed)
    assert "another rulebook" in case["the ranking is the rulebook's result"]
    assert "another rulebook" in case["whatever was drawn came from the log"]
    assert "the notice and rulebook are the published ones" in failures(story, "notices/1.json", changed)


def test_a_lots_rulebook_that_does_not_fit_its_digest_is_named() -> None:
    """Not even a notice that was logged so, which no door lets through."""
    plain, own = frozen(rulebook_data()), frozen(rulebook_data(**LOWEST))
    lots = [{"number": 1}, {"number": 2, "rulebook": own.body, "rulebook_digest": own.digest}]
    notice = {"version": 1, "rulebook": plain.body, "rulebook_digest": plain.digest, "lots": lots}
    capsule = SimpleNamespace(statement={"body": {"reference": "T-1"}})
    evidence = cast(Evidence, SimpleNamespace(notice={**notice, "reference": "T-1"}, capsule=capsule))
    assert own.digest[:16] in notice_is_published(evidence)
    lots[1]["rulebook"] = plain.body
    with pytest.raises(IntegrityBroken, match="the rulebook of lot 2"):
        notice_is_published(evidence)


def test_one_blind_lot_hides_the_whole_tender_until_it_is_revealed(tmp_path: Path) -> None:
    """Bidders often bid for several lots, so an open lot would tell whose the blind parts are."""
    platform = make_platform(tmp_path)
    plain, hidden = opened(platform, (2, blind_rulebook()))
    with platform.database.reading() as session:
        assert set(blind.bids_by_lot(session, plain.tender_id)) == {hidden.lot_id}
    prepare(platform, plain)
    panel = draw_panel(platform, plain)
    with platform.database.reading() as session:
        assert [(row.lot_id, row.labels) for row in blind.lots(session, plain.tender_id)] == [
            (hidden.lot_id, 3)
        ]
    for seat, member in panel.items():
        with pytest.raises(Refused, match="blind parts"):
            vote(platform, plain, member)
        score_blind(platform, hidden, panel[seat], dict.fromkeys((1, 2, 3), "60"))
    for member in panel.values():
        vote(platform, plain, member)
        vote(platform, hidden, member)
    score(platform, plain, panel["seat-1"], bids_of(platform, plain)[0], "50")
    with platform.database.reading() as session:
        rules = [judging.rulebook(session, lot.tender_id, lot.lot_id) for lot in (plain, hidden)]
        fixed = [
            blind.fixed_criteria(session, book, lot.lot_id, "seat-1")
            for book, lot in zip(rules, (plain, hidden), strict=True)
        ]
    assert fixed == [[], ["plan"]]

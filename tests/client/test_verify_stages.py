"""The offline verifier on a tender whose prices opened after the scores: what was locked, released and read out."""

import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from client.claims import FAIL, NOT_PROVEN, PASS, Evidence
from client.claims_stages import announced_at_once
from client.verify import examine
from crypto.canonical import unb64
from crypto.suites import suite
from crypto.timestamps import validity_of
from evaluation.capsule import PUBLIC, unpack
from kernel.clock import write_time
from kernel.errors import IntegrityBroken
from storage.keys import platform_keys
from tests.builders import Platform
from tests.capsules import originals_of, staged
from tests.client.stories import (
    ANNOUNCED,
    CONTENTS,
    NATIONAL,
    OPEN_QUESTIONS,
    OPENED,
    RANKING,
    SHEETS,
    STAMPED,
    Story,
    due,
    edit,
)
from tools.campaign.tamper_capsule import first_verdicts, judged
from tools.campaign.tampering import one_of_each
from tools.second_verifier import SecondVerifier
from web.capsules import make_capsule
from worker.timestamps import keep_renewal, renew_archive

STILL_OPEN = OPEN_QUESTIONS - {STAMPED}


def stamp(platform: Platform) -> None:
    """A month passes, and the archive is stamped."""
    platform.clock.advance(days=31)
    now = platform.clock.now()
    made = renew_archive(platform.adapters, {}, now)
    with platform.database.transaction() as session:
        keep_renewal(session, platform.adapters, {}, made, now)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """One staged tender of the national suite, whose log was stamped three times."""
    folder = tmp_path_factory.mktemp("stages")
    made = staged(folder, suite="sm")
    for _ in range(3):
        stamp(made.platform)
    return Story(made, folder)


def test_an_honest_staged_capsule_fails_nowhere_in_either_verifier(
    story: Story, second: SecondVerifier
) -> None:
    for data in (story.public, story.full):
        assert story.both(second, data) == (due(STILL_OPEN | {CONTENTS}),) * 2


def test_both_verifiers_find_every_single_change_of_a_staged_capsule(
    story: Story, second: SecondVerifier, tmp_path: Path
) -> None:
    chance = random.Random(20261122)
    originals = originals_of({"staged": story.made})
    tampered = [(one, made) for one in originals for made in one_of_each(one, chance)]
    found = list(judged(tampered, tmp_path, second))
    assert [one for one in found if one.differing or not one.is_found] == []


@pytest.mark.parametrize("has_package", [True, False])
def test_the_full_one_opens_every_envelope_again_with_the_national_package_and_without(
    story: Story, monkeypatch: pytest.MonkeyPatch, has_package: bool
) -> None:
    # Sealing needs SM2; whoever verifies has the released shares, and the rest is SM3 and SM4 of the base.
    if not has_package:
        monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    assert suite("sm").is_installed() == has_package
    assert story.verdicts(story.full, story.envelopes) == due(STILL_OPEN)


def test_the_unreadable_price_is_a_rejection_with_its_ground(story: Story) -> None:
    parts = unpack(story.public)
    ranking = parts.json(f"lots/{story.tender.lot_id}/ranking.json")
    [rejected] = [one for one in ranking["rejected"] if one["reasons"][0]["check"] == "price-missing"]
    case = parts.json(f"lots/{story.tender.lot_id}/case.json")
    assert [bid["price"] for bid in case["bids"] if bid["bid_id"] == rejected["bid_id"]] == [None]


def test_envelopes_that_open_together_are_read_as_one_announcement(story: Story) -> None:
    evidence = Evidence(unpack(story.public), story.pinned)
    late = next(line for line in evidence.prices["bids"] if line["price"])
    first = next(line for line in evidence.opening["bids"] if line["bid"] == late["bid"])
    line = {**first, "envelopes": [*first["envelopes"], *late["envelopes"]]}
    assert json.loads(announced_at_once(evidence, line))["price"]["amount"] == late["price"]
    for changed in ([*line["envelopes"]][::-1], first["envelopes"], []):
        with pytest.raises(IntegrityBroken):
            announced_at_once(evidence, {**line, "envelopes": changed})


def price_of(body: Any) -> None:
    body["bids"][0]["price"] = "1.00"


def scores_of(body: Any) -> None:
    bid = next(iter(body["locked"]["scores"]))
    body["locked"]["scores"][bid]["sheets"] = "0" * 64


def one_release(body: Any) -> None:
    body["releases"].pop()


def a_head(body: Any) -> None:
    body["locked"]["log_size"] -= 1


def a_bid(body: Any) -> None:
    body["bids"].pop()


def another_envelope(body: Any) -> None:
    body["bids"][0]["envelopes"][0]["kind"] = "technical"


def another_scale(body: Any) -> None:
    body["price_places"] += 1


@pytest.mark.parametrize(
    "change", [price_of, scores_of, one_release, a_head, a_bid, another_envelope, another_scale]
)
def test_a_changed_record_of_the_prices_is_found_by_both(
    story: Story, second: SecondVerifier, change: Callable[[Any], object]
) -> None:
    first, other = story.both(second, story.resigned(edit("prices.json", change)))
    assert first == other
    assert {first[claim] for claim in (OPENED, ANNOUNCED, SHEETS, RANKING)} == {FAIL}


@pytest.mark.parametrize("change", [lambda body: body.update(more=1), lambda body: body["consistency"].pop()])
def test_another_way_from_the_lock_to_the_head_is_found_by_both(
    story: Story, second: SecondVerifier, change: Callable[[Any], object]
) -> None:
    first, other = story.both(second, story.resigned(edit("log/locked.json", change)))
    assert first[OPENED] == other[OPENED] == FAIL


def test_a_price_told_at_the_first_opening_is_found_by_both(
    story: Story, second: SecondVerifier, tmp_path: Path
) -> None:
    first, other = story.both(second, story.resigned(edit("opening.json", price_of)))
    assert first[ANNOUNCED] == other[ANNOUNCED] == FAIL


def another_token(lines: Any) -> None:
    lines[1]["token"] = lines[0]["token"]


def another_order(lines: Any) -> None:
    lines.reverse()


def no_entry(lines: Any) -> None:
    lines[0]["entry"] = None


def another_entry(lines: Any) -> None:
    lines[0]["entry"]["index"] -= 1


def another_way(lines: Any) -> None:
    lines[1]["consistency"].pop()


def no_newest(lines: Any) -> None:
    lines.pop()


def no_stamp(lines: Any) -> None:
    lines.clear()


@pytest.mark.parametrize(
    "change", [another_token, another_order, no_entry, another_entry, another_way, no_newest, no_stamp]
)
def test_a_broken_chain_of_stamps_is_found_by_both(
    story: Story, second: SecondVerifier, change: Callable[[Any], object]
) -> None:
    assert len(unpack(story.public).json("log/archive.json")) == 2, "the first and the newest of three"
    first, other = story.both(second, story.resigned(edit("log/archive.json", change)))
    assert first[STAMPED] == other[STAMPED] == FAIL


def test_a_stamp_proves_nothing_once_its_certificate_ran_out(
    story: Story, second: SecondVerifier, tmp_path: Path
) -> None:
    until = validity_of(unb64(story.pinned["timestamp_certificate"]))[1]
    path = tmp_path / "capsule.zip"
    path.write_bytes(story.public)
    for now, result in ((until, PASS), (until + timedelta(seconds=1), NOT_PROVEN)):
        [found] = [
            v for v in examine(Evidence(unpack(story.public), story.pinned, now=now)) if v.claim == STAMPED
        ]
        assert found.result == result
        assert second.verdicts(path, story.pinned, write_time(now))[STAMPED] == result


def test_a_national_head_is_judged_by_the_command_and_left_open_by_the_page(
    story: Story, second: SecondVerifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapters = story.platform.adapters
    folder, origin = adapters.settings.var / "keys", adapters.settings.log_origin
    keys = platform_keys(folder, origin, story.platform.clock.now(), has_national_head=True)
    national = replace(adapters, keys=keys)
    data = make_capsule(national, story.tender.tender_id, PUBLIC)
    assert make_capsule(national, story.tender.tender_id, PUBLIC) == data, "SM2 signs a head only once"
    path = tmp_path / "capsule.zip"
    path.write_bytes(data)
    assert first_verdicts(data, keys.public)[NATIONAL] == PASS
    assert second.verdicts(path, keys.public)[NATIONAL] == NOT_PROVEN
    # Who pinned the keys before there was a national head loses nothing else.
    before = {**first_verdicts(story.public, story.pinned), NATIONAL: NOT_PROVEN}
    assert first_verdicts(data, story.pinned) == second.verdicts(path, story.pinned) == before
    monkeypatch.setitem(sys.modules, "gmssl_pyx", None)
    assert first_verdicts(data, keys.public)[NATIONAL] == NOT_PROVEN

"""The offline verifier: an honest capsule holds, every change is found, and by name where a platform re-signs it."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from client.claims import FAIL, NOT_PROVEN, PASS, Evidence
from client.verify import examine
from crypto.canonical import b64, canonical, read_canonical, unb64
from evaluation.capsule import PUBLIC, unpack
from kernel.errors import MalformedCapsule
from tender import queries
from tests.builders import make_platform
from tests.capsules import Made
from tests.client.stories import (
    ANNOUNCED,
    CONTENTS,
    OPEN_QUESTIONS,
    OPENED,
    PANEL,
    RANKING,
    SHEETS,
    ChangeOfParts,
    Story,
    due,
    edit,
    remove,
)
from tests.simulator import whole_tender
from web.capsules import make_capsule

FLIPS = 200


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("story")
    platform = make_platform(folder)
    return Story(Made(platform, whole_tender(platform)), folder)


def test_honest_capsule_fails_nowhere(story: Story) -> None:
    assert story.verdicts(story.public) == due(OPEN_QUESTIONS | {CONTENTS})


def test_full_capsule_with_envelopes_proves_the_contents_too(story: Story) -> None:
    assert story.verdicts(story.full, story.envelopes) == due()


def test_capsule_is_the_same_bytes_each_time_even_when_the_log_has_grown(story: Story) -> None:
    story.platform.person("late-comer")
    assert make_capsule(story.platform.adapters, story.tender.tender_id, PUBLIC) == story.public


def test_capsule_holds_no_share_and_no_contents(story: Story) -> None:
    capsule = unpack(story.public)
    with story.platform.database.reading() as session:
        shares = [s for r in queries.releases(session, story.tender.tender_id) for s in r.shares.values()]
    assert shares
    assert b"our offer" not in b"".join(capsule.parts.values())
    assert not [s for s in shares if any(s.encode() in part for part in capsule.parts.values())]


def test_keys_that_were_not_pinned_are_not_proven_and_other_keys_fail(story: Story) -> None:
    claim = "the platform's keys are the pinned ones"
    assert {v.claim: v.result for v in examine(Evidence(unpack(story.public)))}[claim] == NOT_PROVEN
    other = {**story.pinned, "timestamp_certificate": b64(b"another")}
    assert {v.claim: v.result for v in examine(Evidence(unpack(story.public), other))}[claim] == FAIL


def test_every_flipped_byte_is_found(story: Story) -> None:
    dice = random.Random(20261121)
    for _ in range(FLIPS):
        data = bytearray(story.public)
        place = dice.randrange(len(data))
        data[place] ^= 1 << dice.randrange(8)
        try:
            changed = unpack(bytes(data))
        except MalformedCapsule:
            continue
        if changed == unpack(story.public):
            continue  # a bit of the container (a date, an attribute) that no reader sees
        found = [v for v in examine(Evidence(changed, story.pinned)) if v.result == FAIL]
        assert found, f"the flip at {place} was not found"


def price(body: Any) -> None:
    body["bids"][0]["price"] = "1.00"


def sealed_price(body: Any) -> None:
    announced = json.loads(unb64(body["bids"][0]["bid_json"]))
    announced["price"]["amount"] = "1.00"
    body["bids"][0].update(price="1.00", bid_json=b64(canonical(announced)))


def drop_bid(body: Any) -> None:
    body["bids"].pop()


def drop_release(body: Any) -> None:
    body["releases"].pop()


def double_release(body: Any) -> None:
    body["releases"][1] = body["releases"][0]


def later_closing(body: Any) -> None:
    body["timetable"]["closes_at"] = "2027-01-01T00:00:00.000000Z"


def weights(body: Any) -> None:
    body["rulebook"]["price"]["weight"], body["rulebook"]["groups"][0]["weight"] = 5000, 5000


def points(body: Any) -> None:
    sheet = body["sheets"][0]["points"]
    sheet[next(iter(sheet))] = "100.00"


def late_receipt(body: Any) -> None:
    body["bids"][0]["received_at"] = "2020-01-01T00:00:00.000000Z"


def invented_correction(body: Any) -> None:
    body["bids"][0]["corrected_price"] = "1.00"


def invented_order(body: Any) -> None:
    body["drawn"]["ties"] = [[bid["bid_id"] for bid in body["bids"]]]


def unsign_line(body: Any) -> None:
    body["members"][0].update(decision="refuse")


def drop_member(body: Any) -> None:
    body["members"].pop()


def drop_sheet(body: Any) -> None:
    body["sheets"].pop()


def swap_lines(body: Any) -> None:
    body["lines"][0], body["lines"][1] = body["lines"][1], body["lines"][0]


def total(body: Any) -> None:
    body["lines"][0]["total"] = "99.99"


def seat(body: Any) -> None:
    seats = body["result"]["seats"]
    seats[0]["leaf"], seats[-1]["leaf"] = seats[-1]["leaf"], seats[0]["leaf"]


def secret(body: Any) -> None:
    body["reveals"][0]["secret"] = b64(bytes(32))


def forget_fact(body: Any) -> None:
    body.pop()


def forget_bid_fact(body: Any) -> None:
    body[:] = [line for line in body if json.loads(unb64(line["fact"]))["kind"] != "bid.sealed"]


def fact_text(body: Any) -> None:
    fact = json.loads(unb64(body[0]["fact"]))
    fact["at"] = "2020-01-01T00:00:00.000000Z"
    body[0]["fact"] = b64(canonical(fact))


def swap(field: str) -> ChangeOfParts:
    """Exchange a field of the first two bids."""

    def apply(parts: dict[str, bytes]) -> None:
        first, second = sorted(name for name in parts if name.startswith("bids/"))[:2]
        one, two = read_canonical(parts[first]), read_canonical(parts[second])
        one[field], two[field] = two[field], one[field]
        parts[first], parts[second] = canonical(one), canonical(two)

    return apply


def unsign(parts: dict[str, bytes]) -> None:
    name = next(name for name in sorted(parts) if name.startswith("bids/"))
    body = read_canonical(parts[name])
    prefix = bytearray(unb64(body["prefix"]))
    place = prefix.rindex(b'"signature":"') + 20
    prefix[place] = ord("A") if prefix[place] != ord("A") else ord("B")
    parts[name] = canonical({**body, "prefix": b64(bytes(prefix))})


def closing_head(body: Any) -> None:
    body["consistency"] = body["consistency"][:-1]


def report(parts: dict[str, bytes]) -> None:
    parts["report.en.pdf"] += b"\n"


def test_the_capsule_brings_the_program_that_checks_its_draw(story: Story, tmp_path: Path) -> None:
    parts = unpack(story.public).parts
    for name in ("draw.json", "verify_draw.py"):
        (tmp_path / name).write_bytes(parts[name])
    assert (
        json.loads(parts["draw.json"])["request"]["verifier"] == sha256(parts["verify_draw.py"]).hexdigest()
    )
    command = [sys.executable, "-I", str(tmp_path / "verify_draw.py"), str(tmp_path / "draw.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "holds:" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (edit("opening.json", price), ANNOUNCED),
        (edit("opening.json", sealed_price), ANNOUNCED),
        (edit("opening.json", drop_bid), ANNOUNCED),
        (edit("opening.json", drop_release), OPENED),
        (edit("opening.json", double_release), OPENED),
        (edit("notices/1.json", later_closing), "the notice and rulebook are the published ones"),
        (edit("notices/1.json", weights), "the notice and rulebook are the published ones"),
        (edit("lots/", weights), RANKING),
        (edit("lots/", points), SHEETS),
        (edit("lots/", price), RANKING),
        (edit("lots/", drop_sheet), RANKING),
        (edit("draw.json", seat), PANEL),
        (edit("draw.json", secret), PANEL),
        (edit("log/facts.json", forget_fact), "the members signed or dissented"),
        (edit("signatures.json", unsign_line), "the members signed or dissented"),
        (edit("signatures.json", drop_member), "the members signed or dissented"),
        (remove("signatures.zh.pdf"), "the members signed or dissented"),
        (edit("lots/", late_receipt), RANKING),
        (edit("lots/", invented_correction), RANKING),
        (edit("lots/", invented_order), "whatever was drawn came from the log"),
        (edit("log/facts.json", forget_bid_fact), "all bids were sealed before the closing"),
        (edit("log/facts.json", fact_text), "every fact is in the append-only log"),
        (edit("log/closing.json", closing_head), "every fact is in the append-only log"),
        (swap("token"), "all bids were on time"),
        (swap("prefix"), "all envelopes were signed by their bidders"),
        (unsign, "all envelopes were signed by their bidders"),
        (report, "the report is the logged one"),
        (remove("bids/"), "all bids were on time"),
        (remove("draw.json"), PANEL),
        (remove("verify_draw.py"), PANEL),
        (remove("report.json"), "the report is the logged one"),
    ],
)
def test_change_that_the_platform_signs_again_is_found_by_name(
    story: Story, change: ChangeOfParts, claim: str
) -> None:
    verdicts = story.verdicts(story.resigned(change))
    assert verdicts["the capsule is whole and signed"] == PASS
    assert verdicts[claim].startswith(FAIL), verdicts


@pytest.mark.parametrize("change", [swap_lines, total])
def test_ranking_that_the_rulebook_does_not_give_is_found(
    story: Story, change: Callable[[Any], None]
) -> None:
    name = next(n for n in unpack(story.public).parts if n.endswith("/ranking.json"))
    verdicts = story.verdicts(story.resigned(edit(name, change)))
    assert verdicts[RANKING].startswith(FAIL)


def test_wrong_envelope_beside_the_full_capsule_is_found(story: Story) -> None:
    first, second = list(story.envelopes)[:2]
    swapped = {**story.envelopes, first: story.envelopes[second]}
    assert story.verdicts(story.full, swapped)[CONTENTS].startswith(FAIL)


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_capsule_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedCapsule):
        unpack(data)

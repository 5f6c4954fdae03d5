"""A draw with one seat per employer, from the request to the program in the capsule that checks it."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from expert_pool import queries
from expert_pool.queries.verifier import verifier, verifier_of, verifier_sha256
from expert_pool.transcript import check_transcript
from kernel.errors import BadInput, TooFewEligibleExperts
from tests.builders import make_platform
from tests.expert_pool.test_verifier import VERIFIER
from tests.flows.ceremonies import hold
from tests.flows.panels import COSTS, ROADS, fill_pool, opened_tender, request

EMPLOYERS = ["Institute A"] * 6 + ["Institute B", "Institute C", "Institute D", "Institute E"]


def test_experts_of_one_employer_get_one_seat_between_them(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    fill_pool(platform, EMPLOYERS)
    with pytest.raises(BadInput, match="per_employer"):
        request(platform, tender, employer_cap=10)
    ceremony = request(platform, tender, employer_cap=1)
    hold(platform, ceremony)
    with platform.database.reading() as session:
        draw = queries.draw(session, ceremony.draw_id)
        record = json.loads(json.dumps(queries.transcript(session, draw)))
    assert record["v"] == 3
    assert (record["request"]["caps"], record["request"]["verifier"]) == ([1], verifier_sha256())
    chances = {cls["employer"] != "": cls["chance"] for cls in record["request"]["classes"]}
    assert chances == {True: "1/6", False: "1"}
    tags = {line.split(" ")[0]: line.split(" ")[3] for line in record["table"]}
    assert len({tags[seat["leaf"]] for seat in record["result"]["seats"]}) == ROADS.quota + COSTS.quota == 5
    assert "Institute" not in json.dumps(record)
    assert check_transcript(record).seats
    assert VERIFIER.check(record)[1] == 5


def test_a_pool_that_only_the_cap_makes_short_is_refused_with_the_way_out(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    fill_pool(platform, ["Institute A"] * 4 + ["Institute B"] * 4)
    with pytest.raises(TooFewEligibleExperts, match="because of the cap on employers") as refusal:
        request(platform, tender, employer_cap=2)
    assert refusal.value.facts["relaxation"].caps == (3,)  # type: ignore[attr-defined]


def test_the_program_is_found_by_its_hash_or_is_the_newest() -> None:
    assert verifier_of(sha256(verifier()).hexdigest()) == verifier_of("") == verifier()

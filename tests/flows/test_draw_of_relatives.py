"""Relatives in the pool, from what they declared to the program that checks the record."""

import json
from pathlib import Path

from accounts.duties import Duty
from expert_pool import actions, queries
from expert_pool.actions.eligibility import recompute_eligibility
from expert_pool.experts import Expert, Relative
from expert_pool.transcript import check_transcript
from tests.builders import Platform, make_platform
from tests.expert_pool.test_verifier import VERIFIER
from tests.flows.ceremonies import hold
from tests.flows.panels import opened_tender, request


def relatives(platform: Platform, employers: list[str]) -> None:
    """A pool in which the first two experts are married and have colleagues."""
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    entries = []
    for n, employer in enumerate(employers, 1):
        platform.person(f"expert-{n}", Duty.EXPERT)
        spouse = (Relative("Name 2", "spouse", employers[1]),) if n == 1 else ()
        entry = Expert(
            f"E{n:03}", f"Name {n}", employer, "440300", frozenset({"A08", "B02"}), relatives=spouse
        )
        entries.append(actions.PoolEntry(entry, f"expert-{n}"))
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())


def test_a_married_couple_with_colleagues_never_sits_together(tmp_path: Path) -> None:
    platform = make_platform(tmp_path)
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    relatives(platform, ["X", "Y", "Y", "U", "V", "W", "T"])
    ceremony = request(platform, tender, employer_cap=1)
    hold(platform, ceremony)
    with platform.database.reading() as session:
        record = json.loads(json.dumps(queries.transcript(session, queries.draw(session, ceremony.draw_id))))
    kin = {line.split(" ")[0]: line.split(" ")[4] for line in record["table"]}
    tags = [tag for tag in kin.values() if tag != "-"]
    assert (len(tags), len(set(tags))) == (2, 1)
    assert record["v"] == 4
    assert sorted(cls["chance"] for cls in record["request"]["classes"]) == ["1/2", "1/2", "1/2", "7/8"]
    assert check_transcript(record).seats
    assert VERIFIER.check(record)[1] == 5
    assert sum(kin[seat["leaf"]] != "-" for seat in record["result"]["seats"]) <= 1
    supervisor = platform.person("supervisor", Duty.SUPERVISOR)
    with platform.database.transaction() as session:
        found = recompute_eligibility(
            session, actor=supervisor, draw_id=ceremony.draw_id, now=platform.clock.now()
        )
    assert (found.experts, found.differing) == (7, ())

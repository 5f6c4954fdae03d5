"""Experts who review an approval case: asked for at that step only, drawn from the log, without names in any trace."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from accounts.actions import begin_session
from accounts.duties import Actor, Duty
from approval.lifecycle import Act
from approval.queries import cases
from crypto.canonical import canonical
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import reviews as acts
from expert_pool.eligibility import SeatGroup
from expert_pool.experts import Expert, Identity
from expert_pool.queries import reviews
from expert_pool.review_draw import check_review_record
from kernel.errors import BadInput, IntegrityBroken, NotAllowed, NotFound, Refused, TooFewEligibleExperts
from storage.audit_log import LogRecord
from tests.approval.centre import Centre, make_centre
from tests.doors.door import Door
from web.app import create_app
from web.guards import SESSION_COOKIE

T = {"zh": "步", "en": "step"}
STEPS = [
    {"code": "review", "title": T, "kind": "review", "post": "p", "limit_days": 2},
    {"code": "experts", "title": T, "kind": "expert_review", "post": "p", "limit_days": 5},
    {"code": "decide", "title": T, "kind": "decide", "post": "d", "limit_days": 1},
]
GROUPS = (
    SeatGroup("fire", {"zh": "消防", "en": "Fire"}, 2, 2, ("A08",)),
    SeatGroup("costs", {"zh": "造价", "en": "Costs"}, 1, 1, ("B02",)),
)
PROGRAM = Path(__file__).parents[2] / "client" / "verify_draw.py"


def import_experts(centre: Centre) -> None:
    """Six who can review; one is the applicant, one works for it, one for the department, one knows something else."""
    entries = [
        PoolEntry(
            Expert(f"E{n}", "申请人" if n == 6 else f"Name {n}", employer, "440300", frozenset(specialties)),
            identity=Identity(telephone=f"138000000{n:02}"),
        )
        for n, (employer, specialties) in enumerate(
            [
                *((f"Institute {n}", ("A0801", "B02")) for n in range(6)),
                ("Institute 6", ("A0801", "B02")),
                ("申请人", ("A0801", "B02")),
                ("Department a", ("A0801", "B02")),
                ("Institute 9", ("C01",)),
            ]
        )
    ]
    with centre.platform.database.transaction() as session:
        manager = centre.person("pool-manager", Duty.POOL_MANAGER)
        actions.import_pool(session, actor=manager, entries=entries, now=centre.now)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = make_centre(tmp_path)
    import_experts(made)
    made.item("A-2", steps=STEPS)
    return made


def at_review(centre: Centre) -> str:
    """A case that has come to the step of expert review."""
    case = centre.accepted("A-2")
    centre.act(case, Act.PASS_STEP, "officer-a")
    return case


def officer(centre: Centre) -> Actor:
    return centre.person("officer-a", Duty.CASE_OFFICER, department="a")


def do(centre: Centre, act: Callable[..., Any], **values: Any) -> Any:
    with centre.platform.database.transaction() as session:
        return act(session, now=centre.now, **{"actor": officer(centre), **values})


def ask(centre: Centre, case: str, **values: Any) -> str:
    return str(do(centre, acts.ask_review_panel, **{"case_id": case, "groups": GROUPS, **values}))


def test_a_panel_is_drawn_called_replaced_and_its_record_recomputes(centre: Centre, tmp_path: Path) -> None:
    case = at_review(centre)
    draw_id = ask(centre, case)
    with pytest.raises(Refused, match="already asked for"):
        ask(centre, case)
    with pytest.raises(NotFound):
        do(centre, acts.look_at_reviewers, draw_id=draw_id)
    assert do(centre, acts.draw_review_panel, draw_id=draw_id, planned_days=5) == 3
    with pytest.raises(Refused):
        do(centre, acts.draw_review_panel, draw_id=draw_id, planned_days=5)
    members = do(centre, acts.look_at_reviewers, draw_id=draw_id)
    assert [seat for seat, *_ in members] == ["seat-1", "seat-2", "seat-3"]
    names = {name for _, _, name, _ in members}
    assert names <= {f"Name {n}" for n in range(6)}
    assert do(centre, acts.replace_reviewer, draw_id=draw_id, seat="seat-1", reason="ill") == "seat-4"
    with pytest.raises(NotFound):
        do(centre, acts.replace_reviewer, draw_id=draw_id, seat="seat-1", reason="ill")
    again = do(centre, acts.look_at_reviewers, draw_id=draw_id)
    assert [seat for seat, *_ in again] == ["seat-2", "seat-3", "seat-4"]
    with centre.platform.database.reading() as session:
        stop = cases.stops(session, case)[-1]
        assert (stop.kind, stop.refers_to, stop.ended_on) == ("expert_review", "review panel 1", None)
        with pytest.raises(NotFound):
            reviews.review_transcript(session, reviews.review(session, draw_id))
        record = json.loads(canonical(reviews.written_record(session, reviews.review(session, draw_id))))
    assert len(check_review_record(record).seats) == 3
    codes = [line.split(" ")[2] for line in record["draw"]["table"]]
    assert (codes.count("avoidance"), codes.count("specialty"), codes.count("-")) == (3, 1, 6)
    (tmp_path / "draw.json").write_text(json.dumps(record["draw"]))
    command = [sys.executable, "-I", str(PROGRAM), str(tmp_path / "draw.json")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    centre.go_to("2026-04-10")
    centre.act(case, Act.RESUME, "officer-a", result="agreed")
    centre.act(case, Act.PASS_STEP, "officer-a")
    centre.act(case, Act.GRANT, "leader-a")
    with centre.platform.database.reading() as session:
        assert reviews.review_transcript(session, reviews.review(session, draw_id))["v"] == 1
        told = b"".join(row.fact for row in session.exec(select(LogRecord)))
        events = json.dumps([event.data for event in cases.events(session, case)])
    assert told.count(b"review-panel.looked-at") == 2
    for name in (*names, "Institute", "138000000"):
        assert name not in told.decode()
        assert name not in events


def forged(record: Any, *path: Any, value: Any) -> Any:
    changed = json.loads(json.dumps(record))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def test_a_forged_record_is_refused(centre: Centre) -> None:
    draw_id = ask(centre, at_review(centre))
    do(centre, acts.draw_review_panel, draw_id=draw_id, planned_days=5)
    with centre.platform.database.reading() as session:
        record = json.loads(canonical(reviews.written_record(session, reviews.review(session, draw_id))))
    check_review_record(record)
    for wrong in (
        forged(record, "draw", "late", value="0" * 64),
        forged(record, "draw", "request", "number", value=2),
        forged(record, "draw", "request", "late", "source", value="mine"),
        forged(record, "draw", "reveals", 0, "secret", value="A" * 43),
        forged(record, "tree", "root", value="0" * 64),
        forged(record, "freeze", "index", value=0),
        forged(record, "freeze", "fact", value="e30"),
    ):
        with pytest.raises((IntegrityBroken, BadInput, KeyError)):
            check_review_record(wrong)


def test_only_the_officer_asks_and_only_at_the_step_of_expert_review(centre: Centre) -> None:
    early = centre.accepted("A-2")
    with pytest.raises(Refused, match="at the step of expert review"):
        ask(centre, early)
    case = at_review(centre)
    leader = centre.person("leader-a", Duty.LEADER, department="a")
    with pytest.raises(NotAllowed):
        ask(centre, case, actor=leader)
    stranger = centre.person("officer-z", Duty.CASE_OFFICER)
    with pytest.raises(NotFound):
        ask(centre, case, actor=stranger)
    draw_id = ask(centre, case)
    with pytest.raises(NotFound):
        do(centre, acts.look_at_reviewers, draw_id=draw_id, actor=stranger)
    centre.act(case, Act.STOP, "officer-a", kind="hearing", planned_days=5, refers_to="x")
    with pytest.raises(Refused, match="while the clock runs"):
        do(centre, acts.draw_review_panel, draw_id=draw_id, planned_days=5)


@pytest.mark.parametrize(
    ("quotas", "why"),
    [((1, 1), "at least 3"), ((2, 1), ""), ((2, 2), "must be odd"), ((5, 4), "short")],
)
def test_a_panel_is_odd_has_three_members_and_enough_experts(
    centre: Centre, quotas: tuple[int, int], why: str
) -> None:
    groups = [
        SeatGroup(group.id, group.name, quota, group.reserves, group.specialties)
        for group, quota in zip(GROUPS, quotas, strict=True)
    ]
    case = at_review(centre)
    if not why:
        assert ask(centre, case, groups=groups)
        return
    with pytest.raises(
        TooFewEligibleExperts if why == "short" else Refused, match=why if why != "short" else ""
    ):
        ask(centre, case, groups=groups)


@pytest.mark.parametrize(("cap", "is_taken"), [(-1, False), (0, True), (1, True), (9, True), (10, False)])
def test_the_cap_on_employers_has_limits(centre: Centre, cap: int, is_taken: bool) -> None:
    case = at_review(centre)
    if is_taken:
        assert ask(centre, case, employer_cap=cap)
        return
    with pytest.raises(BadInput):
        ask(centre, case, employer_cap=cap)


GROUP_JSON = [
    {"id": group.id, "name": group.name, "quota": group.quota, "specialties": list(group.specialties)}
    for group in GROUPS
]


def test_the_officer_works_over_json_and_others_see_no_name(centre: Centre) -> None:
    case = at_review(centre)
    door = Door(TestClient(create_app(centre.platform.adapters)), centre.platform)
    own, path = officer(centre), f"/api/cases/{case}/review-panel"
    watcher = centre.person("watcher", Duty.SUPERVISOR)
    assert door.call(own, "GET", path).status_code == 404
    body = {"groups": GROUP_JSON, "per_employer": 1}
    made = door.call(own, "POST", path, body, Idempotency_Key="ask-once")
    assert door.call(own, "POST", path, body, Idempotency_Key="ask-once").json() == made.json()
    assert (made.status_code, made.json()["number"], made.json()["seats"]) == (201, 1, [])
    assert door.call(watcher, "POST", f"{path}/draw", {"planned_days": 5}).status_code == 403
    assert door.call(own, "POST", f"{path}/draw", {"planned_days": 0}).status_code == 422
    drawn = door.call(own, "POST", f"{path}/draw", {"planned_days": 5})
    assert [one["seat"] for one in drawn.json()["seats"]] == ["seat-1", "seat-2", "seat-3"]
    looked = door.call(own, "POST", f"{path}/members")
    assert looked.headers["cache-control"] == "no-store"
    names = [one["name"] for one in looked.json()["members"]]
    assert len(names) == 3
    assert door.call(watcher, "POST", f"{path}/members").status_code == 403
    replaced = door.call(own, "POST", f"{path}/replacements", {"seat": "seat-3", "reason": "ill"})
    assert replaced.json()["seats"][-1] == {"seat": "seat-4", "group": "costs", "replaced_by": None}
    assert door.call(own, "GET", f"{path}/record").status_code == 404
    seen = door.call(watcher, "GET", path).text
    assert not any(name in seen for name in names)


def test_the_officer_works_on_the_page(centre: Centre) -> None:
    case = at_review(centre)
    client: Any = TestClient(create_app(centre.platform.adapters))
    with centre.platform.database.transaction() as session:
        secret = begin_session(session, person_id=officer(centre).person_id, hours=1, now=centre.now)
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    headers["Cookie"] = f"{SESSION_COOKIE}={secret}; language=en"
    base = f"/cases/{case}/review-panel"

    def send(path: str, **form: Any) -> Any:
        return client.post(base + path, data=form, headers=headers, follow_redirects=False)

    assert base in client.get(f"/cases/{case}", headers=headers).text
    groups = {
        "zh": ["消防", "造价"],
        "en": ["Fire", "Costs"],
        "quota": ["2", "1"],
        "reserves": ["2", "1"],
        "specialties": ["A08", "B02"],
        "regions": ["", ""],
    }
    assert send("", **groups, per_employer="x").status_code == 422
    assert send("", **groups, per_employer="0").status_code == 303
    assert "Draw now" in client.get(base, headers=headers).text
    assert send("/draw", planned_days="0").status_code == 422
    assert send("/draw", planned_days="5").status_code == 303
    shown = client.get(base, headers=headers).text
    assert ("Show the names" in shown, "Name " in shown.replace("Name in", "")) == (True, False)
    looked = send("/members")
    assert looked.text.count("1380000000") == 3
    assert send("/replace", seat="seat-1", reason="").status_code == 422
    assert send("/replace", seat="seat-1", reason="ill").status_code == 303
    assert "review panel 1" in client.get(f"/cases/{case}", headers=headers).text

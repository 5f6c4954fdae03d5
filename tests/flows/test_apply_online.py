"""Online applications: the three online modes, the five handling modes, one case base for network and window."""

import pytest

from approval.lifecycle import State
from tests.approval.centre import START, T
from tests.flows.online import PDF, WHO, Online, digest, text_of

FORWARDED = [
    {"code": "review", "title": T, "kind": "review", "post": "review", "limit_days": 2},
    {"code": "forward", "title": T, "kind": "forward", "post": "forward", "limit_days": 3},
    {"code": "decide", "title": T, "kind": "decide", "post": "decide", "limit_days": 1},
]
EIGHT = [
    ("guide", "review", 1),
    ("intake", "review", 1),
    ("form_check", "review", 1),
    ("experts", "expert_review", 1),
    ("public", "publicity", 1),
    ("project", "examine", 1),
    ("contract", "forward", 1),
    ("approve", "decide", 1),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Online:
    return Online(tmp_path_factory.mktemp("online"))


@pytest.fixture
def online(shared: Online) -> Online:
    """One centre for all stories; each begins on the same day."""
    shared.centre.platform.clock.at = START
    return shared


def test_direct_mode_needs_no_visit_and_delivers_electronically(online: Online) -> None:
    who = online.applicant()
    case = online.handed_in(who)["id"]
    online.act("chief-a", case, "accept")
    online.decide(case)
    online.act("chief-a", case, "deliver", way="electronic")
    kept = online.write_letters(case, "certificate")["certificate"]
    seen = online.ask(who, "GET", f"/api/cases/{case}")
    (letter,) = [one for one in seen["letters"] if one["kind"] == "certificate"]
    paper = online.ask(who, "GET", f"/api/cases/{case}/letters/certificate-{letter['sequence']}")
    assert (paper[:5], digest(paper)) == (b"%PDF-", kept)
    assert (online.record(case).visits, seen["state"]) == (0, "done")


def test_extended_mode_lets_a_service_point_print_the_paper_with_the_same_hash(online: Online) -> None:
    staff = online.site()
    body = {"channel": "site", "online_mode": "extended", "site": "town", "window": online.site_window}
    opened = online.begin(staff, **body)
    case = opened["id"]
    online.bring(staff, case, "form", "plan")
    online.act(staff, case, "apply")
    online.act("chief-a", case, "accept")
    online.decide(case)
    kept = online.write_letters(case, "certificate")["certificate"]
    name = f"certificate-{online.record(case).sequence}"
    printed = online.ask(staff, "GET", f"/api/cases/{case}/letters/{name}")
    slip = {"number": opened["number"], "code": opened["code"], "letter": name}
    downloaded = online.ask(None, "POST", "/api/track/letter", slip)
    assert digest(printed) == digest(downloaded) == kept
    assert online.record(case).visits == 0  # nobody travelled to the centre


def test_pre_checked_mode_starts_its_clock_only_at_formal_acceptance(online: Online) -> None:
    who = online.applicant()
    case = online.begin(who, online_mode="pre_checked")["id"]
    online.bring(who, case, "form", "plan")
    online.ask(who, "POST", f"/api/cases/{case}/pre-check")
    online.act("chief-a", case, "pre_check", passed=True, note="bring the originals")
    online.centre.go_to("2026-04-20")
    record = online.record(case)
    assert (record.state, record.answer_due, record.accepted_on, record.promise_due) == ("draft", *[None] * 3)
    online.act("chief-a", case, "apply")
    online.act("chief-a", case, "accept")
    record = online.record(case)
    assert str(record.accepted_on) == "2026-04-20"
    assert record.promise_due == online.centre.calendar.due(record.accepted_on, 7).day  # type: ignore[arg-type]
    assert record.visits == 1


def test_originals_that_do_not_match_the_pre_check_go_back(online: Online) -> None:
    who = online.applicant()
    case = online.begin(who, online_mode="pre_checked")["id"]
    online.bring(who, case, "form", "plan")
    online.act("chief-a", case, "pre_check", passed=True, note="fine")
    online.act("chief-a", case, "apply")
    online.act("chief-a", case, "add_material", code="form", status="wrong", remark="another name")
    assert (
        online.refused("chief-a", "POST", f"/api/cases/{case}/acts", {"act": "accept"}) == "incomplete-papers"
    )
    online.act("chief-a", case, "tell_missing", codes=["form"], remarks={"form": "another name"})
    assert online.record(case).state == State.CORRECTING
    online.bring(who, case, "form")
    online.act(who, case, "supplement")
    online.act("chief-a", case, "accept")
    assert online.record(case).accepted_on is not None


def test_instant_item_is_finished_on_the_day_it_came(online: Online) -> None:
    online.centre.item("I-1", mode="instant", promised_days=0)
    case = online.handed_in(online.applicant(), "I-1")["id"]
    online.act("chief-a", case, "finish_instant", conditions=["c1"])
    record = online.record(case)
    assert (record.state, record.done_on, record.used_days) == ("done", online.centre.today, 0)


def test_promised_item_has_both_dates_from_acceptance(online: Online) -> None:
    case = online.handed_in(online.applicant())["id"]
    online.act("chief-a", case, "accept")
    record = online.record(case)
    assert (str(record.promise_due), str(record.statutory_due)) == ("2026-04-13", "2026-04-30")


def test_joint_items_start_together_and_are_delivered_together(online: Online) -> None:
    online.centre.item("J-1", mode="joint")
    online.centre.item("J-2", mode="joint")
    who, lead = online.applicant(), online.centre.departments["a"]
    body = {"title": "New plant", "lead": lead, "site": "city", "items": ["J-1", "J-2"], **WHO}
    project = online.ask(who, "POST", "/api/projects", body)
    path = f"/api/projects/{project['id']}"
    for code in ("form", "plan"):
        given = online.ask(who, "POST", f"{path}/materials?code={code}&name={code}.pdf", PDF)
        assert given["children"] == 2
    online.ask("chief-a", "POST", f"{path}/start")
    children = online.ask(who, "GET", path)["children"]
    assert {one["state"] for one in children} == {"reviewing"}
    for one in children:
        online.decide(one["id"])
    online.ask("chief-a", "POST", f"{path}/deliver")
    assert {one["state"] for one in online.ask(who, "GET", path)["children"]} == {"done"}
    slip = {"number": project["number"], "code": project["code"]}
    assert [one["waiting"] for one in online.ask(None, "POST", "/api/track", slip)["children"]] == [
        False,
        False,
    ]


def test_who_does_not_want_a_joint_approval_keeps_separate_cases(online: Online) -> None:
    online.centre.item("E-1", mode="joint")
    online.centre.item("E-2", mode="joint")
    browser = online.browser()
    page = browser.get("/apply-together?items=E-1&items=E-2").text
    key = page.split('name="key" value="')[1].split('"')[0]
    form = {"key": key, "items": ["E-1", "E-2"], "way": "apart", **WHO}
    answer = browser.post("/apply-together", data=form)
    assert (answer.status_code, answer.text.count("mt-slip")) == (201, 2)
    home = text_of(browser.get("/applications").text)
    assert "事项E-1" in home
    assert "事项E-2" in home


def test_forwarded_item_is_followed_until_the_higher_authority_answers(online: Online) -> None:
    online.centre.item("F-1", mode="forwarded", steps=FORWARDED)
    case = online.handed_in(online.applicant(), "F-1")["id"]
    online.act("chief-a", case, "accept")
    online.act("officer-a", case, "pass_step")
    assert online.record(case).state == State.FORWARDED
    assert (
        online.refused("chief-a", "POST", f"/api/cases/{case}/acts", {"act": "grant"}) == "wrong-case-state"
    )
    online.act("chief-a", case, "forward_reply", reply="鄂发改〔2026〕7 号")
    online.act("chief-a", case, "grant")
    online.act("chief-a", case, "deliver", way="courier", courier_number="SF1234")
    assert online.record(case).state == State.DONE


def test_prohibited_item_is_answered_with_the_legal_reason(online: Online) -> None:
    online.centre.item("P-1", mode="prohibited")
    case = online.handed_in(online.applicant(), "P-1")["id"]
    assert online.refused("chief-a", "POST", f"/api/cases/{case}/acts", {"act": "accept"}) == "refused"
    assert online.refused("chief-a", "POST", f"/api/cases/{case}/acts", {"act": "answer"}) == "bad-input"
    online.act("chief-a", case, "answer", reason="国家明令禁止", law="某法第 3 条")
    assert online.record(case).outcome == "answered"


def test_eight_steps_walk_in_order_and_experts_stop_the_clock(online: Online) -> None:
    steps = [{"code": c, "title": T, "kind": k, "post": c, "limit_days": d} for c, k, d in EIGHT]
    online.centre.item("S-8", steps=steps, promised_days=10)
    case = online.handed_in(online.applicant(), "S-8")["id"]
    online.act("chief-a", case, "accept")
    path = f"/api/cases/{case}/acts"
    assert (
        online.refused("chief-a", "POST", path, {"act": "grant"}) == "wrong-case-state"
    )  # no step is skipped
    for _ in range(3):
        online.act("officer-a", case, "pass_step")
    assert online.refused("officer-a", "POST", path, {"act": "pass_step"}) == "refused"  # experts first
    online.act("officer-a", case, "stop", kind="expert_review", planned_days=5, refers_to="draw-1")
    online.centre.go_to("2026-04-09")
    online.act("officer-a", case, "resume")
    online.act("officer-a", case, "pass_step")
    assert online.refused("officer-a", "POST", path, {"act": "pass_step"}) == "refused"  # still on show
    online.centre.go_to("2026-04-13")
    online.act("officer-a", case, "pass_step")
    online.act("leader-a", case, "pass_step")
    online.act("chief-a", case, "forward_reply", reply="yes")
    online.act("chief-a", case, "grant")
    seen = online.ask("chief-a", "GET", f"/api/cases/{case}")
    assert [step["code"] for step in seen["steps"] if step["done_on"]] == [code for code, _, _ in EIGHT[:7]]


def test_one_review_and_one_examination_finish_in_one_sitting(online: Online) -> None:
    steps = [
        {"code": "review", "title": T, "kind": "review", "post": "review", "limit_days": 1},
        {"code": "decide", "title": T, "kind": "decide", "post": "decide", "limit_days": 1},
    ]
    online.centre.item("C-15", steps=steps, promised_days=2)
    case = online.handed_in(online.applicant(), "C-15")["id"]
    online.act("chief-a", case, "accept")
    online.act("officer-a", case, "pass_step")
    online.act("chief-a", case, "grant")
    online.act("chief-a", case, "deliver", way="electronic")
    assert (online.record(case).used_days, online.record(case).done_on) == (0, online.centre.today)


def test_a_village_desk_serves_for_free_in_three_steps(online: Online) -> None:
    kinds = [("receive", "review"), ("handle", "examine"), ("reply", "decide")]
    steps = [{"code": c, "title": T, "kind": k, "post": c, "limit_days": 1} for c, k in kinds]
    online.centre.item("V-1", kind="public_service", steps=steps, promised_days=3)
    case = online.handed_in(online.applicant(), "V-1")["id"]
    online.act("chief-a", case, "accept")
    charge = {"charges": [{"case": case, "fee": "anything"}]}
    assert online.refused("chief-a", "POST", "/api/bills", charge) == "unlisted-fee"
    online.act("officer-a", case, "pass_step")
    online.act("leader-a", case, "pass_step")
    online.act("chief-a", case, "grant")
    assert [step["code"] for step in online.ask("chief-a", "GET", f"/api/cases/{case}")["steps"]] == [
        code for code, _ in kinds
    ]

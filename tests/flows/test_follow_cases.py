"""Following, saving, helping, booking: what applicants and the public do around a case."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from accounts.credentials import REGISTRATIONS
from kernel.clock import write_time
from storage.audit_log import LogRecord
from tests.approval.centre import START
from tests.flows.online import PAGE, PDF, WHO, Online, text_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Online:
    return Online(tmp_path_factory.mktemp("follow"))


@pytest.fixture
def online(shared: Online) -> Online:
    """One centre for all stories; each begins on the same day, after the windows of tries of the one before."""
    shared.names += 1
    shared.centre.platform.clock.at = START + timedelta(minutes=10 * shared.names)
    shared.client.headers.update(PAGE)
    return shared


def start_draft(online: Online, browser: object) -> tuple[str, str, str]:
    """A draft begun on the pages: id, number, code."""
    page = browser.get("/apply/A-1").text  # type: ignore[attr-defined]
    key = page.split('name="key" value="')[1].split('"')[0]
    form = {"key": key, "online_mode": "direct", **WHO}
    answers = [browser.post("/apply/A-1", data=form) for _ in range(2)]  # type: ignore[attr-defined]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].text == answers[1].text  # sent twice, it is one draft
    number, code = re.findall(r"<dd>([^<]+)</dd>", answers[0].text)
    return answers[0].text.split('href="/applications/')[-1].split('"')[0], number, code


def test_a_draft_is_saved_and_resumed_after_signing_in_again(online: Online) -> None:
    browser = online.browser()
    case, _, _ = start_draft(online, browser)
    path = f"/applications/{case}"
    file = {"file": ("申请表.pdf", PDF)}
    assert browser.post(f"{path}/papers/form/upload", files=file, follow_redirects=False).status_code == 303
    browser.post("/sign-out")
    assert browser.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")
    sign_in = {"sign_in": f"browser-{online.names}", "password": "a long enough password", "next": path}
    page = text_of(browser.post("/sign-in", data=sign_in).text)
    assert "申请表.pdf" in page
    assert browser.post(f"{path}/hand-in", follow_redirects=False).headers["location"].endswith("handed_in")
    assert online.record(case).state == "received"


def test_what_began_online_goes_on_at_a_window_under_the_same_number(online: Online) -> None:
    who = online.applicant()
    opened = online.begin(who)
    online.bring(who, opened["id"], "form")
    online.act("chief-a", opened["id"], "add_material", code="plan", status="shown")
    online.act("chief-a", opened["id"], "apply")
    online.act("chief-a", opened["id"], "accept")
    seen = online.ask(who, "GET", f"/api/cases/{opened['id']}")
    assert (seen["number"], seen["state"], seen["channel"]) == (opened["number"], "reviewing", "online")
    assert {one["code"]: one["status"] for one in seen["materials"]} == {"form": "provided", "plan": "shown"}
    assert online.record(opened["id"]).visits == 1


def test_what_a_window_opened_is_taken_into_an_account_by_its_code(online: Online) -> None:
    opened = online.begin("chief-a", channel="window", online_mode="")
    who, other = online.applicant(), online.applicant()
    slip = {"number": opened["number"], "code": opened["code"]}
    assert online.refused(who, "POST", "/api/claims", {**slip, "code": "AAAAAAAA"}) == "not-found"
    assert online.ask(who, "POST", "/api/claims", slip)["id"] == opened["id"]
    assert online.refused(other, "POST", "/api/claims", slip) == "not-found"
    online.bring(who, opened["id"], "form", "plan")
    online.act(who, opened["id"], "apply")


def test_what_staff_filled_in_is_marked_and_confirmed_by_the_applicant(online: Online) -> None:
    opened = online.begin("chief-a", channel="window", online_mode="", service_mode="helped")
    form = {"number": opened["number"], "code": opened["code"]}
    page = text_of(online.client.post("/track", data=form).text)
    assert "帮办" in page
    assert "confirmed_at" not in online.record(opened["id"]).facts
    assert online.client.post("/track/confirm", data=form).status_code == 200
    assert "confirmed_at" in online.record(opened["id"]).facts
    plain = online.begin("chief-a", channel="window", online_mode="")
    wrong = {"number": plain["number"], "code": plain["code"]}
    assert online.refused(None, "POST", "/api/track/confirmation", wrong) == "refused"


def test_a_tracked_case_shows_steps_posts_dates_and_the_stopped_clock(online: Online) -> None:
    opened = online.handed_in(online.applicant())
    case, slip = opened["id"], {"number": opened["number"], "code": opened["code"]}
    online.act("chief-a", case, "tell_missing", codes=["plan"], remarks={"plan": "page 2"})
    seen = online.ask(None, "POST", "/api/track", slip)
    assert (seen["missing"], seen["remarks"]) == (["plan"], {"plan": "page 2"})
    online.act("chief-a", case, "supplement")
    online.act("chief-a", case, "accept")
    online.act("officer-a", case, "pass_step")
    online.act("leader-a", case, "stop", kind="testing", planned_days=5)
    seen = online.ask(None, "POST", "/api/track", slip)
    assert [(s["post"], s["limit_days"], s["done_on"]) for s in seen["steps"]] == [
        ("review", 3, "2026-04-01"),
        ("examine", 2, None),
        ("decide", 1, None),
        ("certify", 1, None),
    ]
    assert (seen["stop"]["kind"], seen["stop"]["days"], seen["promise_due"]) == ("testing", 5, None)
    assert WHO["name"] not in str(seen)
    page = text_of(online.client.post("/track", data=slip).text)
    assert "停表" in page
    assert opened["code"] not in page


def test_wrong_number_and_wrong_code_look_alike_and_tries_are_limited(online: Online) -> None:
    opened = online.begin(online.applicant())
    wrong_code = {"number": opened["number"], "code": "AAAAAAAA"}
    wrong_number = {"number": "20260401-AAAAAAAA", "code": opened["code"]}
    answers = [online.client.post("/api/track", json=body) for body in (wrong_code, wrong_number)]
    assert [(a.status_code, a.json()["code"], set(a.json())) for a in answers] == [
        (404, "not-found", set(answers[0].json()))
    ] * 2
    for _ in range(9):
        assert online.client.post("/api/track", json=wrong_code).status_code == 404
    right = {"number": opened["number"], "code": opened["code"]}
    assert online.client.post("/api/track", json=right).status_code == 429
    online.centre.platform.clock.at += timedelta(minutes=6)
    assert online.client.post("/api/track", json=right).status_code == 200


def test_from_one_case_one_reaches_receipt_fees_decision_and_delivery(online: Online) -> None:
    fee = {"code": "f", "title": {"zh": "工本费", "en": "Fee"}, "basis": "x", "unit": "本", "unit_fen": 1000}
    online.centre.item("A-4", fees=[fee], is_free=False)
    browser = online.browser()
    opened = online.begin("chief-a", "A-4", channel="window", online_mode="")
    slip = {"number": opened["number"], "code": opened["code"]}
    assert browser.post("/applications/claim", data=slip).status_code == 200
    case = opened["id"]
    online.bring("chief-a", case, "form", "plan")
    online.act("chief-a", case, "apply")
    online.act("chief-a", case, "accept")
    bill = online.ask("chief-a", "POST", "/api/bills", {"charges": [{"case": case, "fee": "f", "units": 2}]})
    page = browser.get(f"/applications/{case}/bill").text
    assert "20.00" in text_of(page)
    assert f"/bank/pay?bill={bill['number']}" in page
    assert browser.get(f"/applications/{case}/bill.pdf").status_code == 404  # not paid yet
    online.decide(case)
    assert online.refused(
        "chief-a", "POST", f"/api/cases/{case}/acts", {"act": "deliver", "data": {"way": "courier"}}
    )
    online.act("chief-a", case, "deliver", way="courier", courier_number="SF123")
    page = browser.get(f"/applications/{case}").text
    assert "SF123" in page
    assert f"/applications/{case}/bill" in page
    answer = browser.post(f"/applications/{case}/rating", follow_redirects=False)
    assert answer.headers["location"].startswith("/rate/")


def test_an_applicant_withdraws_and_gets_nothing_of_others(online: Online) -> None:
    browser, other = online.browser(), online.browser()
    case, _, _ = start_draft(online, browser)
    for method, path in (("GET", ""), ("GET", "/withdraw"), ("POST", "/withdraw"), ("POST", "/hand-in")):
        assert other.request(method, f"/applications/{case}{path}").status_code == 404
    browser.post(f"/applications/{case}/withdraw", data={"reason": "not needed"})
    assert online.record(case).state == "withdrawn"


def test_a_hostile_file_is_refused_by_what_it_is(online: Online) -> None:
    browser = online.browser()
    case, _, _ = start_draft(online, browser)
    path = f"/applications/{case}/papers/form/upload"
    answer = browser.post(path, files={"file": ("plan.pdf", b"MZ\x90 program")})
    assert answer.status_code == 422
    assert "file-form-error" in answer.text
    assert browser.post(path, files={"file": ("", b"")}).status_code == 422


def test_decisions_are_public_at_once_with_masked_names(online: Online) -> None:
    opened = online.handed_in(online.applicant())
    online.act("chief-a", opened["id"], "accept")
    online.decide(opened["id"])
    withdrawn = online.handed_in(who := online.applicant())
    online.act(who, withdrawn["id"], "withdraw")
    page = online.client.get("/decisions").text
    assert opened["number"] in page
    assert "李＊＊" in page
    assert WHO["name"] not in page
    assert withdrawn["number"] not in page


def test_the_wall_screen_shows_the_new_state_and_no_person(online: Online) -> None:
    opened = online.handed_in(online.applicant())
    assert online.ask(None, "GET", "/api/screen")["cases"][0]["state"] == "received"
    online.centre.platform.clock.at += timedelta(seconds=4)
    online.act("chief-a", opened["id"], "accept")
    newest = online.ask(None, "GET", "/api/screen")["cases"][0]
    assert (newest["number"], newest["state"]) == ("…" + opened["number"][-4:], "reviewing")
    page = online.client.get("/screen").text
    assert WHO["name"] not in page
    assert opened["number"] not in page
    script = online.client.get("/static/screen.js").text
    assert "const PAUSE = 4000;" in script  # milliseconds: at most five seconds


def test_numbers_are_taken_called_and_booked(online: Online) -> None:
    assert 'href="/tickets"' in online.client.get("/kiosk").text
    first = online.client.post("/tickets", data={"hall": "hall"}).text
    number = re.search(r"govuk-panel__title\">(\w+)<", first)
    assert number is not None
    called = online.ask("chief-a", "POST", f"/api/windows/{online.centre.windows['a']}/next")
    assert called["number"] == number[1]
    (hall,) = online.ask(None, "GET", "/api/screen?hall=hall")["halls"]
    assert hall["called"][0] == {"number": number[1], "window": "a"}
    form = {
        "hall": "hall",
        "day": "2026-04-02",
        "slot": "2026-04-02T10:00:00+08:00",
        "telephone": "13800000000",
    }
    booked = [online.client.post("/booking", data=form) for _ in range(5)]
    assert [answer.status_code for answer in booked] == [
        200,
        200,
        200,
        200,
        409,
    ]  # four places in a half hour
    assert (
        online.client.post("/booking", data={**form, "slot": "2026-04-04T10:00:00+08:00"}).status_code == 422
    )
    assert online.client.post("/booking", data={**form, "telephone": "call me"}).status_code == 422


def test_a_booked_visitor_is_called_first_at_their_time(online: Online) -> None:
    slot = online.centre.now.replace(hour=2, minute=0) + timedelta(days=2)
    online.ask(None, "POST", "/api/tickets", {"hall": "hall", "slot": write_time(slot)})
    online.centre.platform.clock.at = slot + timedelta(minutes=1)
    online.ask(None, "POST", "/api/tickets", {"hall": "hall"})
    numbers = []
    while (called := online.ask("chief-a", "POST", f"/api/windows/{online.centre.windows['a']}/next"))["id"]:
        numbers.append(called["number"][0])
    assert numbers == sorted(numbers, reverse=True)  # Y before A
    assert "Y" in numbers


def test_registration_refuses_what_is_taken_and_keeps_no_name_in_the_log(online: Online) -> None:
    form = {"name": "王五", "sign_in": f"wang-{online.names}", "password": "a long enough password"}
    online.ask(None, "POST", "/api/applicants", form)
    assert online.refused(None, "POST", "/api/applicants", form) == "name-taken"
    online.ask(None, "POST", "/api/applicants", {**form, "sign_in": f"wang2-{online.names}"})  # same name
    assert online.refused(None, "POST", "/api/applicants", {**form, "sign_in": "X"}) == "bad-input"
    with online.centre.platform.database.reading() as session:
        facts = session.exec(select(LogRecord.fact)).all()
    assert any(b"organisation.added" in fact for fact in facts)
    assert not any("王五".encode() in fact for fact in facts)


def test_registrations_are_limited_within_a_window(online: Online) -> None:
    done = 0
    while done <= REGISTRATIONS:
        form = {"name": "x", "sign_in": f"many-{done}", "password": "a long enough password"}
        answer = online.client.post("/api/applicants", json=form)
        if answer.status_code == 429:
            break
        done += 1
    assert done == REGISTRATIONS
    online.centre.platform.clock.at += timedelta(minutes=6)
    assert online.client.post("/api/applicants", json=form).status_code == 201

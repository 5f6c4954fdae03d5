"""What the centre office does beside the catalogue: draws of agencies, checks of sites, integrity commitments."""

from approval.queries import organisation
from approval.register_places import SIX_HAVE
from expert_pool.agency_draw import check_agency_transcript
from tests.builders import make_draft
from tests.doors.office import Office, put


def test_an_agency_is_drawn_beside_the_list_and_everybody_recomputes_it(office: Office) -> None:
    published = make_draft(office.platform)
    agency = {"service": "tender_agency", "qualification": "甲级", "promise_days": 5, "unit": "项"}
    more = {"price_fen": 10000, "valid_until": "2026-12-31"}
    put(office, "intermediaries", [agency | more | {"code": f"T{n}", "name": f"代理{n}"} for n in range(3)])
    assert "Freeze the list" in office.page("/intermediaries", office.one).text
    asked = {"subject": published.tender_id, "service": "tender_agency"}
    assert office.page("/intermediaries/draws", office.chief, **asked).status_code == 403
    assert office.page("/intermediaries/draws", office.one, subject="", service="design").status_code == 422
    path = office.page("/intermediaries/draws", office.one, **asked).headers["location"]
    assert "Draw now" in office.page(path, office.two).text
    assert "Draw now" not in office.client.get(path).text
    assert office.page(path + "/draw", office.two, x="").status_code == 303
    record = office.client.get("/api" + path).json()
    assert check_agency_transcript(record)["name"] in office.client.get(path).text
    designers = [agency | more | {"code": code, "name": code, "service": "design"} for code in ("A", "B")]
    put(office, "intermediaries", designers)
    body = {"subject": f"tender:{published.tender_id}", "service": "design"}
    made = office.door.call(office.one, "POST", "/api/agency-draws", body)
    assert made.status_code == 201, made.text
    drawn = office.door.call(office.one, "POST", f"/api/agency-draws/{made.json()['id']}/draw")
    assert drawn.json()["agency"] in ("A", "B")


def test_sites_below_six_of_six_are_exported(office: Office) -> None:
    have = {name: "yes" for name, _, _ in SIX_HAVE} | {"checked_on": "2026-11-02"}
    lacking = have | {SIX_HAVE[0][0]: "no"}
    put(office, "six_have", [have | {"site": "YC-1"}, lacking | {"site": "YC-2"}])
    answer = office.page("/centre/below-six.csv", office.one)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "YC-2" in answer.text
    assert "YC-1," not in answer.text
    assert "/centre/below-six.csv" in office.page("/centre/registers/six_have", office.one).text
    assert office.page("/centre/below-six.csv", office.chief).status_code == 403


def test_sites_are_ranked_on_a_page_of_their_own(office: Office) -> None:
    towns = [code for code in ("YC-1-1", "YC-1-2") if office.client.get(f"/sites/{code}").status_code == 200]
    scores = [{"site": code, "period": "2026", "score": 70 + n} for n, code in enumerate(towns or ["YC-1"])]
    put(office, "site_appraisals", [*scores, {"site": "YC-2", "period": "2025", "score": 99}])
    text = office.client.get("/site-ranking").text
    places = [text.index(f'/sites/{row["site"]}"') for row in scores]
    assert places == sorted(places, reverse=True)  # the best first
    assert '/sites/YC-2"' not in text  # of an earlier period
    assert "/site-ranking" in office.client.get("/sites").text


def test_the_office_asks_for_the_integrity_commitment_of_a_post(office: Office) -> None:
    path = "/centre/organisation"
    with office.platform.database.reading() as session:
        department = organisation.departments(session)[0]
    post = {"act": "post", "department": department.id, "code": "risky", "title_zh": "收费岗"}
    assert office.page(path, office.one, **post).status_code == 303
    with office.platform.database.reading() as session:
        made = organisation.post(session, department.id, "risky")
    assert made is not None
    assert office.page(path, office.one, act="commitment", post=made.id).status_code == 409
    row = {
        "department": department.code,
        "post": "risky",
        "point": "截留费用",
        "level": "high",
        "control": "日清",
    }
    put(office, "risk_points", [row])
    assert office.page(path, office.one, act="commitment", post=made.id).status_code == 303
    pdf = f"/centre/posts/{made.id}/commitment.pdf"
    assert office.page(pdf, office.one).status_code == 404  # a job prints it
    assert office.page(pdf, office.chief).status_code == 403

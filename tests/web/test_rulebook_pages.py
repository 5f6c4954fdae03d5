"""The office looks at rulebooks before it publishes: explanation, remarks, prices tried, a ring counted."""

from typing import Any

import pytest
from litestar.testing import TestClient

from accounts.actions import begin_session
from crypto.canonical import canonical
from tests.builders import Platform, PublishedTender, make_draft, make_platform
from tests.doors.door import Door
from tests.evaluation.ready_made import NAMES, load
from web.app import create_app
from web.guards import SESSION_COOKIE
from web.ready_made import ready_made


class Desk:
    """A draft and the browser of its office."""

    def __init__(self, platform: Platform) -> None:
        self.client = TestClient(create_app(platform.adapters))
        self.tender: PublishedTender = make_draft(platform, openers=2)
        self.door = Door(self.client, platform)
        with platform.database.transaction() as session:
            person = self.tender.office.person_id
            self.secret = begin_session(session, person_id=person, hours=9, now=platform.clock.now())

    def headers(self, language: str) -> dict[str, str]:
        cookie = f"{SESSION_COOKIE}={self.secret}; language={language}"
        return {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": cookie}

    def page(self, path: str, language: str = "en") -> tuple[int, str]:
        answer = self.client.get(self.at(path), headers=self.headers(language))
        return answer.status_code, answer.text

    def send(self, path: str, **form: str) -> tuple[int, str]:
        answer = self.client.post(
            self.at(path), data=form, headers=self.headers("en"), follow_redirects=False
        )
        return answer.status_code, answer.text

    def upload(self, lot: str, name: str) -> int:
        files = {"file": ("own.json", canonical(load(name)), "application/json")}
        sent = {"data": {"lot": lot}, "files": files, "headers": self.headers("en")}
        answer = self.client.post(self.at("/file"), follow_redirects=False, **sent)
        return answer.status_code

    def of_tender(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        path = f"/api/tenders/{self.tender.tender_id}{path}"
        return self.door.call(self.tender.office, method, path, body, **headers)

    def digests(self) -> list[str | None]:
        """Of the rulebooks that lots have of their own."""
        return [lot["rulebook_digest"] for lot in self.of_tender("GET", "").json()["lots"]]

    def at(self, path: str) -> str:
        return f"/office/tenders/{self.tender.tender_id}/rulebook{path}"

    def call(self, path: str, body: Any = None) -> Any:
        return self.door.call(self.tender.office, "POST" if body else "GET", f"/api/rulebooks{path}", body)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(make_platform(tmp_path_factory.mktemp("rulebook-pages")))


def test_the_rulebooks_used_most_stand_first() -> None:
    assert list(ready_made())[:2] == ["goods-60-30-10", "works-40-40-20"]
    assert sorted(ready_made()) == NAMES


@pytest.mark.parametrize(("language", "words"), [("en", "Benchmark = mean"), ("zh-CN", "基准价 = 平均价")])
def test_a_ready_made_rulebook_is_explained_with_its_remarks(desk: Desk, language: str, words: str) -> None:
    status, text = desk.page("/look/cn-iterated-30", language)
    assert status == 200
    assert words in text
    assert "price.formula.below" in text


def test_prices_are_tried_on_the_page(desk: Desk) -> None:
    status, text = desk.send("/look/cn-trimmed-mean-float/try", prices="90,100,100,100,100,100,130")
    assert status == 200
    assert "95.79" in text
    assert "<svg" in text
    status, text = desk.send("/look/cn-trimmed-mean-float/try", prices="<b>")
    assert status == 422
    assert "<b>" not in text.partition("<h1")[2]


def test_a_ring_is_counted_on_the_page(desk: Desk) -> None:
    status, text = desk.send("/look/eu-linear/stress", honest="3")
    assert status == 200
    assert "Half the weight of price" in text
    status, text = desk.send("/look/eu-linear/stress", honest="99")
    assert status == 422
    assert desk.send("/look/eu-linear/stress")[0] == 200
    status, text = desk.send("/look/wb-qbs/stress")
    assert status == 422


def test_a_ready_made_rulebook_takes_the_tenders_own_figures(desk: Desk) -> None:
    status, _ = desk.send("", ready_made="cn-mixed-two", ceiling="2500000.00", estimate="", currency="CNY")
    assert status in (302, 303)
    status, text = desk.page("/look/own")
    assert status == 200
    assert "2500000.00" in text
    assert "stand-in" not in text
    status, text = desk.send("", ready_made="cn-mixed-two", ceiling="1e6")
    assert status == 422


def test_what_does_not_exist_is_not_found(desk: Desk) -> None:
    assert desk.page("/look/nothing")[0] == 404


def test_the_api_says_the_same(desk: Desk) -> None:
    assert sorted(desk.call("").json()["ready_made"]) == NAMES
    remarks = desk.call("/lint", {"rulebook": load("uk-mean")}).json()["remarks"]
    assert [one["code"] for one in remarks] == ["mean-untrimmed", "no-ceiling"]
    tried = desk.call("/try", {"ready_made": "eu-linear", "prices": "100 120"}).json()
    assert [line["price_points"] for line in tried["lines"]] == ["50.00", "40.00"]
    found = desk.call("/stress", {"ready_made": "eu-linear", "honest": 3}).json()
    assert found["settings"][0]["setting"] == "as_it_is"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/lint", {"ready_made": "eu-linear", "rulebook": {}}),
        ("/lint", {"rulebook": {"v": 3}}),
        ("/lint", {"rulebook": {"v": 2}, "more": 1}),
        ("/try", {"ready_made": "eu-linear", "prices": "NaN"}),
        ("/try", {"ready_made": "eu-linear", "prices": "1", "answers": [{}, {}]}),
        ("/try", {"ready_made": "cn-mixed-abc", "prices": "1", "drawn": {"K": "Infinity"}}),
        ("/stress", {"ready_made": "eu-linear", "honest": 1}),
        ("/stress", {"ready_made": "eu-linear", "expected": "1e6"}),
    ],
)
def test_bad_requests_are_refused(desk: Desk, path: str, body: Any) -> None:
    assert desk.call(path, body).status_code in (400, 422)


LOTS = [{"zh": "一标段", "en": "Lot 1"}, {"zh": "二标段", "en": "Lot 2"}]


@pytest.fixture
def divided(desk: Desk) -> Desk:
    """The same draft with two lots, both under the tender's rulebook in CNY."""
    desk.of_tender("PUT", "/rulebook", load("goods-60-30-10"))
    version = desk.of_tender("GET", "").json()["version"]
    edited = desk.of_tender("PUT", "", {"lots": LOTS}, If_Match=f'"{version}"')
    assert edited.status_code == 200, edited.text
    return desk


def test_a_lot_is_given_its_own_rulebook_on_the_page_and_looked_at(divided: Desk) -> None:
    status, text = divided.page("")
    assert "For which lots" in text
    assert "Lots with a rulebook of their own" not in text
    assert divided.page("/look/lot-2")[0] == 404
    assert divided.send("", ready_made="cn-mixed-two", lot="2")[0] in (302, 303)
    assert [bool(digest) for digest in divided.digests()] == [False, True]
    status, text = divided.page("")
    assert "/rulebook/lots/2/remove" in text
    assert "/rulebook/lots/1/remove" not in text
    status, text = divided.page("/look/lot-2")
    assert (status, "The rulebook of lot 2" in text) == (200, True)
    assert divided.send("/look/lot-2/try", prices="90,100,110")[0] == 200
    assert divided.page("/look/lot-3")[0] == 404
    publishing = divided.client.get(
        divided.at("").removesuffix("/rulebook") + "/publish", headers=divided.headers("en")
    )
    assert "The rulebook of lot 2" in publishing.text
    assert divided.send("/lots/2/remove")[0] in (302, 303)
    assert divided.digests() == [None, None]


def test_a_lots_rulebook_arrives_as_a_file_or_in_another_currency_not_at_all(divided: Desk) -> None:
    assert divided.upload("1", "cn-mixed-two") in (302, 303)
    assert [bool(digest) for digest in divided.digests()] == [True, False]
    assert divided.upload("1", "eu-linear") == 422
    status, text = divided.send("", ready_made="eu-linear", lot="2")
    assert (status, "a lot keeps the tender" in text) == (422, True)
    assert divided.send("", ready_made="eu-linear", lot="")[0] == 422  # lot 1 has its own in CNY
    assert divided.send("", ready_made="cn-mixed-two", lot="x")[0] == 422
    assert divided.send("", ready_made="cn-mixed-two", lot="9")[0] == 404
    assert divided.send("/lots/1/remove")[0] in (302, 303)


def test_the_api_gives_a_lot_its_own_rulebook_and_takes_it_away(divided: Desk) -> None:
    given = divided.of_tender("PUT", "/lots/2/rulebook", load("cn-mixed-two"))
    assert given.status_code == 200
    assert divided.digests() == [None, given.json()["digest"]]
    assert divided.of_tender("PUT", "/lots/2/rulebook", load("eu-linear")).json()["code"] == "bad-rulebook"
    assert divided.of_tender("PUT", "/lots/2/rulebook", {"v": 2}).status_code == 422
    assert divided.of_tender("PUT", "/lots/3/rulebook", load("cn-mixed-two")).status_code == 404
    taken = divided.of_tender("DELETE", "/lots/2/rulebook")
    assert (taken.status_code, taken.json()["digest"], divided.digests()) == (200, None, [None, None])
    assert divided.of_tender("DELETE", "/lots/3/rulebook").status_code == 404


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (" ", "paste one as JSON"),
        ('{"v": 2', "is not JSON"),
        ('{"v": 2, "v": 2}', "the key v stands twice"),
        ('{"v": NaN}', "NaN is not a number"),
        ("[]", "an object is needed"),
    ],
)
def test_what_is_no_rulebook_is_refused_on_the_form_with_its_reason(
    desk: Desk, pasted: str, said: str
) -> None:
    assert desk.send("", ready_made="cn-mixed-two")[0] == 303
    before = desk.of_tender("GET", "").json()["rulebook_digest"]
    status, text = desk.send("", pasted=pasted)
    assert (status, said in text) == (422, True), text
    assert desk.of_tender("GET", "").json()["rulebook_digest"] == before

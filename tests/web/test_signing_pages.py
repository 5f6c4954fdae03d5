"""Where people meet signatures by certificate: the operator, the office, the public notice, the bidder."""

from pathlib import Path

import pytest

from accounts import queries as accounts
from accounts.duties import Duty
from accounts.records import OrganisationRecord
from tender import queries
from tender.signing import choose_terms
from tests.builders import PublishedTender, make_draft
from tests.flows.panels import published_tender
from tests.issuers import NUMBER, Issuer
from tests.web.test_stage_pages import Stages
from web.draft_shapes import known_issuers

ACCEPTED = "Accepted are those of ca, valid and not revoked"
ROOT = Issuer()


@pytest.fixture
def scene(tmp_path: Path) -> Stages:
    made = Stages(tmp_path / "site")
    (tmp_path / "ca.pem").write_bytes(ROOT.pem)
    lines = [f"{name} certificates=ca.pem lists=root.crl hours=24\n" for name in ("ca", "other")]
    (tmp_path / "authorities").write_text("".join(lines))
    settings = made.platform.adapters.settings
    object.__setattr__(settings, "signing_authorities_file", str(tmp_path / "authorities"))
    return made


def choose(scene: Stages, tender: PublishedTender, *names: str) -> int:
    with scene.platform.database.reading() as session:
        version = queries.tender(session, tender.tender_id).version
    form = {
        "version": str(version),
        "threshold": "2",
        "suite": "classic",
        "envelopes": "one",
        "signing": [*names],
    }
    form["opener"] = [one.person_id for one in tender.openers]
    return scene.page(tender.office, f"/office/tenders/{tender.tender_id}/openers", form).status_code


def test_the_office_chooses_authorities(scene: Stages) -> None:
    tender = make_draft(scene.platform)
    path = f"/office/tenders/{tender.tender_id}/openers"
    assert scene.page(tender.office, path).text.count('name="signing"') == 2
    assert choose(scene, tender, "third") == 422
    assert choose(scene, tender, "ca") == 303
    page = scene.page(tender.office, path).text
    assert 'name="signing" value="ca" checked' in page
    assert 'name="signing" value="other" checked' not in page


def test_everybody_reads_which_certificates_are_accepted(scene: Stages) -> None:
    terms = choose_terms(["ca"], known_issuers(scene.platform.adapters))
    tender = published_tender(scene.platform, {"signing": terms})
    assert ACCEPTED in scene.public(f"/tenders/{tender.tender_id}")
    bidder = scene.platform.person("bidder", Duty.BIDDER)
    assert ACCEPTED in scene.page(bidder, f"/bidder/tenders/{tender.tender_id}").text
    page = scene.page(bidder, f"/bidder/tenders/{tender.tender_id}/seal").text
    assert "--sign-with KEY-FILE" in page
    assert 'id="seal-here"' not in page
    assert "seal-offline.html" not in page


def test_a_tender_without_authorities_says_nothing_of_certificates(scene: Stages) -> None:
    tender = make_draft(scene.platform)
    assert choose(scene, tender, "ca") == 303
    assert choose(scene, tender) == 303
    with scene.platform.database.reading() as session:
        assert queries.tender(session, tender.tender_id).signing is None


def test_a_program_chooses_authorities_by_name(scene: Stages) -> None:
    tender = make_draft(scene.platform)
    path = f"/api/tenders/{tender.tender_id}"
    begun = scene.door.call(tender.office, "GET", path)
    version = begun.headers["ETag"]

    def put(*names: str) -> int:
        body = {"signing": list(names)}
        found = scene.door.call(tender.office, "PUT", path, body, **{"If-Match": version})
        return int(found.status_code)

    assert put("nobody") == 422
    assert put("ca") == 200
    shown = scene.door.call(tender.office, "GET", path).json()["signing"]
    assert [one["name"] for one in shown["authorities"]] == ["ca"]


def test_the_operator_enters_the_number_that_certificates_must_name(scene: Stages) -> None:
    operator = scene.platform.operator
    for number, status in ((NUMBER, 303), ("12", 422), ("", 303), (f" {NUMBER.lower()} ", 303)):
        form = {"organisation_name": f"Firm {number!r}", "organisation_number": number}
        assert scene.page(operator, "/operator/organisations", form).status_code == status
    with scene.platform.database.reading() as session:
        found: list[OrganisationRecord] = accounts.organisations(session)
    numbers = [one.number for one in found if one.name.startswith("Firm")]
    assert sorted(numbers, key=str) == [NUMBER, NUMBER, None]

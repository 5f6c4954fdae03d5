"""Outside timestamp authorities: demanded, down, late, lying, and the renewal of the archive."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from crypto.timestamp_requests import read_certificates
from crypto.timestamps import check_token
from kernel.errors import BadInput, ClocksDisagree, IntegrityBroken, Unavailable
from storage import archive_stamps, audit_log
from storage.outbox import JobRecord, enqueue
from tender import queries
from tender.stamps import StampTerms, WhenDown, choose_terms
from tender.timetable import Timetable
from tender.traces import SubmissionTrace
from tests.builders import Platform, PublishedTender, make_bid, make_platform, make_tender, prefixes_in, store
from tests.real_parts.openssl_tsa import OpensslTsa
from web.bids import admit
from worker.jobs import carry_out
from worker.tasks import JOBS


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpensslTsa]:
    made = OpensslTsa(tmp_path_factory.mktemp("tsa"))
    yield made
    made.close()


@pytest.fixture
def site(tsa: OpensslTsa, tmp_path: Path) -> Platform:
    """A platform that knows the authority, and whose clock says the time of day as the authority's does."""
    tsa.is_up, tsa.replay = True, b""
    made = make_platform(tmp_path / "site")
    made.clock.at = datetime.now(UTC)
    (tmp_path / "chain.pem").write_bytes(tsa.pem)
    file = tmp_path / "authorities"
    file.write_text(f"# outside\nopenssl {tsa.url} chain.pem\n")
    object.__setattr__(made.adapters.settings, "timestamp_authorities_file", str(file))
    return made


def demanding(site: Platform, tsa: OpensslTsa, when_down: WhenDown = WhenDown.PENDING) -> PublishedTender:
    terms = StampTerms((read_certificates(tsa.pem, "openssl"),), when_down)
    return make_tender(site, timestamps=terms, shortening_reason="a test of timestamps", timetable=soon(site))


def soon(site: Platform) -> Timetable:
    at = site.clock.now() + timedelta(days=30)
    return Timetable(at, at)


def send(site: Platform, tender: PublishedTender, name: str) -> dict[str, object]:
    bid = make_bid(site, tender, name)
    receipt = admit(
        site.adapters,
        bid.bidder,
        prefixes_in(bid.envelope),
        store(site, bid.envelope),
        tender_id=tender.tender_id,
        lot_id=tender.lot_id,
        replaces=None,
        trace=SubmissionTrace("", ""),
    )
    found: dict[str, object] = json.loads(receipt)["statement"]["body"]
    return found


def tokens(site: Platform, bid: object) -> list[bytes | None]:
    with site.database.reading() as session:
        return [row.token for row in queries.tokens_of(session, str(bid))]


def jobs(site: Platform, name: str) -> list[int]:
    with site.database.reading() as session:
        return [
            id or 0
            for id in session.exec(
                select(JobRecord.id).where(JobRecord.name == name, JobRecord.state == "waiting")
            )
        ]


def test_a_demanded_authority_stamps_each_bid_with_its_own_key(site: Platform, tsa: OpensslTsa) -> None:
    tender = demanding(site, tsa)
    body = send(site, tender, "bidder")
    [token] = tokens(site, body["bid"])
    assert token is not None
    at = read_certificates(tsa.pem, "openssl").check(token, bytes.fromhex(str(body["digest"])))
    assert abs(at - site.clock.now()) < timedelta(seconds=60)
    with pytest.raises(IntegrityBroken):
        check_token(token, bytes.fromhex(str(body["digest"])), site.adapters.keys.authority.certificate)
    with site.database.reading() as session:
        [fact] = [
            row.fact for row in audit_log.entries_of(session, tender.tender_id) if row.kind == "bid.sealed"
        ]
    assert json.loads(fact)["data"]["tokens"] == {"openssl": sha256(token).hexdigest()}


def test_a_bid_waits_for_the_token_of_an_authority_that_is_down(site: Platform, tsa: OpensslTsa) -> None:
    tender = demanding(site, tsa)
    tsa.is_up = False
    body = send(site, tender, "bidder")
    assert tokens(site, body["bid"]) == [None]
    [job] = jobs(site, "fetch_token")
    carry_out(JOBS, site.adapters, job)
    assert tokens(site, body["bid"]) == [None]
    tsa.is_up = True
    site.clock.advance(hours=1)
    carry_out(JOBS, site.adapters, job)
    assert tokens(site, body["bid"]) != [None]
    with site.database.reading() as session:
        assert [row.kind for row in audit_log.entries_of(session, tender.tender_id)][-1] == "token.fetched"


def test_a_tender_may_refuse_bids_while_an_authority_is_down(site: Platform, tsa: OpensslTsa) -> None:
    tender = demanding(site, tsa, WhenDown.REFUSE)
    tsa.is_up = False
    with pytest.raises(Unavailable, match="openssl"):
        send(site, tender, "bidder")
    tsa.is_up = True
    assert send(site, tender, "bidder-2")["bid"]


def test_an_answer_to_somebody_else_counts_as_none(site: Platform, tsa: OpensslTsa) -> None:
    tender = demanding(site, tsa, WhenDown.REFUSE)
    first = send(site, tender, "bidder")
    [token] = tokens(site, first["bid"])
    assert token is not None
    tsa.replay = token
    with pytest.raises(Unavailable):
        send(site, tender, "bidder-2")
    tsa.replay = b"no token at all"
    with pytest.raises(Unavailable):
        send(site, tender, "bidder-3")


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_set_back_is_found_out_by_the_authority(
    site: Platform, tsa: OpensslTsa, hours: int
) -> None:
    tender = demanding(site, tsa)
    site.clock.advance(hours=hours)
    with pytest.raises(ClocksDisagree):
        send(site, tender, "bidder")


def test_only_known_authorities_can_be_demanded(tsa: OpensslTsa) -> None:
    known = {"openssl": read_certificates(tsa.pem, "openssl")}
    assert choose_terms(["openssl"], "refuse", known).when_down is WhenDown.REFUSE
    for names, down in ((["other"], "refuse"), (["openssl", "openssl"], "refuse"), (["openssl"], "maybe")):
        with pytest.raises(BadInput):
            choose_terms(names, down, known)


def test_the_archive_is_stamped_anew_each_month(site: Platform, tsa: OpensslTsa) -> None:
    make_tender(site, shortening_reason="a test", timetable=soon(site))

    def renew() -> int:
        with site.database.transaction() as session:
            enqueue(session, "renew_archive", {}, now=site.clock.now())
        for job in jobs(site, "renew_archive"):
            carry_out(JOBS, site.adapters, job)
        with site.database.reading() as session:
            return len(archive_stamps.stamps(session, 0))

    assert renew() == 2, "the platform's own and the outside authority"
    assert renew() == 2
    site.clock.advance(days=29)
    assert renew() == 2
    site.clock.advance(days=2)
    assert renew() == 4
    with site.database.reading() as session:
        rows = archive_stamps.stamps(session, 0)
        for row in rows:
            root = audit_log.root_at(session, row.log_size)
            if row.authority == "openssl":
                read_certificates(tsa.pem, "openssl").check(row.token, root)
            else:
                check_token(row.token, root, site.adapters.keys.authority.certificate)

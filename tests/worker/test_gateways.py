"""Messages, calls and mails against real servers of this machine."""

import hmac
import json
import logging
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path

import pytest
from sqlmodel import select

from accounts.duties import Duty
from crypto.canonical import canonical
from expert_pool import actions
from expert_pool.actions import PoolEntry
from expert_pool.actions import calls as calling
from expert_pool.experts import Expert, Identity
from expert_pool.queries import calls
from kernel.errors import Unavailable
from kernel.settings import Settings
from storage.outbox import JobRecord
from tests.builders import NOW, Platform, make_platform
from tests.flows.ceremonies import PARTIES, hold
from tests.flows.panels import opened_tender, request
from tests.worker.sinks import HOST, http_sink, make_certificate, smtp_sink
from worker.gateways import SMS, MailGateway, SignedGateway
from worker.jobs import carry_out
from worker.tasks import JOBS

TEXT = "【评标专家抽取】 Please answer: http://x/call/token PIN 123456."
ADDRESS, SECRET = "expert@example.org", "a secret nobody logs"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def settings_of(port: int, certificate: tuple[Path, Path], folder: Path, **values: object) -> Settings:
    password = folder / "password"
    password.write_text(SECRET + "\n")
    return replace(
        Settings(
            smtp_host=HOST,
            smtp_port=port,
            smtp_user="platform",
            smtp_password_file=str(password),
            smtp_sender="Mingtang <no-reply@mingtang.example>",
            smtp_ca_file=str(certificate[0]),
        ),
        **values,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("starttls", [False, True])
def test_a_mail_goes_out_over_tls_only(
    certificate: tuple[Path, Path], tmp_path: Path, starttls: bool
) -> None:
    with smtp_sink(certificate, starttls=starttls, password=SECRET) as (port, box):
        settings = settings_of(port, certificate, tmp_path, smtp_starttls=starttls)
        receipt = MailGateway(settings, NOW).send("call-1", ADDRESS, TEXT)
        again = MailGateway(settings, NOW).send("call-1", ADDRESS, TEXT)
    assert receipt == again == sha256(b"call-1").hexdigest()[:32] + "@mingtang.example"
    sender, recipient, raw = box.mails[0]
    assert ("no-reply@mingtang.example" in sender, ADDRESS in recipient) == (True, True)
    mail = message_from_bytes(raw.encode())
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.decode().strip() == TEXT
    assert box.sign_ins[0] == ("platform", SECRET)
    assert {line.split()[0].lower() for line in box.clear} == ({b"ehlo", b"starttls"} if starttls else set())


@pytest.mark.parametrize("fault", ["no TLS offered", "unknown certificate", "wrong password", "nobody there"])
def test_a_mail_that_cannot_go_out_safely_waits(
    certificate: tuple[Path, Path], tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    offers, password = fault != "no TLS offered", "another" if fault == "wrong password" else SECRET
    with smtp_sink(certificate, starttls=True, offers_tls=offers, password=password) as (port, box):
        settings = settings_of(port, certificate, tmp_path, smtp_starttls=True)
        if fault == "unknown certificate":
            settings = replace(settings, smtp_ca_file="")
        if fault == "nobody there":
            settings = replace(settings, smtp_port=1)
        with pytest.raises(Unavailable) as error:
            MailGateway(settings, NOW, seconds=2).send("call-1", ADDRESS, TEXT)
    assert box.mails == []
    assert not any(b"AUTH" in line for line in box.clear)
    for secret in (SECRET, ADDRESS, "123456"):
        assert secret not in caplog.text + str(error.value) + repr(error.value.__dict__)
    assert error.value.__cause__ is None


def test_a_request_is_signed_and_names_its_message() -> None:
    with http_sink() as (url, got):
        gateway = SignedGateway(url, b"shared key", SMS, NOW)
        assert gateway.send("call-1", "13800000000", TEXT) == "receipt-1"
    headers, body = got.requests[0]
    assert headers["x-signature"] == hmac.new(b"shared key", body, sha256).hexdigest()
    assert headers["idempotency-key"] == "call-1"
    read = json.loads(body)
    assert canonical(read) == body
    assert read == {
        "v": 1,
        "channel": "sms",
        "key": "call-1",
        "to": "13800000000",
        "text": TEXT,
        "at": "2026-11-02T01:00:00.000000Z",
    }


@pytest.mark.parametrize(("status", "seconds"), [(500, 0.0), (429, 0.0), (403, 0.0), (200, 1.0)])
def test_a_gateway_that_refuses_or_is_slow_is_asked_again_later(status: int, seconds: float) -> None:
    with http_sink() as (url, got):
        got.statuses, got.seconds = [status], seconds
        with pytest.raises(Unavailable) as error:
            SignedGateway(url, b"shared key", SMS, NOW, seconds=0.3).send("call-1", "13800000000", TEXT)
    for secret in ("13800000000", "123456", "shared key"):
        assert secret not in str(error.value)


def work_once(platform: Platform) -> None:
    """Every job that waits is tried once."""
    with platform.database.reading() as session:
        waiting = session.exec(select(JobRecord.id).where(JobRecord.state == "waiting")).all()
    for job_id in waiting:
        carry_out(JOBS, platform.adapters, job_id or 0)


def test_a_drawn_expert_is_told_by_message_voice_and_mail_and_a_retry_repeats_no_key(
    certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    platform = make_platform(tmp_path / "var")
    tender = opened_tender(platform, ["300.00", "100.00", "200.00"])
    manager = platform.person("pool-manager", Duty.POOL_MANAGER)
    entries = [
        PoolEntry(
            Expert(f"E{n}", f"Name {n}", f"Institute {n}", "440300", frozenset({"A0801", "B02"})),
            identity=Identity(telephone="" if n == 0 else f"1380000000{n}", email=f"e{n}@example.org"),
        )
        for n in range(5)
    ]
    with platform.database.transaction() as session:
        actions.import_pool(session, actor=manager, entries=entries, now=platform.clock.now())
    for party, duty in PARTIES.items():
        platform.person(party, duty)
    hold(platform, request(platform, tender))
    key = tmp_path / "key"
    key.write_text("shared key\n")
    with (
        http_sink() as (sms, messages),
        http_sink() as (voice, rings),
        smtp_sink(certificate, starttls=False, password=SECRET) as (port, box),
    ):
        rings.statuses = [503]
        settings = settings_of(
            port,
            certificate,
            tmp_path,
            var=platform.adapters.settings.var,
            message_gateway=sms,
            message_gateway_key_file=str(key),
            voice_gateway=voice,
            voice_gateway_key_file=str(key),
        )
        platform.adapters = replace(platform.adapters, settings=settings)
        with platform.database.transaction() as session:
            calling.start_calls(session, actor=manager, tender_id=tender.tender_id, now=platform.clock.now())
        for _ in range(4):
            work_once(platform)
            platform.clock.at += timedelta(minutes=2)
    with platform.database.reading() as session:
        found = calls.calls(session, tender.tender_id)
    assert [one.state for one in found] == ["ringing"] * 5
    assert len(box.mails) == 5
    asked = [json.loads(body) for _, body in messages.requests]
    assert {one["key"] for one in asked} <= {one.id for one in found}
    assert len({one["key"] for one in asked}) == 4  # one left no telephone
    assert len(asked) == 5  # the retry asked again under the same key
    assert {json.loads(body)["channel"] for _, body in rings.requests} == {"voice"}
    for text in [one["text"] for one in asked] + [raw for _, _, raw in box.mails]:
        assert "Institute" not in text
        assert "T-1" not in text

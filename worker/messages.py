"""Short messages to applicants: written in the transaction of the act, sent once by a gateway.

Without a gateway each message is a file that only the platform's owner may read; a message that was sent is not sent
again, because its name says which event it tells of.
"""

import json
import os
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import httpx

from approval.actions.messages import keep_message, message_facts
from approval.applicant import open_applicant
from kernel.errors import Unavailable
from kernel.settings import read_secret
from storage.adapters import Adapters
from storage.database import Session
from worker.gateways import SMS, VOICE, MailGateway, SignedGateway
from worker.jobs import Payload

SECONDS = 10.0


class Gateway(Protocol):
    """Whatever carries short messages."""

    def send(self, key: str, telephone: str, text: str) -> str:
        """Send once per key; returns the gateway's receipt; raises Unavailable to be tried again."""
        ...


class FileGateway:
    """The twin of a gateway: one file a message."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, key: str, telephone: str, text: str) -> str:
        """Write the message, once per key."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{key}.json"
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump({"to": telephone, "text": text}, file, ensure_ascii=False)
        except FileExistsError:
            return "known"
        return path.name


class HttpGateway:
    """A provider that takes JSON and keeps Idempotency-Keys."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, key: str, telephone: str, text: str) -> str:
        """Post the message."""
        try:
            body = {"to": telephone, "text": text}
            answer = httpx.post(self._url, json=body, headers={"Idempotency-Key": key}, timeout=SECONDS)
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable(what="the message gateway") from None
        return str(answer.headers.get("x-receipt", ""))[:200]


def gateway_of(adapters: Adapters, now: datetime) -> Gateway:
    """The gateway for short messages that the settings name."""
    settings = adapters.settings
    if not settings.message_gateway:
        return FileGateway(settings.var / "messages")
    if not settings.message_gateway_key_file:
        return HttpGateway(settings.message_gateway)
    key = read_secret(settings.message_gateway_key_file).encode()
    return SignedGateway(settings.message_gateway, key, SMS, now)


def voice_of(adapters: Adapters, now: datetime) -> Gateway | None:
    """The gateway that calls people, where there is one."""
    settings = adapters.settings
    if not (settings.voice_gateway and settings.voice_gateway_key_file):
        return None
    key = read_secret(settings.voice_gateway_key_file).encode()
    return SignedGateway(settings.voice_gateway, key, VOICE, now)


def mail_of(adapters: Adapters, now: datetime) -> Gateway:
    """The mail server that the settings name, or files."""
    settings = adapters.settings
    return MailGateway(settings, now) if settings.smtp_host else FileGateway(settings.var / "messages")


def send_message(adapters: Adapters, payload: Payload, now: datetime) -> Mapping[str, Any] | None:
    """Tell the applicant what happened; None where no telephone was given."""
    with adapters.database.reading() as session:
        facts = message_facts(session, payload)
    if facts is None or not facts.sealed:
        return None
    applicant = open_applicant(adapters.keys.people, facts.owner_id, facts.sealed)
    if not applicant.telephone:
        return None
    key = sha256(f"{facts.owner_id} {facts.sequence}".encode()).hexdigest()[:32]
    receipt = gateway_of(adapters, now).send(key, applicant.telephone, facts.text)
    return {"owner_id": facts.owner_id, "sequence": facts.sequence, "receipt": receipt}


def keep_sent(
    session: Session, _: Adapters, payload: Payload, sent: Mapping[str, Any] | None, now: datetime
) -> None:
    """Record that a message went out."""
    if sent is not None:
        keep_message(session, **sent, now=now)
